import {
  findApproval,
  getApproval,
  insertApprovalMessages,
  isInForce,
  markConfirmed,
  markEnded,
  type EndOfApproval,
  type StoredApproval,
} from '../db/approvals.ts';
import { authorInWords } from '../db/authors.ts';
import { lockChange } from '../db/change-locks.ts';
import { findMail } from '../db/mails-on-record.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { isLive } from '../domain/approval.ts';
import { isSamePerson } from '../db/authors.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { companiesOf } from '../domain/effect.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { recordEvents } from './record-events.ts';

/**
 * Confirms that the writer of an approval which another person recorded may approve for its controller (D42). Its receipts go
 * out, and some hours after the first of them it takes effect. Refuses with `not-found`, `approval-already-confirmed`,
 * `approval-already-ended`, `change-ended`, `already-in-force`, and `second-person-needed` for who recorded it.
 */
export async function confirmApproval(tx: Transaction, id: string, by: Author): Promise<StoredApproval> {
  const { change, approval, inForce } = await lockApproval(tx, id);
  refuseEnded(approval);
  if (approval.status !== 'unconfirmed') {
    const detail = `${wordOf(approval)} ${approval.number} is ${approval.status}: there is nothing to confirm.`;
    throw new Refused('approval-already-confirmed', detail);
  }
  refuseLate(change, inForce);
  if (await isSamePerson(tx, approval.recordedBy, by.actor)) {
    const detail = `${approval.recordedBy} recorded approval ${approval.number}: somebody else confirms it, with another API key.`;
    throw new Refused('second-person-needed', detail);
  }
  await markConfirmed(tx, id, by);
  await insertApprovalMessages(tx, 'approval-received', approval, by.at);
  return tellOf(tx, id, 'approval.confirmed', by);
}

/**
 * Ends an approval or a refusal that its controller has withdrawn in writing, or that was found to be none (D42): nothing of it
 * counts from this transaction on, and what stood under a refusal stands again. Every contact is told, if they had been told of
 * it. An approval of what is in force for its controller stays effective, because nothing leaves the register by itself: its
 * withdrawal is on record, and told to the operator and the officers. Refuses with `not-found`, `approval-already-ended`,
 * `change-ended`, `explanation-required` without evidence, and `mail-unknown` for a mail that is not this controller's about
 * this change.
 */
export async function withdrawApproval(
  tx: Transaction,
  id: string,
  evidence: EndOfApproval,
  by: Author,
): Promise<StoredApproval> {
  const { change, approval, inForce } = await lockApproval(tx, id);
  refuseEnded(approval);
  await expectEvidence(tx, approval, evidence);
  return end(tx, { change, approval, inForce, status: 'withdrawn' }, evidence, by);
}

/**
 * Stops an approval of which a contact says, through its link, that it was not its controller's act (D42): as `withdrawApproval`,
 * and the operator is told. Refuses as that does, and with `not-found` for a refusal, which is withdrawn in writing.
 */
export async function stopApproval(
  tx: Transaction,
  id: string,
  messageId: string,
  by: Author,
): Promise<StoredApproval> {
  const { change, approval, inForce } = await lockApproval(tx, id);
  if (approval.decision === 'refusal') throw notFound(`approval ${id}`);
  refuseEnded(approval);
  const evidence = { explanation: null, mailId: null, messageId };
  return end(tx, { change, approval, inForce, status: 'stopped' }, evidence, by);
}

/** The approval or refusal, and its change locked. Every decision about one waits for that lock (D22). */
export async function lockApproval(
  tx: Transaction,
  id: string,
): Promise<{ change: Change; approval: StoredApproval; inForce: boolean }> {
  const found = await findApproval(tx, id);
  const change = found && (await lockChange(tx, found.changeId));
  if (!found || !change) throw notFound(`approval ${id}`);
  const inForce = await isInForce(tx, found.changeId, found.controllerId, found.recordedAt);
  return { change, approval: await getApproval(tx, id), inForce };
}

/** Writes the event about an approval or a refusal that has moved on, and returns it. */
export async function tellOf(
  tx: Transaction,
  id: string,
  type: 'approval.confirmed' | 'approval.effective' | 'approval.withdrawn' | 'refusal.withdrawn',
  by: Author,
): Promise<StoredApproval> {
  const approval = await getApproval(tx, id);
  await recordEvents(tx, approval.changeId, by.at, [{ type, approval }]);
  return approval;
}

const wordOf = ({ decision }: StoredApproval) => (decision === 'approval' ? 'Approval' : 'Refusal');

function refuseEnded(approval: StoredApproval): void {
  if (isLive(approval) && approval.ended === null) return;
  throw new Refused('approval-already-ended', `${wordOf(approval)} ${approval.number} has ended: that is final.`);
}

function refuseLate(change: Change, inForce: boolean): void {
  if (inForce) throw new Refused('already-in-force', 'The change is in force for this controller.');
  if (change.status !== 'announced') throw new Refused('change-ended', `The change is ${change.status}.`);
}

async function expectEvidence(
  tx: Transaction,
  { changeId, controller }: StoredApproval,
  { explanation, mailId, messageId }: EndOfApproval,
): Promise<void> {
  if (explanation === null && mailId === null && messageId === null) {
    const detail = 'It is withdrawn in writing: say in explanation, or by the mail on record, how (D42).';
    throw refusedAt('explanation', 'explanation-required', detail);
  }
  const mail = mailId === null ? null : await findMail(tx, mailId);
  if (mailId !== null && (mail?.changeId !== changeId || mail.controller !== controller)) {
    const detail = `There is no mail ${mailId} of controller ${controller} about this change.`;
    throw refusedAt('mailId', 'mail-unknown', detail);
  }
}

/** Ends it before its change is in force for its controller; afterwards puts on record that it would have ended. */
async function end(
  tx: Transaction,
  {
    change,
    approval,
    inForce,
    status,
  }: {
    change: Change;
    approval: StoredApproval;
    inForce: boolean;
    status: 'withdrawn' | 'stopped';
  },
  evidence: EndOfApproval,
  by: Author,
): Promise<StoredApproval> {
  const isIncident = inForce && approval.status === 'effective';
  if (!isIncident) refuseLate(change, inForce);
  await markEnded(tx, approval.id, isIncident ? 'effective' : status, evidence, by);
  if (approval.status !== 'unconfirmed') await insertApprovalMessages(tx, 'approval-ended', approval, by.at);
  if (isIncident || status === 'stopped') await tellOperator(tx, change, approval, { isIncident, status }, by);
  return tellOf(tx, approval.id, `${approval.decision}.withdrawn`, by);
}

async function tellOperator(
  tx: Transaction,
  change: Change,
  { number, controller }: StoredApproval,
  { isIncident, status }: { isIncident: boolean; status: 'withdrawn' | 'stopped' },
  by: Author,
): Promise<void> {
  const author = await authorInWords(tx, by);
  const what = status === 'stopped' ? `a contact said “that was not us”: ${author}` : `recorded by ${author}`;
  await insertOperatorMail(tx, {
    kind: isIncident ? 'approval-incident' : 'approval-stopped',
    subject: `Approval ${number} of ${controller} has ended: ${status === 'stopped' ? '“that was not us”' : 'withdrawn'}`,
    body: [
      `Approval ${number} of controller ${controller} for ${companiesOf(change).join(', ')} (change ${change.id}) has ended; ${what}.`,
      isIncident
        ? 'The change is in force for this controller already. Nothing leaves the register by itself: a person has to act.'
        : 'It does not count any more. Ask the controller, and whether its mail is in the right hands.',
    ].join('\n'),
    at: by.at,
  });
}
