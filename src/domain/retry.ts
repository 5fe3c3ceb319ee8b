/** How far a retry may come before or after its time, as a part of the wait: so that retries spread. */
const JITTER = 0.2;

/**
 * When to try again after the `attempts`th attempt failed: after the wait that the schedule has for it, ±20 %. `null` when
 * the schedule, in seconds, is used up.
 */
export function nextTryAt(
  schedule: readonly number[],
  attempts: number,
  now: Temporal.Instant,
  random: () => number = Math.random,
): Temporal.Instant | null {
  const seconds = schedule[attempts - 1];
  if (seconds === undefined) return null;
  return now.add({ milliseconds: Math.round(seconds * 1000 * (1 + JITTER * (2 * random() - 1))) });
}
