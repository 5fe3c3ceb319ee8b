import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { prepareDatabase } from '../../src/db/prepare-database.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { CLOCK_OFFSET } from './database.ts';

/** Linux has it. */
const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 2 ** 30;

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the template database, as the role of the application: migrated, and copied for every test file. */
    templateUrl: string;
    /** The same, as its owner. */
    templateOwnerUrl: string;
  }
}

/** One PostgreSQL for the whole run. The copies are made by `createDatabase`. */
export default async function startCluster(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(await folderOfDatabases(), 'varsel-test-'));
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, 'postgres'),
    durable: false,
    // Pools of tests close no idle connection.
    settings: { max_connections: '500' },
  });
  const client = new pg.Client(postgres.ownerUrl);
  await client.connect();
  await client.query('create database template_varsel');
  await client.end();
  const [templateUrl, templateOwnerUrl] = [templateOf(postgres.url), templateOf(postgres.ownerUrl)];
  const at = Temporal.Instant.from('2026-01-01T00:00:00Z');
  const clockOffset = Temporal.Duration.from(CLOCK_OFFSET);
  const urls = { databaseUrl: templateUrl, ownerUrl: templateOwnerUrl };
  await prepareDatabase(urls, { at, allowOwner: false, clockOffset });
  project.provide('templateUrl', templateUrl);
  project.provide('templateOwnerUrl', templateOwnerUrl);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

/** In memory where there is enough of it: a database is copied in 17 ms there, and in 40 to 300 on a disk. */
async function folderOfDatabases(): Promise<string> {
  const memory = await statfs(IN_MEMORY).catch(() => null);
  return memory !== null && memory.bavail * memory.bsize >= ENOUGH_BYTES ? IN_MEMORY : tmpdir();
}

function templateOf(url: string): string {
  return Object.assign(new URL(url), { pathname: '/template_varsel' }).href;
}
