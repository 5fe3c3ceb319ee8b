import { lockChange } from '../db/change-locks.ts';
import { insertReminders, type Reminder } from '../db/reminders.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import { answersDueOfNotified, remindersDueUntil } from '../domain/objection-window.ts';

/** What decides who is due for a reminder at `now`: a deadline, or a notification, is compared with it. */
export function dueFor(kind: Reminder, { terms }: Pick<Change, 'terms'>, now: Temporal.Instant): Temporal.Instant {
  return kind === 'reminder' ? remindersDueUntil(now, terms) : answersDueOfNotified(now, terms);
}

/**
 * Reminds controllers of an announced change, once each, whose time to object is near its end, unless they have objected; or whose
 * time to answer a request for approval is, unless they have answered (D41). A reminder neither restarts nor moves anything (D8).
 * Reminds at most `limit` and returns how many.
 */
export async function remindControllers(
  tx: Transaction,
  kind: Reminder,
  changeId: string,
  limit: number,
  now: Temporal.Instant,
): Promise<number> {
  // A concurrent objection or approval either waits for this lock, or was committed before we got it and is seen below.
  const change = await lockChange(tx, changeId);
  if (change?.status !== 'announced') return 0;
  return insertReminders(tx, kind, changeId, { due: dueFor(kind, change, now), limit, now });
}
