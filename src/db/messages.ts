import type { ChangeStatus } from '../domain/change.ts';
import type { DeliveryOutcome, MessageKind } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';
import { allEnded } from '../concurrency/all-ended.ts';

/** The kinds of `tellsDeadline`, for SQL. */
const TELLING_A_DEADLINE = `('notice', 'reminder', 'deadline-moved')`;

/** The kinds that go to all controllers of a change: answers to a person go before them. As in the index of sql/007. */
const TO_ALL_CONTROLLERS = `('notice', 'reminder', 'change-activated', 'change-withdrawn')`;

/** The channel on which processes are told that there is something to send. */
export const MESSAGES_CHANNEL = 'varsel_messages';

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

/** One that a process has begun to send, and must give an outcome to before its lease ends. */
export interface ClaimedMessage extends DueMessage {
  readonly leaseId: string;
}

/** One attempt to hand a message over, and what became of it. */
export interface AttemptOutcome {
  readonly messageId: string;
  readonly kind: MessageKind;
  readonly changeId: string;
  readonly controllerId: string;
  readonly leaseId: string;
  readonly outcome: DeliveryOutcome;
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant;
  readonly responseCode: number | null;
  readonly response: string;
  /** Protocol and cipher of the connection; `null` where it was not encrypted, or there was none. */
  readonly tls?: string | null;
  readonly printedDeadline: Temporal.Instant | null;
  /** When to try again; `null` when there is no further attempt. */
  readonly nextAttemptAt: Temporal.Instant | null;
}

/** Tells every process, once this transaction commits, that there is something to send. */
async function announceMessages(tx: Transaction): Promise<void> {
  await tx.query(`select pg_notify('${MESSAGES_CHANNEL}', '')`);
}

/** Queues one message to every contact, as it is now, of these controllers. Returns how many. */
export async function insertMessages(
  tx: Transaction,
  message: {
    kind: MessageKind;
    change: { id: string };
    controllerIds: readonly string[];
    objectionId?: string;
    now: Temporal.Instant;
  },
): Promise<number> {
  const { change, kind, controllerIds, objectionId, now } = message;
  const inserted = await tx.query(
    `insert into messages (kind, change_id, controller_id, objection_id, email, name, language, created_at, next_attempt_at)
     select $1, $2, c.controller_id, $4, c.email, c.name, c.language, $5, $5
     from unnest($3::uuid[]) as given(id) join contacts c on c.controller_id = given.id
     order by c.controller_id, c.position`,
    [kind, change.id, controllerIds, objectionId ?? null, now.toString()],
  );
  await announceMessages(tx);
  return inserted.rowCount ?? 0;
}

/** Queues a withdrawal message to every contact of these controllers (D24); nobody is told twice. */
export async function insertWithdrawalMessages(
  tx: Transaction,
  changeId: string,
  controllerIds: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `insert into messages (kind, change_id, controller_id, email, name, language, created_at, next_attempt_at)
     select 'change-withdrawn', $1, c.controller_id, c.email, c.name, c.language, $3, $3
     from unnest($2::uuid[]) as given(id) join contacts c on c.controller_id = given.id
     order by c.controller_id, c.position
     on conflict (change_id, controller_id, email) where kind = 'change-withdrawn' do nothing`,
    [changeId, controllerIds, now],
  );
  await announceMessages(tx);
}

/**
 * Queues a reminder to every contact of the controllers whose deadline comes before `dueUntil`, who have made no objection
 * and have not been reminded; each window is reminded once. At most `limit` windows; returns how many.
 */
export async function insertReminders(
  tx: Transaction,
  changeId: string,
  { dueUntil, limit, now }: { dueUntil: Temporal.Instant; limit: number; now: Temporal.Instant },
): Promise<number> {
  const { reminded } = await oneRow<{ reminded: number }>(
    tx,
    `with due as (
       select id from objection_windows w
       where change_id = $1 and left_at is null and reminded_at is null and deadline <= $2 and deadline > $3
         and not exists (select from objections o
           where o.change_id = $1 and o.controller_id = w.controller_id and o.status <> 'rejected')
       limit $4
     ), reminded as (
       update objection_windows set reminded_at = $3 where id in (select id from due) returning controller_id
     ), written as (
       insert into messages (kind, change_id, controller_id, email, name, language, created_at, next_attempt_at)
       select 'reminder', $1, c.controller_id, c.email, c.name, c.language, $3, $3
       from reminded join contacts c on c.controller_id = reminded.controller_id
     )
     select count(*) as reminded from reminded`,
    [changeId, dueUntil, now, limit],
  );
  await announceMessages(tx);
  return reminded;
}

/**
 * Queues a message to every contact whose notice told an earlier deadline than the one in force for its controller (D11),
 * unless one that says so is under way or has been accepted.
 */
export async function insertMovedDeadlines(
  tx: Transaction,
  controllers: readonly { changeId: string; controllerId: string }[],
  now: Temporal.Instant,
): Promise<void> {
  if (controllers.length === 0) return;
  await rows(
    tx,
    `insert into messages (kind, change_id, controller_id, email, name, language, created_at, next_attempt_at)
     select distinct on (n.change_id, n.controller_id, n.email) 'deadline-moved', n.change_id, n.controller_id, n.email,
       n.name, n.language, $3::timestamptz, $3::timestamptz
     from unnest($1::uuid[], $2::uuid[]) as given(change_id, controller_id)
       join objection_windows w
         on w.change_id = given.change_id and w.controller_id = given.controller_id and w.left_at is null
       join messages n on n.change_id = w.change_id and n.controller_id = w.controller_id
     where n.kind = 'notice' and n.status = 'accepted' and n.printed_deadline < w.deadline
       and not exists (select from messages d
         where d.change_id = n.change_id and d.controller_id = n.controller_id and d.email = n.email
           and d.kind = 'deadline-moved'
           and (d.status in ('pending', 'in-flight') or (d.status = 'accepted' and d.printed_deadline >= w.deadline)))`,
    [controllers.map(({ changeId }) => changeId), controllers.map(({ controllerId }) => controllerId), now],
  );
  await announceMessages(tx);
}

