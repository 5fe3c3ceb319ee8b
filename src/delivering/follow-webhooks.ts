import { followWebhook } from '../commands/record-deliveries.ts';
import { inTransaction } from '../db/postgres.ts';
import { failingWebhooks } from '../db/webhooks.ts';
import type { Delivering } from './delivering.ts';

/** Tells the company of endpoints that fail, and disables those that have failed for five days without one success. */
export async function followWebhooks({ pool, clock }: Pick<Delivering, 'pool' | 'clock'>): Promise<void> {
  for (const id of await failingWebhooks(pool)) await inTransaction(pool, (tx) => followWebhook(tx, id, clock()));
}
