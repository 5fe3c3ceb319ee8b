import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { continueFanOut } from '../../src/commands/fan-out.ts';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { recordLetter, resendNotice } from '../../src/commands/notify-controller.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { progressOfOne } from '../../src/db/change-counts.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { ChangeView } from '../../src/domain/change-view.ts';
import { continueFanOuts } from '../../src/jobs/continue-fan-outs.ts';
import { fillOnce, type FilledDatabases, type TestDatabase } from '../support/database.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { listedControllers } from '../support/listed-controllers.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { announce, at, controllerId, seed } from '../support/seed.ts';

/** More controllers than the announcing transaction writes for. */
const MANY = 1_300;
const NINE = '2026-03-02T09:00:00Z';
const TEN = '2026-03-02T10:00:00Z';
const AFTER = '2026-04-20T09:00:00Z';
/** Two of the last controllers in the order of the fan-out. */
const [NOT_REACHED, NOT_REACHED_EITHER] = ['kunde-999', 'kunde-998'] as const;

let databases: FilledDatabases<ChangeView>;
beforeAll(async () => {
  databases = await fillOnce(async ({ pool }) => {
    await seed(pool, MANY, NINE);
    return announce(pool, NINE);
  });
});
afterAll(() => databases.close());

let database: TestDatabase;
let change: ChangeView;

beforeEach(async () => {
  database = await databases.copy();
  change = databases.filled;
});
afterEach(() => database.close());

const rows = async (sql: string, parameters: unknown[] = []) => (await database.pool.query(sql, parameters)).rows;
const clock = () => Temporal.Instant.from(TEN);
const continueAll = () => continueFanOuts({ pool: database.pool, clock, stepSize: 40 });
const progress = () => progressOfOne(database.pool, change.id, clock());

/** The controllers whose running windows and notices are not exactly one of each, with both counts. */
const notJustOne = () =>
  rows(
    `select k.external_id, (select count(*) from objection_windows where controller_id = k.id and left_at is null) as windows,
       (select count(*) from messages where controller_id = k.id and kind = 'notice') as notices
     from controllers k
     where (select count(*) from objection_windows where controller_id = k.id and left_at is null) <> 1
       or (select count(*) from messages where controller_id = k.id and kind = 'notice') <> 1`,
  );
const noticesOf = async (externalId: string) => {
  const [listed] = await listedControllers(database.pool, change.id, clock(), externalId);
  return (listed?.notices ?? []).map(({ email, status }) => ({ email, status }));
};
const notifyBySql = async (limit: number) => {
  await rows(
    `insert into letters (change_id, controller_id, arrived_on, reference, recorded_at, recorded_by)
     select change_id, controller_id, '2026-03-02', 'test', $1, 'test' from objection_windows
     where left_at is null order by id limit $2`,
    [NINE, limit],
  );
  await rows(
    `update objection_windows set notified_at = $1, deadline = '2026-03-12T23:00:00Z'
     where id in (select id from objection_windows where left_at is null order by id limit $2)`,
    [NINE, limit],
  );
};
const told = (kind: string) =>
  rows(
    `select k.external_id, m.email, count(*)::int from messages m join controllers k on k.id = m.controller_id
     where m.kind = $1 group by 1, 2`,
    [kind],
  );

