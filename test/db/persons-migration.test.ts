import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { actorWithKey, actorWithLink } from '../../src/domain/author.ts';
import { changeController } from '../../src/commands/change-controller.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { createDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { at } from '../support/seed.ts';

const MIGRATION = new URL('../../sql/033_persons_stand_apart.sql', import.meta.url);

/** Makes the rows what they were before the migration: names in authors, and persons among the facts. */
const AS_BEFORE = [
  'alter table changes disable trigger user',
  'alter table audit_log disable trigger user',
  'alter table objections disable trigger user',
  'alter table events disable trigger user',
  'update changes set announced_by = author_in_words(announced_by)',
  'update objections set recorded_by = author_in_words(recorded_by)',
  'update audit_log set actor = author_in_words(actor), details = with_persons(details, persons)',
  `update changes set (sub_processor, effects, elements) = (
     select told -> 'sub_processor', told -> 'effects', told -> 'elements' from with_persons(to_jsonb(changes), contact_persons) as told)`,
  `update events set data = jsonb_set(data, '{change,subProcessor,contactPerson}', '{"name": "Signe Lund"}')
   where data -> 'change' -> 'subProcessor' ? 'contactPerson'`,
  'alter table changes enable trigger user',
  'alter table audit_log enable trigger user',
  'alter table objections enable trigger user',
  'alter table events enable trigger user',
  'alter table changes drop column contact_persons',
  'alter table audit_log drop column persons',
];

/** The rows that it touches. */
async function rowsOf(pool: pg.Pool): Promise<unknown[]> {
  return Promise.all(
    ['changes', 'audit_log', 'objections', 'events'].map((table) =>
      rows(pool, `select to_jsonb(t) as row from ${table} t order by row`),
    ),
  );
}

const inWords = async (pool: pg.Pool) =>
  oneRow<{ announced: string; recorded: string; facts: string }>(
    pool,
    `select (select announced_by from changes limit 1) as announced, (select recorded_by from objections limit 1) as recorded,
       (select string_agg(sub_processor::text, '') from changes) || (select string_agg(details::text, '') from audit_log)
       || (select string_agg(data::text, '') from events) as facts`,
  );

test('Rows of before are as if they had been written with persons apart', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const { pool, owner } = database;
  await fillEveryTable(database);
  await inTransaction(pool, (tx) =>
    changeController(tx, 'kunde-2', () => ({ name: 'Handel v/ Ida Holm' }), at('2026-03-20T09:00:00Z')),
  );
  const { key, link } = await oneRow<{ key: string; link: string }>(
    pool,
    `select (select id from api_keys where name = 'en') as key, (select id from messages where kind = 'notice' order by id limit 1) as link`,
  );
  for (const [table, column, actor] of [
    ['changes', 'announced_by', actorWithKey(key)],
    ['audit_log', 'actor', actorWithKey(key)],
    ['objections', 'recorded_by', actorWithLink(link)],
  ] as const) {
    await owner.query(`alter table ${table} disable trigger user`);
    await owner.query(`update ${table} set ${column} = $1`, [actor]);
    await owner.query(`alter table ${table} enable trigger user`);
  }
  const written = await rowsOf(pool);
  for (const statement of AS_BEFORE) await owner.query(statement);

  const before = await inWords(pool);
  expect(before).toMatchObject({
    announced: `en (key ${key})`,
    recorded: expect.stringMatching(/^Dorthe Persson.*, through the link\)$/),
  });
  expect(before.facts).toContain('Signe Lund');
  expect(before.facts).toContain('Ida Holm');
  await owner.query(await readFile(MIGRATION, 'utf8'));
  const { facts, ...authors } = await inWords(pool);
  expect(authors).toEqual({ announced: actorWithKey(key), recorded: actorWithLink(link) });
  expect(facts).not.toMatch(/Signe Lund|Ida Holm/);
  expect(await rowsOf(pool)).toEqual(written);
});
