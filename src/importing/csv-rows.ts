import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { InvalidRequest } from '../domain/refused.ts';
import type { DecodedFile } from './csv-text.ts';
import { MAX_LINE_BYTES } from './format.ts';

/** A row that has something in it. */
export interface CsvRow {
  /** The line that it begins on, counted from 1. */
  readonly line: number;
  /** Each on one line, without spaces around it. */
  readonly cells: readonly string[];
}

const DELIMITERS = [';', ',', '\t'] as const;

/** What Excel writes on a line of its own before everything else. */
const SEPARATOR_LINE = /^sep=(.)\r?$/i;

/** How much of a file is looked at for its delimiter. */
const LOOKED_AT = 64 * 1024;

/** What separates the cells: what a first line `sep=` says, or what the first line has most of. */
export async function delimiterOf({ text }: DecodedFile): Promise<string> {
  let beginning = '';
  for await (const piece of text()) {
    beginning += piece;
    if (beginning.length > LOOKED_AT) break;
  }
  const first = beginning.split('\n').find((line) => line.trim() !== '') ?? '';
  const said = SEPARATOR_LINE.exec(first)?.[1];
  if (said !== undefined) return said;
  const unquoted = first.replace(/"(?:[^"]|"")*"/g, '');
  const count = (delimiter: string) => unquoted.split(delimiter).length;
  return DELIMITERS.toSorted((a, b) => count(b) - count(a))[0] ?? ';';
}

/**
 * The rows of a CSV file, the header first. Blank rows and a line `sep=` are left out. Throws `InvalidRequest` where the quotes do
 * not end, or not before the next row: the customers in it would be lost, and their contacts taken for another's.
 */
export async function* rowsOf({ text }: DecodedFile, delimiter: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    // Quotes in the middle of a cell are what somebody typed: Hotel "Havn".
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: MAX_LINE_BYTES,
  });
  let line = 1;
  let width: number | null = null;
  try {
    for await (const record of Readable.from(text()).compose(parser) as AsyncIterable<string[]>) {
      const isSeparator = line === 1 && SEPARATOR_LINE.test(record.join(delimiter));
      const cells = record.map(textOf);
      if (!isSeparator && cells.some((cell) => cell !== '')) {
        width ??= cells.length;
        refuseSwallowedRow(record, { line, delimiter, width });
        yield { line, cells };
      }
      // Of quoted line ends the parser counts some twice.
      line += record.join(' ').split(/\r\n|\r|\n/).length;
    }
  } catch (error) {
    throw error instanceof CsvError ? new InvalidRequest([{ path: `line ${line}`, message: faultOf(error) }]) : error;
  }
}

/** Refuses a cell that goes on over the end of a line and has the rest of its row and the beginning of the next in it. */
function refuseSwallowedRow(
  record: readonly string[],
  { line, delimiter, width }: { line: number; delimiter: string; width: number },
): void {
  const cell = record.find((each) => /[\r\n]/.test(each) && each.split(delimiter).length >= Math.max(width, 2));
  if (cell === undefined) return;
  const message = `Expected a second quote before the end of the row: the cell that begins with ${textOf(cell).slice(0, 40)} has the next row in it`;
  throw new InvalidRequest([{ path: `line ${line}`, message }]);
}

/** The text of a cell, also of one that is a formula for text, `="0042"`, which keeps Excel from changing it. */
function textOf(cell: string): string {
  const line = cell.replace(/\s+/g, ' ').trim();
  return /^="([^"]*)"$/.exec(line)?.[1]?.trim() ?? line;
}

function faultOf({ code, message }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'Expected a second quote: the one that begins in this row never ends';
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return `Expected a row of at most ${MAX_LINE_BYTES} bytes: found more, perhaps because a quote never ends`;
  }
  return message;
}