describe('an announcement to more controllers than fit into its transaction', () => {
  test('counts them all at once, and as not notified', async () => {
    expect(change).toMatchObject({
      controllers: { total: MANY, notified: 0, windowsOpen: 0 },
      notices: { total: MANY, accepted: 0, pending: MANY, failed: 0, cancelled: 0 },
      lastDeadline: null,
      activation: { allowed: false, earliestAt: null },
    });
    expect(change.activation.blockers[0]).toMatchObject({ code: 'controllers-not-notified', count: MANY });
    expect((change.activation.blockers[0] as { controllers: string[] }).controllers).toHaveLength(100);
    expect(await rows('select from objection_windows')).toHaveLength(1_000);
  });

  test('is written to its end by any number of processes, one window and one notice for each controller', async () => {
    await Promise.all([continueAll(), continueAll(), continueAll(), continueAll()]);
    // A process stops when another is taking the step, so the last step may be left.
    await continueAll();
    expect(await notJustOne()).toEqual([]);
    expect(await rows(`select distinct created_at = $1 as announced from objection_windows`, [NINE])).toEqual([
      { announced: true },
    ]);
    expect((await progress()).controllers).toEqual({ total: MANY, notified: 0, windowsOpen: 0 });
    expect(await rows('select finished_at is not null as ended, controllers_left, notices_left from fan_outs')).toEqual(
      [{ ended: true, controllers_left: 0, notices_left: 0 }],
    );
  });

  test('cannot be activated before the last window stands, though every window that does has closed', async () => {
    await notifyBySql(MANY);
    const activating = inTransaction(database.pool, (tx) => activateChange(tx, change.id, at(AFTER)));
    await expect(activating).rejects.toMatchObject({
      code: 'activation-blocked',
      details: { blockers: [{ code: 'controllers-not-notified', count: MANY - 1_000 }] },
    });
    await continueAll();
    await notifyBySql(MANY);
    await expect(inTransaction(database.pool, (tx) => activateChange(tx, change.id, at(AFTER)))).resolves.toMatchObject(
      { status: 'activated' },
    );
  });

  test('reaches a controller that joins meanwhile once, and one that leaves not at all (D7)', async () => {
    await inTransaction(database.pool, (tx) => saveControllers(tx, [aController(5_000)], at(TEN)));
    await inTransaction(database.pool, (tx) => endAgreement(tx, NOT_REACHED, 'truetalk', at(TEN)));
    expect((await progress()).controllers.total).toBe(MANY);
    await continueAll();
    expect(await noticesOf('kunde-5000')).toHaveLength(1);
    // Who has left is not listed any more.
    expect(await noticesOf(NOT_REACHED)).toEqual([]);
    expect(await rows(`select status from messages where email = 'dpo@kunde-999.example'`)).toEqual([
      { status: 'cancelled' },
    ]);
    expect(
      await rows(`select left_at is not null as gone from objection_windows where external_id = $1`, [NOT_REACHED]),
    ).toEqual([{ gone: true }]);
    expect(await progress()).toMatchObject({ controllers: { total: MANY }, notices: { total: MANY, pending: MANY } });
  });

  test('gives a controller that leaves and comes back meanwhile one window that runs', async () => {
    await inTransaction(database.pool, (tx) => endAgreement(tx, NOT_REACHED, 'truetalk', at(TEN)));
    await inTransaction(database.pool, (tx) => saveControllers(tx, [aController(999)], at(TEN)));
    await continueAll();
    expect(
      await rows(`select left_at is null as runs from objection_windows where external_id = $1 order by id`, [
        NOT_REACHED,
      ]),
    ).toEqual([{ runs: false }, { runs: true }]);
    expect((await progress()).controllers.total).toBe(MANY);
  });

  test('notifies the contacts of the moment at which it comes to them', async () => {
    const contacts = [1, 2].map((number) => ({
      email: `ny-${number}@kunde-999.example`,
      name: 'Ny',
      language: 'da' as const,
    }));
    await inTransaction(database.pool, (tx) => saveControllers(tx, [aController(999, { contacts })], at(TEN)));
    expect(await noticesOf(NOT_REACHED)).toEqual([]);
    await continueAll();
    expect(await noticesOf(NOT_REACHED)).toEqual(contacts.map(({ email }) => ({ email, status: 'pending' })));
    expect((await progress()).notices).toMatchObject({ total: MANY + 1, pending: MANY + 1 });
  });

  test('notifies a contact who is corrected while a step is under way, whichever comes first', async () => {
    const { pool } = database;
    const { rows: running } = await pool.query(`select id from fan_outs where finished_at is null`);
    const step = { id: running[0].id, changeId: change.id };
    const corrected = aController(999, {
      contacts: [{ email: 'rettet@kunde-999.example', name: 'Ny', language: 'da' }],
    });
    const { correcting } = await inTransaction(pool, async (tx) => {
      await continueFanOut(tx, step, MANY, clock());
      const waiting = inTransaction(pool, (other) => saveControllers(other, [corrected], at(TEN)));
      await untilLockWaiters(pool);
      return { correcting: waiting };
    });
    await correcting;
    expect(await noticesOf(NOT_REACHED)).toEqual([
      { email: 'dpo@kunde-999.example', status: 'cancelled' },
      { email: 'rettet@kunde-999.example', status: 'pending' },
    ]);
  });

  test('notifies a contact who is corrected after it came to the controller, and who it was before no more', async () => {
    const reached = aController(1);
    const [contact] = reached.contacts;
    const corrected = { ...contact!, email: 'rettet@kunde-1.example' };
    await inTransaction(database.pool, (tx) => saveControllers(tx, [{ ...reached, contacts: [corrected] }], at(TEN)));
    await continueAll();
    expect(await noticesOf(reached.externalId)).toEqual([
      { email: contact?.email, status: 'cancelled' },
      { email: corrected.email, status: 'pending' },
    ]);
    expect((await progress()).notices).toMatchObject({ total: MANY, pending: MANY });
  });

  test('does not stand in the way of a letter to a controller it has not come to, or of notifying one again', async () => {
    const arrivedOn = Temporal.PlainDate.from('2026-03-02');
    await inTransaction(database.pool, (tx) =>
      recordLetter(tx, { changeId: change.id, externalId: NOT_REACHED, arrivedOn, reference: 'PostNord' }, at(TEN)),
    );
    await inTransaction(database.pool, (tx) =>
      resendNotice(tx, { changeId: change.id, externalId: NOT_REACHED_EITHER }, at(TEN)),
    );
    expect((await progress()).controllers).toEqual({ total: MANY, notified: 1, windowsOpen: 1 });
    await continueAll();
    expect((await noticesOf(NOT_REACHED_EITHER)).map(({ status }) => status)).toEqual(['cancelled', 'pending']);
    expect(await progress()).toMatchObject({
      controllers: { total: MANY, notified: 1, windowsOpen: 1 },
      notices: { total: MANY, pending: MANY },
    });
  });

  test('takes the objection of a controller it has not come to', async () => {
    const filed = await inTransaction(database.pool, async (tx) =>
      fileObjection(
        tx,
        {
          changeId: change.id,
          controllerId: await controllerId(database.pool, NOT_REACHED),
          channel: 'letter',
          from: { name: null, email: null },
          reasons: 'USA',
          receivedAt: clock(),
        },
        at(TEN),
      ),
    );
    expect(filed).toMatchObject({ refusal: null, deadline: null, objection: { status: 'pending' } });
    await continueAll();
    expect((await progress()).controllers.total).toBe(MANY);
  });

  test('stops when it is withdrawn: whoever was notified is told, and nobody else ever (D24)', async () => {
    await notifyBySql(700);
    const withdrawn = await inTransaction(database.pool, (tx) =>
      withdrawChange(tx, change.id, { da: 'Fejl' }, at(TEN)),
    );
    expect(withdrawn).toMatchObject({
      controllers: { total: 1_000, notified: 700, windowsOpen: 0 },
      notices: { total: 0, pending: 0 },
      sending: null,
    });
    await continueAll();
    const messages = await told('change-withdrawn');
    expect(messages).toHaveLength(700);
    expect(messages.every(({ count }) => count === 1)).toBe(true);
    expect(await rows('select from objection_windows')).toHaveLength(1_000);
    expect(await rows(`select distinct status from messages where kind = 'notice'`)).toEqual([{ status: 'cancelled' }]);
  });
});

