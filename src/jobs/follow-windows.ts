import type pg from 'pg';
import { changesToFollow, tellMilestones } from '../commands/record-outcomes.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';

/** Tells, once per change, that its last controller has been notified and that its last window has closed. */
export async function followWindows({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  for (const id of await changesToFollow(pool, clock())) {
    await inTransaction(pool, (tx) => tellMilestones(tx, id, clock()));
  }
}
