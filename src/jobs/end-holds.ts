import type pg from 'pg';
import { endHold } from '../commands/end-hold.ts';
import { changesToTellOf } from '../db/changes.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { holdsEndedUntil } from '../domain/hold.ts';

/**
 * Tells controllers of the changes whose hold has ended (D33), each in a transaction of its own. One that fails does not stop
 * the others. Their errors are thrown at the end, as one `AggregateError`.
 */
export async function endHolds({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  const errors: unknown[] = [];
  for (const change of await changesToTellOf(pool, holdsEndedUntil(clock()))) {
    await inTransaction(pool, (tx) => endHold(tx, change, clock())).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, 'holds could not be ended; the next run tries them again');
}
