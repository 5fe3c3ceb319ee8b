import { lockChange } from '../db/change-locks.ts';
import { hasRunningAgreement } from '../db/controllers.ts';
import { cancelWaitingRejection, insertMessages } from '../db/message-queue.ts';
import { findObjection, getObjection, markAcceptedLate, markResolved, type StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { needsExplanation, refuseLateAcceptance, type ChosenOutcome } from '../domain/objection.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { recordEvents } from './record-events.ts';

/**
 * Resolves a pending objection, in the name of its author (D19), and queues the e-mail to the controller about it.
 * Refuses with `not-found`, `objection-already-resolved`, `objection-not-pending` for a rejected attempt, and
 * `explanation-required` for `invalid` without an explanation, and `agreement-running` for `agreement-ended` before it has.
 */
export async function resolveObjection(
  tx: Transaction,
  id: string,
  { outcome, explanation }: { outcome: ChosenOutcome; explanation: string | null },
  by: Author,
): Promise<StoredObjection> {
  const { change, objection } = await lockWithChange(tx, id);
  if (objection.status === 'resolved') {
    throw new Refused(
      'objection-already-resolved',
      `Objection ${objection.number} is resolved as ${objection.resolution.outcome}.`,
    );
  }
  if (objection.status === 'rejected') {
    throw new Refused(
      'objection-not-pending',
      `Attempt ${objection.number} was rejected: there is nothing to resolve.`,
    );
  }
  if (needsExplanation(outcome) && explanation === null) {
    const detail = 'An objection is found invalid with an explanation only (D19).';
    throw refusedAt('explanation', 'explanation-required', detail);
  }
  if (outcome === 'agreement-ended' && (await hasRunningAgreement(tx, objection.controllerId, change.product))) {
    const detail = `The agreement of ${objection.controller} for ${change.product} is running: end it first (D7, D19).`;
    throw refusedAt('outcome', 'agreement-running', detail);
  }
  await markResolved(tx, objection, { outcome, explanation, ...by });
  const controllerIds = [objection.controllerId];
  await insertMessages(tx, { kind: 'objection-resolved', change, controllerIds, objectionId: id, now: by.at });
  const resolved = await getObjection(tx, id);
  await recordEvents(tx, change.id, by.at, [{ type: 'objection.resolved', objection: resolved }]);
  return resolved;
}

/**
 * Accepts an attempt that was rejected for lateness, on the record, while its change has not ended (D16): it becomes pending
 * and is acknowledged. Refuses with `not-found`, `change-ended`, `objection-not-late` and `reasons-required`.
 */
export async function acceptLateObjection(
  tx: Transaction,
  id: string,
  explanation: string | null,
  by: Author,
): Promise<StoredObjection> {
  const { change, objection } = await lockWithChange(tx, id);
  const refusal = refuseLateAcceptance(objection, change.status);
  if (refusal !== null) {
    const why = {
      'change-ended': `The change is ${change.status}: an objection to it can no longer be accepted.`,
      'objection-not-late': `Objection ${objection.number} was not rejected for coming late.`,
      'reasons-required': `Attempt ${objection.number} states no reasons, so it is no objection.`,
    };
    throw new Refused(refusal, why[refusal]);
  }
  await markAcceptedLate(tx, id, { explanation, ...by });
  // The mail about the rejection would be wrong now.
  await cancelWaitingRejection(tx, id);
  const controllerIds = [objection.controllerId];
  await insertMessages(tx, { kind: 'objection-received', change, controllerIds, objectionId: id, now: by.at });
  const accepted = await getObjection(tx, id);
  await recordEvents(tx, change.id, by.at, [{ type: 'objection.received', objection: accepted }]);
  return accepted;
}

/** The objection, and its change locked. Every decision about an objection waits for that lock. Refuses with `not-found`. */
async function lockWithChange(tx: Transaction, id: string): Promise<{ change: Change; objection: StoredObjection }> {
  const found = await findObjection(tx, id);
  const change = found && (await lockChange(tx, found.changeId));
  if (!change) throw notFound(`objection ${id}`);
  return { change, objection: await getObjection(tx, id) };
}
