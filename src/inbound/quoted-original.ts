import { textOfHtml } from './html-text.ts';
import { matchLines } from './original-match.ts';
import { addressIn, headAt, isMarked, withoutMarks, type Head } from './quotation-heads.ts';
import { runsIn, wordsOf } from './words.ts';

/** An answer in two parts: what the person wrote, and what their mail program quoted of the original. */
export interface SplitAnswer {
  readonly text: string;
  readonly quoted: string;
}

/** The mail of ours that is answered, as it was sent. */
export interface OriginalMail {
  /** The `From` field: a name and an address. */
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What the controller wrote itself, and our mail repeats; empty where it repeats nothing. */
  readonly theirs: string;
}

/** So many words of the original in a row are a quotation, by how clearly it is marked as one. */
const LEAST_WORDS = { marked: 6, belowHead: 12, bare: 25 };

/** No thread has more. Those behind them are shown. */
const MAX_QUOTATIONS = 100;

const SEPARATOR =
  /^[_=-]{3,200}$|^[-_=*]{3,20}\s*(?:original(?: message| besked)?|oprindelig (?:meddelelse|besked|mail)|opprinnelig melding|ursprungligt meddelande|ursprüngliche nachricht|(?:videresendt|videresendte) (?:meddelelse|besked)|videresendt melding|vidarebefordrat meddelande|weitergeleitete nachricht|forwarded message|begin forwarded message)\s*[-_=*]{3,20}$/i;
/** A line of dashes, one of our links, or when a calendar was written, which each copy says anew. */
const NO_WORDS = /^[\s>|*_=~–—-]*(?:\[(?:link|address) removed\]|DTSTAMP:\d{8}T\d{6}Z)?[\s>|*_=~–—-]*$/;
/** The writer says that the answer stands further down, in the quotation. */
const POINTS_BELOW =
  /neden|herunder|\bunder\b|below|in-?line|\binde i\b|mellem linjerne|between the lines|in the text|i teksten|\bmed (?:rødt|blåt|grønt|fed|kursiv)|\bin (?:red|blue|green|bold|italics)\b|unten|nedan|i röd|kommentar|comments?\b|markeret|marked/i;
