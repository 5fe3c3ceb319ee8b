import type pg from 'pg';
import { recoverOrphans } from '../commands/record-outcomes.ts';
import { inTransaction } from '../db/postgres.ts';

/** How many orphans one transaction recovers. */
const RECOVERED_AT_ONCE = 100;
/** Orphans do not wait for the end of a long queue: they are looked for again after this number of messages. */
const RECOVERED_AFTER = 500;

/** Recovers orphans: messages whose process disappeared before it recorded an outcome. */
export interface OrphanRecovery {
  /** Recovers all whose lease is over at `now`, at the first call and then once in `RECOVERED_AFTER` messages. */
  recover(now: Temporal.Instant): Promise<void>;
  /** Counts `count` messages that were due since. */
  noteDue(count: number): void;
}

export function orphanRecovery(pool: pg.Pool, isStopped: () => boolean): OrphanRecovery {
  let dueSince = Infinity;
  return {
    async recover(now) {
      if (dueSince < RECOVERED_AFTER) return;
      const recoverSome = () => inTransaction(pool, (tx) => recoverOrphans(tx, now, RECOVERED_AT_ONCE));
      while ((await recoverSome()) === RECOVERED_AT_ONCE) {
        if (isStopped()) return;
      }
      dueSince = 0;
    },
    noteDue(count) {
      dueSince += count;
    },
  };
}
