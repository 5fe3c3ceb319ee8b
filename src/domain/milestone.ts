import { isStillTold, type Change, type ChangeProgress } from './change.ts';
import { lastAnswerBy } from './approval-progress.ts';
import { remindersDueUntil } from './objection-window.ts';

/**
 * An event that a change has once: its last controller has been notified, its last deadline is near, its last window has closed;
 * and the last time to answer a request for approval is near, of those who have said nothing (D41).
 */
export const MILESTONES = ['notified', 'deadline-approaching', 'windows-closed', 'answers-approaching'] as const;
export type Milestone = (typeof MILESTONES)[number];

/**
 * The milestones that an announced change has reached at `now` and not recorded yet, in their order. The last deadline is known,
 * and windows count as closed, only once every controller has been notified: a controller not yet notified still gets a window.
 * A deadline is near when reminders are due, three days before it; where it is known later than that, at once. A change without
 * time to object has no windows that close (D40), and none of those milestones; one that only informs is told to have notified
 * everybody also after its activation, which waits for nobody.
 */
export function milestonesDue(
  {
    controllers: { total, notified, windowsOpen },
    latestDeadline,
    approvals,
  }: Pick<ChangeProgress, 'controllers' | 'latestDeadline' | 'approvals'>,
  {
    recorded,
    change: { status, regime, terms },
    now,
  }: {
    recorded: ReadonlySet<Milestone>;
    change: Pick<Change, 'status' | 'regime' | 'terms'>;
    now: Temporal.Instant;
  },
): Milestone[] {
  if (!isStillTold({ status, regime })) return [];
  if (notified < total) return [];
  const isNear = (end: Temporal.Instant | null) =>
    end !== null && Temporal.Instant.compare(end, remindersDueUntil(now, terms)) <= 0;
  const reached = {
    notified: true,
    'deadline-approaching': windowsOpen > 0 && isNear(latestDeadline),
    'windows-closed': regime.objection && windowsOpen === 0,
    'answers-approaching': status === 'announced' && isNear(approvals && lastAnswerBy(approvals, terms)),
  };
  return MILESTONES.filter((milestone) => reached[milestone] && !recorded.has(milestone));
}
