import { lockChange } from '../db/change-locks.ts';
import { insertMessages } from '../db/message-queue.ts';
import { findWindow } from '../db/objection-windows.ts';
import { keepStatement } from '../db/page-statements.ts';
import { findSamePending, insertObjection, type StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import {
  isPossibleReceipt,
  judgeObjection,
  messageAfter,
  type ObjectionChannel,
  type ObjectionRefusal,
} from '../domain/objection.ts';
import type { PageStatement } from '../domain/page-statement.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { writeAheadOfFanOut } from './fan-out.ts';
import { recordApproval } from './record-approval.ts';
import { recordEvents } from './record-events.ts';
import { restoreWindow } from './restore-window.ts';

/** A controller's objection as it was received (D14, D17). */
export interface ReceivedObjection {
  readonly changeId: string;
  readonly controllerId: string;
  readonly channel: ObjectionChannel;
  /** The message whose link it came through; left out of what an officer records. */
  readonly messageId?: string;
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly reasons: string | null;
  readonly receivedAt: Temporal.Instant;
  /** What the page stated that it came through; left out of what came through none. */
  readonly stated?: PageStatement | null;
}

export interface FiledObjection {
  readonly objection: StoredObjection;
  /** Why it was rejected; `null` when it counts. */
  readonly refusal: ObjectionRefusal | null;
  /** The controller's deadline; `null` while it has not been notified. */
  readonly deadline: Temporal.Instant | null;
}

/**
 * Files an objection and judges it (D14–D18). An objection that counts is pending, is acknowledged by e-mail to every
 * contact of its controller, and blocks activation from this transaction on. One that does not count is kept as a rejected
 * attempt: the caller commits in both cases. If it came by e-mail or letter, its controller gets the rejection by e-mail.
 * The same text sent again through a link while it is pending (a double click, a page gone back to) is the same objection.
 * An attempt through a link, rejected or not, proves that the controller was notified, and restores its window (D30). Where a
 * change asks for approval alone, an objection is a refusal, reasons or not (D41): the attempt is kept, and the refusal stands.
 * Refuses, and keeps nothing, with `not-found`, and with `received-at-out-of-range` for an objection recorded as received
 * before the announcement or in the future.
 */
export async function fileObjection(tx: Transaction, received: ReceivedObjection, by: Author): Promise<FiledObjection> {
  const { changeId, controllerId, channel, receivedAt, reasons } = received;
  // An activation takes the same lock, so exactly one of the two is first (D22).
  const change = await lockChange(tx, changeId);
  if (change) await writeAheadOfFanOut(tx, change, [controllerId], by.at);
  const window = change && (await findWindow(tx, changeId, controllerId));
  if (!change || !window) throw notFound('controller of that name that is told of this change');
  if (!isPossibleReceipt(received, change.announcedAt, by.at)) {
    const detail = `receivedAt must be from the announcement (${change.announcedAt.toString()}) to now (${by.at.toString()}), found ${receivedAt.toString()}.`;
    throw refusedAt('receivedAt', 'received-at-out-of-range', detail);
  }
  const verdict = judgeObjection({ ...window, ...change, receivedAt, reasons });
  const refusal = verdict.allowed ? null : verdict.because;
  const same = refusal === null && channel === 'link' ? await findSamePending(tx, received) : null;
  const objection = same ?? (await insertNew(tx, received, refusal, by));
  const restored =
    channel === 'link' && window.notifiedAt === null
      ? await restoreWindow(tx, change, controllerId, { objectionId: objection.id }, by)
      : null;
  const deadline = restored?.deadline ?? window.deadline;
  if (same !== null) return { objection, refusal, deadline };
  const isRefusal = refusal === 'no-objection-window' && change.regime.approval;
  const kind = isRefusal ? null : messageAfter(refusal, channel);
  if (kind !== null) {
    const controllerIds = [controllerId];
    await insertMessages(tx, { kind, change, controllerIds, objectionId: objection.id, now: by.at });
  }
  const type = refusal === null ? 'objection.received' : 'objection.rejected';
  await recordEvents(tx, changeId, by.at, [{ type, objection }]);
  if (isRefusal) await refuseToApprove(tx, received, by);
  return { objection, refusal, deadline };
}

/**
 * Records that a controller refuses its approval by what it sent as an objection, unless that person's refusal stands already, or
 * nobody asks the controller any more. The attempt stays on record.
 */
async function refuseToApprove(tx: Transaction, received: ReceivedObjection, by: Author): Promise<void> {
  const { from, reasons: statement } = received;
  try {
    const refusal = { decision: 'refusal', statement, authority: null, from: { ...from, role: null } } as const;
    await recordApproval(tx, { ...received, ...refusal }, by);
  } catch (error) {
    const isNeedless =
      error instanceof Refused && ['refusal-stands', 'already-in-force', 'agreement-ended'].includes(error.code);
    if (!isNeedless) throw error;
  }
}

async function insertNew(
  tx: Transaction,
  { stated, ...received }: ReceivedObjection,
  rejectedFor: ObjectionRefusal | null,
  by: Author,
): Promise<StoredObjection> {
  const statedSha256 = stated ? await keepStatement(tx, stated) : null;
  return insertObjection(tx, { ...received, rejectedFor, statedSha256 }, by);
}
