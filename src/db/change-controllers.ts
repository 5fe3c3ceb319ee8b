import type { ChangeStatus } from '../domain/change.ts';
import type { ApprovalState } from '../domain/approval-progress.ts';
import type { WindowState } from '../domain/objection-window.ts';
import { isStillTold } from './changes.ts';
import { isControllerFound, searchControllers } from './controllers.ts';
import { TELLING } from './messages.ts';
import { ONLY_FAILED } from './failed-notices.ts';
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
  /** How it stands by its approvals, where the change asks for approval (D41). */
  readonly approvalState: ApprovalState;
  readonly notices: readonly {
    id: string;
    email: string;
    status: string;
    attempts: number;
    acceptedAt: string | null;
    lastError: string | null;
    /** What the mail server said to the last attempt; `null` where it said nothing. */
    response: string | null;
  }[];
  readonly letters: readonly {
    id: string;
    arrivedOn: string;
    reference: string;
    recordedAt: string;
    recordedBy: string;
  }[];
  readonly objections: readonly string[];
  readonly answers: readonly string[];
  readonly contacts: {
    readonly total: number;
    /** Those of now who have not been told of the change (D35). */
    readonly untold: readonly { id: string; email: string }[];
  };
}

/** The contacts of a controller of `page`, who are told since `page.since` as `told_contacts` says. */
const CONTACTS = `(
  select jsonb_build_object('total', count(*), 'untold', coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'email', c.email)
    order by c.position) filter (where told.id is null), '[]'))
  from contacts c left join told_contacts(page.change_id, page.controller_id, page.since) told on told.id = c.id
  where c.controller_id = page.controller_id)`;

/**
 * `windowState` in SQL (D9): of a window `w` of the change `c`, at `now`. Once nobody is told of the change any more
 * (`isStillTold`), every window is closed, whatever its deadline says (D24).
 */
export const windowState = (w: string, c: string, now: string) =>
  `case when not ${isStillTold(c)} then 'closed' when ${w}.notified_at is null then 'awaiting-notice'
    when ${w}.deadline is null then 'told' when ${w}.deadline > ${now} then 'open' else 'closed' end`;

/**
 * What concerns a controller's part in a change, by the columns `change_id` and `controller_id` of `page`, whose `change_status`
 * is the change's, and `since` when it began to concern the controller. Of a withdrawn change, a notice that waits is cancelled (D24).
 */
export const PART = `coalesce((
    select jsonb_agg(jsonb_build_object('id', m.id, 'email', m.email,
      'status', case when m.status = 'in-flight' then 'pending'
        when m.status = 'pending' and page.change_status = 'withdrawn' then 'cancelled' else m.status end,
      'attempts', m.attempts,
      'acceptedAt', to_char(m.accepted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'lastError', m.last_error,
      'response', (select response from message_attempts where message_id = m.id order by id desc limit 1)) order by m.id)
    from messages m
    where m.change_id = page.change_id and m.controller_id = page.controller_id and m.kind in ${TELLING}), '[]') as notices,
  coalesce((
    select jsonb_agg(jsonb_build_object('id', l.id, 'arrivedOn', l.arrived_on, 'reference', l.reference,
      'recordedAt', to_char(l.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'recordedBy', author_in_words(l.recorded_by)) order by l.id)
    from letters l where l.change_id = page.change_id and l.controller_id = page.controller_id), '[]') as letters,
  array(select id from objections where change_id = page.change_id and controller_id = page.controller_id order by id)
    as objections,
  array(select id from answers where change_id = page.change_id and controller_id = page.controller_id order by id) as answers,
  ${CONTACTS} as contacts`;

/** Of a window: that its controller has been notified, and nothing that it said is on record. */
const IS_SILENT = `(notified_at is not null and approval = 'none'
  and controller_id not in (select controller_id from objections where change_id = $1)
  and controller_id not in (select controller_id from answers where change_id = $1))`;

const IS_FOUND = isControllerFound({ found: '$15', q: '$13', numbers: '$14' });

/**
 * The planner expects an equation with an expression to hold for one row in 200, and would sort all windows of a change to find a
 * page of them. What is not null it expects nearly always, and goes through them in their order until the page is full.
 */
const expectedOften = (condition: string) => `nullif(${condition}, false) is not null`;

