import type pg from 'pg';
import { recordMail } from '../../src/commands/record-mail.ts';
import { takeMail, type TakenMail } from '../../src/commands/take-mail.ts';
import { inTransaction, oneRow } from '../../src/db/postgres.ts';
import type { InboundVerdict, MailContent } from '../../src/domain/inbound-mail.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { mailedCodes } from '../../src/security/mailed-codes.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { references } from '../../src/security/references.ts';
import { withoutSecretsOf } from '../../src/security/secrets-in-text.ts';
import { signInSecrets } from '../../src/security/sign-in-links.ts';
import { mailMarksOf } from '../../src/service/mail-marks.ts';
import { sharedReader } from './shared-reader.ts';
import { APP_SECRET } from './webhooks.ts';

/** What people are shown of a mail of these words. */
export function contentOf(text: string): MailContent {
  return { from: { name: null, email: 'dpo@kunde-1.example' }, subject: '', text, quoted: '', attachments: [] };
}

/** Puts a mail with these words on record for a message, as the listener does. Nobody reads it. */
export function recordMailTo(
  pool: pg.Pool,
  messageId: string,
  text: string,
  receivedAt: Temporal.Instant,
): Promise<void> {
  const recipient = { kind: 'message', messageId, sentTo: 'reply@svar.telenor.example' } as const;
  return record(pool, recipient, text, receivedAt);
}

/** The same for a mail to an address that names no message. */
export function recordUntaggedMail(
  pool: pg.Pool,
  address: string,
  text: string,
  receivedAt: Temporal.Instant,
): Promise<void> {
  return record(pool, { kind: 'untagged', sentTo: address }, text, receivedAt);
}

async function record(
  pool: pg.Pool,
  recipient: Parameters<typeof recordMail>[1][number],
  text: string,
  receivedAt: Temporal.Instant,
): Promise<void> {
  const mail = { raw: Buffer.from(text), envelopeFrom: 'dpo@kunde-1.example', remoteAddress: '127.0.0.1', receivedAt };
  await inTransaction(pool, (tx) => recordMail(tx, [recipient], mail));
}

/** Takes the unread mail of a message, as if it had been judged to be this. */
export async function takeMailOf(pool: pg.Pool, messageId: string, verdict: InboundVerdict): Promise<TakenMail | null> {
  const mail = await oneRow<{
    id: string;
    receivedAt: Temporal.Instant;
    sentTo: string;
    envelopeFrom: string;
    changeId: string;
    controllerId: string;
  }>(
    pool,
    `select id, received_at as "receivedAt", sent_to as "sentTo", envelope_from as "envelopeFrom", change_id as "changeId", controller_id as "controllerId"
     from inbound_mails where message_id = $1 and taken_as is null`,
    [messageId],
  );
  const about = { changeId: mail.changeId, controllerId: mail.controllerId, messageId };
  return inTransaction(pool, (tx) =>
    takeMail(tx, { mail, about, verdict, now: mail.receivedAt }, 'http://varsel.example/v1'),
  );
}

/** Cuts what is secret in the mails of tests. */
export const withoutSecrets = withoutSecretsOf(objectionLinks(APP_SECRET), inboundTags(APP_SECRET));

/** What stands in the mails of tests that is stored nowhere. */
export const mailMarks = mailMarksOf(
  { tags: inboundTags(APP_SECRET), links: objectionLinks(APP_SECRET), references: references(APP_SECRET) },
  mailedCodes(APP_SECRET),
  signInSecrets(APP_SECRET),
);

/** What jobs read mail with. */
export function readingUnderTest() {
  return {
    reader: sharedReader(),
    marks: {
      tags: inboundTags(APP_SECRET),
      links: objectionLinks(APP_SECRET),
      references: references(APP_SECRET),
    },
    withoutSecrets,
    originalOf: async () => null,
    apiUrl: 'http://varsel.example/v1',
  };
}
