import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startSession } from '../../src/commands/sign-in.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* People of the company, as an administrator manages them. */

let varsel: TestVarsel;
let browser: TestBrowser;
let admin: SignedInPerson;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  admin = await signIn(varsel, { name: 'Anne Holm' });
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

/** A window in which the administrator is signed in. */
async function window(options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  await visitor.context.addCookies([{ ...admin.cookie, url: varsel.url }]);
  return visitor;
}

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
  await page.getByRole('checkbox', { name: 'TrueTalk' }).check();
  await page.getByRole('button', { name: 'Send invitationen' }).click();
  await page.getByText('Invitationen til Ib Schønberg er på vej.').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

async function expectRoles(page: Page, names: readonly string[]): Promise<void> {
  await expect.poll(() => page.getByRole('rowheader').allTextContents()).toEqual(names);
}
