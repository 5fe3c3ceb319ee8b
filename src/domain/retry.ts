/** The most that a wait is shortened or lengthened, as a fraction of it, so that retries spread. */
const JITTER = 0.2;

/**
 * When to retry after `attempts` failed attempts: after the wait that `schedule` (in seconds) has for this attempt, ±20 %.
 * `null` when the schedule is used up.
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
