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

/**
 * The state of one controller's window. `told`: the controller has been notified of a change that has no time to object (D40).
 */
export const WINDOW_STATES = ['awaiting-notice', 'open', 'closed', 'told'] as const;
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

/** When a controller was notified of a change, and the end of its time to object; `null` where the change has none (D40). */
export interface Opening {
  readonly notifiedAt: Temporal.Instant;
  readonly deadline: Temporal.Instant | null;
}

/** What decides whether those who are told of a change have time to object, and how long. */
export interface WindowRule {
  readonly terms: WindowTerms;
  readonly regime: { readonly objection: boolean };
}

/** What follows from a notification at `notifiedAt` (D9, D40). */
export function openingAt(notifiedAt: Temporal.Instant, { terms, regime }: WindowRule): Opening {
  return { notifiedAt, deadline: regime.objection ? deadlineOf(notifiedAt, terms) : null };
}

/** How many whole days a window has left at least when it stands again (D30). */
const DAYS_LEFT_WHEN_RESTORED = 3;

/**
 * The deadline of a window that stands again at `now` (D30): `stood`, its deadline before, or the end of the third day after
 * today in the product's time zone, whichever is later. One that had none has none (D40).
 */
export function restoredDeadline<Deadline extends Temporal.Instant | null>(
  stood: Deadline,
  now: Temporal.Instant,
  terms: Pick<WindowTerms, 'timeZone' | 'rollForward'>,
): Temporal.Instant | Deadline {
  if (stood === null) return stood;
  const atLeast = deadlineOf(now, { ...terms, objectionWindowDays: DAYS_LEFT_WHEN_RESTORED });
  return later(stood, atLeast);
}

/** Whether something received at `receivedAt` is in time: strictly before the exclusive deadline (D9). */
export function isInTime(receivedAt: Temporal.Instant, deadline: Temporal.Instant): boolean {
  return Temporal.Instant.compare(receivedAt, deadline) < 0;
}

/** The state of a window at `now`. */
export function windowState(
  {
    notifiedAt,
    deadline,
  }: { readonly notifiedAt: Temporal.Instant | null; readonly deadline: Temporal.Instant | null },
  now: Temporal.Instant,
): WindowState {
  if (notifiedAt === null) return 'awaiting-notice';
  if (deadline === null) return 'told';
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
export function openingByLetter(arrivedOn: Temporal.PlainDate, rule: WindowRule): Opening {
  return openingAt(startOfDay(arrivedOn, rule.terms.timeZone), rule);
}

/**
 * The earliest day a change announced at `now` may be planned for: the day after the last day of a window opened now (D4).
 */
export function earliestPlannedActivation(now: Temporal.Instant, terms: WindowTerms): Temporal.PlainDate {
  return lastDay(now, terms).add({ days: 1 });
}

/**
 * Whether a controller notified at `notifiedAt` has its whole window before the planned day of the change (D20); of a change without
 * time to object, whether it is notified until that day (D40).
 */
export function isInTimeForPlan(
  notifiedAt: Temporal.Instant,
  { terms, regime, plannedActivationOn }: WindowRule & { readonly plannedActivationOn: Temporal.PlainDate },
): boolean {
  const earliest = regime.objection ? earliestPlannedActivation(notifiedAt, terms) : dayIn(terms.timeZone, notifiedAt);
  return Temporal.PlainDate.compare(earliest, plannedActivationOn) <= 0;
}

/** How many days before its deadline a controller that has said nothing is reminded, once. */
const REMINDED_DAYS_BEFORE = 3;

/**
 * The latest deadline, to object or to answer by, that is due for a reminder at `now`. A reminder moves no window (D8).
 */
export function remindersDueUntil(
  now: Temporal.Instant,
  { timeZone }: Pick<WindowTerms, 'timeZone'>,
): Temporal.Instant {
  return now.toZonedDateTimeISO(timeZone).add({ days: REMINDED_DAYS_BEFORE }).toInstant();
}

/** The terms that say how long a controller has to answer a request for its approval (D41). */
export type AnswerTerms = WindowTerms & { readonly approvalAnswerDays: number };

/**
 * Until when an answer to a request for approval is asked for, of a controller notified at `notifiedAt`: exclusive, counted as a
 * window of `approvalAnswerDays` (D9, D41). After that it counts as unanswered; an approval is still one.
 */
export function answerDeadlineOf(notifiedAt: Temporal.Instant, terms: AnswerTerms): Temporal.Instant {
  return deadlineOf(notifiedAt, { ...terms, objectionWindowDays: terms.approvalAnswerDays });
}

/**
 * Until when a change asks a controller for an answer that was notified at `notifiedAt`, or would be now; `null` where it asks for
 * no approval.
 */
export function answerByOf(
  notifiedAt: Temporal.Instant,
  { terms, regime }: { readonly terms: AnswerTerms; readonly regime: { readonly approval: boolean } },
): Temporal.Instant | null {
  return regime.approval ? answerDeadlineOf(notifiedAt, terms) : null;
}

/**
 * Controllers that were notified before this are due for a reminder at `now` of the answer that they are asked for (D41): the end of
 * their time to answer comes within the days of `remindersDueUntil`.
 */
export function answersDueOfNotified(now: Temporal.Instant, terms: AnswerTerms): Temporal.Instant {
  const dueUntil = remindersDueUntil(now, terms);
  const isDue = (notifiedOn: Temporal.PlainDate) =>
    Temporal.Instant.compare(answerDeadlineOf(startOfDay(notifiedOn, terms.timeZone), terms), dueUntil) <= 0;
  // The last day whose time would end by then if it were not rolled to a later day (D10).
  let day = dayIn(terms.timeZone, dueUntil).subtract({ days: terms.approvalAnswerDays + 1 });
  while (!isDue(day)) day = day.subtract({ days: 1 });
  return startOfDay(day.add({ days: 1 }), terms.timeZone);
}
