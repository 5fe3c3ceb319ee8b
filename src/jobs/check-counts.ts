import type pg from 'pg';
import { Counter, type Registry } from 'prom-client';
import { correctCounts } from '../commands/correct-counts.ts';
import { progressOf, type MendedCount } from '../db/change-counts.ts';
import { announcedChanges, everyChangeId } from '../db/changes.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';

/** How often all counts are compared with their rows. For a change with 100,000 controllers that takes a tenth of a second. */
const ALL_EVERY = { hours: 1 };

/** What the job works with. */
export interface CheckingCounts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

/**
 * A job that compares counts with the rows that they count, mends them, and alarms. Those that hide a blocker (D20) it finds at
 * each run; the others once an hour, and at the first run.
 */
export function countsChecker({ pool, clock, log, registry }: CheckingCounts): () => Promise<void> {
  const mended = new Counter({
    name: 'varsel_counts_mended_total',
    help: 'Counts of changes that did not agree with their rows.',
    registers: [registry],
  });
  let nextOfAll: Temporal.Instant | null = null;
  return async () => {
    const now = clock();
    const isForAll = nextOfAll === null || Temporal.Instant.compare(now, nextOfAll) >= 0;
    const ids = isForAll ? await everyChangeId(pool) : await changesWithHiddenBlocker(pool, now);
    for (const id of ids) {
      const wrong = await inTransaction(pool, (tx) => correctCounts(tx, id, now));
      if (wrong.length === 0) continue;
      mended.inc(wrong.length);
      log.error({ change: id, counts: inWords(wrong) }, 'counts did not agree with their rows, and were mended');
    }
    if (isForAll) nextOfAll = now.add(ALL_EVERY);
  };
}

async function changesWithHiddenBlocker(pool: pg.Pool, now: Temporal.Instant): Promise<string[]> {
  const ids = (await announcedChanges(pool, null)).map(({ id }) => id);
  const progress = await progressOf(pool, ids, now);
  return ids.filter((id) => progress.get(id)?.countsDisagree);
}

function inWords(wrong: readonly MendedCount[]): string[] {
  return wrong.map(({ counted, amount }) => `${counted} ${amount > 0 ? '+' : ''}${amount}`);
}
