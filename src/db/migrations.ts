import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { alignEventFeed } from './events.ts';
import { tellPlanner } from './planner.ts';
import { connectionOptions } from './connection-options.ts';
import { moveClock } from './installation.ts';
import { oneRow, rows, type Queryable } from './postgres.ts';

const DIRECTORY = new URL('../../sql/', import.meta.url);
const OLDEST_POSTGRES = 18;
const CONNECT_WITHIN_MS = 10_000;

/** An arbitrary number, the same in every process that migrates. */
const MIGRATION_LOCK = 0x76617273;

/**
 * A file of `sql/`. A numbered one is applied once and never edited: what comes later is a file of its own. One without a
 * number (functions and triggers) is applied after them, and again whenever its text has changed.
 */
interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** A migration that a database has on record. `sha256` is `null` where a version before the first release wrote it. */
type Applied = Pick<Migration, 'name'> & { readonly sha256: string | null };

const isNumbered = ({ name }: Pick<Migration, 'name'>): boolean => /^\d/.test(name);

/** In the order in which they are applied: digits sort before letters. */
async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(DIRECTORY)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, DIRECTORY), 'utf8');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** The names of the migrations that this database lacks, in order. */
export async function missingMigrations(db: Queryable): Promise<string[]> {
  const exists = await oneRow<{ found: boolean }>(db, `select to_regclass('migrations') is not null as found`);
  const applied = exists.found ? await appliedMigrations(db) : [];
  return missingOf(await readMigrations(), applied).map(({ name }) => name);
}

async function appliedMigrations(db: Queryable): Promise<Applied[]> {
  // By way of JSON, because a version before the first release had no such column.
  return rows<Applied>(db, `select name, to_jsonb(m) ->> 'sha256' as sha256 from migrations m`);
}

function missingOf(known: readonly Migration[], applied: readonly Applied[]): Migration[] {
  return known.filter((migration) => {
    const found = applied.find(({ name }) => name === migration.name);
    return found === undefined || (!isNumbered(migration) && found.sha256 !== migration.sha256);
  });
}

/**
 * Brings the database up to date, each file of `sql/` in a transaction of its own, forward only, and returns the names of
 * the files that it applied. Moves the clock of a trial by `clockOffset`; leaves it where that is `null`. Several processes may start at once: one migrates and the others wait. Throws, with a message for the
 * operator, when the database cannot be reached, is older than PostgreSQL 18, was made by a newer version of Varsel, or by
 * an unreleased one.
 */
export async function migrate(
  databaseUrl: string,
  at: Temporal.Instant,
  clockOffset: Temporal.Duration | null = null,
): Promise<string[]> {
  const client = await connect(databaseUrl);
  try {
    await refuseOldPostgres(client);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      'create table if not exists migrations (name text primary key, sha256 text not null, applied_at timestamptz not null)',
    );
    // Before the first release these two had numbers.
    await client.query(
      `update migrations set name = substr(name, 5) where name in ('002_guards.sql', '003_counts.sql')`,
    );
    const known = await readMigrations();
    const applied = await appliedMigrations(client);
    refuseForeignSchema(applied, known);
    const missing = missingOf(known, applied);
    for (const migration of missing) await apply(client, migration, at);
    if (clockOffset !== null) await moveClock(client, clockOffset);
    await alignEventFeed(client);
    await tellPlanner(client);
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ ...connectionOptions(databaseUrl), connectionTimeoutMillis: CONNECT_WITHIN_MS });
  // A connection that dies also fails its statement, which is where we hear of it.
  client.on('error', () => undefined);
  await client.connect().catch((cause: unknown) => {
    throw new Error(`The database cannot be reached: ${reasonOf(cause)}. Check DATABASE_URL.`, { cause });
  });
  return client;
}

async function refuseOldPostgres(client: pg.Client): Promise<void> {
  const { version } = await oneRow<{ version: string }>(client, `select current_setting('server_version') as version`);
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
    throw new Error(`PostgreSQL ${version} found, ${OLDEST_POSTGRES} or newer expected (DATABASE_URL).`);
  }
}

/** Refuses a database whose migrations are not the ones that we know: its tables may be anything. */
function refuseForeignSchema(applied: readonly Applied[], known: readonly Migration[]): void {
  const sha256Of = new Map(known.map(({ name, sha256 }) => [name, sha256]));
  if (applied.some(({ sha256 }) => sha256 === null)) {
    throw new Error(
      'The database was made by another, unreleased version of Varsel and cannot be used: delete the data directory ' +
        '(./data, or DATA_DIR), or give an empty database as DATABASE_URL, and start again.',
    );
  }
  const newer = applied.find(({ name }) => !sha256Of.has(name));
  if (newer) {
    throw new Error(
      `The database holds migration ${newer.name}, which this version of Varsel does not know: run a newer one.`,
    );
  }
  const altered = applied.find((each) => isNumbered(each) && sha256Of.get(each.name) !== each.sha256);
  if (altered) {
    throw new Error(
      `The database was made with another text of sql/${altered.name} than this version of Varsel has: run the version that ` +
        'made it, or give an empty database as DATABASE_URL (in development: delete ./data).',
    );
  }
}

async function apply(client: pg.Client, { name, sql, sha256 }: Migration, at: Temporal.Instant): Promise<void> {
  await client.query('begin');
  await client.query(sql);
  await rows(
    client,
    `insert into migrations (name, sha256, applied_at) values ($1, $2, $3)
     on conflict (name) do update set sha256 = excluded.sha256, applied_at = excluded.applied_at`,
    [name, sha256, at],
  );
  await client.query('commit');
}

/** What an error of connecting says. One of several addresses tried says nothing itself. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
