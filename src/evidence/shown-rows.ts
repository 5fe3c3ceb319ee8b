import type { ColumnParts, EvidenceRow } from '../db/evidence.ts';
import type { PackOf } from './pack-of.ts';

/** A row as a pack shows it: what is sealed of it, and as it stands now what is not. */
export interface ShownRow {
  readonly table: string;
  readonly key: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** What is of persons, sealed apart; left out of a redacted pack, and in part of a share. */
  readonly persons?: Readonly<Record<string, unknown>>;
  /** What moves on, and is derived from what is sealed; nobody seals it. */
  readonly state?: Readonly<Record<string, unknown>>;
}

/** Columns that tell of our work and nothing of the case. */
const OF_OUR_WORK = [
  'lease_id',
  'leased_until',
  'next_attempt_at',
  'next_reading_at',
  'readings',
  'search_key',
  'updated_at',
];

/** What the company has noted of a customer for itself: for no share. */
const NOTED = ['reference', 'metadata'];

/** What these say of persons is a mail or a letter as it came in: with addresses for answers, and what it quotes with links. */
const AS_IT_CAME = ['inbound_mails', 'inbound_contents', 'scans'];

/** Whether a pack shows what is of persons in the rows of a table; as it was sealed, or as it stands now. */
export function showsPersons(
  table: string,
  { isRedacted, controller }: Pick<PackOf, 'isRedacted' | 'controller'>,
): boolean {
  return !isRedacted && (controller === null || !AS_IT_CAME.includes(table));
}

/** Makes of rows what a pack shows of them. */
export function shownRows(parts: ColumnParts, of: Pick<PackOf, 'isRedacted' | 'controller'>) {
  return ({ table, key, content }: EvidenceRow): ShownRow => {
    const partOf = parts.get(table);
    if (partOf === undefined) throw new Error(`${table} is no table of the record`);
    const leftOut = table === 'controllers' && of.controller !== null ? [...OF_OUR_WORK, ...NOTED] : OF_OUR_WORK;
    const columns = Object.entries(content).filter(([name]) => !leftOut.includes(name));
    const those = (...wanted: string[]) =>
      Object.fromEntries(columns.filter(([name]) => wanted.includes(partOf.get(name) ?? '')));
    const persons = showsPersons(table, of) ? those('person') : {};
    const state = of.isRedacted ? those('moving') : those('moving', 'moving-person');
    return {
      table,
      key,
      facts: those('fact'),
      ...(Object.keys(persons).length > 0 && { persons }),
      ...(Object.keys(state).length > 0 && { state }),
    };
  };
}

/** Whether rows of a table are sealed: those of the others have states alone. */
export function isSealed(parts: ColumnParts, table: string): boolean {
  return [...(parts.get(table)?.values() ?? [])].some((part) => part === 'fact' || part === 'person');
}

/** All columns of a row. */
export const columnsOf = ({ facts, persons, state }: ShownRow): Readonly<Record<string, unknown>> => ({
  ...state,
  ...persons,
  ...facts,
});
