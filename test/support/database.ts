import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { connectionOptions } from '../../src/db/connection-options.ts';
import { moveClock } from '../../src/db/installation.ts';
import { rows } from '../../src/db/postgres.ts';
import { opened } from './leaks.ts';

/**
 * How far the database's own time is ahead in tests: the guards refuse what is dated later (D29), and tests move their clocks
 * by days and years.
 */
export const CLOCK_OFFSET = 'P100Y';

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** A migrated, empty database of its own, with a pool on it. Its time is `clockOffset` ahead of the machine's. */
export async function createDatabase(clockOffset = CLOCK_OFFSET): Promise<TestDatabase> {
  const url = new URL(inject('templateUrl'));
  const name = `test_${randomBytes(8).toString('hex')}`;
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  // Copying files takes 40 ms, and copying through the write-ahead log, the default, takes 100 ms.
  await run(maintenance.href, `create database ${name} template template_varsel strategy file_copy`);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ ...connectionOptions(url.href), max: 20 });
  // Tests that cut connections off would end the process otherwise.
  pool.on('error', () => undefined);
  if (clockOffset !== CLOCK_OFFSET) await moveClock(pool, Temporal.Duration.from(clockOffset));
  const closed = opened(pool, () => `the database ${name}`);
  return {
    url: url.href,
    pool,
    async close() {
      await pool.end();
      closed();
      await drop(maintenance.href, name);
    },
  };
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
