import type pg from 'pg';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { receiveMail, type Received } from '../commands/receive-mail.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { judgeMail } from './judge-mail.ts';
import type { MailMemory } from './mail-memory.ts';
import type { MailReader } from './mail-reader.ts';
import { tryLaterIfItFails } from './smtp-refusal.ts';

/** What the intake of mails works with. */
export interface IntakeDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** The URL of an answer in the API. */
  readonly addressOfAnswer: (id: string) => string;
  readonly log: Log;
  readonly memory: MailMemory;
  readonly reader: MailReader;
}

/**
 * Takes one mail whose recipients were admitted, and resolves when the mail is on record for every one of them, with all
 * that follows from it, in one transaction. `admitted` has the message id of each recipient. Throws an `SmtpRefusal` for a
 * mail that is not taken, with a 4xx code where it may be sent again.
 */
export async function takeMail(
  { pool, clock, addressOfAnswer, log, memory, reader }: IntakeDependencies,
  stream: SMTPServerDataStream,
  { envelope, remoteAddress }: SMTPServerSession,
  admitted: ReadonlyMap<string, string>,
): Promise<void> {
  const envelopeFrom = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
  const received = await memory.hold(stream, async (raw) => {
    // Noted before the mail is read and judged, so that slow work cannot make an objection late.
    const receivedAt = clock();
    const read = await reader.read(raw);
    return tryLaterIfItFails(log, async () => {
      const verdict = judgeMail(read, envelopeFrom);
      return inTransaction(pool, async (tx) => {
        const results: Received[] = [];
        for (const { address } of envelope.rcptTo) {
          const messageId = admitted.get(address);
          if (messageId === undefined) throw new Error('a recipient that was not admitted');
          const mail = { raw, sentTo: address, envelopeFrom, remoteAddress, receivedAt };
          results.push(await receiveMail(tx, messageId, mail, verdict, addressOfAnswer));
        }
        return results;
      });
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
