import { activationFacts } from './change-view.ts';
import { blockersOf } from './activation.ts';
import { lastAnswerBy } from './approval-progress.ts';
import type { Change, ChangeProgress } from './change.ts';
import { isHeld } from './hold.ts';
import { dayIn, startOfDay } from './instant.ts';
import { isInTime } from './objection-window.ts';

/** How many days ahead a deadline is work of now. */
const DAYS_AHEAD = 7;

/** What comes to an end, or can begin, of an announced change. */
export const DEADLINES_OF_CHANGE = ['hold', 'objections', 'answers', 'activation'] as const;

/** What comes within a week. An activation stays in it from its planned day on. */
export interface DeadlineOfChange {
  readonly what: (typeof DEADLINES_OF_CHANGE)[number];
  /** Of objections and answers the exclusive end of the last time (D9); of an activation the first instant of its planned day. */
  readonly at: Temporal.Instant;
  /** Of an activation: whether nothing but the planned day stands in its way. */
  readonly isClear: boolean;
}

/** What of an announced change comes within a week of `now`, the next first (D64). */
export function deadlinesOf(change: Change, progress: ChangeProgress, now: Temporal.Instant): DeadlineOfChange[] {
  if (change.status !== 'announced') return [];
  const until = now.add({ hours: 24 * DAYS_AHEAD });
  const comes = (what: DeadlineOfChange['what'], at: Temporal.Instant | null, isClear = false): DeadlineOfChange[] =>
    at !== null && Temporal.Instant.compare(at, until) <= 0 ? [{ what, at, isClear }] : [];
  const ahead = (at: Temporal.Instant | null) => (at !== null && isInTime(now, at) ? at : null);
  const { approvals, latestDeadline } = progress;
  const { plannedActivationOn, terms } = change;
  const blockers = blockersOf(activationFacts(change, progress), now);
  const isClear = blockers.every(({ code }) => code === 'planned-date-not-reached');
  return [
    ...comes('hold', isHeld(change) ? change.heldUntil : null),
    ...comes('objections', change.regime.objection ? ahead(latestDeadline) : null),
    ...comes('answers', approvals && ahead(lastAnswerBy(approvals, terms))),
    ...comes('activation', startOfDay(plannedActivationOn, terms.timeZone), isClear),
  ].toSorted((one, other) => Temporal.Instant.compare(one.at, other.at));
}

/** What the processor's own sub-processor has set for it (D45), while it is not over. */
export interface UpstreamDeadline {
  /** The last day to object upstream; `null` where it is over, or none is known. */
  readonly objectBy: Temporal.PlainDate | null;
  /** `null` once it has come. */
  readonly effectiveOn: Temporal.PlainDate | null;
  /** Whether controllers can still object after the last day to object upstream. */
  readonly isMissed: boolean;
}

/** The days that an announced change has upstream, from today on; `null` where there are none (D64). */
export function upstreamDeadlineOf(
  { status, upstream, terms }: Change,
  { latestDeadline }: Pick<ChangeProgress, 'latestDeadline'>,
  now: Temporal.Instant,
): UpstreamDeadline | null {
  if (status !== 'announced' || upstream === null) return null;
  const today = dayIn(terms.timeZone, now);
  const ahead = (day: Temporal.PlainDate | null) =>
    day !== null && Temporal.PlainDate.compare(day, today) >= 0 ? day : null;
  const [objectBy, effectiveOn] = [ahead(upstream.objectBy), ahead(upstream.effectiveOn)];
  if (objectBy === null && effectiveOn === null) return null;
  const lastDay = latestDeadline && dayIn(terms.timeZone, latestDeadline.subtract({ nanoseconds: 1 }));
  const isMissed = objectBy !== null && lastDay !== null && Temporal.PlainDate.compare(lastDay, objectBy) > 0;
  return { objectBy, effectiveOn, isMissed };
}
