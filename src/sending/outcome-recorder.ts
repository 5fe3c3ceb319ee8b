import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { recordOutcomes } from '../commands/record-outcomes.ts';
import { batchWriter, type BatchWriter } from '../concurrency/batch-writer.ts';
import type { MessageAttempt } from '../db/message-attempts.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Log } from '../domain/log.ts';
import type { KnownChanges } from './claim-batch.ts';
import type { Sending } from './sending.ts';

/**
 * How long to wait between two tries to record, and in all. Longer than a lease: an acceptance counts also when another process
 * has taken the message over since.
 */
const WAIT_MS = { first: 100, longest: 2_000, total: 120_000 };

/**
 * Records the outcomes of attempts in batches, each in one transaction. A batch that cannot be recorded is logged: its leases
 * end, and its messages are recovered as unknown and sent once more rather than lost.
 */
export function outcomeRecorder({
  pool,
  known,
  log,
  watch,
}: {
  pool: pg.Pool;
  known: KnownChanges;
  log: Log;
  watch?: Sending['watch'];
}): BatchWriter<MessageAttempt> {
  async function write(take: () => readonly MessageAttempt[]): Promise<void> {
    let waited = 0;
    for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.longest)) {
      try {
        // Takes the batch when the transaction has begun: outcomes that come in until then belong to it.
        await inTransaction(pool, (tx) => recordOutcomes(tx, take(), known));
        watch?.worked();
        return;
      } catch (error) {
        if (!isRefused(error)) watch?.failed();
        const batch = take();
        // The database may refuse the whole batch because of one outcome.
        if (isRefused(error) && batch.length > 1) return writeOneByOne(batch);
        if (isRefused(error) || waited >= WAIT_MS.total) {
          const messages = batch.map(({ messageId }) => messageId);
          log.error({ err: error, messages }, 'outcomes could not be recorded');
          return;
        }
        await sleep(wait);
        waited += wait;
      }
    }
  }

  async function writeOneByOne(batch: readonly MessageAttempt[]): Promise<void> {
    for (const outcome of batch) await write(() => [outcome]);
  }

  return batchWriter(write);
}

/** Whether the database was reached and refuses the data (SQLSTATE classes 22 and 23): trying again does not help. */
function isRefused(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: unknown }).code));
}
