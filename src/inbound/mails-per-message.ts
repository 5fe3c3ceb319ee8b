import type { Clock } from '../domain/clock.ts';

const MESSAGES_COUNTED = 10_000;

/**
 * Counts mails by the message that they are for, and admits so many within an hour: a program that answers a program does
 * not fill the record, and tires nobody who has to read it.
 */
export function mailsPerMessage(max: number, clock: Clock): { admits(messageId: string): boolean } {
  const counts = new Map<string, { since: Temporal.Instant; mails: number }>();
  return {
    admits(messageId) {
      const now = clock();
      const found = counts.get(messageId);
      const isCurrent = found !== undefined && Temporal.Instant.compare(now, found.since.add({ hours: 1 })) < 0;
      const count = isCurrent ? found : { since: now, mails: 0 };
      count.mails += 1;
      counts.delete(messageId);
      counts.set(messageId, count);
      for (const longestUnused of counts.keys()) {
        if (counts.size <= MESSAGES_COUNTED) break;
        counts.delete(longestUnused);
      }
      return count.mails <= max;
    },
  };
}
