import type { DeliveryOutcome } from '../domain/message.ts';

const MINUTES_BETWEEN_ATTEMPTS = [1, 5, 15, 60, 180, 480, 480, 480, 480] as const;
const JITTER = 0.2;
/** After a fault of our own side, doubled with each for the same message up to about half an hour. */
const DEFERRED_SECONDS = 10;
const DOUBLED_AT_MOST = 7;

/**
 * When a message is tried again after its `attempts`th charged attempt: 1, 5, 15 minutes, 1, 3, 8 hours and on, each ±20 % so
 * that retries spread. `null` when it is not: it was accepted, it failed for good, or the schedule (a day and a half) is
 * used up. An attempt that was not charged (`deferred`) is made again sooner, after so many `deferrals` before it.
 */
export function nextAttemptAt(
  outcome: DeliveryOutcome,
  { attempts, deferrals }: { attempts: number; deferrals: number },
  now: Temporal.Instant,
  random: () => number = Math.random,
): Temporal.Instant | null {
  if (outcome === 'accepted' || outcome === 'failed') return null;
  if (outcome === 'deferred') return now.add({ seconds: DEFERRED_SECONDS * 2 ** Math.min(deferrals, DOUBLED_AT_MOST) });
  const minutes = MINUTES_BETWEEN_ATTEMPTS[attempts - 1];
  if (minutes === undefined) return null;
  return now.add({ seconds: Math.round(minutes * 60 * (1 + JITTER * (2 * random() - 1))) });
}
