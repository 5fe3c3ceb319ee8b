import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { buildApp, type Proving } from './app.ts';
import { admitConfiguredKey } from './commands/api-keys.ts';
import { linkOfFirstAdministrator } from './commands/sign-in.ts';
import type { Config } from './config/config.ts';
import { roleInWords, type DatabaseRole } from './db/database-role.ts';
import { isOfTrial, otherClockOffset } from './db/installation.ts';
import { prepareDatabase } from './db/prepare-database.ts';
import { inTransaction } from './db/postgres.ts';
import type { Clock } from './domain/clock.ts';
import type { Log } from './domain/log.ts';
import { sealRecord } from './evidence/seal-record.ts';
import type { Jobs } from './jobs/schedule.ts';
import { dkimSigner, type DkimSigner } from './mail/dkim.ts';
import { hashApiKey } from './security/api-keys.ts';
import { databaseOf, ensureDataDir, mailServerOf, secretsOf, type Parts } from './service/embedded-parts.ts';
import { logMailServer } from './service/mail-server-log.ts';
import { closeApp, listenForMail, listenForRequests, type Inbound } from './service/listening.ts';
import { openIdOf } from './service/open-id.ts';
import { startServiceJobs, startTransport } from './service/jobs.ts';
import { measuredClock, type MeasuredClock } from './service/measured-clock.ts';
import { testMailSender } from './service/send-once.ts';
import { sharedParts, type Shared, type Substitutes } from './service/shared-parts.ts';
import { Stops } from './service/stops.ts';
import { compareTimeZones } from './service/time-zones.ts';

const nothing = async () => undefined;
/** The jobs of a process that only serves requests: other processes run them. */
const NO_JOBS: Jobs = { runAll: nothing, seal: nothing, readMails: nothing, stop: nothing };

/** A running Varsel. */
export interface Service {
  /** Where it listens. */
  readonly url: string;
  /** What links begin with. */
  readonly publicUrl: string;
  /** The web page of the embedded mailbox; `null` when mail goes elsewhere. */
  readonly mailboxUrl: string | null;
  /** `null` when no mail comes back to this process. */
  readonly inbound: Inbound | null;
  /** The first API key, where it was generated here. */
  readonly generatedApiKey: string | null;
  /**
   * Makes a link that signs the first administrator in once, and is good for a day; earlier ones are good no more. `null` in
   * production.
   */
  readonly firstSignIn: (() => Promise<string>) | null;
  readonly jobs: Jobs;
  /** The clock by which it decides (D29). */
  readonly clock: Clock;
  /** Stops taking requests and claims, finishes what is under way, and ends what it started, in this order. */
  stop(): Promise<void>;
}

/** What one process has: what its parts share, and where its database and its mail server are. */
type Process = Shared & Parts & { readonly databaseRole: DatabaseRole; readonly measured: MeasuredClock | null };

/**
 * Starts the whole product: embedded parts where nothing is configured, the database migrated, HTTP, mail that comes back,
 * jobs. `machineClock` is corrected by the database's time (D29). Parts that have been started are stopped again when a later
 * one fails. Throws with a message for the operator: a data directory that another Varsel uses, a port in use, a database that
 * cannot be reached. Throws the signal's reason once it aborts during the start.
 */
export async function startService(
  config: Config,
  machineClock: Clock,
  substitutes: Substitutes = {},
): Promise<Service> {
  const stops = new Stops();
  try {
    return { ...(await start(config, machineClock, substitutes, stops)), stop: () => stops.run() };
  } catch (error) {
    await stops.run();
    throw error;
  }
}

/** Starts the parts. Each adds its own stop, so the order of the starts is that of the stops, reversed. */
async function start(
  config: Config,
  machineClock: Clock,
  substitutes: Substitutes,
  stops: Stops,
): Promise<Omit<Service, 'stop'>> {
  const { signal } = substitutes;
  const started = await startParts(config, machineClock, substitutes, stops);
  signal?.throwIfAborted();
  const app = await startApp(started, () => publicUrl);
  signal?.throwIfAborted();
  const url = await listenForRequests(app, config);
  const publicUrl = config.publicUrl ?? localUrl(url);
  const inbound = await startInbound(started, app);
  const { smtpUrl, mailboxUrl, generatedApiKey, clock } = started;
  const firstSignIn = config.production ? null : signInOf(started, app, publicUrl);
  const parts = { url, publicUrl, mailboxUrl, inbound, generatedApiKey, firstSignIn, clock };
  if (config.role === 'api' || smtpUrl === null) return { ...parts, jobs: NO_JOBS };
  const transport = startTransport(started, smtpUrl);
  void logMailServer(transport, app.log);
  const jobs = startServiceJobs(started, transport, { pool: app.pg.pool, log: app.log, publicUrl });
  return { ...parts, jobs };
}

