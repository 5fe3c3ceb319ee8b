import { LISTED_IN_BLOCKER } from '../domain/activation.ts';
import type { ChangeProgress } from '../domain/change.ts';
import { rateCountedSince } from '../domain/sending.ts';
import { toApprovalProgress, type ApprovalProgressRow } from './approval-counts.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

/** The counts of a change are folded when that saves more rows than this. */
const FOLDED_ABOVE = 200;

/** An arbitrary number, the same in every process that mends. */
const MEND_LOCK = 0x6d656e64;

/** The ledger of the change `c`, added up. */
export const COUNTS_OF_CHANGE = `select counted, at, sum(amount) as amount from change_counts where change_id = c.id
  group by counted, at`;

/**
 * How far each of these changes has come at `now`, by change id. Costs the same however many controllers they have: of a change
 * with 100,000 the ledger has 19 rows, added up in 0.03 ms. Counting its windows and notices takes 96 ms (2026-11). What is asked
 * stands in sql/progress.sql, so that a connection plans it once (docs/decisions/020).
 */
export async function progressOf(
  db: Queryable,
  ids: readonly string[],
  now: Temporal.Instant,
): Promise<Map<string, ChangeProgress>> {
  const found = await rows<
    { id: string } & Omit<ChangeProgress, 'approvals'> & { approvals: ApprovalProgressRow | null }
  >(db, 'select * from progress_of($1, $2, $3, $4)', [ids, now, rateCountedSince(now), LISTED_IN_BLOCKER]);
  return new Map(
    found.map(({ id, approvals, ...progress }) => [
      id,
      { ...progress, approvals: approvals && toApprovalProgress(approvals) },
    ]),
  );
}

/** How far one change has come at `now`. */
export async function progressOfOne(db: Queryable, id: string, now: Temporal.Instant): Promise<ChangeProgress> {
  const progress = (await progressOf(db, [id], now)).get(id);
  if (!progress) throw new Error(`no change ${id}`);
  return progress;
}

/** The latest deadline among the windows of controllers that count; `null` while no window has opened. */
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

/** Replaces the rows of changes that have many by one for each count. */
export async function foldCounts(db: Queryable): Promise<void> {
  await rows(db, 'select fold_counts($1)', [FOLDED_ABOVE]);
}

/** A count that did not agree with the rows that it counts, and by how much it was changed. */
export interface MendedCount {
  readonly changeId: string;
  readonly counted: string;
  readonly amount: number;
}

/** Compares the ledger of a change with its rows, and adds what it lacks. Returns what that was: nothing, if all is well. */
export async function mendCounts(tx: Transaction, changeId: string): Promise<MendedCount[]> {
  // Two that mend at the same time would add the same difference twice. Others go on: what they add is in their own rows.
  await rows(tx, 'select pg_advisory_xact_lock($1)', [MEND_LOCK]);
  return rows<MendedCount>(
    tx,
    `select $1::uuid as "changeId", counted, sum(amount) as amount from mend_counts($1) group by counted order by counted`,
    [changeId],
  );
}
