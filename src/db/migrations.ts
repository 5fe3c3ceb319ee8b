import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { alignEventFeed, isEventFeedBehind } from './events.ts';
import { MIGRATION } from './connection-options.ts';
import { onOwnConnection, type DatabaseAddress } from './own-connection.ts';
import { tellPlanner } from './planner.ts';
import { markTrial, moveClock } from './installation.ts';
import { oneRow, rows, type Queryable } from './postgres.ts';

const DIRECTORY = new URL('../../sql/', import.meta.url);
const OLDEST_POSTGRES = 18;
const GRANTS = 'grants.sql';
const MIGRATIONS =
  'create table migrations (name text primary key, sha256 text not null, applied_at timestamptz not null)';
const HOW_TO_MIGRATE = 'run npm run migrate with DATABASE_OWNER_URL';

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

/**
 * In the order in which they are applied: digits sort before letters. Read once: what is put into the folder while a process runs
 * is not of its version.
 */
const KNOWN: readonly Migration[] = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => {
    const sql = readFileSync(new URL(name, DIRECTORY), 'utf8');
    return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });

/** Why this version cannot work on the database as it is, in words for an operator; empty where it can. */
export async function schemaFaults(db: Queryable): Promise<string[]> {
  const applied = (await isMigrated(db)) ? await appliedMigrations(db) : [];
  const names = new Set(applied.map(({ name }) => name));
  const faults = missingOf(KNOWN, applied).map(({ name }) =>
    names.has(name) ? `${name} was applied as another version of Varsel has it` : `${name} has not been applied`,
  );
  const newer = newerOf(applied);
  return newer === null ? faults : [...faults, newer];
}

/** Says, in words for an operator, what a newer version has applied to the database; `null` where none has. */
export async function newerMigration(db: Queryable): Promise<string | null> {
  return newerOf(await appliedMigrations(db));
}

function newerOf(applied: readonly Applied[]): string | null {
  const newer = applied.find(({ name }) => KNOWN.every((known) => known.name !== name));
  return newer === undefined
    ? null
    : `The database holds migration ${newer.name}, which this version of Varsel does not know: run a newer one.`;
}

/** Whether the database was ever migrated. */
async function isMigrated(db: Queryable): Promise<boolean> {
  return (await oneRow<{ found: boolean }>(db, `select to_regclass('migrations') is not null as found`)).found;
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
 * the files that were missing. Gives `application`, where that is another role than the one that migrates, what
 * sql/grants.sql says. Moves the clock of a trial by `clockOffset`; leaves it where that is `null`. Says whether this is a
 * trial.
 * Several processes may start at once: one migrates and the others wait. Throws, with a message for the operator, when the
 * database cannot be reached, is older than PostgreSQL 18, was made by a newer version of Varsel, or by an unreleased one.
 */
export async function migrate(
  owner: DatabaseAddress,
  at: Temporal.Instant,
  {
    application,
    clockOffset,
    isTrial = false,
  }: { application: string | null; clockOffset: Temporal.Duration | null; isTrial?: boolean },
): Promise<string[]> {
  return onOwnConnection({ ...owner, limits: MIGRATION }, async (client) => {
    await refuseOldPostgres(client);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      `select set_config('varsel.application', coalesce(nullif($1::text, current_user::text), ''), false)`,
      [application],
    );
    if (!(await isMigrated(client))) await client.query(MIGRATIONS);
    // Before the first release these two had numbers.
    await client.query(
      `update migrations set name = substr(name, 5) where name in ('002_guards.sql', '003_counts.sql')`,
    );
    const applied = await appliedMigrations(client);
    refuseForeignSchema(applied);
    const missing = missingOf(KNOWN, applied);
    for (const migration of missing.filter(({ name }) => name !== GRANTS)) await apply(client, migration, at);
    // Last, and each time: a dump carries no rights on the database, and the role may be a new one.
    for (const grants of KNOWN.filter(({ name }) => name === GRANTS)) await apply(client, grants, at);
    if (clockOffset !== null) await moveClock(client, clockOffset);
    await markTrial(client, isTrial);
    await alignEventFeed(client);
    await tellPlanner(client);
    return missing.map(({ name }) => name);
  });
}

/**
 * Makes sure that an application which does not migrate finds the database up to date. Throws otherwise, with a message for the
 * operator.
 */
export async function refuseUnmigrated(db: Queryable): Promise<void> {
  const { mayRead } = await oneRow<{ mayRead: boolean | null }>(
    db,
    `select has_table_privilege(to_regclass('migrations'), 'select') as "mayRead"`,
  );
  if (mayRead === false) throw new Error(`The role of DATABASE_URL may not read the database: ${HOW_TO_MIGRATE}.`);
  const applied = mayRead === null ? [] : await appliedMigrations(db);
  refuseForeignSchema(applied);
  const missing = missingOf(KNOWN, applied).map(({ name }) => name);
  if (missing.length > 0) {
    throw new Error(`The database lacks ${missing.join(', ')}, which its owner applies: ${HOW_TO_MIGRATE}.`);
  }
  if (await isEventFeedBehind(db)) {
    throw new Error(`The database was restored from a dump, and its owner has not prepared it: ${HOW_TO_MIGRATE}.`);
  }
}

async function refuseOldPostgres(client: pg.Client): Promise<void> {
  const { version } = await oneRow<{ version: string }>(client, `select current_setting('server_version') as version`);
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
    throw new Error(`PostgreSQL ${version} found, ${OLDEST_POSTGRES} or newer expected (DATABASE_URL).`);
  }
}

/** Refuses a database whose migrations are not the ones that we know: its tables may be anything. */
function refuseForeignSchema(applied: readonly Applied[]): void {
  const sha256Of = new Map(KNOWN.map(({ name, sha256 }) => [name, sha256]));
  if (applied.some(({ sha256 }) => sha256 === null)) {
    throw new Error(
      'The database was made by another, unreleased version of Varsel and cannot be used: delete the data directory ' +
        '(./data, or DATA_DIR), or give an empty database as DATABASE_URL, and start again.',
    );
  }
  const newer = newerOf(applied);
  if (newer !== null) throw new Error(newer);
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
