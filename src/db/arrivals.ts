import type { Author } from '../domain/author.ts';
import type { NoticeInEvent } from '../domain/event.ts';
import type { StoredMessage } from './messages.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** What proves that a controller was notified (D30): the record of it. */
export type ArrivalProof =
  | { readonly objectionId: string }
  | { readonly answerId: string }
  | { readonly bounceId: string }
  | { readonly statementId: string }
  | { readonly approvalId: string };

/** A window that a bounce closed as not notified, and its controller's notification is proved. */
export interface WindowToRestore {
  readonly windowId: string;
  /** As the window stood: since its first acceptance, to the latest deadline that it had or that was told (D11), if it had any. */
  readonly notifiedAt: Temporal.Instant;
  readonly deadline: Temporal.Instant | null;
  /** The notice whose bounce closed it last. */
  readonly notice: NoticeInEvent;
}

/** The controller's window for the change, if it can be restored (D30); otherwise `null`. */
export async function findWindowToRestore(
  tx: Transaction,
  changeId: string,
  controllerId: string,
): Promise<WindowToRestore | null> {
  const found = await row<Omit<WindowToRestore, 'notice'> & { noticeId: string; controller: string }>(
    tx,
    `select w.id as "windowId", w.external_id as controller, stood."noticeId", stood."notifiedAt",
       greatest(stood.deadline, (select max(a.printed_deadline) from messages m join message_attempts a on a.message_id = m.id
         where m.change_id = w.change_id and m.controller_id = w.controller_id and m.created_at >= w.created_at
           and a.outcome in ('accepted', 'unknown'))) as deadline
     from objection_windows w cross join lateral (
       select min(notified_at) as "notifiedAt", max(deadline) as deadline,
         (array_agg(message_id order by id desc))[1] as "noticeId"
       from bounces where window_id = w.id and effect = 'reopened') stood
     where w.change_id = $1 and w.controller_id = $2 and w.left_at is null and w.notified_at is null
       and stood."notifiedAt" is not null and arrival_is_proved(w.change_id, w.controller_id, w.created_at)`,
    [changeId, controllerId],
  );
  if (found === null) return null;
  const { noticeId, controller, ...window } = found;
  return { ...window, notice: { id: noticeId, controller } };
}

/** Makes a window stand again, to this deadline, with what proved the arrival on record (D28, D30). */
export async function insertRestoration(
  tx: Transaction,
  { windowId, notifiedAt, deadline }: Pick<WindowToRestore, 'windowId' | 'notifiedAt' | 'deadline'>,
  proof: ArrivalProof,
  by: Author,
): Promise<void> {
  await rows(
    tx,
    `insert into window_restorations (window_id, notified_at, deadline, objection_id, answer_id, bounce_id, statement_id,
       approval_id, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      windowId,
      notifiedAt,
      deadline,
      'objectionId' in proof ? proof.objectionId : null,
      'answerId' in proof ? proof.answerId : null,
      'bounceId' in proof ? proof.bounceId : null,
      'statementId' in proof ? proof.statementId : null,
      'approvalId' in proof ? proof.approvalId : null,
      by.at,
      by.actor,
    ],
  );
  await rows(tx, 'update objection_windows set notified_at = $2, deadline = $3 where id = $1', [
    windowId,
    notifiedAt,
    deadline,
  ]);
}

/**
 * Whether a notice was ever accepted, and whether it belongs to the running window of its controller (D7): not after the
 * controller has left, nor if it has come back since.
 */
export async function standingOf(
  db: Queryable,
  notice: StoredMessage,
): Promise<{ wasAccepted: boolean; isOfRunningWindow: boolean }> {
  return oneRow(
    db,
    `select m.status = 'accepted' or exists (select from bounces where message_id = m.id and accepted_at is not null)
         as "wasAccepted",
       exists (select from objection_windows w where w.change_id = m.change_id and w.controller_id = m.controller_id
         and w.left_at is null and m.created_at >= w.created_at) as "isOfRunningWindow"
     from messages m where m.id = $1`,
    [notice.id],
  );
}

/** Records an officer's statement that a notice reached its controller. Returns its id. */
export async function insertArrivalStatement(
  tx: Transaction,
  notice: StoredMessage,
  evidence: string,
  by: Author,
): Promise<string> {
  const saved = await oneRow<{ id: string }>(
    tx,
    `insert into arrival_statements (message_id, change_id, controller_id, evidence, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6) returning id`,
    [notice.id, notice.changeId, notice.controllerId, evidence, by.at, by.actor],
  );
  return saved.id;
}
