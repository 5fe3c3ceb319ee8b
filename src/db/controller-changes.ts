import type { ChangeKind, ChangeStatus } from '../domain/change.ts';
import type { Regime } from '../domain/regime.ts';
import type { WindowState } from '../domain/objection-window.ts';
import { PART, windowState, type ControllerInChange } from './change-controllers.ts';
import { rows, type Queryable } from './postgres.ts';

/** A controller's part in one change, with what the change is. */
export interface ChangeOfController extends ControllerInChange {
  readonly state: WindowState;
  /** When its agreement ended while the change was announced (D7); `null` while it counts. */
  readonly leftAt: Temporal.Instant | null;
  readonly change: {
    readonly id: string;
    readonly product: string;
    readonly kind: ChangeKind;
    readonly status: ChangeStatus;
    readonly regime: Regime;
    readonly subProcessor: string;
    readonly announcedAt: Temporal.Instant;
    readonly plannedActivationOn: Temporal.PlainDate;
  };
}

/**
 * Every change that concerns or has concerned a controller, the latest first, from before the change `before`, with its window of
 * each: the one that counts, or the last. Changes are few and windows are many, so each change is asked for its window.
 */
export async function listChangesOfController(
  db: Queryable,
  { id, externalId, name }: { id: string; externalId: string; name: string },
  filter: {
    product: string | null;
    status: ChangeStatus | null;
    now: Temporal.Instant;
    before: string | null;
    limit: number;
  },
): Promise<ChangeOfController[]> {
  const found = await rows<ChangeOfController['change'] & Omit<ChangeOfController, 'change' | 'externalId' | 'name'>>(
    db,
    `with page as (
       select c.id as change_id, c.status as change_status, $1::uuid as controller_id, c.product_id, c.kind, c.companies,
         jsonb_build_object('objection', c.objection, 'approval', c.approval) as regime,
         c.announced_at, c.planned_activation_on, coalesce(w.created_at, c.announced_at) as since, w.number, w.notified_at, w.deadline, w.left_at,
         coalesce(w.approval, 'none') as approval,
         case when w.left_at is not null then 'closed' else ${windowState('w', 'c', '$5')} end as state
       from changes c left join lateral (
         select * from objection_windows where change_id = c.id and external_id = $2 order by left_at desc nulls first limit 1
       ) as w on true
       where ($3::text is null or c.product_id = $3) and ($4::text is null or c.status = $4) and ($6::uuid is null or c.id < $6)
         -- A fan-out has still to write its window (D5).
         and (w.id is not null or exists (
           select from fan_outs f join agreements a on a.product_id = c.product_id and a.controller_id = $1 and a.ended_at is null
           where f.change_id = c.id and f.kind = 'notice' and f.finished_at is null and f.stopped_at is null and f.reached < $1))
       order by c.id desc limit $7
     )
     select change_id as id, product_id as product, kind, change_status as status, regime, companies as "subProcessor",
       announced_at as "announcedAt", planned_activation_on as "plannedActivationOn", controller_id as "controllerId",
       number::text as "windowNumber", notified_at as "notifiedAt", deadline, approval as "approvalState",
       left_at as "leftAt", state, ${PART}
     from page order by change_id desc`,
    [id, externalId, filter.product, filter.status, filter.now, filter.before, filter.limit],
  );
  return found.map(
    ({ id: changeId, product, kind, status, regime, subProcessor, announcedAt, plannedActivationOn, ...part }) => ({
      ...part,
      externalId,
      name,
      change: { id: changeId, product, kind, status, regime, subProcessor, announcedAt, plannedActivationOn },
    }),
  );
}
