import { findWindowToRestore, insertRestoration, type ArrivalProof } from '../db/arrivals.ts';
import { insertMovedDeadlines } from '../db/message-queue.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { restoredDeadline, type Opening } from '../domain/objection-window.ts';
import { recordEvents } from './record-events.ts';

/**
 * Makes a controller's window stand again, on record, if a bounce had closed it as not notified and a record proves by now
 * that a notification arrived (D30): as it stood, with at least three whole days left. `notice.reached` is written. A window
 * that never opened stays so. The contacts who were told an earlier deadline get a message (D11). Returns how the window stands,
 * or `null` when there was nothing to restore. The caller holds the change's lock, and has written `proof`.
 */
export async function restoreWindow(
  tx: Transaction,
  change: Change,
  controllerId: string,
  proof: ArrivalProof,
  by: Author,
): Promise<Opening | null> {
  if (change.status !== 'announced') return null;
  const found = await findWindowToRestore(tx, change.id, controllerId);
  if (found === null) return null;
  const deadline = restoredDeadline(found.deadline, by.at, change.terms);
  await insertRestoration(tx, { ...found, deadline }, proof, by);
  await insertMovedDeadlines(tx, [{ changeId: change.id, controllerId }], by.at);
  await recordEvents(tx, change.id, by.at, [{ type: 'notice.reached', notice: found.notice }]);
  return { notifiedAt: found.notifiedAt, deadline };
}
