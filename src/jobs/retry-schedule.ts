import type { DeliveryOutcome } from '../domain/message.ts';

const MINUTES_BETWEEN_ATTEMPTS = [1, 5, 15, 60, 180, 480, 480, 480, 480] as const;
const JITTER = 0.2;
/** Our own side is probed by the job itself; the message only has to be due again by then. */
const DEFERRED_SECONDS = 10;

/**
 * When a message is tried again after its `attempts`th charged attempt: 1, 5, 15 minutes, 1, 3, 8 hours and on, each ±20 % so
 * that retries spread. `null` when it is not: it was accepted, it failed for good, or the schedule (a day and a half) is
 * used up.
 */
export function nextAttemptAt(
  outcome: DeliveryOutcome,
  attempts: number,
  now: Temporal.Instant,
  random: () => number = Math.random,
): Temporal.Instant | null {
  if (outcome === 'accepted' || outcome === 'failed') return null;
  if (outcome === 'deferred') return now.add({ seconds: DEFERRED_SECONDS });
  const minutes = MINUTES_BETWEEN_ATTEMPTS[attempts - 1];
  if (minutes === undefined) return null;
  return now.add({ seconds: Math.round(minutes * 60 * (1 + JITTER * (2 * random() - 1))) });
}
