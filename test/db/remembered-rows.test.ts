import { expect, onTestFinished, test } from 'vitest';
import { createDatabase, everyRow } from '../support/database.ts';
import { rememberRows } from '../support/remembered-rows.ts';
import { announce, seed } from '../support/seed.ts';

test('rows that were remembered come back as they were, whatever was written, and their sequences go on from there', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  await seed(database.pool, 2, '2026-03-02T09:00:00Z');
  // Brought back, a row is another row to PostgreSQL, with the same in it.
  const stored = async () => (await everyRow(database.owner)).replaceAll(/,"version":"\d+"/g, '');
  const before = await stored();
  const restore = await rememberRows(database.owner);
  const story = async () => {
    const { id } = await announce(database.pool, '2026-03-03T09:00:00Z');
    const { rows } = await database.pool.query('select number from objection_windows where change_id = $1', [id]);
    return rows;
  };
  const numbers = await story();
  await database.owner.query(`delete from idempotency_keys; update products set name = 'another'`);
  expect((await stored()) === before).toBe(false);
  await restore();
  expect((await stored()) === before).toBe(true);
  expect(await story()).toEqual(numbers);
});
