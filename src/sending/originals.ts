import type pg from 'pg';
import { findChange } from '../db/changes.ts';
import { findSentMessage } from '../db/messages-to-compose.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { MailMarks } from '../mail/as-sent.ts';
import { composeMessage, type ComposedMessage } from '../mail/compose.ts';
import { answerByOf } from '../domain/objection-window.ts';
import { factsOf } from './message-facts.ts';
import type { Sending } from './sending.ts';

/**
 * A message as its contact got it, with its `From` field, and what it repeats of an objection. Its
 * calendar stands below the text, where mutt quotes it.
 */
export type SentMail = Pick<ComposedMessage, 'subject' | 'text' | 'html'> & {
  readonly from: string;
  readonly theirs: string;
};

/**
 * Makes the function that composes a message anew from the record: what an answer to it may quote. It never rejects. `null`
 * where the message is not known, or the record no longer has what it said.
 */
export function originalsOf({
  pool,
  clock,
  log,
  from,
  ...addresses
}: Pick<Sending, 'linkBase' | keyof MailMarks> & {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly from: string;
}): (messageId: string) => Promise<SentMail | null> {
  return async (messageId) => {
    try {
      const found = await findSentMessage(pool, messageId);
      const change = found && (await findChange(pool, found.changeId));
      if (found === null || change === null) return null;
      const { deadline, notifiedAt, ...message } = found;
      const answerBy = answerByOf(notifiedAt, change);
      const facts = await factsOf(pool, { message, change, deadline, answerBy }, addresses, clock());
      const { subject, text, html, attachments } = composeMessage(facts);
      const withCalendar = [text, ...attachments.map(({ content }) => content)].join('\n');
      return { from, subject, text: withCalendar, html, theirs: facts.objection?.reasons ?? '' };
    } catch (error) {
      // Less of an answer is then told apart from what it quotes. That must keep nobody from reading it.
      log.warn({ err: error, message: messageId }, 'a message that was answered could not be composed anew');
      return null;
    }
  };
}