describe('the end of a change with more controllers than fit into its transaction', () => {
  beforeEach(async () => {
    await continueAll();
    await notifyBySql(MANY);
  });

  test('by activation is told to each of them once, also to one that leaves meanwhile', async () => {
    await inTransaction(database.pool, (tx) => activateChange(tx, change.id, at(AFTER)));
    expect(await told('change-activated')).toHaveLength(1_000);
    await inTransaction(database.pool, (tx) => endAgreement(tx, NOT_REACHED, 'truetalk', at(AFTER)));
    await inTransaction(database.pool, (tx) => saveControllers(tx, [aController(5_000)], at(AFTER)));
    await Promise.all([continueAll(), continueAll()]);
    await continueAll();
    const messages = await told('change-activated');
    expect(messages).toHaveLength(MANY);
    expect(messages.every(({ count }) => count === 1)).toBe(true);
    expect(messages.map(({ external_id }) => external_id)).toContain(NOT_REACHED);
    expect(messages.map(({ external_id }) => external_id)).not.toContain('kunde-5000');
  });

  test('by withdrawal is told to each of them once, also to one that has left before', async () => {
    await inTransaction(database.pool, (tx) => endAgreement(tx, NOT_REACHED, 'truetalk', at(TEN)));
    const withdrawn = await inTransaction(database.pool, (tx) =>
      withdrawChange(tx, change.id, { da: 'Fejl' }, at(TEN)),
    );
    expect(withdrawn.notices).toMatchObject({ total: 0, pending: 0 });
    await continueAll();
    const messages = await told('change-withdrawn');
    expect(messages).toHaveLength(MANY);
    expect(messages.map(({ external_id }) => external_id)).toContain(NOT_REACHED);
  });
});

test('a step that fails is taken again as if it had never begun', async () => {
  const crash = new Error('the process ends here');
  const [running] = await rows('select id, change_id as "changeId" from fan_outs');
  await expect(
    inTransaction(database.pool, async (tx) => {
      await continueFanOut(tx, running, 40, clock());
      throw crash;
    }),
  ).rejects.toBe(crash);
  expect(await rows('select from objection_windows')).toHaveLength(1_000);
  await continueAll();
  expect(await notJustOne()).toEqual([]);
});

test('a fan-out that the database refuses to end holds no other up, and its change is not activated', async () => {
  const other = await announce(database.pool, NINE, { subProcessor: aSubProcessor(2) });
  // A controller that no command has added, at a place that the first fan-out has already passed. Only an owner can.
  await database.owner.query('alter table agreements disable trigger guard_joining');
  await database.owner.query(
    `with sneaked as (
       insert into controllers (id, external_id, name, registration_number, created_at, updated_at)
       values ('00000000-0000-7000-8000-000000000000', 'udenom', 'Udenom', '1', $1, $1) returning id
     ), agreed as (
       insert into agreements (controller_id, product_id, started_at) select id, 'truetalk', $1 from sneaked
     )
     insert into objection_windows (change_id, controller_id, external_id, created_at) select $2, id, 'udenom', $1 from sneaked`,
    [NINE, other.id],
  );
  await database.owner.query('alter table agreements enable trigger guard_joining');
  await expect(continueAll()).rejects.toThrow('fan-outs failed');
  expect(await rows('select change_id from fan_outs where finished_at is null')).toEqual([{ change_id: change.id }]);
  await notifyBySql(10 * MANY);
  await expect(
    database.pool.query(
      `update changes set status = 'activated', activated_at = $2, activated_on = '2026-04-20', activated_by = 'sql'
       where id = $1`,
      [change.id, AFTER],
    ),
  ).rejects.toThrow(/no window and no notice yet/);
});
