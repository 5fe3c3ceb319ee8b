import { allEnded } from '../concurrency/all-ended.ts';
import { lockAgainstEnding } from '../db/change-locks.ts';
import { recordAttempts, type FailedMessage, type MessageAttempt } from '../db/message-attempts.ts';
import { lockOrphans } from '../db/message-claims.ts';
import { insertMovedDeadlines, insertWithdrawalMessages } from '../db/message-queue.ts';
import { openWindows, type NoticeArrival } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import { tellsOfChange } from '../domain/message.ts';
import { effectOfNotice } from '../domain/notification.ts';
import { recordEvents } from './record-events.ts';

/** Changes by their ids. */
type Changes = Pick<ReadonlyMap<string, Change>, 'get' | 'has'>;

/** A notice that has reached its contact, or may have. */
interface ArrivedNotice extends NoticeArrival {
  readonly at: Temporal.Instant;
  readonly printedTooEarly: boolean;
}

/**
 * Records the outcomes of attempts and their consequences, in one transaction. An accepted notice opens its controller's
 * window (D8, D9), and its contacts get a message if the deadline is later than printed (D11). A notice that failed for good
 * is written as `notice.failed` (D12). A notice that may have reached a contact of a change withdrawn meanwhile is followed
 * by the withdrawal message (D24). An acceptance counts also if another sender has taken the message over since.
 *
 * `known` are changes that the caller has read. If it has all changes of these outcomes, deadlines are computed without
 * waiting for the locks: the terms of a change never change (D6). Whether a change has ended is always read under its lock.
 */
export async function recordOutcomes(
  tx: Transaction,
  outcomes: readonly MessageAttempt[],
  known?: Changes,
): Promise<void> {
  const [first] = outcomes;
  if (first === undefined) return;
  const locking = lockForOutcomes(tx, outcomes);
  // Avoids an unhandled rejection if we throw before awaiting `locking`.
  locking.catch(() => undefined);
  const isKnown = outcomes.every(({ changeId }) => known?.has(changeId));
  const arrived = arrivedNotices(outcomes, (isKnown && known) || (await locking));
  // The statements are sent together. PostgreSQL runs them in this order, so all after the first run under the locks.
  const [locked, failed, moved] = await allEnded([locking, recordAttempts(tx, outcomes), openWindows(tx, arrived)]);
  const ofStatus = (status: Change['status']) =>
    arrived.filter(({ changeId }) => locked.get(changeId)?.status === status);
  const printedTooEarly = ofStatus('announced').filter((notice) => notice.printedTooEarly);
  await insertMovedDeadlines(tx, [...moved, ...printedTooEarly], first.finishedAt);
  for (const { changeId, controllerId, at } of ofStatus('withdrawn')) {
    await insertWithdrawalMessages(tx, changeId, [controllerId], at);
  }
  await recordFailures(tx, [...locked.keys()], failed, outcomes);
}

/** Locks the changes of these outcomes: shared with other recorders, or alone if `notice.failed` may be written. */
async function lockForOutcomes(
  tx: Transaction,
  outcomes: readonly MessageAttempt[],
): Promise<ReadonlyMap<string, Change>> {
  const mayFail = outcomes.some(({ outcome, nextAttemptAt }) => outcome !== 'accepted' && nextAttemptAt === null);
  const ids = [...new Set(outcomes.map(({ changeId }) => changeId))];
  const locked = await lockAgainstEnding(tx, ids, mayFail ? 'alone' : 'shared');
  return new Map(locked.map((change) => [change.id, change]));
}

function arrivedNotices(outcomes: readonly MessageAttempt[], changes: Changes): ArrivedNotice[] {
  return outcomes.flatMap((attempt) => {
    const { messageId, kind, changeId, controllerId, finishedAt: at } = attempt;
    const change = changes.get(changeId);
    const effect = change === undefined || kind !== 'notice' ? null : effectOfNotice(attempt, change);
    if (effect === null) return [];
    const { opening, printedTooEarly } = effect;
    return [{ changeId, controllerId, opening: opening && { ...opening, messageId }, at, printedTooEarly }];
  });
}

/** Writes `notice.failed` for every notice that has failed for good (D12), one change after the other. */
async function recordFailures(
  tx: Transaction,
  changeIds: readonly string[],
  failed: readonly FailedMessage[],
  outcomes: readonly MessageAttempt[],
): Promise<void> {
  for (const changeId of changeIds) {
    const notices = failed.filter((message) => tellsOfChange(message.kind) && message.changeId === changeId);
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
 * Recovers messages whose sender has died. Each is recorded with the outcome `unknown`, because it may have been sent, and
 * is sent again under the same Message-ID. Recovers at most `limit` and returns how many.
 */
export async function recoverOrphans(tx: Transaction, now: Temporal.Instant, limit: number): Promise<number> {
  const orphans = await lockOrphans(tx, now, limit);
  await recordOutcomes(
    tx,
    orphans.map((message) => ({
      ...message,
      outcome: 'unknown' as const,
      startedAt: now,
      finishedAt: now,
      responseCode: null,
      response: 'The sending process ended before it recorded an outcome.',
    })),
  );
  return orphans.length;
}
