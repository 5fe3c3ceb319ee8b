import { appendToAuditLog } from '../db/audit-log.ts';
import { hasWave } from '../db/activations.ts';
import { markWithdrawn } from '../db/changes.ts';
import { stopNotices } from '../db/fan-outs.ts';
import { findObjections, resolveAsChangeWithdrawn } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import { SYSTEM, type Author } from '../domain/author.ts';
import type { ChangeView } from '../domain/change-view.ts';
import { isHeld } from '../domain/hold.ts';
import { Refused } from '../domain/refused.ts';
import type { Text } from '../domain/text.ts';
import { beginFanOut } from './fan-out.ts';
import { lockOpenChange } from './lock-open-change.ts';
import { recordEvents } from './record-events.ts';
import { recordMilestones } from './record-milestones.ts';

/**
 * Withdraws an announced change for good (D24): its windows close, its pending objections end as `change-withdrawn`, notices
 * not yet sent are cancelled, and every controller that was notified gets a message. Of a change that is held nobody has been
 * told, and nobody is (D33). Refuses with `not-found`, `change-ended`, and `change-partly-activated` after its first wave (D43).
 */
export async function withdrawChange(tx: Transaction, id: string, reason: Text, by: Author): Promise<ChangeView> {
  const change = await lockOpenChange(tx, id);
  if (isHeld(change)) {
    await markWithdrawn(tx, change, { ...by, reason });
    // No event has it.
    await appendToAuditLog(tx, by, [
      { action: 'change.withdrawn', subject: id, details: { product: change.product, reason } },
    ]);
    return recordEvents(tx, id, by.at, []);
  }
  if (await hasWave(tx, id)) {
    throw new Refused('change-partly-activated', 'The change is in force for some controllers: it can be closed.');
  }
  // The last controller may have been notified a moment ago, and that milestone may not be recorded yet.
  await recordMilestones(tx, id, by.at);
  await markWithdrawn(tx, change, { ...by, reason });
  const resolved = await resolveAsChangeWithdrawn(tx, id, by.at, SYSTEM);
  await stopNotices(tx, id, by.at);
  await beginFanOut(tx, change, 'change-withdrawn', by.at);
  const objections = await findObjections(tx, resolved);
  return recordEvents(tx, id, by.at, [
    { type: 'change.withdrawn' },
    ...objections.map((objection) => ({ type: 'objection.resolved' as const, objection })),
  ]);
}
