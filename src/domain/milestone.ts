import type { ChangeProgress } from './change.ts';
import { remindersDueUntil, type WindowTerms } from './objection-window.ts';

/** An event that a change has once: its last controller has been notified, its last deadline is near, its last window has closed. */
export const MILESTONES = ['notified', 'deadline-approaching', 'windows-closed'] as const;
export type Milestone = (typeof MILESTONES)[number];

/**
 * The milestones that an announced change has reached at `now` and not recorded yet, in their order. The last deadline is known,
 * and windows count as closed, only once every controller has been notified: a controller not yet notified still gets a window.
 * A deadline is near when reminders are due, three days before it; where it is known later than that, at once.
 */
export function milestonesDue(
  {
    controllers: { total, notified, windowsOpen },
    latestDeadline,
  }: Pick<ChangeProgress, 'controllers' | 'latestDeadline'>,
  { recorded, terms, now }: { recorded: ReadonlySet<Milestone>; terms: WindowTerms; now: Temporal.Instant },
): Milestone[] {
  if (notified < total) return [];
  const isNear =
    latestDeadline !== null && Temporal.Instant.compare(latestDeadline, remindersDueUntil(now, terms)) <= 0;
  const reached = {
    notified: true,
    'deadline-approaching': windowsOpen > 0 && isNear,
    'windows-closed': windowsOpen === 0,
  };
  return MILESTONES.filter((milestone) => reached[milestone] && !recorded.has(milestone));
}
