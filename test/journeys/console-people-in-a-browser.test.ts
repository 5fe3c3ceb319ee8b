import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startSession } from '../../src/commands/sign-in.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { keepPicture, showPictures } from '../support/screenshots.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { expectNoSidewaysScrolling } from './person.ts';

/* People of the company, as an administrator manages them. */

const NARROWEST = { width: 320, height: 640 };

let varsel: TestVarsel;
let browser: TestBrowser;
let admin: SignedInPerson;
let officer: SignedInPerson;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  admin = await signIn(varsel, { name: 'Anne Holm' });
  officer = await signIn(varsel, { name: 'Dorthe Persson', role: 'officer', products: ['truetalk'] });
});
afterAll(async () => {
  await showPictures();
  await browser.close();
  await varsel.close();
});

/** A window in which the administrator is signed in. */
async function window(options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  await visitor.context.addCookies([{ ...admin.cookie, url: varsel.url }]);
  return visitor;
}

const SIGHTS: readonly (readonly [name: string, see: (page: Page, language: Language) => Promise<unknown>])[] = [
  ['people', (page, lang) => page.goto(`${varsel.url}/console/people?lang=${lang}`)],
  ['person', (page, lang) => page.goto(`${varsel.url}/console/people/${officer.id}?lang=${lang}&said=invited`)],
  ['disable', (page, lang) => page.goto(`${varsel.url}/console/people/${officer.id}/disable?lang=${lang}`)],
  ['own', (page, lang) => page.goto(`${varsel.url}/console/me?lang=${lang}`)],
  [
    'invite-faults',
    async (page, lang) => {
      await page.goto(`${varsel.url}/console/people/new?lang=${lang}`);
      await page.locator('#content button[type=submit]').click();
      await page.locator('.problems').waitFor();
    },
  ],
];

test.each(LANGUAGES)(
  'Every page of people can be used by everybody in %s: light, dark, narrow and large',
  async (lang) => {
    const { context, page, faults } = await window();
    for (const [name, see] of SIGHTS) {
      await page.setViewportSize(DESKTOP);
      await see(page, lang);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.getAttribute('html', 'lang')).toBe(lang);
      expect(await violationsOf(page), name).toEqual([]);
      await keepPicture(page, `console/people/${name}.${lang}.desktop`);
      // The longer words are Danish.
      if (lang === 'en') continue;
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violationsOf(page, { only: ['color-contrast'] }), `${name}, dark`).toEqual([]);
      await keepPicture(page, `console/people/${name}.${lang}.dark`);
      await page.emulateMedia({ colorScheme: 'light' });
      for (const size of [PHONE, NARROWEST]) {
        await page.setViewportSize(size);
        await expectNoSidewaysScrolling(page, `${name} in ${size.width} px`);
        if (size === PHONE) await keepPicture(page, `console/people/${name}.${lang}.phone`);
      }
      await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
      await page.setViewportSize(DESKTOP);
      await expectNoSidewaysScrolling(page, `${name}, text at 200 %`);
    }
    expect(faults).toEqual([]);
    await context.close();
  },
);

test('A person is invited by the keyboard alone, given a role and disabled, without JavaScript', async () => {
  const { context, page, faults } = await window({ javaScriptEnabled: false, locale: 'da-DK' });
  await page.goto(`${varsel.url}/console/people`);
  await page.getByRole('link', { name: 'Inviter en person' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Navn').focus();
  await page.keyboard.type('Bo Lind');
  await page.keyboard.press('Tab');
  await page.keyboard.type('bo@telenor.example');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.getByRole('status').waitFor();
  expect(await page.getByRole('status').textContent()).toBe('Invitationen til Bo Lind er på vej.');
  const invited = await rows(
    varsel.database.pool,
    `select r.role, r.product_id from person_roles r join people p on p.id = r.person_id where p.email = 'bo@telenor.example'`,
  );
  expect(invited).toEqual([{ role: 'officer', product_id: 'truetalk' }]);

  await page.getByRole('radio', { name: 'Godkender' }).check();
  await page.getByRole('checkbox', { name: 'Alle produkter, også nye' }).check();
  await page.getByRole('button', { name: 'Giv rollen' }).click();
  await expectRoles(page, ['Sagsbehandler', 'Godkender']);
  await page.getByRole('link', { name: 'Fratag Sagsbehandler for TrueTalk' }).click();
  await page.getByRole('button', { name: 'Fratag rollen' }).click();
  await expectRoles(page, ['Godkender']);
  await page.getByRole('link', { name: 'Spær personen' }).click();
  await page.getByRole('button', { name: 'Spær personen' }).click();
  await page.getByText('Bo Lind er spærret.').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('What was typed into a form is not lost when the session has ended meanwhile', async () => {
  const { context, page, faults } = await window({ locale: 'da-DK' });
  const person = await signIn(varsel, { name: 'Karen Blixen' });
  await context.addCookies([{ ...person.cookie, url: varsel.url }]);
  await page.goto(`${varsel.url}/console/people/new`);
  await page.getByLabel('Navn').fill('Ib Schønberg');
  await page.getByLabel('E-mail').fill('ib@telenor.example');
  await page.getByRole('radio', { name: 'Læser' }).check();
  varsel.clock.advance({ hours: 1 });
  await page.getByRole('button', { name: 'Send invitationen' }).click();
  await page.waitForURL('**/console/sign-in?to=*');
  const { secret } = await inTransaction(varsel.database.pool, (tx) =>
    startSession(tx, person.id, { method: 'openid', hasFactors: true, userAgent: 'test' }, varsel.clock.now()),
  );
  await context.addCookies([{ name: person.cookie.name, value: secret, url: varsel.url }]);
  await page.goto(`${varsel.url}/console`);
  await page.getByRole('link', { name: 'Du var blevet logget ud' }).click();
  expect(await page.getByLabel('Navn').inputValue()).toBe('Ib Schønberg');
  expect(await violationsOf(page)).toEqual([]);
  await keepPicture(page, 'console/people/kept.da.desktop');
  await page.getByRole('checkbox', { name: 'TrueTalk' }).check();
  await page.getByRole('button', { name: 'Send invitationen' }).click();
  await page.getByText('Invitationen til Ib Schønberg er på vej.').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

async function expectRoles(page: Page, names: readonly string[]): Promise<void> {
  await expect.poll(() => page.getByRole('rowheader').allTextContents()).toEqual(names);
}
