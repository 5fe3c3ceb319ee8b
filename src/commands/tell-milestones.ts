import { progressOfOne } from '../db/change-counts.ts';
import { lockChange } from '../db/change-locks.ts';
import { markMilestone, milestonesTold } from '../db/milestones.ts';
import type { Transaction } from '../db/postgres.ts';
import { milestonesDue, type Milestone } from '../domain/milestone.ts';
import { recordEvents } from './record-events.ts';

const EVENT_OF = { notified: 'change.notified', 'windows-closed': 'change.windows-closed' } as const satisfies Record<
  Milestone,
  string
>;

/**
 * Writes the events of the milestones that an announced change has reached, each once per change. Decides anew under the
 * change's lock, because a controller may have joined since the change was picked.
 */
export async function tellMilestones(tx: Transaction, changeId: string, now: Temporal.Instant): Promise<void> {
  const change = await lockChange(tx, changeId);
  if (change?.status !== 'announced') return;
  const told = await milestonesTold(tx, changeId);
  for (const milestone of milestonesDue(await progressOfOne(tx, changeId, now), told)) {
    await markMilestone(tx, changeId, milestone, now);
    await recordEvents(tx, changeId, now, [{ type: EVENT_OF[milestone] }]);
  }
}
