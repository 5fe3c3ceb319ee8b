import { hash, randomBytes } from 'node:crypto';
import { viewOf, type MessageFacts } from './message-view.ts';
import { oneLine, subjectOf } from './subject.ts';
import { escapeHtml, htmlToPlainText, renderHtml } from './templates.ts';

export type { MessageFacts };

export interface ComposedMessage {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** A message finished but for what is personal: even pieces are literal, odd ones are the stand-ins of personal parts. */
interface Mould {
  readonly subject: string;
  readonly html: readonly string[];
  readonly text: readonly string[];
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
} as const;
type Personal = keyof typeof STAND_INS;
const PART_OF: Readonly<Record<string, Personal>> = {
  [STAND_INS.link]: 'link',
  [STAND_INS.controllerName]: 'controllerName',
  [STAND_INS.contactName]: 'contactName',
};
const ANY_STAND_IN = new RegExp(`([LCN]${SECRET})`);

/**
 * Puts a message into words: subject on one line, HTML, and a text part that is good on its own. Every field is shown as
 * text. Rendering happens once for all messages that differ only in link and names; the rest is joining strings, so that a
 * notice to 100,000 contacts costs seconds.
 *
 * Throws when facts that the kind needs are missing: the deadline of a notice, the objection, its rejection or its resolution.
 */
export function composeMessage(facts: MessageFacts): ComposedMessage {
  const mould = mouldFor(facts);
  const personal: Record<Personal, string> = {
    link: facts.link,
    controllerName: oneLine(facts.controllerName),
    contactName: oneLine(facts.contactName),
  };
  return {
    subject: mould.subject,
    html: fill(mould.html, (part) => escapeHtml(personal[part])),
    text: fill(mould.text, (part) => personal[part]),
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
  refuseIncomplete(facts);
  const subject = subjectOf(facts);
  const html = renderHtml(facts.kind, facts.language, { ...viewOf({ ...facts, ...STAND_INS }), subject });
  return { subject, html: html.split(ANY_STAND_IN), text: htmlToPlainText(html).split(ANY_STAND_IN) };
}

function refuseIncomplete({ kind, deadline, objection, change }: MessageFacts): void {
  const missing =
    (kind === 'notice' && deadline === null && 'deadline') ||
    (kind.startsWith('objection-') && objection === null && 'objection') ||
    (kind === 'objection-rejected' && !objection?.rejectedFor && 'ground of rejection') ||
    (kind === 'objection-resolved' && !objection?.resolution && 'resolution');
  if (missing)
    throw new Error(`The message "${kind}" on change ${change.id} cannot be written without its ${missing}.`);
}

function fill(pieces: readonly string[], valueOf: (part: Personal) => string): string {
  return pieces.map((piece, index) => (index % 2 === 0 ? piece : valueOf(PART_OF[piece] ?? 'link'))).join('');
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
function keyOf({ kind, language, change, replaced, chain, deadline }: MessageFacts): string {
  const content = `${fingerprintOf(change)} ${replaced ? fingerprintOf(replaced) : ''} ${JSON.stringify(chain)}`;
  return `${kind} ${language} ${deadline?.epochMilliseconds ?? ''} ${content}`;
}
