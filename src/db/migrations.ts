import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { alignEventFeed } from './events.ts';
import { tellPlanner } from './planner.ts';
import { connectionOptions, oneRow, row, rows, type Queryable } from './postgres.ts';

const DIRECTORY = new URL('../../sql/', import.meta.url);
const OLDEST_POSTGRES = 18;
const CONNECT_WITHIN_MS = 10_000;

/** Any number: it only has to be the same in every process that migrates. */
const MIGRATION_LOCK = 0x76617273;

async function migrationFiles(): Promise<string[]> {
  return (await readdir(DIRECTORY)).filter((name) => name.endsWith('.sql')).sort();
}

/** The numbered migrations that this database lacks, in order. */
export async function missingMigrations(db: Queryable): Promise<string[]> {
  const exists = await oneRow<{ found: boolean }>(db, `select to_regclass('migrations') is not null as found`);
  const applied = exists.found ? await rows<{ name: string }>(db, 'select name from migrations') : [];
  const names = new Set(applied.map(({ name }) => name));
  return (await migrationFiles()).filter((name) => !names.has(name));
}

/**
 * Brings the database up to date, each numbered file of `sql/` in a transaction of its own, forward only. Several processes
 * may start at once: one migrates and the others wait. Throws when the database cannot be reached, is older than PostgreSQL
 * 18, or is newer than this program (it holds a migration that is not among the files).
 */
export async function migrate(databaseUrl: string, at: Temporal.Instant): Promise<string[]> {
  const client = new pg.Client({ ...connectionOptions(databaseUrl), connectionTimeoutMillis: CONNECT_WITHIN_MS });
  // Its statement fails as well, and says so.
  client.on('error', () => undefined);
  await client.connect().catch((cause: unknown) => {
    throw new Error(`The database cannot be reached: ${reasonOf(cause)}. Check DATABASE_URL.`, { cause });
  });
  try {
    const { version } = await oneRow<{ version: string }>(
      client,
      `select current_setting('server_version') as version`,
    );
    if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
      throw new Error(`PostgreSQL ${version} found, ${OLDEST_POSTGRES} or newer expected (DATABASE_URL).`);
    }
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null)',
    );
    const files = await migrationFiles();
    const unknown = await row<{ name: string }>(client, 'select name from migrations where name <> all($1) limit 1', [
      files,
    ]);
    if (unknown) {
      throw new Error(
        `The database holds migration ${unknown.name}, which this version of Varsel does not know: run a newer one.`,
      );
    }
    const missing = await missingMigrations(client);
    for (const name of missing) {
      await client.query('begin');
      await client.query(await readFile(new URL(name, DIRECTORY), 'utf8'));
      await rows(client, 'insert into migrations (name, applied_at) values ($1, $2)', [name, at]);
      await client.query('commit');
    }
    await alignEventFeed(client);
    await tellPlanner(client);
    return missing;
  } finally {
    await client.end();
  }
}

/** What an error of connecting says. One of several addresses tried says nothing itself. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
