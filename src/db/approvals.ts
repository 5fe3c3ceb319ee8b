import type { Author } from '../domain/author.ts';
import { firstStatus, type Approval, type ApprovalDecision, type ApprovalStatus } from '../domain/approval.ts';
import { wakeSenders } from './message-queue.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The controller's id in the database. `controller` is the external id. */
export type StoredApproval = Approval & { readonly controllerId: string };

export interface ApprovalRow {
  id: string;
  number: number;
  change_id: string;
  controller_id: string;
  external_id: string;
  decision: ApprovalDecision;
  content_hash: string;
  channel: Approval['channel'];
  message_id: string | null;
  answer_id: string | null;
  from_name: string | null;
  from_role: string | null;
  from_email: string | null;
  statement: string | null;
  authority: string | null;
  received_at: Temporal.Instant;
  recorded_at: Temporal.Instant;
  recorded_by: string;
  status: ApprovalStatus;
  confirmed_at: Temporal.Instant | null;
  confirmed_by: string;
  takes_effect_at: Temporal.Instant | null;
  effective_at: Temporal.Instant | null;
  receipts_failed_at: Temporal.Instant | null;
  ended_at: Temporal.Instant | null;
  ended_by: string;
  ended_explanation: string | null;
  ended_mail_id: string | null;
  ended_message_id: string | null;
}

export const APPROVALS = `select p.*, author_in_words(p.recorded_by) as recorded_by, author_in_words(p.confirmed_by) as confirmed_by,
    author_in_words(p.ended_by) as ended_by, k.external_id, case when p.status = 'waiting' then approval_due_at(p.id) end as takes_effect_at
  from approvals p join controllers k on k.id = p.controller_id`;

export function toApproval(found: ApprovalRow): StoredApproval {
  return {
    id: found.id,
    number: found.number,
    changeId: found.change_id,
    controllerId: found.controller_id,
    controller: found.external_id,
    decision: found.decision,
    contentHash: found.content_hash,
    channel: found.channel,
    messageId: found.message_id,
    answerId: found.answer_id,
    from: { name: found.from_name, role: found.from_role, email: found.from_email },
    statement: found.statement,
    authority: found.authority,
    receivedAt: found.received_at,
    recordedAt: found.recorded_at,
    recordedBy: found.recorded_by,
    status: found.status,
    confirmation: found.confirmed_at && { confirmedAt: found.confirmed_at, confirmedBy: found.confirmed_by },
    takesEffectAt: found.takes_effect_at,
    effectiveAt: found.effective_at,
    receiptsFailedAt: found.receipts_failed_at,
    ended: found.ended_at && {
      endedAt: found.ended_at,
      endedBy: found.ended_by,
      explanation: found.ended_explanation,
      mailId: found.ended_mail_id,
      messageId: found.ended_message_id,
    },
  };
}

/** The approval or refusal, or `null`. */
export async function findApproval(db: Queryable, id: string): Promise<StoredApproval | null> {
  const found = await row<ApprovalRow>(db, `${APPROVALS} where p.id = $1`, [id]);
  return found && toApproval(found);
}

/** The approval or refusal; throws when there is none. */
export async function getApproval(db: Queryable, id: string): Promise<StoredApproval> {
  return toApproval(await oneRow<ApprovalRow>(db, `${APPROVALS} where p.id = $1`, [id]));
}

/** What a controller has approved and refused of a change since then, in the order in which it was recorded. */
export async function approvalsOfController(
  db: Queryable,
  of: { changeId: string; controllerId: string },
  since: Temporal.Instant,
): Promise<StoredApproval[]> {
  const found = await rows<ApprovalRow>(
    db,
    `${APPROVALS} where p.change_id = $1 and p.controller_id = $2 and p.recorded_at >= $3 order by p.id`,
    [of.changeId, of.controllerId, since],
  );
  return found.map(toApproval);
}

/** Whether the contact with this address may approve for its controller; `null` where there is none. */
export async function mayApprove(db: Queryable, controllerId: string, email: string): Promise<boolean | null> {
  const found = await row<{ may: boolean }>(
    db,
    `select bool_or(may_approve) as may from contacts where controller_id = $1 and lower(email) = lower($2)
     having count(*) > 0`,
    [controllerId, email],
  );
  return found && found.may;
}

/** Whether the change is in force for the controller, by the agreement that it has, or of an approval: had when that was recorded. */
export async function isInForce(
  db: Queryable,
  changeId: string,
  controllerId: string,
  recordedAt: Temporal.Instant | null = null,
): Promise<boolean> {
  const sql = `select is_in_force($1, $2, coalesce($3::timestamptz, 'infinity')) as found`;
  return (await oneRow<{ found: boolean }>(db, sql, [changeId, controllerId, recordedAt])).found;
}

