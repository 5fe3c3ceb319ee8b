import { Counter, Gauge, type Registry } from 'prom-client';
import { sealingWaitsFor, type Checkpoint } from '../db/seals.ts';
import type { Clock } from '../domain/clock.ts';
import { sealRecord, type Sealing } from './seal-record.ts';

/** How often what has been written is sealed. */
const EVERY = { minutes: 1 };
/** What is not sealed for longer than this is no blip. */
const FAILING_FOR = { minutes: 10 };

/** Seen so many times in a row, a minute apart, a transaction is taken for one that nobody ends. */
const ENDLESS_AFTER = 10;

/** What is seen of this process's sealing from outside. */
export interface SealingWatch {
  sealed(): void;
  failed(error: unknown): void;
  /** Why the record is not sealed, in words for an operator; `null` where it is. */
  fault(): string | null;
}

export function sealingWatch(clock: Clock): SealingWatch {
  let failing: { readonly since: Temporal.Instant; readonly error: unknown } | null = null;
  return {
    sealed() {
      failing = null;
    },
    failed(error) {
      failing = { since: failing?.since ?? clock(), error };
    },
    fault() {
      if (failing === null || Temporal.Instant.compare(failing.since.add(FAILING_FOR), clock()) > 0) return null;
      return `The record has not been sealed since ${failing.since.toString()}: ${String(failing.error)}`;
    },
  };
}

/** What the job works with. */
export interface JobOfSealing extends Sealing {
  readonly registry: Registry;
  readonly sealing: SealingWatch;
}

/**
 * A job that seals the record (D49) once a minute. It throws what went wrong, which `sealing` is told of: also that one transaction,
 * which has not ended for minutes, keeps what others have written from being sealed.
 */
export function sealer({
  registry,
  sealing: watch,
  ...sealing
}: JobOfSealing): (stopping: AbortSignal) => Promise<void> {
  const failures = new Counter({
    name: 'varsel_seal_failures_total',
    help: 'Times that the record could not be sealed.',
    registers: [registry],
  });
  const rows = new Gauge({
    name: 'varsel_sealed_rows',
    help: 'Rows in the tree of the newest checkpoint that this process has signed.',
    registers: [registry],
  });
  let published: Checkpoint | null = null;
  let next: Temporal.Instant | null = null;
  let oldest: { readonly transaction: number | null; readonly seen: number } = { transaction: null, seen: 0 };

  async function expectMoving(): Promise<void> {
    const transaction = await sealingWaitsFor(sealing.pool);
    oldest = { transaction, seen: transaction === oldest.transaction ? oldest.seen + 1 : 1 };
    if (transaction === null || oldest.seen < ENDLESS_AFTER) return;
    throw new Error(
      `rows on record wait for the transaction ${transaction} to end, as they did the last ${ENDLESS_AFTER} times: ` +
        'pg_stat_activity has it as backend_xid, or pg_prepared_xacts as transaction',
    );
  }

  return async (stopping) => {
    const now = sealing.clock();
    if (next !== null && Temporal.Instant.compare(now, next) < 0) return;
    try {
      published = (await sealRecord(sealing, { stopping, published })) ?? published;
      if (published) rows.set(published.size);
      await expectMoving();
      watch.sealed();
      next = now.add(EVERY);
    } catch (error) {
      failures.inc();
      watch.failed(error);
      throw error;
    }
  };
}
