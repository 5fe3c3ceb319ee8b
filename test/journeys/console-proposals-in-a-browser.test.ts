import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { markTrial } from '../../src/db/installation.ts';
import { rows } from '../../src/db/postgres.ts';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { aProduct } from '../support/examples.ts';
import { keepPicture, showPictures } from '../support/screenshots.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { aControllerOfTwo, changeBody, haveControllers, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { expectNoSidewaysScrolling } from './person.ts';

/* Two people, each in a browser of their own: one proposes, and the other one approves (D60). */

const NARROWEST = { width: 320, height: 640 };

let varsel: TestVarsel;
let browser: TestBrowser;
let eva: SignedInPerson;
let ole: SignedInPerson;
let outdated: string;
let terms: string;
let held: string;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  await markTrial(varsel.database.owner, false);
  await haveControllers(varsel, [aControllerOfTwo(1), aControllerOfTwo(2)]);
  eva = await signIn(varsel, { name: 'Eva Lund', role: 'officer', products: ['truetalk'] });
  ole = await signIn(varsel, { name: 'Ole Berg', role: 'approver', products: ['truetalk'] });
  const admin = await signIn(varsel, { name: 'Anne Holm' });
  outdated = (await proposed()).page;
  await haveProduct(varsel, aProduct({ name: 'TrueTalk Plus', secondPerson: ['announcement'] }));
  const { id: _id, ...product } = aProduct({ holdMinutes: 30, secondPerson: ['announcement', 'activation'] });
  const made = await admin.call('post', '/v1/proposals').send({ kind: 'terms', product: 'truetalk', terms: product });
  terms = `/console/proposals/${made.body.id}`;
  const holding = await proposed({ holdMinutes: 60 });
  await ole.post(`${holding.page}/approve`, { hash: holding.hash }).expect(303);
  held = holding.page;
});
afterAll(async () => {
  await showPictures();
  await browser.close();
  await varsel.close();
});

async function proposed(overrides = {}) {
  const announcement = changeBody({ subProcessor: varsel.newCompany(), ...overrides });
  const { body } = await eva.call('post', '/v1/proposals').send({ kind: 'announcement', announcement }).expect(201);
  return { page: `/console/proposals/${body.id}`, hash: body.hash, name: announcement };
}

/** A window in which this person is signed in. */
async function window(person: SignedInPerson, options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  await visitor.context.addCookies([{ ...person.cookie, url: varsel.url }]);
  return visitor;
}

const SIGHTS: readonly (readonly [name: string, see: (page: Page, language: Language) => Promise<unknown>])[] = [
  ['list', (page, lang) => page.goto(`${varsel.url}/console/proposals?status=all&lang=${lang}`)],
  ['outdated', (page, lang) => page.goto(`${varsel.url}${outdated}?lang=${lang}`)],
  ['terms', (page, lang) => page.goto(`${varsel.url}${terms}?lang=${lang}`)],
  ['held', (page, lang) => page.goto(`${varsel.url}${held}?lang=${lang}`)],
  [
    'announcement-with-fault',
    async (page, lang) => {
      await page.goto(`${varsel.url}${(await proposed()).page}?lang=${lang}`);
      await page.locator('form[action$="/reject"] button').click();
      await page.locator('.problems').waitFor();
    },
  ],
];

test.each(LANGUAGES)(
  'Every page of proposals can be used by everybody in %s: light, dark, narrow and large',
  async (lang) => {
    const { context, page, faults } = await window(ole);
    for (const [name, see] of SIGHTS) {
      await page.setViewportSize(DESKTOP);
      await see(page, lang);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.getAttribute('html', 'lang')).toBe(lang);
      expect(await violationsOf(page), name).toEqual([]);
      await keepPicture(page, `console/proposals/${name}.${lang}.desktop`);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violationsOf(page, { only: ['color-contrast'] }), `${name}, dark`).toEqual([]);
      await page.emulateMedia({ colorScheme: 'light' });
      for (const size of [PHONE, NARROWEST]) {
        await page.setViewportSize(size);
        await expectNoSidewaysScrolling(page, `${name} in ${size.width} px`);
        if (size === PHONE) await keepPicture(page, `console/proposals/${name}.${lang}.phone`);
      }
      await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
      await page.setViewportSize(DESKTOP);
      await expectNoSidewaysScrolling(page, `${name}, text at 200 %`);
    }
    expect(faults).toEqual([]);
    await context.close();
  },
);

test('What one proposes another approves by the keyboard alone, without JavaScript, and both see it', async () => {
  const { page: address } = await proposed();
  const [mine, other] = await Promise.all([
    window(eva, { javaScriptEnabled: false, locale: 'da-DK' }),
    window(ole, { javaScriptEnabled: false, locale: 'da-DK' }),
  ]);
  await mine.page.goto(`${varsel.url}${address}`);
  await mine.page.getByText('Forslaget venter på en anden person.').waitFor();
  expect(await mine.page.getByRole('button', { name: 'Godkend' }).count()).toBe(0);

  await other.page.goto(`${varsel.url}/console/proposals`);
  await other.page.locator('table.list a').first().focus();
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('heading', { level: 1 }).waitFor();
  expect(other.page.url()).toBe(`${varsel.url}${address}`);
  await other.page.frameLocator('iframe.mail').getByText('Eksempel A/S').first().waitFor();
  await other.page.getByRole('button', { name: 'Godkend, og varsl kunderne' }).focus();
  await other.page.keyboard.press('Enter');
  await other.page.getByText('Godkendt af Ole Berg').waitFor();
  // Back, and once more: it stays as it was decided.
  await other.page.goBack();
  await other.page.goto(`${varsel.url}${address}`);
  expect(await other.page.getByRole('button', { name: 'Godkend' }).count()).toBe(0);

  await mine.page.reload();
  await mine.page.getByText('Godkendt af Ole Berg').waitFor();
  const [decided] = await rows<{ made: string }>(
    varsel.database.pool,
    `select made from proposal_decisions where 'person ' || $1 = decided_by order by decided_at desc, proposal_id desc limit 1`,
    [ole.id],
  );
  expect(await mine.page.getByRole('link', { name: 'Se, hvad det blev til' }).getAttribute('href')).toBe(
    `/console/changes/${decided?.made}`,
  );
  expect([...mine.faults, ...other.faults]).toEqual([]);
  await Promise.all([mine.context.close(), other.context.close()]);
});
