import type pg from 'pg';
import { moveApproval } from '../commands/move-approval.ts';
import { approvalsToMove } from '../db/approvals.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';

/**
 * Makes approvals effective whose time has come, and tells of those whose receipts have all failed (D42), each in a transaction
 * of its own. One that fails does not stop the others. Their errors are thrown at the end, as one `AggregateError`.
 */
export async function moveApprovals({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  const errors: unknown[] = [];
  for (const id of await approvalsToMove(pool, clock())) {
    await inTransaction(pool, (tx) => moveApproval(tx, id, clock())).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, 'approvals failed; the next run takes them up');
}
