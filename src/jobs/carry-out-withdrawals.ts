import type pg from 'pg';
import { carryOutWithdrawal } from '../commands/withdraw-objection.ts';
import { inTransaction } from '../db/postgres.ts';
import { dueWithdrawals } from '../db/withdrawals.ts';
import type { Clock } from '../domain/clock.ts';

/** Carries out the withdrawals of objections that nobody has stopped in their time (D31), each in a transaction of its own. */
export async function carryOutWithdrawals({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  for (const id of await dueWithdrawals(pool, clock())) {
    await inTransaction(pool, (tx) => carryOutWithdrawal(tx, id, clock()));
  }
}
