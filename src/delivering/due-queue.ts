import { runExclusively } from '../concurrency/run-exclusively.ts';
import { dueDeliveries, type DueDelivery } from '../db/webhook-deliveries.ts';
import type { Delivering } from './delivering.ts';
import type { EndpointLease } from './endpoint-lease.ts';

const PAGE = 64;
/** The next page is fetched when fewer than this wait. */
const LOW = 24;

/** What is due for one endpoint, fetched page by page. Each delivery comes once until it is recorded. */
export interface DueQueue {
  /** The next delivery; `null` when nothing more is due. */
  next(): Promise<DueDelivery | null>;
  /** Looks for deliveries written since nothing more was found. Returns whether any delivery waits. */
  lookAgain(): Promise<boolean>;
  /** These deliveries are recorded: should they be due again, they come again. */
  recorded(deliveries: readonly { readonly deliveryId: string }[]): void;
}

export function dueQueue(
  { pool, clock }: Pick<Delivering, 'pool' | 'clock'>,
  webhookId: string,
  lease: EndpointLease,
): DueQueue {
  const waiting: DueDelivery[] = [];
  /** Fetched, and not recorded yet. */
  const unrecorded = new Set<string>();
  let hasMore = true;

  const fetchPage = runExclusively(async () => {
    if (waiting.length >= LOW || (waiting.length > 0 && !hasMore)) return;
    // So that what an admin has changed since the last page holds for this one.
    await lease.renew();
    if (lease.webhook() === null) return;
    const found = await dueDeliveries(pool, webhookId, { now: clock(), underWay: [...unrecorded], limit: PAGE });
    for (const { id } of found) unrecorded.add(id);
    waiting.push(...found);
    hasMore = found.length === PAGE;
  });

  return {
    async next() {
      if (waiting.length === 0) await fetchPage();
      // Fetched ahead while the last ones are posted. If it fails, the fetch that is waited for reports the error.
      else if (waiting.length < LOW && hasMore) fetchPage().catch(() => undefined);
      return waiting.shift() ?? null;
    },
    async lookAgain() {
      await fetchPage();
      return waiting.length > 0;
    },
    recorded(deliveries) {
      for (const { deliveryId } of deliveries) unrecorded.delete(deliveryId);
    },
  };
}
