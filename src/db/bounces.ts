import type { Author } from '../domain/author.ts';
import { recipientReported, type BounceEffect, type RecipientReport } from '../domain/delivery-report.ts';
import { TELLING_A_DEADLINE_AGAIN, type StoredMessage } from './messages.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The window of a controller that counts for a change, and what it has been notified by. */
export interface WindowWithoutNotice {
  readonly windowId: string;
  readonly notifiedAt: Temporal.Instant | null;
  readonly deadline: Temporal.Instant | null;
  /**
   * Whether another notice than the one in question stands, or a letter (D13), or it is proved that a notification arrived
   * (D30).
   */
  readonly isNotifiedOtherwise: boolean;
}

/**
 * The window of a notice's controller, seen without that notice, which has failed for `recipient` (`null`: for an unnamed
 * one); `null` when the controller does not count (D7).
 */
export async function windowWithoutNotice(
  db: Queryable,
  notice: StoredMessage,
  recipient: string | null,
): Promise<WindowWithoutNotice | null> {
  return row(
    db,
    `select w.id as "windowId", w.notified_at as "notifiedAt", w.deadline,
       exists (select from messages m where m.change_id = w.change_id and m.controller_id = w.controller_id
         and m.kind = 'notice' and m.status = 'accepted' and m.id <> $3 and m.created_at >= w.created_at)
       or exists (select from letters l where l.change_id = w.change_id and l.controller_id = w.controller_id
         and l.recorded_at >= w.created_at)
       or arrival_is_proved(w.change_id, w.controller_id, w.created_at, $3, $4) as "isNotifiedOtherwise"
     from objection_windows w where w.change_id = $1 and w.controller_id = $2 and w.left_at is null`,
    [notice.changeId, notice.controllerId, notice.id, recipient],
  );
}

/** Records a report, with the acceptance and the window that it ends (D12, D28). Returns its id. */
export async function insertBounce(
  tx: Transaction,
  bounce: {
    message: StoredMessage;
    report: RecipientReport;
    inboundMailId: string | null;
    evidence: unknown;
    effect: BounceEffect;
    /** The window that it closes again, as it was. */
    closed: WindowWithoutNotice | null;
  },
  by: Author,
): Promise<string> {
  const { message, report, effect, closed } = bounce;
  const saved = await oneRow<{ id: string }>(
    tx,
    `insert into bounces (message_id, change_id, controller_id, action, status, diagnostic, inbound_mail_id, evidence,
       effect, accepted_at, window_id, notified_at, deadline, recorded_at, recorded_by, recipient)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning id`,
    [
      message.id,
      message.changeId,
      message.controllerId,
      report.action,
      report.status,
      report.diagnostic,
      bounce.inboundMailId,
      bounce.inboundMailId === null ? JSON.stringify(bounce.evidence) : null,
      effect,
      effect === 'none' ? null : message.acceptedAt,
      closed?.windowId ?? null,
      closed?.notifiedAt ?? null,
      closed?.deadline ?? null,
      by.at,
      by.actor,
      recipientReported(report),
    ],
  );
  return saved.id;
}

/** Marks a notice that was accepted and has bounced as failed (D12). */
export async function revokeNotice(tx: Transaction, messageId: string, error: string): Promise<void> {
  await rows(tx, `update messages set status = 'failed', accepted_at = null, last_error = $2 where id = $1`, [
    messageId,
    error,
  ]);
}

/**
 * Sets a window back to not notified (D12). The next accepted notice opens it for the full time. Messages that wait to tell
 * the old deadline are cancelled.
 */
export async function reopenWindow(tx: Transaction, windowId: string): Promise<void> {
  await rows(
    tx,
    `update messages m set status = 'cancelled' from objection_windows w
     where w.id = $1 and m.change_id = w.change_id and m.controller_id = w.controller_id
       and m.kind in ${TELLING_A_DEADLINE_AGAIN} and m.status = 'pending'`,
    [windowId],
  );
  await rows(tx, 'update objection_windows set notified_at = null, deadline = null, reminded_at = null where id = $1', [
    windowId,
  ]);
}
