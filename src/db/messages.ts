import type { DeliveryOutcome, MessageKind } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The kinds of `tellsDeadline`, for SQL. */
const TELLING_A_DEADLINE = `('notice', 'reminder', 'deadline-moved')`;

/** The channel on which processes are told that there is something to send. */
export const MESSAGES_CHANNEL = 'varsel_messages';

/** A message that this process has claimed and must give an outcome to before its lease ends. */
export interface ClaimedMessage {
  readonly id: string;
  readonly leaseId: string;
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
  /** Of `deadline-moved`: the deadline that its contact was told before. */
  readonly toldDeadline: Temporal.Instant | null;
}

/** One attempt to hand a message over, and what became of it. */
export interface AttemptOutcome {
  readonly messageId: string;
  readonly changeId: string;
  readonly leaseId: string;
  readonly outcome: DeliveryOutcome;
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant;
  readonly responseCode: number | null;
  readonly response: string;
  readonly printedDeadline: Temporal.Instant | null;
  /** When to try again; `null` when there is no further attempt. */
  readonly nextAttemptAt: Temporal.Instant | null;
}

/** Tells every process, once this transaction commits, that there is something to send. */
async function announceMessages(tx: Transaction): Promise<void> {
  await tx.query(`select pg_notify('${MESSAGES_CHANNEL}', '')`);
}

/** Queues one message to every contact, as it is now, of these controllers, or of every controller of the change's product. */
export async function insertMessages(
  tx: Transaction,
  message: {
    kind: MessageKind;
    change: { id: string; product: string };
    controllerIds: readonly string[] | null;
    objectionId?: string;
    now: Temporal.Instant;
  },
): Promise<number> {
  const { change, kind, controllerIds, objectionId, now } = message;
  const inserted = await tx.query(
    `insert into messages (kind, change_id, controller_id, objection_id, email, name, language, created_at, next_attempt_at)
     select $1, $2, c.controller_id, $5, c.email, c.name, c.language, $6, $6
     from contacts c
     where case when $4::uuid[] is null
       then c.controller_id in (select controller_id from agreements where product_id = $3 and ended_at is null)
       else c.controller_id = any($4) end`,
    [kind, change.id, change.product, controllerIds, objectionId ?? null, now.toString()],
  );
  await announceMessages(tx);
  return inserted.rowCount ?? 0;
}

/**
 * Queues a withdrawal message to every contact of these controllers, or of every controller that was notified of the
 * change or may have been, a reply having been lost (D24); nobody is told twice.
 */
export async function insertWithdrawalMessages(
  tx: Transaction,
  changeId: string,
  controllerIds: readonly string[] | null,
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `insert into messages (kind, change_id, controller_id, email, name, language, created_at, next_attempt_at)
     select 'change-withdrawn', $1, c.controller_id, c.email, c.name, c.language, $3, $3
     from objection_windows w join contacts c on c.controller_id = w.controller_id
     where w.change_id = $1 and w.left_at is null
       and case when $2::uuid[] is not null then w.controller_id = any($2)
         else w.notified_at is not null or exists (select from messages n join message_attempts a on a.message_id = n.id
           where n.change_id = $1 and n.controller_id = w.controller_id and n.kind = 'notice' and a.outcome = 'unknown') end
       and not exists (select from messages m where m.change_id = $1 and m.controller_id = c.controller_id
         and m.kind = 'change-withdrawn' and m.email = c.email)`,
    [changeId, controllerIds, now],
  );
  await announceMessages(tx);
}

/**
 * Queues a reminder to every contact of the controllers whose deadline comes before `dueUntil`, who have made no objection
 * and have not been reminded; each window is reminded once.
 */
