/*
 * A process that sends what waits in a database, for tests that kill, freeze and stop it: what the service starts without its
 * HTTP side, with the job that sends run again and again. What it is to work with is its argument, as JSON; it says what goes
 * wrong on its standard error output.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionOptions } from '../../src/db/connection-options.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { startServiceJobs, startTransport } from '../../src/service/jobs.ts';
import { sharedParts } from '../../src/service/shared-parts.ts';
import { Stops } from '../../src/service/stops.ts';
import { SEAL_KEYS } from './seal-key.ts';
import type { SendingProcessArgument } from './sending-processes.ts';

const AGAIN_MS = 100;

const { config, databaseUrl, smtpUrl, appSecret, leaseSeconds } = JSON.parse(
  process.argv[2] ?? '{}',
) as SendingProcessArgument;
const log = (details: { err?: unknown }, message: string) =>
  process.stderr.write(`${message} ${details.err instanceof Error ? details.err.message : JSON.stringify(details)}\n`);
const pool = new pg.Pool(connectionOptions(databaseUrl));
pool.on('error', (error) => log({ err: error }, 'an idle database connection was lost'));
const stops = new Stops();
const shared = sharedParts({
  config,
  clock: systemClock,
  substitutes: { wakes: { sweep: null, isNotified: false }, lease: { seconds: leaseSeconds } },
  stops,
  databaseUrl,
  appSecret,
  sealKeys: SEAL_KEYS,
  dkim: null,
});
const jobs = startServiceJobs(shared, startTransport(shared, smtpUrl), {
  pool,
  log: { info: log, warn: log, error: log },
  publicUrl: 'http://localhost',
});

const orphaned = () => process.exit(1);
process.on('disconnect', orphaned);
const stopping = new AbortController();
let stopped = Promise.resolve();
process.on('SIGTERM', () => {
  stopping.abort();
  stopped = stops.run();
});
process.send?.('ready');
while (!stopping.signal.aborted) {
  await jobs.each.sendMessages().catch((error: unknown) => log({ err: error }, 'the job failed'));
  await sleep(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
}
await stopped;
await pool.end();
process.off('disconnect', orphaned);
process.disconnect?.();
