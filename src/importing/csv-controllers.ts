import { nameKey } from '../domain/register.ts';
import { readRegistrationNumber } from '../domain/registration-number.ts';
import { damageOf } from '../domain/spreadsheet-damage.ts';
import { contactsOf } from './csv-contacts.ts';
import type { Column, Columns, KeyedField } from './csv-columns.ts';
import { found, type Candidate, type Entry, type LineFault } from './format.ts';

/** A row of a CSV file, its cells in the order of the header. */
export interface CsvEntry extends Entry {
  readonly cells: readonly string[];
}

type PlacedFault = LineFault & { readonly line: number };

/** Two cells that say the same have the same key. */
const KEYS: Readonly<Record<string, (cell: string) => string>> = {
  name: nameKey,
  registrationNumber: (cell) => readRegistrationNumber(cell).key ?? cell,
  products: (cell) => productsIn(cell).toSorted().join(),
};

/**
 * What the rows of one external id say together: one controller with the contacts of all of them. A cell that is blank says
 * nothing; where others disagree, none of them is believed.
 */
export function candidateOf(rows: readonly CsvEntry[], columns: Columns): Candidate {
  const [first] = rows;
  if (first === undefined) throw new Error('a candidate without a row');
  const cells = new Map<number, string>();
  const faults: PlacedFault[] = rows.flatMap((row) => faultsOf(row, columns));
  columns.columns.forEach((column, index) => {
    if (column === null || 'contact' in column) return;
    const agreed = agreedCell(rows, index, columns.names[index] ?? '', KEYS[column.field] ?? ((cell) => cell));
    faults.push(...agreed.faults);
    cells.set(index, agreed.cell);
  });
  const cellOf = (field: Column['field']) => cells.get(indexOf(columns, field));
  const contacts = contactsOf(rows, columns, cellOf('name') ?? '');
  const products = productsIn(cellOf('products') ?? '');
  if (products.length === 0) {
    const message =
      'Expected at least one product, like truetalk. Leave out a customer that has none: endMissing ends its agreement';
    faults.push({ line: first.line, path: nameOf(columns, 'products'), message, found: null });
  }
  return {
    value: {
      externalId: first.externalId ?? '',
      name: cellOf('name'),
      registrationNumber: cellOf('registrationNumber'),
      products,
      contacts: contacts.contacts,
      ...keyedCells('metadata', columns, cells),
      ...keyedCells('termsVersions', columns, cells),
      ...(cellOf('reference') !== undefined && { reference: cellOf('reference') || null }),
    },
    faults: [...faults, ...contacts.faults],
    warnings: contacts.warnings,
    placeOf: (path) => contacts.placeOf(path) ?? { line: first.line, path: nameOfPath(columns, path) },
  };
}

/** The products in a cell: `TrueTalk, andet`. */
function productsIn(cell: string): string[] {
  return [
    ...new Set(
      cell
        .toLowerCase()
        .split(/[\s,;|+]+/)
        .filter((product) => product !== ''),
    ),
  ];
}

/** What is wrong with a row by itself. */
function faultsOf({ line, cells }: CsvEntry, { columns, names }: Columns): PlacedFault[] {
  const surplus = cells.slice(columns.length).find((cell) => cell !== '');
  const message = `Expected at most ${columns.length} cells, as in the header: put a cell that contains the delimiter in quotes`;
  const faults: PlacedFault[] = surplus === undefined ? [] : [{ line, path: '', message, found: surplus }];
  cells.forEach((cell, index) => {
    const field = columns[index]?.field;
    const damage =
      field === undefined ? null : damageOf(cell, field === 'externalId' || field === 'registrationNumber');
    if (damage !== null) faults.push({ line, path: names[index] ?? '', message: damage, found: found(cell) });
  });
  return faults;
}

function agreedCell(rows: readonly CsvEntry[], index: number, path: string, keyOf: (cell: string) => string) {
  const said = rows.map(({ line, cells }) => ({ line, cell: cells[index] ?? '' })).filter(({ cell }) => cell !== '');
  const [first] = said;
  const others = said.filter(({ cell }) => keyOf(cell) !== keyOf(first?.cell ?? ''));
  const faults = others.map(({ line, cell }) => ({
    line,
    path,
    message: `Expected what line ${first?.line} says of the same customer: ${found(first?.cell)}`,
    found: found(cell),
  }));
  return { cell: first?.cell ?? '', faults };
}

/** The cells of the columns of a keyed field that are not blank; nothing where there is no such column. */
function keyedCells(field: KeyedField, { columns }: Columns, cells: ReadonlyMap<number, string>) {
  const said = columns.flatMap((column, index) =>
    column?.field === field ? [[column.key, cells.get(index) ?? '']] : [],
  );
  return said.length === 0 ? {} : { [field]: Object.fromEntries(said.filter(([, cell]) => cell !== '')) };
}

const indexOf = ({ columns }: Columns, field: Column['field']) =>
  columns.findIndex((column) => column?.field === field);

const nameOf = (columns: Columns, field: Column['field']) => columns.names[indexOf(columns, field)] ?? field;

/** The name of the column that a path of a controller comes from. */
function nameOfPath(columns: Columns, path: string): string {
  const [field = '', key] = path.split('.');
  const index = columns.columns.findIndex((column) =>
    column !== null && 'key' in column
      ? field === column.field && column.key === key
      : column?.field === (field === 'contacts' ? 'email' : field),
  );
  return columns.names[index] ?? path;
}
