import { stringify } from 'csv-stringify/sync';
import { inLanguage, type Language } from '../domain/text.ts';
import { countryName, placeInWords } from '../domain/wording.ts';
import type { PublicEntry, RegisterRecord } from './record.ts';
import { registerTextsIn } from './texts.ts';

/** Excel splits lines where its own language does: at semicolons in Danish, at commas in English. */
const SEPARATORS: Readonly<Record<Language, string>> = { da: ';', en: ',' };

/** The table of sub-processors for a spreadsheet: RFC 4180, in UTF-8, one line for each, as one language reads and splits it. */
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
    // Without the byte order mark Excel does not read UTF-8, and shows æ, ø and å as two letters each.
    bom: true,
    delimiter: SEPARATORS[language],
    record_delimiter: '\r\n',
    // The separator of the other language is quoted too.
    quoted_match: /[,;\r\n]/,
    cast: { string: neutralized },
  });
}

/**
 * A text that a spreadsheet shows and does not compute. csv-stringify's `escape_formulas` looks at the first character only.
 * A file that is opened in the other language is split at the wrong character: quotes in the middle of a line then mean
 * nothing, and what follows a comma, a semicolon or a line break begins a cell too.
 */
function neutralized(text: string): string {
  return text.replace(/^(?=[=+\-@\t\r])|(?<=[,;\r\n]\s*)(?=[=+\-@])/g, "'");
}
