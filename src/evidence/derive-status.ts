import { setImmediate as aMoment } from 'node:timers/promises';
import { activatedChanges, versionsOnRecord } from '../db/derived-register.ts';
import { DERIVED_TABLES, differencesOf, keysAfter, type Difference } from '../db/derived-status.ts';
import { windowsOnRecord } from '../db/derived-windows.ts';
import type { Queryable } from '../db/postgres.ts';
import { differencesOfRegister } from './derived-register.ts';
import { differencesOfWindow } from './derived-window.ts';

/** So many rows are derived at a time, whatever a table has. */
const BATCH = 2_000;

/** Rows that were derived, and what of them does not follow from the facts. */
export interface DerivedBatch {
  readonly table: string;
  readonly rows: number;
  readonly differences: readonly Difference[];
}

/**
 * Derives the state of every row that has one from the facts on record, and yields what is otherwise (D53): who has changed a status
 * or a deadline by hand has not changed what it follows from. Statuses are not sealed, so this is what shows it. Takes the memory of
 * a batch, and writes nothing.
 */
export async function* deriveStatus(db: Queryable): AsyncGenerator<DerivedBatch> {
  for (const table of DERIVED_TABLES) {
    yield* inBatches(db, table, (keys) => differencesOf(db, table, keys));
  }
  yield* inBatches(db, 'objection_windows', async (ids) =>
    (await windowsOnRecord(db, ids)).flatMap(differencesOfWindow),
  );
  yield* deriveRegisters(db);
}

async function* deriveRegisters(db: Queryable): AsyncGenerator<DerivedBatch> {
  let after: string | null = null;
  for (;;) {
    const [product]: string[] = await keysAfter(db, 'products', { after, limit: 1 });
    if (product === undefined) return;
    const versions = await versionsOnRecord(db, product);
    const differences = differencesOfRegister(versions, await activatedChanges(db, product));
    yield { table: 'register_entries', rows: versions.length, differences };
    after = product;
  }
}

async function* inBatches(
  db: Queryable,
  table: Parameters<typeof keysAfter>[1],
  derive: (keys: readonly string[]) => Promise<readonly Difference[]>,
): AsyncGenerator<DerivedBatch> {
  let after: string | null = null;
  for (;;) {
    const keys: string[] = await keysAfter(db, table, { after, limit: BATCH });
    if (keys.length === 0) return;
    yield { table, rows: keys.length, differences: await derive(keys) };
    after = keys.at(-1) ?? null;
    // Others of this process go on meanwhile.
    await aMoment();
  }
}