/** How people mark their own lines in a quotation: "MH: …", "[MH] …", "Svar: …", "--> …", "*** …". */
const INITIALS = /^\s*(?:\p{Lu}{2,4}\s?[:>)]|\[\p{Lu}{2,4}\])/u;
const OWN_LINE =
  /^\s*(?:(?:vores |our |mit |my |unsere? )?(?:svar|kommentar|bemærkning|answer|reply|comment|antwort)\w{0,4}\s?:|[-=]{1,3}>|<[-=]{1,3}|\*\*|##|!!)/iu;
/** Somebody objects. We never write so to a controller. */
const OBJECTS =
  /\bgør (?:\p{L}+ ){0,3}indsigelse|\bgjør (?:\p{L}+ ){0,3}innsigelse|\b(?:vi|jeg|we|i|wir|ich|jag) (?:\p{L}+ )?(?:siger nej|protesterer|accepterer ikke|afviser|er imod|er uenige?|object|oppose|reject|refuse|disagree|protest|do not (?:accept|agree|want)|cannot accept|widersprechen?|lehnen|lehne|akzeptieren? nicht|accepterar inte|avvisar|avviser|godtar ikke)\b|(?:kan|vil|skal) (?:\p{L}+ )?(?:ikke acceptere|ikke godkende)/iu;
const GREETING =
  /^\W*(?:hej|hejsa|kære|goddag|god(?:morgen|dag| dag)|dear|hi|hello|hei|hallo|liebe[rs]?|sehr geehrte)\b[^.!?]{0,60}$/iu;
const CLOSING =
  /^\W*(?:(?:med )?(?:de )?(?:venlig|bedste|mange|kærlig|kind|best|warm|vänlig|vennlig|freundlich)\w*|mit freundlichen|mvh|vh|hilsen|hilsner|regards|sincerely|hälsningar)\b[^.!?]{0,60}$/iu;
const PROGRAM_LINE =
  /^\W*(?:hent outlook|get outlook|sendt fra min|sent from my|skickat från min|sendt fra|von meinem)\b/iu;

/** The words by which a head gives the time, and what stands around names of companies. */
const DATE_WORDS =
  /^(?:\d+\w{0,2}|am|pm|at|kl|um|uhr|den|d|on|på|le|the|of|via|h|man\w*|tir\w*|ons\w*|tor\w*|fre\w*|lør\w*|søn\w*|mån\w*|tis\w*|lör\w*|sön\w*|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*|mo|di|mi|do|fr|sa|so|jan\w*|feb\w*|mar\w*|mär\w*|apr\w*|ma[ijy]|mag|jun\w*|jul\w*|aug\w*|sep\w*|okt\w*|oct\w*|nov\w*|dec\w*|dez\w*|des\w*)$/u;
const COMPANY_WORDS = /^(?:a|s|as|aps|ab|asa|gmbh|ltd|inc|group)$/u;
const MAX_OTHER_WORDS = 8;

/** A part of the text that one author wrote, as the head above it says. */
interface Quotation {
  readonly head: Head;
  readonly to: number;
  readonly isMarked: boolean;
  /** It quotes another one: its author had the original from somebody else. */
  readonly hasInner: boolean;
}

/**
 * Splits an answer from the mail of ours that it quotes. What is hidden stands in what we sent: lines with so many of its words
 * in a row that no person wrote them anew, and the lines of mail programs around them. A quotation of ours of which nothing
 * stands in what we sent, since a program has changed it, is hidden as far as it is marked, or as nothing says that the person
 * wrote into it. All else is shown: the person's own words wherever they stand, and other people's words.
 *
 * Where the original is not known (`null`), a quotation counts as ours if its author has an address under a domain other than
 * the writer's, or a sentence names the author and the lines are marked. If nothing of the sender's would be left, the whole
 * text counts as theirs, so no answer is cut to nothing.
 *
 * Takes a text, or the parts of one that were written beside each other.
 */
export function withoutQuotedOriginal(
  whole: string | readonly string[],
  original: OriginalMail | null = null,
  writer: string | null = null,
): SplitAnswer {
  const parts = typeof whole === 'string' ? [whole] : whole;
  const split = parts.map((part) => splitPart(part, original, writer));
  const text = joined(split.map((each) => each.text));
  // What is left without any word is a line of dashes, or a link.
  if (wordsOf(text).length === 0) return { text: joined(parts.map((part) => part.trim())), quoted: '' };
  return { text, quoted: joined(split.map((each) => each.quoted)) };
}

function splitPart(whole: string, original: OriginalMail | null, writer: string | null): SplitAnswer {
  const lines = whole.split('\n');
  const isHidden = hiddenLines(lines, original, writer);
  const own = lines.filter((line, index) => !isHidden[index] || line.trim() === '').join('\n');
  const quoted = lines.filter((_, index) => isHidden[index]).join('\n');
  return { text: own.replaceAll(/\n{3,}/g, '\n\n').trim(), quoted: quoted.trim() };
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}

function hiddenLines(lines: readonly string[], original: OriginalMail | null, writer: string | null): boolean[] {
  const bare = lines.map(withoutMarks);
  const copies = original === null ? [] : [original.text, textOfHtml(original.html).text];
  const runs = matchLines(bare.map(wordsOf), copies);
  const quotations = quotationsIn(lines);
  const isOurs = authorTest(original, writer);
  const belowHead = lines.map(() => false);
  for (const { head, to } of quotations.filter((each) => isOurs(each.head))) belowHead.fill(true, head.to, to);

  // A receipt repeats an objection, and whoever writes it again writes their own words.
  const isTheirs = runsIn(original?.theirs ?? '');
  const isHidden = lines.map((line, index) => {
    if (!belowHead[index] && isTheirs(wordsOf(bare[index] ?? ''))) return false;
    const least = isMarked(line) ? LEAST_WORDS.marked : belowHead[index] ? LEAST_WORDS.belowHead : LEAST_WORDS.bare;
    return (runs[index] ?? 0) >= least;
  });
  for (const quotation of quotations.filter((each) => isOurs(each.head))) {
    const { head, to } = quotation;
    const isFound = runs.slice(head.to, to).some((words) => words > 0);
    if (isFound ? isHidden.slice(head.to, to).some(Boolean) : isOnlyQuoted(lines, quotation, isHidden)) {
      for (let index = head.from; index < to; index += 1) {
        const isHead = index < head.to;
        isHidden[index] ||= isHead || (!isFound && (!quotation.isMarked || isMarked(lines[index] ?? '')));
      }
      hideSeparatorAbove(lines, head.from, isHidden);
    }
  }
  // A line without words goes with the one above it.
  for (const [index, line] of bare.entries()) {
    if (NO_WORDS.test(line) && index > 0) isHidden[index] ||= isHidden[index - 1] ?? false;
  }
  return isHidden;
}

/**
 * The quotations of a text, in order. Each goes on to the next head, one whose lines are marked to the last mark before it.
 */
function quotationsIn(lines: readonly string[]): Quotation[] {
  const found: Quotation[] = [];
  // The writer's own lines may stand between marked ones.
  const endOfMarks = lines.findLastIndex(isMarked) + 1;
  for (let index = 0; index < lines.length && found.length < MAX_QUOTATIONS; index += 1) {
    const head = headAt(lines, index);
    if (head === null) continue;
    const marked = isFollowedByMarks(lines, head.to);
    found.push({ head, to: marked ? endOfMarks : lines.length, isMarked: marked, hasInner: false });
    index = head.to - 1;
  }
  return found.map((each, index) => {
    const next = found[index + 1];
    return next === undefined || next.head.from >= each.to ? each : { ...each, to: next.head.from, hasInner: true };
  });
}

function isFollowedByMarks(lines: readonly string[], from: number): boolean {
  const next = lines.slice(from, from + 10).find((line) => line.trim() !== '');
  return next !== undefined && isMarked(next);
}

/** Whether nothing says that a person wrote into a quotation of which no line could be found in the original. */
function isOnlyQuoted(
  lines: readonly string[],
  { head, to, isMarked: marked, hasInner }: Quotation,
  isHidden: readonly boolean[],
): boolean {
  const inside = lines.slice(head.to, to);
  const isOwn = (line: string) => [INITIALS, OWN_LINE].some((own) => own.test(withoutMarks(line)));
  // Of a marked quotation the other lines are shown in any case.
  const objects = (line: string) => (!marked || isMarked(line)) && OBJECTS.test(line);
  if (hasInner || inside.some((line) => isOwn(line) || objects(line))) return false;
  if (marked) return true;
  if (head.form === 'sentence') return false;
  const above = lines.slice(0, head.from).filter((_, index) => !isHidden[index]);
  if (above.some((line) => POINTS_BELOW.test(line))) return false;
  return saysSomething(above);
}

/** Whether there is a sentence besides a greeting and a signature. */
function saysSomething(lines: readonly string[]): boolean {
  const closing = lines.findIndex((line) => CLOSING.test(line));
  return lines
    .slice(0, closing < 0 ? lines.length : closing)
    .some(
      (line) =>
        wordsOf(line).length > 0 && !GREETING.test(line) && !PROGRAM_LINE.test(line) && !SEPARATOR.test(line.trim()),
    );
}

function hideSeparatorAbove(lines: readonly string[], from: number, isHidden: boolean[]): void {
  let index = from - 1;
  while (index > 0 && withoutMarks(lines[index] ?? '').trim() === '') index -= 1;
  if (index >= 0 && SEPARATOR.test(withoutMarks(lines[index] ?? '').trim())) isHidden.fill(true, index, from);
}

/** Returns whether a head names us as the author. */
function authorTest(original: OriginalMail | null, writer: string | null): (head: Head) => boolean {
  const ourAddress = original && addressIn(original.from);
  const ourName = original && new Set(wordsOf(original.from.replace(/<[^<>]*>/, '')));
  return ({ author, form }) => {
    const address = addressIn(author);
    const others = wordsOf(author.replace(address ?? '', '')).filter((word) => !DATE_WORDS.test(word));
    if (address !== null) {
      if (form === 'sentence' && others.length > MAX_OTHER_WORDS) return false;
      return original === null ? domainOf(address) !== domainOf(writer ?? '@') : address === ourAddress;
    }
    if (ourName === null) return form === 'sentence';
    return (
      others.some((word) => ourName.has(word)) && others.every((word) => ourName.has(word) || COMPANY_WORDS.test(word))
    );
  };
}

/** The last two labels of an address's domain. */
function domainOf(address: string): string {
  return address
    .slice(address.lastIndexOf('@') + 1)
    .toLowerCase()
    .split('.')
    .slice(-2)
    .join('.');
}
