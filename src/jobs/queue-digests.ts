import type pg from 'pg';
import { digestFailures } from '../commands/digest-failures.ts';
import { digestsDue } from '../db/officer-mails.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { endOfDigest, FIRST_DIGEST } from '../domain/officer-digest.ts';

/** Queues the digests of what has failed, to the officers of each product: one an hour of the clock at most, and none of nothing. */
export async function queueDigests({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<void> {
  const until = endOfDigest(clock());
  for (const due of await digestsDue(pool, { until, first: until.subtract(FIRST_DIGEST) })) {
    await inTransaction(pool, (tx) => digestFailures(tx, { ...due, until }, clock()));
  }
}
