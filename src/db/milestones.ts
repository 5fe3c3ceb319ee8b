import { COUNTS_OF_CHANGE } from './change-counts.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

/**
 * `milestonesDue` of domain/milestone.ts in SQL: the announced changes whose `change.notified` or `change.windows-closed` may be
 * due at `now`. All controllers that count are notified, or all windows closed, and the event has not been written.
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
     where c.status = 'announced' and c.told_since is not null
       and (c.notified_event_at is null or c.windows_closed_event_at is null)
       and n.notified = n.controllers and (c.notified_event_at is null or n.open = 0)
       and not exists (select from fan_outs where change_id = c.id and kind = 'notice' and finished_at is null)
       -- The rows have the last word: a count may be wrong, and an event is never taken back. In a \`case\` this is asked last.
       and case when c.notified_event_at is null then not exists (select from objection_windows
         where change_id = c.id and left_at is null and notified_at is null) else true end
     order by c.id`,
    [now],
  );
  return found.map(({ id }) => id);
}

/** Which of the two milestone events have been written. */
export async function recordedMilestones(
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

/** Records that a milestone event has been written: each is written once per change. */
export async function markMilestone(
  tx: Transaction,
  id: string,
  milestone: 'notified' | 'windows-closed',
  at: Temporal.Instant,
): Promise<void> {
  const column = milestone === 'notified' ? 'notified_event_at' : 'windows_closed_event_at';
  await rows(tx, `update changes set ${column} = $2 where id = $1`, [id, at]);
}
