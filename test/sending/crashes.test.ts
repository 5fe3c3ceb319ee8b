import { expect, onTestFinished, test } from 'vitest';
import { runThroughCrashes, type CrashRun } from '../support/crash-run.ts';
import { createDatabase } from '../support/database.ts';

const CONNECTIONS = 20;

async function throughCrashes(run: Pick<CrashRun, 'notices' | 'disturbance' | 'times' | 'sinkDelayMs' | 'outageMs'>) {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const { pool, url: databaseUrl } = database;
  return runThroughCrashes({ ...run, pool, databaseUrl, connections: CONNECTIONS, withinMs: 90_000 });
}

test('kill -9 of one of two sending processes, at any moment, loses no notice, and what it doubles is on record', async () => {
  const summary = await throughCrashes({ notices: 1_000, disturbance: 'kill', times: 3, sinkDelayMs: 60 });
  expect(summary).toMatchObject({ notices: 1_000, disturbances: 3, missing: 0, unexplained: 0, unrecorded: 0 });
  expect(summary.mostDuplicatesAtOnce).toBeLessThanOrEqual(CONNECTIONS);
}, 120_000);
