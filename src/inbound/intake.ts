import type pg from 'pg';
import type { SMTPServerSession } from 'smtp-server';
import { recordMail } from '../commands/record-mail.ts';
import { inTransaction } from '../db/postgres.ts';
import { faultOf, type Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { Recipient } from './addresses.ts';
import { tryLaterIfItFails } from './smtp-refusal.ts';

/** What the intake of mails works with. */
export interface IntakeDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Puts one mail that has arrived whole on record, for every message that it is addressed to, in one transaction, as it came:
 * nobody has read it yet, and it blocks what it can concern (D20). A reply to all names a message and another address of ours:
 * then the message alone counts. Throws an `SmtpRefusal` with a 4xx code for a mail that is not taken and may be sent again.
 */
export async function putOnRecord(
  { pool, clock, log }: IntakeDependencies,
  raw: Buffer,
  { envelope, remoteAddress }: Pick<SMTPServerSession, 'envelope' | 'remoteAddress'>,
  recipients: readonly Recipient[],
): Promise<void> {
  // Noted before anything waits, so that slow work cannot make an objection late.
  const receivedAt = clock();
  const envelopeFrom = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
  const tagged = recipients.filter(({ kind }) => kind === 'message');
  const mail = { raw, envelopeFrom, remoteAddress, receivedAt };
  const counting = tagged.length > 0 ? tagged : recipients;
  await tryLaterIfItFails(log, async () => {
    const fault = faultOf(clock);
    if (fault !== null) throw new Error(fault);
    await inTransaction(pool, (tx) => recordMail(tx, counting, mail));
  });
}
