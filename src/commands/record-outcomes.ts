import { changesWithMilestoneDue } from '../db/milestones.ts';
import { lockAgainstEnding } from '../db/change-locks.ts';
import { recordAttempts, type AttemptOutcome } from '../db/message-attempts.ts';
import { lockAbandonedMessages } from '../db/message-claims.ts';
import { insertMovedDeadlines, insertWithdrawalMessages } from '../db/message-queue.ts';
import { openWindows, type NoticeArrival } from '../db/objection-windows.ts';
import { type Transaction } from '../db/postgres.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import type { Change } from '../domain/change.ts';
import { deadlineOf } from '../domain/objection-window.ts';
import { later } from '../domain/instant.ts';
import { recordEvents } from './record-events.ts';

/**
 * Records what became of attempts, and what follows, in one transaction: an accepted notice opens its controller's window
 * (D8, D9) and its contacts are told where the deadline is later than printed (D11), one that failed for good is told as
 * `notice.failed` (D12), and one that may have reached a contact of a change withdrawn meanwhile is followed by the
 * withdrawal (D24). What a mail system accepted counts also where another sender has taken the message over since. The
 * changes that are `known` need not be waited for: their terms never change (D6), and whether they have ended is read anew.
 */
export async function recordOutcomes(
  tx: Transaction,
  outcomes: readonly AttemptOutcome[],
  known?: Pick<ReadonlyMap<string, Change>, 'get' | 'has'>,
): Promise<void> {
  const [first] = outcomes;
  if (first === undefined) return;
  const locking = lockForOutcomes(tx, outcomes);
  // Where something throws before it is waited for, its error is not another one.
  locking.catch(() => undefined);
  const isKnown = outcomes.every(({ changeId }) => known?.has(changeId));
  const terms = (isKnown && known) || (await locking);
  const arrived: (NoticeArrival & { at: Temporal.Instant; isMoved: boolean })[] = [];
  for (const { messageId, kind, changeId, controllerId, outcome, finishedAt, printedDeadline } of outcomes) {
    const change = terms.get(changeId);
    if (change === undefined || kind !== 'notice' || (outcome !== 'accepted' && outcome !== 'unknown')) continue;
    const opening = { notifiedAt: finishedAt, deadline: deadlineOf(finishedAt, change.terms), messageId };
    arrived.push({
      changeId,
      controllerId,
      opening: outcome === 'accepted' ? opening : null,
      at: finishedAt,
      // Its contact may have been told an earlier deadline than the one in force.
      isMoved: later(printedDeadline, opening.deadline) !== printedDeadline,
    });
  }
  // Sent at once, and done one after another: under the lock.
  const [locked, failed, moved] = await allEnded([locking, recordAttempts(tx, outcomes), openWindows(tx, arrived)]);
  const arrivedWhile = (status: Change['status']) =>
    arrived.filter(({ changeId }) => locked.get(changeId)?.status === status);
  moved.push(...arrivedWhile('announced').filter(({ isMoved }) => isMoved));
  await insertMovedDeadlines(tx, moved, first.finishedAt);
  for (const { changeId, controllerId, at } of arrivedWhile('withdrawn')) {
    await insertWithdrawalMessages(tx, changeId, [controllerId], at);
  }
  for (const changeId of locked.keys()) {
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

async function lockForOutcomes(
  tx: Transaction,
  outcomes: readonly AttemptOutcome[],
): Promise<ReadonlyMap<string, Change>> {
  const tells = outcomes.some(({ outcome, nextAttemptAt }) => outcome !== 'accepted' && nextAttemptAt === null);
  const ids = [...new Set(outcomes.map(({ changeId }) => changeId))];
  const locked = await lockAgainstEnding(tx, ids, tells ? 'alone' : 'shared');
  return new Map(locked.map((change) => [change.id, change]));
}

/**
 * Takes up messages whose sender disappeared: whether one was sent is unknown, which goes on the record, and it is sent once
 * more under the same Message-ID. Returns how many there were.
 */
export async function recoverAbandoned(tx: Transaction, now: Temporal.Instant, limit: number): Promise<number> {
  const abandoned = await lockAbandonedMessages(tx, now, limit);
  await recordOutcomes(
    tx,
    abandoned.map((message) => ({
      ...message,
      outcome: 'unknown' as const,
      startedAt: now,
      finishedAt: now,
      responseCode: null,
      response: 'The sending process ended before it recorded an outcome.',
    })),
  );
  return abandoned.length;
}

/** Changes of which `change.notified` or `change.windows-closed` may be due. */
export const changesToFollow = changesWithMilestoneDue;
