import { BULK_KINDS, DEADLINE_KINDS, type MessageKind } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import { oneRow, row, type Queryable } from './postgres.ts';

const inSql = (kinds: readonly MessageKind[]) => `(${kinds.map((kind) => `'${kind}'`).join(', ')})`;

/** `DEADLINE_KINDS` and `BULK_KINDS`, as lists in SQL. */
export const TELLING_A_DEADLINE = inSql(DEADLINE_KINDS);
export const TO_ALL_CONTROLLERS = inSql(BULK_KINDS);

/** The channel of the NOTIFY that wakes the processes that send. */
export const MESSAGES_CHANNEL = 'varsel_messages';

/** The message whose id a link carries (D25), or `null`. */
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

/** How many messages wait or are in flight, and since when the oldest is due, for metrics. */
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
