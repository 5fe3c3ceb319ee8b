import { insertAnswer } from '../db/answers.ts';
import { lockChange } from '../db/change-locks.ts';
import { isAttributedByHand, isRepeated, lockUnreadMail, markRead, type UnreadMail } from '../db/inbound-mails.ts';
import { findMessage, noticeTo } from '../db/messages.ts';
import type { Transaction } from '../db/postgres.ts';
import { SYSTEM } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { reportFor } from '../domain/delivery-report.ts';
import type { InboundVerdict, MailContent, MailSubject } from '../domain/inbound-mail.ts';
import { recordBounceOf, type RecordedBounce } from './record-bounce.ts';
import { recordEvents } from './record-events.ts';
import { tellOfAnswer, tellOfMember, tellOfUnattributed } from './tell-of-mail.ts';
import { tellOfficersOfMail } from './tell-officers.ts';

/** A mail that has been read, and what was found in it. */
export interface JudgedMail {
  readonly mail: Pick<UnreadMail, 'id' | 'receivedAt' | 'sentTo' | 'envelopeFrom'>;
  /** `null` where nobody can tell what it is about. */
  readonly about: MailSubject | null;
  readonly verdict: InboundVerdict;
  /** When it is taken, which can be long after it was received. */
  readonly now: Temporal.Instant;
}

/** What became of a mail. `incident`: it came before an activation that it should have blocked. */
export type TakenMail =
  | { readonly takenAs: 'automatic' | 'repeated' | 'unattributed' | 'dismissed' }
  | { readonly takenAs: 'answer'; readonly id: string; readonly controller: string; readonly isIncident: boolean }
  | ({ readonly takenAs: 'report' } & RecordedBounce);

/**
 * Takes a mail that has been read, which then blocks nothing any more by itself:
 * - A report is recorded (`recordBounceOf`). The operator gets a mail where a report on one member of an alias takes a notice
 *   back (D12).
 * - An automatic reply is listed and blocks nothing.
 * - A person's mail becomes an unread answer of the controller, which blocks activation (D20). The operator gets a mail, and
 *   `answer.received` is written.
 * - A mail that nobody can attribute waits for an officer, who gets a mail about it, and blocks nothing.
 *
 * Returns `null` when another process has taken the mail. Refuses as `recordBounceOf` does; the mail then stays unread.
 */
export async function takeMail(
  tx: Transaction,
  { mail, about, verdict, now }: JudgedMail,
  apiUrl: string,
): Promise<TakenMail | null> {
  // An activation takes the lock of the change too, so exactly one of the two is first (D22).
  const change = about && (await lockChange(tx, about.changeId));
  if (!(await lockUnreadMail(tx, mail.id))) return null;
  if (about === null || change === null) return keepUnattributed(tx, mail, { verdict, now }, apiUrl);
  const read = { about, knownBy: verdict.knownBy, content: verdict.content };
  if (await isRepeated(tx, mail.id, about)) {
    await markRead(tx, mail.id, { ...read, about: null, takenAs: 'repeated' }, now);
    return { takenAs: 'repeated' };
  }
  if (verdict.takenAs === 'report') {
    // A reference is no secret. A report that it alone attributes can take a notice back, and proves no arrival (D30).
    const reports = verdict.reports.filter(({ action }) => about.messageId !== null || action !== 'delivered');
    const reported = await reportedMessage(tx, about, reports);
    const report = reported && reportFor(reported.email, reports);
    if (reported && report) {
      await markRead(tx, mail.id, { ...read, about: { ...about, messageId: reported.id }, takenAs: 'report' }, now);
      const by = { at: now, actor: SYSTEM };
      const source = { inboundMailId: mail.id };
      const recorded = await recordBounceOf(tx, { message: reported, change }, report, source, by);
      // Of an incident the operator is told with all that belongs to it.
      const isTold = recorded.effect === 'reopened' || recorded.effect === 'revoked';
      if (isTold) await tellOfMember(tx, { recorded, report, change, now }, apiUrl);
      return { takenAs: 'report', ...recorded };
    }
  }
  // For a person is also a report of no message that we know, and an automatic reply that an officer has called one to a change:
  // the officer has seen it, and would not see that nobody else has to.
  const isAutomatic = verdict.takenAs === 'automatic' && !(await isAttributedByHand(tx, mail.id));
  const takenAs = isAutomatic ? 'automatic' : 'answer';
  await markRead(tx, mail.id, { ...read, takenAs }, now);
  return takenAs === 'automatic'
    ? { takenAs }
    : keepAnswer(tx, mail, { about, change, content: verdict.content, now }, apiUrl);
}

/** The message that a report is about: the one whose tag brought it, or the notice to one of the recipients that it names. */
async function reportedMessage(
  tx: Transaction,
  about: MailSubject,
  reports: Extract<InboundVerdict, { takenAs: 'report' }>['reports'],
) {
  if (about.messageId !== null) return findMessage(tx, about.messageId);
  return noticeTo(
    tx,
    about,
    reports.flatMap(({ recipients }) => recipients),
  );
}

async function keepUnattributed(
  tx: Transaction,
  { id, receivedAt, sentTo, envelopeFrom }: JudgedMail['mail'],
  { verdict: { takenAs, knownBy, content }, now }: Pick<JudgedMail, 'verdict' | 'now'>,
  apiUrl: string,
): Promise<TakenMail> {
  const isOwn = takenAs === 'dismissed';
  await markRead(tx, id, { about: null, takenAs: isOwn ? 'dismissed' : 'unattributed', knownBy, content }, now);
  if (isOwn) return { takenAs: 'dismissed' };
  // What programs send is listed, and nobody is called for it: a report on such a call would bring the next one.
  if (takenAs !== 'automatic' && envelopeFrom !== '') {
    await tellOfUnattributed(tx, { id, sentTo, content, at: receivedAt }, apiUrl);
    await tellOfficersOfMail(tx, { id, receivedAt, content }, now);
  }
  return { takenAs: 'unattributed' };
}

/**
 * Makes a mail an unread answer of the controller, queues the mail to the operator about it, and writes `answer.received`. The
 * caller holds the change's lock, and has marked the mail as an answer.
 */
export async function keepAnswer(
  tx: Transaction,
  mail: Pick<UnreadMail, 'id' | 'receivedAt'>,
  { about, change, content, now }: { about: MailSubject; change: Change; content: MailContent; now: Temporal.Instant },
  apiUrl: string,
): Promise<Extract<TakenMail, { takenAs: 'answer' }>> {
  const answer = await insertAnswer(tx, { ...about, inboundMailId: mail.id, receivedAt: mail.receivedAt });
  const isIncident = change.status === 'activated' && Temporal.Instant.compare(mail.receivedAt, change.activatedAt) < 0;
  await tellOfAnswer(tx, { answer, change, content, isIncident, at: mail.receivedAt }, apiUrl);
  await recordEvents(tx, change.id, now, [{ type: 'answer.received', answer }]);
  return { takenAs: 'answer', id: answer.id, controller: answer.controller, isIncident };
}
