import type { ChangeStatus } from '../domain/change.ts';
import type { WindowState } from '../domain/objection-window.ts';
import { TELLING } from './messages.ts';
import { rows, type Queryable } from './postgres.ts';

/** A controller that counts for a change, as the API lists it. */
export interface ControllerInChange {
  readonly controllerId: string;
  readonly externalId: string;
  readonly name: string;
  /** What its reference carries; `null` where its window has not been written yet. */
  readonly windowNumber: string | null;
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
  readonly contacts: {
    readonly total: number;
    /** Those of now who have not been told of the change (D35). */
    readonly untold: readonly { id: string; email: string }[];
  };
}

/** The notices to a controller of `page`. Of a withdrawn change, one that waits is cancelled (D24). */
const NOTICES = `coalesce((
  select jsonb_agg(jsonb_build_object('id', m.id, 'email', m.email,
    'status', case when m.status = 'in-flight' then 'pending'
      when m.status = 'pending' and $8 = 'withdrawn' then 'cancelled' else m.status end,
    'attempts', m.attempts,
    'acceptedAt', to_char(m.accepted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'lastError', m.last_error) order by m.id)
  from messages m
  where m.change_id = $1 and m.controller_id = page.controller_id and m.kind in ${TELLING}), '[]')`;

const OBJECTIONS = `array(
  select id from objections where change_id = $1 and controller_id = page.controller_id order by id)`;

/** The contacts of a controller of `page`, who are told as `told_contacts` says. Before its window is written, nobody is. */
const CONTACTS = `(
  select jsonb_build_object('total', count(*), 'untold', coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'email', c.email)
    order by c.position) filter (where told.id is null), '[]'))
  from contacts c left join told_contacts($1, page.controller_id, page.since) told on told.id = c.id
  where c.controller_id = page.controller_id)`;

/**
 * - `windows`: the windows of the change with their states, by `windowState` in SQL (D9). Once the change has ended, every
 *   window is closed, whatever its deadline says (D24).
 * - `written`: those among them that are wanted.
 * - `unwritten`: controllers whose window a fan-out has not written yet. They await their notice (D5).
 * - `page`: the first of both.
 */
const LIST = `
  with windows as (
    select id as window_id, number, controller_id, external_id, created_at as since, notified_at, deadline,
      case when $8 <> 'announced' then 'closed' when deadline is null then 'awaiting-notice'
        when deadline > $3 then 'open' else 'closed' end as state
    from objection_windows
    where change_id = $1 and left_at is null
  ), written as (
    select * from windows
    where ($2::text is null or state = $2) and ($7::text is null or external_id = $7)
      and ($5::text is null or external_id > $5)
    order by external_id limit $6
  ), unwritten as (
    select null::uuid as window_id, null::bigint as number, c.id as controller_id, c.external_id,
      f.created_at as since, null::timestamptz as notified_at, null::timestamptz as deadline, 'awaiting-notice' as state
    from fan_outs f
      join controllers c on c.id > f.reached
      join agreements a on a.controller_id = c.id and a.product_id = $4 and a.ended_at is null
    where f.change_id = $1 and f.kind = 'notice' and f.finished_at is null and f.stopped_at is null
      and ($2::text is null or $2 = 'awaiting-notice') and ($7::text is null or c.external_id = $7)
      and ($5::text is null or c.external_id > $5)
      and not exists (select from objection_windows
        where change_id = $1 and controller_id = c.id and left_at is null)
    order by c.external_id limit $6
  ), page as (
    select * from written union all select * from unwritten order by external_id limit $6
  )
  select page.controller_id as "controllerId", page.external_id as "externalId", c.name, page.number::text as "windowNumber",
    page.notified_at as "notifiedAt", page.deadline, page.state,
    case when window_id is null then '[]' else ${NOTICES} end as notices,
    case when window_id is null then '{}' else ${OBJECTIONS} end as objections, ${CONTACTS} as contacts
  from page join controllers c on c.id = page.controller_id
  order by page.external_id`;

/**
 * The controllers that count for a change, in the order of their external ids, from after `after`; one, those in one state,
 * or all.
 */
export async function listControllersInChange(
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
  return rows(db, LIST, [change.id, state, now, change.product, after, limit, externalId, change.status]);
}
