import pg from 'pg';
import { allEnded } from '../concurrency/all-ended.ts';

/** What a query runs on: the pool, or a client inside a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

/** A client with a transaction open. Functions that take one are part of that transaction. */
export type Transaction = pg.PoolClient;

type Parameter = string | number | boolean | null | Buffer | Temporal.Instant | Temporal.PlainDate | readonly unknown[];

const { builtins } = pg.types;
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [builtins.TIMESTAMPTZ]: (text) => Temporal.Instant.from(text.replace(' ', 'T')),
  [builtins.DATE]: (text) => Temporal.PlainDate.from(text),
  // Counts and positions stay far below 2^53.
  [builtins.INT8]: Number,
};

/**
 * How every connection is made: `timestamptz` comes back as `Temporal.Instant`, `date` as `Temporal.PlainDate`, `bigint` as
 * a number. The session speaks UTC, because the text of an instant depends on it.
 */
export function connectionOptions(connectionString: string): pg.PoolConfig {
  return {
    connectionString,
    application_name: 'varsel',
    options: '-c timezone=UTC',
    // What does not wait for an answer is sent at once. Each statement still fails by itself, and its transaction with it.
    pipeline: true,
    types: {
      getTypeParser: ((id: number, format?: 'text' | 'binary') =>
        PARSERS[id] ?? pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
    },
  };
}

/**
 * So that what a statement names is found by an index, however large a table becomes. Of sorting neither kind is left: a few rows
 * are sorted all the same, and where one kind were better than the other, it would be fed by a walk through a whole index.
 */
const BY_INDEX = ['seqscan', 'hashjoin', 'mergejoin', 'sort', 'incremental_sort'].map((way) => `-c enable_${way}=off`);

/** Connections that keep plans. */
const keepingPlans = new WeakSet<Queryable>();

/**
 * A pool for work that repeats few statements thousands of times, each about few rows that an index finds. In its transactions
 * PostgreSQL plans a statement once on each connection (docs/decisions/020). `lost` is told of idle connections that die.
 */
export function createPlanKeepingPool(connectionString: string, lost: (error: Error) => void): pg.Pool {
  const common = connectionOptions(connectionString);
  const pool = new pg.Pool({
    ...common,
    options: [common.options, '-c plan_cache_mode=force_generic_plan', ...BY_INDEX].join(' '),
    max: 10,
    connectionTimeoutMillis: 10_000,
    // Of tables that were small when a plan was made it may use the wrong index: so long, and no longer.
    maxLifetimeSeconds: 2,
  });
  pool.on('connect', (client) => keepingPlans.add(client));
  pool.on('error', lost);
  return pool;
}

const statementNames = new Map<string, string>();

/** The name under which a connection keeps the plan of a statement. */
function statementName(sql: string): string {
  const name = statementNames.get(sql) ?? `varsel-${statementNames.size + 1}`;
  statementNames.set(sql, name);
  return name;
}

/** Runs one statement and returns its rows. Temporal values are passed as text: node-postgres would send them as quoted JSON. */
export async function rows<Row>(db: Queryable, sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
  const values = parameters.map((value) =>
    value instanceof Temporal.Instant || value instanceof Temporal.PlainDate ? value.toString() : value,
  );
  try {
    const name = keepingPlans.has(db) ? statementName(sql) : undefined;
    return (await db.query({ name, text: sql, values })).rows as Row[];
  } catch (error) {
    throw withoutRow(error);
  }
}

/** Of a statement that breaks a rule PostgreSQL tells the whole row, with addresses and texts that no log may hold. */
function withoutRow(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && error.code?.startsWith(INTEGRITY_VIOLATED)) delete error.detail;
  return error;
}

/** Runs one statement that returns at most one row, or `null`. */
export async function row<Row>(db: Queryable, sql: string, parameters: readonly Parameter[] = []): Promise<Row | null> {
  return (await rows<Row>(db, sql, parameters))[0] ?? null;
}

/** Runs one statement that always returns exactly one row. */
export async function oneRow<Row>(db: Queryable, sql: string, parameters: readonly Parameter[] = []): Promise<Row> {
  const found = await row<Row>(db, sql, parameters);
  if (found === null) throw new Error(`expected a row, found none: ${sql}`);
  return found;
}

/** The class of its codes. */
const INTEGRITY_VIOLATED = '23';
const DEADLOCK_DETECTED = '40P01';
const DEADLOCK_TRIES = 3;
/** `feature_not_supported`: “cached plan must not change result type”. */
const PLAN_OUTDATED = '0A000';

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. `work` touches nothing but the
 * database, so one that PostgreSQL picked to break a deadlock is simply done again.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransactionAfter(pool, async () => undefined, work);
}

/**
 * The same, where it begins with a question that is sent along with `begin` and saves a round trip. `ask` locks and reads
 * and writes nothing: if the beginning failed, it would stand outside the transaction.
 */
export async function inTransactionAfter<Answer, Result>(
  pool: pg.Pool,
  ask: (tx: Transaction) => Promise<Answer>,
  work: (tx: Transaction, answer: Answer) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryTransaction(pool, ask, work);
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK_DETECTED || tries === DEADLOCK_TRIES) throw error;
    }
  }
}

/**
 * Runs `work` once in a transaction on a connection that is not of the pool: for work that lasts and takes others from the
 * pool while it does. As many of those as the pool is large would wait for each other.
 */
export async function inLongTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const own = new pg.Pool({ ...pool.options, max: 1 });
  own.on('error', () => undefined);
  try {
    return await tryTransaction(own, async () => undefined, work);
  } finally {
    await own.end();
  }
}

async function tryTransaction<Answer, Result>(
  pool: pg.Pool,
  ask: (tx: Transaction) => Promise<Answer>,
  work: (tx: Transaction, answer: Answer) => Promise<Result>,
): Promise<Result> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  const lost = (error: Error) => {
    broken = error;
  };
  // Without a listener, a connection that dies while it is in use would end the process.
  tx.on('error', lost);
  try {
    const [, answer] = await allEnded([tx.query('begin'), ask(tx)]);
    const result = await work(tx, answer);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    // A kept plan whose table was migrated meanwhile: it goes with its connection.
    if ((error as { code?: unknown }).code === PLAN_OUTDATED) broken = error as Error;
    throw withoutRow(error);
  } finally {
    tx.off('error', lost);
    // A client whose rollback failed may still be inside the transaction: it must not go back to the pool.
    tx.release(broken);
  }
}

/** Runs `read` on one snapshot of the database: what it reads belongs together, and it can write nothing (D26). */
export async function inSnapshot<Result>(pool: pg.Pool, read: (db: Queryable) => Promise<Result>): Promise<Result> {
  return inTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return read(tx);
  });
}
