import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Webhook } from '../domain/webhook.ts';

/** An endpoint that has not been posted to for longer than those needs no slot. */
const ENDPOINTS_KEPT = 1_000;

/** Makes a function that waits until the endpoint's rate limit, if it has one, lets one more post of this process through. */
export function rateLimiter(): (webhook: Pick<Webhook, 'id' | 'rateLimit'>) => Promise<void> {
  /** When each endpoint may be posted to again, in milliseconds of the process's own clock. */
  const nextSlots = new LRUCache<string, number>({ max: ENDPOINTS_KEPT });
  return async ({ id, rateLimit }) => {
    if (rateLimit === null) return;
    const now = performance.now();
    const slot = Math.max(now, nextSlots.get(id) ?? 0);
    nextSlots.set(id, slot + 1000 / rateLimit);
    if (slot > now) await sleep(slot - now);
  };
}
