import {
  ABSENCE_PHRASES,
  ASKS,
  CLOSING,
  FITTING_PHRASES,
  IN_SIGNATURES,
  NO_NAME,
  OTHER_WORDS,
  SUBJECT_WORDS,
  TO_US,
} from './absence-words.ts';

const ADDRESS = /[^\s<>()[\]]+@[^\s<>()[\],;]+|(?:https?:\/\/|www\.)[^\s<>()[\]]+|\[(?:link|address) removed\]/giu;
const NUMBER = /^[+#]?\d[\d.:/-]*$/;
const MAX_NAMES = 6;
const LONGEST = 5_000;

/** What is known of the mail whose text is looked at. */
export interface NoticeContext {
  /** Texts that a program may repeat: subjects. */
  readonly subjects: readonly string[];
  /** Words that may stand anywhere: the sender's names. */
  readonly names: ReadonlySet<string>;
  /** Words that name what our mail is about, in small letters. Whoever uses them speaks of it. */
  readonly matter: ReadonlySet<string>;
}

/**
 * Whether a text says no more than an absence notice or a program's receipt does: that somebody is away or a mail has come,
 * until when, whom to ask meanwhile, a greeting and a signature. Every word of it must be known. A question is a person's.
 */
export function isAbsenceNotice(text: string, context: NoticeContext): boolean {
  if (text.length > LONGEST) return false;
  const lines = text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll('’', "'")
    .split('\n');
  const closing = lines.findIndex((line) => CLOSING.test(line));
  const signature = closing < 0 ? [] : lines.slice(closing).map((line) => line.replace(CLOSING, ''));
  const body = withoutSubjects(lines.slice(0, closing < 0 ? lines.length : closing).join('\n'), context.subjects);
  if (/\?(?:\s|$)/.test(body.replaceAll(ADDRESS, ' '))) return false;
  const kinds = sentencesIn(body).map((sentence) => kindOf(sentence, context));
  return (
    kinds.every((kind) => kind !== 'other') &&
    kinds.includes('absence') &&
    signature.every((line) => isSignature(line, context))
  );
}

function withoutSubjects(text: string, subjects: readonly string[]): string {
  return subjects
    .filter((subject) => subject.trim().length > 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, subject) => {
      const pattern = subject
        .trim()
        .split(/\s+/)
        .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
      return rest.replaceAll(new RegExp(pattern.join(String.raw`\s+`), 'giu'), ' ');
    }, text);
}

/** Behind these a full stop ends no sentence, whatever follows; behind a number or another short word, if a small letter does. */
const TITLE = /^(?:tlf|tel|mob|nr|mr|mrs|ms|dr|vedr)\.$/i;
const MONTH = /^(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)/i;

/** Sentences, also over several lines. Two that are taken for one are dangerous: the words of one would make up for the other. */
function sentencesIn(text: string): string[] {
  return text
    .split(/\n\s*\n|(?<=[.!;])[ \t]*\n/)
    .flatMap((paragraph) => sentencesOfParagraph(paragraph.trim().split(/\s+/)))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

function sentencesOfParagraph(tokens: readonly string[]): string[] {
  const sentences: string[] = [''];
  for (const [index, token] of tokens.entries()) {
    sentences.push(`${sentences.pop() ?? ''} ${token}`.trim());
    const next = tokens[index + 1] ?? '';
    const goesOn = TITLE.test(token) || !/^\P{L}*\p{Lu}/u.test(next) || (/\d\.$/.test(token) && MONTH.test(next));
    const isShort = /^\P{L}*(?:\d+|\p{L}{1,5}|\p{L}\.\p{L}+)\.$/u.test(token);
    if (/[.!;]+["”»)]*$/.test(token) && !(goesOn && (isShort || /\d\.$/.test(token)))) sentences.push('');
  }
  return sentences;
}

type Kind = 'absence' | 'fitting' | 'detail' | 'other';

function kindOf(sentence: string, context: NoticeContext): Kind {
  const withoutAddresses = sentence.replaceAll(ADDRESS, ' ');
  const hasAddress = withoutAddresses !== sentence;
  const withoutAbsence = withoutAddresses.replaceAll(ABSENCE_PHRASES, ' ');
  const rest = withoutAbsence.replaceAll(FITTING_PHRASES, ' ');
  const isAbsence = withoutAbsence !== withoutAddresses;
  const fits = rest !== withoutAbsence;
  if (TO_US.test(sentence) || (ASKS.test(rest) && !fits && !hasAddress)) return 'other';
  // "Call me" is somebody's request.
  if (!isAbsence && /\b(?:mig|me|mich|mir|meg)\b/iu.test(rest)) return 'other';
  const unknown = wordsIn(rest).filter((word) => !isKnown(word, context));
  const startsWithName = unknown[0] !== undefined && sentence.trimStart().startsWith(unknown[0]);
  if (unknown.length > MAX_NAMES || startsWithName || !unknown.every((word) => isName(word, context))) return 'other';
  if (isAbsence) return 'absence';
  if (fits) return 'fitting';
  const isDetail =
    hasAddress || /\d/.test(rest) || wordsIn(rest).every((word) => context.names.has(word.toLowerCase()));
  return unknown.length === 0 && isDetail ? 'detail' : 'other';
}

function isSignature(line: string, context: NoticeContext): boolean {
  const rest = line.replaceAll(ADDRESS, ' ');
  const unknown = wordsIn(rest).filter(
    (word) => !context.names.has(word.toLowerCase()) && !IN_SIGNATURES.has(word.toLowerCase()) && !NUMBER.test(word),
  );
  const isSupported = rest !== line || unknown.length < wordsIn(rest).length;
  return (
    unknown.length === 0 ||
    (isSupported && unknown.length <= MAX_NAMES && unknown.every((word) => isName(word, context)))
  );
}

function wordsIn(text: string): string[] {
  return text.match(/[\p{L}\p{N}+#][\p{L}\p{N}.:/-]*/gu)?.map((word) => word.replace(/[.:/-]+$/, '')) ?? [];
}

/** Whether a subject has no word but those that programs and our own subjects have. */
export function isSubjectOfPrograms(subject: string, context: NoticeContext): boolean {
  return wordsIn(subject).every(
    (word) => isKnown(word, context) || SUBJECT_WORDS.has(word.toLowerCase()) || context.matter.has(word.toLowerCase()),
  );
}

function isKnown(word: string, { names }: NoticeContext): boolean {
  const lower = word.toLowerCase();
  return OTHER_WORDS.has(lower) || names.has(lower) || NUMBER.test(word);
}

/** Whether a word is written like a name: with one capital, or as a short abbreviation. What our mail is about is no name. */
function isName(word: string, { matter }: NoticeContext): boolean {
  const isWrittenSo = /^(?:\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)*|\p{Lu}{1,4})$/u.test(word);
  return isWrittenSo && !NO_NAME.test(word) && !matter.has(word.toLowerCase());
}
