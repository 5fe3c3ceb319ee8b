import { nextTryAt } from '../domain/retry.ts';

const SCHEDULE_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
const LONGEST_RETRY_AFTER_SECONDS = 86_400;

/**
 * When a delivery is tried again after its `attempts`th attempt failed: 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24
 * hours (75 hours in all, Standard Webhooks), each ±20 %. Not before `notBefore`, which the receiver asked for. `null` when
 * the schedule is used up.
 */
export function nextDeliveryAt(
  attempts: number,
  now: Temporal.Instant,
  notBefore: Temporal.Instant | null = null,
  random?: () => number,
): Temporal.Instant | null {
  const scheduled = nextTryAt(SCHEDULE_SECONDS, attempts, now, random);
  if (scheduled === null || notBefore === null) return scheduled;
  return Temporal.Instant.compare(notBefore, scheduled) > 0 ? notBefore : scheduled;
}

/** What a `Retry-After` asks for (RFC 9110: seconds, or a date), at most a day from `now`; `null` where it asks nothing. */
export function retryAfter(header: string | undefined, now: Temporal.Instant): Temporal.Instant | null {
  const value = header?.trim() ?? '';
  const dated = /^\w{3,9}, /.test(value) ? Date.parse(value) : Number.NaN;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : dated - now.epochMilliseconds;
  if (!(milliseconds > 0)) return null;
  return now.add({ milliseconds: Math.min(milliseconds, LONGEST_RETRY_AFTER_SECONDS * 1000) });
}
