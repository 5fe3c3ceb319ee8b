import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrations.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { CLOCK_OFFSET } from './database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the template database: migrated, and copied for every test file. */
    templateUrl: string;
  }
}

/** One PostgreSQL for the whole run. The copies are made by `createDatabase`. */
export default async function startCluster(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'varsel-test-'));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'postgres'), durable: false });
  const templateUrl = new URL(postgres.url);
  templateUrl.pathname = '/template_varsel';
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query('create database template_varsel');
  await client.end();
  await migrate(templateUrl.href, Temporal.Instant.from('2026-01-01T00:00:00Z'), Temporal.Duration.from(CLOCK_OFFSET));
  project.provide('templateUrl', templateUrl.href);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
