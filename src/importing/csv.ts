import type { CsvEntry } from './csv-controllers.ts';
import { delimiterOf, rowsOf } from './csv-rows.ts';
import { decoded, type DecodedFile } from './csv-text.ts';
import type { Format, ImportFile, ImportWarning } from './format.ts';
import { table } from './table.ts';

/** What UTF-8 looks like where it is read as Windows-1252: Ã¦, Ã¸, Ã¥. */
const MISREAD = /Ã[¦¸¥†˜…©¶¼¤]/;

/** CSV, as a table (`table`). `mapped` says which columns hold what, where their names do not. */
export async function csv(file: ImportFile, mapped: ReadonlyMap<string, string>): Promise<Format<CsvEntry>> {
  const text = await decoded(file);
  const delimiter = await delimiterOf(text);
  return table({ rows: () => rowsOf(text, delimiter), mapped, warnings: await misreadIn(text) });
}

async function misreadIn({ encoding, text }: DecodedFile): Promise<ImportWarning[]> {
  if (encoding !== 'windows-1252') return [];
  for await (const piece of text()) {
    const misread = MISREAD.exec(piece);
    if (misread === null) continue;
    const message = `The file is not UTF-8 as a whole, so it is read as Windows-1252, and has ${misread[0]}: look at its names`;
    return [{ line: null, externalId: null, code: 'encoding-mixed', message }];
  }
  return [];
}
