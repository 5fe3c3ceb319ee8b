import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.ts';

const KEYS_COUNTED = 10_000;

/** Counts mails by a key, an hour at a time: an hour begins with the first mail that is counted in it. */
export interface MailsPerHour {
  /** Whether the key has had all its mails of this hour. Counts nothing. */
  isFull(key: string): boolean;
  count(key: string): void;
  /** Takes a `count` back, because the mail was not taken. */
  uncount(key: string): void;
}

/** At most `max` mails for each key within an hour. Remembers the 10,000 keys that were counted last. */
export function mailsPerHour(max: number, clock: Clock): MailsPerHour {
  const hours = new LRUCache<string, { since: Temporal.Instant; mails: number }>({ max: KEYS_COUNTED });
  const current = (key: string) => {
    const found = hours.get(key);
    const isOver = found === undefined || Temporal.Instant.compare(clock(), found.since.add({ hours: 1 })) >= 0;
    return isOver ? { since: clock(), mails: 0 } : found;
  };
  const add = (key: string, mails: number) => {
    const hour = current(key);
    hours.set(key, { since: hour.since, mails: Math.max(0, hour.mails + mails) });
  };
  return {
    isFull: (key) => current(key).mails >= max,
    count: (key) => add(key, 1),
    uncount: (key) => add(key, -1),
  };
}
