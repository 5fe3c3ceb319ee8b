import type { Change } from './change.ts';
import { CLOCK_TOLERANCE_MS } from './clock.ts';

/** The longest hold: a week. */
export const MAX_HOLD_MINUTES = 7 * 24 * 60;

/** Until when an announcement made at `now` is held (D33); `null` where it is not. */
export function endOfHold(now: Temporal.Instant, minutes: number): Temporal.Instant | null {
  return minutes === 0 ? null : now.add({ minutes });
}

/** How many minutes a change was announced to be held. */
export function holdOf({ announcedAt, heldUntil }: Pick<Change, 'announcedAt' | 'heldUntil'>): number {
  return heldUntil === null ? 0 : heldUntil.since(announcedAt).total('minutes');
}

/** Whether nobody is told of the change (D33): it is held, or was withdrawn while it was. */
export function isHeld({ toldSince }: Pick<Change, 'toldSince'>): boolean {
  return toldSince === null;
}

/** The latest end of a hold that has come by the database's time, whichever process asks at `now` (D29). */
export function holdsEndedUntil(now: Temporal.Instant): Temporal.Instant {
  return now.subtract({ milliseconds: CLOCK_TOLERANCE_MS });
}
