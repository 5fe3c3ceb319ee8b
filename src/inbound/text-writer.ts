/** Deeper quotations are marked as this one, so that marks cost no more than the text. */
const MAX_MARKS = 20;
const MAX_EMPTY_LINES = 2;

/** Writes a text as HTML lays it out: white space is one blank, and lines begin where blocks do. */
export interface TextWriter {
  /** Writes words. */
  write(text: string): void;
  /** Writes a text that keeps its white space. */
  writeLines(text: string): void;
  /** The next words begin a line, so many lines below the last ones: 2 leaves an empty line between. */
  beginLine(below: 1 | 2): void;
  breakLine(): void;
  /** The next lines are quoted so many times. */
  quote(times: number): void;
  beginLink(): void;
  /** Writes a link's address, unless its words have it. */
  endLink(address: string): void;
  length(): number;
  text(): string;
}

export function textWriter(): TextWriter {
  let written = '';
  let breaks = 0;
  let hasBlank = false;
  let marks = '';
  let linkFrom: number | null = null;

  function put(words: string): void {
    if (words === '') return;
    const isFirst = written === '' || breaks > 0;
    if (breaks > 0 && written !== '') written += '\n'.repeat(Math.min(breaks, MAX_EMPTY_LINES + 1));
    if (isFirst) written += marks;
    else if (hasBlank) written += ' ';
    written += words;
    breaks = 0;
    hasBlank = false;
  }

  return {
    write(text) {
      const words = text.replaceAll(/\s+/g, ' ');
      hasBlank ||= words.startsWith(' ');
      put(words.trim());
      if (words.length > 1 && words.endsWith(' ')) hasBlank = true;
    },
    writeLines(text) {
      for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
        if (index > 0) breaks += 1;
        put(line);
      }
    },
    beginLine(below) {
      breaks = Math.max(breaks, below);
    },
    breakLine() {
      breaks += 1;
    },
    quote(times) {
      marks = '> '.repeat(Math.min(times, MAX_MARKS));
    },
    beginLink() {
      linkFrom = written.length;
    },
    endLink(address) {
      if (linkFrom !== null && /^https?:/i.test(address) && !written.includes(address, linkFrom)) {
        hasBlank = true;
        put(`[${address}]`);
      }
      linkFrom = null;
    },
    length: () => written.length,
    text: () => written,
  };
}
