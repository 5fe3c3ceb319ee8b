import type pg from 'pg';
import { takeMail, type TakenMail } from '../commands/take-mail.ts';
import { leasesOf, whileHeld, type Claim } from '../concurrency/leases.ts';
import { claimUnreadMail, postponeReading, renewReadings, type UnreadMail } from '../db/inbound-mails.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { Refused } from '../domain/refused.ts';
import type { WithoutSecrets } from '../security/secrets-in-text.ts';
import { cluesIn, relationToOurOwn, subjectOf, type Marks } from './attribution.ts';
import { judgeMail } from './judge-mail.ts';
import { ReaderStopped, type MailReader } from './mail-reader.ts';
import type { OriginalMail } from './quoted-original.ts';

/** What the reading of mails works with. */
export interface Reading {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly reader: MailReader;
  readonly marks: Marks;
  readonly withoutSecrets: WithoutSecrets;
  /** A message as it was sent; `null` where the record no longer says how. */
  readonly originalOf: (messageId: string) => Promise<OriginalMail | null>;
  /** The URL of the API, for the mails to the operator. */
  readonly apiUrl: string;
  readonly log: Log;
  /** How long a claim holds that is not renewed; `LEASE` unless given. */
  readonly lease?: Temporal.DurationLike;
}

const POSTPONED = { seconds: 30 };
/** After so many attempts the mail itself may be what ends them, and a person has to open it. */
const MAX_ATTEMPTS = 3;

/** What becomes of mails that have to do with ours to the company. An automatic one is listed, and told to nobody. */
const OF_OUR_OWN = {
  own: { takenAs: 'dismissed', knownBy: 'our own mail' },
  returned: { takenAs: 'automatic', knownBy: 'an answer to our own mail to the company' },
} as const;

/**
 * Reads and takes mails on record, the one that came first before the others, until none is due or `stopping` aborts. Several
 * may run at the same time, in any number of processes: each mail is taken once. A mail that cannot be taken now stays unread,
 * blocks (D20), and is due again later.
 */
export async function readMails(reading: Reading, stopping: AbortSignal): Promise<void> {
  const { pool, clock, log, lease } = reading;
  const leases = leasesOf<Claim>({
    clock,
    length: lease,
    renewal: (claims, until) => renewReadings(pool, claims, until),
    failed: (error) => log.warn({ err: error }, 'the claim of a mail that is being read was not renewed'),
  });
  while (!stopping.aborted) {
    const until = leases.end();
    const mail = await claimUnreadMail(pool, { now: clock(), until });
    if (mail === null) return;
    await whileHeld(leases, { id: mail.id, leaseId: mail.leaseId }, until, () => readMail(reading, mail));
  }
}

async function readMail(reading: Reading, mail: UnreadMail): Promise<void> {
  const { pool, clock, log } = reading;
  try {
    const taken = await take(reading, mail);
    if (taken !== null) logIncident(taken, mail, log);
  } catch (error) {
    // A report on a notice that is being sent has to wait for its outcome, and a stop ends a reading. The mail has no fault.
    const isEarly = error instanceof ReaderStopped || (error instanceof Refused && error.code === 'notice-in-flight');
    if (!isEarly) log.error({ err: error, mail: mail.id }, 'a mail on record could not be taken; it is read again');
    await postponeReading(pool, mail, {
      until: clock().add(POSTPONED),
      readings: mail.readings - (isEarly ? 1 : 0),
    });
  }
}

async function take(reading: Reading, mail: UnreadMail): Promise<TakenMail | null> {
  const { pool, clock, reader, marks, withoutSecrets, originalOf, apiUrl } = reading;
  const isGivenUp = mail.readings > MAX_ATTEMPTS;
  const read = isGivenUp ? null : await reader.read(mail.raw);
  const ofOurOwn =
    mail.about === null && read !== null ? await relationToOurOwn(pool, read, mail.raw, mail.envelopeFrom) : null;
  // What a mail quotes of ours to the company names controllers, and none of them has written it. What may have ended the
  // readings before is not tried again.
  const hasClues = mail.about === null && ofOurOwn === null && !isGivenUp;
  const about = hasClues ? await subjectOf(pool, cluesIn(read, mail.raw, marks)) : mail.about;
  const messageId = about?.messageId ?? null;
  const original = messageId === null ? null : await originalOf(messageId);
  const judged = judgeMail(read, mail.envelopeFrom, { original, withoutSecrets });
  const verdict = ofOurOwn === null ? judged : { ...OF_OUR_OWN[ofOurOwn], content: judged.content };
  return inTransaction(pool, (tx) => takeMail(tx, { mail, about, verdict, now: clock() }, apiUrl));
}

/** Logs what an operator has to act on: a mail that an activation should have waited for, or a notice that never arrived. */
function logIncident(taken: TakenMail, mail: UnreadMail, log: Log): void {
  if (taken.takenAs === 'report' && taken.effect === 'incident') {
    const { message, id } = taken;
    log.error({ bounce: id, notice: message.id, change: message.changeId }, 'a notice bounced after activation');
  }
  if (taken.takenAs === 'answer' && taken.isIncident) {
    log.error({ answer: taken.id, mail: mail.id }, 'an answer had come before its change was activated');
  }
}
