import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.ts';

const MESSAGES_COUNTED = 10_000;

/**
 * Counts mails per message, and admits at most `max` for each within an hour, so that two programs that reply to each other
 * fill neither the record nor an officer's day. Remembers the 10,000 messages that were counted last.
 */
export function mailsPerMessage(max: number, clock: Clock): { admits(messageId: string): boolean } {
  const hours = new LRUCache<string, { since: Temporal.Instant; mails: number }>({ max: MESSAGES_COUNTED });
  return {
    admits(messageId) {
      const now = clock();
      const found = hours.get(messageId);
      const isCurrent = found !== undefined && Temporal.Instant.compare(now, found.since.add({ hours: 1 })) < 0;
      const hour = isCurrent ? found : { since: now, mails: 0 };
      hour.mails += 1;
      hours.set(messageId, hour);
      return hour.mails <= max;
    },
  };
}
