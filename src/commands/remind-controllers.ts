import { lockChange } from '../db/change-locks.ts';
import { insertReminders } from '../db/reminders.ts';
import type { Transaction } from '../db/postgres.ts';
import { remindersDueUntil } from '../domain/objection-window.ts';

/**
 * Reminds controllers of an announced change whose deadline is near (`remindersDueUntil`), once each, unless they have
 * objected. A reminder neither restarts nor moves a window (D8). Reminds at most `limit` and returns how many.
 */
export async function remindControllers(
  tx: Transaction,
  changeId: string,
  limit: number,
  now: Temporal.Instant,
): Promise<number> {
  // A concurrent objection either waits for this lock, or was committed before we got it and is seen below.
  const change = await lockChange(tx, changeId);
  if (change?.status !== 'announced') return 0;
  return insertReminders(tx, changeId, { dueUntil: remindersDueUntil(now, change.terms), limit, now });
}
