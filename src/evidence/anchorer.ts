import type pg from 'pg';
import { Counter, Gauge, type Registry } from 'prom-client';
import { checkpointToStamp, insertTimeStamp } from '../db/checkpoint-timestamps.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { askForTimeStamp } from './ask-for-time-stamp.ts';
import { TimeStampError } from './time-stamp.ts';

const STAMP_EVERY = { hours: 24 };
const LOOK_EVERY = { minutes: 1 };
/** Between two requests to a service that gave none. */
const TRY_AGAIN_AFTER = { minutes: 15 };

/** What the job works with. */
export interface Anchoring {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  /** The time-stamp service; `null` where there is none. */
  readonly timeStampUrl: string | null;
}

/**
 * A job that has the newest checkpoint stamped by a service outside once a day (D55). A service that gives no time stamp is an
 * alarm, and asked again; nothing waits for it. Of several processes each may ask, and the first stamp is kept.
 */
export function anchorer({
  pool,
  clock,
  log,
  registry,
  timeStampUrl: url,
}: Anchoring): (stopping: AbortSignal) => Promise<void> {
  if (url === null) return async () => undefined;
  const failures = new Counter({
    name: 'varsel_time_stamp_failures_total',
    help: 'Requests to the time-stamp service that gave no time stamp.',
    registers: [registry],
  });
  const stamped = new Gauge({
    name: 'varsel_time_stamped_timestamp_seconds',
    help: 'When the time-stamp service has last stamped a checkpoint for this process.',
    registers: [registry],
  });
  let next: Temporal.Instant | null = null;
  return async (stopping) => {
    const now = clock();
    if (stopping.aborted) return;
    if (next !== null && Temporal.Instant.compare(now, next) < 0) return;
    next = now.add(LOOK_EVERY);
    const checkpoint = await checkpointToStamp(pool, now.subtract(STAMP_EVERY));
    if (checkpoint === null) return;
    try {
      const { stamp, response } = await askForTimeStamp({ url, data: Buffer.from(checkpoint.note), now, stopping });
      await insertTimeStamp(pool, checkpoint, { stampedAt: stamp.at, authority: stamp.authority, response });
      stamped.set(stamp.at.epochMilliseconds / 1000);
    } catch (error) {
      if (stopping.aborted) return;
      if (!(error instanceof TimeStampError)) throw error;
      failures.inc();
      next = now.add(TRY_AGAIN_AFTER);
      log.error(
        { fault: error.message, epoch: checkpoint.epoch, size: checkpoint.size },
        'a checkpoint has no time stamp; the service is asked again in 15 minutes, and nothing waits for it',
      );
    }
  };
}
