import { afterAll, beforeAll, expect, test } from 'vitest';
import type pg from 'pg';
import { INSERTS, UPDATES } from './allowed-dml.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';

/*
 * Every table and column, with statements that the application's role can send although the application never would. What
 * goes through is listed in `allowed-dml.ts` with its reason; ARCHITECTURE.md says how it is noticed.
 */

let database: TestDatabase;
let hostile: pg.PoolClient;
let tables: string[];
let columns: { table: string; column: string; type: string; words: string[] }[];
beforeAll(async () => {
  database = await createDatabase();
  await fillEveryTable(database);
  const found = await database.owner.query(
    `select table_name as table from information_schema.tables where table_schema = 'public' order by 1`,
  );
  tables = found.rows.map(({ table }) => table);
  columns = (await database.owner.query(COLUMNS)).rows;
  hostile = await database.pool.connect();
});
afterAll(async () => {
  hostile.release();
  await database.close();
});

const COLUMNS = `select c.table_name as table, c.column_name as column, c.data_type as type, array(
    select distinct found[1] from pg_constraint k, regexp_matches(pg_get_constraintdef(k.oid), '''([\\w-]+)''::text', 'g') found
    where k.conrelid = c.table_name::regclass and k.contype = 'c'
      and pg_get_constraintdef(k.oid) ~ ('\\m' || c.column_name || '\\M')) as words
  from information_schema.columns c where c.table_schema = 'public' order by 1, 2`;

/** Values to give a column, of whatever it holds now: nothing, something near, something far, something of another row. */
function lies({ table, column, type, words }: (typeof columns)[number]): string[] {
  const near: Readonly<Record<string, string[]>> = {
    'timestamp with time zone': [`${column} - interval '1 day'`, `${column} + interval '1 day'`, `'2020-01-01'`],
    text: [`'x'`, `''`, `${column} || 'x'`, ...words.map((word) => `'${word}'`)],
    integer: [`${column} + 1`, `${column} - 1`, '0'],
    bigint: [`${column} + 1`, `${column} - 1`, '0'],
    boolean: [`not ${column}`],
    uuid: ['uuidv7()'],
    date: [`${column} - 1`, `${column} + 1`],
    daterange: [`daterange(lower(${column}), lower(${column}) + 1)`],
    jsonb: [`'{}'`],
    json: [`'{}'`],
    bytea: [`'\\x00'`],
    ARRAY: [`'{x}'`],
    xid8: [`'0'`, `'1'`],
    interval: [`'1 day'`],
  };
  return [
    'null',
    `(select o.${column} from ${table} o where o.${column}::text is distinct from t.${column}::text limit 1)`,
  ].concat(near[type] ?? []);
}

/** Whether a statement would write a row, with every constraint asked at once. */
async function writes(statement: string): Promise<boolean> {
  await hostile.query('begin; set constraints all immediate');
  try {
    return ((await hostile.query(statement)).rowCount ?? 0) > 0;
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    // A privilege, a broken constraint, a guard; not a mistake of this test. 55000 is the guards of instants.
    expect(code, `${statement}: ${message}`).toMatch(/^(42501|23...|55000|22...|428C9)$/);
    return false;
  } finally {
    await hostile.query('rollback');
  }
}

test('Nothing is truncated, and only contacts are deleted, which an update replaces, and what is no record', async () => {
  const deleted: string[] = [];
  for (const table of tables) {
    expect(await writes(`truncate ${table} cascade`)).toBe(false);
    if (await writes(`delete from ${table}`)) deleted.push(table);
  }
  expect(deleted).toEqual([
    'answered_challenges',
    'contacts',
    'idempotency_keys',
    'kept_forms',
    'passkeys',
    'sessions',
  ]);
});

test('Every column is refused every lie, or listed with the reason why it is not', async () => {
  const free: string[] = [];
  for (const each of columns) {
    if (await canBeLied(each)) free.push(`${each.table}.${each.column}`);
  }
  expect(free.toSorted()).toEqual(Object.keys(UPDATES).toSorted());
}, 600_000);

/** Whether one of the lies is taken for one of the first rows. */
async function canBeLied(each: (typeof columns)[number]): Promise<boolean> {
  const { table, column } = each;
  const { rows } = await database.owner.query(`select ctid::text as place from ${table} limit 8`);
  expect(rows, `${table} has no rows: fillEveryTable`).not.toEqual([]);
  for (const lie of lies(each)) {
    for (const { place } of rows) {
      const isOther = `${column}::text is distinct from (${lie})::text`;
      if (await writes(`update ${table} t set ${column} = ${lie} where ctid = '${place}' and ${isOther}`)) return true;
    }
  }
  return false;
}

test('The application inserts into the tables that are listed, each with what a liar could say there, and into no other', async () => {
  const { rows } = await database.owner.query(
    `select distinct table_name as table from information_schema.role_column_grants
     where grantee = 'varsel_application' and privilege_type = 'INSERT' order by 1`,
  );
  expect(rows.map(({ table }) => table)).toEqual(Object.keys(INSERTS).toSorted());
});
