import { afterAll, beforeAll, expect, test } from 'vitest';
import { WHAT_TELLS } from '../../src/domain/erasure.ts';
import { rows } from '../../src/db/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';

const MARKER = 'Marker.Person@sted.example';
/** Not searched: what leaves by other ways. A customer's own name goes when the customer does. */
const ELSEWHERE = [
  'contacts.email',
  'contacts.name',
  'pseudonyms.email',
  'controllers.name',
  'controllers.registration_number',
  'controllers.registration_key',
];

let database: TestDatabase;
let columns: { table: string; column: string; type: string }[];
beforeAll(async () => {
  database = await createDatabase();
  await fillEveryTable(database);
  columns = await rows(
    database.pool,
    `select r.table_name as table, r.column_name as column, format_type(a.atttypid, null) as type
     from record_columns r join pg_attribute a on a.attrelid = r.table_name::regclass and a.attname = r.column_name
     where r.until is null and r.part in ('person', 'moving-person') and a.attgenerated = ''`,
  );
});
afterAll(() => database.close());

test('Every table that tells of persons has a word for what its rows are', () => {
  expect(columns.map(({ table }) => table).filter((table) => !(table in WHAT_TELLS) && table !== 'pseudonyms')).toEqual(
    [],
  );
});

test('A person is found in every column that is of persons, and not by a part of its address', async () => {
  const client = await database.owner.connect();
  const missed: string[] = [];
  try {
    for (const { table, column, type } of columns) {
      await client.query('begin');
      await client.query('set local session_replication_role = replica');
      // Checks of what a row says of itself are off, too.
      const { rows: checks } = await client.query<{ name: string }>(
        `select conname as name from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
        [table],
      );
      for (const { name } of checks) await client.query(`alter table ${table} drop constraint ${name}`);
      const value =
        { bytea: `convert_to('an ${MARKER}', 'UTF8')`, json: `'{"it": "${MARKER}"}'`, jsonb: `'{"it": "${MARKER}"}'` }[
          type
        ] ?? `'an ${MARKER}, who'`;
      await client.query(
        `update ${table} set ${column} = ${value} where ctid = (select ctid from ${table} order by ctid limit 1)`,
      );
      const find = `select table_name from rows_of_person($1, '2026-03-20T09:00:00Z')`;
      const { rows: found } = await client.query<{ table_name: string }>(find, [MARKER.toLowerCase()]);
      const { rows: part } = await client.query(find, ['person@sted.example']);
      if (found.every((each) => each.table_name !== table) || part.length > 0) missed.push(`${table}.${column}`);
      await client.query('rollback');
    }
  } finally {
    client.release();
  }
  expect(missed.toSorted()).toEqual(ELSEWHERE.toSorted());
});
