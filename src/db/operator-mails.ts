import type { Claim } from '../concurrency/leases.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A mail to the company itself that this process has claimed. */
export interface OperatorMail extends Claim {
  /** The address of a product's officers, or of who is invited to sign in; `null` for the operator. */
  readonly recipient: string | null;
  /** The path of the page that its last line is about; `null` for the operator. */
  readonly page: string | null;
  /** Of an invitation: the link that it carries. */
  readonly signInLinkId: string | null;
  readonly subject: string;
  readonly body: string;
  /** This attempt included. */
  readonly attempts: number;
}

/** Queues a mail to the company itself (`MAIL_REPLY_TO`): plain text, in English like the log. Sent after the commit. */
export async function insertOperatorMail(
  tx: Transaction,
  mail: { kind: string; subject: string; body: string; at: Temporal.Instant },
): Promise<void> {
  await rows(
    tx,
    `insert into operator_mails (kind, subject, body, created_at, next_attempt_at) values ($1, $2, $3, $4, $4)`,
    [mail.kind, mail.subject, mail.body, mail.at],
  );
}

/** Whether this id is that of a mail to the company itself. */
export async function isOperatorMail(db: Queryable, id: string): Promise<boolean> {
  return (await row(db, 'select from operator_mails where id = $1', [id])) !== null;
}

/**
 * Claims the mail that has been due longest. One whose sender disappeared is claimed again: sent twice rather than lost. Mails to
 * officers wait while a message to a controller is due; an invitation does not, because its link is good for a day.
 */
export async function claimOperatorMail(
  db: Queryable,
  claim: { now: Temporal.Instant; leaseId: string; leasedUntil: Temporal.Instant },
): Promise<OperatorMail | null> {
  return row<OperatorMail>(
    db,
    `update operator_mails set lease_id = $2, leased_until = $3, attempts = attempts + 1
     where id = (select id from operator_mails
       where status = 'pending' and next_attempt_at <= $1 and (leased_until is null or leased_until <= $1)
         and (recipient is null or sign_in_link_id is not null or not exists (select from messages where status = 'pending' and next_attempt_at <= $1))
       order by next_attempt_at, id limit 1 for update skip locked)
     returning id, lease_id as "leaseId", recipient, page, sign_in_link_id as "signInLinkId",
       subject, body, attempts`,
    [claim.now, claim.leaseId, claim.leasedUntil],
  );
}

/** Prolongs the leases of claimed mails, and returns those that nobody has taken over. */
export async function renewOperatorMails(
  db: Queryable,
  claims: readonly Claim[],
  leasedUntil: Temporal.Instant,
): Promise<Claim[]> {
  return rows(
    db,
    `update operator_mails set leased_until = $3 where id = any($1) and lease_id = any($2)
     returning id, lease_id as "leaseId"`,
    [claims.map(({ id }) => id), claims.map(({ leaseId }) => leaseId), leasedUntil],
  );
}

/** Records the outcome of an attempt. `nextAttemptAt` is `null` when there is no further attempt. */
export async function recordOperatorMail(
  db: Queryable,
  { id, leaseId }: OperatorMail,
  outcome: { accepted: boolean; response: string; at: Temporal.Instant; nextAttemptAt: Temporal.Instant | null },
): Promise<void> {
  await rows(
    db,
    `update operator_mails
     set status = case when $3 then 'accepted' when $6::timestamptz is null then 'failed' else 'pending' end,
       accepted_at = case when $3 then $5::timestamptz end, last_error = case when $3 then null else $4 end,
       next_attempt_at = coalesce($6, next_attempt_at), lease_id = null, leased_until = null
     where id = $1 and lease_id = $2 and status = 'pending'`,
    [id, leaseId, outcome.accepted, outcome.response, outcome.at, outcome.nextAttemptAt],
  );
}
