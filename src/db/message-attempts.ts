import { isStillTold } from './changes.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import type { SendOutcome, MessageKind } from '../domain/message.ts';
import { TELLING_A_DEADLINE } from './messages.ts';
import { rows, type Transaction } from './postgres.ts';

/** What was sent, so that it can be made again (D50): the hashes in hexadecimal of the whole mail and of its form. */
export interface ComposedContent {
  readonly mailSha256: string;
  readonly contentSha256: string;
  readonly dkim: string | null;
  readonly windowNumber: string | null;
}

/** One attempt to send a message, and its outcome. */
export interface MessageAttempt {
  readonly messageId: string;
  readonly kind: MessageKind;
  readonly changeId: string;
  readonly controllerId: string;
  readonly leaseId: string;
  readonly outcome: SendOutcome;
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant;
  readonly responseCode: number | null;
  readonly response: string;
  /** Protocol and cipher of the connection; `null` where it was not encrypted, or there was none. */
  readonly tls?: string | null;
  /** `null`, or left out, of one that composed no mail, and of one whose process ended before it recorded an outcome. */
  readonly composed?: ComposedContent | null;
  readonly printedDeadline: Temporal.Instant | null;
  /** When to try again; `null` when there is no further attempt. */
  readonly nextAttemptAt: Temporal.Instant | null;
}

/** A message that has failed for good. */
export interface FailedMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly changeId: string;
  readonly controller: string;
  readonly createdAt: Temporal.Instant;
}

/** The columns of `jsonb_to_recordset` of `MessageAttempt`s. */
const OUTCOME_COLUMNS = `"messageId" uuid, "leaseId" uuid, outcome text, "startedAt" timestamptz, "finishedAt" timestamptz,
  "responseCode" integer, response text, tls text, "printedDeadline" timestamptz, "nextAttemptAt" timestamptz, composed jsonb`;

/**
 * Records attempts and the new status of their messages (D28), and returns the messages that have failed for good. When
 * another sender has taken the message over since, the attempt is recorded and the message stays as it is, unless the attempt
 * was accepted: what arrived is not sent again.
 */
export async function recordAttempts(tx: Transaction, attempts: readonly MessageAttempt[]): Promise<FailedMessage[]> {
  const others = attempts.filter(({ outcome }) => outcome !== 'accepted');
  const accepting = rows(
    tx,
    `with given as (select * from jsonb_to_recordset($1) as given(${OUTCOME_COLUMNS})),
     attempts as (
       insert into message_attempts
         (message_id, started_at, finished_at, outcome, response_code, response, tls, printed_deadline, mail_sha256,
          content_sha256, dkim, window_number)
       select "messageId", "startedAt", "finishedAt", outcome, "responseCode", response, tls, "printedDeadline",
         decode(composed ->> 'mailSha256', 'hex'), decode(composed ->> 'contentSha256', 'hex'), composed ->> 'dkim',
         (composed ->> 'windowNumber')::bigint
       from given
     )
     update messages m
     set status = 'accepted', accepted_at = given."finishedAt", last_error = null,
       lease_id = null, leased_until = null
     from given
     where m.id = given."messageId" and given.outcome = 'accepted' and m.status in ('pending', 'in-flight')`,
    [JSON.stringify(attempts)],
  );
  const [, failed] = await allEnded([accepting, others.length === 0 ? Promise.resolve([]) : moveOn(tx, others)]);
  return failed;
}

/**
 * Records attempts that were not accepted. A message is cancelled, not retried, when its recipient is no contact any more (D35, D52);
 * and, which is `isMoot` in part, one that tells a deadline when nobody is told of its change any more (D24, D40), or its controller
 * has left (D7).
 */
async function moveOn(tx: Transaction, attempts: readonly MessageAttempt[]): Promise<FailedMessage[]> {
  const moved = await rows<FailedMessage & { status: string }>(
    tx,
    `update messages m
     set status = case when given."nextAttemptAt" is null then 'failed'
           when m.kind in ${TELLING_A_DEADLINE} and (not ${isStillTold('c')} or not exists (select from objection_windows w
             where w.change_id = m.change_id and w.controller_id = m.controller_id and w.left_at is null))
             or not exists (select from contacts
               where controller_id = m.controller_id and lower(email) = lower(m.email)) then 'cancelled'
           else 'pending' end,
       next_attempt_at = coalesce(given."nextAttemptAt", m.next_attempt_at),
       attempts = m.attempts - case when given.outcome = 'deferred' then 1 else 0 end,
       last_error = given.response, lease_id = null, leased_until = null
     from jsonb_to_recordset($1) as given(${OUTCOME_COLUMNS}), changes c, controllers k
     where m.id = given."messageId" and c.id = m.change_id and k.id = m.controller_id
       and m.status = 'in-flight' and m.lease_id = given."leaseId"
     returning m.id, m.kind, m.change_id as "changeId", k.external_id as controller, m.created_at as "createdAt", m.status`,
    [JSON.stringify(attempts)],
  );
  return moved.filter(({ status }) => status === 'failed');
}
