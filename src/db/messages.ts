import { DEADLINE_KINDS } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import { oneRow, row, type Queryable } from './postgres.ts';

/** The kinds that tell a deadline, as a list in SQL. */
export const TELLING_A_DEADLINE = `(${DEADLINE_KINDS.map((kind) => `'${kind}'`).join(', ')})`;

/** The channel on which processes are told that there is something to send. */
export const MESSAGES_CHANNEL = 'varsel_messages';

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
