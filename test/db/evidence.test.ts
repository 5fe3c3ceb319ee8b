import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';

let database: TestDatabase;
let change: string;
beforeAll(async () => {
  database = await createDatabase();
  change = await fillEveryTable(database);
});
afterAll(() => database.close());

/** Tables that have facts, and are of no change, or stand in no pack for a reason. */
const IN_NO_PACK: Readonly<Record<string, string>> = {
  api_keys: 'authors stand in the record by their ids',
  message_contents: 'of mails that went out: test/api/evidence.test.ts',
  people: 'as api_keys',
  person_roles: 'as api_keys',
  page_statements: 'of who said something through a page',
  legal_holds: 'how long something is kept is no part of what happened',
  erasures: 'what was emptied is in each row',
  test_notices: 'they are of no change',
};

interface EvidenceRow {
  readonly table_name: string;
  readonly row_key: string;
}

test('The rows of all changes are rows of every table of the record, by its key', async () => {
  const { pool } = database;
  const found = await rows<EvidenceRow>(pool, 'select distinct e.* from changes c, evidence_rows(c.id) e');
  const tables = await rows<{ name: string; key: string }>(
    pool,
    `select table_name as name, key_expression(table_name) as key
     from record_columns where part = 'fact' group by 1 order by 1`,
  );
  for (const { name, key } of tables.filter((table) => IN_NO_PACK[table.name] === undefined)) {
    const keys = (await rows<{ key: string }>(pool, `select ${key} as key from ${name} t`)).map((row) => row.key);
    const listed = found.filter(({ table_name }) => table_name === name).map(({ row_key }) => row_key);
    expect(listed.length, name).toBeGreaterThan(0);
    expect(
      listed.filter((each) => !keys.includes(each)),
      name,
    ).toEqual([]);
  }
  const others = found
    .map(({ table_name }) => table_name)
    .filter((name) => tables.every((table) => table.name !== name));
  expect([...new Set(others)]).toEqual(['further_attempts']);
});

test('The share of one controller has no row of another, none of the gate, and no event or act', async () => {
  const { pool } = database;
  const { id } = await oneRow<{ id: string }>(pool, `select id from controllers where external_id = 'kunde-1'`);
  const others = await rows<{ id: string }>(pool, 'select id from controllers where id <> $1', [id]);
  const share = await rows<{ controller_id: string | null; table_name: string }>(
    pool,
    `select (to_jsonb(content) ->> 'controller_id') as controller_id, table_name
     from (select table_name, content from controllers_evidence($1, array[$2::uuid])
       union all select table_name, content from change_evidence($1, $2)) as share`,
    [change, id],
  );
  expect(share.length).toBeGreaterThan(5);
  expect(new Set(share.map(({ controller_id }) => controller_id))).toEqual(new Set([id, null]));
  expect(share.filter(({ table_name }) => ['events', 'audit_log', 'gate_facts'].includes(table_name))).toEqual([]);
  const keys = await rows<EvidenceRow>(pool, 'select * from evidence_rows($1, $2)', [change, id]);
  expect(keys.some(({ row_key }) => others.some((other) => row_key.includes(other.id)))).toBe(false);
});

test('The acts of a pack are those on its change, its product and its controllers as far as they are about either', async () => {
  const { pool } = database;
  const at = (await oneRow<{ at: Temporal.Instant }>(pool, 'select max(at) as at from audit_log')).at;
  const written = await rows<{ key: string; details: object; subject: string }>(
    pool,
    `insert into audit_log (at, actor, action, subject, details) values
       ($1, 'test', 'notice.resent', 'kunde-1', jsonb_build_object('change', $2::text)),
       ($1, 'test', 'notice.resent', 'kunde-1', '{"change": "another"}'),
       ($1, 'test', 'controller.updated', 'kunde-1', '{"after": {"termsVersions": {"andet": "9"}}}'),
       ($1, 'test', 'key.created', 'truetalk', '{}'),
       ($1, 'test', 'product.saved', 'truetalk', '{}')
     returning position::text as key, details, subject`,
    [at, change],
  );
  const found = await rows<{ row_key: string }>(
    pool,
    `select row_key from change_acts($1) where table_name = 'audit_log'`,
    [change],
  );
  const isFound = written.map(({ key }) => found.some(({ row_key }) => row_key === key));
  expect(isFound).toEqual([true, false, false, false, true]);
});
