import { expect } from 'vitest';
import { rows, type Queryable } from '../../src/db/postgres.ts';

/** The process ids of the connections to this database that wait for a lock, of whatever kind. */
export async function lockWaiters(db: Queryable): Promise<number[]> {
  // A transaction sees the activity of its first look until it ends, or until this.
  await rows(db, 'select pg_stat_clear_snapshot()');
  const waiting = await rows<{ pid: number }>(
    db,
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return waiting.map(({ pid }) => pid);
}

/** Resolves, once exactly so many connections wait for a lock, to their process ids. */
export async function untilLockWaiters(db: Queryable, count = 1): Promise<number[]> {
  let pids: number[] = [];
  await expect.poll(async () => (pids = await lockWaiters(db)).length, { timeout: 20_000, interval: 10 }).toBe(count);
  return pids;
}
