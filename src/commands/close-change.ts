import { progressOfOne } from '../db/change-counts.ts';
import { lockChangeAgainstMail } from '../db/change-locks.ts';
import { markActivated } from '../db/changes.ts';
import { stopNotices } from '../db/fan-outs.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { activationFacts, type ChangeView } from '../domain/change-view.ts';
import { dayIn } from '../domain/instant.ts';
import { Refused } from '../domain/refused.ts';
import { blockersOfClosing } from '../domain/wave.ts';
import { lockOpenChange } from './lock-open-change.ts';
import { recordEvents } from './record-events.ts';
import { recordMilestones } from './record-milestones.ts';

/**
 * Ends a change of scope `each` after its last wave (D43): it counts as activated from now on, for those who are in a wave; for
 * everybody else nothing changes. Refuses with `not-found`, `change-ended`, `change-not-activated` without a wave (it can be
 * withdrawn), and `activation-blocked` while an objection is pending or an answer or a mail unread.
 */
export async function closeChange(tx: Transaction, id: string, by: Author): Promise<ChangeView> {
  const change = await lockOpenChange(tx, id, lockChangeAgainstMail);
  const progress = await progressOfOne(tx, id, by.at);
  if (progress.activations.count === 0) {
    throw new Refused('change-not-activated', 'Expected a change that is activated for somebody: it has no wave.');
  }
  const blockers = blockersOfClosing(activationFacts(change, progress), by.at);
  if (blockers.length > 0) {
    const detail = `The change cannot be closed: ${blockers.map(({ code }) => code).join(', ')}.`;
    throw new Refused('activation-blocked', detail, { blockers });
  }
  await recordMilestones(tx, id, by.at);
  await markActivated(tx, change, { ...by, on: dayIn(change.terms.timeZone, by.at) });
  await stopNotices(tx, id, by.at);
  return recordEvents(tx, id, by.at, [{ type: 'change.closed' }]);
}
