import { simpleParser } from 'mailparser';
import type pg from 'pg';
import { findChange } from '../db/changes.ts';
import { findSentMessage } from '../db/messages-to-compose.ts';
import { getObjection } from '../db/objections.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { mailAsSent, type MailMarks } from '../mail/as-sent.ts';
import { composeMessage, type ComposedMessage } from '../mail/compose.ts';
import { answerByOf } from '../domain/objection-window.ts';
import { factsOf } from '../mail/message-facts.ts';
import type { Sending } from './sending.ts';

/**
 * A message as its contact got it, with its `From` field, and what it repeats of an objection. Its
 * calendar stands below the text, where mutt quotes it.
 */
type Original = Pick<ComposedMessage, 'subject' | 'text' | 'html'> & {
  readonly from: string;
  readonly theirs: string;
};

type Originals = Pick<Sending, 'linkBase' | keyof MailMarks> & {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly from: string;
};

/**
 * Makes the function that gives a message as it was sent: what an answer to it may quote. Where no mail is on record with it, an
 * answer having come before the outcome was recorded, it is composed anew. It never rejects. `null` where the message is not
 * known, or the record no longer has what it said.
 */
export function originalsOf(originals: Originals): (messageId: string) => Promise<Original | null> {
  const { pool, log } = originals;
  return async (messageId) => {
    try {
      const sent = await mailAsSent(pool, originals, messageId);
      return sent.status === 'kept' ? await read(pool, messageId, sent.raw) : await composedAnew(originals, messageId);
    } catch (error) {
      // Less of an answer is then told apart from what it quotes. That must keep nobody from reading it.
      log.warn({ err: error, message: messageId }, 'a message that was answered could not be read or composed anew');
      return null;
    }
  };
}

async function read(pool: pg.Pool, messageId: string, raw: Buffer): Promise<Original> {
  const mail = await simpleParser(raw, { skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true });
  const { subject = '', text = '', html, attachments, from } = mail;
  const objectionId = (await findSentMessage(pool, messageId))?.objectionId ?? null;
  const objection = objectionId === null ? null : await getObjection(pool, objectionId);
  return {
    from: from?.text ?? '',
    subject,
    text: [text, ...attachments.map(({ content }) => content.toString())].join('\n'),
    html: html || '',
    theirs: objection?.reasons ?? '',
  };
}

async function composedAnew(
  { pool, clock, from, ...addresses }: Originals,
  messageId: string,
): Promise<Original | null> {
  const found = await findSentMessage(pool, messageId);
  const change = found && (await findChange(pool, found.changeId));
  if (found === null || change === null) return null;
  const { deadline, notifiedAt, ...message } = found;
  const answerBy = answerByOf(notifiedAt, change);
  const facts = await factsOf(pool, { message, change, deadline, answerBy }, addresses, clock());
  const { subject, text, html, attachments } = composeMessage(facts);
  const withCalendar = [text, ...attachments.map(({ content }) => content)].join('\n');
  return { from, subject, text: withCalendar, html, theirs: facts.objection?.reasons ?? '' };
}
