import { progressOfOne } from '../db/change-counts.ts';
import { lockChange } from '../db/change-locks.ts';
import { markMilestone, recordedMilestones } from '../db/milestones.ts';
import type { Transaction } from '../db/postgres.ts';
import { isHeld } from '../domain/hold.ts';
import { milestonesDue, type Milestone } from '../domain/milestone.ts';
import { recordEvents } from './record-events.ts';

const EVENT_OF = { notified: 'change.notified', 'windows-closed': 'change.windows-closed' } as const satisfies Record<
  Milestone,
  string
>;

/**
 * Writes the events of the milestones that an announced change has reached, each once per change. Decides again under the
 * change's lock, because a controller may have joined since the caller found the change.
 */
export async function recordMilestones(tx: Transaction, changeId: string, now: Temporal.Instant): Promise<void> {
  const change = await lockChange(tx, changeId);
  if (change?.status !== 'announced' || isHeld(change)) return;
  const recorded = await recordedMilestones(tx, changeId);
  const progress = await progressOfOne(tx, changeId, now);
  if (progress.countsDisagree) return;
  for (const milestone of milestonesDue(progress, recorded)) {
    await markMilestone(tx, changeId, milestone, now);
    await recordEvents(tx, changeId, now, [{ type: EVENT_OF[milestone] }]);
  }
}
