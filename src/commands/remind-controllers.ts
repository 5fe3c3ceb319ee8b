import { lockChange } from '../db/change-locks.ts';
import { insertReminders } from '../db/reminders.ts';
import type { Transaction } from '../db/postgres.ts';
import { remindersDueUntil } from '../domain/objection-window.ts';

/**
 * Reminds the controllers of an announced change whose deadline is three days off, once each, unless they have objected. A
 * reminder neither restarts nor moves a window (D8). At most `limit` of them; returns how many there were.
 */
export async function remindControllers(
  tx: Transaction,
  changeId: string,
  limit: number,
  now: Temporal.Instant,
): Promise<number> {
  // An objection that is being filed waits for the lock or is seen.
  const change = await lockChange(tx, changeId);
  const dueUntil = change?.status === 'announced' ? remindersDueUntil(now, change.terms) : null;
  return dueUntil === null ? 0 : insertReminders(tx, changeId, { dueUntil, limit, now });
}
