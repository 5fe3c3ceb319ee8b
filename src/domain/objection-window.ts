import { isDanishWorkingDay } from './danish-holidays.ts';
import { dayIn, later, startOfDay } from './instant.ts';

/** The terms of a product that decide how long its objection windows are (B.2, D9, D10). */
export interface WindowTerms {
  /** Whole calendar days, the day of the notification not counted. */
  readonly objectionWindowDays: number;
  /** IANA name, e.g. `Europe/Copenhagen`. */
  readonly timeZone: string;
  /** Whether a last day that is no Danish working day moves to the next one (D10). */
  readonly rollForward: boolean;
}

/** The state of one controller's window. */
export const WINDOW_STATES = ['awaiting-notice', 'open', 'closed'] as const;
export type WindowState = (typeof WINDOW_STATES)[number];

/** The last day on which a controller notified at `notifiedAt` can object (D9, D10). */
export function lastDay(notifiedAt: Temporal.Instant, terms: WindowTerms): Temporal.PlainDate {
  let day = dayIn(terms.timeZone, notifiedAt).add({ days: terms.objectionWindowDays });
  while (terms.rollForward && !isDanishWorkingDay(day)) day = day.add({ days: 1 });
  return day;
}

/**
 * The deadline of a window opened at `notifiedAt` (D9): exclusive, the first instant of the day after the last day in
 * the product's time zone. Counted in calendar days, so days of 23 and 25 hours count as days.
 */
export function deadlineOf(notifiedAt: Temporal.Instant, terms: WindowTerms): Temporal.Instant {
  return startOfDay(lastDay(notifiedAt, terms).add({ days: 1 }), terms.timeZone);
}

/** How many whole days a window has left at least when it stands again (D30). */
const DAYS_LEFT_WHEN_RESTORED = 3;

/**
 * The deadline of a window that stands again at `now` (D30): `stood`, its deadline before, or the end of the third day after
 * today in the product's time zone, whichever is later.
 */
export function restoredDeadline(
  stood: Temporal.Instant,
  now: Temporal.Instant,
  terms: Pick<WindowTerms, 'timeZone' | 'rollForward'>,
): Temporal.Instant {
  const atLeast = deadlineOf(now, { ...terms, objectionWindowDays: DAYS_LEFT_WHEN_RESTORED });
  return later(stood, atLeast);
}

/** Whether something received at `receivedAt` is in time: strictly before the exclusive deadline (D9). */
export function isInTime(receivedAt: Temporal.Instant, deadline: Temporal.Instant): boolean {
  return Temporal.Instant.compare(receivedAt, deadline) < 0;
}

/** The state at `now` of a window with this deadline; `null` means that its controller has not been notified. */
export function windowState(deadline: Temporal.Instant | null, now: Temporal.Instant): WindowState {
  if (deadline === null) return 'awaiting-notice';
  return isInTime(now, deadline) ? 'open' : 'closed';
}

/**
 * Why a letter cannot have arrived on this day (D13); `null` when it can: from the day of `since`, the moment from which the
 * controller had to be notified, to today. Days are counted in the product's time zone.
 */
export function refuseArrival(
  arrivedOn: Temporal.PlainDate,
  { since, now, timeZone }: { since: Temporal.Instant; now: Temporal.Instant; timeZone: string },
): string | null {
  const [first, last] = [dayIn(timeZone, since), dayIn(timeZone, now)];
  const isPossible =
    Temporal.PlainDate.compare(first, arrivedOn) <= 0 && Temporal.PlainDate.compare(arrivedOn, last) <= 0;
  return isPossible
    ? null
    : `arrivedOn must be from the day the controller is to be notified (${first.toString()}) to today (${last.toString()}), found ${arrivedOn.toString()}.`;
}

/** The window opened by a letter that arrived on this day (D13): as by a mail accepted at the beginning of the day. */
export function openingByLetter(
  arrivedOn: Temporal.PlainDate,
  terms: WindowTerms,
): { notifiedAt: Temporal.Instant; deadline: Temporal.Instant } {
  const notifiedAt = startOfDay(arrivedOn, terms.timeZone);
  return { notifiedAt, deadline: deadlineOf(notifiedAt, terms) };
}

/**
 * The earliest day a change announced at `now` may be planned for: the day after the last day of a window opened now (D4).
 */
export function earliestPlannedActivation(now: Temporal.Instant, terms: WindowTerms): Temporal.PlainDate {
  return lastDay(now, terms).add({ days: 1 });
}

/** Whether a controller notified at `notifiedAt` has its whole window before the planned day of the change (D20). */
export function isInTimeForPlan(
  notifiedAt: Temporal.Instant,
  { terms, plannedActivationOn }: { terms: WindowTerms; plannedActivationOn: Temporal.PlainDate },
): boolean {
  return Temporal.PlainDate.compare(earliestPlannedActivation(notifiedAt, terms), plannedActivationOn) <= 0;
}

/** How many days before its deadline a controller without an objection is reminded, once. */
const REMINDED_DAYS_BEFORE = 3;

/** The latest deadline that is due for a reminder at `now`. A reminder moves no window (D8). */
export function remindersDueUntil(
  now: Temporal.Instant,
  { timeZone }: Pick<WindowTerms, 'timeZone'>,
): Temporal.Instant {
  return now.toZonedDateTimeISO(timeZone).add({ days: REMINDED_DAYS_BEFORE }).toInstant();
}

/**
 * Until when an answer to a request for approval is asked for, of a controller notified at `notifiedAt`: exclusive, counted as a
 * window of `approvalAnswerDays` (D9, D41). After that it counts as unanswered; an approval is still one.
 */
export function answerDeadlineOf(
  notifiedAt: Temporal.Instant,
  terms: WindowTerms & { readonly approvalAnswerDays: number },
): Temporal.Instant {
  return deadlineOf(notifiedAt, { ...terms, objectionWindowDays: terms.approvalAnswerDays });
}
