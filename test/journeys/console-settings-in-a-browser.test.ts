import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { aController } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { workbook } from '../support/workbook.ts';

/* The customers, as an administrator has them come from a workbook. */

let varsel: TestVarsel;
let browser: TestBrowser;
let admin: SignedInPerson;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  await haveControllers(varsel, [aController(1), aController(2)]);
  admin = await signIn(varsel, { name: 'Anne Holm' });
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

async function window(options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  await visitor.context.addCookies([{ ...admin.cookie, url: varsel.url }]);
  return visitor;
}

test('A workbook is imported without JavaScript, once it was shown what it does', async () => {
  const { context, page, faults } = await window({ javaScriptEnabled: false });
  await page.goto(`${varsel.url}/console/customers/import?lang=da`);
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
  expect((await varsel.api().get('/v1/controllers/ark-1')).status).toBe(404);
  await page.getByRole('button', { name: 'Importér nu' }).press('Enter');
  await page.getByRole('heading', { name: 'Kunderne er importeret' }).waitFor();
  expect((await varsel.api().get('/v1/controllers/ark-1')).body).toMatchObject({ name: 'Fra arket A/S' });
  expect((await varsel.api().get('/v1/controllers/kunde-1')).body).toMatchObject({ name: 'Kunde Ét A/S' });
  expect(faults).toEqual([]);
  await context.close();
});
