import pg from 'pg';
import { allEnded } from '../concurrency/all-ended.ts';
import { IMPORT, limitedTo, SEARCH } from './connection-options.ts';
import { PlanKeepingClient } from './plan-keeping-pool.ts';

/** What a query runs on: the pool, or a client inside a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

/** A client with a transaction open. Functions that take one are part of that transaction. */
export type Transaction = pg.PoolClient;

type Parameter = string | number | boolean | null | Buffer | Temporal.Instant | Temporal.PlainDate | readonly unknown[];

/** Runs one statement and returns its rows. Temporal values are passed as text: node-postgres would send them as quoted JSON. */
export async function rows<Row>(db: Queryable, sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
  const values = parameters.map((value) =>
    value instanceof Temporal.Instant || value instanceof Temporal.PlainDate ? value.toString() : value,
  );
  try {
    const name = db instanceof PlanKeepingClient ? db.nameOf(sql) : undefined;
    return (await db.query({ name, text: sql, values })).rows as Row[];
  } catch (error) {
    throw withoutRow(error);
  }
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

/** The class of error codes for broken constraints. */
const INTEGRITY_VIOLATED = '23';
const DEADLOCK_DETECTED = '40P01';
const DEADLOCK_TRIES = 3;
/** `feature_not_supported`: “cached plan must not change result type”. */
const PLAN_OUTDATED = '0A000';

const codeOf = (error: unknown) => (error as { code?: unknown }).code;

/** What pg-pool says, without a code, where no connection came free or none was accepted in time. */
const WAITED_TOO_LONG = ['timeout exceeded when trying to connect', 'Connection terminated due to connection timeout'];
/**
 * `too_many_connections`, `cannot_connect_now`, and what rolls back all that had been done: `query_canceled`, and
 * `read_only_sql_transaction` where another host has become the one that writes.
 */
const NOT_SERVED = ['53300', '57P03', '57014', '25006'];
/** `object_not_in_prerequisite_state`: a guard by which the time for it has not come (sql/clock.sql). */
const TOO_EARLY = '55000';

/**
 * Whether the database refused because by its time the instant has not come (D29): its clock was set back, or ours is ahead.
 * Another try succeeds once it has come, or the clock has been measured again.
 */
export function isTooEarly(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === TOO_EARLY;
}

/**
 * Whether the database did nothing: it could not be reached, had no connection to give in time, took too long, or found that it is
 * too early. Another try may succeed.
 */
export function wasNotServed(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(wasNotServed);
  if (!(error instanceof Error)) return false;
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  return (
    WAITED_TOO_LONG.includes(error.message) ||
    isTooEarly(error) ||
    NOT_SERVED.includes(code) ||
    /^(connect|getaddrinfo)$/.test(syscall)
  );
}

/** Of a broken constraint PostgreSQL reports the whole row, with addresses and texts that no log may hold. */
function withoutRow(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && error.code?.startsWith(INTEGRITY_VIOLATED)) delete error.detail;
  return error;
}

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. `work` touches nothing but the
 * database, so after a deadlock it is simply run again, up to three times.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransactionAfter(pool, async () => undefined, work);
}

/** Carries the result of a dry run out of its transaction. */
class DryRun<Result> extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super('a dry run is rolled back');
    this.result = result;
  }
}

/**
 * Runs `work` as `inTransaction` would, up to the constraints that a commit asks, and rolls it back: what it returns or throws is
 * what it would, and nothing is written.
 */
export async function inDryRun<Result>(pool: pg.Pool, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  try {
    return await inTransaction(pool, async (tx) => {
      const result = await work(tx);
      await tx.query('set constraints all immediate');
      throw new DryRun(result);
    });
  } catch (error) {
    if (error instanceof DryRun) return error.result as Result;
    throw error;
  }
}

/**
 * As `inTransaction`, and saves a round trip: the first statement is sent along with `begin`, and its result handed to
 * `work`. `first` locks and reads and writes nothing: if `begin` failed, it would stand outside the transaction.
 */
export async function inTransactionAfter<First, Result>(
  pool: pg.Pool,
  first: (tx: Transaction) => Promise<First>,
  work: (tx: Transaction, result: First) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryTransaction(pool, first, work);
    } catch (error) {
      if (codeOf(error) !== DEADLOCK_DETECTED || tries === DEADLOCK_TRIES) throw error;
    }
  }
}

/**
 * Runs `work` once, in a transaction on a connection outside the pool, which may be idle for as long as a client sends a file.
 * For work that meanwhile uses other connections of the pool: on pool connections, as many of those as the pool is large would
 * wait for each other.
 */
export async function inLongTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const own = new pg.Pool({ ...pool.options, ...limitedTo(IMPORT), max: 1 });
  own.on('error', () => undefined);
  try {
    return await tryTransaction(own, async () => undefined, work);
  } finally {
    await own.end();
  }
}

/** Reads, outside the pool, with statements that may go through whole tables. */
export async function onLongStatements<Result>(
  pool: pg.Pool,
  read: (db: Queryable) => Promise<Result>,
): Promise<Result> {
  const own = new pg.Pool({ ...pool.options, ...limitedTo(SEARCH), max: 1 });
  own.on('error', () => undefined);
  try {
    return await read(own);
  } finally {
    await own.end();
  }
}

async function tryTransaction<First, Result>(
  pool: pg.Pool,
  first: (tx: Transaction) => Promise<First>,
  work: (tx: Transaction, result: First) => Promise<Result>,
): Promise<Result> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  const lost = (error: Error) => {
    broken = error;
  };
  // Without a listener, a connection that dies while it is in use would end the process.
  tx.on('error', lost);
  try {
    const [, firstResult] = await allEnded([tx.query('begin'), first(tx)]);
    const result = await work(tx, firstResult);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    // A migration has outdated a kept plan. The plan goes with its connection.
    if (codeOf(error) === PLAN_OUTDATED) broken = error as Error;
    throw withoutRow(error);
  } finally {
    tx.off('error', lost);
    // A client whose rollback failed may still be inside the transaction: it must not go back to the pool.
    tx.release(broken);
  }
}

/** Runs `work` as a part of the transaction. Where it throws, only what it wrote is rolled back, and the error is thrown on. */
export async function withSavepoint<Result>(tx: Transaction, work: () => Promise<Result>): Promise<Result> {
  await tx.query('savepoint before_work');
  try {
    return await work();
  } catch (error) {
    await tx.query('rollback to savepoint before_work');
    throw error;
  }
}

/** Runs `work` as a part of the transaction, and rolls back all that it wrote: what would it be refused for? */
export async function withoutTrace<Result>(tx: Transaction, work: () => Promise<Result>): Promise<Result> {
  await tx.query('savepoint before_trial');
  try {
    return await work();
  } finally {
    await tx.query('rollback to savepoint before_trial');
  }
}

/** Whether nothing can be written, as on a standby. */
export async function isReadOnly(db: Queryable): Promise<boolean> {
  return (await oneRow<{ is: boolean }>(db, `select current_setting('transaction_read_only')::boolean as is`)).is;
}

/** Runs `read` on one snapshot of the database: its results fit together, and it can write nothing (D26). */
export async function inSnapshot<Result>(pool: pg.Pool, read: (db: Queryable) => Promise<Result>): Promise<Result> {
  return inTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return read(tx);
  });
}

/**
 * As `inSnapshot`, on a connection outside the pool that may be idle for as long as a client takes: for a download that is read as
 * it is sent.
 */
export async function inLongSnapshot<Result>(pool: pg.Pool, read: (db: Queryable) => Promise<Result>): Promise<Result> {
  return inLongTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return read(tx);
  });
}
