import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { approvalCodeTo, hashAt, inIndia, SIGNER, withApprover } from '../support/answering.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { announceAnother, haveControllers, linkOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const EMAIL = 'dpo@kunde-1.example';

let varsel: TestVarsel;
let pages: Pages;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  pages = pagesOf(varsel);
  await haveControllers(varsel, [withApprover(1)]);
});
afterAll(() => varsel.close());

const statedWith = (table: 'objections' | 'approvals', changeId: string) =>
  rows<{ language: string | null; text: string | null }>(
    varsel.database.pool,
    `select s.language, s.text from ${table} o left join page_statements s on s.sha256 = o.stated_sha256
     where o.change_id = $1 order by o.number`,
    [changeId],
  );

test('What the page stated is kept with each objection through it, in the language that was read, and no name with it', async () => {
  const changeId = await announceAnother(varsel);
  await varsel.deliver();
  const link = await linkOf(varsel, changeId, 'kunde-1');
  const page = (await pages.get(link)).body.replaceAll(/\s+/g, ' ');
  await pages.form(link, { reasons: 'Vi er uenige.', name: 'Dorthe Persson' });
  await pages.form(link, { reasons: 'Vi er stadig uenige.', name: 'Dorthe Persson' });
  await pages.form(`${link}?lang=en`, { reasons: 'We disagree.', name: 'Dorthe Persson' });
  await pages.json(link, { reasons: 'Et program er uenigt.', name: null });
  const [danish, again, english, program] = await statedWith('objections', changeId);
  expect(danish).toMatchObject({ language: 'da', text: expect.stringContaining('En indsigelse skal være skriftlig') });
  expect(again).toEqual(danish);
  expect(english).toMatchObject({ language: 'en', text: expect.stringContaining('must be in writing') });
  // A program reads no page.
  expect(program).toEqual({ language: null, text: null });
  for (const line of danish?.text?.split('\n').slice(1) ?? [])
    expect(page).toContain(line.replace(/^- |^[^:]*: (?=.*\d{4})/, ''));
  expect(`${danish?.text} ${english?.text}`).not.toMatch(/Dorthe|Kunde 1|kunde-1/);
  const { rows: kept } = await varsel.database.pool.query('select from page_statements');
  expect(kept).toHaveLength(2);
});

test('and with each approval and refusal, beside the statement that was approved', async () => {
  const changeId = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  const link = await linkOf(varsel, changeId, 'kunde-1');
  const asked = { decision: 'approval', contentHash: await hashAt(pages, link), ...SIGNER };
  const chosen = await pages.form(`${link}/answer`, asked);
  expect(chosen.statusCode).toBe(303);
  await varsel.deliver();
  const done = await pages.form(String(chosen.headers['location']), { code: approvalCodeTo(varsel, EMAIL) });
  expect(done.statusCode).toBe(303);
  const refused = await pages.form(`${link}/answer`, { ...asked, decision: 'refusal' });
  expect(refused.statusCode).toBe(303);
  const [approval, refusal] = await statedWith('approvals', changeId);
  expect(approval).toMatchObject({
    language: 'da',
    text: expect.stringContaining('Svarer I ikke, er det ikke en godkendelse.'),
  });
  expect(refusal).toEqual(approval);
  expect(approval?.text).not.toMatch(/Dorthe|Kunde 1|kunde-1/);
});
