import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { endHold } from '../../src/commands/end-hold.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { continueFanOuts } from '../../src/jobs/continue-fan-outs.ts';
import { endHolds } from '../../src/jobs/end-holds.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { announce, at, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const OVER = '2026-03-02T10:01:00Z';
const clock = () => Temporal.Instant.from(OVER);

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.close());

/** Waits, so that any of the transactions may be first. */
const jitter = () => sleep(Math.random() * 6);

let companies = 0;
const held = () =>
  announce(database.pool, ANNOUNCED, { subProcessor: aSubProcessor((companies += 1)), holdMinutes: 60 });
const runEndHolds = () => endHolds({ pool: database.pool, clock });

/** What is on record of a change: its windows, notices and other messages, and its events in their order. */
async function recordOf(id: string) {
  const { rows } = await database.pool.query(
    `select status, version, (select count(*)::int from objection_windows where change_id = c.id) as windows,
       (select count(*)::int from messages where change_id = c.id and kind = 'notice') as notices,
       (select count(*)::int from messages where change_id = c.id and kind <> 'notice') as others,
       array(select type from events where change_id = c.id order by sequence) as events
     from changes c where id = $1`,
    [id],
  );
  return rows[0];
}

test('of several processes that end a hold, and a withdrawal at that moment, there is one order (D22, D33)', async () => {
  await seed(database.pool, 3, ANNOUNCED);
  const outcomes = { neverTold: 0, told: 0 };
  for (let round = 0; round < 15; round += 1) {
    const change = await held();
    const withdraw = () =>
      inTransaction(database.pool, (tx) => withdrawChange(tx, change.id, { da: 'Fejl' }, at(OVER)));
    const end = () => Promise.all(Array.from({ length: 3 }, runEndHolds));
    // One is first in the first round, and the other in the second.
    if (round === 0) await end();
    if (round === 1) await withdraw();
    await Promise.all([round === 1 ? null : jitter().then(withdraw), round === 0 ? null : jitter().then(end)]);
    const { status, windows, ...found } = await recordOf(change.id);
    expect(status).toBe('withdrawn');
    outcomes[windows === 0 ? 'neverTold' : 'told'] += 1;
    expect({ windows, ...found }).toEqual(
      windows === 0
        ? { version: 0, windows: 0, notices: 0, others: 0, events: [] }
        : { version: 2, windows: 3, notices: 3, others: 0, events: ['change.announced', 'change.withdrawn'] },
    );
  }
  expect(outcomes.told).toBeGreaterThan(0);
  expect(outcomes.neverTold).toBeGreaterThan(0);
});

test('who joins and who leaves while a hold ends is told once, or not at all (D7, D33)', async () => {
  await seed(database.pool, 1, ANNOUNCED);
  for (let round = 2; round < 12; round += 1) {
    const change = await held();
    const [joiner, leaver] = [`kunde-${round}`, `kunde-${round - 1}`];
    const act = (work: (tx: Parameters<typeof endHold>[0]) => Promise<unknown>) =>
      jitter().then(() => inTransaction(database.pool, work));
    await Promise.all([
      act((tx) => saveControllers(tx, [aController(round)], at(OVER))),
      act((tx) => endAgreement(tx, leaver, 'truetalk', at(OVER))),
      jitter().then(runEndHolds),
    ]);
    const { rows } = await database.pool.query(
      `select w.external_id, w.left_at is null as counts,
         (select count(*)::int from messages where change_id = w.change_id and controller_id = w.controller_id
           and status = 'pending') as notices
       from objection_windows w where change_id = $1`,
      [change.id],
    );
    // Who left before it was told has no window.
    const others = rows.filter(({ external_id }) => external_id !== leaver);
    expect(others).toEqual([{ external_id: joiner, counts: true, notices: 1 }]);
    expect(rows.filter(({ external_id }) => external_id === leaver)).toEqual(
      rows.length === 1 ? [] : [{ external_id: leaver, counts: false, notices: 0 }],
    );
    await inTransaction(database.pool, (tx) => withdrawChange(tx, change.id, { da: 'Fejl' }, at(OVER)));
  }
});

test('a hold that ends for very many controllers survives a crash, and tells each once', async () => {
  await seed(database.pool, 1_300, ANNOUNCED);
  const change = await held();
  const crashed = inTransaction(database.pool, async (tx) => {
    await endHold(tx, change, clock());
    throw new Error('crashed');
  });
  await expect(crashed).rejects.toThrow('crashed');
  expect(await recordOf(change.id)).toMatchObject({ windows: 0, notices: 0, events: [] });
  await runEndHolds();
  expect(await recordOf(change.id)).toMatchObject({ windows: 1_000, notices: 1_000 });
  await continueFanOuts({ pool: database.pool, clock });
  await runEndHolds();
  expect(await recordOf(change.id)).toEqual({
    status: 'announced',
    version: 1,
    windows: 1_300,
    notices: 1_300,
    others: 0,
    events: ['change.announced'],
  });
});
