import type pg from 'pg';
import { measureClock, otherClockOffset } from '../db/installation.ts';
import { inTransaction } from '../db/postgres.ts';
import { isSureEnough, isWithinTolerance, type Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';

const EVERY_MS = 60_000;
const AGAIN_MS = 5_000;
const LOOK_MS = 1_000;
/** A clock that was last measured longer ago is not trusted: a process that stood still, or a database that does not answer. */
const TRUSTED_MS = 150_000;
/** The machine's clock and its count of milliseconds drift apart by less within a minute. By more, the clock was set. */
const DRIFT_MS = 100;

/** The clock of a process, measured against the database's (D29). */
export interface MeasuredClock {
  /** Has a fault until it has been measured. */
  readonly clock: Clock;
  /** Measures it now, then every minute, and at once when the machine's was set. Rejects when it cannot be measured now. */
  start(pool: pg.Pool, log: Log): Promise<void>;
  stop(): Promise<void>;
}

/** What is known since the last measurement. */
interface Measured {
  readonly at: number;
  readonly correctionMs: number;
  /** What the machine's clock said when its count of milliseconds, which nobody sets, was zero. */
  readonly epochMs: number;
}

/**
 * The machine's clock, corrected by what was measured once it is further off than a clock may be that decides. Where the
 * database's `mayBeMoved`, as in a trial, it follows; otherwise it has a fault while the database's is moved.
 */
export function measuredClock(machine: Clock, { mayBeMoved }: { mayBeMoved: boolean }): MeasuredClock {
  let movedBy: string | null = null;
  let measured: Measured | null = null;
  let measuring: Promise<void> | null = null;
  let dueAt = 0;
  let told: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  const epochMs = () => machine().epochMilliseconds - performance.now();
  const wasSet = () => measured !== null && Math.abs(epochMs() - measured.epochMs) > DRIFT_MS;
  const now = () => machine().add({ milliseconds: measured?.correctionMs ?? 0 });
  const fault = () => {
    if (movedBy !== null) return `The database’s clock is moved by ${movedBy}, as in a trial.`;
    if (measured === null) return 'The clock has not been measured against the database’s yet.';
    if (wasSet()) return 'The machine’s clock was set, and is being measured against the database’s.';
    if (performance.now() - measured.at <= TRUSTED_MS) return null;
    return 'The clock could not be measured against the database’s for minutes.';
  };

  async function measure(pool: pg.Pool, log: Log): Promise<void> {
    movedBy = mayBeMoved ? null : await otherClockOffset(pool, new Temporal.Duration());
    if (movedBy !== null) throw new Error(`The database's clock is moved by ${movedBy}.`);
    const measurement = await inTransaction(pool, (tx) => measureClock(tx, now));
    if (!isSureEnough(measurement)) {
      const roundTrip = Math.round(measurement.uncertaintyMs * 2);
      throw new Error(`The clock cannot be measured: the database takes ${roundTrip} ms to say what time it is.`);
    }
    const before = measured?.correctionMs ?? 0;
    const isNear = isWithinTolerance(measurement);
    const correctionMs = isNear ? before : before - Math.round(measurement.aheadMs);
    measured = { at: performance.now(), correctionMs, epochMs: epochMs() };
    if (!isNear) log.warn({ ...measurement, correctionMs }, 'the clock differs from the database’s, and is corrected');
  }

  /** Measures when it is time to, one measurement at once. Says, once, why the clock is not trusted. */
  function look(pool: pg.Pool, log: Log): void {
    const found = fault();
    if (found !== null && found !== told) log.error({ fault: found }, 'the clock is not trusted: nothing is decided');
    told = found;
    if (measuring !== null || (performance.now() < dueAt && !wasSet())) return;
    dueAt = performance.now() + EVERY_MS;
    measuring = measure(pool, log)
      .catch((error: unknown) => {
        dueAt = performance.now() + AGAIN_MS;
        log.warn({ err: error }, 'the clock could not be measured');
      })
      .finally(() => (measuring = null));
  }

  return {
    clock: Object.assign(now, { fault }),
    async start(pool, log) {
      await measure(pool, log);
      dueAt = performance.now() + EVERY_MS;
      timer = setInterval(() => look(pool, log), LOOK_MS).unref();
    },
    async stop() {
      clearInterval(timer);
      await measuring;
    },
  };
}
