import type pg from 'pg';
import { recordMilestones } from '../commands/record-milestones.ts';
import { remindControllers } from '../commands/remind-controllers.ts';
import { announcedChanges } from '../db/changes.ts';
import { foldCounts } from '../db/change-counts.ts';
import { changesWithMilestoneDue } from '../db/milestones.ts';
import { changesWithRemindersDue } from '../db/reminders.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { remindersDueUntil } from '../domain/objection-window.ts';

/** How many controllers one transaction reminds. Few, because an objection to the change waits while it runs. */
const REMINDER_BATCH = 1_000;

/**
 * Follows the windows of announced changes. Reminds controllers whose deadline is near, and tells each milestone once per
 * change: its last controller is notified, its last deadline is near, its last window has closed. Also folds the ledger of counts, to keep it short.
 */
export async function followWindows({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  const now = clock();
  const announced = await announcedChanges(pool, null);
  const asked = announced.map(({ id, terms }) => ({ id, dueUntil: remindersDueUntil(now, terms) }));
  for (const id of await changesWithRemindersDue(pool, asked, now)) {
    while ((await inTransaction(pool, (tx) => remindControllers(tx, id, REMINDER_BATCH, now))) === REMINDER_BATCH);
  }
  await foldCounts(pool);
  for (const id of await changesWithMilestoneDue(pool, clock())) {
    await inTransaction(pool, (tx) => recordMilestones(tx, id, clock()));
  }
}
