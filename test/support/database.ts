import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { connectionOptions, idleFor, MIGRATION } from '../../src/db/connection-options.ts';
import { moveClock } from '../../src/db/installation.ts';
import { rows } from '../../src/db/postgres.ts';
import { opened } from './leaks.ts';

/**
 * How far the database's own time is ahead in tests: the guards refuse what is dated later (D29), and tests move their clocks
 * by days and years.
 */
export const CLOCK_OFFSET = 'P100Y';

/** What `test/support/cluster.ts` has migrated. */
const TEMPLATE = 'template_varsel';

export interface TestDatabase {
  /** As the role of the application, which the product and nearly every test use. */
  readonly url: string;
  readonly pool: pg.Pool;
  /** As the owner, who can do everything. */
  readonly ownerUrl: string;
  readonly owner: pg.Pool;
  close(): Promise<void>;
}

/**
 * A migrated, empty database of its own, with a pool on it for each of the two roles. Its time is `clockOffset` ahead of the
 * machine's.
 */
export async function createDatabase(clockOffset = CLOCK_OFFSET): Promise<TestDatabase> {
  const database = await copyOf(TEMPLATE);
  if (clockOffset !== CLOCK_OFFSET) await moveClock(database.owner, Temporal.Duration.from(clockOffset));
  return database;
}

/** Databases that are all filled in the same way, by what is done once. */
export interface FilledDatabases<Filled> {
  /** What `fill` returned. */
  readonly filled: Filled;
  /** A database of its own, as `fill` left it. */
  copy(): Promise<TestDatabase>;
  close(): Promise<void>;
}

/** Fills a database once, for tests that each begin with one that is filled so. */
export async function fillOnce<Filled>(
  fill: (database: TestDatabase) => Promise<Filled>,
): Promise<FilledDatabases<Filled>> {
  const template = await copyOf(TEMPLATE);
  const filled = await fill(template);
  // PostgreSQL copies no database that somebody is connected to.
  await template.disconnect();
  return { filled, copy: () => copyOf(template.name), close: () => template.drop() };
}

interface Copy extends TestDatabase {
  readonly name: string;
  /** Ends both pools. */
  disconnect(): Promise<void>;
  /** Drops it, once nobody is connected. */
  drop(): Promise<void>;
}

/** A copy of the database of this name, to which nobody is connected. */
async function copyOf(template: string): Promise<Copy> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const maintenance = urlOf(inject('templateOwnerUrl'), 'postgres');
  // Copying files is faster than copying through the write-ahead log, the default.
  await run(maintenance, `create database ${name} template ${template} strategy file_copy`);
  // A copy has the rights on tables, and none on the database (sql/grants.sql).
  await run(maintenance, `revoke temporary on database ${name} from public`);
  const url = urlOf(inject('templateUrl'), name);
  const ownerUrl = urlOf(inject('templateOwnerUrl'), name);
  const [pool, owner] = [url, ownerUrl].map((each) => {
    // A test may hold what others wait for, for as long as a busy machine takes.
    const made = new pg.Pool({ ...connectionOptions(each, MIGRATION), ...idleFor(true), max: 20 });
    // Tests that cut connections off would end the process otherwise.
    made.on('error', () => undefined);
    return made;
  }) as [pg.Pool, pg.Pool];
  const closed = opened(pool, () => `the database ${name}`);
  const disconnect = async () => void (await Promise.all([pool.end(), owner.end()]));
  const drop = async () => {
    closed();
    await dropDatabase(maintenance, name);
  };
  const close = async () => {
    await disconnect();
    await drop();
  };
  return { name, url, pool, ownerUrl, owner, disconnect, drop, close };
}

function urlOf(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

/** Drops a database. Rejects, and drops it, where somebody is connected to it that has not ended within five seconds. */
async function dropDatabase(maintenanceUrl: string, name: string): Promise<void> {
  const client = new pg.Client(maintenanceUrl);
  await client.connect();
  try {
    await client.query(`drop database ${name}`);
  } catch (error) {
    const { rows: left } = await client.query(
      'select application_name, query from pg_stat_activity where datname = $1',
      [name],
    );
    await client.query(`drop database ${name} with (force)`);
    throw new Error(`Connections to a database were left open: ${JSON.stringify(left)}`, { cause: error });
  } finally {
    await client.end();
  }
}

const TABLES = `select tablename from pg_tables where schemaname = 'public' order by tablename`;

/** Every row of every table, with the transaction that wrote it. */
export async function everyRow(pool: pg.Pool): Promise<string> {
  const tables = await rows<{ tablename: string }>(pool, TABLES);
  const contents = await Promise.all(
    tables.map(async ({ tablename }) => [
      tablename,
      await rows(pool, `select t.*, t.xmin::text as version from ${tablename} t order by t::text`),
    ]),
  );
  return JSON.stringify(contents);
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
