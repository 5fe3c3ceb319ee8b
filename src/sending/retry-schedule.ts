import type { SendOutcome } from '../domain/message.ts';
import { nextTryAt } from '../domain/retry.ts';

const SCHEDULE_SECONDS = [1, 5, 15, 60, 180, 480, 480, 480, 480].map((minutes) => minutes * 60);
/** The wait after a fault of our own side. It doubles with each such fault of the same message, up to 21 minutes. */
const DEFERRED_SECONDS = 10;
const MAX_DOUBLINGS = 7;

/**
 * When a message is tried again after its `attempts`th charged attempt: 1, 5, 15 minutes, 1, 3 and then 8 hours, each ±20 %.
 * `null` when it is not: it was accepted, it failed for good, or the schedule (a day and a half) is used up. An attempt that
 * was not charged (`deferred`) is made again sooner, after so many `deferrals` before it.
 */
export function nextAttemptAt(
  outcome: SendOutcome,
  { attempts, deferrals }: { attempts: number; deferrals: number },
  now: Temporal.Instant,
  random?: () => number,
): Temporal.Instant | null {
  if (outcome === 'accepted' || outcome === 'failed') return null;
  if (outcome === 'deferred') return now.add({ seconds: DEFERRED_SECONDS * 2 ** Math.min(deferrals, MAX_DOUBLINGS) });
  return nextTryAt(SCHEDULE_SECONDS, attempts, now, random);
}
