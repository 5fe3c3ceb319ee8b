import { oneRow, type Queryable } from './postgres.ts';

/** Columns of which PostgreSQL gathers no statistics (sql/008), and the figures that take their place; none where it is to have none. */
const FIGURES: Readonly<Record<string, string | null>> = {
  // Of a change announced since it last looked it would expect no row, and read every window of the change to find one
  // controller's. Without figures it expects a two-hundredth of the table as it is, and takes the index that knows the
  // controller.
  'objection_windows.change_id': null,
  'messages.change_id': null,
  // When it has seen none that wait, it would sort a million of them to find the next twenty.
  'messages.status': `'null_frac', 0::real, 'n_distinct', 5::real, 'most_common_vals', '{pending,accepted}'::text,
    'most_common_freqs', '{0.05,0.95}'::real[]`,
  // Nearly all windows run. Of a column that it does not know it expects one null in two hundred.
  'objection_windows.left_at': `'null_frac', 0.99::real, 'n_distinct', -0.01::real`,
};

/** Somebody is vacuuming a table (55P03), or the role does not own it (42501): slower, and no reason not to start. */
const GOES_WITHOUT = ['55P03', '42501'];

/**
 * Tells PostgreSQL's planner what it cannot see (docs/decisions/020). At each start, because a dump that is restored carries
 * the order to gather no statistics, and not the figures.
 */
export async function tellPlanner(db: Queryable): Promise<void> {
  await db.query('begin');
  try {
    await db.query(`set local lock_timeout = '2s'`);
    for (const [place, figures] of Object.entries(FIGURES)) await tell(db, place, figures);
    await db.query('commit');
  } catch (error) {
    await db.query('rollback');
    if (!GOES_WITHOUT.includes(String((error as { code?: unknown }).code))) throw error;
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
