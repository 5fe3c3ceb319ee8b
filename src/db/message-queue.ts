import type { MessageKind } from '../domain/message.ts';
import { MESSAGES_CHANNEL, TELLING, TELLING_A_DEADLINE } from './messages.ts';
import { rows, type Transaction } from './postgres.ts';

/** Wakes every process that sends, once this transaction commits. */
export async function wakeSenders(tx: Transaction): Promise<void> {
  await tx.query(`select pg_notify('${MESSAGES_CHANNEL}', '')`);
}

/** Queues one message to every contact that these controllers have now. Returns how many. */
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
    `insert into messages (kind, change_id, controller_id, objection_id, controller_name, email, name, language, created_at,
       next_attempt_at)
     select $1, $2, c.controller_id, $4, k.name, c.email, c.name, c.language, $5, $5
     from unnest($3::uuid[]) as given(id) join contacts c on c.controller_id = given.id join controllers k on k.id = given.id
     order by c.controller_id, c.position`,
    [kind, change.id, controllerIds, objectionId ?? null, now.toString()],
  );
  await wakeSenders(tx);
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
    `insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at)
     select 'change-withdrawn', $1, c.controller_id, k.name, c.email, c.name, c.language, $3, $3
     from unnest($2::uuid[]) as given(id) join contacts c on c.controller_id = given.id join controllers k on k.id = given.id
     order by c.controller_id, c.position
     on conflict (change_id, controller_id, email) where kind = 'change-withdrawn' do nothing`,
    [changeId, controllerIds, now],
  );
  await wakeSenders(tx);
}

/**
 * Queues a message to every contact of now whose notice told an earlier deadline than is now in force for its controller (D11),
 * unless a message that tells the new one is waiting, in flight or accepted. A notice that has bounced told one, too, as long as
 * the time that its acceptance began stands (D30).
 */
export async function insertMovedDeadlines(
  tx: Transaction,
  controllers: readonly { changeId: string; controllerId: string }[],
  now: Temporal.Instant,
): Promise<void> {
  if (controllers.length === 0) return;
  await rows(
    tx,
    `insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at)
     select distinct on (n.change_id, n.controller_id, n.email) 'deadline-moved', n.change_id, n.controller_id, k.name, n.email,
       n.name, n.language, $3::timestamptz, $3::timestamptz
     from unnest($1::uuid[], $2::uuid[]) as given(change_id, controller_id)
       join objection_windows w
         on w.change_id = given.change_id and w.controller_id = given.controller_id and w.left_at is null
       join messages n on n.change_id = w.change_id and n.controller_id = w.controller_id
       join controllers k on k.id = n.controller_id
     where n.kind in ${TELLING} and n.printed_deadline < w.deadline
       and exists (select from contacts c where c.controller_id = n.controller_id and lower(c.email) = lower(n.email))
       and (n.status = 'accepted' or exists (select from bounces b where b.message_id = n.id and b.accepted_at >= w.notified_at))
       and not exists (select from messages d
         where d.change_id = n.change_id and d.controller_id = n.controller_id and d.email = n.email
           and d.kind = 'deadline-moved'
           and (d.status in ('pending', 'in-flight') or (d.status = 'accepted' and d.printed_deadline >= w.deadline)))`,
    [controllers.map(({ changeId }) => changeId), controllers.map(({ controllerId }) => controllerId), now],
  );
  await wakeSenders(tx);
}

/** Cancels what waits to tell these controllers a deadline: notices, reminders, moved deadlines. What is in flight goes on. */
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

/** A contact who is new to its controller, by the address alone. */
export interface NewContact {
  readonly controllerId: string;
  readonly email: string;
}

/**
 * Queues, of announced changes, what new contacts have not been told (D35): a notice, or after their controller's deadline a
 * `late-notice`, which moves no window. Who has been sent one since the controller's window was written, or is about to be, gets
 * none. Returns how many.
 */
export async function insertNoticesToNewContacts(
  tx: Transaction,
  changeIds: readonly string[],
  contacts: readonly NewContact[],
  now: Temporal.Instant,
): Promise<number> {
  const inserted = await tx.query(
    `insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at)
     select case when w.deadline <= $4 then 'late-notice' else 'notice' end, w.change_id, w.controller_id, k.name, c.email,
       c.name, c.language, $4, $4
     from unnest($2::uuid[], $3::text[]) as given(controller_id, email)
       join objection_windows w on w.change_id = any($1) and w.controller_id = given.controller_id and w.left_at is null
       join contacts c on c.controller_id = given.controller_id and c.email = given.email
       join controllers k on k.id = given.controller_id
     where not w.by_contract and not exists (select from messages m
       where m.change_id = w.change_id and m.controller_id = w.controller_id and m.kind in ${TELLING}
         and lower(m.email) = lower(c.email) and m.created_at >= w.created_at
         and m.status in ('pending', 'in-flight', 'accepted'))
     order by w.change_id, c.controller_id, c.position`,
    [changeIds, contacts.map(({ controllerId }) => controllerId), contacts.map(({ email }) => email), now.toString()],
  );
  await wakeSenders(tx);
  return inserted.rowCount ?? 0;
}

/**
 * Cancels what waits to be sent to who is no contact of these controllers any more, of any change (D35, D52). What is told to every
 * contact goes to those who are new instead, so that a controller is told all the same; what they are told of changes is another thing
 * (`insertNoticesToNewContacts`).
 */
export async function redirectWaitingMails(
  tx: Transaction,
  controllerIds: readonly string[],
  added: readonly NewContact[],
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `with cancelled as (
       update messages m set status = 'cancelled' from changes h
       where m.change_id = h.id and m.controller_id = any($1) and m.status = 'pending'
         and not exists (select from contacts c
           where c.controller_id = m.controller_id and lower(c.email) = lower(m.email))
       returning m.*
     )
     insert into messages (kind, change_id, controller_id, objection_id, approval_id, controller_name, email, name, language,
       created_at, next_attempt_at)
     select distinct m.kind, m.change_id, m.controller_id, m.objection_id, m.approval_id, k.name, c.email, c.name, c.language,
       $4::timestamptz, $4::timestamptz
     from unnest($2::uuid[], $3::text[]) as given(controller_id, email)
       join contacts c on c.controller_id = given.controller_id and c.email = given.email
       join controllers k on k.id = c.controller_id join cancelled m on m.controller_id = c.controller_id
     where m.kind not in ${TELLING_A_DEADLINE} and m.kind not in ('approval-reminder', 'withdrawal-code', 'approval-code')
     on conflict (change_id, controller_id, email) where kind = 'change-withdrawn' do nothing`,
    [controllerIds, added.map(({ controllerId }) => controllerId), added.map(({ email }) => email), now],
  );
}

/** Cancels the message about a rejected objection where it still waits. */
export async function cancelWaitingRejection(tx: Transaction, objectionId: string): Promise<void> {
  await rows(
    tx,
    `update messages set status = 'cancelled'
     where objection_id = $1 and kind = 'objection-rejected' and status = 'pending'`,
    [objectionId],
  );
}
