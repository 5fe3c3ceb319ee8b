import type { ChangeStatus } from '../domain/change.ts';
import type { WindowState } from '../domain/objection-window.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The window of one controller for one change, as the API lists it. */
export interface ControllerInChange {
  readonly controllerId: string;
  readonly externalId: string;
  readonly name: string;
  readonly notifiedAt: Temporal.Instant | null;
  readonly deadline: Temporal.Instant | null;
  readonly notices: readonly {
    id: string;
    email: string;
    status: string;
    attempts: number;
    acceptedAt: string | null;
    lastError: string | null;
  }[];
  readonly objections: readonly string[];
}

/**
 * Opens the books for those of these controllers that have an agreement for the product and no window yet: one each, not
 * yet notified (D5, D7). Returns their ids.
 */
export async function insertWindows(
  tx: Transaction,
  change: { id: string; product: string },
  controllerIds: readonly string[],
  at: Temporal.Instant,
): Promise<string[]> {
  const inserted = await rows<{ controller_id: string }>(
    tx,
    `insert into objection_windows (change_id, controller_id, external_id, created_at)
     select $1, c.id, c.external_id, $4
     from unnest($3::uuid[]) as given(id) join controllers c on c.id = given.id
       join agreements a on a.product_id = $2 and a.controller_id = c.id and a.ended_at is null
     order by c.id
     on conflict (change_id, controller_id) where left_at is null do nothing
     returning controller_id`,
    [change.id, change.product, controllerIds, at],
  );
  return inserted.map(({ controller_id }) => controller_id);
}

/** What happened to a controller's notices that bears on its window. */
export interface Notification {
  readonly changeId: string;
  readonly controllerId: string;
  /**
   * When it was notified, by which notice if not by letter, and the deadline computed from that (D9); `null` when a notice
   * may have arrived, or may not.
   */
  readonly opening: {
    readonly notifiedAt: Temporal.Instant;
    readonly deadline: Temporal.Instant;
    readonly messageId?: string;
  } | null;
}

/**
 * Opens windows by the first notification of each controller (D8), and never leaves one earlier than any notice that may
 * have arrived has told (D11). A later notification of the same controller restarts and shortens nothing, nor does one of a
 * change that has ended. Returns the controllers whose window was open and has now a later deadline.
 */
export async function openWindows(
  tx: Transaction,
  notifications: readonly Notification[],
): Promise<{ changeId: string; controllerId: string }[]> {
  if (notifications.length === 0) return [];
  const changed = await rows<{ changeId: string; controllerId: string; wasOpen: boolean }>(
    tx,
    // Of an array the planner expects ten or knows how many; of JSON it expects a hundred, and would read every window of the change.
    `with given as (
       select distinct on (change_id, controller_id) change_id, controller_id, notified_at, deadline,
         (select max(a.printed_deadline) from messages m join message_attempts a on a.message_id = m.id
           where m.change_id = n.change_id and m.controller_id = n.controller_id and a.outcome in ('accepted', 'unknown')
         ) as told
       from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::uuid[])
         as n(change_id, controller_id, notified_at, deadline, message_id)
       -- A notice that bounced before the last word of its sender came in opens nothing (D12).
       where not exists (select from bounces where message_id = n.message_id and effect <> 'none')
       order by change_id, controller_id, notified_at nulls last
     )
     update objection_windows w
     set notified_at = coalesce(w.notified_at, given.notified_at),
       deadline = greatest(coalesce(w.deadline, given.deadline), given.told)
     from given
     where w.change_id = given.change_id and w.controller_id = given.controller_id and w.left_at is null
       and exists (select from changes where id = w.change_id and status = 'announced')
       and case when w.notified_at is null then given.notified_at is not null else given.told > w.deadline end
     returning w.change_id as "changeId", w.controller_id as "controllerId", old.deadline is not null as "wasOpen"`,
    [
      notifications.map(({ changeId }) => changeId),
      notifications.map(({ controllerId }) => controllerId),
      notifications.map(({ opening }) => opening?.notifiedAt.toString() ?? null),
      notifications.map(({ opening }) => opening?.deadline.toString() ?? null),
      notifications.map(({ opening }) => opening?.messageId ?? null),
    ],
  );
  return changed.filter(({ wasOpen }) => wasOpen);
}

/**
 * Those of these controllers that were notified of the change, also where they have left since, or may have been, a reply
 * having been lost (D24); and those that have objected, also where their notice has bounced since: what became of their
 * objection is told with the change's end (D19).
 */
export async function toldControllers(
  db: Queryable,
  changeId: string,
  controllerIds: readonly string[],
): Promise<string[]> {
  // Whether a window was left decides which index finds it.
  const found = await rows<{ id: string }>(
    db,
    `select id from unnest($2::uuid[]) as given(id)
     where exists (select from objection_windows w
         where w.change_id = $1 and w.controller_id = given.id and w.left_at is null and w.notified_at is not null)
       or exists (select from objection_windows w
         where w.change_id = $1 and w.controller_id = given.id and w.left_at is not null and w.notified_at is not null)
       or exists (select from messages n join message_attempts a on a.message_id = n.id
         where n.change_id = $1 and n.controller_id = given.id and n.kind = 'notice' and a.outcome = 'unknown')
       or exists (select from objections where change_id = $1 and controller_id = given.id)`,
    [changeId, controllerIds],
  );
  return found.map(({ id }) => id);
}

