import type { MessageKind } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import { TELLING } from './messages.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** What is on record of a message's content. */
export interface MessageToCompose {
  readonly id: string;
  readonly kind: MessageKind;
  readonly createdAt: Temporal.Instant;
  readonly changeId: string;
  readonly controllerId: string;
  /** As it was when the message was queued. */
  readonly controllerName: string;
  readonly objectionId: string | null;
  readonly approvalId: string | null;
  readonly name: string;
  readonly language: Language;
  /** Of `deadline-moved`: the deadline that its contact was told before. */
  readonly toldDeadline: Temporal.Instant | null;
  /** Of the controller's latest window for the change, also one that it has left: what its reference carries. */
  readonly windowNumber: string | null;
}

/** The columns of `MessageToCompose`, of a message `m` whose controller's present window for its change is `w`. */
export const TO_COMPOSE = `m.id, m.kind, m.created_at as "createdAt", m.change_id as "changeId", m.controller_id as "controllerId",
  m.controller_name as "controllerName", m.objection_id as "objectionId", m.approval_id as "approvalId", m.name, m.language,
  case when m.kind = 'deadline-moved' then (select max(n.printed_deadline) from messages n
    where n.change_id = m.change_id and n.controller_id = m.controller_id and n.email = m.email
      and n.kind in ${TELLING}) end as "toldDeadline",
  coalesce(w.number, (select l.number from objection_windows l where l.change_id = m.change_id
    and l.controller_id = m.controller_id and l.left_at is not null order by l.id desc limit 1))::text as "windowNumber"`;

/** A message as it was sent last, with the deadline that it told or else the one in force; `null` for an unknown id. */
export async function findSentMessage(
  db: Queryable,
  id: string,
): Promise<
  | (MessageToCompose & {
      readonly deadline: Temporal.Instant | null;
      /** When its controller was notified; as long as it is not, when the message was sent last, or else written. */
      readonly notifiedAt: Temporal.Instant;
    })
  | null
> {
  return row(
    db,
    `select ${TO_COMPOSE}, coalesce(m.printed_deadline, w.deadline) as deadline,
       coalesce(w.notified_at, (select max(finished_at) from message_attempts where message_id = m.id), m.created_at)
         as "notifiedAt"
     from messages m
       left join objection_windows w
         on w.change_id = m.change_id and w.controller_id = m.controller_id and w.left_at is null
     where m.id = $1`,
    [id],
  );
}

/** A message of the open transaction, and who it would go to. */
export interface QueuedMessage {
  readonly id: string;
  readonly changeId: string;
  readonly kind: MessageKind;
  readonly language: Language;
  readonly name: string;
  readonly email: string;
}

/** What the open transaction has queued so far, in the order in which it was. */
export async function messagesQueuedBy(tx: Transaction): Promise<QueuedMessage[]> {
  return rows(
    tx,
    `select id, change_id as "changeId", kind, language, name, email from messages
     where xact_id = pg_current_xact_id()::text::bigint and status = 'pending' order by id`,
  );
}
