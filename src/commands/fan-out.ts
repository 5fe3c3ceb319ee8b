import { findChange } from '../db/changes.ts';
import { lockAgainstEnding } from '../db/change-locks.ts';
import type { Audience } from '../db/controllers.ts';
import {
  advanceFanOut,
  insertFanOut,
  nextControllers,
  NOBODY,
  runningNotices,
  takeFanOut,
  type FanOut,
  controllersToTellOfWithdrawal,
  type FanOutKind,
} from '../db/fan-outs.ts';
import { cancelWaitingNotices, insertMessages, insertWithdrawalMessages } from '../db/message-queue.ts';
import { insertWindows } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';

/** So many controllers are written for in the transaction that begins a fan-out: most never need another step. */
const AT_ONCE = 1_000;
const NOTHING = { controllers: 0, notices: 0 };

/**
 * Begins to write what every controller of a change gets: its window and notices (D5), or what it is told of the change's
 * end (D24). Where there are more controllers than fit into this transaction, `continueFanOut` writes the rest, and the
 * change counts as not notified until the last window stands. For notices the caller names the audience, and holds the
 * lock that nobody joins without.
 */
export async function beginFanOut(
  tx: Transaction,
  change: Change,
  kind: FanOutKind,
  now: Temporal.Instant,
  audience: Pick<Audience, 'controllers' | 'contacts'> = { controllers: 0, contacts: 0 },
): Promise<void> {
  const first = await step(tx, change, { kind, createdAt: now, reached: NOBODY }, AT_ONCE);
  const left = { controllers: audience.controllers - first.controllers, notices: audience.contacts - first.notices };
  await insertFanOut(tx, { changeId: change.id, kind, createdAt: now, ...first, left });
}

/**
 * Takes the next step of a fan-out, in a transaction of its own: `limit` controllers. Returns whether it did; not where
 * another process is at it, or it has ended since.
 */
export async function continueFanOut(
  tx: Transaction,
  { id, changeId }: Pick<FanOut, 'id' | 'changeId'>,
  limit: number,
  now: Temporal.Instant,
): Promise<boolean> {
  // Whoever joins, leaves or withdraws waits for the step, or is seen by it (D7, D24).
  await lockAgainstEnding(tx, [changeId], 'shared');
  const fanOut = await takeFanOut(tx, id);
  const change = await findChange(tx, changeId);
  if (fanOut === null || change === null) return false;
  await advanceFanOut(tx, id, { ...(await step(tx, change, fanOut, limit)), now });
  return true;
}

/**
 * Writes now what a running fan-out of notices has not written yet for these controllers, so that whatever is about to
 * happen to them finds what it would have found had the announcement written all at once. The caller holds the change's
 * lock.
 */
export async function reachFirst(
  tx: Transaction,
  change: Change,
  controllerIds: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  const fanOut = controllerIds.length === 0 ? null : await runningNotices(tx, change.id);
  if (fanOut === null) return;
  const written = await openBooks(tx, change, controllerIds, fanOut.createdAt);
  if (written.controllers > 0) {
    await advanceFanOut(tx, fanOut.id, { ...written, reached: fanOut.reached, isLast: false, now });
  }
}

async function step(
  tx: Transaction,
  change: Change,
  fanOut: Pick<FanOut, 'kind' | 'createdAt' | 'reached'>,
  limit: number,
): Promise<{ reached: string; isLast: boolean; controllers: number; notices: number }> {
  const next = await nextControllers(tx, fanOut, change, limit + 1);
  const ids = next.slice(0, limit);
  const written = await write(tx, change, fanOut, ids);
  return { ...written, reached: ids.at(-1) ?? fanOut.reached, isLast: next.length <= limit };
}

async function write(
  tx: Transaction,
  change: Change,
  { kind, createdAt: now }: Pick<FanOut, 'kind' | 'createdAt'>,
  controllerIds: readonly string[],
): Promise<{ controllers: number; notices: number }> {
  switch (kind) {
    case 'notice':
      return openBooks(tx, change, controllerIds, now);
    case 'change-activated':
      await insertMessages(tx, { kind, change, controllerIds, now });
      break;
    case 'change-withdrawn':
      await cancelWaitingNotices(tx, change.id, controllerIds);
      await insertWithdrawalMessages(
        tx,
        change.id,
        await controllersToTellOfWithdrawal(tx, change.id, controllerIds),
        now,
      );
      break;
  }
  return NOTHING;
}

/** A window for each of these controllers that has none, and a notice for each of its contacts. Returns how many. */
async function openBooks(
  tx: Transaction,
  change: Change,
  controllerIds: readonly string[],
  now: Temporal.Instant,
): Promise<{ controllers: number; notices: number }> {
  const opened = await insertWindows(tx, change, controllerIds, now);
  const notices = await insertMessages(tx, { kind: 'notice', change, controllerIds: opened, now });
  return { controllers: opened.length, notices };
}
