import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { passkeyTextsIn } from '../../src/console/passkeys/texts.ts';
import { signInTextsIn } from '../../src/console/signing-in/texts.ts';
import { consoleTextsIn } from '../../src/console/frame-texts.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { linkFor, withAuthenticator } from '../support/passkeys.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const da = passkeyTextsIn('da');
const en = passkeyTextsIn('en');
const signingIn = signInTextsIn('da');

let varsel: TestVarsel;
let browser: TestBrowser;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel(START), startBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});
beforeEach(() => varsel.clock.set(START));

async function visit(options: BrowserContextOptions = {}, origin = varsel.url): Promise<Visitor> {
  const visitor = await browser.visit(origin, { locale: 'da-DK', ...options });
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  return visitor;
}

async function comeWith({ context }: Visitor, { cookie }: SignedInPerson): Promise<void> {
  await context.addCookies([{ ...cookie, url: varsel.url }]);
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
const told = (page: Page, words: string) => page.getByRole('alert').filter({ hasText: words }).waitFor();

test('who is invited registers a passkey, signs in with it, and confirms with it what cannot be undone', async () => {
  const person = await signIn(varsel, { name: 'Åse Bæk', role: 'officer', method: 'link', hasFactors: false });
  const visitor = await visit();
  const { page } = visitor;
  const phone = await withAuthenticator(page);
  await comeWith(visitor, person);
  await page.goto(`${varsel.url}/console`);
  await heading(page, da.register.heading);
  await page.getByLabel(da.register.name).fill('Min telefon');
  await press(page, da.register.submit);
  await heading(page, consoleTextsIn('da').places.today);

  await press(page, consoleTextsIn('da').signOut);
  await heading(page, signingIn.outHeading);
  await page.goto(`${varsel.url}/console/passkeys`);
  await heading(page, signingIn.heading);
  await page.getByRole('button', { name: signingIn.withPasskey }).dblclick();
  await heading(page, da.list.heading);
  await page.getByRole('row', { name: /Min telefon/ }).waitFor();

  // One authenticator holds one passkey of a person.
  await page.getByRole('link', { name: da.list.add }).click();
  await press(page, da.register.submit);
  await told(page, da.browser.InvalidStateError);
  await phone.goes();
  await withAuthenticator(page);
  await press(page, da.register.submit);
  await page.getByText(da.register.done(da.register.proposed(2))).waitFor();

  await page.getByRole('link', { name: da.list.change('Min telefon') }).click();
  varsel.clock.advance({ minutes: 20 });
  await press(page, da.change.remove);
  await heading(page, da.confirm.heading);
  await page.getByRole('button', { name: da.confirm.submit }).focus();
  await page.keyboard.press('Enter');
  await page.getByText(da.change.removed).waitFor();
  expect(await page.getByRole('row', { name: /Min telefon/ }).count()).toBe(0);
  const { items } = (await person.call('get', '/v1/me/passkeys')).body ?? {};
  expect(items).toBeUndefined();
});

test('what the browser says no to is told in words, and can be tried again', async () => {
  const person = await signIn(varsel);
  const visitor = await visit();
  const { page } = visitor;
  const phone = await withAuthenticator(page);
  await page.goto(`${varsel.url}/console/sign-in?lang=en`);
  // No passkey of ours is there.
  await press(page, signInTextsIn('en').withPasskey);
  await told(page, en.browser.NotAllowedError);
  await comeWith(visitor, person);
  await page.goto(`${varsel.url}/console/passkeys/new`);
  await phone.personIs(false);
  await press(page, en.register.submit);
  await told(page, en.browser.NotAllowedError);
  await phone.personIs(true);
  await press(page, en.register.submit);
  await page.getByText(en.register.done(en.register.proposed(1))).waitFor();
  await page.goto(`${varsel.url}/console/passkeys/new`);
  await visitor.context.setOffline(true);
  await press(page, en.register.submit);
  await told(page, en.browser.Error);
  await visitor.context.setOffline(false);
  visitor.faults.length = 0;
});

test('at a bare address the page says that a passkey needs a name', async () => {
  const bare = varsel.url.replace('localhost', '127.0.0.1');
  const { page } = await visit({}, bare);
  await withAuthenticator(page);
  await page.goto(`${bare}/console/sign-in`);
  await press(page, signingIn.withPasskey);
  await told(page, da.browser.SecurityError);
});

test('without JavaScript the page says that a passkey takes it', async () => {
  const { page } = await visit({ javaScriptEnabled: false });
  await page.goto(`${varsel.url}/console/sign-in`);
  await press(page, signingIn.withPasskey);
  await told(page, da.fault.none);
});

test('the link of a trial signs in by itself, once; one in a mail takes the button', async () => {
  const person = await signIn(varsel, { name: 'Åse Bæk' });
  const { page } = await visit();
  const printed = await linkFor(varsel, person, 'first-administrator');
  await page.goto(varsel.url + printed);
  await heading(page, consoleTextsIn('da').places.today);
  const other = await visit();
  await other.page.goto(varsel.url + printed);
  await heading(other.page, signingIn.usedHeading);
  await other.page.goto(varsel.url + (await linkFor(varsel, person)));
  await heading(other.page, signingIn.heading);
  await press(other.page, signingIn.signIn);
  await heading(other.page, consoleTextsIn('da').places.today);
});
