import type { Change, ChangeProgress } from './change.ts';

/** How fast notices go out, while some have not. */
export interface SendingRate {
  readonly startedAt: Temporal.Instant;
  /** Accepted notices a second, lately. */
  readonly perSecond: number;
  /** Until the last one at that rate; `null` while none is accepted. */
  readonly secondsLeft: number | null;
}

/** The rate is that of this minute and of the one before: acceptances are counted by the minute. */
export function rateCountedSince(now: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds((Math.floor(now.epochMilliseconds / 60_000) - 1) * 60_000);
}

/** How fast an announced change's notices go out at `now`; `null` when none is pending. */
export function sendingOf(
  { status, announcedAt }: Pick<Change, 'status' | 'announcedAt'>,
  { notices, acceptedLately }: Pick<ChangeProgress, 'notices' | 'acceptedLately'>,
  now: Temporal.Instant,
): SendingRate | null {
  if (status !== 'announced' || notices.pending === 0) return null;
  const since = Math.max(announcedAt.epochMilliseconds, rateCountedSince(now).epochMilliseconds);
  // A clock that stands still, or was set back, has no rate.
  const seconds = (now.epochMilliseconds - since) / 1_000;
  const perSecond = seconds > 0 ? acceptedLately / seconds : 0;
  return { startedAt: announcedAt, perSecond, secondsLeft: perSecond > 0 ? notices.pending / perSecond : null };
}
