import type pg from 'pg';
import { findMessage } from '../db/messages.ts';
import { forgottenAlarm } from '../domain/forgotten-alarm.ts';
import type { Log } from '../domain/log.ts';
import type { InboundAddresses, Recipient } from './addresses.ts';
import type { Client } from './clients.ts';
import type { MailLimits } from './mail-limits.ts';
import { SmtpRefusal, tryLaterIfItFails } from './smtp-refusal.ts';

/** Unknown addresses that one connection may try before it is closed, so that nobody guesses tags. */
const MAX_UNKNOWN_RECIPIENTS = 20;

/** What is remembered of one SMTP connection. */
export interface ConnectionState {
  readonly client: Client;
  /** How many unknown addresses it has tried. */
  refused: number;
  /** The admitted recipients of the mail that is being sent, by the address as the mail system wrote it. */
  readonly admitted: Map<string, Recipient>;
}

/**
 * Decides which recipients are admitted: the addresses that we gave to messages, and the listed addresses. A message that is
 * not on record is one that we have forgotten: its mail is taken as one that names no message (D32), and the log says so once.
 * The function returned notes the recipient in the connection's state, or throws an `SmtpRefusal`: 550 for an unknown address,
 * 421 after too many of them, 450 where the message has had all its mails of this hour, 451 when the database is away.
 */
export function recipientAdmission(
  { pool, addresses, log }: { pool: pg.Pool; addresses: InboundAddresses; log: Log },
  limits: MailLimits,
): (address: string, connection: ConnectionState) => Promise<void> {
  const isOnRecord = async (messageId: string) =>
    (await tryLaterIfItFails(log, () => findMessage(pool, messageId))) !== null;
  const alarm = forgottenAlarm('the address that a mail came to');
  return async (address, connection) => {
    const { client, admitted } = connection;
    const named = addresses.recipientOf(address);
    const isLost = named?.kind === 'message' && !(await isOnRecord(named.messageId));
    if (isLost) alarm(log, named.messageId);
    const recipient: Recipient | null = isLost ? { kind: 'untagged', sentTo: address } : named;
    if (recipient === null) {
      connection.refused += 1;
      // A trusted relay brings the mails of many senders over one connection.
      throw connection.refused > MAX_UNKNOWN_RECIPIENTS && !client.isTrusted
        ? new SmtpRefusal(421, '4.7.0 Too many unknown addresses')
        : new SmtpRefusal(550, '5.1.1 Nobody has this address');
    }
    // Refused here already, so that the other recipients of the mail get it.
    if (recipient.kind === 'message') limits.check([recipient], client);
    admitted.set(address, recipient);
  };
}
