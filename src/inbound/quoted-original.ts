/** An answer in two parts: what the person wrote, and what their mail program quoted of the original. */
export interface SplitAnswer {
  readonly text: string;
  readonly quoted: string;
}

const HEADER_NAMES =
  /^[>*\s]*(?:fra|from|von|sendt|sent|dato|date|til|to|cc|emne|subject|reply-to|svar til)\s*:\*?(?:\s|$)/i;
const FIRST_HEADER = /^[>*\s]*(?:fra|from|von)\s*:\*?\s*\S/i;
const SEPARATOR =
  /^[>\s]*(?:-{2,}\s*(?:original(?: message| meddelelse|meddelelse)?|oprindelig (?:meddelelse|besked)|videresendt (?:meddelelse|besked)|forwarded message|begin forwarded message)\s*-{2,}|_{20,})\s*$/i;
/**
 * The line that introduces a quotation in Gmail, Apple Mail and Thunderbird, like
 * "Den man. 2. mar. 2026 kl. 10.00 skrev Telenor A/S <…>:" or "On … wrote:".
 */
const ATTRIBUTION =
  /^(?:(?:den|d\.|på|on|am|le)\s.{0,300}(?:skrev|wrote|schrieb|a écrit)|.{0,200}<[^<>\s]+@[^<>\s]+>\s+(?:skrev|wrote))\b.{0,200}:$/i;
const LONGEST_ATTRIBUTION_LINES = 4;

/**
 * Splits an answer from the mail that it quotes. Knows how Outlook, Gmail, Apple Mail and Thunderbird quote, in Danish and
 * English: a line that introduces the quotation, or lines marked with ">". Text between and below marked lines is the
 * sender's. If nothing of the sender's would be left, the whole text counts as theirs, so no answer is cut to nothing.
 */
export function withoutQuotedOriginal(whole: string): SplitAnswer {
  const lines = whole.split('\n');
  const own: string[] = [];
  const quoted: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const attributionLines = attributionAt(lines, index);
    if (attributionLines > 0 && isQuoted(lines, index + attributionLines)) {
      // The quotation that follows is marked, and the sender may have written between its lines.
      quoted.push(...lines.slice(index, index + attributionLines));
      index += attributionLines - 1;
    } else if (attributionLines > 0 || SEPARATOR.test(line) || isHeaderBlock(lines, index)) {
      // All that follows is quoted. Pushed one by one: a spread of very many lines would overflow the stack.
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

/** How many lines the attribution takes that begins at `index`; 0 if none begins there. Programs wrap it over several. */
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

/** Whether the first line from `from` on that is not empty is marked as quoted. */
function isQuoted(lines: readonly string[], from: number): boolean {
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() !== '') return /^\s?>/.test(line);
  }
  return false;
}

/** Whether Outlook's copy of the original's header begins at `index`: at least three header lines, the sender's first. */
function isHeaderBlock(lines: readonly string[], index: number): boolean {
  if (!FIRST_HEADER.test(lines[index] ?? '')) return false;
  const block = lines.slice(index, index + 8).filter((line) => line.trim() !== '');
  return block.filter((line) => HEADER_NAMES.test(line)).length >= 3;
}
