import type { ColumnParts, EvidenceRow } from '../db/evidence.ts';

/** A row as a pack shows it: what is sealed of it, and as it stands now what is not. */
export interface ShownRow {
  readonly table: string;
  readonly key: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** What is of persons, sealed apart; left out of a redacted pack. */
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

/** Makes of rows what a pack shows of them. */
export function shownRows(parts: ColumnParts, { isRedacted }: { readonly isRedacted: boolean }) {
  return ({ table, key, content }: EvidenceRow): ShownRow => {
    const partOf = parts.get(table);
    if (partOf === undefined) throw new Error(`${table} is no table of the record`);
    const columns = Object.entries(content).filter(([name]) => !OF_OUR_WORK.includes(name));
    const those = (...wanted: string[]) =>
      Object.fromEntries(columns.filter(([name]) => wanted.includes(partOf.get(name) ?? '')));
    const persons = isRedacted ? {} : those('person');
    const state = isRedacted ? those('moving') : those('moving', 'moving-person');
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
