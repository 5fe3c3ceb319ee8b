import type { InputFault } from '../domain/refused.ts';
import type { Warning } from '../domain/warning.ts';

/** A file to import. */
export interface ImportFile {
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
  /** Its bytes from the beginning. */
  readonly read: () => AsyncIterable<Buffer>;
}

/** What is wrong with a line: where, what was expected, and what was found (`null` for nothing). */
export interface LineFault extends InputFault {
  readonly found: string | null;
}

export interface RejectedLine {
  /** Counted from 1; 0 where more lines were rejected than are named. */
  readonly line: number;
  /** `null` where it cannot be known. */
  readonly externalId: string | null;
  readonly errors: readonly LineFault[];
}

/** `line` and `externalId` are `null` in a warning of the whole file. */
export interface ImportWarning extends Warning {
  readonly line: number | null;
  readonly externalId: string | null;
}

/** A line of NDJSON, or a row of CSV. */
export interface Entry {
  readonly line: number;
  readonly externalId: string | null;
}

/** What the entries of one external id say, before it is held against the schema. */
export interface Candidate {
  /** What should fit the schema of a controller. */
  readonly value: unknown;
  /** Why it cannot, where that is known already. */
  readonly faults: readonly (LineFault & { readonly line: number })[];
  readonly warnings: readonly ImportWarning[];
  /** Where in the file a field of `value` stands, by its dotted path. */
  readonly placeOf: (path: string) => { readonly line: number; readonly path: string };
}

/** How controllers are written in a file. It is read several times, and is the same each time. */
export interface Format<Each extends Entry = Entry> {
  /** What looks wrong with the whole file. */
  readonly warnings: readonly ImportWarning[];
  /** Whether entries of one external id make one controller together; otherwise the last of them counts. */
  readonly addsUp: boolean;
  readonly entries: () => AsyncIterable<Each>;
  /** `entries` are of one external id, or one entry without. */
  candidateOf(entries: readonly Each[]): Candidate;
}

/** The longest line of NDJSON, or row of CSV, that is read, in bytes. */
export const MAX_LINE_BYTES = 64 * 1024;

/** A value as it stands in a report: short, and on one line. `null` for nothing. */
export function found(value: unknown): string | null {
  if (value === undefined || value === '') return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100).toWellFormed()}…` : text.toWellFormed();
}
