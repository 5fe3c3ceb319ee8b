import { inLanguage, type Language } from '../domain/text.ts';
import { countryName, placeInWords } from '../domain/wording.ts';
import type { PublicEntry, RegisterRecord } from './record.ts';
import { registerTextsIn } from './texts.ts';

/** Without it Excel reads UTF-8 as something else, and æ, ø and å as two letters each. */
const BYTE_ORDER_MARK = '\uFEFF';

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
  const lines = [Object.values(columns), ...entries.map(line)];
  return BYTE_ORDER_MARK + lines.map((cells) => `${cells.map(cell).join(SEPARATORS[language])}\r\n`).join('');
}

/**
 * A text as one cell that a spreadsheet shows and does not compute, also where the file is opened in the other language and
 * split at the wrong character: there quotes in the middle of a line mean nothing, and what follows a comma, a semicolon or
 * a line break begins a cell too.
 */
function cell(text: string): string {
  const harmless = text.replace(/^(?=[=+\-@\t\r])|(?<=[,;\r\n]\s*)(?=[=+\-@])/g, "'");
  return /[",;\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
