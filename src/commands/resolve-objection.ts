import { lockChange } from '../db/change-locks.ts';
import { hasRunningAgreement } from '../db/agreements.ts';
import { findMail } from '../db/mails-on-record.ts';
import { getProduct } from '../db/products.ts';
import { cancelWaitingRejection, insertMessages } from '../db/message-queue.ts';
import { findObjection, getObjection, markAcceptedLate, markResolved, type StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { needsEvidence, refuseLateAcceptance, type ChosenOutcome, type PendingObjection } from '../domain/objection.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { expectSecondPerson } from './expect-second-person.ts';
import { recordEvents } from './record-events.ts';

/** What an officer decides about an objection, and the mail on record that shows it. */
export interface OfficersDecision {
  readonly outcome: ChosenOutcome;
  readonly explanation: string | null;
  readonly mailId: string | null;
}

/**
 * Resolves a pending objection, as an officer decides (D19), and queues the e-mail to the controller about it.
 * Refuses with `not-found`, `objection-already-resolved`, `objection-not-pending` for a rejected attempt,
 * `explanation-required` for an outcome that needs its evidence where there is neither an explanation nor a mail,
 * `mail-unknown` for a mail that is not about this controller's part in the change, and `agreement-running` for `agreement-ended`
 * before it has, and `second-person-needed` where the product asks two people for `invalid` (D61).
 */
export async function resolveObjection(
  tx: Transaction,
  id: string,
  { outcome, explanation, mailId }: OfficersDecision,
  by: Author,
): Promise<StoredObjection> {
  const { change, objection } = await lockWithChange(tx, id);
  refuseUnlessPending(objection);
  if (needsEvidence(outcome) && explanation === null && mailId === null) {
    const detail = `An objection is ${outcome} with its evidence only: an explanation, or the mail on record that shows it (D19).`;
    throw refusedAt('explanation', 'explanation-required', detail);
  }
  const mail = mailId === null ? null : await findMail(tx, mailId);
  if (mailId !== null && (mail?.changeId !== change.id || mail.controller !== objection.controller)) {
    throw refusedAt(
      'mailId',
      'mail-unknown',
      `There is no mail ${mailId} of controller ${objection.controller} about this change.`,
    );
  }
  if (outcome === 'agreement-ended' && (await hasRunningAgreement(tx, objection.controllerId, change.product))) {
    const detail = `The agreement of ${objection.controller} for ${change.product} is running: end it first (D7, D19).`;
    throw refusedAt('outcome', 'agreement-running', detail);
  }
  if (outcome === 'invalid') expectSecondPerson(await getProduct(tx, change.product), 'invalid', by);
  await markResolved(tx, objection, { outcome, explanation, inboundMailId: mailId, ...by });
  return tellResolved(tx, change, id, by.at);
}

/** Refuses a rejected attempt, and what has been resolved, with `objection-not-pending` and `objection-already-resolved`. */
export function refuseUnlessPending(
  objection: StoredObjection,
): asserts objection is StoredObjection & PendingObjection {
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
}

/** Tells the controller of an objection that has been resolved, and writes the event. Returns the objection. */
export async function tellResolved(
  tx: Transaction,
  change: Change,
  id: string,
  now: Temporal.Instant,
): Promise<StoredObjection> {
  const resolved = await getObjection(tx, id);
  const controllerIds = [resolved.controllerId];
  await insertMessages(tx, { kind: 'objection-resolved', change, controllerIds, objectionId: id, now });
  await recordEvents(tx, change.id, now, [{ type: 'objection.resolved', objection: resolved }]);
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
export async function lockWithChange(
  tx: Transaction,
  id: string,
): Promise<{ change: Change; objection: StoredObjection }> {
  const found = await findObjection(tx, id);
  const change = found && (await lockChange(tx, found.changeId));
  if (!change) throw notFound(`objection ${id}`);
  return { change, objection: await getObjection(tx, id) };
}
