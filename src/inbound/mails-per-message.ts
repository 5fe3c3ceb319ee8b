import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.ts';

const MESSAGES_COUNTED = 10_000;

/**
 * Counts mails by the message that they reply to, and admits `max` of each within an hour: two programs that reply to each
 * other must not fill the record, nor the day of whoever reads it.
 */
export function mailsPerMessage(max: number, clock: Clock): { admits(messageId: string): boolean } {
  const counts = new LRUCache<string, { since: Temporal.Instant; mails: number }>({ max: MESSAGES_COUNTED });
  return {
    admits(messageId) {
      const now = clock();
      const found = counts.get(messageId);
      const isCurrent = found !== undefined && Temporal.Instant.compare(now, found.since.add({ hours: 1 })) < 0;
      const count = isCurrent ? found : { since: now, mails: 0 };
      count.mails += 1;
      counts.set(messageId, count);
      return count.mails <= max;
    },
  };
}
