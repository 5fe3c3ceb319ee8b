import type { Author } from '../domain/author.ts';
import type { MailedCode } from '../domain/mailed-code.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The contact that a link was sent to, and the objection that it is to withdraw. */
export interface ContactOfObjection {
  readonly objectionId: string;
  readonly controllerId: string;
  readonly email: string;
}

/** Records a withdrawal that was asked for with a code. It waits as long as its product says. */
export async function insertRequest(
  tx: Transaction,
  { messageId }: MailedCode,
  request: { objectionId: string; product: string; explanation: string | null },
  by: Author,
): Promise<void> {
  await rows(
    tx,
    `insert into withdrawal_requests (objection_id, code_message_id, email, explanation, delay_hours, requested_at, requested_by)
     select $1, m.id, m.email, $2, p.withdrawal_delay_hours, $3, $4 from messages m, products p where m.id = $5 and p.id = $6`,
    [request.objectionId, request.explanation, by.at, by.actor, messageId, request.product],
  );
}

/** The ids of the withdrawals that take effect by `now`, the oldest first. */
export async function dueWithdrawals(db: Queryable, now: Temporal.Instant): Promise<string[]> {
  const due = await rows<{ id: string }>(
    db,
    `select id from withdrawal_requests where status = 'waiting' and withdrawal_due_at(id) <= $1 order by id`,
    [now],
  );
  return due.map(({ id }) => id);
}

/** A withdrawal that waits. */
export interface WaitingWithdrawal extends ContactOfObjection {
  readonly id: string;
  readonly requestedBy: string;
  readonly explanation: string | null;
  readonly takesEffectAt: Temporal.Instant | null;
}

/** The withdrawal with this id while it waits; otherwise `null`. */
export async function findWaiting(db: Queryable, id: string): Promise<WaitingWithdrawal | null> {
  return row<WaitingWithdrawal>(
    db,
    `select r.id, r.objection_id as "objectionId", o.controller_id as "controllerId", r.email,
       r.requested_by as "requestedBy", r.explanation, withdrawal_due_at(r.id) as "takesEffectAt"
     from withdrawal_requests r join objections o on o.id = r.objection_id where r.id = $1 and r.status = 'waiting'`,
    [id],
  );
}

/** Stops the withdrawal of an objection that waits (D31), and cancels the mails about it that do. */
export async function stopWaiting(tx: Transaction, objectionId: string, by: Author): Promise<void> {
  await endWaiting(tx, [objectionId], { status: 'stopped', ...by });
}

/**
 * Ends the withdrawals of objections that have been resolved: the one by which it was is carried out, any other has lapsed.
 * Mails about them that wait are cancelled.
 */
export async function endResolved(
  tx: Transaction,
  objectionIds: readonly string[],
  by: Author & { readonly carriedOut: boolean },
): Promise<void> {
  await endWaiting(tx, objectionIds, { ...by, status: by.carriedOut ? 'carried-out' : 'lapsed' });
}

async function endWaiting(
  tx: Transaction,
  objectionIds: readonly string[],
  { status, at, actor }: Author & { readonly status: string },
): Promise<void> {
  const ended = await rows<{ id: string }>(
    tx,
    `update withdrawal_requests set status = $2, ended_at = $3, ended_by = $4
     where objection_id = any($1) and status = 'waiting' returning objection_id as id`,
    [objectionIds, status, at, actor],
  );
  if (ended.length === 0) return;
  await rows(
    tx,
    `update messages m set status = 'cancelled' from objections o
     where o.id = any($1) and m.change_id = o.change_id and m.controller_id = o.controller_id and m.objection_id = o.id
       and m.kind in ('withdrawal-code', 'withdrawal-requested') and m.status = 'pending'`,
    [ended.map(({ id }) => id)],
  );
}
