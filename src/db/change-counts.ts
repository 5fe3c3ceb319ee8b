import { LISTED_IN_BLOCKER } from '../domain/activation.ts';
import type { ChangeProgress } from '../domain/change.ts';
import { rateCountedSince } from '../domain/sending.ts';
import { oneRow, rows, type Queryable } from './postgres.ts';

/** The counts of a change are folded when that saves more rows than this. */
const FOLDED_ABOVE = 200;

/** What is counted of the change `c`, each with its sum. */
export const COUNTS_OF_CHANGE = `select counted, at, sum(amount) as amount from change_counts where change_id = c.id
  group by counted, at`;

/**
 * How far each of these changes has come at `now`, by change id. Summed up from `change_counts` and what a fan-out has not
 * written yet; of a withdrawn change, notices that wait count as cancelled from its withdrawal on (D24).
 */
export async function progressOf(
  db: Queryable,
  ids: readonly string[],
  now: Temporal.Instant,
): Promise<Map<string, ChangeProgress>> {
  const found = await rows<{ id: string } & ChangeProgress>(
    db,
    `select c.id, answers.counted as answers, n."latestDeadline", n."acceptedLately",
       jsonb_build_object('total', n.controllers + coalesce(f.controllers_left, 0), 'notified', n.notified,
         'windowsOpen', case c.status when 'announced' then n.open else 0 end) as controllers,
       jsonb_build_object('total', w.pending + n.accepted + n.failed, 'accepted', n.accepted, 'pending', w.pending,
         'failed', n.failed) as notices,
       jsonb_build_object('total', n.objections, 'pending', n.unresolved) as objections,
       case when n.controllers = n.notified and f.id is null then '{}' else array(
         (select external_id from objection_windows
           where change_id = c.id and notified_at is null and left_at is null
           order by external_id limit ${LISTED_IN_BLOCKER})
         union all
         (select k.external_id from agreements a join controllers k on k.id = a.controller_id
           where a.product_id = c.product_id and a.ended_at is null and a.controller_id > f.reached
             and not exists (select from objection_windows
               where change_id = c.id and controller_id = a.controller_id and left_at is null)
           order by a.controller_id limit ${LISTED_IN_BLOCKER})
         limit ${LISTED_IN_BLOCKER}) end as "notNotified",
       case when n.unresolved = 0 then '{}' else array(select id from objections
         where change_id = c.id and status = 'pending' order by id limit ${LISTED_IN_BLOCKER}) end as "pendingObjections",
       array(select id from answers where change_id = c.id and status = 'unread'
         order by id limit ${LISTED_IN_BLOCKER}) as "unreadAnswers"
     from changes c
       cross join lateral (
         select coalesce(sum(amount) filter (where counted = 'controllers'), 0) as controllers,
           coalesce(sum(amount) filter (where counted = 'windows'), 0) as notified,
           coalesce(sum(amount) filter (where counted = 'windows' and at > $2), 0) as open,
           max(at) filter (where counted = 'windows' and amount > 0) as "latestDeadline",
           coalesce(sum(amount) filter (where counted = 'notices-accepted'), 0) as accepted,
           coalesce(sum(amount) filter (where counted = 'notices-accepted' and at >= $3), 0)::bigint as "acceptedLately",
           coalesce(sum(amount) filter (where counted = 'notices-pending'), 0) as pending,
           coalesce(sum(amount) filter (where counted = 'notices-failed'), 0) as failed,
           coalesce(sum(amount) filter (where counted = 'objections'), 0) as objections,
           coalesce(sum(amount) filter (where counted = 'objections-pending'), 0) as unresolved
         from (${COUNTS_OF_CHANGE}) counts
       ) n
       left join fan_outs f
         on f.change_id = c.id and f.kind = 'notice' and f.finished_at is null and f.stopped_at is null
       cross join lateral (
         select case c.status when 'withdrawn' then (select count(*) from messages
             where change_id = c.id and kind = 'notice' and status = 'in-flight')
           else n.pending + coalesce(f.notices_left, 0) end as pending
       ) w
       cross join lateral (
         select jsonb_build_object('total', count(*), 'unread', count(*) filter (where status = 'unread')) as counted
         from answers where change_id = c.id
       ) answers
     where c.id = any($1)`,
    [ids, now, rateCountedSince(now)],
  );
  return new Map(found.map(({ id, ...progress }) => [id, progress]));
}

/** How far one change has come at `now`. */
export async function progressOfOne(db: Queryable, id: string, now: Temporal.Instant): Promise<ChangeProgress> {
  const progress = (await progressOf(db, [id], now)).get(id);
  if (!progress) throw new Error(`no change ${id}`);
  return progress;
}

/** The latest deadline of a controller that counts for the change; `null` while no window has opened. */
export async function latestDeadline(db: Queryable, id: string): Promise<Temporal.Instant | null> {
  const { latest } = await oneRow<{ latest: Temporal.Instant | null }>(
    db,
    `select max(at) as latest from (
       select at from change_counts where change_id = $1 and counted = 'windows' group by at having sum(amount) > 0
     ) deadlines`,
    [id],
  );
  return latest;
}

/**
 * Folds the counts of changes that have many rows into one row for each thing counted. One statement: whoever counts
 * meanwhile sees the rows before it or after it, and a second process leaves those alone that this one has.
 */
export async function foldCounts(db: Queryable): Promise<void> {
  await rows(
    db,
    `with many as (
       select change_id from change_counts
       group by change_id having count(*) - count(distinct (counted, at)) > ${FOLDED_ABOVE}
     ), taken as (
       select id from change_counts where change_id in (select change_id from many) for update skip locked
     ), gone as (
       delete from change_counts where id in (select id from taken) returning change_id, counted, at, amount
     )
     insert into change_counts (change_id, counted, at, amount)
     select change_id, counted, at, sum(amount) from gone group by change_id, counted, at having sum(amount) <> 0`,
  );
}
