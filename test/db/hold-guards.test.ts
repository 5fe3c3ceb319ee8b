import { afterAll, beforeAll, expect, test } from 'vitest';
import { endHold } from '../../src/commands/end-hold.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { dayIn } from '../../src/domain/instant.ts';
import { endHolds } from '../../src/jobs/end-holds.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { announce, seed } from '../support/seed.ts';

/* What the database refuses of an announcement that is held (D33). Its time is the machine's. */

let database: TestDatabase;
let companies = 0;
beforeAll(async () => {
  // A trial's, by as little as there is: what happened before can be written.
  database = await createDatabase('PT0.001S');
  await seed(database.pool, 2, systemClock().subtract({ hours: 48 }).toString());
});
afterAll(() => database.close());

/** A change whose hold of an hour ends at `heldUntil`. */
async function aHeldChange(heldUntil: Temporal.Instant) {
  return announce(database.pool, heldUntil.subtract({ hours: 1 }).toString(), {
    subProcessor: aSubProcessor((companies += 1)),
    plannedActivationOn: dayIn('Europe/Copenhagen', heldUntil).add({ days: 11 }),
    holdMinutes: 60,
  });
}

const toldSince = async (id: string) =>
  (await database.pool.query('select told_since from changes where id = $1', [id])).rows[0].told_since;

const now = systemClock();

/** What would tell somebody, or let the change in, as plain SQL of the application. */
const TELLING = {
  'a window': `insert into objection_windows (change_id, controller_id, external_id, created_at)
    select $1, id, external_id, now() from controllers limit 1`,
  'a message': `insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at)
    select 'notice', $1, controller_id, name, email, name, language, now(), now() from contacts limit 1`,
  'a fan-out': `insert into fan_outs (change_id, kind, created_at, reached, controllers_left, notices_left)
    values ($1, 'notice', now(), uuidv7(), 2, 2)`,
  'an event': `insert into events (change_id, type, product_id, at, data, sequence)
    select $1, 'change.announced', product_id, now(), '{}', 1 from changes where id = $1`,
  'a version': 'update changes set version = 1 where id = $1',
  'an activation': `update changes set status = 'activated', activated_at = now(), activated_on = planned_activation_on,
    activated_by = 'sql' where id = $1`,
} as const;

test.each(Object.entries(TELLING))('Of a held change nothing is written that tells anybody: %s', async (_what, sql) => {
  const { id } = await aHeldChange(now.add({ minutes: 30 }));
  await expect(database.pool.query(sql, [id])).rejects.toThrow(/D33|D5|changes_untold/);
});

test('Nobody moves the end of a hold, not even the owner', async () => {
  const { id } = await aHeldChange(now.add({ minutes: 30 }));
  const sql = `update changes set held_until = held_until - interval '1 minute' where id = $1`;
  await expect(database.pool.query(sql, [id])).rejects.toThrow('permission denied');
  for (const moved of [sql, sql.replace('- interval', '+ interval')]) {
    await expect(database.owner.query(moved, [id])).rejects.toThrow('D6');
  }
});

test('No hold ends before it is over by the database’s time, whatever the clock of a process says', async () => {
  const change = await aHeldChange(now.add({ minutes: 30 }));
  const ahead = now.add({ minutes: 31 });
  await expect(inTransaction(database.pool, (tx) => endHold(tx, change, ahead))).rejects.toThrow(/D29/);
  await expect(endHolds({ pool: database.pool, clock: () => ahead })).rejects.toThrow(AggregateError);
  for (const instant of [now, now.add({ minutes: 30 })]) {
    const sql = 'update changes set told_since = $2 where id = $1';
    await expect(database.pool.query(sql, [change.id, instant.toString()])).rejects.toThrow(/D29|changes_told/);
  }
  expect(await toldSince(change.id)).toBeNull();
});

test('A process whose clock is ahead by as much as it may be ends none too early, and is refused nothing', async () => {
  const change = await aHeldChange(now.add({ minutes: 10 }));
  await endHolds({ pool: database.pool, clock: () => now.add({ minutes: 10, milliseconds: 999 }) });
  expect(await toldSince(change.id)).toBeNull();
});

test('A hold that is over ends once, and not in the past', async () => {
  const change = await aHeldChange(now.subtract({ minutes: 10 }));
  const tell = (instant: Temporal.Instant | null) =>
    database.pool.query('update changes set told_since = $2 where id = $1', [change.id, instant?.toString() ?? null]);
  await expect(tell(now.subtract({ minutes: 11 }))).rejects.toThrow('changes_told_after_the_hold');
  await endHolds({ pool: database.pool, clock: () => now });
  expect(await toldSince(change.id)).toEqual(now);
  for (const other of [null, now.add({ milliseconds: 1 })]) await expect(tell(other)).rejects.toThrow('D28');
});

test('A change is told of from its announcement, or is held for a week at most', async () => {
  const { id } = await aHeldChange(now.subtract({ minutes: 10 }));
  const copy = (columns: string) =>
    database.owner.query(
      `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'name_key', uuidv7(),
         'registration_key', null) || ${columns})).* from changes c where id = $1`,
      [id],
    );
  await expect(copy(`'{"held_until": null}'`)).rejects.toThrow('changes_told_after_the_hold');
  await expect(copy(`jsonb_build_object('held_until', c.announced_at)`)).rejects.toThrow('changes_check');
  await expect(
    copy(`jsonb_build_object('held_until', c.announced_at + interval '8 days', 'planned_activation_on',
    c.planned_activation_on + 9)`),
  ).rejects.toThrow('changes_check');
});
