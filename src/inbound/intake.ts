import type pg from 'pg';
import type { SMTPServerSession } from 'smtp-server';
import { receiveMail, type Received } from '../commands/receive-mail.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { Recipient } from './addresses.ts';
import { judgeMail } from './judge-mail.ts';
import type { MailReader } from './mail-reader.ts';
import { SmtpRefusal, tryLaterIfItFails } from './smtp-refusal.ts';

/** What the intake of mails works with. */
export interface IntakeDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** The URL of an answer in the API. */
  readonly addressOfAnswer: (id: string) => string;
  readonly log: Log;
  readonly reader: MailReader;
}

/**
 * Takes one mail that has arrived whole, and resolves when it is on record for every message that it is addressed to, with
 * all that follows from it, in one transaction. A mail that is addressed to no message is asked for again later. Throws an
 * `SmtpRefusal` for a mail that is not taken, with a 4xx code where it may be sent again.
 */
export async function takeMail(
  { pool, clock, addressOfAnswer, log, reader }: IntakeDependencies,
  raw: Buffer,
  { envelope, remoteAddress }: Pick<SMTPServerSession, 'envelope' | 'remoteAddress'>,
  recipients: readonly Recipient[],
): Promise<void> {
  // Noted before the mail is read and judged, so that slow work cannot make an objection late.
  const receivedAt = clock();
  const tagged = recipients.filter((each) => each.kind === 'message');
  if (tagged.length === 0) throw new SmtpRefusal(451, '4.3.0 It cannot be recorded now, try again later');
  const envelopeFrom = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
  const read = await reader.read(raw);
  const received = await tryLaterIfItFails(log, async () => {
    const verdict = judgeMail(read, envelopeFrom);
    return inTransaction(pool, async (tx) => {
      const results: Received[] = [];
      for (const { messageId, sentTo } of tagged) {
        const mail = { raw, sentTo, envelopeFrom, remoteAddress, receivedAt };
        results.push(await receiveMail(tx, messageId, mail, verdict, addressOfAnswer));
      }
      return results;
    });
  });
  for (const each of received) logIncident(each, log);
}

/** Logs a bounce of a notice whose change is already activated: an operator has to act on it. */
function logIncident(received: Received, log: Log): void {
  if (received.takenAs !== 'report' || received.effect !== 'incident') return;
  const { message, id } = received;
  log.error({ bounce: id, notice: message.id, change: message.changeId }, 'a notice bounced after activation');
}
