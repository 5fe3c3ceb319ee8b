import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmApproval } from '../../src/commands/end-approval.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { recordApproval } from '../../src/commands/record-approval.ts';
import { activateChange } from '../../src/commands/activate-change.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { inTransaction, type Queryable } from '../../src/db/postgres.ts';
import { deriveStatus } from '../../src/evidence/derive-status.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { contentOf, recordMailTo, takeMailOf } from '../support/mails.ts';
import { acceptNotice, announce, at, controllerId, notifyAll, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const DAY_AFTER = '2026-03-03T09:00:00Z';
const LATER = '2026-03-20T09:00:00Z';

let database: TestDatabase;
let open: string;
beforeAll(async () => {
  database = await createDatabase();
  const { pool } = database;
  await seed(pool, 4, ANNOUNCED);
  open = await change(1);
  const activated = await change(2);
  const withdrawn = await change(3);
  const held = await change(4, { holdMinutes: 60 });
  const asking = await change(5, { regime: { objection: true, approval: true } });
  await notifyAll(pool, activated, 4, ANNOUNCED);
  await inTransaction(pool, (tx) => activateChange(tx, activated, at(LATER)));
  await inTransaction(pool, (tx) => withdrawChange(tx, withdrawn, { da: 'Fejl' }, at(DAY_AFTER)));
  await inTransaction(pool, (tx) => withdrawChange(tx, held, { da: 'Fejl' }, at(ANNOUNCED)));
  const { messageId } = await acceptNotice(pool, open, 'kunde-1', ANNOUNCED);
  await recordMailTo(pool, messageId, 'Et svar', Temporal.Instant.from(DAY_AFTER));
  await takeMailOf(pool, messageId, { content: contentOf('Et svar'), takenAs: 'answer', knownBy: 'nothing else' });
  await notifyAll(pool, open, 1, DAY_AFTER);
  await object('Vi er uenige', DAY_AFTER);
  await object(null, DAY_AFTER);
  const said = {
    changeId: asking,
    controllerId: await controllerId(pool, 'kunde-2'),
    decision: 'approval',
    channel: 'letter',
    from: { name: 'Dorthe Persson', role: null, email: null },
    statement: 'Ja',
    authority: 'CVR',
    receivedAt: Temporal.Instant.from(DAY_AFTER),
  } as const;
  const { id } = await inTransaction(pool, (tx) => recordApproval(tx, said, at(DAY_AFTER)));
  await inTransaction(pool, (tx) => confirmApproval(tx, id, { ...at(DAY_AFTER), actor: 'somebody else' }));
  await inTransaction(pool, (tx) => endAgreement(tx, 'kunde-4', 'truetalk', at(LATER)));
});
afterAll(() => database.close());

async function change(number: number, overrides: object = {}): Promise<string> {
  const plannedActivationOn = Temporal.PlainDate.from('2026-03-13');
  const announced = { subProcessor: aSubProcessor(number), plannedActivationOn, ...overrides };
  return (await announce(database.pool, ANNOUNCED, announced)).id;
}

async function object(reasons: string | null, when: string): Promise<void> {
  const from = { name: null, email: null };
  const received = {
    changeId: open,
    controllerId: await controllerId(database.pool, 'kunde-1'),
    channel: 'link',
    from,
  } as const;
  const receivedAt = Temporal.Instant.from(when);
  await inTransaction(database.pool, (tx) => fileObjection(tx, { ...received, reasons, receivedAt }, at(when)));
}

async function differences(db: Queryable = database.pool): Promise<string[]> {
  const found = [];
  for await (const batch of deriveStatus(db)) found.push(...batch.differences);
  return found.map(({ table, column, found: is, expected }) => `${table}.${column}: ${is} instead of ${expected}`);
}

/** What is found once the administrator has done this, which is then undone. */
async function foundAfter(statement: string): Promise<string[]> {
  const client = await database.owner.connect();
  try {
    await client.query(`begin; set local session_replication_role = replica`);
    expect((await client.query(statement)).rowCount, statement).toBe(1);
    return await differences(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const THE_WINDOW = `where id = (select w.id from objection_windows w join objections o using (change_id, controller_id) limit 1)`;
const THE_NOTICE = `where id = (select message_id from message_attempts where outcome = 'accepted' limit 1)`;

test('What commands have written follows from the facts', async () => {
  expect(await differences()).toEqual([]);
});

test.each([
  [
    `update objection_windows set deadline = deadline + interval '1 day' ${THE_WINDOW}`,
    'objection_windows.deadline: 2026-03-13T23:00:00Z instead of 2026-03-12T23:00:00Z',
  ],
  [
    `update objection_windows set deadline = deadline - interval '1 second' ${THE_WINDOW}`,
    'objection_windows.deadline: 2026-03-12T22:59:59Z instead of 2026-03-12T23:00:00Z',
  ],
  [
    `update objection_windows set notified_at = notified_at - interval '5 days', deadline = deadline - interval '5 days' ${THE_WINDOW}`,
    'objection_windows.notified_at: 2026-02-25T09:00:00Z instead of 2026-03-02T09:00:00Z',
  ],
  [
    `update objection_windows set notified_at = null, deadline = null ${THE_WINDOW}`,
    'objection_windows.notified_at: null instead of 2026-03-02T09:00:00Z',
  ],
  [
    `update objection_windows set notified_at = created_at, deadline = null, by_contract = true where id = (
      select id from objection_windows where notified_at is null and left_at is null order by id desc limit 1)`,
    'objection_windows.by_contract: true instead of false',
  ],
  [
    `update objection_windows set left_at = null where id = (select w.id from objection_windows w join changes c on c.id = w.change_id
      where left_at is not null and c.status = 'announced' limit 1)`,
    'objection_windows.left_at: null instead of the end of its agreement',
  ],
  [
    `update objection_windows set approval = 'approved' where approval = 'waiting'`,
    'objection_windows.approval: approved instead of waiting',
  ],
  [
    `update messages set status = 'pending', accepted_at = null ${THE_NOTICE}`,
    'messages.status: pending instead of accepted',
  ],
  [
    `update messages set accepted_at = accepted_at + interval '1 day' ${THE_NOTICE}`,
    'messages.accepted_at: 2026-03-03 09:00:00+00 instead of 2026-03-02 09:00:00+00',
  ],
  [
    `update messages set status = 'cancelled' where id = (select m.id from messages m join changes c on c.id = m.change_id
      join controllers k on k.id = m.controller_id
      where m.kind = 'notice' and m.status = 'pending' and c.status = 'announced' and k.external_id = 'kunde-2' limit 1)`,
    'messages.status: cancelled instead of pending',
  ],
  [
    `update objections set status = 'resolved' where status = 'pending'`,
    'objections.status: resolved instead of pending',
  ],
  [
    `update objections set status = 'pending' where status = 'rejected'`,
    'objections.status: pending instead of rejected',
  ],
  [`update answers set status = 'not-an-objection'`, 'answers.status: not-an-objection instead of unread'],
  [
    `update inbound_mails set taken_as = 'automatic' where taken_as = 'answer'`,
    'inbound_mails.taken_as: automatic instead of answer',
  ],
  [
    `update approvals set status = 'effective', effective_at = '2026-03-04T09:00:00Z'`,
    'approvals.effective_at: 2026-03-04 09:00:00+00 instead of null',
    'approvals.status: effective instead of waiting',
  ],
  [
    `update agreements set ended_at = null where ended_at is not null`,
    'agreements.ended_at: null instead of 2026-03-20 09:00:00+00',
  ],
  [
    `update changes set status = 'withdrawn', withdrawn_at = '2026-03-20T09:00:00Z', activated_at = null, activated_on = null
      where status = 'activated'`,
    'changes.status: withdrawn instead of activated',
  ],
  [
    `update changes set status = 'announced', withdrawn_at = null where told_since is null`,
    'changes.status: announced instead of withdrawn',
  ],
  [
    `update register_entries set active = daterange(lower(active) + 1, null) where change_id is not null`,
    'register_entries.active: 2026-03-21 to now instead of 2026-03-20 to now',
  ],
  [
    `update register_entries set active = daterange(lower(active), '2026-03-20') where id = (
      select id from register_entries where change_id is null limit 1)`,
    'to 2026-03-20 instead of',
  ],
  [`update products set replacements_need_approval = not replacements_need_approval`, 'products.terms: ['],
])('An administrator moves a state by hand: %s', async (statement, ...expected) => {
  const found = await foundAfter(statement);
  for (const each of expected) expect(found).toContainEqual(expect.stringContaining(each));
});