/** What a controller says to a request for approval. */
export type NewApproval = Pick<
  StoredApproval,
  | 'changeId'
  | 'controllerId'
  | 'decision'
  | 'contentHash'
  | 'channel'
  | 'from'
  | 'statement'
  | 'authority'
  | 'receivedAt'
> & {
  /** The message whose link it came through. */
  readonly messageId?: string;
  /** Of what the page stated, in hexadecimal; left out of what came through none. */
  readonly statedSha256?: string | null;
  /** The answer that an officer found to be it. */
  readonly answerId?: string;
};

/** Writes an approval or a refusal as it was received (D42). The caller holds the change's lock, and has judged it. */
export async function insertApproval(tx: Transaction, said: NewApproval, by: Author): Promise<StoredApproval> {
  const saved = await oneRow<{ id: string }>(
    tx,
    `insert into approvals (change_id, controller_id, decision, content_hash, channel, message_id, answer_id, from_name,
       from_role, from_email, statement, authority, received_at, recorded_at, recorded_by, status, stated_sha256)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, decode($17, 'hex')) returning id`,
    [
      said.changeId,
      said.controllerId,
      said.decision,
      said.contentHash,
      said.channel,
      said.messageId ?? null,
      said.answerId ?? null,
      said.from.name,
      said.from.role,
      said.from.email,
      said.statement,
      said.authority,
      said.receivedAt,
      by.at,
      by.actor,
      firstStatus(said),
      said.statedSha256 ?? null,
    ],
  );
  return getApproval(tx, saved.id);
}

/** Records that a second person confirms the authority of an approval's writer: its receipts can go out. */
export async function markConfirmed(tx: Transaction, id: string, by: Author): Promise<void> {
  await rows(tx, `update approvals set status = 'waiting', confirmed_at = $2, confirmed_by = $3 where id = $1`, [
    id,
    by.at,
    by.actor,
  ]);
}

/** Makes an approval that is due effective. */
export async function markEffective(tx: Transaction, id: string, at: Temporal.Instant): Promise<void> {
  await rows(tx, `update approvals set status = 'effective', effective_at = $2 where id = $1`, [id, at]);
}

/** Records that no receipt of an approval can arrive any more. */
export async function markReceiptsFailed(tx: Transaction, id: string, at: Temporal.Instant): Promise<void> {
  await rows(tx, 'update approvals set receipts_failed_at = $2 where id = $1', [id, at]);
}

/** What an end rests on: words, a mail on record, or the link that it came through. */
export interface EndOfApproval {
  readonly explanation: string | null;
  readonly mailId: string | null;
  readonly messageId: string | null;
}

/** Ends an approval or a refusal; with its status as it is, it is recorded only (D42). Receipts that wait are cancelled. */
export async function markEnded(
  tx: Transaction,
  id: string,
  status: ApprovalStatus,
  { explanation, mailId, messageId }: EndOfApproval,
  by: Author,
): Promise<void> {
  await rows(
    tx,
    `update approvals set status = $2, ended_at = $3, ended_by = $4, ended_explanation = $5, ended_mail_id = $6,
       ended_message_id = $7 where id = $1`,
    [id, status, by.at, by.actor, explanation, mailId, messageId],
  );
  await rows(tx, `update messages set status = 'cancelled' where approval_id = $1 and status = 'pending'`, [id]);
}

/** The approvals that wait and can move on by `now`, the oldest first: they are due, or none of their receipts can arrive. */
export async function approvalsToMove(db: Queryable, now: Temporal.Instant): Promise<string[]> {
  const due = await rows<{ id: string }>(
    db,
    `select a.id from approvals a join changes c on c.id = a.change_id and c.status = 'announced'
     where a.status = 'waiting' and (approval_due_at(a.id) <= $1 or a.receipts_failed_at is null
       and approval_due_at(a.id) is null and not exists (select from messages
         where approval_id = a.id and kind = 'approval-received' and status in ('pending', 'in-flight')))
     order by a.id`,
    [now],
  );
  return due.map(({ id }) => id);
}

/** The kinds of messages about an approval or a refusal, to every contact of its controller. */
export type ApprovalMessage = 'approval-received' | 'refusal-received' | 'approval-ended';

/** Queues a message about an approval or a refusal to every contact that its controller has now. */
export async function insertApprovalMessages(
  tx: Transaction,
  kind: ApprovalMessage,
  { id, changeId, controllerId }: Pick<StoredApproval, 'id' | 'changeId' | 'controllerId'>,
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `insert into messages (kind, change_id, controller_id, approval_id, controller_name, email, name, language, created_at,
       next_attempt_at)
     select $1, $2, k.id, $4, k.name, c.email, c.name, c.language, $5, $5
     from contacts c join controllers k on k.id = c.controller_id where k.id = $3 order by c.position`,
    [kind, changeId, controllerId, id, now],
  );
  await wakeSenders(tx);
}
