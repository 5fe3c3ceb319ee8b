import { customerOf, insertOfficerMail, openCustomersOf, productsWithOfficers } from '../db/officer-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import type { Change } from '../domain/change.ts';
import type { Approval } from '../domain/approval.ts';
import { approvalToConfirmMail, endedApprovalMail, refusalMail } from '../domain/approval-mail.ts';
import type { NewEvent } from '../domain/event.ts';
import { refuseLateAcceptance } from '../domain/objection.ts';
import type { MailContent } from '../domain/inbound-mail.ts';
import {
  answerMail,
  answersMail,
  deadlineMail,
  lateObjectionMail,
  objectionMail,
  unattributedMail,
  type OfficerMail,
} from '../domain/officer-mail.ts';
import type { ConcernedChange } from '../domain/officer-words.ts';

/** The events that officers are mailed about one by one. Failures are told by `digestFailures`. */
const TOLD: readonly NewEvent['type'][] = [
  'objection.received',
  'objection.rejected',
  'approval.received',
  'approval.withdrawn',
  'refusal.received',
  'answer.received',
  'deadline.approaching',
  'answers.approaching',
];

/** Queues the mails to the officers of a change's product about what has happened to it, if they have an address. */
export async function tellOfficers(
  tx: Transaction,
  change: Change,
  events: readonly NewEvent[],
  at: Temporal.Instant,
): Promise<void> {
  const told = events.filter(({ type }) => TOLD.includes(type));
  if (told.length === 0 || !(await findProduct(tx, change.product))?.officersAddress) return;
  const concerned = { change };
  for (const event of told) {
    const mail = await mailOf(tx, concerned, event, at);
    if (mail !== null) await insertOfficerMail(tx, change.product, { ...mail, at });
  }
}

/** Queues a mail about a mail that nobody can attribute, to each address of officers: it can concern any product. */
export async function tellOfficersOfMail(
  tx: Transaction,
  mail: { readonly id: string; readonly receivedAt: Temporal.Instant; readonly content: MailContent },
  at: Temporal.Instant,
): Promise<void> {
  for (const product of await productsWithOfficers(tx)) {
    await insertOfficerMail(tx, product.id, { ...unattributedMail(product, mail), at });
  }
}

/** The mail about an event; `null` for a rejected objection that cannot be accepted after all (D16): its sender is told. */
async function mailOf(
  tx: Transaction,
  concerned: ConcernedChange,
  { type, objection, approval, answer, deadline }: NewEvent,
  at: Temporal.Instant,
): Promise<OfficerMail | null> {
  const about = async (externalId: string) => ({
    ...concerned,
    customer: await customerOf(tx, concerned.change.id, externalId),
  });
  if (approval) return mailOfApproval(await about(approval.controller), approval);
  if (answer) return answerMail(await about(answer.controller), answer);
  if (deadline) {
    const mail = type === 'answers.approaching' ? answersMail : deadlineMail;
    return mail(concerned, { deadline, ...(await openCustomersOf(tx, concerned.change.id)) });
  }
  if (!objection) return null;
  if (objection.status !== 'rejected') return objectionMail(await about(objection.controller), objection, at);
  if (refuseLateAcceptance(objection, concerned.change.status) !== null) return null;
  return lateObjectionMail(await about(objection.controller), objection);
}

/** `null` for what needs nobody: an approval through a link, and one that its controller has withdrawn in time. */
function mailOfApproval(about: Parameters<typeof refusalMail>[0], approval: Approval): OfficerMail | null {
  const { decision, status, ended } = approval;
  if (ended !== null) {
    return status === 'stopped' || status === 'effective' ? endedApprovalMail(about, approval) : null;
  }
  if (decision === 'refusal') return refusalMail(about, approval);
  return status === 'unconfirmed' ? approvalToConfirmMail(about, approval) : null;
}
