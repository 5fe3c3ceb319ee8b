import type pg from 'pg';
import { recordMilestones } from '../commands/record-milestones.ts';
import { remindControllers } from '../commands/remind-controllers.ts';
import { announcedChanges } from '../db/changes.ts';
import { foldCounts } from '../db/change-counts.ts';
import { changesWithMilestoneDue } from '../db/milestones.ts';
import { hasRemindersDue } from '../db/reminders.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { remindersDueUntil } from '../domain/objection-window.ts';

/** So many windows are reminded in one transaction: objections to the change wait for it. */
const REMINDED_AT_ONCE = 1_000;

/**
 * Tells, once per change, that its last controller has been notified and that its last window has closed, and reminds the
 * controllers whose deadline is near. Keeps what is counted of changes short.
 */
export async function followWindows({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  for (const { id, terms } of await announcedChanges(pool, null)) {
    const now = clock();
    const dueUntil = remindersDueUntil(now, terms);
    if (dueUntil === null || !(await hasRemindersDue(pool, id, { dueUntil, now }))) continue;
    while ((await inTransaction(pool, (tx) => remindControllers(tx, id, REMINDED_AT_ONCE, now))) === REMINDED_AT_ONCE);
  }
  await foldCounts(pool);
  for (const id of await changesWithMilestoneDue(pool, clock())) {
    await inTransaction(pool, (tx) => recordMilestones(tx, id, clock()));
  }
}