/** Starts the embedded parts, migrates the database, and derives from the secrets what the other parts share. */
async function startParts(
  config: Config,
  machineClock: Clock,
  substitutes: Substitutes,
  stops: Stops,
): Promise<Process> {
  await ensureDataDir(config);
  const dkim = config.dkim && (await signerFrom(config.dkim));
  const urls = await databaseOf(config, stops);
  const { databaseUrl } = urls;
  substitutes.signal?.throwIfAborted();
  const { role: databaseRole } = await prepareDatabase(urls, {
    at: machineClock(),
    allowOwner: config.allowDatabaseOwner,
    clockOffset: config.production ? null : config.clockOffset,
    isTrial: !config.production,
  });
  substitutes.signal?.throwIfAborted();
  const mailServer = await mailServerOf(config, stops);
  const secrets = await secretsOf(config);
  const { appSecret, sealKeys } = secrets;
  const measured = substitutes.isClockMoved ? null : measuredClock(machineClock, { mayBeMoved: !config.production });
  const clock = measured?.clock ?? machineClock;
  const shared = sharedParts({ config, clock, substitutes, stops, databaseUrl, appSecret, sealKeys, dkim });
  return { ...shared, ...mailServer, ...secrets, databaseRole, measured };
}

/** Builds the app, measures the clock, and makes the database ready: the first key, and the examples outside production. */
async function startApp(started: Process, publicUrl: () => string): Promise<FastifyInstance> {
  const {
    config,
    clock,
    stops,
    databaseUrl,
    links,
    codes,
    challenges,
    marks,
    mailMarks,
    withoutSecrets,
    webhooks,
    registry,
    breaker,
    watch,
    sealing,
    substitutes,
  } = started;
  const app = await buildApp({
    databaseUrl,
    clock,
    links,
    codes,
    challenges,
    references: marks.references,
    mailMarks,
    proving: provingOf(started, publicUrl),
    withoutSecrets,
    webhooks,
    publicUrl,
    testSending: { domains: config.testMailDomains, send: testMailSender(started) },
    logLevel: config.logLevel,
    isWorker: config.role === 'worker',
    isTrial: !config.production,
    openId: await openIdOf(config.openId, started.appSecret),
    maxImportBytes: config.importMaxBytes,
    registry,
    ...(substitutes.sleep && { sleep: substitutes.sleep }),
    keepsConnections: substitutes.keepsConnections ?? false,
    ...(config.role !== 'api' && { sending: { state: () => breaker.state(), ...watch }, sealing }),
  });
  stops.add(() => closeApp(app));
  const { databaseRole } = started;
  app.log[databaseRole.powers.length === 0 ? 'info' : 'warn'](roleInWords(databaseRole));
  const { pool } = app.pg;
  await startClock(started, pool, app.log);
  await inTransaction(pool, (tx) => admitConfiguredKey(tx, hashApiKey(started.adminApiKey), clock()));
  if (!config.production) {
    const { fillEmptyDatabase } = await import('./examples/first-start.ts');
    await fillEmptyDatabase(pool, clock(), started.operatorAddress);
  }
  return app;
}

function signInOf({ clock, operatorAddress }: Process, app: FastifyInstance, publicUrl: string) {
  return async () => {
    const secret = await inTransaction(app.pg.pool, (tx) => linkOfFirstAdministrator(tx, operatorAddress, clock()));
    return `${publicUrl}/console/sign-in/${secret}`;
  };
}

/** How long an evidence pack waits for what another process is sealing. */
const SEALED_WITHIN_MS = 10_000;

/** What evidence packs are proved by. */
function provingOf({ clock, sealKeys }: Process, publicUrl: () => string): Proving {
  return {
    key: sealKeys.current.privateKey,
    seal: ({ pool, log }) =>
      sealRecord({ pool, clock, log, sealKeys, publicUrl: publicUrl() }, { waitMs: SEALED_WITHIN_MS }),
  };
}

/** Refuses a database whose clock is moved otherwise than configured, in production at all, and there one of a trial. Measures the clock from now on. */
async function startClock({ config, clock, measured, stops }: Process, pool: pg.Pool, log: Log): Promise<void> {
  const other = await otherClockOffset(pool, config.clockOffset);
  if (other !== null) {
    const expected = config.production ? 'a database of production' : `CLOCK_OFFSET=${config.clockOffset.toString()}`;
    throw new Error(`The database belongs to a trial whose clock is moved by ${other}; ${expected} was expected.`);
  }
  if (config.production && (await isOfTrial(pool))) {
    throw new Error(
      'The database belongs to a trial, in which one person may propose and approve. Its owner makes it one of production: npm run migrate.',
    );
  }
  if (measured !== null) {
    stops.add(() => measured.stop());
    await measured.start(pool, log);
  }
  await compareTimeZones(pool, clock(), log);
}

/** Starts to take the mail that comes back; `null` where none is configured. */
async function startInbound(
  { config, clock, stops, addresses }: Shared,
  app: FastifyInstance,
): Promise<Inbound | null> {
  if (addresses === null) return null;
  return listenForMail(config, { pool: app.pg.pool, clock, addresses, log: app.log }, stops);
}

async function signerFrom({ privateKeyFile, ...names }: NonNullable<Config['dkim']>): Promise<DkimSigner> {
  try {
    return dkimSigner({ ...names, privateKey: await readFile(privateKeyFile, 'utf8') });
  } catch (cause) {
    throw new Error(`DKIM_PRIVATE_KEY_FILE ${privateKeyFile} cannot be used: ${(cause as Error).message}`, { cause });
  }
}

/** What links begin with where nothing is configured: this machine, and the port that it listens on. */
function localUrl(url: string): string {
  const { port } = new URL(url);
  return `http://localhost${port === '' ? '' : `:${port}`}`;
}
