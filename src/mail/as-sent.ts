import { hash } from 'node:crypto';
import { findChange } from '../db/changes.ts';
import type { Queryable } from '../db/postgres.ts';
import { findSentMail, formsOf, listSentMails, type SentMail } from '../db/sent-mails.ts';
import { contactPersonsOf } from '../domain/contact-persons.ts';
import type { ContactPerson } from '../domain/register.ts';
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
  /** The end of the link to sign in with that is mailed to a person of the company. */
  readonly signInSecretOf: (linkId: string) => string;
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
  return (await madeOf(db, marks, [sent]))(sent);
}

/** Mails as `mailAsSent` has them, each made when it is asked for. */
export interface MailsAsSent {
  /** Those of a message, the first attempt first; none of an attempt that composed none. */
  readonly of: (messageId: string) => Iterable<MailAsSent & { readonly attempt: number }>;
}

/** What stands in a mail instead of its link, its address for answers and its code. */
const CUT_OUT = 'cut-out';

/**
 * The mails of many messages. With `isCut`, for who must not have what they could be used for: without their links, their addresses
 * for answers and their codes. Such a mail does not have the recorded hash.
 */
export async function mailsAsSent(
  db: Queryable,
  marks: MailMarks,
  messageIds: readonly string[],
  { isCut }: { readonly isCut: boolean },
): Promise<MailsAsSent> {
  const found = await listSentMails(db, messageIds);
  const made = await madeOf(db, marks, found, isCut);
  const sentOf = Map.groupBy(found, ({ messageId }) => messageId);
  return {
    *of(messageId) {
      for (const sent of sentOf.get(messageId) ?? []) yield made(sent);
    },
  };
}

/** Reads what mails are made of, once for all of them, and makes each of it. */
async function madeOf(db: Queryable, marks: MailMarks, all: readonly SentMail[], isCut = false) {
  const hashes = new Set(all.flatMap(({ content }) => (content === null ? [] : [content.formSha256])));
  const forms = new Map(
    [...(await formsOf(db, [...hashes]))].map(([sha256, form]) => [
      sha256,
      form === '' ? null : (JSON.parse(form) as Pieces),
    ]),
  );
  const contactPersons = new Map<string, readonly ContactPerson[]>();
  for (const { changeId, content } of all) {
    const pieces = content && forms.get(content.formSha256);
    if (!pieces?.some(isOfContactPerson) || contactPersons.has(changeId)) continue;
    const change = await findChange(db, changeId);
    contactPersons.set(changeId, change === null ? [] : contactPersonsOf(change));
  }
  return (sent: SentMail): MailAsSent & { readonly attempt: number } => {
    const { attempt, content, erased } = sent;
    if (content === null) return { status: 'not-composed', attempt };
    const pieces = forms.get(content.formSha256);
    if (!pieces) return { status: 'erased', attempt };
    const persons = contactPersons.get(sent.changeId) ?? [];
    const raw = bytesOf({ ...sent, content }, pieces, persons, marks);
    const sha256 = hash('sha256', raw, 'hex');
    if (sha256 === content.mailSha256) {
      return {
        status: 'kept',
        attempt,
        raw: isCut ? bytesOf({ ...sent, content }, pieces, persons, cut(marks)) : raw,
        sha256,
      };
    }
    if (erased) return { status: 'erased', attempt };
    return { status: 'not-the-same', attempt, sha256: content.mailSha256 };
  };
}

const cut = (marks: MailMarks): MailMarks => ({
  ...marks,
  tokenOf: () => CUT_OUT,
  tagOf: () => CUT_OUT,
  codeOf: () => CUT_OUT,
});

type Composed = SentMail & { readonly content: NonNullable<SentMail['content']> };

function bytesOf(sent: Composed, pieces: Pieces, contactPersons: readonly ContactPerson[], marks: MailMarks): Buffer {
  const { messageId, content } = sent;
  const values = slotValues(
    {
      ...sent,
      composedAt: sent.composedAt.toString(),
      token: marks.tokenOf(messageId),
      tag: marks.tagOf(messageId),
      code: marks.codeOf(messageId),
      reference: content.windowNumber && marks.referenceOf(content.windowNumber),
    },
    contactPersons,
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
