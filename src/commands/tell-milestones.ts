import { lockChange } from '../db/change-locks.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { markMilestone, milestonesTold } from '../db/milestones.ts';
import type { Transaction } from '../db/postgres.ts';
import { recordEvents } from './record-events.ts';

/**
 * Tells, once per change, that its last controller has been notified and that its last window has closed. Decided anew under
 * the change's lock, because a controller may have joined since the change was picked.
 */
export async function tellMilestones(tx: Transaction, changeId: string, now: Temporal.Instant): Promise<void> {
  const change = await lockChange(tx, changeId);
  if (change?.status !== 'announced') return;
  const { controllers } = await progressOfOne(tx, changeId, now);
  const told = await milestonesTold(tx, changeId);
  if (controllers.notified < controllers.total) return;
  if (!told.notified) {
    await markMilestone(tx, changeId, 'notified', now);
    await recordEvents(tx, changeId, now, [{ type: 'change.notified' }]);
  }
  if (!told.windowsClosed && controllers.windowsOpen === 0) {
    await markMilestone(tx, changeId, 'windows-closed', now);
    await recordEvents(tx, changeId, now, [{ type: 'change.windows-closed' }]);
  }
}
