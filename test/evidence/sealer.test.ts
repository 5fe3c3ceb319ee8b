import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { sealer, sealingWatch } from '../../src/evidence/sealer.ts';
import { movableClock } from '../support/clock.ts';
import { createDatabase } from '../support/database.ts';
import { SEAL_KEYS } from '../support/seal-key.ts';

const START = '2026-03-02T09:00:00Z';
const ACT = `insert into audit_log (at, actor, action, subject, details) values ('${START}', 'test', 'key.created', '1', '{}')`;

test('a transaction that does not end, while rows of others wait for it, alarms, and no longer once it has ended', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const clock = movableClock(START);
  const sealing = sealingWatch(clock.now);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { pool } = database;
  const registry = new Registry();
  const publicUrl = 'https://varsel.example';
  const seal = sealer({ pool, clock: clock.now, log, sealKeys: SEAL_KEYS, publicUrl, registry, sealing });
  const sealLater = async () => {
    clock.advance({ minutes: 11 });
    return seal(new AbortController().signal).then(
      () => 'sealed',
      (error: unknown) => String(error),
    );
  };
  await pool.query(ACT);
  expect(await sealLater()).toBe('sealed');

  const endless = await pool.connect();
  onTestFinished(() => endless.release(true));
  await endless.query('begin');
  await endless.query(ACT);
  const found = await endless.query('select pg_current_xact_id()::text as id');
  await pool.query(ACT);
  const waits = expect.stringContaining(`wait for the transaction ${found.rows[0].id} to end`);
  // What other files run on the same server may be older for a while.
  await expect.poll(sealLater).toEqual(waits);
  await expect.poll(sealLater).toEqual(waits);
  expect(sealing.fault()).toEqual(waits);

  await endless.query('rollback');
  await expect.poll(sealLater).toBe('sealed');
  expect(sealing.fault()).toBeNull();
});
