import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Registry } from 'prom-client';
import { buildApp } from './app.ts';
import { admitConfiguredKey } from './commands/api-keys.ts';
import type { Config, InboundConfig } from './config/config.ts';
import { migrate } from './db/migrations.ts';
import { inTransaction } from './db/postgres.ts';
import type { Clock } from './domain/clock.ts';
import { createBreaker } from './sending/breaker.ts';
import { inboundAddresses } from './inbound/addresses.ts';
import { startListener, type InboundSettings, type Receiving } from './inbound/listener.ts';
import { startJobs, type Jobs } from './jobs/schedule.ts';
import { sendingMetrics } from './sending/metrics.ts';
import { dkimSigner, type DkimSigner } from './mail/dkim.ts';
import { createMailTransport } from './mail/transport.ts';
import { hashApiKey, newApiKey } from './security/api-keys.ts';
import { inboundTags } from './security/inbound-tags.ts';
import { objectionLinks } from './security/objection-links.ts';
import { webhookSecrets } from './security/webhook-secrets.ts';
import { webhookPoster } from './webhooks/attempt.ts';
import { resolveHost } from './webhooks/target.ts';

/** What is under way at a stop gets this long; SMTP may take longer to time out than a stop may last. */
const FINISH_MS = 4_000;
const HANG_UP_MS = 1_000;
/** Then its connection is cut: a client that stopped half-way through a request must not hold the stop up. */
const ANSWER_MS = 2_000;

/** Of a process that only answers requests: others do the work behind them. */
const NO_JOBS: Jobs = { runAll: async () => undefined, stop: async () => undefined };

