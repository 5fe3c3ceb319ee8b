import type { Milestone } from '../domain/milestone.ts';
import type { ControllersInEvent } from '../domain/event.ts';
import { COUNTS_OF_CHANGE } from './change-counts.ts';
import { isStillTold } from './changes.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The column of `changes` with the instant at which a milestone's event was written. */
const COLUMN_OF: Readonly<Record<Milestone, string>> = {
  notified: 'notified_event_at',
  'deadline-approaching': 'deadline_approaching_event_at',
  'windows-closed': 'windows_closed_event_at',
  'answers-approaching': 'answers_approaching_event_at',
};

/** Whether the last event of the change `c` has told that controllers are not notified. */
const OUTSTANDING_WAS_TOLD = `exists (select from events e where e.change_id = c.id and e.sequence = c.version
  and e.data #> '{change,controllers,notified}' < e.data #> '{change,controllers,total}')`;

/**
 * `milestonesDue` of domain/milestone.ts in SQL: the changes one of whose milestones may be due at `now`, or
 * `controller.notified`. All controllers that count are notified.
 */
export async function changesWithMilestoneDue(db: Queryable, now: Temporal.Instant): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `select c.id from changes c cross join lateral (
         select coalesce(sum(amount) filter (where counted = 'controllers'), 0) as controllers,
           coalesce(sum(amount) filter (where counted = 'windows'), 0) as notified,
           coalesce(sum(amount) filter (where counted = 'windows' and at > $1), 0) as open,
           max(at) filter (where counted = 'windows' and amount > 0) as latest_deadline,
           max(at) filter (where counted = 'approval-none' and amount > 0) as last_asked
         from (${COUNTS_OF_CHANGE}) counts
       ) n
     where ${isStillTold('c')} and c.told_since is not null and n.notified = n.controllers
       and (c.notified_event_at is null
         or c.objection and n.open = 0 and c.windows_closed_event_at is null
         or n.open > 0 and c.deadline_approaching_event_at is null
           and n.latest_deadline <= ($1 at time zone c.time_zone + interval '3 days') at time zone c.time_zone
         -- Days that are rolled only lie further on.
         or c.answers_approaching_event_at is null and (n.last_asked at time zone c.time_zone)::date
           + c.approval_answer_days + 1 <= $1 at time zone c.time_zone + interval '3 days'
         or ${OUTSTANDING_WAS_TOLD})
       and not exists (select from fan_outs where change_id = c.id and kind = 'notice' and finished_at is null)
       -- The rows have the last word: a count may be wrong, and an event is never taken back. In a \`case\` this is asked last.
       and case when c.notified_event_at is null then not exists (select from objection_windows
         where change_id = c.id and left_at is null and notified_at is null) else true end
     order by c.id`,
    [now],
  );
  return found.map(({ id }) => id);
}

/** The milestones whose event has been written. */
export async function recordedMilestones(db: Queryable, id: string): Promise<ReadonlySet<Milestone>> {
  const { recorded } = await oneRow<{ recorded: Milestone[] }>(
    db,
    `select array_remove(array[${Object.entries(COLUMN_OF)
      .map(([milestone, column]) => `case when ${column} is not null then '${milestone}' end`)
      .join(', ')}], null) as recorded
     from changes where id = $1`,
    [id],
  );
  return new Set(recorded);
}

/** Records that a milestone event has been written: each is written once per change. */
export async function markMilestone(
  tx: Transaction,
  id: string,
  milestone: Milestone,
  at: Temporal.Instant,
): Promise<void> {
  const column = COLUMN_OF[milestone];
  await rows(tx, `update changes set ${column} = $2 where id = $1`, [id, at]);
}

/** The controllers that were not notified as the last event of a change told it; `null` where all were. */
export async function outstandingAsTold(db: Queryable, id: string): Promise<ControllersInEvent | null> {
  return row<ControllersInEvent>(
    db,
    `select told.count, coalesce(told.controllers, '[]') as "externalIds"
     from changes c join events e on e.change_id = c.id and e.sequence = c.version,
       jsonb_to_recordset((e.data #> '{change,activation,blockers}')
         || coalesce(e.data #> '{change,activation,shownOnly}', '[]')) as told(code text, count integer, controllers jsonb)
     where c.id = $1 and told.code = 'controllers-not-notified'`,
    [id],
  );
}
