import type { ChangeStatus } from '../domain/change.ts';
import type { MessageKind } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import type { AttemptOutcome } from './message-attempts.ts';
import { rows, type Queryable, type Transaction } from './postgres.ts';

/** A message that is to be sent now. */
export interface DueMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly changeId: string;
  readonly controllerId: string;
  readonly controllerName: string;
  readonly objectionId: string | null;
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  /** Charged attempts, this one included. */
  readonly attempts: number;
  /** When it was to be sent. */
  readonly dueAt: Temporal.Instant;
  /** Of `deadline-moved`: the deadline that its contact was told before. */
  readonly toldDeadline: Temporal.Instant | null;
  /** Attempts that were not charged, our own side having been at fault. */
  readonly deferrals: number;
  readonly changeStatus: ChangeStatus;
  /** Of the controller's window, or `null` while it is not open. */
  readonly deadline: Temporal.Instant | null;
  /** Whether the controller counts for the change and has a window, open or not (D7). */
  readonly hasWindow: boolean;
}

/** A lease that ends later than this was made by a clock that has been set back since. */
const LONGEST_LEASE = { hours: 1 };

/** A message that has cost so many senders their life goes behind the others from then on. */
const TAKEN_UP_FIRST = 3;

/** The kinds that go to all controllers of a change: answers to a person go before them. As in the index of sql/007. */
const TO_ALL_CONTROLLERS = `('notice', 'reminder', 'change-activated', 'change-withdrawn')`;

/**
 * Up to `limit` messages that are due, locked until the transaction ends: `skip locked` lets any number of processes share
 * the queue without waiting for each other.
 */
export async function lockDueMessages(
  tx: Transaction,
  { now, limit }: { now: Temporal.Instant; limit: number },
): Promise<DueMessage[]> {
  return rows<DueMessage>(
    tx,
    // A stronger lock would stand in the way of what refers to them, as in `abandonedMessages`.
    `with due as (
       select * from messages where status = 'pending' and next_attempt_at <= $1
       order by (kind in ${TO_ALL_CONTROLLERS}), next_attempt_at, id limit $2 for no key update skip locked
     )
     select m.id, m.kind, m.change_id as "changeId", m.controller_id as "controllerId", c.name as "controllerName",
       m.objection_id as "objectionId", m.email, m.name, m.language, m.attempts + 1 as attempts,
       m.next_attempt_at as "dueAt",
       (select count(*) from message_attempts a where a.message_id = m.id and a.outcome = 'deferred') as deferrals,
       case when m.kind = 'deadline-moved' then (select max(n.printed_deadline) from messages n
         where n.change_id = m.change_id and n.controller_id = m.controller_id and n.email = m.email
           and n.kind = 'notice') end as "toldDeadline",
       ch.status as "changeStatus", w.deadline, w.id is not null as "hasWindow"
     from due m join controllers c on c.id = m.controller_id join changes ch on ch.id = m.change_id
       left join objection_windows w
         on w.change_id = m.change_id and w.controller_id = m.controller_id and w.left_at is null`,
    [now, limit],
  );
}

/**
 * Claims messages that this transaction has locked, and puts them on record as begun: from now on, whether one was sent is
 * unknown until its outcome is recorded (D28), and the deadline that it tells may have been told (D11).
 */
export async function beginMessages(
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

/** How many messages are due, counted up to a number. */
export async function countDueMessages(
  db: Queryable,
  { now, upTo }: { now: Temporal.Instant; upTo: number },
): Promise<number> {
  const due = await rows(
    db,
    // In the order of the index, as in `lockDueMessages`.
    `select from messages where status = 'pending' and next_attempt_at <= $1
     order by (kind in ${TO_ALL_CONTROLLERS}), next_attempt_at, id limit $2`,
    [now, upTo],
  );
  return due.length;
}

/** Takes messages that this transaction has locked out of the queue: they are no longer to be sent. */
export async function cancelMessages(tx: Transaction, ids: readonly string[]): Promise<void> {
  await rows(tx, `update messages set status = 'cancelled' where id = any($1)`, [ids]);
}

/** Gives claimed messages back that were not handed over: as if they had not been claimed. */
export async function releaseMessages(db: Queryable, leaseId: string, ids: readonly string[]): Promise<void> {
  await rows(
    db,
    `update messages set status = 'pending', attempts = attempts - 1, lease_id = null, leased_until = null,
       -- What earlier attempts have told: this one has told nothing (D11).
       printed_deadline = (select max(a.printed_deadline) from message_attempts a where a.message_id = messages.id)
     where id = any($2) and status = 'in-flight' and lease_id = $1`,
    [leaseId, ids],
  );
}

/** Messages whose sender disappeared before it recorded an outcome. They keep their place in the queue. */
export async function abandonedMessages(
  tx: Transaction,
  now: Temporal.Instant,
  limit: number,
): Promise<
  Pick<
    AttemptOutcome,
    'messageId' | 'kind' | 'changeId' | 'controllerId' | 'leaseId' | 'printedDeadline' | 'nextAttemptAt'
  >[]
> {
  return rows(
    tx,
    `select id as "messageId", kind, change_id as "changeId", controller_id as "controllerId", lease_id as "leaseId",
       printed_deadline as "printedDeadline",
       case when attempts > ${TAKEN_UP_FIRST} then $1 else next_attempt_at end as "nextAttemptAt"
     from messages where status = 'in-flight' and (leased_until <= $1 or leased_until > $3)
     -- A stronger lock would stand in the way of what refers to them, a mail that comes back, under their change's lock.
     order by leased_until limit $2 for no key update skip locked`,
    [now, limit, now.add(LONGEST_LEASE)],
  );
}
