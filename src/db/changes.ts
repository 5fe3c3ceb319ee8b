import type {
  Announcement,
  Change,
  ChangeKind,
  ChangeProgress,
  ChangeStatus,
  ObjectionAddress,
  Processor,
} from '../domain/change.ts';
import { LISTED_IN_BLOCKER } from '../domain/activation.ts';
import { rateCountedSince } from '../domain/sending.ts';
import { nameKey, registrationKey, type SubProcessor } from '../domain/register.ts';
import type { Text } from '../domain/text.ts';
import type { Product } from './products.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

interface ChangeRow {
  id: string;
  product_id: string;
  kind: ChangeKind;
  status: ChangeStatus;
  version: number;
  sub_processor: SubProcessor;
  replaces: string | null;
  supersedes: string | null;
  reason: Text;
  planned_activation_on: Temporal.PlainDate;
  product_name: string;
  processor: Processor;
  objection_address: ObjectionAddress;
  objection_window_days: number;
  time_zone: string;
  roll_forward: boolean;
  announced_at: Temporal.Instant;
  activated_at: Temporal.Instant | null;
  withdrawn_at: Temporal.Instant | null;
  withdrawal_reason: Text | null;
}

function toChange(found: ChangeRow): Change {
  return {
    id: found.id,
    product: found.product_id,
    kind: found.kind,
    status: found.status,
    version: found.version,
    subProcessor: found.sub_processor,
    replaces: found.replaces,
    supersedes: found.supersedes,
    reason: found.reason,
    plannedActivationOn: found.planned_activation_on,
    productName: found.product_name,
    processor: found.processor,
    objectionAddress: found.objection_address,
    terms: {
      objectionWindowDays: found.objection_window_days,
      timeZone: found.time_zone,
      rollForward: found.roll_forward,
    },
    announcedAt: found.announced_at,
    activatedAt: found.activated_at,
    withdrawnAt: found.withdrawn_at,
    withdrawalReason: found.withdrawal_reason,
  };
}

/** Writes an announced change under the product's terms of this moment (D6). */
export async function insertChange(
  tx: Transaction,
  announcement: Announcement,
  product: Product,
  by: { at: Temporal.Instant; actor: string },
): Promise<Change> {
  const { subProcessor } = announcement;
  const saved = await oneRow<ChangeRow>(
    tx,
    `insert into changes (product_id, kind, sub_processor, name_key, registration_key, replaces, supersedes, reason,
       planned_activation_on, product_name, processor, objection_address, objection_window_days, time_zone, roll_forward,
       announced_at, announced_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     returning *`,
    [
      announcement.product,
      announcement.kind,
      JSON.stringify(subProcessor),
      nameKey(subProcessor.name),
      registrationKey(subProcessor),
      announcement.replaces,
      announcement.supersedes,
      JSON.stringify(announcement.reason),
      announcement.plannedActivationOn,
      product.name,
      JSON.stringify(product.processor),
      JSON.stringify(product.objectionAddress),
      product.terms.objectionWindowDays,
      product.terms.timeZone,
      product.terms.rollForward,
      by.at,
      by.actor,
    ],
  );
  return toChange(saved);
}

/** The change, or `null`. */
export async function findChange(db: Queryable, id: string): Promise<Change | null> {
  const found = await row<ChangeRow>(db, 'select * from changes where id = $1', [id]);
  return found && toChange(found);
}

/** The changes with these ids, in no order. */
export async function findChanges(db: Queryable, ids: readonly string[]): Promise<Change[]> {
  return (await rows<ChangeRow>(db, 'select * from changes where id = any($1)', [ids])).map(toChange);
}

/**
 * Locks changes in the order of their ids, so that no two transactions wait for each other. Whoever shares a row lock joins
 * those that hold it, past everybody who waits to have it alone: while outcomes are recorded without a pause, for hours. So
 * each takes its turn first, and turns come in the order in which they were asked for.
 */
function locking(which: string, mode: 'share' | 'update'): string {
  const turn = mode === 'share' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `select * from changes where ${which}
    and (select count(${turn}(uuid_hash_extended(id, 0)))
      from (select id from changes where ${which} order by id) asked) > 0
    order by id for ${mode}`;
}

/**
 * The change, its row locked to the end of the transaction (D22). Lock first and look second: what depends on the lock is
 * read in a later statement, because one that does both reads a snapshot taken before it waited.
 */
export async function lockChange(tx: Transaction, id: string): Promise<Change | null> {
  const found = await row<ChangeRow>(tx, locking('id = $1', 'update'), [id]);
  return found && toChange(found);
}

/**
 * Locks changes against being ended while outcomes of their messages are recorded: shared, so that many workers record at
 * once, or alone where an event is going to be written (two sharers that both want more wait for each other). Returns them
 * as they stand once they are locked.
 */
export async function lockAgainstEnding(
  tx: Transaction,
  ids: readonly string[],
  mode: 'shared' | 'alone',
): Promise<Change[]> {
  const sql = locking('id = any($1)', mode === 'shared' ? 'share' : 'update');
  return (await rows<ChangeRow>(tx, sql, [ids])).map(toChange);
}