export async function insertReminders(
  tx: Transaction,
  changeId: string,
  { dueUntil, now }: { dueUntil: Temporal.Instant; now: Temporal.Instant },
): Promise<void> {
  await rows(
    tx,
    `with due as (
       update objection_windows w set reminded_at = $3
       where change_id = $1 and left_at is null and reminded_at is null and deadline <= $2 and deadline > $3
         and not exists (select from objections o
           where o.change_id = $1 and o.controller_id = w.controller_id and o.status <> 'rejected')
       returning controller_id
     )
     insert into messages (kind, change_id, controller_id, email, name, language, created_at, next_attempt_at)
     select 'reminder', $1, c.controller_id, c.email, c.name, c.language, $3, $3
     from due join contacts c on c.controller_id = due.controller_id`,
    [changeId, dueUntil, now],
  );
  await announceMessages(tx);
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
       n.name, n.language, $2::timestamptz, $2::timestamptz
     from jsonb_to_recordset($1) as given("changeId" uuid, "controllerId" uuid)
       join objection_windows w on w.change_id = "changeId" and w.controller_id = "controllerId" and w.left_at is null
       join messages n on n.change_id = w.change_id and n.controller_id = w.controller_id
     where n.kind = 'notice' and n.status = 'accepted' and n.printed_deadline < w.deadline
       and not exists (select from messages d
         where d.change_id = n.change_id and d.controller_id = n.controller_id and d.email = n.email
           and d.kind = 'deadline-moved'
           and (d.status in ('pending', 'in-flight') or (d.status = 'accepted' and d.printed_deadline >= w.deadline)))`,
    [JSON.stringify(controllers.map(({ changeId, controllerId }) => ({ changeId, controllerId }))), now],
  );
  await announceMessages(tx);
}

/** Takes notices, and reminders of them, that are still waiting out of the queue: of the whole change, or of one controller. Those in flight go on. */
export async function cancelWaitingNotices(
  tx: Transaction,
  changeId: string,
  controllerId: string | null,
): Promise<void> {
  await rows(
    tx,
    `update messages set status = 'cancelled'
     where change_id = $1 and kind in ${TELLING_A_DEADLINE} and status = 'pending'
       and ($2::uuid is null or controller_id = $2)`,
    [changeId, controllerId],
  );
}

/**
 * Claims up to `limit` messages that are due, for this lease only: `skip locked` lets any number of processes share the
 * queue without waiting for each other.
 */
export async function claimMessages(
  tx: Transaction,
  claim: { now: Temporal.Instant; leaseId: string; leasedUntil: Temporal.Instant; limit: number },
): Promise<ClaimedMessage[]> {
  return rows<ClaimedMessage>(
    tx,
    `with due as (
       select id from messages where status = 'pending' and next_attempt_at <= $1
       order by (kind = 'notice'), next_attempt_at, id limit $4 for update skip locked
     )
     update messages m set status = 'in-flight', lease_id = $2, leased_until = $3, attempts = attempts + 1
     from due, controllers c
     where m.id = due.id and c.id = m.controller_id
     returning m.id, m.lease_id as "leaseId", m.kind, m.change_id as "changeId", m.controller_id as "controllerId",
       c.name as "controllerName", m.objection_id as "objectionId", m.email, m.name, m.language, m.attempts,
       case when m.kind = 'deadline-moved' then (select max(n.printed_deadline) from messages n
         where n.change_id = m.change_id and n.controller_id = m.controller_id and n.email = m.email
           and n.kind = 'notice') end as "toldDeadline"`,
    [claim.now, claim.leaseId, claim.leasedUntil, claim.limit],
  );
}

/** Writes down, before anything is sent, which deadlines the claimed notices are about to tell (D11). */
export async function notePrintedDeadlines(
  tx: Transaction,
  printed: readonly { id: string; deadline: Temporal.Instant }[],
): Promise<void> {
  if (printed.length === 0) return;
  await rows(
    tx,
    `update messages m set printed_deadline = greatest(m.printed_deadline, given.deadline)
     from jsonb_to_recordset($1) as given(id uuid, deadline timestamptz) where m.id = given.id`,
    [JSON.stringify(printed)],
  );
}

/** A message whose outcome has been recorded, with what follows from it to be done in the same transaction. */
export interface RecordedMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly changeId: string;
  readonly controllerId: string;
  readonly controller: string;
  readonly status: 'accepted' | 'pending' | 'failed' | 'cancelled';
}

/**
 * Records attempts and moves their messages on (D28). An outcome whose lease has passed to another owner is kept as an
 * attempt and moves nothing. A notice of a change that is no longer announced, or to a controller that has left, is not
 * tried again (D24, D7).
 */
export async function recordAttempts(tx: Transaction, outcomes: readonly AttemptOutcome[]): Promise<RecordedMessage[]> {
  const given = JSON.stringify(outcomes);
  const columns = `"messageId" uuid, "leaseId" uuid, outcome text, "startedAt" timestamptz, "finishedAt" timestamptz,
    "responseCode" integer, response text, "printedDeadline" timestamptz, "nextAttemptAt" timestamptz`;
  await rows(
    tx,
    `insert into message_attempts (message_id, started_at, finished_at, outcome, response_code, response, printed_deadline)
     select "messageId", "startedAt", "finishedAt", outcome, "responseCode", response, "printedDeadline"
     from jsonb_to_recordset($1) as given(${columns})`,
    [given],
  );
  return rows<RecordedMessage>(
    tx,
    `update messages m
     set status = case when given.outcome = 'accepted' then 'accepted'
           when given."nextAttemptAt" is null then 'failed'
           when m.kind in ${TELLING_A_DEADLINE} and (c.status <> 'announced' or not exists (select from objection_windows w
             where w.change_id = m.change_id and w.controller_id = m.controller_id and w.left_at is null)) then 'cancelled'
           else 'pending' end,
       accepted_at = case when given.outcome = 'accepted' then given."finishedAt" end,
       next_attempt_at = coalesce(given."nextAttemptAt", m.next_attempt_at),
       attempts = m.attempts - case when given.outcome = 'deferred' then 1 else 0 end,
       last_error = case when given.outcome = 'accepted' then null else given.response end,
       lease_id = null, leased_until = null
     from jsonb_to_recordset($1) as given(${columns}), changes c, controllers k
     where m.id = given."messageId" and m.status = 'in-flight' and m.lease_id = given."leaseId" and c.id = m.change_id
       and k.id = m.controller_id
     returning m.id, m.kind, m.change_id as "changeId", m.controller_id as "controllerId", k.external_id as controller,
       m.status`,
    [given],
  );
}

/** Gives claimed messages back that were never begun: as if they had not been claimed. */
export async function releaseMessages(db: Queryable, leaseId: string, ids: readonly string[]): Promise<void> {
  await rows(
    db,
    `update messages set status = 'pending', attempts = attempts - 1, lease_id = null, leased_until = null
     where id = any($2) and status = 'in-flight' and lease_id = $1`,
    [leaseId, ids],
  );
}

/** Takes claimed messages that are no longer to be sent out of the queue. */
export async function cancelClaimed(tx: Transaction, leaseId: string, ids: readonly string[]): Promise<void> {
  await rows(
    tx,
    `update messages set status = 'cancelled', attempts = attempts - 1, lease_id = null, leased_until = null
     where id = any($2) and status = 'in-flight' and lease_id = $1`,
    [leaseId, ids],
  );
}

/** Messages whose sender disappeared before it recorded an outcome: whether they were sent is unknown. */
export async function abandonedMessages(
  tx: Transaction,
  now: Temporal.Instant,
  limit: number,
): Promise<{ id: string; changeId: string; leaseId: string; printedDeadline: Temporal.Instant | null }[]> {
  return rows(
    tx,
    `select id, change_id as "changeId", lease_id as "leaseId", printed_deadline as "printedDeadline" from messages
     where status = 'in-flight' and leased_until <= $1
     order by leased_until limit $2 for update skip locked`,
    [now, limit],
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
