import { BULK_KINDS, DEADLINE_KINDS, TELLING_KINDS, type MessageKind, type MessageStatus } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import { oneRow, row, type Queryable } from './postgres.ts';

const inSql = (kinds: readonly MessageKind[]) => `(${kinds.map((kind) => `'${kind}'`).join(', ')})`;

/** `TELLING_KINDS`, `DEADLINE_KINDS` and `BULK_KINDS`, as lists in SQL. */
export const TELLING = inSql(TELLING_KINDS);
export const TELLING_A_DEADLINE = inSql(DEADLINE_KINDS);
export const TO_ALL_CONTROLLERS = inSql(BULK_KINDS);
/** The kinds that tell the deadline of a window that a notice has opened, as a list in SQL. */
export const TELLING_A_DEADLINE_AGAIN = inSql(DEADLINE_KINDS.filter((kind) => kind !== 'notice'));

/** The channel of the NOTIFY that wakes the processes that send. */
export const MESSAGES_CHANNEL = 'varsel_messages';

/** A message to one contact, as it is on record. */
export interface StoredMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly status: MessageStatus;
  readonly changeId: string;
  readonly controllerId: string;
  /** External id. */
  readonly controller: string;
  readonly controllerName: string;
  /** The contact that it is written to, as it was when the message was queued. */
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  readonly acceptedAt: Temporal.Instant | null;
}

const MESSAGES = `select m.id, m.kind, m.status, m.change_id as "changeId", m.controller_id as "controllerId",
    k.external_id as controller, coalesce(nullif(k.name, '[erased]'), k.external_id) as "controllerName",
      m.email, m.name, m.language, m.accepted_at as "acceptedAt"
  from messages m join controllers k on k.id = m.controller_id`;

/** The message, or `null`. A customer's link (D25), a delivery report and an answer each name a message by its id. */
export async function findMessage(db: Queryable, id: string): Promise<StoredMessage | null> {
  return row(db, `${MESSAGES} where m.id = $1`, [id]);
}

/** The last notice of a change to one of these addresses of a controller, or `null`. */
export async function noticeTo(
  db: Queryable,
  { changeId, controllerId }: Pick<StoredMessage, 'changeId' | 'controllerId'>,
  addresses: readonly string[],
): Promise<StoredMessage | null> {
  return row(
    db,
    `${MESSAGES} where m.change_id = $1 and m.controller_id = $2 and m.kind in ${TELLING} and lower(m.email) = any($3)
     order by m.id desc limit 1`,
    [changeId, controllerId, addresses.map((address) => address.toLowerCase())],
  );
}

/** Whether an attempt to send the message is on record that may have arrived, its response having been lost. */
export async function mayHaveArrived(db: Queryable, id: string): Promise<boolean> {
  const found = await row(db, `select from message_attempts where message_id = $1 and outcome = 'unknown' limit 1`, [
    id,
  ]);
  return found !== null;
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
