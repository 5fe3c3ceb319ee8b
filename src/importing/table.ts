import { InvalidRequest } from '../domain/refused.ts';
import { columnsOf, type Columns } from './csv-columns.ts';
import { candidateOf, type CsvEntry } from './csv-controllers.ts';
import type { CsvRow } from './csv-rows.ts';
import type { Format, ImportWarning } from './format.ts';

/** A file of rows, the header first. It is read several times. */
interface Table {
  /** Without blank rows. */
  readonly rows: () => AsyncIterable<CsvRow>;
  /** Which columns hold what, where their names do not say it. */
  readonly mapped: ReadonlyMap<string, string>;
  /** What looks wrong with the file, besides its columns. */
  readonly warnings: readonly ImportWarning[];
}

/**
 * A table of customers: one on each row, or several rows with a contact each. Throws `InvalidRequest` for one without a header, or
 * without a column that is needed.
 */
export async function table({ rows, mapped, warnings }: Table): Promise<Format<CsvEntry>> {
  const columns = columnsOf(await headerOf(rows), mapped);
  const externalId = columns.columns.findIndex((column) => column?.field === 'externalId');
  async function* entries(): AsyncGenerator<CsvEntry> {
    let isHeader = true;
    for await (const { line, cells } of rows()) {
      if (!isHeader) yield { line, externalId: cells[externalId] || null, cells };
      isHeader = false;
    }
  }
  return {
    warnings: [...columns.unknown.map(unknownColumn), ...warnings],
    addsUp: true,
    entries,
    candidateOf: (entriesOfOne) => candidateOf(entriesOfOne, columns),
  };
}

async function headerOf(rows: Table['rows']): Promise<Columns['names']> {
  for await (const { cells } of rows()) return cells;
  throw new InvalidRequest([{ path: '', message: 'Expected a first row with the names of the columns, found none' }]);
}

function unknownColumn(name: string): ImportWarning {
  const message = `The column ${name} is not read. Call it metadata.${name} to keep it`;
  return { line: null, externalId: null, code: 'column-unknown', message };
}
