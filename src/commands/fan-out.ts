import { lockAgainstEnding } from '../db/change-locks.ts';
import { findChange } from '../db/changes.ts';
import type { Audience } from '../db/audience.ts';
import {
  advanceFanOut,
  insertFanOut,
  nextControllers,
  NOBODY,
  runningNotices,
  takeFanOut,
  type FanOut,
  recipientsOfWithdrawal,
  type FanOutKind,
} from '../db/fan-outs.ts';
import { cancelWaitingNotices, insertMessages, insertWithdrawalMessages } from '../db/message-queue.ts';
import { insertWindows } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';

/** How many controllers the transaction that begins a fan-out writes for: most fan-outs never need another step. */
const FIRST_STEP = 1_000;

/** The numbers of windows and notices that a step has written. */
interface Written {
  readonly controllers: number;
  readonly notices: number;
}
const NOTHING: Written = { controllers: 0, notices: 0 };

/**
 * Begins to write the rows that every controller of a change gets: its window and notices (D5), or the messages about the
 * change's end (D24). With more controllers than fit into this transaction, `continueFanOut` writes the rest, and the change
 * counts as not notified until the last window is written. For notices the caller passes the audience, and holds the lock
 * that keeps controllers from joining (`lockProduct`). Of a wave the caller passes its activation: its controllers are told.
 */
export async function beginFanOut(
  tx: Transaction,
  change: Change,
  kind: FanOutKind,
  now: Temporal.Instant,
  {
    audience = { controllers: 0, contacts: 0 },
    activation = null,
  }: { audience?: Pick<Audience, 'controllers' | 'contacts'>; activation?: string | null } = {},
): Promise<void> {
  const first = await takeStep(tx, change, { kind, createdAt: now, activation, reached: NOBODY }, FIRST_STEP);
  // Who is approved by contract is in the audience, and gets no notice (D46).
  const left = first.isLast
    ? { controllers: 0, notices: 0 }
    : { controllers: audience.controllers - first.controllers, notices: audience.contacts - first.notices };
  await insertFanOut(tx, { changeId: change.id, kind, createdAt: now, activation, ...first, left });
}

/**
 * Takes the next step of a fan-out, for at most `limit` controllers, in a transaction of its own. Returns whether it did:
 * not if another process is taking the step, or the fan-out has ended.
 */
export async function continueFanOut(
  tx: Transaction,
  { id, changeId }: Pick<FanOut, 'id' | 'changeId'>,
  limit: number,
  now: Temporal.Instant,
): Promise<boolean> {
  // A command that adds or ends an agreement, or withdraws, waits for this step or is visible to it (D7, D24).
  await lockAgainstEnding(tx, [changeId], 'shared');
  const fanOut = await takeFanOut(tx, id);
  const change = await findChange(tx, changeId);
  if (fanOut === null || change === null) return false;
  await advanceFanOut(tx, id, { ...(await takeStep(tx, change, fanOut, limit)), now });
  return true;
}

/**
 * Writes the windows and notices of these controllers now, if a running fan-out has not reached them yet. A command that
 * acts on a controller then finds the same rows as if the announcement had written them all at once. The caller holds the
 * change's lock.
 */
export async function writeAheadOfFanOut(
  tx: Transaction,
  change: Change,
  controllerIds: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  const fanOut = controllerIds.length === 0 ? null : await runningNotices(tx, change.id);
  if (fanOut === null) return;
  const written = await writeWindowsAndNotices(tx, change, controllerIds, fanOut.createdAt);
  if (written.controllers > 0) {
    await advanceFanOut(tx, fanOut.id, { ...written, reached: fanOut.reached, isLast: false, now });
  }
}

async function takeStep(
  tx: Transaction,
  change: Change,
  fanOut: Pick<FanOut, 'kind' | 'createdAt' | 'activation' | 'reached'>,
  limit: number,
): Promise<Written & { reached: string; isLast: boolean }> {
  // One controller more than the step writes for shows whether the step is the last.
  const next = await nextControllers(tx, fanOut, change, limit + 1);
  const ids = next.slice(0, limit);
  const written = await writeFor(tx, change, fanOut, ids);
  return { ...written, reached: ids.at(-1) ?? fanOut.reached, isLast: next.length <= limit };
}

async function writeFor(
  tx: Transaction,
  change: Change,
  { kind, createdAt: now }: Pick<FanOut, 'kind' | 'createdAt'>,
  controllerIds: readonly string[],
): Promise<Written> {
  switch (kind) {
    case 'notice':
      return writeWindowsAndNotices(tx, change, controllerIds, now);
    case 'change-activated':
      await insertMessages(tx, { kind, change, controllerIds, now });
      return NOTHING;
    case 'change-withdrawn':
      await cancelWaitingNotices(tx, change.id, controllerIds);
      await insertWithdrawalMessages(tx, change.id, await recipientsOfWithdrawal(tx, change.id, controllerIds), now);
      return NOTHING;
  }
}

/** Writes a window for each of these controllers that has none, and a notice to each contact of those that are to be notified. */
async function writeWindowsAndNotices(
  tx: Transaction,
  change: Change,
  controllerIds: readonly string[],
  now: Temporal.Instant,
): Promise<Written> {
  const { written, toNotify } = await insertWindows(tx, change, controllerIds, now);
  const notices = await insertMessages(tx, { kind: 'notice', change, controllerIds: toNotify, now });
  return { controllers: written.length, notices };
}
