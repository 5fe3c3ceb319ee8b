import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { recordOutcomes } from '../commands/record-outcomes.ts';
import type { AttemptOutcome } from '../db/messages.ts';
import { inTransaction } from '../db/postgres.ts';

/** So many groups are written at a time: while one waits for the disk, the next is put together. */
const WRITERS = 2;
/** A database that is away is waited for, less long than a lease: what was accepted shall not be sent again for that. */
const WAIT_MS = { first: 100, longest: 2_000, inAll: 120_000 };

/** Writes outcomes down in small groups, as they come. */
export interface OutcomeRecorder {
  /** Resolves when one more message may be sent: a crash leaves no more than the limit sent and not recorded. */
  room(): Promise<void>;
  add(outcome: AttemptOutcome): void;
  /** A message for which there was room is not sent after all. */
  forgo(): void;
  /** Resolves when all that was added is written. */
  finish(): Promise<void>;
}

export function outcomeRecorder({
  pool,
  log,
  limit,
}: {
  pool: pg.Pool;
  log: { error(details: object, message: string): void };
  limit: number;
}): OutcomeRecorder {
  let inDoubt = 0;
  let waiting: AttemptOutcome[] = [];
  const writing = new Set<Promise<void>>();
  const turns: (() => void)[] = [];
  const hasRoom = () => inDoubt < limit;

  function settle(count: number): void {
    inDoubt -= count;
    for (let next = 0; next < count; next += 1) turns.shift()?.();
  }

  /** A group is what has come in while those before were written: a few milliseconds old. */
  async function write(): Promise<void> {
    while (waiting.length > 0) {
      // What other connections have just been answered belongs to the same group.
      await setImmediate();
      const group = waiting;
      waiting = [];
      if (group.length > 0) await record(group);
      settle(group.length);
    }
  }

  async function record(group: readonly AttemptOutcome[]): Promise<void> {
    let waited = 0;
    for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.longest)) {
      try {
        return await inTransaction(pool, (tx) => recordOutcomes(tx, group));
      } catch (error) {
        if (isRefused(error) && group.length > 1) {
          // One of them may be what the database cannot take.
          for (const outcome of group) await record([outcome]);
          return;
        }
        if (isRefused(error) || waited >= WAIT_MS.inAll) {
          // Its lease ends, and it is taken up as unknown: sent once more rather than lost.
          const messages = group.map(({ messageId }) => messageId);
          return log.error({ err: error, messages }, 'outcomes could not be recorded');
        }
        await sleep(wait);
        waited += wait;
      }
    }
  }

  return {
    async room() {
      while (!hasRoom()) await new Promise<void>((resolve) => turns.push(resolve));
      inDoubt += 1;
    },
    add(outcome) {
      waiting.push(outcome);
      if (writing.size === WRITERS) return;
      const writer = write().finally(() => writing.delete(writer));
      writing.add(writer);
    },
    forgo: () => settle(1),
    // Nothing is added any more, so one writing is the last.
    async finish() {
      await Promise.all(writing);
    },
  };
}

/** Whether the database is there and does not take it (SQLSTATE classes 22 and 23, data and integrity): no later try helps. */
function isRefused(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: unknown }).code));
}
