import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';
import { recordVerification } from '../commands/record-verification.ts';
import { VERIFICATION } from '../db/connection-options.ts';
import { onOwnConnection } from '../db/own-connection.ts';
import { inTransaction } from '../db/postgres.ts';
import { lastVerification, lockVerifying } from '../db/verifications.ts';
import { readOnly } from '../db/verifying.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { faultsIn, inWords } from '../evidence/verification.ts';
import { verifyRecord } from '../evidence/verify-record.ts';
import type { SealKeys } from '../security/seal-keys.ts';

/** The hour of the night, in UTC, from which the record is verified. */
const FROM_HOUR = 2;
/** Between two batches of 5,000 rows: a million take a few minutes more, and nobody waits for them. */
const PAUSE_MS = 100;
/** So many faults stand in the log, each in a line of its own. */
const LOGGED = 100;

/** What the job works with. */
export interface VerifyingNightly {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly sealKeys: SealKeys;
}

/**
 * A job that verifies the whole record once a night (D53), in one process, on a connection of its own that can write nothing. Faults
 * are in the log at `error`, in a mail to the operator, in `/readyz` and in `/metrics`, until a verification finds none. Ends early once
 * `stopping` aborts; the next run begins anew.
 */
export function nightlyVerifier({ pool, databaseUrl, clock, log, registry, sealKeys }: VerifyingNightly) {
  const faults = new Gauge({
    name: 'varsel_record_faults',
    help: 'What the last verification of the record has found wrong.',
    registers: [registry],
  });
  return async (stopping: AbortSignal): Promise<void> => {
    if (stopping.aborted || !(await isDue())) return;
    const address = { url: databaseUrl, setting: 'DATABASE_URL', limits: VERIFICATION } as const;
    await onOwnConnection(address, async (client) => {
      // Another process may verify, or have done so a moment ago.
      if (!(await lockVerifying(client)) || !(await isDue())) return;
      await readOnly(client);
      const beganAt = clock();
      const publicKey = sealKeys.current.publicKey;
      const found = await verifyRecord(client, { publicKey, pauseMs: PAUSE_MS, stopping }).catch((error: unknown) => {
        if (stopping.aborted) return null;
        throw error;
      });
      if (found === null) return;
      const count = faultsIn(found);
      const messages = found.faults.map(({ kind, message }) => `${kind}: ${message}`);
      faults.set(count);
      if (count > 0) log.error({ faults: count, counts: found.counts }, 'the record is not as it was sealed');
      for (const fault of messages.slice(0, LOGGED)) log.error({ fault }, 'a fault of the record');
      const verification = { beganAt, endedAt: clock(), rows: found.sealed + found.derived, faults: count };
      await inTransaction(pool, (tx) => recordVerification(tx, verification, { summary: inWords(found), messages }));
    });
  };

  /** Whether none has begun since the night began. */
  async function isDue(): Promise<boolean> {
    const last = await lastVerification(pool);
    return last === null || Temporal.Instant.compare(last.beganAt, lastNight(clock())) < 0;
  }
}

/** When the last night began, up to `now`. */
function lastNight(now: Temporal.Instant): Temporal.Instant {
  const today = now.toZonedDateTimeISO('UTC').startOfDay().add({ hours: FROM_HOUR });
  const isAhead = Temporal.Instant.compare(today.toInstant(), now) > 0;
  return (isAhead ? today.subtract({ days: 1 }) : today).toInstant();
}
