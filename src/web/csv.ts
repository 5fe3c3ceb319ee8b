import { stringify } from 'csv-stringify/sync';
import type { Language } from '../domain/text.ts';

/** The separator that Excel expects in its own language: a semicolon in Danish, a comma in English. */
const SEPARATORS: Readonly<Record<Language, string>> = { da: ';', en: ',' };

/** A value of one cell. */
export type Cell = string | number | boolean | null;

/** The media type of what `csvLines` makes. */
export const CSV_TYPE = 'text/csv; charset=utf-8';

/**
 * Lines of a CSV for a spreadsheet (RFC 4180, UTF-8), with the separator of one language. The first lines of a file begin with a
 * byte order mark: without it Excel does not read UTF-8, and shows æ, ø and å as two letters each.
 */
export function csvLines(
  lines: readonly (readonly Cell[])[],
  { language, isFirst }: { readonly language: Language; readonly isFirst: boolean },
): string {
  return stringify(lines as Cell[][], {
    bom: isFirst,
    delimiter: SEPARATORS[language],
    record_delimiter: '\r\n',
    // Also quotes the separator of the other language.
    quoted_match: /[,;\r\n]/,
    cast: { string: neutralized, boolean: String },
  });
}

/** What begins a formula, also in the full width and the small forms that Excel reads as the same (Unicode NFKC). */
const FORMULA = '=+\\-@＝＋－＠﹦﹢﹣﹫';
const FORMULA_BEGINS = new RegExp(`^(?=[${FORMULA}\\t\\r])|(?<=[,;\\r\\n]\\s*)(?=[${FORMULA}])`, 'g');

/**
 * A text that a spreadsheet does not compute as a formula. csv-stringify's `escape_formulas` checks the first character
 * only. Excel in the other language splits the file at the wrong separator: quotes in the middle of a line then have no
 * effect, and a cell also begins after a comma, a semicolon or a line break inside a text.
 */
function neutralized(text: string): string {
  return text.replace(FORMULA_BEGINS, "'");
}
