import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { schemaFaults } from '../../src/db/migrations.ts';
import { prepareDatabase } from '../../src/db/prepare-database.ts';
import { dataDirectory, endAll, startProcess } from '../journeys/varsel-process.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const AT = Temporal.Instant.from('2026-03-02T09:00:00Z');
const REFUSAL =
  'The database was made by another, unreleased version of Varsel and cannot be used: delete the data directory ' +
  '(./data, or DATA_DIR), or give an empty database as DATABASE_URL, and start again.';

async function aDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  return database;
}

/** Brings it up to date as its owner; returns what it lacked. */
async function migrate({ url: databaseUrl, ownerUrl }: TestDatabase): Promise<readonly string[]> {
  return (await prepareDatabase({ databaseUrl, ownerUrl }, { at: AT, allowOwner: false })).applied;
}

test('Every file of sql/ is applied once, also when two processes start at the same time', async () => {
  const database = await aDatabase();
  await database.owner.query('drop schema public cascade; create schema public');
  const both = await Promise.all([migrate(database), migrate(database)]);
  const files = readdirSync('sql').filter((name) => name.endsWith('.sql'));
  expect(both.flat()).toEqual(files.toSorted());
  expect(await migrate(database)).toEqual([]);
});

test('The files without a number are applied again when their text has changed', async () => {
  const database = await aDatabase();
  const { pool, owner } = database;
  await owner.query(`update migrations set sha256 = 'of another text' where name = 'guards.sql'`);
  await owner.query('drop trigger guard_mail on inbound_mails');
  expect(await schemaFaults(pool)).toEqual(['guards.sql was applied as another version of Varsel has it']);
  expect(await migrate(database)).toEqual(['guards.sql']);
  expect(await schemaFaults(pool)).toEqual([]);
  const { rows } = await pool.query(`select from pg_trigger where tgname = 'guard_mail'`);
  expect(rows).toHaveLength(1);
});

describe('A database is refused in one sentence', () => {
  /** As versions before the first release recorded their migrations. */
  async function ofAnEarlierVersion(): Promise<TestDatabase> {
    const database = await aDatabase();
    await database.owner.query('alter table migrations drop column sha256');
    return database;
  }

  test('when a version before the first release has made it', async () => {
    await expect(migrate(await ofAnEarlierVersion())).rejects.toThrow(REFUSAL);
  });

  test('when a migration has changed since it was applied', async () => {
    const database = await aDatabase();
    await database.owner.query(`update migrations set sha256 = 'of another text' where name = '001_schema.sql'`);
    await expect(migrate(database)).rejects.toThrow('made with another text of sql/001_schema.sql');
  });

  test('when a newer version has made it, whose files without a number stay as they are', async () => {
    const database = await aDatabase();
    await database.owner.query(`insert into migrations values ('999_later.sql', 'of that text', now())`);
    await database.owner.query(`update migrations set sha256 = 'of a newer text' where name = 'guards.sql'`);
    await database.owner.query('drop trigger guard_mail on inbound_mails');
    await expect(migrate(database)).rejects.toThrow(
      'holds migration 999_later.sql, which this version of Varsel does not',
    );
    const { rows: guards } = await database.pool.query(`select from pg_trigger where tgname = 'guard_mail'`);
    expect(guards).toEqual([]);
  });

  test('which the process prints as it ends', async () => {
    const { url } = await ofAnEarlierVersion();
    onTestFinished(endAll);
    const { ended } = startProcess({ DATABASE_URL: url, DATA_DIR: await dataDirectory() });
    expect(await ended).toMatchObject({ code: 1, stderr: `Varsel could not start. ${REFUSAL}\n` });
  });
});
