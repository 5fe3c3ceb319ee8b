import { insertWave, isStillInRegister, wavesOf } from '../db/activations.ts';
import { markActivated } from '../db/changes.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { lockChangeAgainstMail } from '../db/change-locks.ts';
import { hashOfApprovals, hashOfMigrations, insertGateFacts } from '../db/gate-facts.ts';
import type { Transaction } from '../db/postgres.ts';
import { getProduct } from '../db/products.ts';
import { lockEntries } from '../db/register.ts';
import { blockersOf, type Blocker } from '../domain/activation.ts';
import type { Author } from '../domain/author.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import { activationFacts, type ChangeView } from '../domain/change-view.ts';
import { gateFacts, type Software } from '../domain/gate.ts';
import { dayIn } from '../domain/instant.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { goneAfterWaves } from '../domain/register-changed.ts';
import { entriesOf, registerStep, type RegisterStep } from '../domain/register-version.ts';
import { VERSION } from '../domain/version.ts';
import { applyEffects } from './apply-effects.ts';
import { entitlementChanged } from './entitlement-changed.ts';
import { beginFanOut } from './fan-out.ts';
import { expectSecondPerson } from './expect-second-person.ts';
import { recordEvents } from './record-events.ts';
import { recordMilestones } from './record-milestones.ts';

/** Who activates, when, and on which day in the product's time zone. */
type ActivatedBy = Author & { readonly on: Temporal.PlainDate };

/**
 * Activates a change (D20–D23): the register is from today what it makes of it, a message to every controller is queued, and
 * `change.activated` written; what the gate saw is put on record (D54). Of scope `each` it does so for those who have approved and are in no wave yet, and the change stays
 * announced (D43). Refuses with `not-found`, and with `activation-blocked` and every blocker, as things stood at `judgedAt`: one
 * that is asked for before a deadline is not carried past it by its wait for the lock, because it has not waited for objections of
 * the last moment (D22). Then with `second-person-needed` where its product asks two people for it (D61).
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
  // What the blockers say of the register is so until the end of the transaction.
  const live = await lockEntries(tx, entriesOf(change));
  const progress = await progressOfOne(tx, id, judgedAt);
  const blockers = blockersOf(activationFacts(change, progress), judgedAt);
  if (change.status !== 'announced') throw blocked(blockers);
  const isFirst = progress.activations.count === 0;
  if (!isFirst && !(await isStillInRegister(tx, id))) {
    blockers.push({ code: 'register-changed', differences: goneAfterWaves(change) });
  }
  if (blockers.length > 0) throw blocked(blockers);
  expectSecondPerson(await getProduct(tx, change.product), 'activation', by);
  const step = isFirst ? registerStep(change, live) : NOTHING_MORE;
  // The last window may have closed a moment ago, and its milestone may not be recorded yet.
  await recordMilestones(tx, id, by.at);
  const activating = { ...by, on: dayIn(change.terms.timeZone, by.at) };
  const letThrough = async (activationId: string | null) => {
    const approvalsHash = change.regime.approval ? await hashOfApprovals(tx, id, activationId) : null;
    const registerVersions = live.map(({ versionId }) => versionId);
    const software = await softwareOf(tx);
    const facts = gateFacts(change, progress, judgedAt, { approvalsHash, registerVersions, software });
    await insertGateFacts(tx, { changeId: id, activationId, at: by.at }, facts);
  };
  return change.scope === 'all'
    ? activateForAll(tx, change, step, activating, letThrough)
    : activateWave(tx, change, step, activating, letThrough);
}

async function softwareOf(tx: Transaction): Promise<Software> {
  const timeZones = process.versions.tz ?? 'unknown';
  return {
    varsel: VERSION,
    node: process.version,
    timeZones,
    migrations: await hashOfMigrations(tx),
  };
}

/** Puts on record what the gate saw (D54), of the wave where there is one. */
type LetThrough = (activationId: string | null) => Promise<void>;

/** What a later wave does to the register: its controllers get what the first has made. */
const NOTHING_MORE: RegisterStep = { ended: [], written: [] };

async function activateForAll(
  tx: Transaction,
  change: AnnouncedChange,
  step: RegisterStep,
  by: ActivatedBy,
  letThrough: LetThrough,
): Promise<ChangeView> {
  await markActivated(tx, change, by);
  await letThrough(null);
  await applyEffects(tx, change, step, by.on);
  await beginFanOut(tx, change, 'change-activated', by.at);
  return recordEvents(tx, change.id, by.at, [{ type: 'change.activated' }, await entitlementChanged(tx, change, null)]);
}

async function activateWave(
  tx: Transaction,
  change: AnnouncedChange,
  step: RegisterStep,
  by: ActivatedBy,
  letThrough: LetThrough,
): Promise<ChangeView> {
  const { id: activation } = await insertWave(tx, change.id, by);
  await letThrough(activation);
  await applyEffects(tx, change, step, by.on);
  await beginFanOut(tx, change, 'change-activated', by.at, { activation });
  const wave = (await wavesOf(tx, change.id)).find(({ id }) => id === activation);
  if (wave === undefined) throw new Error(`wave ${activation} is written`);
  const { number, count, externalIds } = wave;
  const controllers = { count, externalIds };
  return recordEvents(tx, change.id, by.at, [
    { type: 'change.activated', wave: { number, controllers } },
    await entitlementChanged(tx, change, controllers),
  ]);
}

function blocked(blockers: readonly Blocker[]): Refused {
  const detail = `The change cannot be activated: ${blockers.map(({ code }) => code).join(', ')}.`;
  return new Refused('activation-blocked', detail, { blockers });
}
