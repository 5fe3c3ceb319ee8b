import { wakeSenders } from './message-queue.ts';
import { oneRow, type Queryable, type Transaction } from './postgres.ts';

/**
 * `remindersDueUntil` (D8) in SQL, and no objection: of windows `w` of the change $1, those that are not reminded and have a
 * deadline after now ($3) and until $2.
 */
const TO_BE_REMINDED = `w.change_id = $1 and w.left_at is null and w.reminded_at is null and w.deadline <= $2
  and w.deadline > $3
  and not exists (select from objections o
    where o.change_id = $1 and o.controller_id = w.controller_id and o.status <> 'rejected')`;

/** Whether a controller of the change is to be reminded. */
export async function hasRemindersDue(
  db: Queryable,
  changeId: string,
  { dueUntil, now }: { dueUntil: Temporal.Instant; now: Temporal.Instant },
): Promise<boolean> {
  const { due } = await oneRow<{ due: boolean }>(
    db,
    `select exists (select from objection_windows w where ${TO_BE_REMINDED}) as due`,
    [changeId, dueUntil, now],
  );
  return due;
}

/**
 * Queues a reminder to every contact of the controllers whose deadline comes until `dueUntil`, who have made no objection and
 * have not been reminded. Each window is reminded once. At most `limit` windows; returns how many.
 */
export async function insertReminders(
  tx: Transaction,
  changeId: string,
  { dueUntil, limit, now }: { dueUntil: Temporal.Instant; limit: number; now: Temporal.Instant },
): Promise<number> {
  const { reminded } = await oneRow<{ reminded: number }>(
    tx,
    `with due as (
       select w.id from objection_windows w where ${TO_BE_REMINDED} limit $4
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
  await wakeSenders(tx);
  return reminded;
}
