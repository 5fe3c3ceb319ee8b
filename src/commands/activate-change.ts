import { markActivated } from '../db/changes.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { lockChange } from '../db/change-locks.ts';
import type { Transaction } from '../db/postgres.ts';
import { endEntry, insertEntry } from '../db/register.ts';
import { blockersOf } from '../domain/activation.ts';
import { activationFacts, type ChangeView } from '../domain/change-view.ts';
import { dayIn } from '../domain/instant.ts';
import { beginFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';
import { tellMilestones } from './tell-milestones.ts';
import { notFound, Refused } from '../domain/refused.ts';
import type { Author } from '../domain/author.ts';

/**
 * Activates a change (D20–D23): the new entry is in the register from today, the replaced one is out of it, every
 * controller is told, and `change.activated` is written. Refuses with `activation-blocked` and every blocker.
 */
export async function activateChange(tx: Transaction, id: string, by: Author): Promise<ChangeView> {
  // Objections of this change wait for the lock; what was committed before it was granted is counted below (D22).
  const change = await lockChange(tx, id);
  if (change === null) throw notFound(`change ${id}`);
  const blockers = blockersOf(activationFacts(change, await progressOfOne(tx, id, by.at)), by.at);
  if (change.status !== 'announced' || blockers.length > 0) {
    const detail = `The change cannot be activated: ${blockers.map(({ code }) => code).join(', ')}.`;
    throw new Refused('activation-blocked', detail, { blockers });
  }
  // Its windows may have closed a moment ago, and nobody been told yet.
  await tellMilestones(tx, id, by.at);
  const today = dayIn(change.terms.timeZone, by.at);
  await markActivated(tx, change, { ...by, on: today });
  if (change.replaces !== null) await endEntry(tx, change.replaces, today);
  await insertEntry(tx, { ...change.subProcessor, id: null, product: change.product, activeFrom: today, changeId: id });
  await beginFanOut(tx, change, 'change-activated', by.at);
  return recordEvents(tx, id, by.at, [{ type: 'change.activated' }]);
}
