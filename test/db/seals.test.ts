import { hash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { createDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { leafHash } from '../../src/evidence/merkle.ts';

async function aFilledDatabase() {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  await fillEveryTable(database);
  await database.owner.query(`alter table sealed_rows disable trigger user; delete from sealed_rows;
    alter table sealed_rows enable trigger user`);
  return database;
}

interface SealedLine {
  row_key: string;
  position: number;
  hash: Buffer;
  line: string | null;
  person_line: string | null;
  person_key: Buffer | null;
  person_hash: Buffer | null;
}

test('Every row of the record is sealed once, and its lines give its hash again', async () => {
  const { pool, owner } = await aFilledDatabase();
  const found = await rows<{ table_name: string; row_key: string }>(
    pool,
    'select table_name, row_key from unsealed_rows(null, null) order by xact_id, table_name, row_key',
  );
  const tables = [...new Set(found.map((each) => each.table_name))].sort();
  const all = await rows<{ name: string }>(pool, 'select table_name as name from sealed_tables()');
  expect(tables).toEqual(all.map(({ name }) => name).sort());
  const seal = () =>
    oneRow<{ first_position: number; hashes: Buffer }>(pool, 'select * from seal_rows(1, $1, $2)', [
      found.map((each) => each.table_name),
      found.map((each) => each.row_key),
    ]);
  const sealed = await seal();
  expect(sealed).toMatchObject({ first_position: 0, hashes: { length: 32 * found.length } });
  expect(await seal()).toMatchObject({ first_position: found.length, hashes: { length: 0 } });
  expect(await rows(pool, 'select from unsealed_rows(null, null)')).toEqual([]);
  const keys = new Set<string>();
  for (const table of tables) {
    const ofTable = found.filter((each) => each.table_name === table).map((each) => each.row_key);
    // What a value is written as does not depend on the session.
    await pool.query(`set timezone = 'Asia/Tokyo'; set datestyle = 'SQL, DMY'; set bytea_output = 'escape'`);
    const lines = await rows<SealedLine>(owner, 'select * from sealed_lines($1, $2)', [table, ofTable]);
    expect(lines.map((each) => each.row_key).sort()).toEqual(ofTable.toSorted());
    for (const { position, line, hash: sealedHash, person_line, person_key, person_hash } of lines) {
      expect(found[position]?.table_name).toBe(table);
      expect(leafHash(line ?? ''), table).toEqual(sealedHash);
      expect(sealedHash).toEqual(sealed.hashes.subarray(32 * position, 32 * position + 32));
      const [, facts = ''] = /^\w+ \d+ (\{.*\}) (?:-|[0-9a-f]{64})$/.exec(line ?? '') ?? [];
      expect(Object.keys(JSON.parse(facts) as object)).toEqual(Object.keys(JSON.parse(facts) as object).toSorted());
      if (person_line === null) {
        expect({ person_key, person_hash, line }).toEqual({
          person_key: null,
          person_hash: null,
          line: expect.stringMatching(/ -$/),
        });
        continue;
      }
      if (!person_key) throw new Error(`a key was expected in ${table}`);
      keys.add(person_key.toString('hex'));
      expect(hash('sha256', Buffer.concat([person_key, Buffer.from(person_line)]), 'buffer')).toEqual(person_hash);
      expect(line?.endsWith(` ${person_hash?.toString('hex')}`)).toBe(true);
    }
  }
  const { withKey } = await oneRow<{ withKey: number }>(
    pool,
    'select count(person_key)::int as "withKey" from sealed_rows',
  );
  expect(keys.size).toBe(withKey);
});

test('What of persons is emptied leaves the leaf as it is, and takes the key along', async () => {
  const { pool, owner } = await aFilledDatabase();
  await pool.query(`select seal_rows(1, array_agg(table_name), array_agg(row_key)) from unsealed_rows(null, null)`);
  const { keys } = await oneRow<{ keys: string[] }>(pool, 'select array_agg(id::text) as keys from letters');
  const linesOf = () => rows<SealedLine>(pool, `select * from sealed_lines('letters', $1) order by position`, [keys]);
  const before = await linesOf();
  await owner.query(`select empty_rows_anyway((select id from erasures), 'letters', $1)`, [keys]);
  const after = await linesOf();
  expect(after.map(({ line, hash: leaf, person_hash }) => ({ line, leaf, person_hash }))).toEqual(
    before.map(({ line, hash: leaf, person_hash }) => ({ line, leaf, person_hash })),
  );
  const persons = after.map(({ person_key, person_line }) => ({ person_key, person_line }));
  const emptied = { person_key: null, person_line: '{"reference":"[erased]"}' };
  expect(persons).toEqual(persons.map(() => emptied));
});

test('A row is sealed in the version of its time, and read in it when its table has a later one', async () => {
  const { pool, owner } = await aFilledDatabase();
  const seal = async (table: string) =>
    pool.query(
      `select seal_rows(1, array_agg(table_name), array_agg(row_key)) from unsealed_rows(null, null) where table_name = $1`,
      [table],
    );
  const { keys } = await oneRow<{ keys: string[] }>(pool, 'select array_agg(id::text) as keys from letters');
  await seal('letters');
  const linesOf = () =>
    rows<SealedLine & { version: number }>(pool, `select * from sealed_lines('letters', $1)`, [keys]);
  const before = await linesOf();
  await owner.query(`alter table letters add column pages integer not null default 3;
    insert into record_columns values ('letters', 'pages', 'fact', 2);
    update record_columns set until = 2 where table_name = 'letters' and column_name = 'arrived_on'`);
  expect(await linesOf()).toEqual(before);
  await owner.query(`insert into letters (change_id, controller_id, arrived_on, reference, recorded_at, recorded_by)
    select change_id, controller_id, arrived_on, reference, recorded_at, recorded_by from letters limit 1`);
  await seal('letters');
  const { id } = await oneRow<{ id: string }>(pool, 'select id::text from letters where id::text <> all ($1)', [keys]);
  const [later] = await rows<SealedLine & { version: number }>(pool, `select * from sealed_lines('letters', $1)`, [
    [id],
  ]);
  expect(later).toMatchObject({ version: 2, line: expect.stringMatching(/^letters 2 .*"pages":"3"/) });
  expect(later?.line).not.toContain('arrived_on');
});
