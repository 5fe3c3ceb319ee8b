import type pg from 'pg';
import { vi } from 'vitest';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { sealRecord, type Sealing } from '../../src/evidence/seal-record.ts';
import type { Checkpoint } from '../../src/db/seals.ts';
import type { SealKeys } from '../../src/security/seal-keys.ts';
import { SEAL_KEYS } from './seal-key.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the sealing of a test works with. */
function sealingOf(pool: pg.Pool, at: Temporal.Instant, sealKeys: SealKeys = SEAL_KEYS): Sealing {
  return { pool, clock: () => at, log: SILENT, sealKeys, publicUrl: 'https://varsel.telenor.example' };
}

/** Seals what can be sealed now: what the job does, whenever it did so before. */
export async function sealOnce(pool: pg.Pool, at: Temporal.Instant): Promise<void> {
  await sealRecord(sealingOf(pool, at), { waitMs: 10_000 });
}

/**
 * Seals all that has been committed, and returns the checkpoint. The sealing stays below every transaction that runs in the cluster,
 * also of other files (decision 16), so it is tried until nothing is left.
 */
export async function seal(pool: pg.Pool, at: Temporal.Instant, sealKeys?: SealKeys): Promise<Checkpoint> {
  return vi.waitFor(
    async () => {
      const checkpoint = await sealRecord(sealingOf(pool, at, sealKeys), { waitMs: 10_000 });
      const left = await rows(pool, 'select from unsealed_rows(null, null) limit 1');
      if (checkpoint === null || left.length > 0) throw new Error('not everything could be sealed');
      return checkpoint;
    },
    { timeout: 60_000, interval: 100 },
  );
}

/** What an administrator does who takes the guards off. */
export async function unguarded(owner: pg.Pool, ...statements: readonly string[]): Promise<void> {
  await inTransaction(owner, async (tx) => {
    await tx.query('set local session_replication_role = replica');
    for (const statement of statements) await tx.query(statement);
  });
}
