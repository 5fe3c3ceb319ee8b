import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { confirmApproval, withdrawApproval } from '../../src/commands/end-approval.ts';
import { moveApproval } from '../../src/commands/move-approval.ts';
import { recordApproval } from '../../src/commands/record-approval.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { announce, at, controllerId, notifyAll, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const SAID = '2026-03-03T09:00:00Z';
const DUE = '2026-03-04T09:00:00Z';
const PLANNED = '2026-03-13T09:00:00Z';

let database: TestDatabase;
let changeId: string;
let number = 0;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 2, ANNOUNCED);
});
afterAll(() => database.close());
beforeEach(async () => {
  number += 1;
  const subProcessor = aSubProcessor(number);
  const regime = { objection: true, approval: true };
  const plannedActivationOn = Temporal.PlainDate.from('2026-03-13');
  ({ id: changeId } = await announce(database.pool, ANNOUNCED, { subProcessor, regime, plannedActivationOn }));
  await notifyAll(database.pool, changeId, 2, ANNOUNCED);
});

const sql = (text: string, values: readonly unknown[] = []) => database.owner.query(text, [...values]);
const refused = (text: string, values: readonly unknown[] = []) => expect(sql(text, values)).rejects;

async function record(controller: string, decision: 'approval' | 'refusal' = 'approval'): Promise<string> {
  const id = await controllerId(database.pool, controller);
  const said = {
    changeId,
    controllerId: id,
    decision,
    channel: 'letter',
    receivedAt: Temporal.Instant.from(SAID),
    from: { name: 'Dorthe Persson', role: null, email: null },
    statement: 'Ja',
    authority: 'CVR',
  } as const;
  return (await inTransaction(database.pool, (tx) => recordApproval(tx, said, at(SAID)))).id;
}

/** An approval that waits: a second person has confirmed it, and its receipt was accepted where that is given. */
async function waiting(controller: string, acceptedAt: string | null = SAID): Promise<string> {
  const id = await record(controller);
  await inTransaction(database.pool, (tx) => confirmApproval(tx, id, { ...at(SAID), actor: 'somebody else' }));
  if (acceptedAt === null) return id;
  const { rows } = await sql(`select id from messages where approval_id = $1`, [id]);
  await sql(
    `insert into message_attempts (message_id, started_at, finished_at, outcome) values ($1, $2, $2, 'accepted')`,
    [rows[0].id, acceptedAt],
  );
  await sql(`update messages set status = 'accepted', accepted_at = $2 where id = $1`, [rows[0].id, acceptedAt]);
  return id;
}

async function effective(controller: string): Promise<string> {
  const id = await waiting(controller);
  await inTransaction(database.pool, (tx) => moveApproval(tx, id, Temporal.Instant.from(DUE)));
  return id;
}

const activate = () =>
  sql(
    `update changes set status = 'activated', activated_at = $2, activated_on = '2026-03-13', activated_by = 'x' where id = $1`,
    [changeId, PLANNED],
  );
const standing = async (controller: string) =>
  (
    await sql('select approval from objection_windows where change_id = $1 and external_id = $2 and left_at is null', [
      changeId,
      controller,
    ])
  ).rows[0].approval;

