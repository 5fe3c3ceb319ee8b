import { afterAll, beforeAll, expect, test } from 'vitest';
import { markTrial } from '../../src/db/installation.ts';
import { rows } from '../../src/db/postgres.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { aControllerOfTwo, changeBody, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* Two people, each in a browser of their own: one proposes, and the other one approves (D60). */

let varsel: TestVarsel;
let browser: TestBrowser;
let eva: SignedInPerson;
let ole: SignedInPerson;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  await markTrial(varsel.database.owner, false);
  await haveControllers(varsel, [aControllerOfTwo(1), aControllerOfTwo(2)]);
  eva = await signIn(varsel, { name: 'Eva Lund', role: 'officer', products: ['truetalk'] });
  ole = await signIn(varsel, { name: 'Ole Berg', role: 'approver', products: ['truetalk'] });
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

async function proposed() {
  const announcement = changeBody({ subProcessor: varsel.newCompany() });
  const { body } = await eva.call('post', '/v1/proposals').send({ kind: 'announcement', announcement }).expect(201);
  return { page: `/console/proposals/${body.id}` };
}

/** A window in which this person is signed in. */
async function window(person: SignedInPerson, options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  await visitor.context.addCookies([{ ...person.cookie, url: varsel.url }]);
  return visitor;
}

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
