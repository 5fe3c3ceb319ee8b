import { lockChange } from '../db/change-locks.ts';
import { insertMessages } from '../db/message-queue.ts';
import { findSamePending, insertObjection, type StoredObjection } from '../db/objections.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { judgeObjection, type ObjectionChannel, type ObjectionRefusal } from '../domain/objection.ts';
import type { Author } from '../domain/author.ts';
import { reachFirst } from './fan-out.ts';
import { recordEvents } from './record-events.ts';
import { notFound, Refused } from '../domain/refused.ts';

/** A controller's objection as it came in (D14, D17). */
export interface ReceivedObjection {
  readonly changeId: string;
  readonly controllerId: string;
  readonly channel: ObjectionChannel;
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly reasons: string | null;
  readonly receivedAt: Temporal.Instant;
}

export interface FiledObjection {
  readonly objection: StoredObjection;
  /** Why it was rejected; `null` when it counts. */
  readonly refusal: ObjectionRefusal | null;
  /** The controller's deadline; `null` while it has not been notified. */
  readonly deadline: Temporal.Instant | null;
}

/**
 * Files an objection and judges it (D14–D18). One that counts is pending, is acknowledged by e-mail to every contact of its
 * controller, and blocks activation from this transaction on. One that does not is kept as a rejected attempt, so the
 * caller commits either way. Who objected by e-mail or letter and was rejected is told by e-mail; through the link the
 * answer says it.
 * The same text sent again through a link while it is pending (a double click, a page gone back to) is the same objection.
 * Refuses, and keeps nothing, only what is not about this change: `not-found`, and `received-at-out-of-range` for an
 * objection recorded as received before the announcement or in the future.
 */
export async function fileObjection(tx: Transaction, received: ReceivedObjection, by: Author): Promise<FiledObjection> {
  const { changeId, controllerId, channel, receivedAt, reasons } = received;
  // The lock an activation takes: exactly one of the two is first (D22).
  const change = await lockChange(tx, changeId);
  if (change) await reachFirst(tx, change, [controllerId], by.at);
  const window = change && (await findWindow(tx, changeId, controllerId));
  if (!change || !window) throw notFound('controller of that name that is told of this change');
  const isImpossible =
    Temporal.Instant.compare(receivedAt, by.at) > 0 || Temporal.Instant.compare(receivedAt, change.announcedAt) < 0;
  // What comes through a link is dated by us: the clocks of two machines that differ must not lose it.
  if (isImpossible && channel !== 'link') {
    const detail = `receivedAt must be from the announcement (${change.announcedAt.toString()}) to now (${by.at.toString()}), found ${receivedAt.toString()}.`;
    throw new Refused('received-at-out-of-range', detail, { errors: [{ path: 'receivedAt', message: detail }] });
  }
  const { deadline } = window;
  const verdict = judgeObjection({ status: change.status, deadline, receivedAt, reasons });
  const refusal = verdict.allowed ? null : verdict.because;
  if (refusal === null && channel === 'link') {
    const same = await findSamePending(tx, received);
    if (same !== null) return { objection: same, refusal, deadline };
  }
  const objection = await insertObjection(tx, { ...received, rejectedFor: refusal }, by);
  const answer = refusal === null ? 'objection-received' : 'objection-rejected';
  if (refusal === null || channel !== 'link') {
    await insertMessages(tx, {
      kind: answer,
      change,
      controllerIds: [controllerId],
      objectionId: objection.id,
      now: by.at,
    });
  }
  const type = refusal === null ? 'objection.received' : 'objection.rejected';
  await recordEvents(tx, changeId, by.at, [{ type, objection }]);
  return { objection, refusal, deadline };
}
