import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { oneRow } from '../../src/db/postgres.ts';
import { violationsOf } from '../support/accessibility.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { aController } from '../support/examples.ts';
import { keepPicture, showPictures } from '../support/screenshots.ts';
import { signIn, signInAgain, type SignedInPerson } from '../support/signed-in.ts';
import { announceAnother, changeNow, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { expectNoSidewaysScrolling } from './person.ts';

/* What people do to a console in their browsers, as nobody means it: two tabs, the back button, two clicks, and texts of any kind. */

const START = '2026-03-02T09:00:00Z';
const NARROWEST = { width: 320, height: 640 };
const NEW_CUSTOMER = '/console/customers/new';
/** What a lawyer pastes: markup, another script, a picture, and words without an end. */
const ANY_TEXT = `Å/S <script>alert(1)</script> "&quot;" \u202Eأمان الشركة\u202C \u{1F98A}\u{1F469}\u200D\u2696\uFE0F ${'Donaudampf'.repeat(8)}`;

let varsel: TestVarsel;
let browser: TestBrowser;
let anne: SignedInPerson;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel(START), startBrowser()]);
  await haveControllers(varsel, [aController(1), aController(2)]);
});
afterAll(async () => {
  await showPictures();
  await browser.close();
  await varsel.close();
});
beforeEach(async () => {
  varsel.clock.set(START);
  anne = await signIn(varsel, { name: 'Anne Holm' });
});

async function sitDown(options: BrowserContextOptions = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, { locale: 'da-DK', ...options });
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  await carryCookieOf(anne, visitor);
  return visitor;
}
const carryCookieOf = ({ cookie }: SignedInPerson, { context }: Visitor) =>
  context.addCookies([{ ...cookie, url: varsel.url }]);
const open = (page: Page, address: string) => page.goto(varsel.url + address);
const here = (page: Page) => new URL(page.url()).pathname;
const counted = async (where: string) =>
  (await oneRow<{ count: number }>(varsel.database.pool, `select count(*) from ${where}`)).count;

async function typeCustomer(page: Page, externalId: string): Promise<void> {
  await page.locator('#externalId').fill(externalId);
  await page.locator('#name').fill(`Kunde ${externalId}`);
  await page.locator('#registrationNumber').fill('10000042');
  await page.locator('#contactName').fill('Eva Lund');
  await page.locator('#email').fill(`eva@${externalId}.example`);
}
const save = (page: Page) => page.getByRole('button', { name: 'Gem', exact: true });

test('Two tabs, of which one signs in anew and speaks English: the form of the other is shown again, and taken once', async () => {
  const visitor = await sitDown();
  const { context, page: tab } = visitor;
  await open(tab, NEW_CUSTOMER);
  await typeCustomer(tab, 'faner-1');
  varsel.clock.advance({ minutes: 31 });
  await carryCookieOf(await signInAgain(varsel, anne), visitor);
  const other = await context.newPage();
  await open(other, '/console/customers?lang=en');

  await save(tab).click();
  await tab.getByText('Nothing has been sent yet').waitFor();
  expect(await tab.getAttribute('html', 'lang')).toBe('en');
  expect(await tab.locator('#name').inputValue()).toBe('Kunde faner-1');
  expect(await violationsOf(tab)).toEqual([]);
  await tab.setViewportSize(NARROWEST);
  await expectNoSidewaysScrolling(tab, 'a form that is shown again');
  await keepPicture(tab, 'console/mishaps/of-another-session.en.phone');
  await open(other, '/console/changes');
  await other.getByRole('button', { name: 'Forget the form' }).waitFor();
  expect(await violationsOf(other)).toEqual([]);
  await keepPicture(other, 'console/mishaps/waits.en.desktop');
  await tab.getByRole('button', { name: 'Save', exact: true }).dblclick();
  await tab.waitForURL('**/console/customers/faner-1');
  await other.reload();
  expect(await other.getByRole('button', { name: 'Forget the form' }).count()).toBe(0);
  expect(await counted(`controllers where external_id = 'faner-1'`)).toBe(1);
});

test.each([true, false])('Back, again, twice and once more do it once (scripts: %s)', async (javaScriptEnabled) => {
  const { page } = await sitDown({ javaScriptEnabled });
  const id = `to-${String(javaScriptEnabled)}`;
  await open(page, NEW_CUSTOMER);
  await typeCustomer(page, id);
  await page.locator('#registrationNumber').fill('');
  await page.locator('#email').press('Enter');
  await page.locator('.problems').waitFor();
  // The answer to a form, loaded anew: the same faults, and what was typed.
  await page.reload();
  expect(await page.locator('#name').inputValue()).toBe(`Kunde ${id}`);
  await page.locator('.problems').waitFor();
  await page.goBack();
  await page.locator('#externalId').waitFor();
  await typeCustomer(page, id);
  await save(page).dblclick();
  await page.waitForURL(`**/console/customers/${id}`);
  await page.getByRole('heading', { level: 1, name: `Kunde ${id}` }).waitFor();
  expect(await counted(`controllers where external_id = '${id}'`)).toBe(1);

  // Back to the form, which says that the customer is there, with what was typed, and writes nothing over it.
  await page.goBack();
  await page.locator('#externalId').waitFor();
  await typeCustomer(page, id);
  await page.locator('#name').fill('Et andet navn');
  await save(page).click();
  await page.getByText('Der er allerede en kunde med det kundenummer.').first().waitFor();
  expect(await page.locator('#name').inputValue()).toBe('Et andet navn');
  // The address of the answer, asked for anew.
  await open(page, here(page));
  expect(await page.locator('#name').inputValue()).toBe('');
});

test('What cannot be undone is done with the text that was typed, once the factors that had lapsed are proved', async () => {
  const { page } = await sitDown({ javaScriptEnabled: false });
  const change = await announceAnother(varsel);
  const reason = 'Første linje & "anden"\n\n  Tredje <linje> \u{1F98A}';
  await open(page, `/console/changes/${change}/withdraw`);
  await page.locator('#da').fill(reason);
  await page.getByRole('button', { name: 'Se, hvad der sendes' }).click();
  varsel.clock.advance({ minutes: 16 });
  await page.locator('button.grave').press('Enter');
  await page.locator('input[name=confirmed]').waitFor({ state: 'attached' });
  await page.locator('main button').click();
  await page.waitForURL(/said=withdrawn/);
  const { status, withdrawalReason } = await changeNow(varsel, change);
  expect([status, withdrawalReason.da.replaceAll('\r\n', '\n')]).toEqual(['withdrawn', reason]);
});

test('A role that is taken away in the middle of a form: what was typed can be copied', async () => {
  const { page } = await sitDown();
  await open(page, NEW_CUSTOMER);
  await typeCustomer(page, 'uden-rolle');
  await page.locator('#name').fill(ANY_TEXT);
  const { body } = await varsel.api().get(`/v1/people/${anne.id}`);
  await varsel.api().delete(`/v1/people/${anne.id}/roles/${body.roles[0].id}`).expect(200);
  await save(page).click();
  await page.getByRole('heading', { level: 1, name: 'Det har du ikke adgang til' }).waitFor();
  expect(await page.getByLabel('Felt 2').inputValue()).toBe(ANY_TEXT);
  expect(await violationsOf(page)).toEqual([]);
  await page.setViewportSize(NARROWEST);
  await expectNoSidewaysScrolling(page, 'a form that was refused');
  await keepPicture(page, 'console/mishaps/role-taken.da.phone');
});
