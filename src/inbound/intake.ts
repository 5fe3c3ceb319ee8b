import type pg from 'pg';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { recordMail } from '../commands/record-mail.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { Addressee } from '../domain/inbound-mail.ts';
import type { Log } from '../domain/log.ts';
import type { MailMemory } from './mail-memory.ts';
import { tryLaterIfItFails } from './smtp-refusal.ts';

/** What the intake of mails works with. */
export interface IntakeDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly memory: MailMemory;
}

/**
 * Takes one mail whose recipients were admitted, and resolves when it is on record for every one of them, in one transaction,
 * as it came: nobody has read it yet, and it blocks what it can concern (D20). `admitted` says what each recipient's address
 * stands for. Throws an `SmtpRefusal` for a mail that is not taken, with a 4xx code where it may be sent again.
 */
export async function takeMail(
  { pool, clock, log, memory }: IntakeDependencies,
  stream: SMTPServerDataStream,
  { envelope, remoteAddress }: SMTPServerSession,
  admitted: ReadonlyMap<string, Addressee>,
): Promise<void> {
  const envelopeFrom = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
  await memory.hold(stream, async (raw) => {
    // Noted before anything waits, so that slow work cannot make an objection late.
    const receivedAt = clock();
    const recipients = envelope.rcptTo.map(({ address }) => {
      const addressee = admitted.get(address);
      if (addressee === undefined) throw new Error('a recipient that was not admitted');
      return { sentTo: address, addressee };
    });
    const mail = { raw, envelopeFrom, remoteAddress, receivedAt };
    await tryLaterIfItFails(log, () => inTransaction(pool, (tx) => recordMail(tx, recipients, mail)));
  });
}
