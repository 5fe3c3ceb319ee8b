import type { Change, ChangeProgress } from './change.ts';

/** How fast notices are sent, while some are pending. */
export interface SendingRate {
  readonly startedAt: Temporal.Instant;
  /** Notices accepted per second since `rateCountedSince`. */
  readonly perSecond: number;
  /** Seconds until the last pending notice is sent at that rate; `null` while the rate is 0. */
  readonly secondsLeft: number | null;
}

/** The start of the minute before this one. The rate covers both minutes, because acceptances are counted per minute. */
export function rateCountedSince(now: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds((Math.floor(now.epochMilliseconds / 60_000) - 1) * 60_000);
}

/** How fast an announced change's notices are sent at `now`; `null` when none is pending. */
export function sendingOf(
  { status, toldSince }: Pick<Change, 'status' | 'toldSince'>,
  { notices, acceptedLately }: Pick<ChangeProgress, 'notices' | 'acceptedLately'>,
  now: Temporal.Instant,
): SendingRate | null {
  if (status !== 'announced' || toldSince === null || notices.pending === 0) return null;
  const since = Math.max(toldSince.epochMilliseconds, rateCountedSince(now).epochMilliseconds);
  // No rate where the clock stands still or was set back.
  const seconds = (now.epochMilliseconds - since) / 1_000;
  const perSecond = seconds > 0 ? acceptedLately / seconds : 0;
  return { startedAt: toldSince, perSecond, secondsLeft: perSecond > 0 ? notices.pending / perSecond : null };
}
