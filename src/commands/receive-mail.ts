import { createHash } from 'node:crypto';
import { insertAnswer, type StoredAnswer } from '../db/answers.ts';
import { insertContent, insertInboundMail } from '../db/inbound-mails.ts';
import type { StoredMessage } from '../db/messages.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import type { AnswerContent } from '../domain/answer.ts';
import { SYSTEM } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { reportFor } from '../domain/delivery-report.ts';
import type { InboundMail, InboundVerdict } from '../domain/inbound-mail.ts';
import { lockMessage, recordBounceOf, type LockedMessage, type RecordedBounce } from './record-bounce.ts';

/** How a received mail was taken, with what was recorded; `repeated` if the same mail came before. */
export type Received =
  | { readonly takenAs: 'repeated' | 'automatic' }
  | { readonly takenAs: 'answer'; readonly answer: StoredAnswer }
  | ({ readonly takenAs: 'report' } & RecordedBounce);

/**
 * Keeps a mail received for a message, and acts on it. A report is recorded (`recordBounce`). An automatic reply is only
 * kept. A person's mail becomes an unread answer of the controller, which blocks activation (D20) and of which the operator
 * gets a mail. The same mail for the same message is taken once.
 * Refuses with `not-found`, and as `recordBounce` does.
 */
export async function receiveMail(
  tx: Transaction,
  messageId: string,
  mail: InboundMail,
  verdict: InboundVerdict,
  addressOfAnswer: (id: string) => string,
): Promise<Received> {
  // An activation takes the lock of the change too, so exactly one of the two is first (D22).
  const locked = await lockMessage(tx, messageId);
  const sha256 = createHash('sha256').update(mail.raw).digest();
  await insertContent(tx, sha256, mail.raw);
  const inboundMailId = await insertInboundMail(tx, messageId, sha256, mail, verdict);
  if (inboundMailId === null) return { takenAs: 'repeated' };
  switch (verdict.takenAs) {
    case 'automatic':
      return { takenAs: 'automatic' };
    case 'report': {
      const report = reportFor(locked.message.email, verdict.reports);
      if (report === null) throw new Error('a report of no recipient');
      const by = { at: mail.receivedAt, actor: SYSTEM };
      return { takenAs: 'report', ...(await recordBounceOf(tx, locked, report, { inboundMailId }, by)) };
    }
    case 'answer': {
      const kept = { inboundMailId, receivedAt: mail.receivedAt };
      return { takenAs: 'answer', answer: await keepAnswer(tx, locked, verdict.answer, kept, addressOfAnswer) };
    }
  }
}

/** Writes the answer, unread, and queues the mail to the operator about it. */
async function keepAnswer(
  tx: Transaction,
  { message, change }: LockedMessage,
  content: AnswerContent,
  { inboundMailId, receivedAt }: { inboundMailId: string; receivedAt: Temporal.Instant },
  addressOfAnswer: (id: string) => string,
): Promise<StoredAnswer> {
  const answer = await insertAnswer(tx, {
    ...content,
    inboundMailId,
    messageId: message.id,
    changeId: change.id,
    controllerId: message.controllerId,
    receivedAt,
  });
  await insertOperatorMail(tx, {
    kind: 'answer-received',
    subject: `${message.controller} has answered the notice of ${change.subProcessor.name}`,
    body: aboutAnswer(content, message, change, addressOfAnswer(answer.id)),
    at: receivedAt,
  });
  return answer;
}

function aboutAnswer(content: AnswerContent, message: StoredMessage, change: Change, address: string): string {
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