describe('plain SQL', () => {
  it('activates nothing without an effective approval of each, or over a refusal', async () => {
    await effective('kunde-1');
    await expect(activate()).rejects.toThrow('a controller has not approved it (D20, D41)');
    await waiting('kunde-2');
    await expect(activate()).rejects.toThrow('(D20, D41)');
    // The mark alone opens nothing.
    await sql(`update objection_windows set approval = 'approved' where change_id = $1`, [changeId]);
    await expect(activate()).rejects.toThrow('(D20, D41)');
    await sql(
      `update approvals set status = 'effective', effective_at = $2 where change_id = $1 and status = 'waiting'`,
      [changeId, DUE],
    );
    const refusal = await record('kunde-1', 'refusal');
    await expect(activate()).rejects.toThrow('(D20, D41)');
    const evidence = { explanation: 'Brev', mailId: null, messageId: null };
    await inTransaction(database.pool, (tx) => withdrawApproval(tx, refusal, evidence, at(DUE)));
    await activate();
  });

  it('makes no approval effective before its time, or without a receipt that stands', async () => {
    const early = await waiting('kunde-1');
    const effect = `update approvals set status = 'effective', effective_at = $2 where id = $1`;
    await refused(effect, [early, '2026-03-04T08:59:59Z']).toThrow('(D42)');
    const unsent = await waiting('kunde-2', null);
    await refused(effect, [unsent, PLANNED]).toThrow('(D42)');
    await sql(effect, [early, DUE]);
    expect(await standing('kunde-1')).toBe('approved');
    expect(await standing('kunde-2')).toBe('waiting');
  });

  it('confirms nothing by who recorded it, and effects nothing that nobody has confirmed', async () => {
    const id = await record('kunde-1');
    const confirm = `update approvals set status = 'waiting', confirmed_at = $2, confirmed_by = $3 where id = $1`;
    await refused(confirm, [id, DUE, 'test']).toThrow('(D42)');
    await refused(confirm, [id, ANNOUNCED, 'somebody else']).toThrow('(D42)');
    await refused(`update approvals set status = 'waiting' where id = $1`, [id]).toThrow('(D42)');
    await refused(`update approvals set status = 'effective', effective_at = $2 where id = $1`, [id, DUE]).toThrow(
      '(D42)',
    );
    await sql(confirm, [id, DUE, 'somebody else']);
    expect(await standing('kunde-1')).toBe('waiting');
  });

  it('ends nothing without evidence, nothing twice, and nothing once it is in force', async () => {
    const [first, other] = [await effective('kunde-1'), await effective('kunde-2')];
    const end = `update approvals set status = 'withdrawn', ended_at = $2, ended_by = 'x', ended_explanation = $3 where id = $1`;
    await refused(end, [first, DUE, ' \n']).toThrow('approvals_end_with_evidence');
    const put = `update approvals set ended_at = $2, ended_by = 'x', ended_explanation = $3 where id = $1`;
    await refused(put, [first, DUE, 'Brev']).toThrow('(D42)');
    await refused(
      `update approvals set status = 'stopped', ended_at = $2, ended_by = 'x', ended_explanation = 'x' where id = $1`,
      [first, DUE],
    ).toThrow('(D42)');
    await activate();
    await refused(end, [first, PLANNED, 'Brev']).toThrow('(D42)');
    // That it was withdrawn afterwards is put on record, once.
    await sql(put, [other, PLANNED, 'Brev']);
    await refused(put, [other, PLANNED, 'Brev']).toThrow('(D42)');
    expect(await standing('kunde-2')).toBe('approved');
  });

  it('records nothing of another version, of who is not asked, before its cause, or as confirmed', async () => {
    const insert = (columns: Record<string, unknown>) => {
      const row = {
        change_id: changeId,
        decision: 'approval',
        channel: 'letter',
        from_name: 'x',
        statement: 'Ja',
        authority: 'CVR',
        received_at: SAID,
        recorded_at: SAID,
        recorded_by: 'x',
        status: 'unconfirmed',
        ...columns,
      };
      const names = Object.keys(row);
      const places = names.map((_name, index) => `$${index + 1}`).join(', ');
      return refused(`insert into approvals (${names.join(', ')}) values (${places})`, Object.values(row));
    };
    const { rows } = await sql('select content_hash from changes where id = $1', [changeId]);
    const asked = { controller_id: await controllerId(database.pool, 'kunde-1'), content_hash: rows[0].content_hash };
    await insert({ ...asked, content_hash: 'another' }).toThrow('(D41)');
    await insert({ ...asked, received_at: '2026-03-02T08:59:59Z' }).toThrow('(D41)');
    await insert({ ...asked, received_at: '2026-03-03T09:00:01Z' }).toThrow('(D41)');
    await insert({ ...asked, status: 'waiting' }).toThrow('(D42)');
    await insert({ ...asked, status: 'effective', effective_at: SAID }).toThrow('(D42)');
    await insert({ ...asked, authority: ' ' }).toThrow('approvals_have_authority');
    await insert({ ...asked, statement: null }).toThrow('approvals_are_written');
    await insert({ ...asked, decision: 'refusal', status: 'unconfirmed' }).toThrow();
    await insert({ ...asked, channel: 'link' }).toThrow();
  });

  it('takes back nothing that was said, and counts who stands how as the rows do', async () => {
    const id = await record('kunde-1', 'refusal');
    for (const column of ['statement', 'content_hash', 'received_at', 'decision', 'authority', 'from_name']) {
      await refused(`update approvals set ${column} = ${column} where id = $1`, [id]).toThrow('(D28)');
    }
    await refused('delete from approvals').toThrow('(D28)');
    await effective('kunde-2');
    const { rows } = await sql(
      `select counted, sum(amount)::int as amount from change_counts where change_id = $1 and counted like 'approval-%'
       group by 1 having sum(amount) <> 0 order by 1`,
      [changeId],
    );
    expect(rows).toEqual([
      { counted: 'approval-approved', amount: 1 },
      { counted: 'approval-refused', amount: 1 },
    ]);
    expect((await sql('select * from mend_counts($1)', [changeId])).rows).toEqual([]);
  });
});
