import type { KeyObject } from 'node:crypto';
import { setTimeout as sleepByTimer } from 'node:timers/promises';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type pg from 'pg';
import { Registry } from 'prom-client';
import type { ApiDependencies, WebhookDependencies } from './api/dependencies.ts';
import { WEBHOOK_BODIES } from './api/event-schemas.ts';
import { semaphore } from './concurrency/semaphore.ts';
import { serveCustomerPages } from './customer/customer-pages.ts';
import { sendUnknownLink, setPageHeaders } from './customer/failure-handler.ts';
import { serveConsole } from './console/serve-console.ts';
import { openIdProvider, type OpenIdSettings } from './console/signing-in/openid-provider.ts';
import { isLinkAddress, redactAddress } from './customer/link-address.ts';
import { faultOf, type Clock } from './domain/clock.ts';
import { packOffice } from './evidence/pack-office.ts';
import { mountOperation } from './http/mount-operation.ts';
import type { HealthDependencies } from './http/health.ts';
import { PUBLIC_OPERATIONS } from './app/public-operations.ts';
import { ROUTES } from './app/routes.ts';
import { openApi } from './http/open-api.ts';
import { Problem } from './http/problems.ts';
import { buildServer } from './http/server.ts';
import { serveRegister } from './public-register/handlers.ts';
import type { TestSending } from './preview/test-notice.ts';
import type { ObjectionLinks } from './security/objection-links.ts';
import type { References } from './security/references.ts';
import type { WithoutSecrets } from './security/secrets-in-text.ts';
import type { MailedCodes } from './security/mailed-codes.ts';
import type { PasskeyChallenges } from './security/passkey-challenges.ts';
import type { SealedValues } from './security/sealed-values.ts';
import { HIDDEN } from './web/hidden-route.ts';

export interface AppDependencies {
  readonly databaseUrl: string;
  /** Connections to PostgreSQL at most. */
  readonly poolSize?: number;
  /** Whether idle ones are kept until the app closes; for ten seconds unless given. */
  readonly keepsConnections?: boolean;
  /** How long a request waits for one of them; ten seconds unless given. */
  readonly connectWithinMs?: number;
  /** How long a request may take to come whole; 30 seconds unless given. */
  readonly receiveWithinMs?: number;
  readonly clock: Clock;
  readonly links: ObjectionLinks;
  readonly codes: MailedCodes;
  readonly challenges: PasskeyChallenges;
  readonly references: References;
  readonly withoutSecrets: WithoutSecrets;
  readonly mailMarks: ApiDependencies['mailMarks'];
  readonly webhooks: WebhookDependencies;
  readonly proving: Proving;
  /** What addresses of ours begin with; asked for when a request has come. */
  readonly publicUrl: () => string;
  /** How test notices are sent; nowhere unless given. */
  readonly testSending?: TestSending;
  readonly logLevel: string;
  /** Whether this is a trial, in which one person may do alone what takes two; otherwise production. */
  readonly isTrial?: boolean;
  /** The company's identity provider, and what seals a sign-in that is under way there; nobody signs in through one unless given. */
  readonly openId?: { readonly settings: OpenIdSettings; readonly seals: SealedValues } | null;
  /** Whether this process only runs jobs. */
  readonly isWorker?: boolean;
  readonly registry?: Registry;
  /** The sending, where this process sends. */
  readonly sending?: HealthDependencies['sending'];
  /** The sealing of the record, where this process does that. */
  readonly sealing?: HealthDependencies['sealing'];
  /** The largest file of an import, in bytes; 512 MiB unless given. */
  readonly maxImportBytes?: number;
  /** How an activation waits for objections of the last moment (D22); by a timer unless given. */
  readonly sleep?: ApiDependencies['sleep'];
}

/** What evidence packs are proved by. */
export interface Proving {
  /** Signs packs. */
  readonly key: KeyObject;
  /** Seals what is committed (D49). */
  readonly seal: (sealing: { readonly pool: pg.Pool; readonly log: FastifyBaseLogger }) => Promise<unknown>;
}

/** Of a process that is given none. */
const NOWHERE: TestSending = {
  domains: [],
  send: () => Promise.reject(new Error('no test notice can be sent from here')),
};

