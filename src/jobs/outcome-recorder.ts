import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { recordOutcomes } from '../commands/record-outcomes.ts';
import type { AttemptOutcome } from '../db/messages.ts';
import { inTransaction } from '../db/postgres.ts';
import type { KnownChanges } from './message-facts.ts';

/** A database that is away is waited for, less long than a lease: what was accepted shall not be sent again for that. */
const WAIT_MS = { first: 100, longest: 2_000, inAll: 120_000 };

/** Writes outcomes down in small groups, as they come. */
export interface OutcomeRecorder {
  /** Resolves when no more outcomes wait to be written than the limit. */
  keptUp(): Promise<void>;
  /** One content may be written: a crash leaves no more than the limit sent and not recorded. */
  enter(): Promise<void>;
  /** One for which there was room was not sent after all. */
  leave(): void;
  /** An outcome, and whether there was room made for what it is about. */
  add(outcome: AttemptOutcome, hadRoom: boolean): void;
  /** Resolves when all that was added is written. */
  finish(): Promise<void>;
}

interface Waiting {
  readonly outcome: AttemptOutcome;
  readonly hadRoom: boolean;
}

export function outcomeRecorder({
  pool,
  known,
  log,
  limit,
}: {
  pool: pg.Pool;
  known: KnownChanges;
  log: { error(details: object, message: string): void };
  limit: number;
}): OutcomeRecorder {
  let inDoubt = 0;
  const waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;
  const turns: (() => void)[] = [];
  const behind: (() => void)[] = [];

  function leave(): void {
    // Whoever waits for room takes it over.
    const next = turns.shift();
    if (next) next();
    else inDoubt -= 1;
  }

  /** A group is what has come in until its transaction has begun: a few milliseconds old. */
  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const written = await record([]);
      for (const { hadRoom } of written) if (hadRoom) leave();
      for (const goOn of behind.splice(0)) goOn();
    }
    writing = null;
  }

  /** Writes these down, or where none are given those that have come in, and returns them. */
  async function record(given: readonly Waiting[]): Promise<readonly Waiting[]> {
    let group = given;
    const take = () => (group.length > 0 ? group : (group = waiting.splice(0)));
    let waited = 0;
    for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.longest)) {
      try {
        await inTransaction(pool, (tx) =>
          recordOutcomes(
            tx,
            take().map(({ outcome }) => outcome),
            known,
          ),
        );
        return group;
      } catch (error) {
        if (isRefused(error) && group.length > 1) {
          // One of them may be what the database cannot take.
          for (const one of group) await record([one]);
          return group;
        }
        if (isRefused(error) || waited >= WAIT_MS.inAll) {
          // Its lease ends, and it is taken up as unknown: sent once more rather than lost.
          const messages = take().map(({ outcome }) => outcome.messageId);
          log.error({ err: error, messages }, 'outcomes could not be recorded');
          return group;
        }
        await sleep(wait);
        waited += wait;
      }
    }
  }

  return {
    async keptUp() {
      while (waiting.length >= limit) await new Promise<void>((resolve) => behind.push(resolve));
    },
    async enter() {
      if (inDoubt < limit) inDoubt += 1;
      else await new Promise<void>((resolve) => turns.push(resolve));
    },
    leave,
    add(outcome, hadRoom) {
      waiting.push({ outcome, hadRoom });
      writing ??= write();
    },
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