/**
 * The controller's latest window for the change, or `null` when it never had one. For a controller that has left, the
 * deadline is not later than the moment it left (D7).
 */
export async function findWindow(
  db: Queryable,
  changeId: string,
  controllerId: string,
): Promise<{
  createdAt: Temporal.Instant;
  deadline: Temporal.Instant | null;
  leftAt: Temporal.Instant | null;
} | null> {
  return row(
    db,
    // Looked up by the external id, whose index holds windows that were left, too; by its id, every window would be read.
    `select case when w.deadline is not null then least(w.deadline, w.left_at) end as deadline, w.left_at as "leftAt",
       w.created_at as "createdAt"
     from objection_windows w join controllers c on c.id = w.controller_id and c.external_id = w.external_id
     where w.change_id = $1 and c.id = $2
     order by w.left_at is null desc, w.id desc limit 1`,
    [changeId, controllerId],
  );
}

/** Ends a controller's part in changes that have not ended (D7). */
export async function leaveChanges(
  tx: Transaction,
  controllerId: string,
  changeIds: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `update objection_windows set left_at = $3
     where controller_id = $1 and change_id = any($2) and left_at is null`,
    [controllerId, changeIds, now],
  );
}

/**
 * The controllers that count for a change, in order of their external ids, from after `after`; in one state or all. A
 * window of an ended change is closed, whatever its deadline says, and notices that wait when it is withdrawn are not sent
 * (D24). A controller whose window a fan-out has not written yet awaits its notice (D5).
 */
export async function listWindows(
  db: Queryable,
  filter: {
    change: { id: string; product: string; status: ChangeStatus };
    externalId?: string;
    state: WindowState | null;
    now: Temporal.Instant;
    after: string | null;
    limit: number;
  },
): Promise<(ControllerInChange & { state: WindowState })[]> {
  const { change, externalId = null, state, now, after, limit } = filter;
  return rows(
    db,
    `(select * from (
       select w.controller_id as "controllerId", w.external_id as "externalId", c.name, w.notified_at as "notifiedAt",
         w.deadline,
         case when $8 <> 'announced' then 'closed' when w.deadline is null then 'awaiting-notice'
           when w.deadline > $3 then 'open' else 'closed' end as state,
         coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'email', m.email,
             'status', case when m.status = 'in-flight' then 'pending' when m.status = 'pending' and $8 = 'withdrawn'
               then 'cancelled' else m.status end, 'attempts', m.attempts,
             'acceptedAt', to_char(m.accepted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
             'lastError', m.last_error) order by m.id)
           from messages m
           where m.change_id = w.change_id and m.controller_id = w.controller_id and m.kind = 'notice'), '[]') as notices,
         array(select id from objections o where o.change_id = w.change_id and o.controller_id = w.controller_id
           order by id) as objections
       from objection_windows w join controllers c on c.id = w.controller_id
       where w.change_id = $1 and w.left_at is null and ($7::text is null or w.external_id = $7)
     ) listed
     where ($2::text is null or state = $2) and ($5::text is null or "externalId" > $5)
     order by "externalId" limit $6)
     union all
     (select c.id, c.external_id, c.name, null, null, 'awaiting-notice', '[]', '{}'
      from fan_outs f
        join controllers c on true
        join agreements a on a.controller_id = c.id and a.product_id = $4 and a.ended_at is null
      where f.change_id = $1 and f.kind = 'notice' and f.finished_at is null and f.stopped_at is null
        and c.id > f.reached and ($2::text is null or $2 = 'awaiting-notice')
        and ($7::text is null or c.external_id = $7) and ($5::text is null or c.external_id > $5)
        and not exists (select from objection_windows
          where change_id = $1 and controller_id = c.id and left_at is null)
      order by c.external_id limit $6)
     order by "externalId" limit $6`,
    [change.id, state, now, change.product, after, limit, externalId, change.status],
  );
}

/** Whether a controller of the change is to be reminded (see `insertReminders`). */
export async function hasRemindersDue(
  db: Queryable,
  changeId: string,
  { dueUntil, now }: { dueUntil: Temporal.Instant; now: Temporal.Instant },
): Promise<boolean> {
  const { due } = await oneRow<{ due: boolean }>(
    db,
    `select exists (select from objection_windows w
       where change_id = $1 and left_at is null and reminded_at is null and deadline <= $2 and deadline > $3
         and not exists (select from objections o
           where o.change_id = $1 and o.controller_id = w.controller_id and o.status <> 'rejected')) as due`,
    [changeId, dueUntil, now],
  );
  return due;
}

/** Keeps a notice by letter on record (D13). */
export async function insertLetter(
  tx: Transaction,
  letter: {
    changeId: string;
    controllerId: string;
    arrivedOn: Temporal.PlainDate;
    reference: string;
    at: Temporal.Instant;
    actor: string;
  },
): Promise<void> {
  await rows(
    tx,
    `insert into letters (change_id, controller_id, arrived_on, reference, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6)`,
    [letter.changeId, letter.controllerId, letter.arrivedOn, letter.reference, letter.at, letter.actor],
  );
}
