import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { BrowserContextOptions } from 'playwright-core';
import { changeTextsIn } from '../../src/console/change/texts.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { aController } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { announceAnother, changeNow, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { focusOn } from './person.ts';

const START = '2026-03-02T09:00:00Z';
const da = changeTextsIn('da');

let varsel: TestVarsel;
let browser: TestBrowser;
let officer: SignedInPerson;

beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel(START), startBrowser()]);
  await haveControllers(
    varsel,
    [1, 2, 3, 4, 5, 6].map((each) => aController(each)),
  );
  officer = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

async function visit(options: BrowserContextOptions = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, { locale: 'da', ...options });
  await visitor.context.addCookies([{ ...officer.cookie, url: varsel.url }]);
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  return visitor;
}

test('with the keyboard alone and without JavaScript, a mail is read and a change is withdrawn', async () => {
  const ended = await announceAnother(varsel);
  await varsel.deliver();
  const { page } = await visit({ javaScriptEnabled: false });
  await page.goto(`${varsel.url}/console/changes/${ended}/controllers/kunde-1`);
  const mail = page.getByRole('link', { name: da.story.openMail });
  await mail.focus();
  expect((await focusOn(page)).isSeen).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/messages\//);
  await page.frameLocator('iframe.mail').getByRole('heading').first().waitFor();

  await page.goto(`${varsel.url}/console/changes/${ended}/controllers/kunde-1`);
  await page.getByLabel(da.story.arrivedOn).fill('2026-03-02');
  await page.getByLabel(da.story.reference).fill('RR 1');
  await page.locator('#letterScan').setInputFiles({
    name: 'brev.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.7'),
  });
  await page.getByRole('button', { name: da.story.letterSubmit }).press('Enter');
  await page.getByRole('link', { name: /^Hent det scannede/ }).waitFor();

  await page.goto(`${varsel.url}/console/changes/${ended}/withdraw`);
  await page.getByLabel(da.withdraw.da).focus();
  await page.keyboard.type('Aftalen blev ikke til noget');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: da.withdraw.submit }).waitFor();
  await page.frameLocator('iframe.mail').first().getByText('Aftalen blev ikke til noget').waitFor();
  expect(await violationsOfShown(page)).toEqual([]);
  await page.getByRole('button', { name: da.withdraw.submit }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\?said=withdrawn$/);
  expect(await changeNow(varsel, ended)).toMatchObject({ status: 'withdrawn' });

  /** axe needs JavaScript; what it finds first can be asked for without. */
  async function violationsOfShown(shown: typeof page): Promise<string[]> {
    const untitled = await shown.locator('iframe:not([title])').count();
    const headings = await shown.locator('h1').count();
    return [...(untitled > 0 ? ['a frame has no title'] : []), ...(headings === 1 ? [] : ['not one h1'])];
  }
});

test('how far a change is refreshes by itself while somebody looks', async () => {
  const going = await announceAnother(varsel);
  const { page } = await visit();
  await page.goto(`${varsel.url}/console/changes/${going}`);
  const told = page.locator('[data-live] .chart-key li', { hasText: da.progress.accepted }).first();
  await expect.poll(() => told.locator('strong').textContent()).toBe('0');
  await varsel.deliver();
  await expect.poll(() => told.locator('strong').textContent(), { timeout: 20_000 }).toBe('6');
});
