import { setTimeout as sleep } from 'node:timers/promises';
import { recordDeliveries, type EndpointAttempt } from '../commands/record-deliveries.ts';
import { batchWriter, type BatchWriter } from '../concurrency/batch-writer.ts';
import { inTransaction } from '../db/postgres.ts';
import { recordDelivered } from '../db/webhook-deliveries.ts';
import type { Delivering } from './delivering.ts';

const TRIES = 5;
const WAIT_MS = 200;

/**
 * Records the attempts at one endpoint as fast as the database takes them, and calls `recorded` with each batch. A batch that
 * cannot be recorded is logged: its deliveries stay due, and are delivered once more rather than lost.
 */
export function attemptRecorder(
  { pool, clock, log }: Pick<Delivering, 'pool' | 'clock' | 'log'>,
  webhook: { readonly id: string; readonly isHealthy: boolean },
  recorded: (batch: readonly EndpointAttempt[]) => void,
): BatchWriter<EndpointAttempt> {
  // Successes of a healthy endpoint change nothing about its health: one statement records them.
  let isHealthy = webhook.isHealthy;

  async function record(batch: readonly EndpointAttempt[]): Promise<void> {
    isHealthy &&= batch.every(({ delivered }) => delivered);
    if (isHealthy) await recordDelivered(pool, webhook.id, batch);
    else await inTransaction(pool, (tx) => recordDeliveries(tx, webhook.id, batch, clock()));
  }

  return batchWriter(async (take) => {
    const batch = take();
    for (let tries = 1; ; tries += 1) {
      try {
        await record(batch);
        return recorded(batch);
      } catch (error) {
        if (tries === TRIES) {
          log.error({ err: error, webhook: webhook.id }, 'outcomes of deliveries could not be recorded');
          return;
        }
        await sleep(WAIT_MS * tries);
      }
    }
  });
}
