import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelProposal, rejectProposal } from '../../src/commands/decide-proposal.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { endHolds } from '../../src/jobs/end-holds.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { approveProposed, as, proposeAct, somebody } from '../support/proposing.ts';
import { seed } from '../support/seed.ts';

/* Several people decide about one proposal at the same moment: exactly one is first, and the others are told so (D60). */

const START = '2026-03-02T09:00:00Z';
const SOON = '2026-03-02T10:00:00Z';
const ROUNDS = 8;

let database: TestDatabase;
let eva: string;
let approvers: string[];
let companies = 0;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 2, START);
  eva = await somebody(database.pool, 'Eva', 'officer');
  approvers = [await somebody(database.pool, 'Ole', 'approver'), await somebody(database.pool, 'Ida', 'admin', null)];
});
afterAll(() => database.close());

const jitter = () => sleep(Math.random() * 6);
const propose = (holdMinutes = 0) => {
  companies += 1;
  const announcement = anAnnouncement({ subProcessor: aSubProcessor(companies), holdMinutes });
  return proposeAct(database.pool, { kind: 'announcement', announcement }, as(eva, START));
};
const codesOf = (settled: readonly PromiseSettledResult<unknown>[]) =>
  settled.map((each) => (each.status === 'fulfilled' ? 'done' : (each.reason as { code: string }).code)).toSorted();
const countOfChanges = async () =>
  (await database.pool.query(`select count(*)::int from changes where companies = $1`, [aSubProcessor(companies).name]))
    .rows[0].count;

test('of two who approve at once one does, and the change is announced once', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const proposal = await propose();
    const settled = await Promise.allSettled(
      approvers.map((who) => jitter().then(() => approveProposed(database.pool, proposal, as(who, SOON)))),
    );
    expect(codesOf(settled)).toEqual(['done', 'proposal-decided']);
    expect(await countOfChanges()).toBe(1);
  }
});

test('of an approval, a rejection and a cancellation at once one counts', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const proposal = await propose();
    const [ole = '', ida = ''] = approvers;
    const decisions = [
      () => approveProposed(database.pool, proposal, as(ole, SOON)),
      () => inTransaction(database.pool, (tx) => rejectProposal(tx, proposal.id, 'Nej', as(ida, SOON))),
      () => inTransaction(database.pool, (tx) => cancelProposal(tx, proposal.id, 'Fortrudt', as(eva, SOON))),
    ];
    const settled = await Promise.allSettled(decisions.map((decide) => jitter().then(decide)));
    expect(codesOf(settled)).toEqual(['done', 'proposal-decided', 'proposal-decided']);
    expect(await countOfChanges()).toBe(settled[0]?.status === 'fulfilled' ? 1 : 0);
  }
});

test('of two who cancel what is held, and the end of the hold, one is first: nobody is told of what was cancelled', async () => {
  const outcomes = new Set<string>();
  const clock = () => Temporal.Instant.from('2026-03-02T11:01:00Z');
  for (let round = 0; round < ROUNDS; round += 1) {
    const held = await approveProposed(database.pool, await propose(60), as(approvers[0] ?? '', SOON));
    const cancel = (who: string) =>
      inTransaction(database.pool, (tx) => cancelProposal(tx, held.id, 'Fejl', as(who, '2026-03-02T11:01:00Z')));
    const end = () => endHolds({ pool: database.pool, clock });
    // Each is first once.
    if (round === 0) await end();
    if (round === 1) await cancel(eva);
    const [first, second] = await Promise.allSettled([
      jitter().then(() => cancel(eva)),
      jitter().then(() => cancel(approvers[0] ?? '')),
      jitter().then(end),
    ]);
    const { rows } = await database.pool.query(
      `select status, told_since is null as "isUntold", (select count(*)::int from objection_windows where change_id = c.id) as windows
       from changes c where companies = $1`,
      [aSubProcessor(companies).name],
    );
    const cancelled = [first, second].filter((each) => each?.status === 'fulfilled').length + (round === 1 ? 1 : 0);
    expect(cancelled).toBeLessThanOrEqual(1);
    expect(rows).toEqual([
      cancelled === 1
        ? { status: 'withdrawn', isUntold: true, windows: 0 }
        : { status: 'announced', isUntold: false, windows: 2 },
    ]);
    outcomes.add(rows[0].status);
  }
  expect([...outcomes].toSorted()).toEqual(['announced', 'withdrawn']);
});
