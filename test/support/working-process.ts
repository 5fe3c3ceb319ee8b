import type pg from 'pg';
import { readConfig, type Config } from '../../src/config/config.ts';
import type { StartedJobs, Wakes } from '../../src/jobs/schedule.ts';
import { startServiceJobs, startTransport } from '../../src/service/jobs.ts';
import { sharedParts, type Shared } from '../../src/service/shared-parts.ts';
import { Stops } from '../../src/service/stops.ts';
import type { MovableClock } from './clock.ts';
import { SEAL_KEY_FILE, SEAL_KEYS } from './seal-key.ts';
import { APP_SECRET } from './webhooks.ts';

/** What sends and delivers in one process, as the service composes it, without its HTTP side. */
export interface WorkingProcess {
  readonly jobs: StartedJobs;
  /** What was logged, each line with its details. */
  readonly logged: { readonly message: string; readonly details: object }[];
  readonly breaker: Shared['breaker'];
  readonly registry: Shared['registry'];
  close(): Promise<void>;
}

export interface WorkingProcessOptions {
  readonly database: { readonly pool: pg.Pool; readonly url: string };
  readonly clock: MovableClock;
  /** Nothing listens there unless given: for tests that send no mail. */
  readonly smtpUrl?: string;
  readonly connections?: number;
  /** How long claims hold that are not renewed. */
  readonly lease?: Temporal.DurationLike;
  /** What wakes the jobs; nothing unless given: the test runs them itself. `null`: what wakes them in the product. */
  readonly wakes?: Wakes | null;
  /** Breaks a part, or replaces it. */
  readonly broken?: (shared: Shared) => Partial<Shared>;
}

const NEVER: Wakes = { sweep: null, isNotified: false };

export function startWorkingProcess(options: WorkingProcessOptions): WorkingProcess {
  const { database, clock, smtpUrl = 'smtp://127.0.0.1:1', connections = 5, wakes = NEVER, lease } = options;
  const logged: { message: string; details: object }[] = [];
  const log = (details: object, message: string) => void logged.push({ message, details });
  const stops = new Stops();
  const shared = sharedParts({
    config: configOf(database.url, smtpUrl, connections),
    clock: clock.now,
    substitutes: { ...(wakes && { wakes }), ...(lease && { lease }) },
    stops,
    databaseUrl: database.url,
    appSecret: APP_SECRET,
    sealKeys: SEAL_KEYS,
    dkim: null,
  });
  const { breaker, registry } = shared;
  const jobs = startServiceJobs({ ...shared, ...options.broken?.(shared) }, startTransport(shared, smtpUrl), {
    pool: database.pool,
    log: { info: () => undefined, warn: log, error: log },
    publicUrl: 'http://localhost',
  });
  return {
    jobs,
    logged,
    breaker,
    registry,
    async close() {
      // However long they take: a stop of the service leaves what is not finished in four seconds.
      await jobs.stop();
      await stops.run();
    },
  };
}

/** The configuration of a process that works on this database, and hands its mail over there. */
export function configOf(databaseUrl: string, smtpUrl: string, connections: number): Config {
  return readConfig({
    TRIAL: 'true',
    DATABASE_URL: databaseUrl,
    SMTP_URL: smtpUrl,
    SMTP_CONNECTIONS: String(connections),
    APP_SECRET,
    SEAL_KEY_FILE,
    ADMIN_API_KEY: 'admin-key-of-the-tests',
    WEBHOOK_ALLOW_PRIVATE: 'true',
    LOG_LEVEL: 'silent',
  });
}
