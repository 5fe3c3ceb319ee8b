import type pg from 'pg';
import { Counter, Gauge, type Registry } from 'prom-client';
import { emptyWhatIsOver, type EmptiedPart } from '../commands/empty-what-is-over.ts';
import { tellOfFailedRetention } from '../commands/tell-of-failed-retention.ts';
import { inTransaction } from '../db/postgres.ts';
import { readableRows, type ReadableRows } from '../db/retention.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';

/** What the job works with. */
export interface KeepingRetention {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

/**
 * A job that empties what is over (D51), table by table and part by part, and deletes what is kept for days and is no record. It
 * ends early, between two parts, when `stopping` aborts, and where another process is at it; the next night takes up what is left.
 * A table that fails keeps no other from its turn; the run then throws, the operator gets a mail, and `varsel_retention_failed` is 1
 * until one succeeds.
 */
export function retentionKeeper(
  { pool, clock, log, registry }: KeepingRetention,
  stopping: AbortSignal,
): () => Promise<void> {
  const emptied = new Counter({
    name: 'varsel_retention_rows_total',
    help: 'Rows that were emptied or deleted because their time had ended, by class.',
    labelNames: ['class'],
    registers: [registry],
  });
  const failed = new Gauge({
    name: 'varsel_retention_failed',
    help: '1 where the last nightly run failed, so that what is of persons is kept for too long.',
    registers: [registry],
  });

  async function goThrough(kept: ReadableRows): Promise<void> {
    let after: EmptiedPart['last'] = null;
    while (!stopping.aborted) {
      const from: EmptiedPart['last'] = after;
      const part: EmptiedPart | null = await inTransaction(pool, (tx) => emptyWhatIsOver(tx, kept, clock(), from));
      emptied.inc({ class: kept.class }, part?.emptied ?? 0);
      after = part?.last ?? null;
      if (after === null) return;
    }
  }

  return async () => {
    const errors: unknown[] = [];
    const failing: string[] = [];
    for (const kept of await readableRows(pool)) {
      await goThrough(kept).catch((error: unknown) => {
        log.error({ err: error, table: kept.table }, 'what is over could not be emptied; the next night tries again');
        errors.push(error);
        failing.push(kept.table);
      });
    }
    failed.set(errors.length > 0 ? 1 : 0);
    if (errors.length === 0) return;
    const tables = [...new Set(failing)];
    await inTransaction(pool, (tx) => tellOfFailedRetention(tx, tables, clock()));
    throw new AggregateError(errors, 'what is over is not emptied everywhere');
  };
}
