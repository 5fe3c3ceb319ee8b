import { progressOfOne } from '../db/change-counts.ts';
import { lockChange } from '../db/change-locks.ts';
import { markMilestone, outstandingAsTold, recordedMilestones } from '../db/milestones.ts';
import type { Transaction } from '../db/postgres.ts';
import { lastAnswerBy } from '../domain/approval-progress.ts';
import { isStillTold, type Change, type ChangeProgress } from '../domain/change.ts';
import type { DeadlineInEvent, NewEvent } from '../domain/event.ts';
import { isHeld } from '../domain/hold.ts';
import { instantText } from '../domain/instant.ts';
import { milestonesDue, type Milestone } from '../domain/milestone.ts';
import { recordEvents } from './record-events.ts';

/**
 * Writes the events of the milestones that an announced change has reached, each once per change. Once `change.notified` has been
 * told, whoever is notified after that (who joined, or whose notice had bounced) is told by `controller.notified`, as soon as
 * nobody is left. Decides again under the change's lock, because a controller may have joined since the caller found the change.
 */
export async function recordMilestones(tx: Transaction, changeId: string, now: Temporal.Instant): Promise<void> {
  const change = await lockChange(tx, changeId);
  if (change === null || !isStillTold(change) || isHeld(change)) return;
  const recorded = await recordedMilestones(tx, changeId);
  const progress = await progressOfOne(tx, changeId, now);
  if (progress.countsDisagree) return;
  const { total, notified } = progress.controllers;
  const late = recorded.has('notified') && notified === total ? await outstandingAsTold(tx, changeId) : null;
  if (late !== null) await recordEvents(tx, changeId, now, [{ type: 'controller.notified', controllers: late }]);
  for (const milestone of milestonesDue(progress, { recorded, change, now })) {
    await markMilestone(tx, changeId, milestone, now);
    await recordEvents(tx, changeId, now, [eventOf(milestone, progress, change)]);
  }
}

function eventOf(milestone: Milestone, progress: ChangeProgress, { terms }: Change): NewEvent {
  switch (milestone) {
    case 'notified':
      return { type: 'change.notified' };
    case 'deadline-approaching':
      return { type: 'deadline.approaching', deadline: openAt(progress.latestDeadline, progress) };
    case 'windows-closed':
      return { type: 'change.windows-closed' };
    case 'answers-approaching': {
      const { approvals } = progress;
      return { type: 'answers.approaching', deadline: openAt(approvals && lastAnswerBy(approvals, terms), progress) };
    }
  }
}

/** What is still open while the last deadline, to object or to answer by, which the milestone has found, comes near. */
function openAt(
  deadline: Temporal.Instant | null,
  { controllers, objections, answers, approvals }: ChangeProgress,
): DeadlineInEvent {
  if (deadline === null) throw new Error('a deadline that is near is known');
  const silent = approvals?.states.filter(({ state }) => state === 'none') ?? [];
  return {
    at: instantText(deadline),
    windowsOpen: controllers.windowsOpen,
    objectionsPending: objections.pending,
    answersUnread: answers.unread,
    answersAwaited: silent.reduce((sum, { count }) => sum + count, 0),
  };
}
