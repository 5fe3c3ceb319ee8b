import { markActivated } from '../db/changes.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { lockChangeAgainstMail } from '../db/change-locks.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockEntries } from '../db/register.ts';
import { blockersOf } from '../domain/activation.ts';
import type { Author } from '../domain/author.ts';
import { activationFacts, type ChangeView } from '../domain/change-view.ts';
import { dayIn } from '../domain/instant.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { entriesOf, registerStep } from '../domain/register-version.ts';
import { applyEffects } from './apply-effects.ts';
import { entitlementChanged } from './entitlement-changed.ts';
import { beginFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';
import { recordMilestones } from './record-milestones.ts';

/**
 * Activates a change (D20–D23): adds the new entry to the register from today, ends the replaced one, queues a message to
 * every controller, and writes `change.activated`. Refuses with `not-found`, and with `activation-blocked` and every
 * blocker, as things stood at `judgedAt`: one that is asked for before a deadline is not carried past it by its wait for the
 * lock, because it has not waited for objections of the last moment (D22).
 */
export async function activateChange(
  tx: Transaction,
  id: string,
  by: Author,
  judgedAt: Temporal.Instant = by.at,
): Promise<ChangeView> {
  // Objections to this change wait for the lock, and mails. Those committed before we got it are counted below (D22).
  const change = await lockChangeAgainstMail(tx, id);
  if (change === null) throw notFound(`change ${id}`);
  const live = await lockEntries(tx, entriesOf(change));
  const step = registerStep(change, live);
  const blockers = blockersOf(activationFacts(change, await progressOfOne(tx, id, judgedAt)), judgedAt);
  if ('gone' in step) blockers.push({ code: 'register-changed', entries: step.gone });
  if (change.status !== 'announced' || 'gone' in step || blockers.length > 0) {
    const detail = `The change cannot be activated: ${blockers.map(({ code }) => code).join(', ')}.`;
    throw new Refused('activation-blocked', detail, { blockers });
  }
  // The last window may have closed a moment ago, and its milestone may not be recorded yet.
  await recordMilestones(tx, id, by.at);
  const today = dayIn(change.terms.timeZone, by.at);
  await markActivated(tx, change, { ...by, on: today });
  await applyEffects(tx, change, step, today);
  await beginFanOut(tx, change, 'change-activated', by.at);
  return recordEvents(tx, id, by.at, [{ type: 'change.activated' }, await entitlementChanged(tx, change, null)]);
}
