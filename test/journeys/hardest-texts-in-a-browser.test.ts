import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { textsIn } from '../../src/customer/texts.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { tokenIn } from '../support/mailbox.ts';
import { keepPicture } from '../support/screenshots.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { allBelowLeave, announce, haveControllers, mailsTo } from '../support/story.ts';
import { expectNoSidewaysScrolling } from './person.ts';

const NARROWEST = { width: 320, height: 640 };
/** A word that never ends, words of scripts that run the other way, mark-up, template tags and emoji. */
const hard = (length: number) =>
  `<b>${'Underdatabehandlerkontraktvilkår'.repeat(9)}</b> דבר هذا <%= 7*7 %>{{7*7}} 👩‍👩‍👧‍👦 `.slice(0, length).trim();
const address = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.example`;
const contact = `${'d'.repeat(60)}@${'e'.repeat(60)}.example`;
/** The text spacing that WCAG 1.4.12 lets readers set. */
const SPACING = `
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }'
    + 'p { margin-bottom: 2em !important; }');
  document.adoptedStyleSheets.push(sheet);`;
const da = textsIn('da');

let varsel: TestVarsel;
let browser: TestBrowser;
let visitor: Visitor;
let page: Page;
let link: string;

beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel(), startBrowser()]);
  const company = {
    name: hard(200),
    registrationNumber: hard(50),
    address: hard(500),
    country: 'US',
    contactPerson: { name: hard(200), email: address },
    parentId: null,
    processing: { da: hard(5_000) },
    personalData: { da: hard(5_000) },
    locations: [{ country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: hard(200) } }],
  };
  const contacts = [{ email: contact, name: hard(200), language: 'da' as const }];
  await haveControllers(varsel, [
    { externalId: 'kunde-1', name: hard(200), registrationNumber: '10000001', products: ['truetalk'], contacts },
  ]);
  const { body: register } = await varsel.api().get('/v1/products/truetalk/register');
  await announce(varsel, {
    kind: 'replacement',
    replaces: register.entries[0].id,
    children: await allBelowLeave(varsel, register.entries[0].id),
    subProcessor: company,
    reason: { da: hard(5_000) },
  });
  await varsel.deliver();
  const [notice] = mailsTo(varsel, contact);
  if (notice === undefined) throw new Error('no notice arrived');
  link = `${varsel.url}/objections/${tokenIn(notice)}`;
  visitor = await browser.visit(varsel.url);
  page = visitor.page;
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

/** Fails unless the page is accessible and readable in every size, in print, and with the text spacing of WCAG 1.4.12. */
async function expectReadable(name: string): Promise<void> {
  for (const size of [DESKTOP, PHONE, NARROWEST]) {
    await page.setViewportSize(size);
    await expectNoSidewaysScrolling(page, `${name} in ${size.width} px`);
  }
  await page.setViewportSize(PHONE);
  await keepPicture(page, `hardest/${name}.phone`);
  expect(await violationsOf(page)).toEqual([]);
  await page.emulateMedia({ forcedColors: 'active' });
  await keepPicture(page, `hardest/${name}.phone.forced-colours`);
  await page.emulateMedia({ forcedColors: 'none', media: 'print' });
  await expectNoSidewaysScrolling(page, `${name} in print`);
  await keepPicture(page, `hardest/${name}.print`);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(SPACING);
  for (const size of [DESKTOP, PHONE, NARROWEST]) {
    await page.setViewportSize(size);
    await expectNoSidewaysScrolling(page, `${name} with more space in ${size.width} px`);
  }
  // The typed text is shown as text, not as mark-up.
  expect(await page.locator('main b').count()).toBe(0);
  expect(visitor.faults).toEqual([]);
}

test('the page of a change whose every field is as hard to show as can be is read at every width and in every setting', async () => {
  await page.goto(link);
  await expectReadable('change');
});

test('and so are the form with a problem, the receipt, and the question whether to withdraw', async () => {
  await page.goto(link);
  await page.getByLabel(da.form.name, { exact: true }).fill(hard(300));
  await page.getByRole('button', { name: da.form.submit }).click();
  await page.getByRole('alert').waitFor();
  await expectReadable('problem');
  await page.goto(link);
  await page.getByLabel(da.form.reasons, { exact: true }).fill(hard(10_000));
  await page.getByLabel(da.form.name, { exact: true }).fill(hard(200));
  await page.getByRole('button', { name: da.form.submit }).click();
  await page.waitForURL(/\/objections\/[\w-]+\/[\w-]+/);
  await expectReadable('receipt');
  await page.goto(page.url());
  await page.getByRole('link', { name: da.receipt.withdraw }).click();
  await page.waitForURL(/\/withdraw/);
  await expectReadable('withdrawal');
});

test('and so is the public register', async () => {
  await page.goto(`${varsel.url}/register/truetalk`);
  await expectReadable('register');
});
