/** What a person wrote, and what their program put under or above it of the mail that is answered. */
export interface Parted {
  readonly text: string;
  readonly quoted: string;
}

const HEADER_NAMES =
  /^[>*\s]*(?:fra|from|von|sendt|sent|dato|date|til|to|cc|emne|subject|reply-to|svar til)\s*:\*?(?:\s|$)/i;
const FIRST_HEADER = /^[>*\s]*(?:fra|from|von)\s*:\*?\s*\S/i;
const SEPARATOR =
  /^[>\s]*(?:-{2,}\s*(?:original(?: message| meddelelse|meddelelse)?|oprindelig (?:meddelelse|besked)|videresendt (?:meddelelse|besked)|forwarded message|begin forwarded message)\s*-{2,}|_{20,})\s*$/i;
/** Gmail, Apple Mail and Thunderbird: "Den man. 2. mar. 2026 kl. 10.00 skrev Telenor A/S <…>:", "On … wrote:". */
const ATTRIBUTION =
  /^(?:(?:den|d\.|på|on|am|le)\s.{0,300}(?:skrev|wrote|schrieb|a écrit)|.{0,200}<[^<>\s]+@[^<>\s]+>\s+(?:skrev|wrote))\b.{0,200}:$/i;
const LONGEST_ATTRIBUTION_LINES = 4;

/**
 * Parts an answer from the mail that it quotes, by the shapes of Outlook, Gmail, Apple Mail and Thunderbird in Danish and
 * English: a line that introduces the quotation, or lines marked with ">". Text between and below marked lines is the
 * sender's. Where nothing of the sender would be left, all of it is taken for theirs: an answer is never cut to nothing.
 */
export function withoutQuotedOriginal(whole: string): Parted {
  const lines = whole.split('\n');
  const own: string[] = [];
  const quoted: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const introduced = attributionAt(lines, index);
    if (introduced > 0 && isQuoted(lines, index + introduced)) {
      // The marked lines follow, and what the sender wrote among them.
      quoted.push(...lines.slice(index, index + introduced));
      index += introduced - 1;
    } else if (introduced > 0 || SEPARATOR.test(line) || isHeaderBlock(lines, index)) {
      // One by one: of very many, a call takes no more than the stack holds.
      for (const rest of lines.slice(index)) quoted.push(rest);
      break;
    } else if (/^\s?>/.test(line)) {
      quoted.push(line);
    } else {
      own.push(line);
    }
  }
  const text = own
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  if (text === '') return { text: whole.trim(), quoted: '' };
  return { text, quoted: quoted.join('\n').trim() };
}

/** How many lines an attribution takes that begins here; 0 where none does. Programs break it over several. */
function attributionAt(lines: readonly string[], index: number): number {
  if (!/^\s?(?:den|d\.|på|on|am|le)\s|<[^<>\s]+@/i.test(lines[index] ?? '')) return 0;
  let joined = '';
  for (let count = 1; count <= LONGEST_ATTRIBUTION_LINES; count += 1) {
    const next = (lines[index + count - 1] ?? '').trim();
    if (next === '' || next.startsWith('>')) return 0;
    joined = `${joined} ${next}`.trim();
    if (joined.length > 600) return 0;
    if (ATTRIBUTION.test(joined)) return count;
  }
  return 0;
}

/** Whether the next line that is not empty is marked as quoted. */
function isQuoted(lines: readonly string[], from: number): boolean {
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() !== '') return /^\s?>/.test(line);
  }
  return false;
}

/** Outlook puts the head of the original before it: at least three of its lines, the sender's first. */
function isHeaderBlock(lines: readonly string[], index: number): boolean {
  if (!FIRST_HEADER.test(lines[index] ?? '')) return false;
  const block = lines.slice(index, index + 8).filter((line) => line.trim() !== '');
  return block.filter((line) => HEADER_NAMES.test(line)).length >= 3;
}
