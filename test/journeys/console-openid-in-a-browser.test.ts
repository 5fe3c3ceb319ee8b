import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openIdTextsIn } from '../../src/console/signing-in/openid-texts.ts';
import { row } from '../../src/db/postgres.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser } from '../support/browser.ts';
import { startIdentityProvider, type IdentityProvider } from '../support/identity-provider.ts';
import { keepPicture } from '../support/screenshots.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* People of the company sign in through an identity provider (oidc-provider), in a browser. */

const START = '2026-03-02T09:00:00Z';
const TERMS = {
  acr: [],
  acrs: [],
  rolesClaim: 'groups',
  roles: [{ value: 'jura', role: 'officer' as const, product: null }],
};
const SIGNE = {
  sub: 'signe',
  name: 'Signe Lund',
  email: 'signe@telenor.example',
  email_verified: true,
  groups: ['jura'],
  amr: ['pwd', 'mfa'],
};
const da = openIdTextsIn('da');

let provider: IdentityProvider;
let varsel: TestVarsel;
let browser: TestBrowser;
beforeAll(async () => {
  provider = await startIdentityProvider();
  const clientSecret = { value: provider.client.secret };
  const openId = { issuer: provider.issuer, clientId: provider.client.id, clientSecret, ...TERMS };
  [varsel, browser] = await Promise.all([startVarsel(START, null, 'silent', { openId }), startBrowser()]);
  provider.register(varsel.url);
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
  await provider.close();
});

async function opened(address: string, options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Page> {
  const { context, page, faults } = await browser.visit(varsel.url, { locale: 'da-DK', ...options });
  onTestFinished(async () => {
    await context.close();
    expect(faults.filter((fault) => !fault.startsWith(`asked for ${provider.issuer}/`))).toEqual([]);
  });
  await page.goto(varsel.url + address);
  return page;
}

const factorsOf = async () =>
  (
    await row<{ at: string }>(
      varsel.database.pool,
      `select to_char(factors_at at time zone 'UTC', 'HH24:MI') as at from sessions
       where ended_at is null order by id desc limit 1`,
    )
  )?.at;

test('a lawyer signs in with the keyboard alone, confirms in another tab, and signs out, without JavaScript', async () => {
  provider.be(SIGNE);
  const page = await opened('/console', { viewport: PHONE, javaScriptEnabled: false });
  await keepPicture(page, 'console/sign-in-da-phone');
  const link = page.getByRole('link', { name: da.signIn });
  await link.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${varsel.url}/console`);
  expect(await page.locator('header').innerText()).toContain('Signe Lund');

  varsel.clock.advance({ minutes: 20 });
  await page.goto(`${varsel.url}/console/passkeys/new`);
  await keepPicture(page, 'console/confirm-at-provider-da-phone');
  const tab = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Bekræft hos virksomhedens login' }).click();
  const confirmed = await tab;
  await confirmed.getByRole('heading', { name: 'Det er bekræftet' }).waitFor();
  await keepPicture(confirmed, 'console/confirmed-da-phone');
  expect(provider.asked.at(-1)).toMatchObject({ prompt: 'login', max_age: '900', login_hint: SIGNE.email });
  // The provider may have taken a second to answer.
  expect(['09:19', '09:20']).toContain(await factorsOf());
  await confirmed.close();
  await page.getByRole('button', { name: da.haveConfirmed }).click();
  await page.waitForURL(`${varsel.url}/console/passkeys/new`);

  await page.getByRole('button', { name: 'Log ud' }).click();
  await page.getByRole('link', { name: da.alsoOut }).click();
  await page.getByRole('button', { name: 'Sign out there' }).click();
  await page.waitForURL(`${varsel.url}/console/sign-in`);
});

test('who comes without two factors reads what is missing, in light and dark, wide and narrow', async () => {
  provider.be({ ...SIGNE, amr: ['pwd'] });
  for (const [language, viewport, name] of [
    ['da', DESKTOP, 'desktop'],
    ['en', { width: 320, height: 640 }, 'phone'],
  ] as const) {
    const page = await opened(`/console/sign-in?lang=${language}`, { viewport });
    const texts = openIdTextsIn(language);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('link', { name: texts.signIn }).click();
    const words = texts.outcome(TERMS)['two-factors'];
    await page.getByRole('heading', { level: 1, name: words.heading }).waitFor();
    expect(await page.title()).toMatch(language === 'da' ? /^Fejl: / : /^Error: /);
    expect(await page.locator('main').innerText()).toContain('amr=["pwd"]');
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, `console/without-two-factors-${language}-${name}`);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsOf(page, { only: ['color-contrast'] })).toEqual([]);
    await keepPicture(page, `console/without-two-factors-${language}-${name}-dark`);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  }
});

test('somebody who gives up at the provider is back in Varsel, and not in', async () => {
  provider.be(null);
  const page = await opened('/console/sign-in');
  await page.getByRole('link', { name: da.signIn }).click();
  await page.getByRole('heading', { name: 'Du blev ikke logget ind' }).waitFor();
  expect(await page.locator('main').innerText()).toContain('access_denied');
  provider.be(SIGNE);
  await page.getByRole('link', { name: da.again }).click();
  await page.waitForURL(`${varsel.url}/console`);
});
