import { setTimeout as sleepByTimer } from 'node:timers/promises';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import postgres from '@fastify/postgres';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { connectionOptions } from './db/postgres.ts';
import type { Clock } from './domain/clock.ts';
import * as answers from './api/answers.ts';
import * as bounces from './api/bounces.ts';
import * as changes from './api/changes.ts';
import * as controllers from './api/controllers.ts';
import { mount, type ApiDependencies, type WebhookDependencies } from './http/endpoint.ts';
import { handleError, sendProblem, withoutToken } from './http/errors.ts';
import * as events from './api/events.ts';
import * as keys from './api/keys.ts';
import * as objections from './api/objections.ts';
import { openApi } from './http/open-api.ts';
import * as products from './api/products.ts';
import * as register from './api/register.ts';
import { mountService } from './http/health.ts';
import { semaphore } from './concurrency/semaphore.ts';
import * as webhooks from './api/webhooks.ts';
import { customerPages } from './customer/customer-pages.ts';
import { sendUnknownLink } from './customer/failures.ts';
import { publicRegister } from './public-register/public-register.ts';
import type { ObjectionLinks } from './security/objection-links.ts';

/** The largest body that is read whole. Reasons of 1 MB still get the answer that names their limit. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

const ROUTES = [
  ['GET', '/v1/products', products.list],
  ['GET', '/v1/products/:product', products.get],
  ['PUT', '/v1/products/:product', products.put],
  ['GET', '/v1/products/:product/register', register.get],
  ['PUT', '/v1/products/:product/register', register.put],

  ['GET', '/v1/controllers', controllers.list],
  ['GET', '/v1/controllers/:externalId', controllers.get],
  ['PUT', '/v1/controllers/:externalId', controllers.put],
  ['DELETE', '/v1/controllers/:externalId/products/:product', controllers.endOneAgreement],

  ['POST', '/v1/changes', changes.announce],
  ['GET', '/v1/changes', changes.list],
  ['GET', '/v1/changes/:id', changes.get],
  ['GET', '/v1/changes/:id/controllers', changes.listControllers],
  ['POST', '/v1/changes/:id/activate', changes.activate],
  ['POST', '/v1/changes/:id/withdraw', changes.withdraw],
  ['POST', '/v1/changes/:id/controllers/:externalId/notice-by-letter', changes.noticeByLetter],
  ['POST', '/v1/changes/:id/controllers/:externalId/resend', changes.resend],

  ['POST', '/v1/changes/:id/objections', objections.file],
  ['GET', '/v1/changes/:id/objections', objections.list],
  ['GET', '/v1/objections/:id', objections.get],
  ['POST', '/v1/objections/:id/resolve', objections.resolve],
  ['POST', '/v1/objections/:id/accept-late', objections.acceptLate],

  ['GET', '/v1/changes/:id/answers', answers.list],
  ['GET', '/v1/answers/:id', answers.get],
  ['GET', '/v1/answers/:id/mail', answers.getMail],
  ['POST', '/v1/answers/:id/classify', answers.classify],
  ['POST', '/v1/notices/:id/bounce', bounces.bounce],

  ['GET', '/v1/events', events.list],

  ['POST', '/v1/webhooks', webhooks.create],
  ['GET', '/v1/webhooks', webhooks.list],
  ['GET', '/v1/webhooks/:id', webhooks.get],
  ['PATCH', '/v1/webhooks/:id', webhooks.patch],
  ['DELETE', '/v1/webhooks/:id', webhooks.remove],
  ['POST', '/v1/webhooks/:id/rotate-secret', webhooks.rotate],
  ['DELETE', '/v1/webhooks/:id/previous-secret', webhooks.revokePrevious],
  ['POST', '/v1/webhooks/:id/test', webhooks.test],
  ['GET', '/v1/webhooks/:id/deliveries', webhooks.deliveries],
  ['POST', '/v1/webhooks/:id/replay', webhooks.replay],
  ['GET', '/v1/webhooks/:id/replays', webhooks.replays],

  ['POST', '/v1/keys', keys.create],
  ['GET', '/v1/keys', keys.list],
  ['DELETE', '/v1/keys/:id', keys.revoke],
] as const;

export interface AppDependencies {
  readonly databaseUrl: string;
  /** Connections to PostgreSQL at most. */
  readonly poolSize?: number;
  /** A request waits so long for one of them, and is then refused as one too many. */
  readonly connectWithinMs?: number;
  readonly clock: Clock;
  readonly links: ObjectionLinks;
  /** What webhooks are checked, signed and tested with. */
  readonly webhooks: WebhookDependencies;
  readonly logLevel: string;
  /** Answers for a process that only does the work behind requests: whether it lives, and what there is to measure. */
  readonly isWorker?: boolean;
  /** What `/metrics` tells beside its own, and `/readyz` of the sending, where this process sends. */
  readonly registry?: Registry;
  readonly sendingState?: () => string;
  /** How an activation waits for objections of the last moment (D22). */
  readonly sleep?: ApiDependencies['sleep'];
}

