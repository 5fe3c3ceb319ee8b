import type pg from 'pg';
import { createWebhook, replayEvents } from '../../src/commands/manage-webhooks.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { MovableClock } from './clock.ts';
import { startReceiver } from './receiver.ts';
import { startWorkingProcess } from './working-process.ts';

/** An event as an endpoint gets it. */
export interface ToldEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly eventId: string; readonly sequence: number; readonly [field: string]: unknown };
}

export interface Consumer {
  /** Every event so far, in the order of its sequence: those before the consumer came have been replayed to it. */
  events(): Promise<ToldEvent[]>;
  close(): Promise<void>;
}

/** An endpoint that is told everything that happens, and what happened before. */
export async function startConsumer(database: { pool: pg.Pool; url: string }, clock: MovableClock): Promise<Consumer> {
  const receiver = await startReceiver();
  const working = startWorkingProcess({ database, clock });
  const by = { at: clock.now(), actor: 'test' };
  const settings = {
    url: receiver.url,
    events: ['*'],
    products: null,
    description: null,
    rateLimit: null,
    enabled: true,
  };
  await inTransaction(database.pool, async (tx) => {
    const { id } = await createWebhook(tx, settings, by);
    await replayEvents(tx, id, { since: Temporal.Instant.fromEpochMilliseconds(0), eventIds: null }, by);
  });
  return {
    async events() {
      await working.jobs.each.deliverer.idle();
      const told = receiver.received.map(({ body }) => JSON.parse(body) as ToldEvent);
      const each = new Map(told.map((event) => [event.data.eventId, event]));
      return [...each.values()].toSorted((a, b) => a.data.sequence - b.data.sequence);
    },
    async close() {
      await working.close();
      await receiver.close();
    },
  };
}
