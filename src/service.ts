import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { buildApp, type AppDependencies } from './app.ts';
import { admitConfiguredKey } from './commands/api-keys.ts';
import type { Config } from './config/config.ts';
import { migrate } from './db/migrations.ts';
import { inTransaction } from './db/postgres.ts';
import type { Clock } from './domain/clock.ts';
import { inboundAddresses, type InboundAddresses } from './inbound/addresses.ts';
import type { Marks } from './inbound/attribution.ts';
import { mailReader } from './inbound/mail-reader.ts';
import { startJobs, type Jobs, type Wakes } from './jobs/schedule.ts';
import { dkimSigner, type DkimSigner } from './mail/dkim.ts';
import { createMailTransport } from './mail/transport.ts';
import { hashApiKey } from './security/api-keys.ts';
import { inboundTags } from './security/inbound-tags.ts';
import { objectionLinks, type ObjectionLinks } from './security/objection-links.ts';
import { references } from './security/references.ts';
import { webhookSecrets } from './security/webhook-secrets.ts';
import { createBreaker } from './sending/breaker.ts';
import { sendingMetrics } from './sending/metrics.ts';
import { databaseOf, ensureDataDir, mailServerOf, secretsOf, type Parts } from './service/embedded-parts.ts';
import { closeApp, listenForMail, listenForRequests, type Inbound } from './service/listening.ts';
import { atMost, Stops } from './service/stops.ts';
import { webhookPoster } from './webhooks/attempt.ts';
import { resolveHost } from './webhooks/target.ts';

/** How long the jobs may take to finish at a stop. An SMTP time-out lasts longer than a stop may. */
const FINISH_MS = 4_000;
const HANG_UP_MS = 1_000;

/** The jobs of a process that only serves requests: other processes run them. */
const NO_JOBS: Jobs = { runAll: async () => undefined, readMails: async () => undefined, stop: async () => undefined };

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
  readonly jobs: Jobs;
  /** Stops taking requests and claims, finishes what is under way, and ends what it started, in this order. */
  stop(): Promise<void>;
}

/** What tests replace, so that they wait for nothing. */
export interface Substitutes {
  readonly sleep?: NonNullable<AppDependencies['sleep']>;
  readonly wakes?: Wakes;
}

/** What the parts of one process share. */
interface Shared extends Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly substitutes: Substitutes;
  readonly stops: Stops;
  readonly links: ObjectionLinks;
  readonly marks: Marks;
  readonly webhooks: AppDependencies['webhooks'];
  /** `null` where no domain is configured that mail comes back to. */
  readonly addresses: InboundAddresses | null;
  readonly dkim: DkimSigner | null;
  readonly registry: Registry;
  readonly breaker: ReturnType<typeof createBreaker>;
}

/**
 * Starts the whole product: embedded parts where nothing is configured, the database migrated, HTTP, mail that comes back,
 * jobs. Parts that have been started are stopped again when a later one fails. Throws with a message for the operator: a
 * data directory that another Varsel uses, a port in use, a database that cannot be reached.
 */
export async function startService(config: Config, clock: Clock, substitutes: Substitutes = {}): Promise<Service> {
  const stops = new Stops();
  try {
    return { ...(await start(config, clock, substitutes, stops)), stop: () => stops.run() };
  } catch (error) {
    await stops.run();
    throw error;
  }
}

/** Starts the parts. Each adds its own stop, so the order of the starts is that of the stops, reversed. */
async function start(
  config: Config,
  clock: Clock,
  substitutes: Substitutes,
  stops: Stops,
): Promise<Omit<Service, 'stop'>> {
  const shared = { substitutes, ...(await startParts(config, clock, stops)) };
  const app = await startApp(shared, () => `${publicUrl}/v1`);
  const url = await listenForRequests(app, config);
  const publicUrl = config.publicUrl ?? localUrl(url);
  const inbound = await startInbound(shared, app);
  const jobs = startSending(shared, app, publicUrl);
  const { mailboxUrl, generatedApiKey } = shared;
  return { url, publicUrl, mailboxUrl, inbound, generatedApiKey, jobs };
}

