import type pg from 'pg';
import { carryOutWithdrawal } from '../commands/withdraw-objection.ts';
import { inTransaction } from '../db/postgres.ts';
import { dueWithdrawals } from '../db/withdrawals.ts';
import type { Clock } from '../domain/clock.ts';

/**
 * Carries out the withdrawals of objections that nobody has stopped in their time (D31), each in a transaction of its own. One
 * that fails does not stop the others. Their errors are thrown at the end, as one `AggregateError`.
 */
export async function carryOutWithdrawals({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  const errors: unknown[] = [];
  for (const id of await dueWithdrawals(pool, clock())) {
    await inTransaction(pool, (tx) => carryOutWithdrawal(tx, id, clock())).catch((error: unknown) =>
      errors.push(error),
    );
  }
  if (errors.length > 0) throw new AggregateError(errors, 'withdrawals failed; the next run takes them up');
}
