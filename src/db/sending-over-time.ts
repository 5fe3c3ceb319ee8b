import type { CountedAt } from '../domain/sending-over-time.ts';
import { rows, type Queryable } from './postgres.ts';

/** The notices of a change that stand as accepted, by the minute in which they were, from the ledger (`sql/counts.sql`). */
export async function acceptedByMinute(db: Queryable, changeId: string): Promise<CountedAt[]> {
  return rows<CountedAt>(
    db,
    `select at, sum(amount)::int as amount from change_counts
     where change_id = $1 and counted = 'notices-accepted' group by at having sum(amount) <> 0 order by at`,
    [changeId],
  );
}

/** The notices of a change that have failed, by the minute in which the bounce came, or the last attempt ended. */
export async function failedByMinute(db: Queryable, changeId: string): Promise<CountedAt[]> {
  return rows<CountedAt>(
    db,
    `select date_bin('1 minute', coalesce(
         (select min(recorded_at) from bounces where message_id = m.id and effect <> 'none'),
         (select max(finished_at) from message_attempts where message_id = m.id),
         m.created_at), 'epoch') as at, count(*)::int as amount
     from messages m where m.change_id = $1 and m.kind = 'notice' and m.status = 'failed' group by 1 order by 1`,
    [changeId],
  );
}

/** How many windows of controllers that count close at which deadline, the earliest first, from the ledger. */
export async function windowsByDeadline(
  db: Queryable,
  changeId: string,
): Promise<{ deadline: Temporal.Instant; count: number }[]> {
  return rows(
    db,
    `select at as deadline, sum(amount)::int as count from change_counts
     where change_id = $1 and counted = 'windows' and at is not null group by at having sum(amount) > 0 order by at`,
    [changeId],
  );
}
