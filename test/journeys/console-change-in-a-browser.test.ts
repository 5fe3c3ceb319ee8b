import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { BrowserContextOptions } from 'playwright-core';
import { changeTextsIn } from '../../src/console/change/texts.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { aController } from '../support/examples.ts';
import { keepPicture } from '../support/screenshots.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import {
  aControllerOfTwo,
  amending,
  announce,
  announceAnother,
  changeNow,
  haveControllers,
  objectThrough,
  tokenOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { expectNoSidewaysScrolling, focusOn } from './person.ts';

const START = '2026-03-02T09:00:00Z';
const NARROW = { width: 320, height: 700 };
const da = changeTextsIn('da');

let varsel: TestVarsel;
let browser: TestBrowser;
let officer: SignedInPerson;
let ids: Readonly<Record<'open' | 'asking' | 'withdrawn', string>>;

/** A change with a failed notice and an objection, one that asks for approval and rewords a text, and one that was withdrawn. */
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel(START), startBrowser()]);
  await haveControllers(varsel, [
    aController(1),
    aControllerOfTwo(2),
    ...[3, 4, 5, 6].map((each) => aController(each)),
  ]);
  varsel.mailbox.refuse('dpo@kunde-3.example', { code: 550, message: '5.1.1 No such user here' });
  const open = await announceAnother(varsel);
  varsel.clock.advance({ seconds: 130 });
  await varsel.deliver();
  await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-2.example'), 'Vi er uenige i overførslen til USA.');
  const processing = { da: 'Support, fejlretning og statistik', en: 'Support, debugging and statistics' };
  const personalData = { da: 'Navn, nummer og opkaldsdata', en: 'Name, number and call data' };
  const amendment = await amending(varsel, 'Gintel', { processing, personalData });
  const asking = await announce(varsel, {
    ...amendment,
    wordingOnly: ['personalData'],
    plannedActivationOn: '2026-04-15',
  });
  const withdrawn = await announceAnother(varsel);
  await varsel.deliver();
  officer = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
  await officer.post(`/console/changes/${withdrawn}/withdraw`, { da: 'Aftalen blev ikke til noget', step: 'withdraw' });
  ids = { open, asking, withdrawn };
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

/** Every page of the area, in its states. */
function pages(): Record<string, string> {
  const changes = '/console/changes';
  const open = `${changes}/${ids.open}`;
  return {
    changes,
    'changes-none': `${changes}?q=findes-ikke`,
    open,
    asking: `${changes}/${ids.asking}`,
    withdrawn: `${changes}/${ids.withdrawn}`,
    timeline: `${open}/timeline`,
    customers: `${open}/controllers`,
    'customers-approval': `${changes}/${ids.asking}/controllers?show=unanswered`,
    story: `${open}/controllers/kunde-2`,
    'story-failed': `${open}/controllers/kunde-3`,
    record: `${changes}/${ids.asking}/controllers/kunde-1/record`,
    activate: `${open}/activate`,
    withdraw: `${open}/withdraw`,
    confirm: `${changes}/${ids.asking}/confirm-wording`,
    'resend-failed': `${open}/resend-failed`,
    evidence: `${open}/evidence`,
  };
}

test('every page can be used by everybody, in light and dark, wide and narrow, in both languages', async () => {
  const { page } = await visit();
  for (const [name, address] of Object.entries(pages())) {
    await page.setViewportSize(DESKTOP);
    await page.goto(`${varsel.url}${address}`);
    expect(await page.locator('h1').count(), name).toBe(1);
    expect(await violationsOf(page), name).toEqual([]);
    await keepPicture(page, `console-change/${name}`);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsOf(page, { only: ['color-contrast'] }), `${name} in dark`).toEqual([]);
    await keepPicture(page, `console-change/${name}-dark`);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(NARROW);
    await expectNoSidewaysScrolling(page, name);
    await keepPicture(page, `console-change/${name}-narrow`);
    await page.goto(`${varsel.url}${address}${address.includes('?') ? '&' : '?'}lang=en`);
    await expectNoSidewaysScrolling(page, `${name} in English`);
    await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
    await expectNoSidewaysScrolling(page, `${name} with text at 200 %`);
    await keepPicture(page, `console-change/${name}-narrow-en`);
    await page.goto(`${varsel.url}/console/changes?lang=da`);
  }
});

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
  await keepPicture(page, 'console-change/mail');

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
  await keepPicture(page, 'console-change/story-with-scan');

  await page.goto(`${varsel.url}/console/changes/${ended}/withdraw`);
  await page.getByLabel(da.withdraw.da).focus();
  await page.keyboard.type('Aftalen blev ikke til noget');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: da.withdraw.submit }).waitFor();
  await page.frameLocator('iframe.mail').first().getByText('Aftalen blev ikke til noget').waitFor();
  expect(await violationsOfShown(page)).toEqual([]);
  await keepPicture(page, 'console-change/withdraw-preview');
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
