import type { Author } from '../domain/author.ts';
import type { CodeKind, MailedCode, PreparedApproval } from '../domain/mailed-code.ts';
import { wakeSenders } from './message-queue.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** What a code is for, and the contact that it is mailed to. */
export interface CodePurpose {
  readonly kind: CodeKind;
  readonly changeId: string;
  readonly controllerId: string;
  readonly email: string;
  /** The objection that it withdraws; otherwise `null`. */
  readonly objectionId: string | null;
  /** The refusal that it withdraws; `null` of a code to approve. */
  readonly approvalId: string | null;
}

/** A code `c` in a message `m` for the purpose in `$1` to `$6`. */
const OF_PURPOSE = `m.kind = $1 and m.change_id = $2 and m.controller_id = $3 and lower(m.email) = lower($4)
  and m.objection_id is not distinct from $5 and m.approval_id is not distinct from $6`;
const valuesOf = ({ kind, changeId, controllerId, email, objectionId, approvalId }: CodePurpose) => [
  kind,
  changeId,
  controllerId,
  email,
  objectionId,
  approvalId,
];

/**
 * Queues the mail with a new code to the contact's own address (D31, D42), and returns that address; `null` where it is no
 * contact's.
 */
export async function insertCode(
  tx: Transaction,
  purpose: CodePurpose,
  { approving, expiresAt }: { approving: PreparedApproval | null; expiresAt: Temporal.Instant },
  by: Author,
): Promise<string | null> {
  const queued = await row<{ sentTo: string }>(
    tx,
    `with queued as (
       insert into messages (kind, change_id, controller_id, objection_id, approval_id, controller_name, email, name, language,
         created_at, next_attempt_at)
       select $1, $2, k.id, $5, $6, k.name, c.email, c.name, c.language, $7, $7
       from contacts c join controllers k on k.id = c.controller_id
       where k.id = $3 and lower(c.email) = lower($4) order by c.email <> $4, c.position limit 1
       returning id, email
     ), coded as (
       insert into mailed_codes (message_id, approving, asked_at, asked_by, expires_at) select id, $8, $7, $9, $10 from queued
     )
     select email as "sentTo" from queued`,
    [...valuesOf(purpose), by.at, approving === null ? null : JSON.stringify(approving), by.actor, expiresAt],
  );
  if (queued !== null) await wakeSenders(tx);
  return queued && queued.sentTo;
}

/** How many codes for this were mailed to the contact since then. */
export async function countCodes(db: Queryable, purpose: CodePurpose, since: Temporal.Instant): Promise<number> {
  const { count } = await oneRow<{ count: number }>(
    db,
    `select count(*)::int as count from mailed_codes c join messages m on m.id = c.message_id
     where ${OF_PURPOSE} and c.asked_at > $7`,
    [...valuesOf(purpose), since],
  );
  return count;
}

/** The latest code for this that was mailed to the contact, or `null`. */
export async function latestCode(db: Queryable, purpose: CodePurpose): Promise<MailedCode | null> {
  return row<MailedCode>(
    db,
    `select c.message_id as "messageId", c.expires_at as "expiresAt", c.wrong_tries as "wrongTries", c.used_at as "usedAt",
       c.approving
     from mailed_codes c join messages m on m.id = c.message_id where ${OF_PURPOSE} order by c.message_id desc limit 1`,
    valuesOf(purpose),
  );
}

/** Counts a wrong try of a code. */
export async function countWrongTry(tx: Transaction, { messageId }: MailedCode): Promise<void> {
  await rows(tx, 'update mailed_codes set wrong_tries = wrong_tries + 1 where message_id = $1', [messageId]);
}

/** Records that a code was used. */
export async function markUsed(tx: Transaction, { messageId }: MailedCode, at: Temporal.Instant): Promise<void> {
  await rows(tx, 'update mailed_codes set used_at = $2 where message_id = $1', [messageId, at]);
}