/**
 * - `windows`: the windows of the change with their states.
 * - `written`: those among them that are wanted.
 * - `unwritten`: controllers whose window a fan-out has not written yet. They await their notice (D5).
 * - `page`: the first of both.
 */
const LIST = `
  with windows as (
    select w.id as window_id, w.number, w.controller_id, w.external_id, w.created_at as since, w.notified_at, w.deadline,
      w.approval, ${windowState('w', 'c', '$3')} as state
    from objection_windows w join changes c on c.id = w.change_id
    where w.change_id = $1 and w.left_at is null
  ), written as (
    select windows.*, $1::uuid as change_id from windows
    where ($2::text is null or ${expectedOften('state = $2')}) and ($7::text is null or external_id = $7)
      and ($5::text is null or external_id > $5)
      and ($9::boolean is null or (state = 'awaiting-notice' and ${ONLY_FAILED}) = $9)
      and ($10::text is null or approval = $10)
      and ($11::boolean is null or (controller_id in (
        select controller_id from objections where change_id = $1 and status <> 'rejected')) = $11)
      and ($12::boolean is null or ${IS_SILENT} = $12)
      -- Implied by the above, in the words of an index: those who are few are found without going through all.
      and (($2 is distinct from 'awaiting-notice' and $9 is distinct from true) or notified_at is null)
      and ($11 is distinct from true or controller_id in (select controller_id from objections where change_id = $1))
      and ($15::uuid[] is null or controller_id = any($15))
      and ($13::text is null or (select ${IS_FOUND} from controllers c where c.id = controller_id))
    order by external_id limit $6
  ), unwritten as (
    select null::uuid as window_id, null::bigint as number, c.id as controller_id, c.external_id, f.created_at as since,
      null::timestamptz as notified_at, null::timestamptz as deadline, 'none' as approval, 'awaiting-notice' as state, f.change_id
    from fan_outs f
      join controllers c on c.id > f.reached
      join agreements a on a.controller_id = c.id and a.product_id = $4 and a.ended_at is null
    where f.change_id = $1 and f.kind = 'notice' and f.finished_at is null and f.stopped_at is null
      -- Asked first, and once: the planner may begin with every controller.
      and exists (select from fan_outs where change_id = $1 and kind = 'notice' and finished_at is null and stopped_at is null)
      and ($2::text is null or $2 = 'awaiting-notice') and coalesce($10::text, 'none') = 'none'
      and $9 is distinct from true and $11 is distinct from true and $12 is distinct from true
      and ${IS_FOUND}
      and ($7::text is null or c.external_id = $7)
      and ($5::text is null or c.external_id > $5)
      and not exists (select from objection_windows
        where change_id = $1 and controller_id = c.id and left_at is null)
    order by c.external_id limit $6
  ), page as (
    select *, $8 as change_status
    from (select * from written union all select * from unwritten order by external_id limit $6) as wanted
  )
  select page.controller_id as "controllerId", page.external_id as "externalId", c.name, page.number::text as "windowNumber",
    page.notified_at as "notifiedAt", page.deadline, page.approval as "approvalState",
    page.state, ${PART}
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
    externalId?: string | undefined;
    state: WindowState | null;
    /** Whether every notice to it has failed, so that it is not notified. */
    hasFailed?: boolean | undefined;
    /** How it stands by its approvals. */
    approval?: ApprovalState | undefined;
    /** Whether it has objected, rejected attempts aside. */
    hasObjected?: boolean | undefined;
    /** Whether it was notified and has said nothing. */
    isSilent?: boolean | undefined;
    /** What it is looked for by (`isControllerFound`). */
    q?: string | undefined;
    now: Temporal.Instant;
    after: string | null;
    limit: number;
  },
): Promise<(ControllerInChange & { state: WindowState })[]> {
  const { change, externalId = null, state, hasFailed = null, approval = null, now, after, limit } = filter;
  const { hasObjected = null, isSilent = null, q = null } = filter;
  const of = [change.id, state, now, change.product, after, limit, externalId, change.status, hasFailed, approval];
  const searched = await searchControllers(db, q);
  return rows(db, LIST, [...of, hasObjected, isSilent, searched.q, searched.numbers, searched.found]);
}
