import type { Author } from '../domain/author.ts';
import type { WithdrawalCode } from '../domain/withdrawal.ts';
import { wakeSenders } from './message-queue.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The contact that a link was sent to, and the objection that it is to withdraw. */
export interface ContactOfObjection {
  readonly objectionId: string;
  readonly controllerId: string;
  readonly email: string;
}

/**
 * Queues the mail with a new code to the contact's own address (D31), and returns that address; `null` where it is no
 * contact's.
 */
export async function insertCode(
  tx: Transaction,
  { objectionId, controllerId, email }: ContactOfObjection,
  { changeId, expiresAt }: { changeId: string; expiresAt: Temporal.Instant },
  by: Author,
): Promise<string | null> {
  const queued = await row<{ sentTo: string }>(
    tx,
    `with queued as (
       insert into messages (kind, change_id, controller_id, objection_id, email, name, language, created_at, next_attempt_at)
       select 'withdrawal-code', $1, controller_id, $3, email, name, language, $5, $5
       from contacts where controller_id = $2 and lower(email) = lower($4) order by email <> $4, position limit 1
       returning id, email
     ), coded as (
       insert into withdrawal_codes (message_id, objection_id, asked_at, asked_by, expires_at)
       select id, $3, $5, $6, $7 from queued
     )
     select email as "sentTo" from queued`,
    [changeId, controllerId, objectionId, email, by.at, by.actor, expiresAt],
  );
  if (queued !== null) await wakeSenders(tx);
  return queued && queued.sentTo;
}

/** How many codes for an objection were mailed to a contact since then. */
export async function countCodes(
  db: Queryable,
  { objectionId, email }: ContactOfObjection,
  since: Temporal.Instant,
): Promise<number> {
  const { count } = await oneRow<{ count: number }>(
    db,
    `select count(*)::int as count from withdrawal_codes c join messages m on m.id = c.message_id
     where c.objection_id = $1 and lower(m.email) = lower($2) and c.asked_at > $3`,
    [objectionId, email, since],
  );
  return count;
}

/** The latest code for an objection that was mailed to a contact, or `null`. */
export async function latestCode(
  db: Queryable,
  { objectionId, email }: ContactOfObjection,
): Promise<WithdrawalCode | null> {
  return row<WithdrawalCode>(
    db,
    `select c.message_id as "messageId", c.expires_at as "expiresAt", c.wrong_tries as "wrongTries", c.used_at as "usedAt"
     from withdrawal_codes c join messages m on m.id = c.message_id
     where c.objection_id = $1 and lower(m.email) = lower($2) order by c.message_id desc limit 1`,
    [objectionId, email],
  );
}

/** Counts a wrong try of a code. */
export async function countWrongTry(tx: Transaction, { messageId }: WithdrawalCode): Promise<void> {
  await rows(tx, 'update withdrawal_codes set wrong_tries = wrong_tries + 1 where message_id = $1', [messageId]);
}

/** Records a withdrawal that was asked for with a code, which is used by it. It waits as long as its product says. */
export async function insertRequest(
  tx: Transaction,
  { messageId }: WithdrawalCode,
  request: { objectionId: string; product: string; explanation: string | null },
  by: Author,
): Promise<void> {
  await rows(tx, 'update withdrawal_codes set used_at = $2 where message_id = $1', [messageId, by.at]);
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
