import type pg from 'pg';
import { continueFanOut } from '../commands/fan-out.ts';
import { runningFanOuts } from '../db/fan-outs.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';

/** How many controllers one step writes for. Steps are short, because an objection to the change waits while one runs. */
const STEP_SIZE = 2_000;

/**
 * Continues all running fan-outs until none is left or `signal` aborts: one step of each in turn, each step a transaction.
 * Any number of processes may do so at the same time. One of them takes a step; a step that it does not finish is rolled
 * back, and taken again by the next. A fan-out that fails does not stop the others. Their errors are thrown at the end, as
 * one `AggregateError`.
 */
export async function continueFanOuts(
  { pool, clock, stepSize = STEP_SIZE }: { pool: pg.Pool; clock: Clock; stepSize?: number },
  signal?: AbortSignal,
): Promise<void> {
  const errors = new Map<string, unknown>();
  for (let isWorking = true; isWorking;) {
    isWorking = false;
    for (const fanOut of await runningFanOuts(pool)) {
      if (signal?.aborted) return;
      if (errors.has(fanOut.id)) continue;
      try {
        const hasWritten = await inTransaction(pool, (tx) => continueFanOut(tx, fanOut, stepSize, clock()));
        isWorking ||= hasWritten;
      } catch (error) {
        errors.set(fanOut.id, error);
      }
    }
  }
  if (errors.size > 0) throw new AggregateError(errors.values(), 'fan-outs failed; the next run takes them up');
}