/** A running Varsel. */
export interface Service {
  /** Where it listens. */
  readonly url: string;
  /** What links begin with. */
  readonly publicUrl: string;
  /** The web page of the embedded mailbox; `null` when mail goes elsewhere. */
  readonly mailboxUrl: string | null;
  /** Where answers and reports come in, and for which domain; `null` when nothing listens here. */
  readonly inbound: { readonly url: string; readonly domain: string } | null;
  /** The first API key, where it was generated here. */
  readonly generatedApiKey: string | null;
  readonly jobs: Jobs;
  /** Stops taking requests and claims, finishes what is under way, and ends what it started, in this order. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product: embedded parts where nothing is configured, the database migrated, HTTP, jobs. What was
 * started is ended again when a later step fails. Throws with a message for the operator: a data directory that another
 * Varsel uses, a port in use, a database that cannot be reached.
 */
export async function startService(config: Config, clock: Clock): Promise<Service> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) await next();
  };
  try {
    return { ...(await start(config, clock, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(config: Config, clock: Clock, stops: (() => Promise<void>)[]): Promise<Omit<Service, 'stop'>> {
  if ([config.databaseUrl, config.smtpUrl, config.appSecret, config.adminApiKey].includes(null)) {
    const { ensureWritable } = await import('./embedded/data-directory-lock.ts');
    await ensureWritable(config.dataDir);
  }
  const dkim = config.dkim && (await signerFrom(config.dkim));
  const databaseUrl = config.databaseUrl ?? (await embeddedDatabase(config.dataDir, stops));
  await migrate(databaseUrl, clock());

  let mailboxUrl: string | null = null;
  let { smtpUrl } = config;
  if (smtpUrl === null && config.role !== 'api') {
    const { startMailbox } = await import('./embedded/mailbox.ts');
    const mailbox = await startMailbox({
      smtpPort: config.mailboxSmtpPort,
      webPort: config.mailboxPort,
      directory: path.resolve(config.dataDir, 'mailbox'),
    });
    stops.push(() => mailbox.stop());
    ({ smtpUrl, webUrl: mailboxUrl } = mailbox);
  }

  const appSecret =
    config.appSecret ?? (await secretInDataDir(config, 'app-secret', () => randomBytes(32).toString('base64url')));
  const generatedApiKey =
    config.adminApiKey === null ? await secretInDataDir(config, 'admin-api-key', newApiKey) : null;
  const links = objectionLinks(appSecret);
  const secretOf = webhookSecrets(appSecret);
  const targets = { allowHttp: !config.production, allowPrivate: config.webhookAllowPrivate, resolve: resolveHost };
  const poster = webhookPoster(targets);
  stops.push(() => poster.close());
  const webhooks = { targets, poster, secretOf };
  const registry = new Registry();
  const breaker = createBreaker(clock);
  const app = await buildApp({
    databaseUrl,
    clock,
    links,
    webhooks,
    logLevel: config.logLevel,
    isWorker: config.role === 'worker',
    registry,
    ...(config.role !== 'api' && { sendingState: () => breaker.state() }),
  });
  stops.push(() => closeWithin(ANSWER_MS, app));
  const { pool } = app.pg;
  const firstKey = config.adminApiKey ?? generatedApiKey ?? '';
  await inTransaction(pool, (tx) => admitConfiguredKey(tx, hashApiKey(firstKey), clock()));
  if (!config.production) {
    const { fillEmptyDatabase } = await import('./examples/first-start.ts');
    await fillEmptyDatabase(pool, clock(), bareAddress(config.mailReplyTo));
  }

  const { host, port: wanted } = config;
  const url = await listenAt({ host, port: wanted }, () => app.listen({ host, port: wanted }));
  const { port } = new URL(url);
  const publicUrl = config.publicUrl ?? `http://localhost${port === '' ? '' : `:${port}`}`;
  const addresses = config.inbound && inboundAddresses(config.inbound.domain, inboundTags(appSecret));
  const inbound =
    addresses !== null && config.inbound !== null && config.inbound.port !== null
      ? await receiveMails(config, config.inbound, config.inbound.port, stops, {
          pool,
          clock,
          addresses,
          addressOfAnswer: (id) => `${publicUrl}/v1/answers/${id}`,
          log: app.log,
        })
      : null;
  if (config.role === 'api' || smtpUrl === null)
    return { url, publicUrl, mailboxUrl, inbound, generatedApiKey, jobs: NO_JOBS };
  const transport = createMailTransport({
    smtpUrl,
    from: config.mailFrom,
    replyTo: config.mailReplyTo,
    connections: config.smtpConnections,
    requireTls: config.smtpRequireTls,
    dkim,
  });
  stops.push(() => atMost(HANG_UP_MS, transport.close()));
  const jobs = startJobs(
    {
      pool,
      clock,
      transport,
      concurrency: config.smtpConnections,
      returnTo: addresses?.of,
      linkOf: (messageId) => `${publicUrl}/objections/${links.tokenOf(messageId)}`,
      poster,
      secretOf,
      operatorAddress: bareAddress(config.mailReplyTo),
      log: app.log,
      maxPerSecond: config.smtpMaxPerSecond,
      breaker,
      metrics: sendingMetrics(registry, breaker),
    },
    databaseUrl,
  );
  stops.push(() => atMost(FINISH_MS, jobs.stop()));
  return { url, publicUrl, mailboxUrl, inbound, generatedApiKey, jobs };
}

async function receiveMails(
  config: Config,
  { domain, host, tls, ...limits }: InboundConfig,
  port: number,
  stops: (() => Promise<void>)[],
  receiving: Receiving,
): Promise<NonNullable<Service['inbound']>> {
  const settings: InboundSettings = {
    ...limits,
    host,
    port,
    tls: tls === null ? (config.production ? null : 'built-in') : await filesOf(tls),
  };
  const listener = await listenAt({ host, port, named: 'INBOUND_SMTP_' }, () => startListener(settings, receiving));
  stops.push(() => listener.stop());
  return { url: `smtp://${host.includes(':') ? `[${host}]` : host}:${listener.port}`, domain };
}

async function filesOf({ cert, key }: NonNullable<InboundConfig['tls']>): Promise<{ cert: Buffer; key: Buffer }> {
  return { cert: await readFile(cert), key: await readFile(key) };
}

async function embeddedDatabase(dataDir: string, stops: (() => Promise<void>)[]): Promise<string> {
  const { lockDataDirectory } = await import('./embedded/data-directory-lock.ts');
  const lock = await lockDataDirectory(dataDir);
  stops.push(() => lock.release());
  const { startEmbeddedPostgres } = await import('./embedded/postgres.ts');
  const postgres = await startEmbeddedPostgres({ directory: path.resolve(dataDir, 'postgres') });
  stops.push(() => postgres.stop());
  return postgres.url;
}

async function signerFrom({ privateKeyFile, ...names }: NonNullable<Config['dkim']>): Promise<DkimSigner> {
  try {
    return dkimSigner({ ...names, privateKey: await readFile(privateKeyFile, 'utf8') });
  } catch (cause) {
    throw new Error(`DKIM_PRIVATE_KEY_FILE ${privateKeyFile} cannot be used: ${(cause as Error).message}`, { cause });
  }
}

async function secretInDataDir({ dataDir }: Config, name: string, make: () => string): Promise<string> {
  const { keptSecret } = await import('./embedded/kept-secret.ts');
  return keptSecret(path.resolve(dataDir, name), make);
}

/** Listens, or says what is wrong in words for the operator: which variables to change. */
async function listenAt<Listening>(
  { host, port, named = '' }: { host: string; port: number; named?: string },
  listen: () => Promise<Listening>,
): Promise<Listening> {
  try {
    return await listen();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Error(`Port ${port} on ${host} is in use. Stop what uses it, or choose another ${named}PORT.`, {
        cause: error,
      });
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new Error(`Cannot listen on ${named}HOST ${host}, ${named}PORT ${port}: ${code}.`, { cause: error });
    }
    throw error;
  }
}

/** The address in `Name <address>`. */
function bareAddress(sender: string): string {
  return /<([^>]+)>/.exec(sender)?.[1] ?? sender;
}

/** Answers what is under way, and no longer than this. */
async function closeWithin(milliseconds: number, app: Awaited<ReturnType<typeof buildApp>>): Promise<void> {
  // A client keeps its connection for the next request once it has its answer.
  const answered = setInterval(() => app.server.closeIdleConnections(), 50);
  const late = setTimeout(() => app.server.closeAllConnections(), milliseconds);
  await app.close();
  clearInterval(answered);
  clearTimeout(late);
}

/** Waits for the work, but no longer than this: what it leaves is taken up at the next start. */
async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