/** Starts the embedded parts, migrates the database, and derives from the secrets what the other parts share. */
async function startParts(config: Config, clock: Clock, stops: Stops): Promise<Omit<Shared, 'substitutes'>> {
  await ensureDataDir(config);
  const dkim = config.dkim && (await signerFrom(config.dkim));
  const databaseUrl = await databaseOf(config, stops);
  await migrate(databaseUrl, clock());
  const mailServer = await mailServerOf(config, stops);
  const secrets = await secretsOf(config);
  const { appSecret } = secrets;
  const targets = { allowHttp: !config.production, allowPrivate: config.webhookAllowPrivate, resolve: resolveHost };
  const marks = { tags: inboundTags(appSecret), links: objectionLinks(appSecret), references: references(appSecret) };
  const poster = webhookPoster(targets);
  stops.add(() => poster.close());
  return {
    config,
    clock,
    stops,
    databaseUrl,
    ...mailServer,
    ...secrets,
    links: marks.links,
    marks,
    webhooks: { targets, poster, secretOf: webhookSecrets(appSecret) },
    addresses: config.inbound && inboundAddresses(config.inbound.domain, marks.tags),
    dkim,
    registry: new Registry(),
    breaker: createBreaker(clock),
  };
}

/** Builds the app, and makes the database ready for it: the first key, and the examples outside production. */
async function startApp(shared: Shared, apiUrl: () => string): Promise<FastifyInstance> {
  const { config, clock, stops, databaseUrl, links, marks, webhooks, registry, breaker, substitutes } = shared;
  const app = await buildApp({
    databaseUrl,
    clock,
    links,
    references: marks.references,
    webhooks,
    apiUrl,
    logLevel: config.logLevel,
    isWorker: config.role === 'worker',
    registry,
    ...(substitutes.sleep && { sleep: substitutes.sleep }),
    ...(config.role !== 'api' && { sendingState: () => breaker.state() }),
  });
  stops.add(() => closeApp(app));
  const { pool } = app.pg;
  await inTransaction(pool, (tx) => admitConfiguredKey(tx, hashApiKey(shared.adminApiKey), clock()));
  if (!config.production) {
    const { fillEmptyDatabase } = await import('./examples/first-start.ts');
    await fillEmptyDatabase(pool, clock(), bareAddress(config.mailReplyTo));
  }
  return app;
}

/** Starts to take the mail that comes back; `null` where none is configured. */
async function startInbound(
  { config, clock, stops, addresses }: Shared,
  app: FastifyInstance,
): Promise<Inbound | null> {
  if (addresses === null) return null;
  return listenForMail(config, { pool: app.pg.pool, clock, addresses, log: app.log }, stops);
}

/** Starts the jobs, which send notices and deliver events. */
function startSending(shared: Shared, app: FastifyInstance, publicUrl: string): Jobs {
  const { config, clock, stops, databaseUrl, smtpUrl, links, webhooks, addresses, dkim, registry, breaker } = shared;
  if (config.role === 'api' || smtpUrl === null) return NO_JOBS;
  const transport = createMailTransport({
    smtpUrl,
    from: config.mailFrom,
    replyTo: config.mailReplyTo,
    connections: config.smtpConnections,
    requireTls: config.smtpRequireTls,
    dkim,
  });
  stops.add(() => atMost(HANG_UP_MS, transport.close()));
  const reader = mailReader();
  stops.add(() => reader.stop());
  const jobs = startJobs(
    {
      pool: app.pg.pool,
      clock,
      transport,
      concurrency: config.smtpConnections,
      returnTo: addresses?.of,
      linkOf: (messageId) => `${publicUrl}/objections/${links.tokenOf(messageId)}`,
      referenceOf: (windowNumber) => shared.marks.references.of(windowNumber),
      poster: webhooks.poster,
      secretOf: webhooks.secretOf,
      reader,
      marks: shared.marks,
      apiUrl: `${publicUrl}/v1`,
      operatorAddress: bareAddress(config.mailReplyTo),
      log: app.log,
      maxPerSecond: config.smtpMaxPerSecond,
      breaker,
      metrics: sendingMetrics(registry, breaker),
    },
    databaseUrl,
    shared.substitutes.wakes,
  );
  stops.add(() => atMost(FINISH_MS, jobs.stop()));
  return jobs;
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

/** The address in `Name <address>`. */
function bareAddress(sender: string): string {
  return /<([^>]+)>/.exec(sender)?.[1] ?? sender;
}
