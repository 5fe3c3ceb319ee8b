import { expect, onTestFinished, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { createDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';

/** Tables that are no record: their rows are counted, queued or derived anew, or kept for days and deleted whole. */
const NO_RECORD = [
  'announcement_drafts',
  'answered_challenges',
  'audience_members',
  'change_counts',
  'checkpoint_timestamps',
  'checkpoints',
  'event_feed',
  'fan_outs',
  'idempotency_keys',
  'installation',
  'kept_forms',
  'migrations',
  'passkeys',
  'products',
  'record_columns',
  'seal_epochs',
  'seal_keys',
  'seal_tiles',
  'sealed_rows',
  'sending_rate',
  'sessions',
  'sign_in_links',
  'verifications',
  'webhook_deliveries',
  'webhook_replays',
  'webhooks',
];

async function aDatabase() {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  return database;
}

test('Every column of the record is a fact, of a person, or moving', async () => {
  const { pool } = await aDatabase();
  const unlisted = await rows<{ column: string }>(
    pool,
    `select table_name || '.' || column_name as column from information_schema.columns c
     where table_schema = current_schema() and table_name <> all ($1) and column_name <> 'xact_id'
       and not exists (select from record_columns r
         where (r.table_name, r.column_name) = (c.table_name, c.column_name) and r.until is null)
     union all
     select table_name || '.' || column_name || ' is not there' from record_columns r
     where until is null and not exists (select from information_schema.columns c
       where c.table_schema = current_schema() and (r.table_name, r.column_name) = (c.table_name, c.column_name))`,
    [NO_RECORD],
  );
  expect(
    unlisted.map(({ column }) => column),
    'list it in sql/columns.sql',
  ).toEqual([]);
});

test('What is of persons is emptied in every table, and nothing else', async () => {
  const database = await aDatabase();
  await fillEveryTable(database);
  const { pool, owner } = database;
  const { id } = await oneRow<{ id: string }>(pool, 'select id from erasures');
  const tables = await rows<{ name: string; key: string; persons: string[] }>(
    pool,
    `select r.table_name as name, array_agg(r.column_name::text) as persons,
       key_expression(r.table_name) as key
     from record_columns r where r.part in ('person', 'moving-person') group by 1`,
  );
  for (const { name, key, persons } of tables) {
    const content = `select ${key} as key, to_jsonb(t) - $1::text[] as facts, t.* from ${name} t order by 1`;
    const before = await rows<Record<string, unknown> & { key: string }>(pool, content, [persons]);
    expect(before.length, name).toBeGreaterThan(0);
    const { emptied } = await oneRow<{ emptied: number }>(owner, `select empty_rows_anyway($1, $2, $3) as emptied`, [
      id,
      name,
      before.map((row) => row.key),
    ]);
    expect(emptied, name).toBe(before.length);
    const after = await rows<Record<string, unknown>>(pool, content, [persons]);
    expect(
      after.map(({ facts }) => facts),
      name,
    ).toEqual(before.map(({ facts }) => facts));
    for (const row of after) {
      for (const person of persons.filter((each) => each !== 'search_key')) {
        const left = row[person];
        expect([null, '[erased]'], `${name}.${person}`).toContainEqual(
          left === '' || Buffer.isBuffer(left) || typeof left === 'object' ? null : left,
        );
      }
    }
  }
});

test('Nobody but the function empties what was written', async () => {
  const database = await aDatabase();
  await fillEveryTable(database);
  const { pool } = database;
  const attempt = pool.query(
    `begin; set local varsel.erasing = 'on'; update inbound_mails set text = '' where text is not null; commit`,
  );
  await expect(attempt).rejects.toThrow('has been read');
  await expect(pool.query(`update messages set name = ''`)).rejects.toThrow('permission denied');
  await expect(pool.query(`select empty_rows(uuidv7(), 'events', '{}')`)).rejects.toThrow(
    'nothing of persons is kept in events',
  );
});