/**
 * The whole HTTP side, ready and not listening. Its pool is `app.pg.pool`, for jobs to share, and ends when it closes. The
 * database is migrated by then.
 */
export async function buildApp({
  databaseUrl,
  poolSize = 20,
  connectWithinMs = 10_000,
  clock,
  links,
  webhooks: webhookDependencies,
  logLevel,
  isWorker = false,
  registry = new Registry(),
  sendingState,
  sleep = sleepByTimer,
}: AppDependencies): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 300_000,
    routerOptions: { maxParamLength: 500 },
    // An address that no router can read never reaches a plugin; of a customer's link it is still a page.
    frameworkErrors: (error, request, reply) => {
      const answering = request.url.startsWith('/objections/')
        ? sendUnknownLink(reply)
        : sendProblem(request, reply, 'not-found', 'Nothing answers at this address.');
      answering.then(undefined, () => request.log.error({ err: error }, 'an unreadable address was not answered'));
    },
    logger: {
      level: logLevel,
      // A customer's link is a secret: it stands in no log.
      serializers: { req: ({ method, url }) => ({ method, url: withoutToken(url) }) },
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  // JSON alone: what comes as plain text was sent by mistake.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Many clients say JSON where they send nothing; a schema that wants a body says so itself.
    if (body.length === 0) return done(null);
    try {
      // Letters in another charset would be kept as something nobody wrote.
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body));
      void parseJson(request, text, done);
    } catch {
      done(Object.assign(new Error('The body is not UTF-8, which JSON is (RFC 8259).'), { statusCode: 400 }));
    }
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, 'not-found', `Nothing answers ${request.method} at this address.`),
  );

  await app.register(postgres, {
    ...connectionOptions(databaseUrl),
    max: poolSize,
    connectionTimeoutMillis: connectWithinMs,
  });
  const { pool } = app.pg;
  // Without a listener, an idle connection that dies (a restart of PostgreSQL) would end the process.
  pool.on('error', (error) => app.log.warn({ err: error }, 'an idle database connection was lost'));

  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    referrerPolicy: { policy: 'no-referrer' },
  });
  if (isWorker) {
    mountService(app, { pool, clock, registry, sendingState });
    await app.ready();
    return app;
  }
  await app.register(swagger, openApi);
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });

  const dependencies: ApiDependencies = {
    pool,
    clock,
    turns: semaphore(Math.ceil(poolSize / 2)),
    webhooks: webhookDependencies,
    sleep,
  };
  await app.register(async (api) => {
    api.decorateRequest('apiKey', null);
    api.decorateRequest('idempotency', null);
    for (const [method, url, operation] of ROUTES) mount(api, dependencies, method, url, operation);
    controllers.mountImport(api, dependencies, '/v1/controllers/import');
  });
  await app.register(async (pages) => {
    await pages.register(formbody);
    await customerPages(pages, { pool, clock, links });
  });
  await app.register(publicRegister, dependencies);
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
  mountService(app, { pool, clock, registry, sendingState });
  await app.ready();
  return app;
}
