import {
  findChanges,
  lockAgainstEnding,
  lockChange,
  changesWithMilestoneDue,
  markMilestone,
  milestonesTold,
  progressOfOne,
} from '../db/changes.ts';
import {
  abandonedMessages,
  insertMovedDeadlines,
  insertWithdrawalMessages,
  recordAttempts,
  type AttemptOutcome,
} from '../db/messages.ts';
import { openWindows, type Notification } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { deadlineOf, later } from '../domain/objection-window.ts';
import { recordEvent } from './record-event.ts';

/**
 * Records what became of attempts, and what follows, in one transaction: an accepted notice opens its controller's window
 * (D8, D9, D11) and tells of a deadline that is later than the one printed, one that failed for good is told as `notice.failed` (D12), and one that may have reached a contact of a
 * change withdrawn meanwhile is followed by the withdrawal (D24).
 */
export async function recordOutcomes(tx: Transaction, outcomes: readonly AttemptOutcome[]): Promise<void> {
  const [first] = outcomes;
  if (first === undefined) return;
  const tells = outcomes.some(({ outcome, nextAttemptAt }) => outcome !== 'accepted' && nextAttemptAt === null);
  const changeIds = [...new Set(outcomes.map(({ changeId }) => changeId))];
  await lockAgainstEnding(tx, changeIds, tells ? 'alone' : 'shared');
  const recorded = await recordAttempts(tx, outcomes);
  const notices = recorded.filter(({ kind }) => kind === 'notice');
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.messageId, outcome]));
  const changes = new Map((await findChanges(tx, changeIds)).map((change) => [change.id, change]));
  const arrived: Notification[] = [];
  const failed = [];
  // Controllers of which a contact may have been told an earlier deadline than the one in force.
  const moved: { changeId: string; controllerId: string }[] = [];
  for (const { id, changeId, controllerId, controller, status } of notices) {
    const change = changes.get(changeId);
    const attempt = outcomeOf.get(id);
    if (change === undefined || attempt === undefined) throw new Error(`notice ${id} has no change or no attempt`);
    const { outcome, finishedAt, printedDeadline } = attempt;
    if (status === 'failed') failed.push({ changeId, at: finishedAt, notice: { id, controller } });
    if (outcome !== 'accepted' && outcome !== 'unknown') continue;
    if (change.status === 'announced') {
      const opening = { notifiedAt: finishedAt, deadline: deadlineOf(finishedAt, change.terms) };
      arrived.push({ changeId, controllerId, opening: outcome === 'accepted' ? opening : null });
      if (later(printedDeadline, opening.deadline) !== printedDeadline) moved.push({ changeId, controllerId });
    } else if (change.status === 'withdrawn') {
      await insertWithdrawalMessages(tx, changeId, [controllerId], finishedAt);
    }
  }
  moved.push(...(await openWindows(tx, arrived)));
  await insertMovedDeadlines(tx, moved, first.finishedAt);
  for (const failure of failed) await recordEvent(tx, { type: 'notice.failed', ...failure });
}

/**
 * Takes up messages whose sender disappeared: whether each was sent is unknown, which goes on the record, and it is sent
 * once more under the same Message-ID. Returns how many there were.
 */
export async function recoverAbandoned(tx: Transaction, now: Temporal.Instant, limit: number): Promise<number> {
  const abandoned = await abandonedMessages(tx, now, limit);
  await recordOutcomes(
    tx,
    abandoned.map(({ id, changeId, leaseId, printedDeadline }) => ({
      messageId: id,
      changeId,
      leaseId,
      outcome: 'unknown' as const,
      startedAt: now,
      finishedAt: now,
      responseCode: null,
      response: 'The sending process ended before it recorded an outcome.',
      printedDeadline,
      nextAttemptAt: now,
    })),
  );
  return abandoned.length;
}

/** Changes of which `change.notified` or `change.windows-closed` may be due. */
export const changesToFollow = changesWithMilestoneDue;

/**
 * Tells, once per change, that its last controller has been notified and that its last window has closed. Decided anew under
 * the change's lock, because a controller may have joined since the change was picked.
 */
export async function tellMilestones(tx: Transaction, changeId: string, now: Temporal.Instant): Promise<void> {
  const change = await lockChange(tx, changeId);
  if (change?.status !== 'announced') return;
  const { controllers } = await progressOfOne(tx, changeId, now);
  const told = await milestonesTold(tx, changeId);
  if (controllers.notified < controllers.total) return;
  if (!told.notified) {
    await markMilestone(tx, changeId, 'notified', now);
    await recordEvent(tx, { type: 'change.notified', changeId, at: now });
  }
  if (!told.windowsClosed && controllers.windowsOpen === 0) {
    await markMilestone(tx, changeId, 'windows-closed', now);
    await recordEvent(tx, { type: 'change.windows-closed', changeId, at: now });
  }
}
