import {
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
  releaseMessages,
  type AttemptOutcome,
} from '../db/messages.ts';
import { openWindows, type Notification } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { deadlineOf, later } from '../domain/objection-window.ts';
import { recordEvents } from './record-events.ts';

/**
 * Records what became of attempts, and what follows, in one transaction: an accepted notice opens its controller's window
 * (D8, D9) and its contacts are told where the deadline is later than printed (D11), one that failed for good is told as `notice.failed` (D12), and one that may have reached a contact of a
 * change withdrawn meanwhile is followed by the withdrawal (D24). What a mail system accepted counts also where another
 * sender has taken the message over since.
 */
export async function recordOutcomes(tx: Transaction, outcomes: readonly AttemptOutcome[]): Promise<void> {
  const [first] = outcomes;
  if (first === undefined) return;
  const tells = outcomes.some(({ outcome, nextAttemptAt }) => outcome !== 'accepted' && nextAttemptAt === null);
  const changeIds = [...new Set(outcomes.map(({ changeId }) => changeId))];
  const locked = await lockAgainstEnding(tx, changeIds, tells ? 'alone' : 'shared');
  const changes = new Map(locked.map((change) => [change.id, change]));
  const failed = await recordAttempts(tx, outcomes);
  const arrived: Notification[] = [];
  // Controllers of which a contact may have been told an earlier deadline than the one in force.
  const moved: { changeId: string; controllerId: string }[] = [];
  for (const { messageId, kind, changeId, controllerId, outcome, finishedAt, printedDeadline } of outcomes) {
    const change = changes.get(changeId);
    if (change === undefined || kind !== 'notice' || (outcome !== 'accepted' && outcome !== 'unknown')) continue;
    if (change.status === 'announced') {
      const opening = { notifiedAt: finishedAt, deadline: deadlineOf(finishedAt, change.terms), messageId };
      arrived.push({ changeId, controllerId, opening: outcome === 'accepted' ? opening : null });
      if (later(printedDeadline, opening.deadline) !== printedDeadline) moved.push({ changeId, controllerId });
    } else if (change.status === 'withdrawn') {
      await insertWithdrawalMessages(tx, changeId, [controllerId], finishedAt);
    }
  }
  moved.push(...(await openWindows(tx, arrived)));
  await insertMovedDeadlines(tx, moved, first.finishedAt);
  for (const changeId of changeIds) {
    const notices = failed.filter((message) => message.kind === 'notice' && message.changeId === changeId);
    const [one] = notices;
    if (one === undefined) continue;
    const at = outcomes.find(({ messageId }) => messageId === one.id)?.finishedAt ?? one.createdAt;
    const events = notices.map(({ id, controller }) => ({
      type: 'notice.failed' as const,
      notice: { id, controller },
    }));
    await recordEvents(tx, changeId, at, events);
  }
}

/**
 * Takes up messages whose sender disappeared. One that it had not begun goes back into the queue as if it had not been
 * claimed. Of one that it had begun, whether it was sent is unknown: that goes on the record, and it is sent once more
 * under the same Message-ID. Returns how many there were.
 */
export async function recoverAbandoned(tx: Transaction, now: Temporal.Instant, limit: number): Promise<number> {
  const abandoned = await abandonedMessages(tx, now, limit);
  for (const { id, leaseId, begun } of abandoned) if (!begun) await releaseMessages(tx, leaseId, [id]);
  await recordOutcomes(
    tx,
    abandoned
      .filter(({ begun }) => begun)
      .map(({ id, begun: _begun, ...message }) => ({
        ...message,
        messageId: id,
        outcome: 'unknown' as const,
        startedAt: now,
        finishedAt: now,
        responseCode: null,
        response: 'The sending process ended before it recorded an outcome.',
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
    await recordEvents(tx, changeId, now, [{ type: 'change.notified' }]);
  }
  if (!told.windowsClosed && controllers.windowsOpen === 0) {
    await markMilestone(tx, changeId, 'windows-closed', now);
    await recordEvents(tx, changeId, now, [{ type: 'change.windows-closed' }]);
  }
}
