import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { recordOutcomes } from '../commands/record-outcomes.ts';
import type { AttemptOutcome } from '../db/message-attempts.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Log } from '../domain/log.ts';
import type { KnownChanges } from './message-facts.ts';

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
  known,
  log,
  limit,
}: {
  pool: pg.Pool;
  known: KnownChanges;
  log: Log;
  limit: number;
}): OutcomeRecorder {
  let inDoubt = 0;
  const waiting: AttemptOutcome[] = [];
  let writing: Promise<void> | null = null;
  const turns: (() => void)[] = [];

  const isFull = () => inDoubt >= limit;

  function settle(count: number): void {
    inDoubt -= count;
    for (let next = 0; next < count; next += 1) turns.shift()?.();
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) settle(await record([]));
    writing = null;
  }

  /** Writes these down, or where none are given those that come in until their transaction has begun. Returns how many. */
  async function record(given: readonly AttemptOutcome[]): Promise<number> {
    let group = given;
    const take = () => (group.length > 0 ? group : (group = waiting.splice(0)));
    let waited = 0;
    for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.longest)) {
      try {
        await inTransaction(pool, (tx) => recordOutcomes(tx, take(), known));
        return group.length;
      } catch (error) {
        // What comes in later has waited less long.
        take();
        if (isRefused(error) && group.length > 1) {
          // One of them may be what the database cannot take.
          for (const outcome of group) await record([outcome]);
          return group.length;
        }
        if (isRefused(error) || waited >= WAIT_MS.inAll) {
          // Its lease ends, and it is taken up as unknown: sent once more rather than lost.
          const messages = group.map(({ messageId }) => messageId);
          log.error({ err: error, messages }, 'outcomes could not be recorded');
          return group.length;
        }
        await sleep(wait);
        waited += wait;
      }
    }
  }

  return {
    async room() {
      while (isFull()) await new Promise<void>((resolve) => turns.push(resolve));
      inDoubt += 1;
    },
    add(outcome) {
      waiting.push(outcome);
      writing ??= write();
    },
    forgo: () => settle(1),
    // Nothing is added any more, so one writing is the last.
    async finish() {
      await writing;
    },
  };
}

/** Whether the database is there and does not take it (SQLSTATE classes 22 and 23, data and integrity): no later try helps. */
function isRefused(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: unknown }).code));
}
