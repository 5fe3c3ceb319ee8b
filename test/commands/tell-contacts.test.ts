import { afterEach, beforeEach, expect, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { inTransaction, rows, type Transaction } from '../../src/db/postgres.ts';
import type { Refused } from '../../src/domain/refused.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aController } from '../support/examples.ts';
import { listedControllers } from '../support/listed-controllers.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { acceptNotice, announce, at, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const LATER = '2026-04-20T09:00:00Z';
const UNTOLD = { blockers: [{ code: 'contacts-untold', count: 1, controllers: ['kunde-1'] }] };

let database: TestDatabase;
let changeId: string;
beforeEach(async () => {
  database = await createDatabase();
  await seed(database.pool, 2, ANNOUNCED);
  changeId = (await announce(database.pool, ANNOUNCED)).id;
  for (const controller of ['kunde-1', 'kunde-2']) await acceptNotice(database.pool, changeId, controller, ANNOUNCED);
});
afterEach(() => database.close());

const corrected = aController(1, { contacts: [{ email: 'rettet@kunde-1.example', name: 'Rettet', language: 'da' }] });
const correct = (tx: Transaction) => saveControllers(tx, [corrected], at(LATER));
const activate = (tx: Transaction) => activateChange(tx, changeId, at(LATER));
const refusalOf = (error: unknown) => (error as Refused).details;
const messages = () =>
  rows<{ kind: string; email: string }>(
    database.pool,
    `select kind, email from messages where status = 'pending' order by id`,
  );

/** Begins `second` while `first` has done its work and not committed, and returns what becomes of `second`. */
async function inOrder<Result>(
  first: (tx: Transaction) => Promise<unknown>,
  second: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const { pool } = database;
  const { waiting } = await inTransaction(pool, async (tx) => {
    await first(tx);
    const result = inTransaction(pool, second);
    result.catch(() => undefined);
    await untilLockWaiters(pool);
    return { waiting: result };
  });
  return waiting;
}

test('a correction at the last moment before an activation blocks it, until the corrected contact is told', async () => {
  const { pool } = database;
  expect(await inOrder(correct, activate).catch(refusalOf)).toMatchObject(UNTOLD);
  expect(await messages()).toEqual([{ kind: 'late-notice', email: 'rettet@kunde-1.example' }]);
  const [late] = await rows<{ id: string }>(pool, `select id from messages where kind = 'late-notice'`);
  await rows(
    pool,
    `with attempt as (insert into message_attempts (message_id, started_at, finished_at, outcome)
       values ($1, '${LATER}', '${LATER}', 'accepted'))
     update messages set status = 'accepted', accepted_at = '${LATER}' where id = $1`,
    [late?.id ?? ''],
  );
  expect(await inTransaction(pool, activate)).toMatchObject({ status: 'activated' });
});

test('a correction that comes after an activation is told nothing of what was planned', async () => {
  expect((await inOrder(activate, correct)).savedAs.get('kunde-1')).toBe('updated');
  expect((await messages()).map(({ kind }) => kind)).toEqual(['change-activated', 'change-activated']);
});

test('of two who correct the same controller at once, each contact is told once', async () => {
  await inOrder(correct, correct);
  expect(await messages()).toHaveLength(1);
});

test('contacts that are corrected by plain SQL block the change too, and the application cannot take the mark off', async () => {
  const { pool } = database;
  await rows(pool, `update contacts set email = 'hemmelig@kunde-1.example' where email = 'dpo@kunde-1.example'`);
  expect(await inTransaction(pool, activate).catch(refusalOf)).toMatchObject(UNTOLD);
  const activating = `update changes set status = 'activated', activated_at = '${LATER}', activated_on = '2026-04-20',
    activated_by = 'test'`;
  await expect(rows(pool, activating)).rejects.toThrow(/no present contact of a controller has been told/);
  await expect(rows(pool, 'update objection_windows set contacts_untold = false')).rejects.toThrow(/permission denied/);
  await rows(pool, `update contacts set email = 'DPO@kunde-1.example' where email = 'hemmelig@kunde-1.example'`);
  expect(await inTransaction(pool, activate)).toMatchObject({ status: 'activated' });
});

test('a controller that comes back is told anew: what its contacts got before its agreement ended does not count', async () => {
  const { pool } = database;
  const [before] = await listedControllers(pool, changeId, Temporal.Instant.from(LATER), 'kunde-1');
  expect(before?.contacts).toEqual({ total: 1, untold: [] });
  for (const products of [[], ['truetalk']])
    await inTransaction(pool, (tx) => saveControllers(tx, [aController(1, { products })], at(LATER)));
  const [back] = await listedControllers(pool, changeId, Temporal.Instant.from(LATER), 'kunde-1');
  expect(back?.contacts).toMatchObject({ untold: [{ email: 'dpo@kunde-1.example' }] });
  expect(await messages()).toEqual([{ kind: 'notice', email: 'dpo@kunde-1.example' }]);
});
