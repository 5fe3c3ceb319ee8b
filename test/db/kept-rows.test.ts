import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { placeHold, releaseHold } from '../../src/commands/place-hold.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { fillOnce, type FilledDatabases, type TestDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { at } from '../support/seed.ts';

/*
 * Whoever has the password of the application can call what empties rows. It refuses what is kept, by the database's own time, which is
 * a century ahead here: a case is over as soon as it has ended.
 */

let databases: FilledDatabases<string>;
beforeAll(async () => {
  databases = await fillOnce(async (empty) => {
    const change = await fillEveryTable(empty);
    await empty.pool.query(
      `update legal_holds set released_at = placed_at, released_by = 'test', release_reason = 'Forlig' where released_at is null`,
    );
    return change;
  });
});
afterAll(() => databases.close());

let database: TestDatabase;
let announced: string;
beforeEach(async () => {
  database = await databases.copy();
  onTestFinished(() => database.close());
  announced = databases.filled;
});

/** What emptying these rows is refused with, or how many were emptied. Nothing of it stays. */
async function emptied(table: string, where: string, name = 'empty_rows'): Promise<string | number> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    const { rows: found } = await client.query<{ count: number }>(
      `select ${name}((select id from erasures limit 1), '${table}', array_agg(id::text)) as count
       from (select t.id from ${table} t where ${where}) as given`,
    );
    return found[0]?.count ?? 0;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const KEPT = /is kept: (case-open|legal-hold|undecided|in-use) \(D51\)$/;
const OF_OPEN = () => `t.change_id = '${announced}'`;

test.each(['messages', 'answers', 'bounces', 'inbound_mails', 'letters'] as const)(
  'What %s say of persons in an open case is kept, also from who has the password of the application',
  async (table) => {
    const { pool } = database;
    const of = table === 'answers' ? 'inbound_mails' : table;
    const changeId = await oneRow<{ id: string }>(
      pool,
      `select t.change_id as id from ${of} t join changes c on c.id = t.change_id where c.status = 'announced' limit 1`,
    );
    const where = `t.change_id = '${changeId.id}' and (select status from changes where id = t.change_id) = 'announced'`;
    for (const name of ['empty_rows', 'empty_persons']) expect(await emptied(of, where, name)).toMatch(KEPT);
  },
);

test('Rows of a case are emptied once it is over, and not while it is held', async () => {
  const { pool } = database;
  expect(await emptied('messages', OF_OPEN())).toMatch(KEPT);
  await rows(pool, `update messages set status = 'cancelled' where status = 'pending'`);
  await inTransaction(pool, (tx) => withdrawChange(tx, announced, { da: 'Fejl' }, at('2026-03-21T09:00:00Z')));
  const closed = `${OF_OPEN()} and not exists (select from answers a
    where a.change_id = t.change_id and a.controller_id = t.controller_id and a.status = 'unread')
    and not exists (select from inbound_mails i
      where i.change_id = t.change_id and i.controller_id = t.controller_id and i.taken_as is null)`;
  expect(await emptied('messages', closed)).toBeGreaterThan(1);
  const { id } = await inTransaction(pool, (tx) =>
    placeHold(tx, { changeId: announced, controller: null, reason: 'Sag', until: null }, at('2026-03-21T10:00:00Z')),
  );
  expect(await emptied('messages', closed)).toMatch(/is kept: legal-hold/);
  await inTransaction(pool, (tx) => releaseHold(tx, id, 'Forlig', at('2026-03-21T11:00:00Z')));
  expect(await emptied('messages', closed)).toBeGreaterThan(1);
});

test.each([
  ['controllers', `t.external_id = 'kunde-1'`],
  ['changes', `t.status = 'announced'`],
  ['api_keys', `t.revoked_at is null`],
  ['register_entries', 'upper_inf(t.active)'],
  ['operator_mails', `t.status = 'pending'`],
])('What is of no single case and is needed is kept: %s', async (table, where) => {
  const { count } = await oneRow<{ count: number }>(database.pool, `select count(*) from ${table} t where ${where}`);
  expect(count).toBeGreaterThan(0);
  expect(await emptied(table, where)).toMatch(KEPT);
});

test('What empties all the same is the owner’s alone', async () => {
  expect(await emptied('messages', OF_OPEN(), 'empty_rows_anyway')).toContain('permission denied for function');
  expect(await emptied('messages', OF_OPEN(), 'empty_rows')).toMatch(KEPT);
});