/**
 * The whole HTTP side, ready and not listening, on a database that is migrated. The jobs share its pool (`app.pg.pool`),
 * which ends when the app closes.
 */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const { databaseUrl, poolSize = 20, keepsConnections = false } = dependencies;
  const { connectWithinMs, receiveWithinMs, logLevel, withoutSecrets } = dependencies;
  const app = await buildServer({
    databaseUrl,
    poolSize,
    ...(connectWithinMs !== undefined && { connectWithinMs }),
    ...(receiveWithinMs !== undefined && { receiveWithinMs }),
    keepsConnections,
    logLevel,
    redactAddress,
    withoutSecrets,
    respondToUnreadable: (request, reply) => (isLinkAddress(request.url) ? sendUnknownLink(reply) : null),
  });
  await mountRoutes(app, { ...dependencies, poolSize });
  await app.ready();
  return app;
}

/** Refuses with `not-ready` while the clock cannot be relied on (D29). */
function expectTime(clock: Clock): void {
  const fault = faultOf(clock);
  if (fault !== null) throw new Problem('not-ready', fault, { errors: [{ path: 'clock', message: fault }] });
}

/** Serves `ROUTES` on a server that has no routes yet; of a worker, only `ROUTES.service`. */
export async function mountRoutes(
  server: FastifyInstance,
  {
    clock,
    links,
    codes,
    challenges,
    references,
    withoutSecrets,
    mailMarks,
    proving,
    webhooks: webhookDependencies,
    ...rest
  }: AppDependencies & { readonly poolSize: number },
): Promise<void> {
  const {
    poolSize,
    publicUrl,
    testSending = NOWHERE,
    isWorker = false,
    isTrial = false,
    openId = null,
    registry = new Registry(),
    sending,
    sealing,
    sleep = sleepByTimer,
    maxImportBytes = 512 * 1024 ** 2,
  } = rest;
  const { pool } = server.pg;
  // Before the routes, which it documents.
  if (!isWorker) {
    await server.register(
      swagger,
      openApi({ webhookBodies: WEBHOOK_BODIES, publicOperations: PUBLIC_OPERATIONS, publicUrl }),
    );
  }
  const service: HealthDependencies = { pool, clock, registry, sending, sealing };
  for (const [method, url, handlerOf] of ROUTES.service)
    server.route({ method, url, ...HIDDEN, handler: handlerOf(service) });
  if (isWorker) return;

  await server.register(swaggerUi, { routePrefix: ROUTES.documentation.pages, staticCSP: true });
  server.get(ROUTES.documentation.start, HIDDEN, (_request, reply) => reply.redirect(ROUTES.documentation.pages));
  const packs = packOffice({
    pool,
    log: server.log,
    mailMarks,
    sealKey: proving.key,
    seal: () => proving.seal({ pool, log: server.log }),
  });
  const api: ApiDependencies = {
    pool,
    clock,
    // Leaves the other half of the connections to customers' links.
    semaphore: semaphore(Math.ceil(poolSize / 2)),
    redactAddress,
    webhooks: webhookDependencies,
    references,
    mailMarks,
    packs,
    withoutSecrets,
    maxImportBytes,
    publicUrl,
    testSending,
    sleep,
  };
  const refuseWithoutTime = async () => expectTime(clock);
  await server.register(async (context) => {
    context.addHook('onRequest', refuseWithoutTime);
    for (const [method, url, operation] of ROUTES.api) mountOperation(context, api, method, url, operation);
  });
  // Not in the context of the pages: a method that no page takes is refused outside of it.
  server.addHook('onRequest', async (request, reply) => {
    if (isLinkAddress(request.url)) setPageHeaders(reply);
  });
  await server.register((context) => {
    context.addHook('onRequest', refuseWithoutTime);
    return serveCustomerPages(
      context,
      { pool, clock, links, codes, references, withoutSecrets, packs },
      ROUTES.customer,
    );
  });
  const addresses = new Map<object, { method: string; url: string }>(
    ROUTES.api.map(([method, url, operation]) => [operation, { method, url }]),
  );
  const addressOf = (operation: object) => {
    const address = addresses.get(operation);
    if (address === undefined) throw new Error('an operation that the API does not serve');
    return address;
  };
  await server.register((context) => {
    context.addHook('onRequest', refuseWithoutTime);
    return serveConsole(
      context,
      {
        api,
        addressOf,
        challenges,
        isTrial,
        openId: openId && { provider: openIdProvider(openId.settings), seals: openId.seals },
      },
      { pages: ROUTES.console, signIn: ROUTES.signIn },
    );
  });
  await server.register((context) => serveRegister(context, { pool, clock }, ROUTES.register));
}
