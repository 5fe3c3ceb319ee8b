import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { rows } from '../../src/db/postgres.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { keepPicture } from '../support/screenshots.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import {
  aControllerOfTwo,
  announce,
  announceAnother,
  haveControllers,
  mailsTo,
  objectThrough,
  SUBJECTS,
  theMailTo,
  tokenOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* Two officers, each in a browser of their own, read what customers have written, and decide about it. */

const DPO = 'dpo@kunde-1.example';
const SMALL = { width: 320, height: 640 };

let varsel: TestVarsel;
let browser: TestBrowser;
let anne: SignedInPerson;
let bo: SignedInPerson;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([
    startVarsel('2026-03-02T09:00:00Z', { addresses: ['varsel@telenor.example'] }),
    startBrowser(),
  ]);
  await haveControllers(varsel, [aControllerOfTwo(1)]);
  await announce(varsel);
  await varsel.deliver();
  await objectThrough(varsel, tokenOf(varsel, DPO), 'Vi er uenige i, at opkaldshistorik flyttes til en ny leverandør.');
  const { reply } = returnAddressesOf(theMailTo(varsel, DPO, SUBJECTS.notice));
  await mailIn(varsel, anAnswer('Tak for beskeden. Hvornår sker det?'), { from: DPO, to: reply });
  const stray = `From: Ukendt <nogen@andetsteds.example>\nSubject: Om jeres brev\nMessage-ID: <1@x.example>\n\nHvem er I?\n`;
  await mailIn(varsel, stray, { from: 'nogen@andetsteds.example', to: 'varsel@telenor.example' });
  [anne, bo] = await Promise.all([
    signIn(varsel, { role: 'officer', name: 'Anne Holm' }),
    signIn(varsel, { role: 'officer', name: 'Bo Friis' }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

async function sitDown(person: SignedInPerson, options: BrowserContextOptions): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  await visitor.context.addCookies([{ ...person.cookie, url: varsel.url }]);
  return visitor;
}

/** Goes to the next thing that can be focused, until that is named so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(
      `(document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || '').trim()`,
    );
    if (name.test(String(here))) return;
  }
  throw new Error(`nothing named ${name.source} comes with the tab key`);
}

test('Two officers decide the same objection: one by keyboard, the other without a script', async () => {
  const hers = await sitDown(anne, { locale: 'da-DK' });
  const his = await sitDown(bo, { locale: 'en-GB', javaScriptEnabled: false, viewport: SMALL });

  await hers.page.goto(`${varsel.url}/console`);
  await tabTo(hers.page, /^Indsigelse nr\. \d+: Kunde 1 A\/S$/);
  await hers.page.keyboard.press('Enter');
  await hers.page
    .getByRole('heading', { level: 1 })
    .filter({ hasText: /^Indsigelse/ })
    .waitFor();
  const address = new URL(hers.page.url()).pathname;

  await his.page.goto(varsel.url + address);
  await his.page.getByLabel('Withdrawn by the customer').check();
  await his.page.getByLabel('Explanation', { exact: true }).fill('They wrote it in a letter of 2 March.');
  await his.page.getByRole('button', { name: 'See what will happen' }).click();

  // By keyboard alone: the first outcome, an explanation, and on.
  await tabTo(hers.page, /^Imødekommet/);
  await hers.page.keyboard.press('Space');
  await tabTo(hers.page, /^Forklaring/);
  await hers.page.keyboard.type('Behandlingen bliver i Danmark.');
  await tabTo(hers.page, /^Se, hvad der sker$/);
  await hers.page.keyboard.press('Enter');
  // Both mails, the Danish and the English one, come by themselves.
  for (const picture of [0, 1])
    await hers.page.frameLocator('iframe').nth(picture).getByText('Behandlingen bliver i Danmark.').waitFor();

  // Without a script a mail is shown by a button.
  await his.page.getByRole('button', { name: 'Show the mail as its reader sees it' }).first().click();
  await his.page.frameLocator('iframe').first().getByText('They wrote it in a letter of 2 March.').waitFor();
  await keepPicture(his.page, 'console/preview-without-a-script.phone');

  await hers.page.getByRole('button', { name: 'Afgør indsigelsen, og send de 2 e-mails til 2 modtagere' }).dblclick();
  await hers.page.getByText('Afgjort som').waitFor();
  expect(new URL(hers.page.url()).pathname).toBe(address);

  await his.page.getByRole('button', { name: 'Resolve the objection, and send the 2 mails to 2 recipients' }).click();
  const problem = his.page.getByRole('alert');
  await problem.waitFor();
  expect(await problem.innerText()).toContain('The objection has been resolved meanwhile.');
  expect(await his.page.locator('main').innerText()).toMatch(/Resolved as\s+Accommodated\s+Decided by\s+Anne Holm/);
  await keepPicture(his.page, 'console/decided-meanwhile.phone');

  // Back, past the page that a form was answered with, which no browser keeps: the page comes anew, as the objection stands now.
  await hers.page.evaluate('history.go(-2)');
  const cameBy = () => hers.page.evaluate(`performance.getEntriesByType('navigation')[0].type`).catch(() => null);
  await expect.poll(cameBy, { timeout: 10_000 }).toBe('back_forward');
  await hers.page.getByText('Afgjort som').waitFor();
  expect(await hers.page.getByRole('button', { name: 'Se, hvad der sker' }).count()).toBe(0);
  await varsel.deliver();
  expect(mailsTo(varsel, DPO, SUBJECTS.resolved)).toHaveLength(1);
});

test('An officer reads an answer beside what it quotes, and sees that nothing is sent; then nothing waits', async () => {
  const { page } = await sitDown(anne, { locale: 'da-DK' });
  await page.goto(`${varsel.url}/console/inbox/answers`);
  await page.getByRole('link', { name: 'SV: Ny underdatabehandler til TrueTalk' }).click();
  await page.getByRole('heading', { name: 'Det skrev afsenderen' }).waitFor();
  await page.getByRole('link', { name: 'Se e-mailen, som den kom' }).click();
  await page.getByRole('heading', { name: 'E-mailen, som den kom' }).waitFor();
  await page.getByRole('link', { name: 'Tilbage' }).click();
  await page.getByLabel('Noget andet').check();
  await page.getByRole('button', { name: 'Se, hvad der sker' }).click();
  const problem = page.getByRole('alert');
  await problem.waitFor();
  expect(await problem.innerText()).toContain('Skriv en forklaring');
  await page.getByLabel('Forklaring', { exact: true }).fill('Et spørgsmål, som vi svarer på.');
  await page.getByRole('button', { name: 'Se, hvad der sker' }).click();
  await page.getByText('Der sendes ingen e-mail til kunden.').waitFor();
  await page.getByRole('button', { name: 'Vurdér svaret som noget andet', exact: true }).click();
  await page.getByRole('heading', { name: 'Vurdér det igen' }).waitFor();

  await page.goto(`${varsel.url}/console`);
  await page.getByRole('link', { name: 'Om jeres brev' }).click();
  await page.getByRole('heading', { name: 'Læg den til side' }).waitFor();
  await page.getByLabel('Forklaring', { exact: true }).fill('Ikke fra en kunde.');
  await page.getByRole('button', { name: 'Læg den til side' }).click();
  await page.getByText('Ikke fra en kunde.').waitFor();
  await page.goto(`${varsel.url}/console`);
  await page.getByText('Intet venter på dig.').waitFor();
});

test('The first page refreshes itself while somebody looks, says so, and leaves them where they are', async () => {
  const { page } = await sitDown(anne, { locale: 'da-DK' });
  let asked = 0;
  page.on('request', (request) => (asked += Number(request.url().endsWith('/console/work'))));
  await announceAnother(varsel);
  await varsel.deliver();
  const { reply } = returnAddressesOf(mailsTo(varsel, DPO, SUBJECTS.notice).at(-1)!);
  const answered = async (subject: string) => {
    const mail = anAnswer('Hvornår?')
      .replace(/^Subject: .*$/m, `Subject: ${subject}`)
      .replace('<AM0', `<${subject.length}AM0`);
    await mailIn(varsel, mail, { from: DPO, to: reply });
  };
  await answered('Spørgsmål');
  await page.goto(`${varsel.url}/console`);
  const link = page.getByRole('link', { name: 'Spørgsmål' });
  const news = page.locator('[role=status]');
  /** As when the window is looked at again: it does not wait for its time. */
  const refresh = async () => {
    const before = asked;
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await expect.poll(() => asked).toBe(before + 1);
  };
  await link.focus();
  await refresh();
  expect(await news.textContent()).toBe('');
  await answered('Endnu et spørgsmål');
  await refresh();
  await page.getByRole('link', { name: 'Endnu et spørgsmål' }).waitFor();
  expect(await news.textContent()).toMatch(/^\d+ ting venter på dig\.$/);
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Kunde 1 A/S: Spørgsmål');
  await rows(varsel.database.owner, `update sessions set ended_at = $1, ended_by = 'test' where id = $2`, [
    varsel.clock.now(),
    anne.sessionId,
  ]);
  await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  await page.waitForURL('**/console/sign-in?to=*');
});
