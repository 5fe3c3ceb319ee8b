import type pg from 'pg';
import { continueFanOut } from '../commands/fan-out.ts';
import { runningFanOuts } from '../db/fan-outs.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';

/** So many controllers at a time: a step is short, because objections to its change wait for it. */
const STEP_SIZE = 2_000;

/**
 * Writes windows, notices and messages of changes with very many controllers, step by step until nothing is left, each
 * running fan-out in turn. Any number of processes may do so: a step is taken by one of them, and one that a process did
 * not finish is taken again as if it had never begun. One that fails holds no other up, and is thrown in the end.
 */
export async function fanOut(
  { pool, clock, stepSize = STEP_SIZE }: { pool: pg.Pool; clock: Clock; stepSize?: number },
  signal?: AbortSignal,
): Promise<void> {
  const faults = new Map<string, unknown>();
  for (let isWorking = true; isWorking;) {
    isWorking = false;
    for (const running of await runningFanOuts(pool)) {
      if (signal?.aborted) return;
      if (faults.has(running.id)) continue;
      try {
        const stepped = await inTransaction(pool, (tx) => continueFanOut(tx, running, stepSize, clock()));
        isWorking ||= stepped;
      } catch (error) {
        faults.set(running.id, error);
      }
    }
  }
  if (faults.size > 0) throw new AggregateError(faults.values(), 'fan-outs failed; the next run takes them up');
}
