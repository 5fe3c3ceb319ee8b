import { InvalidRequest } from '../domain/refused.ts';
import { candidateOf, type CsvEntry } from './csv-controllers.ts';
import { columnsOf, type Columns } from './csv-columns.ts';
import { delimiterOf, rowsOf } from './csv-rows.ts';
import { decoded, type DecodedFile } from './csv-text.ts';
import type { Format, ImportFile, ImportWarning } from './format.ts';

/** What UTF-8 looks like where it is read as Windows-1252: Ã¦, Ã¸, Ã¥. */
const MISREAD = /Ã[¦¸¥†˜…©¶¼¤]/;

/**
 * CSV: a customer on each row, or several rows with a contact each. `mapped` says which columns hold what, where their names do
 * not. Throws `InvalidRequest` for a file without a header, or without a column that is needed.
 */
export async function csv(file: ImportFile, mapped: ReadonlyMap<string, string>): Promise<Format<CsvEntry>> {
  const text = await decoded(file);
  const delimiter = await delimiterOf(text);
  const columns = columnsOf(await headerOf(text, delimiter), mapped);
  const externalId = columns.columns.findIndex((column) => column?.field === 'externalId');
  async function* entries(): AsyncGenerator<CsvEntry> {
    let isHeader = true;
    for await (const { line, cells } of rowsOf(text, delimiter)) {
      if (!isHeader) yield { line, externalId: cells[externalId] || null, cells };
      isHeader = false;
    }
  }
  return {
    warnings: [...columns.unknown.map(unknownColumn), ...(await misreadIn(text))],
    addsUp: true,
    entries,
    candidateOf: (rows) => candidateOf(rows, columns),
  };
}

async function headerOf(text: DecodedFile, delimiter: string): Promise<Columns['names']> {
  for await (const { cells } of rowsOf(text, delimiter)) return cells;
  throw new InvalidRequest([{ path: '', message: 'Expected a first row with the names of the columns, found none' }]);
}

function unknownColumn(name: string): ImportWarning {
  const message = `The column ${name} is not read. Call it metadata.${name} to keep it`;
  return { line: null, externalId: null, code: 'column-unknown', message };
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
