import type { ChangeProgress } from './change.ts';

/** What a change tells once: that its last controller has been notified, and that its last window has closed. */
export type Milestone = 'notified' | 'windows-closed';

/**
 * The milestones that an announced change has reached and not told yet, in their order. Windows count as closed only once
 * every controller has been notified: one that has not still gets a window.
 */
export function milestonesDue(
  { controllers: { total, notified, windowsOpen } }: Pick<ChangeProgress, 'controllers'>,
  told: { readonly notified: boolean; readonly windowsClosed: boolean },
): Milestone[] {
  if (notified < total) return [];
  const due: Milestone[] = [];
  if (!told.notified) due.push('notified');
  if (!told.windowsClosed && windowsOpen === 0) due.push('windows-closed');
  return due;
}
