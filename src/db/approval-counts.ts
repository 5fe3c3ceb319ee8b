import { LISTED_IN_BLOCKER } from '../domain/activation.ts';
import { TO_ACTIVATE } from './activations.ts';
import type { ApprovalProgress } from '../domain/approval-progress.ts';

/** Of so many approvals that wait it is said when the last takes effect. */
const AWAITED = 100;

/**
 * How the controllers of the change `figures` stand, by the ledger `counted` and the rows behind it; null of a change that asks
 * for no approval.
 */
export const APPROVAL_PROGRESS = `case when figures.approval then jsonb_build_object(
  'forEach', figures.scope = 'each',
  'total', figures.with_window + figures.without_window,
  'states', (select coalesce(jsonb_agg(jsonb_build_object('state', substr(counted, 10), 'askedOn', at, 'count', amount)), '[]')
    from counted where change_id = figures.id and counted like 'approval-%' and amount <> 0),
  'missing', array(select external_id from objection_windows
    where change_id = figures.id and left_at is null and approval in ('none', 'refused')
    order by external_id limit ${LISTED_IN_BLOCKER}),
  'unconfirmed', array(select id from approvals
    where change_id = figures.id and status = 'unconfirmed' order by id limit ${LISTED_IN_BLOCKER}),
  'waitingUntil', (select case when count(*) <= ${AWAITED} and bool_and(due is not null) then max(due) end
    from (select approval_due_at(id) as due from approvals
      where change_id = figures.id and status = 'waiting' limit ${AWAITED + 1}) as waiting),
  'ready', case when figures.scope = 'each' and figures.status = 'announced' then (select count(*) from objection_windows
    where change_id = figures.id and ${TO_ACTIVATE}) else 0 end) end`;

/** Whether the ledger of the change `figures` says that everybody has approved, and a row says otherwise (D41). */
export const APPROVALS_DISAGREE = `case when figures.status = 'announced' and figures.approval and figures.scope = 'all'
    and figures.reached is null and figures.with_window <= (select coalesce(sum(amount), 0) from counted
      where change_id = figures.id and counted in ('approval-approved', 'approval-contract'))
  then exists (select from objection_windows where change_id = figures.id and left_at is null
    and approval in ('none', 'unconfirmed', 'waiting', 'refused'))
  else false end`;

/** The progress of approvals as the database's JSON has it. */
export type ApprovalProgressRow = Omit<ApprovalProgress, 'states' | 'waitingUntil'> & {
  readonly states: readonly (Omit<ApprovalProgress['states'][number], 'askedOn'> & {
    readonly askedOn: string | null;
  })[];
  readonly waitingUntil: string | null;
};

export function toApprovalProgress({ states, waitingUntil, ...progress }: ApprovalProgressRow): ApprovalProgress {
  const instant = (text: string | null) => (text === null ? null : Temporal.Instant.from(text));
  return {
    ...progress,
    states: states.map(({ askedOn, ...counted }) => ({ ...counted, askedOn: instant(askedOn) })),
    waitingUntil: instant(waitingUntil),
  };
}
