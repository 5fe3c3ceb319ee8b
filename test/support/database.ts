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
  const name = `test_${randomBytes(8).toString('hex')}`;
  const maintenance = urlOf(inject('templateOwnerUrl'), 'postgres');
  // Copying files is faster than copying through the write-ahead log, the default.
  await run(maintenance, `create database ${name} template template_varsel strategy file_copy`);
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
  if (clockOffset !== CLOCK_OFFSET) await moveClock(owner, Temporal.Duration.from(clockOffset));
  const closed = opened(pool, () => `the database ${name}`);
  return {
    url,
    pool,
    ownerUrl,
    owner,
    async close() {
      await Promise.all([pool.end(), owner.end()]);
      closed();
      await drop(maintenance, name);
    },
  };
}

function urlOf(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

/** Drops a database. Rejects, and drops it, where somebody is connected to it that has not ended within five seconds. */
async function drop(maintenanceUrl: string, name: string): Promise<void> {
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
