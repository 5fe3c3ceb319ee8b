import { oneRow, type Queryable } from './postgres.ts';

/**
 * The columns without statistics (`set statistics 0` in sql/001_schema.sql), and the figures that the planner gets instead;
 * `null` for none at all.
 */
const FIGURES: Readonly<Record<string, string | null>> = {
  // With statistics, the planner expects no row of a change announced since it last looked, and reads every window of the
  // change to find one controller's. Without, it expects one two-hundredth of the table, and takes the index that has the
  // controller.
  'objection_windows.change_id': null,
  'messages.change_id': null,
  // If no message was waiting when it last looked, the planner would sort a million that wait to find the next twenty.
  'messages.status': `'null_frac', 0::real, 'n_distinct', 5::real, 'most_common_vals', '{pending,accepted}'::text,
    'most_common_freqs', '{0.05,0.95}'::real[]`,
  // Nearly all windows have no left_at. Without figures the planner expects that of one in two hundred.
  'objection_windows.left_at': `'null_frac', 0.99::real, 'n_distinct', -0.01::real`,
};

/** The table is being vacuumed (55P03), or the role does not own it (42501). Statements are slower then, and still right. */
const TOLERATED = ['55P03', '42501'];

/**
 * Gives PostgreSQL's planner the figures that it cannot gather (docs/decisions/020). At each start, because a restored dump
 * carries `set statistics 0` and not the figures.
 */
export async function tellPlanner(db: Queryable): Promise<void> {
  await db.query('begin');
  try {
    await db.query(`set local lock_timeout = '2s'`);
    for (const [place, figures] of Object.entries(FIGURES)) await tell(db, place, figures);
    await db.query('commit');
  } catch (error) {
    await db.query('rollback');
    if (!TOLERATED.includes(String((error as { code?: unknown }).code))) throw error;
  }
}

async function tell(db: Queryable, place: string, figures: string | null): Promise<void> {
  const [table = '', column = ''] = place.split('.');
  await db.query(`select pg_clear_attribute_stats(current_schema()::text, $1, $2, false)`, [table, column]);
  if (figures === null) return;
  const { taken } = await oneRow<{ taken: boolean }>(
    db,
    `select pg_restore_attribute_stats('schemaname', current_schema()::text, 'relname', $1::text, 'attname', $2::text,
       'inherited', false, ${figures}) as taken`,
    [table, column],
  );
  if (!taken) throw new Error(`PostgreSQL takes no figures for ${place}`);
}
