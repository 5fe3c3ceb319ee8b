import type pg from 'pg';
import { findMessage } from '../db/messages.ts';
import type { Clock } from '../domain/clock.ts';
import type { Addressee } from '../domain/inbound-mail.ts';
import type { Log } from '../domain/log.ts';
import type { InboundAddresses } from './addresses.ts';
import { mailsPerMessage } from './mails-per-message.ts';
import { SmtpRefusal, tryLaterIfItFails } from './smtp-refusal.ts';

/** Unknown addresses that one connection may try before it is closed, so that nobody guesses tags. */
const MAX_UNKNOWN_RECIPIENTS = 20;

/** What is remembered of one SMTP connection. */
export interface ConnectionState {
  /** How many unknown addresses it has tried. */
  refused: number;
  /** What each admitted address stands for. */
  readonly admitted: Map<string, Addressee>;
}

/**
 * Decides which recipients are admitted: the addresses of messages on record, for at most `maxPerMessage` mails to one
 * message within an hour. The function returned notes the recipient in the connection's state, or throws an `SmtpRefusal`:
 * 550 for an unknown address, 421 after too many of them, 450 for too many mails, 451 when the database is away.
 */
export function recipientAdmission(
  { pool, clock, addresses, log }: { pool: pg.Pool; clock: Clock; addresses: InboundAddresses; log: Log },
  maxPerMessage: number,
): (address: string, connection: ConnectionState) => Promise<void> {
  const mailCounter = mailsPerMessage(maxPerMessage, clock);
  return async (address, connection) => {
    const messageId = addresses.messageIdOf(address);
    const isKnown = messageId !== null && (await tryLaterIfItFails(log, () => findMessage(pool, messageId))) !== null;
    if (!isKnown) {
      connection.refused += 1;
      throw connection.refused > MAX_UNKNOWN_RECIPIENTS
        ? new SmtpRefusal(421, '4.7.0 Too many unknown addresses')
        : new SmtpRefusal(550, '5.1.1 Nobody has this address');
    }
    if (!mailCounter.admits(messageId)) {
      throw new SmtpRefusal(450, '4.7.1 Too many mails to this address, try again later');
    }
    connection.admitted.set(address, { kind: 'message', messageId });
  };
}
