import { stringify } from 'csv-stringify/sync';
import { inLanguage, type Language } from '../domain/text.ts';
import { countryName, placeInWords } from '../domain/wording.ts';
import type { PublicEntry, RegisterRecord } from './record.ts';
import { registerTextsIn } from './texts.ts';

/** The separator that Excel expects in its own language: a semicolon in Danish, a comma in English. */
const SEPARATORS: Readonly<Record<Language, string>> = { da: ';', en: ',' };

/**
 * The sub-processors as CSV for a spreadsheet (RFC 4180, UTF-8), one line each, in the words and separator of one language.
 */
export function registerAsCsv({ entries, product }: RegisterRecord, language: Language): string {
  const columns = registerTextsIn(language).csv;
  const line = (entry: PublicEntry) => [
    entry.name,
    entry.registrationNumber ?? '',
    entry.address,
    countryName(entry.country, language),
    entry.parentName ?? product.processor.name,
    inLanguage(entry.processing, language),
    inLanguage(entry.personalData, language),
    entry.locations.map((location) => placeInWords(location, language)).join(' | '),
    entry.activeFrom.toString(),
    entry.activeUntil?.toString() ?? '',
  ];
  return stringify([Object.values(columns), ...entries.map(line)], {
    // Without a byte order mark Excel does not read UTF-8, and shows æ, ø and å as two letters each.
    bom: true,
    delimiter: SEPARATORS[language],
    record_delimiter: '\r\n',
    // Also quotes the separator of the other language.
    quoted_match: /[,;\r\n]/,
    cast: { string: neutralized },
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
