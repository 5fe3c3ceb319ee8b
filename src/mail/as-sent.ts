import { hash } from 'node:crypto';
import { findChange } from '../db/changes.ts';
import type { Queryable } from '../db/postgres.ts';
import { findSentMail, type SentMail } from '../db/sent-mails.ts';
import { contactPersonsOf } from '../domain/contact-persons.ts';
import { filledForm, type Pieces } from './form.ts';
import { slotValues } from './slot-values.ts';

/** What stands in our mails that is derived from a secret, so that it is stored nowhere. */
export interface MailMarks {
  /** The end of the link in a message. */
  readonly tokenOf: (messageId: string) => string;
  /** What stands in the address that answers to a message go to. */
  readonly tagOf: (messageId: string) => string;
  readonly codeOf: (messageId: string) => string;
  readonly referenceOf: (windowNumber: string) => string;
}

/**
 * A mail as it was sent, or why it cannot be had:
 * - `not-attempted`: there is no such attempt, or none yet.
 * - `not-composed`: the attempt has no mail on record. Its process ended before it recorded an outcome, or an earlier version
 *   sent it.
 * - `erased`: something of a person in it has been emptied since.
 * - `not-the-same`: what is made again is not what was sent. The secret is another now, by which links and codes are derived.
 */
export type MailAsSent =
  | { readonly status: 'kept'; readonly attempt: number; readonly raw: Buffer; readonly sha256: string }
  | { readonly status: 'not-attempted' }
  | { readonly status: 'not-composed' | 'erased'; readonly attempt: number }
  | { readonly status: 'not-the-same'; readonly attempt: number; readonly sha256: string };

/**
 * The mail of one attempt of a message, byte for byte as it went to the mail server (D50): of the attempt of this number, from 1,
 * or else of the last that composed one. It is put together of what is on record, without a template, and has the recorded hash.
 */
export async function mailAsSent(
  db: Queryable,
  marks: MailMarks,
  messageId: string,
  attempt?: number,
): Promise<MailAsSent> {
  const sent = await findSentMail(db, messageId, attempt);
  if (sent === null) return { status: 'not-attempted' };
  const { content, erased } = sent;
  if (content === null) return { status: 'not-composed', attempt: sent.attempt };
  if (content.form === '') return { status: 'erased', attempt: sent.attempt };
  const raw = await madeAgain(db, { ...sent, content }, marks);
  const sha256 = hash('sha256', raw, 'hex');
  if (sha256 === content.mailSha256) return { status: 'kept', attempt: sent.attempt, raw, sha256 };
  if (erased) return { status: 'erased', attempt: sent.attempt };
  return { status: 'not-the-same', attempt: sent.attempt, sha256: content.mailSha256 };
}

/** What stands in a mail instead of its link, its address for answers and its code. */
const CUT_OUT = 'cut-out';

/**
 * The mail of an attempt as `mailAsSent` has it, for who must not have what it could be used for: without its link, its address for
 * answers and its code. It does not have the recorded hash.
 */
export async function mailWithoutMarks(
  db: Queryable,
  marks: MailMarks,
  messageId: string,
  attempt: number,
): Promise<MailAsSent> {
  const whole = await mailAsSent(db, marks, messageId, attempt);
  const sent = whole.status === 'kept' ? await findSentMail(db, messageId, attempt) : null;
  if (whole.status !== 'kept' || sent === null || sent.content === null) return whole;
  const cut = { ...marks, tokenOf: () => CUT_OUT, tagOf: () => CUT_OUT, codeOf: () => CUT_OUT };
  return { ...whole, raw: await madeAgain(db, { ...sent, content: sent.content }, cut) };
}

type Composed = SentMail & { readonly content: NonNullable<SentMail['content']> };

async function madeAgain(db: Queryable, sent: Composed, marks: MailMarks): Promise<Buffer> {
  const { messageId, content } = sent;
  const pieces = JSON.parse(content.form) as Pieces;
  const change = pieces.some(isOfContactPerson) ? await findChange(db, sent.changeId) : null;
  const values = slotValues(
    {
      ...sent,
      composedAt: sent.composedAt.toString(),
      token: marks.tokenOf(messageId),
      tag: marks.tagOf(messageId),
      code: marks.codeOf(messageId),
      reference: content.windowNumber && marks.referenceOf(content.windowNumber),
    },
    change === null ? [] : contactPersonsOf(change),
  );
  return Buffer.from((content.dkim ?? '') + filledForm(pieces, { ...withoutContactPersons(pieces), ...values }));
}

/** A contact person that has been erased since leaves its places empty, and the hash says that it is not what was sent. */
function withoutContactPersons(pieces: Pieces): Record<string, string> {
  const places = pieces.flatMap((piece) => (typeof piece !== 'string' && isOfContactPerson(piece) ? [piece.slot] : []));
  return Object.fromEntries(places.map((slot) => [slot, '']));
}

function isOfContactPerson(piece: Pieces[number]): boolean {
  return typeof piece !== 'string' && piece.slot.startsWith('person');
}
