import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { prepareDatabase } from '../../src/db/prepare-database.ts';
import { connectionOptions } from '../../src/db/connection-options.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { runThroughCrashes, type CrashRun, type CrashSummary } from '../support/crash-run.ts';
import { startProxy } from '../support/proxy.ts';
import type { Measurement } from './measurement.ts';

const CONNECTIONS = 20;
const WITHIN_MS = 600_000;

type Crash = Pick<CrashRun, 'disturbance' | 'times' | 'sinkDelayMs' | 'outageMs'>;

/** N notices through crashes: what arrived, and what is on record of it. A figure, not a test: it fails where one is lost. */
function crash(what: string, sizes: readonly number[], given: Crash): Measurement {
  return {
    about:
      `Two sending processes with ${CONNECTIONS} connections each on one durable PostgreSQL; ${what}\n` +
      'missing: notices that never arrived. duplicates: further copies of notices, each under the same Message-ID; without\n' +
      'an attempt *unknown* on record they are unexplained. unrecorded: not accepted, or window not open, in the end.',
    sizes,
    rounds: 1,

    async measure(notices, { rounds, parts, say }) {
      const summaries: CrashSummary[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const database = await startDatabase(parts);
        const summary = await runThroughCrashes({
          ...given,
          ...database,
          notices,
          connections: CONNECTIONS,
          withinMs: WITHIN_MS,
        });
        summaries.push(summary);
        say(`crash, round ${round}: ${JSON.stringify(summary)}`);
        const { missing, unexplained, unrecorded } = summary;
        if (missing + unexplained + unrecorded > 0) throw new Error('a notice was lost, or doubled without a trace');
      }
      const sum = (field: keyof CrashSummary) => summaries.reduce((total, summary) => total + summary[field], 0);
      return {
        notices: sum('notices'),
        disturbances: sum('disturbances'),
        missing: sum('missing'),
        duplicates: sum('duplicates'),
        'most at once': Math.max(...summaries.map(({ mostDuplicatesAtOnce }) => mostDuplicatesAtOnce)),
        unexplained: sum('unexplained'),
        'unknown attempts': sum('unknown'),
        unrecorded: sum('unrecorded'),
        'seconds a round': summaries.map(({ seconds }) => seconds),
      };
    },
  };
}

export const crashes = {
  'crash-kill': crash('one of them is killed (kill -9) at random moments, 20 times.', [20_000], {
    disturbance: 'kill',
    times: 20,
    sinkDelayMs: 40,
  }),
  'crash-database': crash('PostgreSQL is stopped at once (SIGQUIT) and started, 5 times.', [20_000], {
    disturbance: 'database',
    times: 5,
    sinkDelayMs: 20,
  }),
  'crash-mail-server': crash('the mail server is gone for a minute.', [20_000], {
    disturbance: 'mail-server',
    times: 1,
    sinkDelayMs: 20,
    outageMs: 60_000,
  }),
  'crash-slow-sink': crash('the mail server takes 300 ms for a message, and one process is killed 5 times.', [5_000], {
    disturbance: 'kill',
    times: 5,
    sinkDelayMs: 300,
  }),
};

/** A database of its own, behind an address that stays when it is stopped and started. */
async function startDatabase(parts: AsyncDisposableStack) {
  const directory = await mkdtemp(path.join(tmpdir(), 'varsel-crash-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const data = path.join(directory, 'postgres');
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ directory: data });
  parts.defer(() => postgres.stop());
  const proxy = await startProxy(() => Number(new URL(postgres.url).port));
  parts.defer(() => proxy.close());
  const proxied = (url: string) => Object.assign(new URL(url), { port: String(proxy.port) }).href;
  const urls = { databaseUrl: proxied(postgres.url), ownerUrl: proxied(postgres.ownerUrl) };
  await prepareDatabase(urls, { at: Temporal.Now.instant(), allowOwner: false });
  const pool = new pg.Pool({ ...connectionOptions(urls.databaseUrl), max: 4 });
  pool.on('error', () => undefined);
  parts.defer(() => pool.end());
  return {
    pool,
    databaseUrl: urls.databaseUrl,
    async restartDatabase() {
      const [pid = ''] = (await readFile(path.join(data, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
      // What `pg_ctl stop -m immediate` sends.
      process.kill(Number(pid), 'SIGQUIT');
      postgres = await startEmbeddedPostgres({ directory: data });
    },
  };
}
