import type { ChangeProgress } from './change.ts';

/** An event that a change has once: its last controller has been notified, or its last window has closed. */
export type Milestone = 'notified' | 'windows-closed';

/**
 * The milestones that an announced change has reached and not recorded yet, in their order. Windows count as closed only
 * once every controller has been notified: a controller not yet notified still gets a window.
 */
export function milestonesDue(
  { controllers: { total, notified, windowsOpen } }: Pick<ChangeProgress, 'controllers'>,
  recorded: { readonly notified: boolean; readonly windowsClosed: boolean },
): Milestone[] {
  if (notified < total) return [];
  const due: Milestone[] = [];
  if (!recorded.notified) due.push('notified');
  if (!recorded.windowsClosed && windowsOpen === 0) due.push('windows-closed');
  return due;
}
