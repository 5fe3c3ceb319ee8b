import type { Claim } from '../concurrency/leases.ts';
import type { ChangeStatus } from '../domain/change.ts';
import type { MessageAttempt } from './message-attempts.ts';
import { TO_COMPOSE, type MessageToCompose } from './messages-to-compose.ts';
import { TO_ALL_CONTROLLERS } from './messages.ts';
import { rows, type Queryable, type Transaction } from './postgres.ts';

/** A message that is to be sent now. */
export interface DueMessage extends MessageToCompose {
  readonly email: string;
  /** Charged attempts, this one included. */
  readonly attempts: number;
  /** When it was to be sent. */
  readonly dueAt: Temporal.Instant;
  /** Attempts that were not charged, our own side having been at fault. */
  readonly deferrals: number;
  readonly changeStatus: ChangeStatus;
  /** When the controller was notified; `null` while it is not. */
  readonly notifiedAt: Temporal.Instant | null;
  /** Of the controller's window, or `null` while it is not open, and of a change without time to object. */
  readonly deadline: Temporal.Instant | null;
  /** Whether the controller counts for the change and has a window, open or not (D7). */
  readonly hasWindow: boolean;
  /** Whether its recipient is a contact of the controller now: who is none any more gets no mail (D35, D52). */
  readonly isToContact: boolean;
}

/** A lease that ends later than this was taken before a clock was set back. It does not hold. */
const LONGEST_LEASE = { hours: 1 };

/** After this number of attempts, a message whose sender disappeared goes behind the others: it may be what ended the senders. */
const RECOVERED_IN_PLACE = 3;

/**
 * Up to `limit` messages that are due, single replies first, locked to the end of the transaction. With `skip locked`, any
 * number of processes share the queue without waiting for each other.
 */
export async function lockDueMessages(
  tx: Transaction,
  { now, limit }: { now: Temporal.Instant; limit: number },
): Promise<DueMessage[]> {
  return rows<DueMessage>(
    tx,
    // In the order of the index `messages_to_send`: reads 20 rows, 0.06 ms. Ordered by time alone, it reads and sorts all that
    // wait: 6.5 ms with 25,000 (2026-11). `for no key update`, as in `lockOrphans`.
    `with due as (
       select * from messages where status = 'pending' and next_attempt_at <= $1
       order by (kind in ${TO_ALL_CONTROLLERS}), next_attempt_at, id limit $2 for no key update skip locked
     )
     select ${TO_COMPOSE}, m.email, m.attempts + 1 as attempts, m.next_attempt_at as "dueAt",
       (select count(*) from message_attempts a where a.message_id = m.id and a.outcome = 'deferred') as deferrals,
       ch.status as "changeStatus", w.notified_at as "notifiedAt", w.deadline, w.id is not null as "hasWindow",
       exists (select from contacts where controller_id = m.controller_id and lower(email) = lower(m.email)) as "isToContact"
     from due m join changes ch on ch.id = m.change_id
       left join objection_windows w
         on w.change_id = m.change_id and w.controller_id = m.controller_id and w.left_at is null`,
    [now, limit],
  );
}

/**
 * Claims messages that this transaction has locked. From now on it is unknown whether a message was sent, until its outcome is
 * recorded (D28), and the deadline that it tells counts as told (D11).
 */
export async function markClaimed(
  tx: Transaction,
  { leaseId, leasedUntil }: { leaseId: string; leasedUntil: Temporal.Instant },
  messages: readonly { id: string; printedDeadline: Temporal.Instant | null }[],
): Promise<void> {
  await rows(
    tx,
    `update messages m
     set status = 'in-flight', lease_id = $1, leased_until = $2, attempts = attempts + 1,
       printed_deadline = greatest(m.printed_deadline, given.printed_deadline)
     from unnest($3::uuid[], $4::timestamptz[]) as given(id, printed_deadline)
     where m.id = given.id`,
    [
      leaseId,
      leasedUntil,
      messages.map(({ id }) => id),
      messages.map(({ printedDeadline }) => printedDeadline?.toString() ?? null),
    ],
  );
}

/**
 * Prolongs the leases of claimed messages. Skips those whose rows are locked: their outcome is being recorded, or they are being
 * released, and to wait for either could be a deadlock. Returns all of the claims, those that others have taken over, too.
 */
export async function renewMessages(
  db: Queryable,
  claims: readonly Claim[],
  leasedUntil: Temporal.Instant,
): Promise<readonly Claim[]> {
  await rows(
    db,
    `update messages set leased_until = $3 where id in (
       select id from messages where id = any($1) and lease_id = any($2) and status = 'in-flight'
       for no key update skip locked)`,
    [claims.map(({ id }) => id), claims.map(({ leaseId }) => leaseId), leasedUntil],
  );
  return claims;
}

/** How many messages are due, counted up to a number. */
export async function countDueMessages(
  db: Queryable,
  { now, upTo }: { now: Temporal.Instant; upTo: number },
): Promise<number> {
  const due = await rows(
    db,
    // In the order of the index, for the reason given in `lockDueMessages`.
    `select from messages where status = 'pending' and next_attempt_at <= $1
     order by (kind in ${TO_ALL_CONTROLLERS}), next_attempt_at, id limit $2`,
    [now, upTo],
  );
  return due.length;
}

/** Cancels messages that this transaction has locked (D7, D24). */
export async function cancelMessages(tx: Transaction, ids: readonly string[]): Promise<void> {
  await rows(tx, `update messages set status = 'cancelled' where id = any($1)`, [ids]);
}

/**
 * Releases claimed messages that were not handed to a mail server, as if they had not been claimed. One is cancelled whose recipient
 * has ceased to be a contact meanwhile (D52).
 */
export async function releaseMessages(db: Queryable, leaseId: string, ids: readonly string[]): Promise<void> {
  await rows(
    db,
    `update messages set status = case when exists (select from contacts c where c.controller_id = messages.controller_id
         and lower(c.email) = lower(messages.email)) then 'pending' else 'cancelled' end,
       attempts = attempts - 1, lease_id = null, leased_until = null,
       -- This attempt has told nothing: back to what earlier ones told (D11).
       printed_deadline = (select max(a.printed_deadline) from message_attempts a where a.message_id = messages.id)
     where id = any($2) and status = 'in-flight' and lease_id = $1`,
    [leaseId, ids],
  );
}

/** Up to `limit` messages whose sender disappeared before it recorded an outcome, locked. They keep their place in the queue. */
export async function lockOrphans(
  tx: Transaction,
  now: Temporal.Instant,
  limit: number,
): Promise<
  Pick<
    MessageAttempt,
    'messageId' | 'kind' | 'changeId' | 'controllerId' | 'leaseId' | 'printedDeadline' | 'nextAttemptAt'
  >[]
> {
  return rows(
    tx,
    `select id as "messageId", kind, change_id as "changeId", controller_id as "controllerId", lease_id as "leaseId",
       printed_deadline as "printedDeadline",
       case when attempts > ${RECOVERED_IN_PLACE} then $1 else next_attempt_at end as "nextAttemptAt"
     from messages where status = 'in-flight' and (leased_until <= $1 or leased_until > $3)
     -- Not \`for update\`: a mail that comes back refers to the message, under the change's lock, and would wait.
     order by leased_until limit $2 for no key update skip locked`,
    [now, limit, now.add(LONGEST_LEASE)],
  );
}
