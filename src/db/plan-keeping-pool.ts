import pg from 'pg';
import { connectionOptions, idleFor } from './connection-options.ts';

const statementNames = new Map<string, string>();

/** A connection on which PostgreSQL plans each statement of `rows` once. It keeps the plan of a statement that has a name. */
export class PlanKeepingClient extends pg.Client {
  /** The same name for the same statement, in the whole process. */
  nameOf(sql: string): string {
    const name = statementNames.get(sql) ?? `varsel-${statementNames.size + 1}`;
    statementNames.set(sql, name);
    return name;
  }
}

/**
 * Leaves the planner little choice but an index, however large a table becomes. Both kinds of sorting are off: a few rows are
 * sorted all the same, and if one kind were better than the other, the planner would walk through a whole index to feed it.
 */
const BY_INDEX = ['seqscan', 'hashjoin', 'mergejoin', 'sort', 'incremental_sort'].map((way) => `-c enable_${way}=off`);

/**
 * A pool for work that repeats few statements thousands of times, each about few rows that an index finds
 * (docs/decisions/020). Inside transactions a statement is planned once on each connection. `lost` is told of idle
 * connections that die. With `keepsConnections` they, and their plans, live until the pool ends.
 */
export function createPlanKeepingPool(
  connectionString: string,
  lost: (error: Error) => void,
  keepsConnections = false,
): pg.Pool {
  const common = { ...connectionOptions(connectionString), ...idleFor(keepsConnections) };
  const pool = new pg.Pool({
    ...common,
    Client: PlanKeepingClient,
    options: [common.options, '-c plan_cache_mode=force_generic_plan', ...BY_INDEX].join(' '),
    max: 10,
    // A plan made while a table was small may use the wrong index. It lives no longer than this.
    maxLifetimeSeconds: keepsConnections ? 0 : 2,
  });
  pool.on('error', lost);
  return pool;
}
