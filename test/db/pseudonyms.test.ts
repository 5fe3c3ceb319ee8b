import { afterAll, beforeAll, expect, test } from 'vitest';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { announce, at, controllerId, seed } from '../support/seed.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 2, '2026-03-02T09:00:00Z');
});
afterAll(() => database.close());

async function pseudonym(controller: string, address: string): Promise<{ name: string; email: string }> {
  const id = await controllerId(database.pool, controller);
  return (
    await oneRow<{ is: { name: string; email: string } }>(database.pool, 'select pseudonym_of($1, $2) as is', [
      id,
      address,
    ])
  ).is;
}

test('Each person of a controller has one pseudonym, whatever the case of its address', async () => {
  const { name } = await oneRow<{ name: string }>(
    database.pool,
    `select name from controllers where external_id = 'kunde-1'`,
  );
  const id = await controllerId(database.pool, 'kunde-1');
  const first = await pseudonym('kunde-1', 'Bo@kunde.example');
  expect(first).toMatchObject({ name: `Kontakt 1 hos ${name}`, email: `kontakt-1@${id}.invalid` });
  expect(await pseudonym('kunde-1', 'ida@kunde.example')).toMatchObject({ name: `Kontakt 2 hos ${name}` });
  expect(await pseudonym('kunde-1', 'bo@KUNDE.example')).toEqual(first);
  expect(await pseudonym('kunde-1', first.email), 'of a pseudonym').toEqual(first);
  expect(await pseudonym('kunde-2', 'bo@kunde.example')).toMatchObject({
    name: expect.stringContaining('Kontakt 1 hos'),
  });
});

test('Two that ask at once are given one number each', async () => {
  const asked = ['a', 'b', 'a', 'c', 'b', 'd'].map((each) => pseudonym('kunde-2', `${each}@samtidig.example`));
  const names = (await Promise.all(asked)).map(({ email }) => email);
  expect(names[0]).toBe(names[2]);
  expect(names[1]).toBe(names[4]);
  expect(new Set(names).size).toBe(4);
});

test('A row that is emptied has the pseudonym of its own person', async () => {
  const { pool, owner } = database;
  const { id } = await announce(pool, '2026-03-02T09:00:00Z');
  // Its time is over by the database's, which is a century ahead.
  await inTransaction(pool, (tx) => withdrawChange(tx, id, { da: 'Fejl' }, at('2026-03-02T10:00:00Z')));
  const [first, second] = await rows<{ id: string; email: string; controllerId: string }>(
    pool,
    `select id, email, controller_id as "controllerId" from messages order by id limit 2`,
  );
  if (first === undefined || second === undefined) throw new Error('expected two messages');
  const { emptied } = await oneRow<{ emptied: number }>(
    owner,
    `select empty_persons(uuidv7(), 'messages', $1) as emptied`,
    [[first.id, second.id]],
  );
  expect(emptied).toBe(2);
  const given = `select pseudonym_of($1, $2) ->> 'email' as email, pseudonym_of($1, $2) ->> 'name' as name`;
  for (const { id: message, email, controllerId: controller } of [first, second]) {
    const stands = await oneRow(pool, 'select email, name from messages where id = $1', [message]);
    expect(stands).toEqual(await oneRow(owner, given, [controller, email]));
  }
});

test('A controller that has been emptied is named by its external id', async () => {
  const { pool, owner } = database;
  const id = await controllerId(pool, 'kunde-1');
  await owner.query(`select empty_rows_anyway(uuidv7(), 'controllers', $1)`, [[id]]);
  expect(await pseudonym('kunde-1', 'ida@kunde.example')).toMatchObject({ name: 'Kontakt 2 hos kunde-1' });
});
