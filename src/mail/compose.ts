import { hash, randomBytes } from 'node:crypto';
import { tellsDeadline } from '../domain/message.ts';
import { oneLine } from '../domain/text.ts';
import { calendarFileName, calendarLink, calendarWith, utc } from './calendar.ts';
import { viewOf, type MessageFacts } from './message-view.ts';
import { dateField, headerField, joinEncoded, mimeBody, quotedPrintable, type Attachment } from './mime.ts';
import { subjectOf } from './subject.ts';
import { escapeHtml, htmlToPlainText, renderHtml } from './templates.ts';

export type { MessageFacts };

export interface ComposedMessage {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** A calendar file where the message tells a deadline that the controller can use. */
  readonly attachments: readonly Attachment[];
}

/** A message finished but for what is personal: even pieces are literal, odd ones are the stand-ins of personal parts. */
interface Mould {
  readonly subject: string;
  readonly html: readonly string[];
  readonly text: readonly string[];
  readonly calendar: readonly string[] | null;
  /** The same for the wire: the subject's field, and what is literal in both texts encoded. */
  readonly encoded: { readonly subject: string; readonly html: readonly string[]; readonly text: readonly string[] };
}

const MOULDS_KEPT = 50;
const moulds = new Map<string, Mould>();

// Stand-ins for the personal parts while a mould is made. Nobody can write one into a text of theirs, because they are
// drawn at random by every process and never leave it. Letters and digits only: they pass through HTML and text unchanged.
const SECRET = randomBytes(12).toString('hex');
const STAND_INS = {
  link: `L${SECRET}`,
  controllerName: `C${SECRET}`,
  contactName: `N${SECRET}`,
  controllerId: `I${SECRET}`,
  composedAt: `T${SECRET}`,
} as const;
type Personal = keyof typeof STAND_INS;
const PART_OF: Readonly<Record<string, Personal>> = {
  [STAND_INS.link]: 'link',
  [STAND_INS.controllerName]: 'controllerName',
  [STAND_INS.contactName]: 'contactName',
  [STAND_INS.controllerId]: 'controllerId',
  [STAND_INS.composedAt]: 'composedAt',
};
const ANY_STAND_IN = new RegExp(`([LCNIT]${SECRET})`);

/**
 * Puts a message into words: subject on one line, HTML, a text part that is good on its own, and the deadline as a calendar
 * file. Every field is shown as text. Rendering happens once for all messages that differ only in what is personal; the
 * rest is joining strings, so that a notice to 100,000 contacts costs seconds.
 */
export function composeMessage(facts: MessageFacts): ComposedMessage {
  const mould = mouldFor(facts);
  const personal = personalIn(facts);
  return {
    subject: mould.subject,
    html: filled(mould.html, (part) => escapeHtml(personal[part])).join(''),
    text: filled(mould.text, (part) => personal[part]).join(''),
    attachments: attachmentsOf(mould, facts, personal),
  };
}

/**
 * The same message as mail carries it, from its subject on. What is literal was encoded with the mould, and only what is
 * personal is encoded here.
 */
export function composeMime(facts: MessageFacts): string {
  const mould = mouldFor(facts);
  const personal = personalIn(facts);
  const { subject, html, text } = mould.encoded;
  const body = mimeBody({
    html: joinEncoded(filled(html, (part) => quotedPrintable(escapeHtml(personal[part])))),
    text: joinEncoded(filled(text, (part) => quotedPrintable(personal[part]))),
    attachments: attachmentsOf(mould, facts, personal),
  });
  return `${subject}\r\n${dateField(facts.composedAt)}\r\n${body}`;
}

function personalIn(facts: MessageFacts): Record<Personal, string> {
  return {
    link: facts.link,
    controllerName: oneLine(facts.controllerName),
    contactName: oneLine(facts.contactName),
    controllerId: facts.controllerId.replaceAll('-', ''),
    composedAt: utc(facts.composedAt),
  };
}

function attachmentsOf({ calendar }: Mould, { language }: MessageFacts, personal: Record<Personal, string>) {
  return calendar === null ? [] : [calendarOf(calendar, language, personal)];
}

function calendarOf(
  mould: readonly string[],
  language: MessageFacts['language'],
  personal: Record<Personal, string>,
): Attachment {
  return {
    filename: calendarFileName(language),
    contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
    content: filled(mould, (part) => (part === 'link' ? calendarLink(personal.link) : personal[part])).join(''),
  };
}

/** The mould of this message, least recently used ones making room for new ones. One about an objection is not kept: few share it. */
function mouldFor(facts: MessageFacts): Mould {
  if (facts.kind.startsWith('objection-')) return cast(facts);
  const key = keyOf(facts);
  const mould = moulds.get(key) ?? cast(facts);
  moulds.delete(key);
  moulds.set(key, mould);
  for (const oldest of moulds.keys()) {
    if (moulds.size <= MOULDS_KEPT) break;
    moulds.delete(oldest);
  }
  return mould;
}

function cast(facts: MessageFacts): Mould {
  const subject = subjectOf(facts);
  const { link, controllerName, contactName, controllerId, composedAt } = STAND_INS;
  const view = viewOf({ ...facts, link, controllerName, contactName });
  const html = renderHtml(facts.kind, facts.language, { ...view, subject });
  const calendar =
    facts.deadline !== null && tellsDeadline(facts.kind)
      ? calendarWith(facts, facts.deadline, { link, controllerId, composedAt }).split(ANY_STAND_IN)
      : null;
  const pieces = { html: html.split(ANY_STAND_IN), text: htmlToPlainText(html).split(ANY_STAND_IN) };
  const encoded = {
    subject: headerField('Subject', subject),
    html: pieces.html.map(encodedLiteral),
    text: pieces.text.map(encodedLiteral),
  };
  return { subject, ...pieces, calendar, encoded };
}

function encodedLiteral(piece: string, index: number): string {
  return index % 2 === 0 ? quotedPrintable(piece) : piece;
}

/** The pieces with a value in each place for one. */
function filled(pieces: readonly string[], valueOf: (part: Personal) => string): string[] {
  return pieces.map((piece, index) => (index % 2 === 0 ? piece : valueOf(PART_OF[piece] ?? 'link')));
}

const fingerprints = new WeakMap<object, string>();

/** A digest of what an object says, worked out once per object: the facts of thousands of notices share their change. */
function fingerprintOf(facts: object): string {
  let fingerprint = fingerprints.get(facts);
  if (fingerprint === undefined) {
    fingerprint = hash('sha256', JSON.stringify({ ...facts, version: undefined }), 'base64url');
    fingerprints.set(facts, fingerprint);
  }
  return fingerprint;
}

/** Two messages with the same key have the same content but for their personal parts. */
function keyOf(facts: MessageFacts): string {
  const { kind, language, change, replaced, chain, replacedChain, deadline, toldDeadline } = facts;
  const content = `${fingerprintOf(change)} ${replaced ? fingerprintOf(replaced) : ''}`;
  const chains = JSON.stringify([chain, replacedChain]);
  return `${kind} ${language} ${deadline?.epochMilliseconds} ${toldDeadline?.epochMilliseconds} ${content} ${chains}`;
}
