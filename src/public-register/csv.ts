import { inLanguage, type Language } from '../domain/text.ts';
import { countryName, placeInWords } from '../domain/wording.ts';
import { csvLines } from '../web/csv.ts';
import type { PublicEntry, RegisterRecord } from './record.ts';
import { registerTextsIn } from './texts.ts';

/** The sub-processors as CSV for a spreadsheet, one line each, in the words and separator of one language. */
export function registerAsCsv({ entries, product }: RegisterRecord, language: Language): string {
  const { csv: columns, holdsFor } = registerTextsIn(language);
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
    entry.factsFrom.toString(),
    entry.forSome ? holdsFor.some : holdsFor.all,
  ];
  return csvLines([Object.values(columns), ...entries.map(line)], { language, isFirst: true });
}
