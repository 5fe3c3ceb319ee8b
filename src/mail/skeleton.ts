import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { calendarOf } from './calendar.ts';
import { viewOf, type MessageFacts } from './message-view.ts';
import { headerField, quotedPrintable } from './mime.ts';
import { subjectOf } from './subject.ts';
import { htmlToPlainText, renderHtml, templateOf } from './templates.ts';

/** The parts in which messages of the same content differ. */
export type PersonalPart = 'link' | 'reference' | 'controllerName' | 'contactName' | 'controllerId' | 'composedAt';

/** A piece of a text: the same in every message, or the place of a personal part. */
export type Piece = { readonly literal: string } | { readonly part: PersonalPart };

/** A message that is finished but for its personal parts. */
export interface Skeleton {
  /** Without the reference, which stands behind it. */
  readonly subject: string;
  readonly html: readonly Piece[];
  readonly text: readonly Piece[];
  /** `null` where the message tells no deadline to meet. */
  readonly calendar: readonly Piece[] | null;
  /** The same as mail carries it: the Subject field, and the literal pieces of both texts in quoted-printable. */
  readonly encoded: { readonly subject: string; readonly html: readonly Piece[]; readonly text: readonly Piece[] };
}

/**
 * What stands for the personal parts while a skeleton is rendered. Nobody can write a placeholder into a text of theirs: it
 * is drawn at random by every process and never leaves it. Letters and digits pass through HTML and text unchanged.
 */
const SECRET = randomBytes(12).toString('hex');
const PLACEHOLDERS: Readonly<Record<PersonalPart, string>> = {
  link: `L${SECRET}`,
  reference: `R${SECRET}`,
  controllerName: `C${SECRET}`,
  contactName: `N${SECRET}`,
  controllerId: `I${SECRET}`,
  composedAt: `T${SECRET}`,
};
const PART_OF = new Map(Object.entries(PLACEHOLDERS).map(([part, text]) => [text, part as PersonalPart]));
const ANY_PLACEHOLDER = new RegExp(`([LRCNIT]${SECRET})`);

const SKELETONS_KEPT = 50;
const skeletons = new LRUCache<string, Skeleton>({ max: SKELETONS_KEPT });

/** The skeleton of this message, kept for the messages that share it. One about an objection or an approval, or with a code, is not kept: few share it, or none. */
export function skeletonOf(facts: MessageFacts): Skeleton {
  if (facts.objection !== null || facts.approval || facts.code !== null) return renderSkeleton(facts);
  const key = keyOf(facts);
  const kept = skeletons.get(key);
  if (kept !== undefined) return kept;
  const skeleton = renderSkeleton(facts);
  skeletons.set(key, skeleton);
  return skeleton;
}

function renderSkeleton(facts: MessageFacts): Skeleton {
  const subject = subjectOf(facts);
  const { link, controllerName, contactName, controllerId, composedAt } = PLACEHOLDERS;
  const reference = facts.reference === null ? null : PLACEHOLDERS.reference;
  const view = viewOf({ ...facts, link, reference, controllerName, contactName });
  const html = renderHtml(templateOf(facts), facts.language, { ...view, subject });
  const pieces = { html: piecesOf(html), text: piecesOf(htmlToPlainText(html)) };
  const calendar = calendarOf(facts, { link, controllerId, composedAt });
  return {
    subject,
    ...pieces,
    calendar: calendar === null ? null : piecesOf(calendar),
    encoded: {
      subject: headerField('Subject', subject),
      html: pieces.html.map(encodedLiteral),
      text: pieces.text.map(encodedLiteral),
    },
  };
}

function piecesOf(text: string): Piece[] {
  return text.split(ANY_PLACEHOLDER).map((literal) => {
    const part = PART_OF.get(literal);
    return part === undefined ? { literal } : { part };
  });
}

function encodedLiteral(piece: Piece): Piece {
  return 'part' in piece ? piece : { literal: quotedPrintable(piece.literal) };
}

/** The pieces with a value in the place of each personal part. */
export function filled(pieces: readonly Piece[], valueOf: (part: PersonalPart) => string): string[] {
  return pieces.map((piece) => ('part' in piece ? valueOf(piece.part) : piece.literal));
}

/** Two messages with the same key have the same content but for their personal parts. */
function keyOf({ kind, language, change, reference, ...told }: MessageFacts): string {
  const parts = reference === null ? 'no reference' : 'reference';
  const instants = [told.deadline, told.answerBy, told.toldDeadline].map((each) => each?.epochMilliseconds);
  return [kind, language, parts, ...instants, digestOf(change)].join(' ');
}

/**
 * Digests by the object that they are of, which is never written to: the facts of thousands of notices hold the same change
 * object, and it is digested once. An equal object that is read anew gets the same digest.
 */
const digests = new WeakMap<object, string>();

function digestOf(facts: object): string {
  const digest = digests.get(facts) ?? hash('sha256', JSON.stringify({ ...facts, version: undefined }), 'base64url');
  digests.set(facts, digest);
  return digest;
}
