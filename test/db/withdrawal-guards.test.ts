import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pagesOf, type Pages } from '../support/pages.ts';
import { aControllerOfTwo, announceAnother, haveControllers, linkOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';

const NOW = '2026-03-07T09:00:00Z';
const DUE = '2026-03-08T09:00:00Z';

let varsel: TestVarsel;
let pages: Pages;
let changeId: string;
let id: string;
let link: string;
let next = 0;

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  pages = pagesOf(varsel);
});
afterAll(() => varsel.close());
beforeEach(async () => {
  next += 1;
  varsel.clock.set(NOW);
  await haveControllers(varsel, [aControllerOfTwo(next)]);
  changeId = await announceAnother(varsel);
  await varsel.deliver();
  link = await linkOf(varsel, changeId, `kunde-${next}`);
  ({ id } = (await pages.json(link, { reasons: 'USA' })).json());
});

const sql = (text: string, values: readonly unknown[] = []) => varsel.database.owner.query(text, [...values]);
const request = () => requestWithdrawal({ varsel, pages }, { link, id, email: `dpo@kunde-${next}.example` });
const decide = (values: { explanation?: string | null; request?: string | null; at?: string; outcome?: string }) =>
  sql(
    `insert into objection_decisions (objection_id, decision, outcome, explanation, withdrawal_request_id, decided_at, decided_by)
     values ($1, 'resolved', $2, $3, $4, $5, 'nobody')`,
    [id, values.outcome ?? 'withdrawn', values.explanation ?? null, values.request ?? null, values.at ?? NOW],
  );
const requestId = async (): Promise<string> =>
  (await sql('select id from withdrawal_requests where objection_id = $1', [id])).rows[0].id;
const codeOf = async (): Promise<string> =>
  (
    await sql(
      'select m.id as message_id from mailed_codes c join messages m on m.id = c.message_id where m.objection_id = $1',
      [id],
    )
  ).rows[0].message_id;

describe('plain SQL', () => {
  it.each(['withdrawn', 'accommodated', 'invalid'])('resolves nothing as %s without its evidence', async (outcome) => {
    for (const explanation of [null, '', ' \n ']) {
      await expect(decide({ outcome, explanation })).rejects.toThrow('objection_decisions_evidence');
    }
  });

  it('withdraws nothing by a request that is not due, or is of another objection', async () => {
    await request();
    await expect(decide({ request: await requestId() })).rejects.toThrow('(D31)');
    await varsel.deliver();
    await expect(decide({ request: await requestId(), at: '2026-03-08T08:59:59Z' })).rejects.toThrow('(D31)');
    const due = await requestId();
    ({ id } = (await pages.json(link, { reasons: 'Prisen' })).json());
    await expect(decide({ request: due, at: DUE })).rejects.toThrow('(D31)');
  });

  it('withdraws nothing by a request that was stopped', async () => {
    await request();
    await varsel.deliver();
    await pages.json(`${link}/${id}/keep`, {});
    await expect(decide({ request: await requestId(), at: DUE })).rejects.toThrow('(D31)');
  });

  it('accepts the decision of a request that is due', async () => {
    await request();
    await varsel.deliver();
    await decide({ request: await requestId(), at: DUE });
  });

  it('asks for no withdrawal without a code that was mailed for it and is used', async () => {
    await pages.json(`${link}/${id}/withdraw`, {});
    const insert = (code: string, email = `dpo@kunde-${next}.example`) =>
      sql(
        `insert into withdrawal_requests (objection_id, code_message_id, email, delay_hours, requested_at, requested_by)
         values ($1, $2, $3, 0, $4, 'nobody')`,
        [id, code, email, NOW],
      );
    await expect(insert(await codeOf())).rejects.toThrow('(D31)');
    await sql('update mailed_codes set used_at = $2 where message_id = $1', [await codeOf(), NOW]);
    await expect(insert(await codeOf(), 'somebody@else.example')).rejects.toThrow('(D31)');
    await insert(await codeOf());
  });

  it('neither gives a code its tries or its time back, nor uses it twice or too late', async () => {
    await pages.json(`${link}/${id}/withdraw`, {});
    await pages.json(`${link}/${id}/withdraw`, { code: 'x' });
    const code = await codeOf();
    for (const change of [
      'wrong_tries = 0',
      `expires_at = '2027-01-01'`,
      `used_at = '2026-03-07T09:15:00Z'`,
      `asked_by = 'somebody'`,
    ]) {
      await expect(sql(`update mailed_codes set ${change} where message_id = $1`, [code])).rejects.toThrow(
        '(D31, D42)',
      );
    }
    await expect(sql('update mailed_codes set wrong_tries = 6 where message_id = $1', [code])).rejects.toThrow('check');
    await expect(sql('delete from mailed_codes')).rejects.toThrow('(D28)');
  });

  it('ends a request once, and carries none out without a decision', async () => {
    await request();
    const end = (status: string) =>
      sql(`update withdrawal_requests set status = $2, ended_at = $3, ended_by = 'nobody' where objection_id = $1`, [
        id,
        status,
        NOW,
      ]);
    await expect(end('carried-out')).rejects.toThrow('(D31)');
    await expect(sql(`update withdrawal_requests set delay_hours = 0 where objection_id = $1`, [id])).rejects.toThrow(
      '(D31)',
    );
    await end('stopped');
    await expect(end('lapsed')).rejects.toThrow('(D31)');
    await expect(sql('delete from withdrawal_requests')).rejects.toThrow('(D28)');
  });

  it('keeps one request waiting at most', async () => {
    await request();
    await pages.json(`${link}/${id}/keep`, {});
    await request();
    const waiting = await sql(
      `select count(*)::int as n from withdrawal_requests where objection_id = $1 and status = 'waiting'`,
      [id],
    );
    expect(waiting.rows).toEqual([{ n: 1 }]);
  });

  it('writes over no attempt but by a later one', async () => {
    const [, token = ''] = link.split('/objections/');
    const messageId = varsel.links.messageIdOf(token);
    await sql(
      `insert into further_attempts (message_id, slot, number, rejected_for, received_at) values ($1, 0, 1, 'reasons-required', $2)`,
      [messageId, NOW],
    );
    await expect(sql(`update further_attempts set reasons = 'x' where message_id = $1`, [messageId])).rejects.toThrow(
      '(D15)',
    );
    await expect(sql('delete from further_attempts')).rejects.toThrow('(D28)');
  });
});