/** Takes notices, and reminders of them, that still wait for these controllers out of the queue. Those in flight go on. */
export async function cancelWaitingNotices(
  tx: Transaction,
  changeId: string,
  controllerIds: readonly string[],
): Promise<void> {
  await rows(
    tx,
    `update messages set status = 'cancelled'
     where change_id = $1 and controller_id = any($2) and kind in ${TELLING_A_DEADLINE} and status = 'pending'`,
    [changeId, controllerIds],
  );
}

/** Takes the message of a rejection that is still waiting out of the queue. */
export async function cancelWaitingRejection(tx: Transaction, objectionId: string): Promise<void> {
  await rows(
    tx,
    `update messages set status = 'cancelled'
     where objection_id = $1 and kind = 'objection-rejected' and status = 'pending'`,
    [objectionId],
  );
}

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

/** A message that has failed for good. */
export interface FailedMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly changeId: string;
  readonly controller: string;
  readonly createdAt: Temporal.Instant;
}

/** What `jsonb_to_recordset` makes of outcomes. */
const OUTCOME_COLUMNS = `"messageId" uuid, "leaseId" uuid, outcome text, "startedAt" timestamptz, "finishedAt" timestamptz,
  "responseCode" integer, response text, tls text, "printedDeadline" timestamptz, "nextAttemptAt" timestamptz`;

/**
 * Records attempts, moves their messages on (D28), and returns those that have failed for good. An outcome whose lease has
 * passed to another owner is kept as an attempt and moves nothing, but for an acceptance: what arrived is not sent again.
 */
export async function recordAttempts(tx: Transaction, outcomes: readonly AttemptOutcome[]): Promise<FailedMessage[]> {
  const others = outcomes.filter(({ outcome }) => outcome !== 'accepted');
  const accepting = rows(
    tx,
    `with given as (select * from jsonb_to_recordset($1) as given(${OUTCOME_COLUMNS})),
     attempts as (
       insert into message_attempts
         (message_id, started_at, finished_at, outcome, response_code, response, tls, printed_deadline)
       select "messageId", "startedAt", "finishedAt", outcome, "responseCode", response, tls, "printedDeadline" from given
     )
     update messages m
     set status = 'accepted', accepted_at = given."finishedAt", last_error = null,
       lease_id = null, leased_until = null
     from given
     where m.id = given."messageId" and given.outcome = 'accepted' and m.status in ('pending', 'in-flight')`,
    [JSON.stringify(outcomes)],
  );
  const [, failed] = await allEnded([accepting, others.length === 0 ? Promise.resolve([]) : moveOn(tx, others)]);
  return failed;
}

/** Of a change that is no longer announced, or to a controller that has left, a notice is not tried again (D24, D7). */
async function moveOn(tx: Transaction, outcomes: readonly AttemptOutcome[]): Promise<FailedMessage[]> {
  const moved = await rows<FailedMessage & { status: string }>(
    tx,
    `update messages m
     set status = case when given."nextAttemptAt" is null then 'failed'
           when m.kind in ${TELLING_A_DEADLINE} and (c.status <> 'announced' or not exists (select from objection_windows w
             where w.change_id = m.change_id and w.controller_id = m.controller_id and w.left_at is null)) then 'cancelled'
           else 'pending' end,
       next_attempt_at = coalesce(given."nextAttemptAt", m.next_attempt_at),
       attempts = m.attempts - case when given.outcome = 'deferred' then 1 else 0 end,
       last_error = given.response, lease_id = null, leased_until = null
     from jsonb_to_recordset($1) as given(${OUTCOME_COLUMNS}), changes c, controllers k
     where m.id = given."messageId" and c.id = m.change_id and k.id = m.controller_id
       and m.status = 'in-flight' and m.lease_id = given."leaseId"
     returning m.id, m.kind, m.change_id as "changeId", k.external_id as controller, m.created_at as "createdAt", m.status`,
    [JSON.stringify(outcomes)],
  );
  return moved.filter(({ status }) => status === 'failed');
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

/** A lease that ends later than this was made by a clock that has been set back since. */
const LONGEST_LEASE = { hours: 1 };

/** A message that has cost so many senders their life goes behind the others from then on. */
const TAKEN_UP_FIRST = 3;

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

/** What a link stands for (D25): the message whose id it carries. */
export async function findMessage(
  db: Queryable,
  id: string,
): Promise<{
  id: string;
  status: 'pending' | 'in-flight' | 'accepted' | 'failed' | 'cancelled';
  changeId: string;
  controllerId: string;
  controller: string;
  controllerName: string;
  email: string;
  name: string;
  language: Language;
} | null> {
  return row(
    db,
    `select m.id, m.status, m.change_id as "changeId", m.controller_id as "controllerId", k.external_id as controller,
       k.name as "controllerName", m.email, m.name, m.language
     from messages m join controllers k on k.id = m.controller_id where m.id = $1`,
    [id],
  );
}

/** How many messages stand in each status, for metrics. */
export async function countMessages(
  db: Queryable,
): Promise<{ waiting: number; inFlight: number; oldestDueAt: Temporal.Instant | null }> {
  return oneRow(
    db,
    `select (select count(*) from messages where status = 'pending') as waiting,
       (select count(*) from messages where status = 'in-flight') as "inFlight",
       (select min(next_attempt_at) from messages where status = 'pending') as "oldestDueAt"`,
  );
}
