/** The lines by which a mail program introduces what it quotes. */
export interface Head {
  /** The first line, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** The header fields of the quoted mail, as Outlook copies them; or a sentence like "On … wrote:". */
  readonly form: 'fields' | 'sentence';
  /** Who wrote what is quoted, as the head has it. */
  readonly author: string;
}

const FIELDS: readonly RegExp[] = [
  /^(?:fra|from|von|från|de)$/,
  /^(?:sendt|sent|gesendet|skickat|dato|date|datum)$/,
  /^(?:til|to|an|till)$/,
  /^(?:cc|bcc|kopi|kopia)$/,
  /^(?:emne|subject|betreff|ämne)$/,
  /^(?:svar til|reply-to|antwort an|svara till)$/,
];
const FIELD = /^\s*\*?([\p{L}-]+(?: [\p{L}]+)?)\s?:\*?(?:\s+(.*))?$/u;
const AUTHOR = 0;
const SUBJECT = 4;
const LONGEST_AUTHOR = 300;
const LEAST_FIELDS = 3;
const MORE_RECIPIENTS = /^[^:]*[@;]/;

const SENTENCE_LINES = 4;
const LONGEST_SENTENCE = 600;
const VERB = /(?:^|[\s>,])(skrev|wrote|schrieb|schreef|a écrit)(?=[\s:]|$)/iu;
const ADDRESS = /<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>?/;
const BEGINS_LIKE_TIME =
  /^\s*(?:(?:den|d|on|am|le|på|man\w*|tir\w*|ons\w*|tor\w*|fre\w*|lør\w*|søn\w*|mån\w*|tis\w*|lör\w*|sön\w*|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*|mo|di|mi|do|fr|sa|so)\b|\d)/iu;
const TIME_OR_YEAR = /\b(?:(?:19|20)\d\d|\d{1,2}[.:]\d\d)\b/;
/** A full stop between words: the line has a sentence of somebody's. */
const TWO_SENTENCES = /\p{Ll}{4,}[.!?]\s+\p{Lu}/u;

const MARK = /^\s?(?:>|[\p{L}]{1,4}>)\s?/u;

/** Whether a line is marked as quoted: by ">", or by an author's initials like "TA>". */
export function isMarked(line: string): boolean {
  return MARK.test(line);
}

/** A line without the marks of quotation. */
export function withoutMarks(line: string): string {
  let bare = line;
  for (let depth = 0; depth < 20 && MARK.test(bare); depth += 1) bare = bare.replace(MARK, '');
  return bare;
}

/** The head that begins at this line, or `null`. */
export function headAt(lines: readonly string[], index: number): Head | null {
  return fieldsAt(lines, index) ?? sentenceAt(lines, index);
}

/** At least three header fields, the author's first. Empty lines may stand between, and recipients may take several lines. */
function fieldsAt(lines: readonly string[], from: number): Head | null {
  const first = fieldIn(lines[from] ?? '');
  if (first?.kind !== AUTHOR || first.value === '') return null;
  const kinds = new Set([AUTHOR]);
  let to = from + 1;
  for (let index = to; index < lines.length; index += 1) {
    const line = withoutMarks(lines[index] ?? '');
    const field = fieldIn(line);
    if (field !== null && field.kind !== AUTHOR) kinds.add(field.kind);
    else if (field !== null || !(MORE_RECIPIENTS.test(line) && index === to)) {
      // The subject is the last: what stands below an empty line is the mail, or the writer's.
      if (line.trim() === '' && index === to && !kinds.has(SUBJECT)) continue;
      break;
    }
    to = index + 1;
  }
  return kinds.size < LEAST_FIELDS ? null : { from, to, form: 'fields', author: first.value };
}

function fieldIn(line: string): { kind: number; value: string } | null {
  const [, name, value = ''] = FIELD.exec(withoutMarks(line)) ?? [];
  const kind = name === undefined ? -1 : FIELDS.findIndex((field) => field.test(name.toLowerCase()));
  return kind < 0 ? null : { kind, value: value.trim().slice(0, LONGEST_AUTHOR) };
}

/** One sentence over at most four lines that ends in a colon and says who wrote; nothing else stands in it. */
function sentenceAt(lines: readonly string[], from: number): Head | null {
  const areMarked = isMarked(lines[from] ?? '');
  let sentence = '';
  for (let count = 1; count <= SENTENCE_LINES; count += 1) {
    const line = lines[from + count - 1] ?? '';
    const next = (areMarked ? withoutMarks(line) : line).trim();
    if (next === '') return null;
    sentence = `${sentence} ${next}`.trim();
    if (sentence.length > LONGEST_SENTENCE) return null;
    if (!sentence.endsWith(':')) continue;
    const verb = VERB.exec(sentence);
    if (verb === null || TWO_SENTENCES.test(sentence)) return null;
    // A line above that is not needed for the sentence is the writer's own.
    if (!needsFirstLine(lines, from, from + count)) return null;
    const author = sentence.replace(verb[1] ?? '', ' ').slice(0, -1);
    return { from, to: from + count, form: 'sentence', author };
  }
  return null;
}

/** Whether a sentence that ends before `to` is none without its first line, or has no time, which the first line begins with. */
function needsFirstLine(lines: readonly string[], from: number, to: number): boolean {
  let shorter: Head | null = null;
  for (let start = from + 1; start < to && shorter === null; start += 1) shorter = sentenceAt(lines, start);
  if (shorter === null) return true;
  const first = withoutMarks(lines[from] ?? '');
  return !/\d/.test(shorter.author.replace(ADDRESS, '')) && BEGINS_LIKE_TIME.test(first) && TIME_OR_YEAR.test(first);
}

/** The address in an author, or `null`. */
export function addressIn(author: string): string | null {
  return (
    ADDRESS.exec(author)?.[1]?.toLowerCase() ??
    /[^\s<>[\]():;,]+@[^\s<>[\]():;,]+/.exec(author)?.[0].toLowerCase() ??
    null
  );
}
