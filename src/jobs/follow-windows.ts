import type pg from 'pg';
import { recordMilestones } from '../commands/record-milestones.ts';
import { dueFor, remindControllers } from '../commands/remind-controllers.ts';
import { announcedChanges } from '../db/changes.ts';
import { foldCounts } from '../db/change-counts.ts';
import { changesWithMilestoneDue } from '../db/milestones.ts';
import { changesWithRemindersDue } from '../db/reminders.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';

/** How many controllers one transaction reminds. Few, because an objection to the change waits while it runs. */
const REMINDER_BATCH = 1_000;

/**
 * Follows the windows of announced changes. Reminds controllers whose time to object or to answer is near its end, and tells each milestone once per
 * change: its last controller is notified, its last deadline is near, its last window has closed. Also folds the ledger of counts, to keep it short.
 */
export async function followWindows({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  const now = clock();
  const announced = await announcedChanges(pool, null);
  for (const [kind, asks] of [
    ['reminder', 'objection'],
    ['approval-reminder', 'approval'],
  ] as const) {
    const asked = announced
      .filter(({ regime }) => regime[asks])
      .map((change) => ({ id: change.id, due: dueFor(kind, change, now) }));
    for (const id of await changesWithRemindersDue(pool, kind, asked, now)) {
      while (
        (await inTransaction(pool, (tx) => remindControllers(tx, kind, id, REMINDER_BATCH, now))) === REMINDER_BATCH
      );
    }
  }
  await foldCounts(pool);
  for (const id of await changesWithMilestoneDue(pool, clock())) {
    await inTransaction(pool, (tx) => recordMilestones(tx, id, clock()));
  }
}
