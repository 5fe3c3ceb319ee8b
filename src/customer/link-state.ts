import { windowState } from '../domain/objection-window.ts';
import type { ChangeAndWindow } from './customer-link.ts';

/** What a link's page is about: what its reader can do, or what became of the change (D25). */
export type LinkState = 'not-notified' | 'open' | 'closed' | 'agreement-ended' | 'activated' | 'withdrawn';

/** How things stand for the link's controller at `now`. What became of an ended change comes before everything else. */
export function linkState({ change, window }: ChangeAndWindow, now: Temporal.Instant): LinkState {
  if (change.status !== 'announced') return change.status;
  if (window.leftAt !== null) return 'agreement-ended';
  const state = windowState(window.deadline, now);
  return state === 'awaiting-notice' ? 'not-notified' : state;
}

/**
 * What is left until the deadline: whole days after today, on the calendar of the change's time zone, which are 0 on the
 * last day; and whole hours.
 */
export function timeLeft(deadline: Temporal.Instant, timeZone: string, now: Temporal.Instant) {
  const dayOf = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(timeZone).toPlainDate();
  // The deadline is exclusive (D9): the last day is the one that the moment before it belongs to.
  const { days } = dayOf(now).until(dayOf(deadline.subtract({ milliseconds: 1 })), { largestUnit: 'days' });
  return { days, hours: Math.floor(now.until(deadline).total('hours')) };
}
