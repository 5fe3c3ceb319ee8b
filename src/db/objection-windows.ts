import type { Opening } from '../domain/objection-window.ts';
import { isStillTold } from './changes.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/**
 * Writes a window for each of these controllers that has an agreement for the product and no window yet (D5, D7): not yet
 * notified, or of who has joined since on terms that list the change, approved by contract (D46). Returns the ids of these
 * controllers, and of those among them that are to be notified.
 */
export async function insertWindows(
  tx: Transaction,
  change: { id: string; product: string },
  controllerIds: readonly string[],
  at: Temporal.Instant,
): Promise<{ written: string[]; toNotify: string[] }> {
  const inserted = await rows<{ controllerId: string; byContract: boolean }>(
    tx,
    `insert into objection_windows (change_id, controller_id, external_id, created_at, by_contract, notified_at)
     select $1, c.id, c.external_id, $4, listed, case when listed then $4::timestamptz end
     from unnest($3::uuid[]) as given(id) join controllers c on c.id = given.id
       join agreements a on a.product_id = $2 and a.controller_id = c.id and a.ended_at is null,
       lateral (select a.started_at > (select announced_at from changes where id = $1) and exists (select from listed_in_terms
         where change_id = $1 and terms_version = a.terms_version)) as by_contract(listed)
     order by c.id
     on conflict (change_id, controller_id) where left_at is null do nothing
     returning controller_id as "controllerId", by_contract as "byContract"`,
    [change.id, change.product, controllerIds, at],
  );
  return {
    written: inserted.map(({ controllerId }) => controllerId),
    toNotify: inserted.filter(({ byContract }) => !byContract).map(({ controllerId }) => controllerId),
  };
}

/**
 * Finds who counts as approved by contract for one of these changes, and has another version of the terms now, that does not list
 * it: its window is as if it had been asked and not been notified (D46), unless the change is in force for it. Returns these
 * controllers.
 */
export async function askAfterAll(
  tx: Transaction,
  changeId: string,
  controllerIds: readonly string[],
): Promise<{ controllerId: string; externalId: string }[]> {
  return rows(
    tx,
    `update objection_windows set by_contract = false, notified_at = null
     where change_id = $1 and controller_id = any($2) and left_at is null and by_contract
       and not is_approved_by_contract(change_id, controller_id) and not is_in_force(change_id, controller_id)
     returning controller_id as "controllerId", external_id as "externalId"`,
    [changeId, controllerIds],
  );
}

/** Whose window for which change has this number, which its reference carries; `null` for any other number. */
export async function findWindowByNumber(
  db: Queryable,
  number: string,
): Promise<{ changeId: string; controllerId: string } | null> {
  return row(
    db,
    'select change_id as "changeId", controller_id as "controllerId" from objection_windows where number = $1',
    [number],
  );
}

/** A notice or letter that arrived at a controller, or a notice that may have. */
export interface NoticeArrival {
  readonly changeId: string;
  readonly controllerId: string;
  /** What follows from it, by which notice if not by letter; `null` when a notice may have arrived or not. */
  readonly opening: (Opening & { readonly messageId?: string }) | null;
}

/**
 * Opens the window of each controller by the first notice or letter that arrived (D8). No window ends earlier than any notice
 * has told that may have arrived (D11). A later arrival restarts and shortens nothing, nor does one for a change that nobody is
 * told of any more (`isStillTold`). Where the change has no time to object, the controller is notified and gets no deadline (D40).
 * Returns the controllers whose window was open already and has a later deadline now.
 */
export async function openWindows(
  tx: Transaction,
  arrivals: readonly NoticeArrival[],
): Promise<{ changeId: string; controllerId: string }[]> {
  if (arrivals.length === 0) return [];
  const changed = await rows<{ changeId: string; controllerId: string; wasOpen: boolean }>(
    tx,
    // Arrays, not JSON: of JSON the planner always expects a hundred rows, and may read every window of the change for them.
    `with given as (
       select distinct on (change_id, controller_id) change_id, controller_id, notified_at, deadline,
         (select max(a.printed_deadline) from messages m join message_attempts a on a.message_id = m.id
           where m.change_id = n.change_id and m.controller_id = n.controller_id and a.outcome in ('accepted', 'unknown')
         ) as told
       from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::uuid[])
         as n(change_id, controller_id, notified_at, deadline, message_id)
       -- A notice whose bounce was recorded before its acceptance opens nothing (D12).
       where not exists (select from bounces where message_id = n.message_id and effect <> 'none')
       order by change_id, controller_id, notified_at nulls last
     )
     update objection_windows w
     set notified_at = coalesce(w.notified_at, given.notified_at),
       deadline = case when coalesce(w.deadline, given.deadline) is not null
         then greatest(coalesce(w.deadline, given.deadline), given.told) end
     from given
     where w.change_id = given.change_id and w.controller_id = given.controller_id and w.left_at is null
       and exists (select from changes c where c.id = w.change_id and ${isStillTold('c')})
       and case when w.notified_at is null then given.notified_at is not null else given.told > w.deadline end
     returning w.change_id as "changeId", w.controller_id as "controllerId", old.notified_at is not null as "wasOpen"`,
    [
      arrivals.map(({ changeId }) => changeId),
      arrivals.map(({ controllerId }) => controllerId),
      arrivals.map(({ opening }) => opening?.notifiedAt.toString() ?? null),
      arrivals.map(({ opening }) => opening?.deadline?.toString() ?? null),
      arrivals.map(({ opening }) => opening?.messageId ?? null),
    ],
  );
  return changed.filter(({ wasOpen }) => wasOpen);
}

/** One controller's window for one change. */
export interface WindowOfController {
  /** What the controller's reference carries. */
  readonly number: string;
  readonly createdAt: Temporal.Instant;
  readonly notifiedAt: Temporal.Instant | null;
  /** `null` while it is not open yet, and of a change without time to object (D40). */
  readonly deadline: Temporal.Instant | null;
  readonly leftAt: Temporal.Instant | null;
}

/**
 * The controller's latest window for the change, or `null` when it never had one. For a controller that has left, the
 * deadline is not later than the moment it left (D7).
 */
export async function findWindow(
  db: Queryable,
  changeId: string,
  controllerId: string,
): Promise<WindowOfController | null> {
  return row(
    db,
    // By the external id, whose index also has windows that were left: reads 1 row, 0.03 ms. By controller_id it would read
    // every window of the change: 30 ms at 100,000 controllers (2026-11).
    `select case when w.deadline is not null then least(w.deadline, w.left_at) end as deadline, w.left_at as "leftAt",
       w.created_at as "createdAt", w.notified_at as "notifiedAt", w.number::text as number
     from objection_windows w join controllers c on c.id = w.controller_id and c.external_id = w.external_id
     where w.change_id = $1 and c.id = $2
     order by w.left_at is null desc, w.id desc limit 1`,
    [changeId, controllerId],
  );
}

/** The external ids of those of these controllers none of whose contacts has been told (D35), by the changes that it is of. */
export async function untoldControllers(
  tx: Transaction,
  changeIds: readonly string[],
  controllerIds: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const found = await rows<{ changeId: string; controllers: string[] }>(
    tx,
    `select change_id as "changeId", array_agg(external_id order by external_id) as controllers from objection_windows
     where change_id = any($1) and controller_id = any($2) and left_at is null and contacts_untold
     group by change_id`,
    [changeIds, controllerIds],
  );
  return new Map(found.map(({ changeId, controllers }) => [changeId, controllers]));
}

/** Marks a controller's windows as left: it no longer counts for these changes (D7). */
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
