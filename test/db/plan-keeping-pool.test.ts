import { expect, onTestFinished, test } from 'vitest';
import { createPlanKeepingPool } from '../../src/db/plan-keeping-pool.ts';
import { inTransaction, oneRow, rows, type Queryable } from '../../src/db/postgres.ts';
import { createDatabase } from '../support/database.ts';

async function startPool() {
  const database = await createDatabase();
  const pool = createPlanKeepingPool(database.url, () => undefined);
  onTestFinished(async () => {
    await pool.end();
    await database.close();
  });
  return { ordinary: database.pool, owner: database.owner, pool };
}

const productOf = (db: Queryable) => rows(db, 'select * from products where id = $1', ['truetalk']);
const plansKept = (db: Queryable) =>
  oneRow(
    db,
    `select count(*) as plans, sum(generic_plans)::integer as uses, sum(custom_plans)::integer as "plannedAnew"
     from pg_prepared_statements`,
  );

test('In transactions a statement is planned once on each connection', async () => {
  const { pool, ordinary } = await startPool();
  const kept = await inTransaction(pool, async (tx) => {
    for (let time = 1; time <= 3; time += 1) await productOf(tx);
    return plansKept(tx);
  });
  expect(kept).toEqual({ plans: 2, uses: 4, plannedAnew: 0 });
  expect(await inTransaction(ordinary, async (tx) => [await productOf(tx), await plansKept(tx)])).toEqual([
    [],
    { plans: 0, uses: null, plannedAnew: null },
  ]);
});

test('A plan that a migration has outdated fails once, and goes with its connection', async () => {
  const { pool, owner } = await startPool();
  const read = () => inTransaction(pool, productOf);
  expect(await read()).toEqual([]);
  await rows(owner, 'alter table products add column colour text');
  await expect(read()).rejects.toMatchObject({ code: '0A000' });
  expect(await read()).toEqual([]);
});

test('Plans made for small tables are gone two seconds later', async () => {
  const { pool } = await startPool();
  const backend = () => inTransaction(pool, (tx) => oneRow(tx, 'select pg_backend_pid() as pid'));
  const first = await backend();
  expect(await backend()).toEqual(first);
  await expect.poll(backend).not.toEqual(first);
});
