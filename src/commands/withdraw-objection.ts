import { companiesOf } from '../domain/effect.ts';
import { authorInWords } from '../db/authors.ts';
import { isContact } from '../db/controllers.ts';
import type { CodePurpose } from '../db/mailed-codes.ts';
import { insertMessages } from '../db/message-queue.ts';
import { getObjection, markResolved, type StoredObjection } from '../db/objections.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { findWaiting, insertRequest, stopWaiting, type ContactOfObjection } from '../db/withdrawals.ts';
import { SYSTEM, type Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { mailCode, tryCode, type SentCode, type WrongCode } from './mail-code.ts';
import { lockWithChange, refuseUnlessPending, tellResolved } from './resolve-objection.ts';

/**
 * Mails a code to a contact who wants to withdraw a pending objection (D31): to the contact's own address, as it is stored
 * now. Nothing else changes. Refuses with `not-found` where the address is no contact's, `objection-already-resolved`,
 * `objection-not-pending`, `withdrawal-already-requested` and `code-limit`.
 */
export async function askForCode(tx: Transaction, contact: ContactOfObjection, by: Author): Promise<SentCode> {
  const { change } = await lockToWithdraw(tx, contact);
  return mailCode(tx, purposeOf(contact, change), null, by);
}

/** What a code to withdraw this objection is for. */
export function purposeOf(
  { objectionId, controllerId, email }: ContactOfObjection,
  change: Pick<Change, 'id'>,
): CodePurpose {
  return { kind: 'withdrawal-code', changeId: change.id, controllerId, email, objectionId, approvalId: null };
}

/** What became of a typed code. */
export type TypedCode = { readonly isRight: true; readonly objection: StoredObjection } | WrongCode;

/**
 * Asks for the withdrawal of a pending objection, with the code that was mailed to the contact (D31). Every contact of the
 * controller is told at once, each with a link to stop it. The objection stays pending until `carryOutWithdrawal`. `isCodeOf`
 * says whether the typed code is that of a message. A wrong try is counted: the caller commits in both cases.
 * Refuses as `askForCode` does.
 */
export async function requestWithdrawal(
  tx: Transaction,
  contact: ContactOfObjection,
  { isCodeOf, explanation }: { isCodeOf: (messageId: string) => boolean; explanation: string | null },
  by: Author,
): Promise<TypedCode> {
  const { change, objection } = await lockToWithdraw(tx, contact);
  const typed = await tryCode(tx, purposeOf(contact, change), isCodeOf, by.at);
  if (!typed.isRight) return typed;
  await insertRequest(tx, typed.code, { objectionId: objection.id, product: change.product, explanation }, by);
  await tell(tx, 'withdrawal-requested', change, objection, by.at);
  return { isRight: true, objection: await getObjection(tx, objection.id) };
}

/**
 * Stops a withdrawal that waits, because a contact says that it was not its controller's act (D31): the objection stays
 * pending. Every contact is told, and so is the operator. Refuses with `not-found`, and `no-withdrawal-waiting` where there is
 * none, or it has been carried out a moment ago.
 */
export async function stopWithdrawal(tx: Transaction, objectionId: string, by: Author): Promise<StoredObjection> {
  const { change, objection } = await lockWithChange(tx, objectionId);
  if (objection.withdrawal?.status !== 'waiting') {
    throw new Refused(
      'no-withdrawal-waiting',
      `No withdrawal of objection ${objection.number} waits to be carried out.`,
    );
  }
  const { email } = objection.withdrawal;
  await stop(tx, change, objection, by);
  await insertOperatorMail(tx, {
    kind: 'withdrawal-stopped',
    subject: `The withdrawal of objection ${objection.number} was stopped: “that was not us”`,
    body: [
      `Somebody with the code that was mailed to ${email} had asked to withdraw objection ${objection.number} of controller`,
      `${objection.controller} to ${companiesOf(change).join(', ')} (change ${change.id}). Another contact says that it was not them:`,
      `${await authorInWords(tx, by)}.`,
      'The objection is pending as before. Ask the controller, and whether its mail is in the right hands.',
    ].join('\n'),
    at: by.at,
  });
  return getObjection(tx, objectionId);
}

/**
 * Carries out a withdrawal that is due (D31), and tells the controller as any resolution does (D19). Does nothing where it has
 * ended meanwhile, or is not due at `now`. Where who asked is no contact any more, it is stopped instead.
 */
export async function carryOutWithdrawal(tx: Transaction, id: string, now: Temporal.Instant): Promise<void> {
  const found = await findWaiting(tx, id);
  if (found === null) return;
  const { change, objection } = await lockWithChange(tx, found.objectionId);
  // A contact may have stopped it while we waited for the lock.
  const waiting = await findWaiting(tx, id);
  if (waiting === null || waiting.takesEffectAt === null) return;
  if (Temporal.Instant.compare(waiting.takesEffectAt, now) > 0) return;
  refuseUnlessPending(objection);
  if (!(await isContact(tx, waiting.controllerId, waiting.email))) {
    return stop(tx, change, objection, { at: now, actor: SYSTEM });
  }
  const { explanation, requestedBy } = waiting;
  await markResolved(tx, objection, {
    outcome: 'withdrawn',
    explanation,
    withdrawalRequestId: id,
    at: now,
    actor: requestedBy,
  });
  await tellResolved(tx, change, objection.id, now);
}

/** The pending objection and its change, locked. Refuses as `askForCode` does. */
async function lockToWithdraw(tx: Transaction, { objectionId, controllerId, email }: ContactOfObjection) {
  const { change, objection } = await lockWithChange(tx, objectionId);
  if (!(await isContact(tx, controllerId, email))) throw notFound(`contact ${email}`);
  refuseUnlessPending(objection);
  if (objection.withdrawal?.status === 'waiting') {
    const detail = `${objection.withdrawal.email} has asked for it already. Every contact is told, and can stop it.`;
    throw new Refused('withdrawal-already-requested', detail);
  }
  return { change, objection };
}

async function stop(tx: Transaction, change: Change, objection: StoredObjection, by: Author): Promise<void> {
  await stopWaiting(tx, objection.id, by);
  await tell(tx, 'withdrawal-stopped', change, objection, by.at);
}

function tell(
  tx: Transaction,
  kind: 'withdrawal-requested' | 'withdrawal-stopped',
  change: Change,
  { id, controllerId }: StoredObjection,
  now: Temporal.Instant,
): Promise<number> {
  return insertMessages(tx, { kind, change, controllerIds: [controllerId], objectionId: id, now });
}
