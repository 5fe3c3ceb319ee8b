import { countMailsTo } from '../db/inbound-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { sentToLinkOf } from '../domain/mail-on-record.ts';
import { recordMail } from './record-mail.ts';

/** So many texts are kept that come through one such link; more are no use to anybody. */
const MAX_KEPT = 20;
/** Stands for a sender whom we have forgotten. Nobody can have this address (RFC 2606). */
const NOBODY = 'customer@link.invalid';

/** What was sent through the link of a message that is not on record (D32). */
export interface ForgottenText {
  /** The message that the link was made for. */
  readonly messageId: string;
  readonly name: string;
  readonly text: string;
  readonly remoteAddress: string;
  readonly receivedAt: Temporal.Instant;
}

/**
 * Keeps what was sent through the link of a message that is not on record, as a mail that came in and names no change (D32): it
 * blocks until a program has read it (D20), officers are told and say what it is about, and it then counts from when it came.
 * The same text through the same link is kept once. Returns whether it is on record: `false` where the link has had its texts.
 */
export async function recordForgotten(
  tx: Transaction,
  { messageId, name, text, remoteAddress, receivedAt }: ForgottenText,
): Promise<boolean> {
  const sentTo = sentToLinkOf(messageId);
  if ((await countMailsTo(tx, sentTo)) >= MAX_KEPT) return false;
  const raw = Buffer.from(
    [
      `From: ${name === '' ? '' : `=?utf-8?B?${Buffer.from(name).toString('base64')}?= `}<${NOBODY}>`,
      // Names the link: the same words through another one are another customer's.
      `Subject: What was sent through the link of message ${messageId}, which is not on record`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n'),
      '',
    ].join('\r\n'),
  );
  await recordMail(tx, [{ kind: 'untagged', sentTo }], { raw, envelopeFrom: NOBODY, remoteAddress, receivedAt });
  return true;
}
