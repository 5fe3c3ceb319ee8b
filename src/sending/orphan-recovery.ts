import type pg from 'pg';
import { recoverOrphans } from '../commands/record-outcomes.ts';
import { inTransaction } from '../db/postgres.ts';

/** How many orphans one transaction recovers. */
const RECOVERED_AT_ONCE = 100;
/** Orphans do not wait for the end of a long queue: they are looked for as often as this. */
const LOOKED_EVERY = { seconds: 5 };
/**
 * After the database was away, every lease may have ended. Those who live renew them first, and record what they sent. Longer
 * than the time between two sweeps, so that the last failure was shortly before the database came back.
 */
const GRACE = { seconds: 15 };

/** Recovers orphans: messages whose process disappeared before it recorded an outcome. One for all runs of a process. */
export interface OrphanRecovery {
  /** Recovers all whose lease is over at `now`, unless it has just been done. Ends early once `isStopped` holds. */
  recover(now: Temporal.Instant, isStopped: () => boolean): Promise<void>;
  /** The database could not be used at `now`. */
  postpone(now: Temporal.Instant): void;
}

export function orphanRecovery(pool: pg.Pool): OrphanRecovery {
  /** Nothing is looked for between these two; before the first, the clock has been set back. */
  let waiting: { readonly from: Temporal.Instant; readonly until: Temporal.Instant } | null = null;
  const wait = (from: Temporal.Instant, length: Temporal.DurationLike) => {
    waiting = { from, until: from.add(length) };
  };
  const isWaiting = (now: Temporal.Instant) =>
    waiting !== null &&
    Temporal.Instant.compare(waiting.from, now) <= 0 &&
    Temporal.Instant.compare(now, waiting.until) < 0;
  return {
    async recover(now, isStopped) {
      if (isWaiting(now)) return;
      const recoverSome = () => inTransaction(pool, (tx) => recoverOrphans(tx, now, RECOVERED_AT_ONCE));
      while ((await recoverSome()) === RECOVERED_AT_ONCE) {
        if (isStopped()) return;
      }
      wait(now, LOOKED_EVERY);
    },
    postpone: (now) => wait(now, GRACE),
  };
}