/** The announced changes of these products, locked. */
export async function lockAnnouncedChanges(tx: Transaction, products: readonly string[]): Promise<Change[]> {
  const sql = locking(`product_id = any($1) and status = 'announced'`, 'update');
  return (await rows<ChangeRow>(tx, sql, [products])).map(toChange);
}

/** The changes of a product, or of every product, that have not ended. */
export async function announcedChanges(db: Queryable, product: string | null): Promise<Change[]> {
  const found = await rows<ChangeRow>(
    db,
    `select * from changes where ($1::text is null or product_id = $1) and status = 'announced' order by id`,
    [product],
  );
  return found.map(toChange);
}

/** Every change of a product, ended or not, newest first. */
export async function changesOf(db: Queryable, product: string): Promise<Change[]> {
  const found = await rows<ChangeRow>(db, 'select * from changes where product_id = $1 order by id desc', [product]);
  return found.map(toChange);
}

/** Changes in the order they were announced, newest first, from before the id `before`. */
export async function listChanges(
  db: Queryable,
  filter: { product: string | null; status: ChangeStatus | null; before: string | null; limit: number },
): Promise<Change[]> {
  const found = await rows<ChangeRow>(
    db,
    `select * from changes
     where ($1::text is null or product_id = $1) and ($2::text is null or status = $2) and ($3::uuid is null or id < $3)
     order by id desc limit $4`,
    [filter.product, filter.status, filter.before, filter.limit],
  );
  return found.map(toChange);
}

/** The counts of a change are folded when that saves more rows than this. */
const FOLDED_ABOVE = 200;

/** What is counted of the change `c`, each with its sum. */
const COUNTS_OF_CHANGE = `select counted, at, sum(amount) as amount from change_counts where change_id = c.id
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

/** Ends an announced change by activation. The caller holds its lock and has found no blocker (D20). */
export async function markActivated(
  tx: Transaction,
  id: string,
  by: { at: Temporal.Instant; on: Temporal.PlainDate; actor: string },
): Promise<Change> {
  return toChange(
    await oneRow<ChangeRow>(
      tx,
      `update changes set status = 'activated', activated_at = $2, activated_on = $3, activated_by = $4
       where id = $1 returning *`,
      [id, by.at, by.on, by.actor],
    ),
  );
}

/** Ends an announced change by withdrawal (D24). The caller holds its lock. */
export async function markWithdrawn(
  tx: Transaction,
  id: string,
  by: { at: Temporal.Instant; actor: string; reason: Text },
): Promise<Change> {
  return toChange(
    await oneRow<ChangeRow>(
      tx,
      `update changes set status = 'withdrawn', withdrawn_at = $2, withdrawn_by = $3, withdrawal_reason = $4
       where id = $1 returning *`,
      [id, by.at, by.actor, JSON.stringify(by.reason)],
    ),
  );
}

/** Raises the change's version and returns it. Takes the change's row lock. */
export async function raiseVersion(tx: Transaction, id: string, by: number): Promise<number> {
  const raised = await oneRow<{ version: number }>(
    tx,
    'update changes set version = version + $2 where id = $1 returning version',
    [id, by],
  );
  return raised.version;
}

/**
 * The announced changes of which `change.notified` or `change.windows-closed` may be due at `now`: every controller that
 * counts is notified (or every window closed) and that event has not been written.
 */
export async function changesWithMilestoneDue(db: Queryable, now: Temporal.Instant): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `select c.id from changes c cross join lateral (
         select coalesce(sum(amount) filter (where counted = 'controllers'), 0) as controllers,
           coalesce(sum(amount) filter (where counted = 'windows'), 0) as notified,
           coalesce(sum(amount) filter (where counted = 'windows' and at > $1), 0) as open
         from (${COUNTS_OF_CHANGE}) counts
       ) n
     where c.status = 'announced' and (c.notified_event_at is null or c.windows_closed_event_at is null)
       and n.notified = n.controllers and (c.notified_event_at is null or n.open = 0)
       and not exists (select from fan_outs where change_id = c.id and kind = 'notice' and finished_at is null)
     order by c.id`,
    [now],
  );
  return found.map(({ id }) => id);
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

/** Which of the two milestones the change has told of. */
export async function milestonesTold(
  db: Queryable,
  id: string,
): Promise<{ notified: boolean; windowsClosed: boolean }> {
  return oneRow(
    db,
    `select notified_event_at is not null as notified, windows_closed_event_at is not null as "windowsClosed"
     from changes where id = $1`,
    [id],
  );
}

/** Notes that an event that comes once per change has been written. */
export async function markMilestone(
  tx: Transaction,
  id: string,
  milestone: 'notified' | 'windows-closed',
  at: Temporal.Instant,
): Promise<void> {
  const column = milestone === 'notified' ? 'notified_event_at' : 'windows_closed_event_at';
  await rows(tx, `update changes set ${column} = $2 where id = $1`, [id, at]);
}
