import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { contactPersonsOf, withContactPersons } from '../domain/contact-persons.ts';
import { calendarOf } from './calendar.ts';
import { viewOf, type MessageFacts } from './message-view.ts';
import { subjectOf } from './subject.ts';
import { htmlToPlainText, renderHtml, templateOf } from './templates.ts';

/**
 * The parts in which messages of the same content differ, and a sub-processor's contact persons, numbered from 0: these are
 * persons, and a form that thousands share holds none (D50).
 */
export type PersonalPart =
  | 'link'
  | 'reference'
  | 'code'
  | 'controllerName'
  | 'contactName'
  | 'controllerId'
  | 'composedAt'
  | `personName${number}`
  | `personEmail${number}`;

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
  /** The objection or the approval whose words it holds; `null` where it may be shared. */
  readonly about: string | null;
}

/**
 * What stands for the personal parts while a skeleton is rendered. Nobody can write a placeholder into a text of theirs: it
 * is drawn at random by every process and never leaves it. Letters and digits pass through HTML and text unchanged.
 */
const SECRET = randomBytes(12).toString('hex');
const LETTERS = {
  L: 'link',
  R: 'reference',
  K: 'code',
  C: 'controllerName',
  N: 'contactName',
  I: 'controllerId',
  T: 'composedAt',
  P: 'personName',
  E: 'personEmail',
} as const;
const ANY_PLACEHOLDER = new RegExp(`([${Object.keys(LETTERS).join('')}]${SECRET}\\d*x)`);

function placeholder(letter: keyof typeof LETTERS, index: number | '' = ''): string {
  return `${letter}${SECRET}${index}x`;
}

const SKELETONS_KEPT = 50;
const skeletons = new LRUCache<string, Skeleton>({ max: SKELETONS_KEPT });

/** The skeleton of this message, kept for the messages that share it. Of one about an objection or an approval these are few. */
export function skeletonOf(facts: MessageFacts): Skeleton {
  if (aboutOf(facts) !== null) return renderSkeleton(facts);
  const key = keyOf(facts);
  const kept = skeletons.get(key);
  if (kept !== undefined) return kept;
  const skeleton = renderSkeleton(facts);
  skeletons.set(key, skeleton);
  return skeleton;
}

function renderSkeleton(facts: MessageFacts): Skeleton {
  const subject = subjectOf(facts);
  const link = placeholder('L');
  const persons = contactPersonsOf(facts.change).map((_, index) => ({
    name: placeholder('P', index),
    email: placeholder('E', index),
  }));
  const view = viewOf({
    ...facts,
    change: withContactPersons(facts.change, persons),
    link,
    reference: facts.reference === null ? null : placeholder('R'),
    code: facts.code === null ? null : placeholder('K'),
    controllerName: placeholder('C'),
    contactName: placeholder('N'),
  } as MessageFacts);
  const html = renderHtml(templateOf(facts), facts.language, { ...view, subject });
  const file = calendarOf(facts, { link, controllerId: placeholder('I'), composedAt: placeholder('T') });
  return {
    subject,
    html: piecesOf(html),
    text: piecesOf(htmlToPlainText(html)),
    calendar: file === null ? null : piecesOf(file),
    about: aboutOf(facts),
  };
}

function piecesOf(text: string): Piece[] {
  return text.split(ANY_PLACEHOLDER).map((literal, index) => {
    if (index % 2 === 0) return { literal };
    const part = LETTERS[literal.charAt(0) as keyof typeof LETTERS];
    return { part: `${part}${literal.slice(1 + SECRET.length, -1)}` as PersonalPart };
  });
}

function aboutOf({ objection, approval }: MessageFacts): string | null {
  return objection?.id ?? approval?.id ?? null;
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
