import { createHash } from 'node:crypto';
import { insertAnswer, type StoredAnswer } from '../db/answers.ts';
import { findReportedMessage, type ReportedMessage } from '../db/bounces.ts';
import { lockChange } from '../db/change-locks.ts';
import { insertContent, insertInboundMail, type InboundMail } from '../db/inbound-mails.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import type { AnswerContent } from '../domain/answer.ts';
import type { Change } from '../domain/change.ts';
import { reportFor } from '../domain/delivery-report.ts';
import type { InboundVerdict } from '../domain/inbound-mail.ts';
import { SYSTEM } from '../domain/author.ts';
import { recordBounce, type RecordedBounce } from './record-bounce.ts';
import { notFound } from '../domain/refused.ts';

/** What followed from a mail; `repeated` when it had come before. */
export type Received =
  | { readonly takenAs: 'repeated' | 'automatic' }
  | { readonly takenAs: 'answer'; readonly answer: StoredAnswer }
  | ({ readonly takenAs: 'report' } & RecordedBounce);

/**
 * Keeps a mail that came for a message, and does what follows from it: a report is recorded (`recordBounce`), an automatic
 * reply is only kept, and what a person wrote becomes an unread answer of the controller, of which the company is told by
 * mail and which blocks activation (D20). The same mail for the same message is taken once.
 * Refuses with `not-found`, and as `recordBounce` does.
 */
export async function receiveMail(
  tx: Transaction,
  messageId: string,
  mail: InboundMail,
  verdict: InboundVerdict,
  addressOfAnswer: (id: string) => string,
): Promise<Received> {
  const message = await findReportedMessage(tx, messageId);
  // The lock an activation takes: exactly one of the two is first (D22).
  const change = message && (await lockChange(tx, message.changeId));
  if (!change) throw notFound(`message ${messageId}`);
  const sha256 = createHash('sha256').update(mail.raw).digest();
  await insertContent(tx, sha256, mail.raw);
  const inboundMailId = await insertInboundMail(tx, messageId, sha256, mail, verdict);
  if (inboundMailId === null) return { takenAs: 'repeated' };
  const by = { at: mail.receivedAt, actor: SYSTEM };
  if (verdict.takenAs === 'report') {
    const report = reportFor(message.email, verdict.reports);
    if (report === null) throw new Error('a report of no recipient');
    return { takenAs: 'report', ...(await recordBounce(tx, messageId, report, { inboundMailId }, by)) };
  }
  if (verdict.takenAs === 'automatic') return { takenAs: 'automatic' };
  const { answer: content } = verdict;
  const answer = await insertAnswer(tx, {
    ...content,
    inboundMailId,
    messageId,
    changeId: change.id,
    controllerId: message.controllerId,
    receivedAt: mail.receivedAt,
  });
  await insertOperatorMail(tx, {
    kind: 'answer-received',
    subject: `${message.controller} has answered the notice of ${change.subProcessor.name}`,
    body: tellAnswer(content, message, change, addressOfAnswer(answer.id)),
    at: mail.receivedAt,
  });
  return { takenAs: 'answer', answer };
}

function tellAnswer(content: AnswerContent, message: ReportedMessage, change: Change, address: string): string {
  const sender = [content.from.name, content.from.email && `<${content.from.email}>`].filter(Boolean).join(' ');
  const attachments = content.attachments.map(({ filename, contentType }) => filename ?? contentType);
  const isPlanned = change.status === 'announced';
  return [
    `${sender || 'Somebody'} has answered a mail to ${message.email} of controller ${message.controller},`,
    `about ${change.subProcessor.name} (change ${change.id}).${isPlanned ? '' : ` The change is ${change.status}.`}`,
    `Say what it is, an objection or not${isPlanned ? '; until then the change cannot be activated' : ''}:`,
    address,
    '',
    ...(content.subject === '' ? [] : [`Subject: ${content.subject}`]),
    ...(attachments.length === 0 ? [] : [`Attachments: ${attachments.join(', ')}`]),
    '',
    content.text,
    ...(content.quoted === '' ? [] : ['', '[The mail that it quotes is left out here; the API has it.]']),
  ].join('\n');
}
