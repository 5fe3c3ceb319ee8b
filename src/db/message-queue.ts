import type { MessageKind } from '../domain/message.ts';
import { MESSAGES_CHANNEL, TELLING_A_DEADLINE } from './messages.ts';
import { oneRow, rows, type Transaction } from './postgres.ts';

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
