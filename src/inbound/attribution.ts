import { findMessage } from '../db/messages.ts';
import { findWindowByNumber } from '../db/objection-windows.ts';
import { isOperatorMail } from '../db/operator-mails.ts';
import type { Queryable } from '../db/postgres.ts';
import type { MailSubject } from '../domain/inbound-mail.ts';
import { UUID } from '../domain/uuid.ts';
import type { InboundTags } from '../security/inbound-tags.ts';
import type { ObjectionLinks } from '../security/objection-links.ts';
import type { References } from '../security/references.ts';
import type { ReadMail } from './read-mail.ts';

/** What reads our own marks in a mail. */
export interface Marks {
  readonly tags: InboundTags;
  readonly links: ObjectionLinks;
  readonly references: References;
}

/** What a mail may be about: a message by its id, or a controller's part in a change by the number in its reference. */
export type Clue = { readonly messageId: string } | { readonly windowNumber: string };

const MESSAGE_ID = new RegExp(`<(${UUID})@`, 'gi');
const TAG = /(?:bounce|reply)\+([a-z2-7]{42})@/gi;
const LINK = /\/objections\/([\w-]{43})(?![\w-])/g;
const OWN_HEADER = new RegExp(`^(?:message-id:\\s*<|x-notice-id:\\s*)(${UUID})\\b`, 'gim');
/** Of each kind of mark so many are looked at, each once: a mail may have millions of them. Threads bring the ids of others. */
const MAX_OF_A_KIND = 100;
const MAX_UNREADABLE_LENGTH = 100_000;

/**
 * The marks of ours in a mail that says nothing by its address, the surest first: what it replies to, a tag or a link that it
 * quotes, the headers of a mail that it returns, a reference that somebody typed. Of an unreadable mail (`null`), those that
 * stand in its source.
 */
export function cluesIn(mail: ReadMail | null, raw: Buffer, { tags, links, references }: Marks): Clue[] {
  // Without the soft line ends of quoted-printable, which fall anywhere.
  const ofRaw = raw.toString('latin1').replaceAll(/=\r?\n/g, '');
  const text =
    mail === null ? ofRaw.slice(0, MAX_UNREADABLE_LENGTH) : `${mail.subject}\n${mail.text}\n${mail.onlyInHtml}`;
  const source = `${text}\n${ofRaw}`;
  const replied = mail === null ? text : repliedIn(mail);
  const messageIds = [
    ...marksIn(replied, MESSAGE_ID),
    ...marksIn(source, TAG).map((tag) => tags.messageIdOf(tag)),
    ...marksIn(source, LINK).map((token) => links.messageIdOf(token)),
    ...marksIn(source, OWN_HEADER),
  ].filter((id) => id !== null);
  const windowNumbers = new Set(references.numbersIn(text));
  return [
    ...[...new Set(messageIds)].map((messageId) => ({ messageId })),
    ...[...windowNumbers].slice(0, MAX_OF_A_KIND).map((windowNumber) => ({ windowNumber })),
  ];
}

/** The ids that a mail replies to: the last of `References` before the others. */
function repliedIn({ headers }: ReadMail): string {
  return [headers['in-reply-to'] ?? '', ...(headers.references ?? '').split(/\s+/).toReversed()].join(' ');
}

function marksIn(text: string, pattern: RegExp): string[] {
  const marks = new Set<string>();
  for (const [, mark = ''] of text.matchAll(pattern)) {
    marks.add(mark);
    if (marks.size === MAX_OF_A_KIND) break;
  }
  return [...marks];
}

/** What the first clue that is on record names; `null` when none is. */
export async function subjectOf(db: Queryable, clues: readonly Clue[]): Promise<MailSubject | null> {
  for (const clue of clues) {
    if ('messageId' in clue) {
      const message = await findMessage(db, clue.messageId);
      if (message) return { changeId: message.changeId, controllerId: message.controllerId, messageId: message.id };
    } else {
      const window = await findWindowByNumber(db, clue.windowNumber);
      if (window) return { ...window, messageId: null };
    }
  }
  return null;
}

/**
 * What a mail has to do with those that we send to the company itself: `own` is one of them that the company's mail system has
 * brought to us, too; `returned` answers one, or is a report on it. To tell the company of either would bring the next one.
 */
export async function relationToOurOwn(
  db: Queryable,
  { headers }: ReadMail,
  raw: Buffer,
  envelopeFrom: string,
): Promise<'own' | 'returned' | null> {
  const isOurs = async (ids: readonly string[]) => {
    for (const id of ids) if (await isOperatorMail(db, id)) return true;
    return false;
  };
  if (await isOurs(marksIn(headers['message-id'] ?? '', MESSAGE_ID))) return 'own';
  const returned = envelopeFrom === '' ? marksIn(raw.toString('latin1'), OWN_HEADER) : [];
  return (await isOurs([...marksIn(headers['in-reply-to'] ?? '', MESSAGE_ID), ...returned])) ? 'returned' : null;
}
