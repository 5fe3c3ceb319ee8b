import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { aController } from '../support/examples.ts';
import { keepPicture, showPictures } from '../support/screenshots.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { workbook } from '../support/workbook.ts';
import { expectNoSidewaysScrolling } from './person.ts';

/* The register, the customers and the settings, as an administrator meets them. */

const NARROWEST = { width: 320, height: 640 };

let varsel: TestVarsel;
let browser: TestBrowser;
let admin: SignedInPerson;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  await haveControllers(varsel, [aController(1), aController(2)]);
  admin = await signIn(varsel, { name: 'Anne Holm' });
});
afterAll(async () => {
  await showPictures();
  await browser.close();
  await varsel.close();
});

async function window(options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  await visitor.context.addCookies([{ ...admin.cookie, url: varsel.url }]);
  return visitor;
}

const at = (path: string) => (page: Page, language: Language) =>
  page.goto(`${varsel.url}/console/${path}${path.includes('?') ? '&' : '?'}lang=${language}`);
const SIGHTS: readonly (readonly [name: string, see: (page: Page, language: Language) => Promise<unknown>])[] = [
  ['register', at('register?since=2025-01-01')],
  ['customers', at('customers')],
  ['customer', at('customers/kunde-1')],
  [
    'customer-faults',
    async (page, language) => {
      await at('customers/new')(page, language);
      await page.locator('#content button[type=submit]').click();
      await page.locator('.problems').waitFor();
    },
  ],
  ['import', at('customers/import')],
  ['settings', at('settings')],
  ['product-form', at('settings/products/truetalk/edit')],
  ['keys', at('settings/keys')],
  ['new-webhook', at('settings/webhooks/new')],
  ['audit', at('settings/audit')],
  ['retention', at('settings/retention?month=2030-12')],
  ['evidence', at('settings/evidence')],
];

test.each(LANGUAGES)('Every page can be used by everybody in %s: light, dark and narrow', async (lang) => {
  const { context, page, faults } = await window();
  for (const [name, see] of SIGHTS) {
    await page.setViewportSize(DESKTOP);
    await see(page, lang);
    expect(await page.locator('h1').count(), name).toBe(1);
    expect(await page.getAttribute('html', 'lang')).toBe(lang);
    expect(await violationsOf(page), name).toEqual([]);
    await keepPicture(page, `console/settings/${name}.${lang}.desktop`);
    // The longer words are Danish.
    if (lang === 'en') continue;
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsOf(page, { only: ['color-contrast'] }), `${name}, dark`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(PHONE);
    await keepPicture(page, `console/settings/${name}.${lang}.phone`);
    await page.setViewportSize(NARROWEST);
    await expectNoSidewaysScrolling(page, name);
    await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
    await expectNoSidewaysScrolling(page, `${name}, text at 200 %`);
  }
  expect(faults).toEqual([]);
  await context.close();
});

test('A workbook is imported without JavaScript, once it was shown what it does', async () => {
  const { context, page, faults } = await window({ javaScriptEnabled: false });
  await at('customers/import')(page, 'da');
  const rows = [
    ['Kundenummer', 'Navn', 'CVR', 'Produkter', 'E-mail'],
    ['ark-1', 'Fra arket A/S', '10000007', 'truetalk', 'dpo@ark.example'],
    ['kunde-1', 'Kunde Ét A/S', '10000001', 'truetalk', 'dpo@kunde-1.example'],
  ];
  await page.setInputFiles('#file', {
    name: 'kunder.xlsx',
    mimeType: 'application/octet-stream',
    buffer: workbook(rows),
  });
  await page.getByRole('button', { name: 'Prøv filen af' }).press('Enter');
  await page.getByRole('heading', { name: 'Det, der ville ske' }).waitFor();
  expect(await page.getByText('Kunde Ét A/S').count()).toBeGreaterThan(0);
  await keepPicture(page, 'console/settings/tried.da.desktop');
  expect((await varsel.api().get('/v1/controllers/ark-1')).status).toBe(404);
  await page.getByRole('button', { name: 'Importér nu' }).press('Enter');
  await page.getByRole('heading', { name: 'Kunderne er importeret' }).waitFor();
  expect((await varsel.api().get('/v1/controllers/ark-1')).body).toMatchObject({ name: 'Fra arket A/S' });
  expect((await varsel.api().get('/v1/controllers/kunde-1')).body).toMatchObject({ name: 'Kunde Ét A/S' });
  expect(faults).toEqual([]);
  await context.close();
});
