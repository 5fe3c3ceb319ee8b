import { wakeSenders } from './message-queue.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

/**
 * `remindersDueUntil` (D8) in SQL, and no objection: of windows `w` of a change, those that are not reminded and have a deadline
 * after now ($1) and until then.
 */
const isToBeReminded = (changeId: string, dueUntil: string) => `w.change_id = ${changeId} and w.left_at is null
  and w.reminded_at is null and w.deadline <= ${dueUntil} and w.deadline > $1
  and not exists (select from objections o
    where o.change_id = w.change_id and o.controller_id = w.controller_id and o.status <> 'rejected')`;

/** Those of the changes of which a controller is to be reminded, each asked for deadlines until its own `dueUntil`. */
export async function changesWithRemindersDue(
  db: Queryable,
  changes: readonly { id: string; dueUntil: Temporal.Instant }[],
  now: Temporal.Instant,
): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `select given.id from unnest($2::uuid[], $3::timestamptz[]) as given(id, due_until)
     where exists (select from objection_windows w where ${isToBeReminded('given.id', 'given.due_until')})`,
    [now, changes.map(({ id }) => id), changes.map(({ dueUntil }) => dueUntil.toString())],
  );
  return found.map(({ id }) => id);
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
       select w.id from objection_windows w where ${isToBeReminded('$2', '$3')} limit $4
     ), reminded as (
       update objection_windows set reminded_at = $1 where id in (select id from due) returning controller_id
     ), written as (
       insert into messages (kind, change_id, controller_id, email, name, language, created_at, next_attempt_at)
       select 'reminder', $2, c.controller_id, c.email, c.name, c.language, $1, $1
       from reminded join contacts c on c.controller_id = reminded.controller_id
     )
     select count(*) as reminded from reminded`,
    [now, changeId, dueUntil, limit],
  );
  await wakeSenders(tx);
  return reminded;
}
