import { wakeSenders } from './message-queue.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

/** What a controller is reminded of: the end of its time to object, or of its time to answer a request. */
export type Reminder = 'reminder' | 'approval-reminder';

/**
 * Of windows `w` of a change, those that are to be reminded and have not been, at $1.
 * - Of the time to object (`remindersDueUntil`, D8): whose deadline comes after now and until `due`, without an objection.
 * - Of the time to answer (`answersDueOfNotified`, D41): notified before `due`, that have said nothing.
 */
const isToBeReminded = {
  reminder: (changeId: string, due: string) => `w.change_id = ${changeId} and w.left_at is null
    and w.reminded_at is null and w.deadline <= ${due} and w.deadline > $1
    and not exists (select from objections o
      where o.change_id = w.change_id and o.controller_id = w.controller_id and o.status <> 'rejected')`,
  'approval-reminder': (changeId: string, due: string) => `w.change_id = ${changeId} and w.left_at is null
    and w.answer_reminded_at is null and w.notified_at < ${due} and w.approval = 'none'`,
};

const MARK_REMINDED: Readonly<Record<Reminder, string>> = {
  reminder: 'update objection_windows set reminded_at = $1',
  'approval-reminder': 'update objection_windows set answer_reminded_at = $1',
};

/** Those of the changes of which a controller is to be reminded, each asked by its own `due`. */
export async function changesWithRemindersDue(
  db: Queryable,
  kind: Reminder,
  changes: readonly { id: string; due: Temporal.Instant }[],
  now: Temporal.Instant,
): Promise<string[]> {
  if (changes.length === 0) return [];
  const found = await rows<{ id: string }>(
    db,
    `select given.id from unnest($2::uuid[], $3::timestamptz[]) as given(id, due)
     where $1::timestamptz is not null
       and exists (select from objection_windows w where ${isToBeReminded[kind]('given.id', 'given.due')})`,
    [now, changes.map(({ id }) => id), changes.map(({ due }) => due.toString())],
  );
  return found.map(({ id }) => id);
}

/**
 * Queues a reminder to every contact of the controllers that are due for it (`isToBeReminded`). Each window is reminded once of
 * each. At most `limit` windows; returns how many.
 */
export async function insertReminders(
  tx: Transaction,
  kind: Reminder,
  changeId: string,
  { due, limit, now }: { due: Temporal.Instant; limit: number; now: Temporal.Instant },
): Promise<number> {
  const { reminded } = await oneRow<{ reminded: number }>(
    tx,
    `with due as (
       select w.id from objection_windows w where ${isToBeReminded[kind]('$2', '$3')} limit $4
     ), reminded as (
       ${MARK_REMINDED[kind]} where id in (select id from due) returning controller_id
     ), written as (
       insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at)
       select $5, $2, c.controller_id, k.name, c.email, c.name, c.language, $1, $1
       from reminded join contacts c on c.controller_id = reminded.controller_id
         join controllers k on k.id = reminded.controller_id
     )
     select count(*) as reminded from reminded`,
    [now, changeId, due, limit, kind],
  );
  await wakeSenders(tx);
  return reminded;
}
