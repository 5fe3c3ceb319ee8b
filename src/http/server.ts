import helmet from '@fastify/helmet';
import postgres from '@fastify/postgres';
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { CONNECT_WITHIN_MS, connectionOptions, idleFor } from '../db/connection-options.ts';
import { withoutMailAddresses } from '../domain/email-address.ts';
import { InvalidRequest } from '../domain/refused.ts';
import { allowedMethods } from './allowed-methods.ts';
import { brokenRequests } from './broken-requests.ts';
import { errorHandler, problemSender, type RedactAddress, type SendProblem } from './errors.ts';
import { refuseEncodedBody } from './media-types.ts';
import { parseJson } from './parse-json.ts';
import { REQUEST_ID, requestIdOf } from './request-id.ts';

/** The largest body that is read whole. Reasons of 1 MB still get the response that names their limit. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

/** A body without end, or of a byte a minute, must not hold a connection. */
const RECEIVE_WITHIN_MS = 30_000;
const CHECKED_EVERY_MS = 1_000;

/** The longest part of an address that is read. */
const MAX_PARAM_LENGTH = 500;

/** A line without such a run of characters has no token in it, in no spelling of an address. Most have none, and cost nothing. */
const MAY_HAVE_TOKEN = /[\w%=&#;\\-]{43}/;

interface ServerSettings {
  readonly databaseUrl: string;
  /** Connections to PostgreSQL at most. */
  readonly poolSize: number;
  /** Whether idle ones are kept until the server closes; for ten seconds unless given. */
  readonly keepsConnections?: boolean;
  /** How long a request waits for one of them, before it is refused with 503; ten seconds unless given. */
  readonly connectWithinMs?: number;
  /** How long a request may take to come whole, and each next byte of one that streams; 30 seconds unless given. */
  readonly receiveWithinMs?: number;
  readonly logLevel: string;
  /** Addresses in logs and problems pass through it. */
  readonly redactAddress: RedactAddress;
  /** Every line of the log and every problem passes through it, whoever writes it. */
  readonly withoutSecrets: (line: string) => string;
  /** Responds to a request whose address the router cannot read; `null` where a problem is to be the response. */
  readonly respondToUnreadable: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> | null;
}

/**
 * An HTTP server without routes, and not listening: errors, JSON bodies, security headers, log, and the pool of database
 * connections (`server.pg.pool`), which ends when the server closes.
 */
export async function buildServer(settings: ServerSettings): Promise<FastifyInstance> {
  const { receiveWithinMs = RECEIVE_WITHIN_MS, logLevel, redactAddress, withoutSecrets } = settings;
  const cut = (line: string) => (MAY_HAVE_TOKEN.test(line) ? withoutSecrets(line) : line);
  const sendProblem = problemSender(redactAddress, cut);
  const broken = brokenRequests(receiveWithinMs, redactAddress);
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: receiveWithinMs,
    http: {
      // Node.js exchanges the two limits where that of the headers is the longer one.
      headersTimeout: receiveWithinMs,
      connectionsCheckingInterval: Math.min(receiveWithinMs, CHECKED_EVERY_MS),
    },
    clientErrorHandler: broken.onConnectionError,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: (request) => requestIdOf(request, withoutSecrets),
    logController: new LogController({ requestIdLogLabel: 'requestId' }),
    // Such a request reaches no plugin, no hook and no route.
    frameworkErrors: (error, request, reply) => {
      reply.header(REQUEST_ID, request.id);
      const responding =
        settings.respondToUnreadable(request, reply) ??
        sendProblem(request, reply, 'not-found', 'Nothing answers at this address.');
      responding.then(undefined, () => request.log.error({ err: error }, 'an unreadable address got no response'));
    },
    logger: {
      level: logLevel,
      serializers: { req: ({ method, url }) => ({ method, url: redactAddress(url) }) },
      // PostgreSQL quotes in it the row that it refuses (D48).
      redact: { paths: ['err.detail'], remove: true },
      // An error's message can quote the address of a link, and what a mail server responds quotes a recipient (D48). Not pino's
      // own stream, which waits for ever for a standard output that is gone: a closed terminal, a full disk.
      stream: { write: (line: string) => void process.stdout.write(withoutMailAddresses(cut(line))) },
    },
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(errorHandler(sendProblem));
  server.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID, request.id);
  });
  broken.watch(server);
  server.addHook('preParsing', refuseEncodedBody);
  refuseOtherMethods(server, sendProblem);
  server.decorateRequest('caller', null);
  server.decorateRequest('idempotency', null);
  parseJsonAlone(server);

  await connectToDatabase(server, settings);
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    referrerPolicy: { policy: 'no-referrer' },
  });
  return server;
}

async function connectToDatabase(
  server: FastifyInstance,
  { databaseUrl, poolSize, keepsConnections = false, connectWithinMs = CONNECT_WITHIN_MS }: ServerSettings,
): Promise<void> {
  await server.register(postgres, {
    ...connectionOptions(databaseUrl),
    ...idleFor(keepsConnections),
    max: poolSize,
    connectionTimeoutMillis: connectWithinMs,
  });
  // Without a listener, an idle connection that dies (a restart of PostgreSQL) would end the process.
  server.pg.pool.on('error', (error) => server.log.warn({ err: error }, 'an idle database connection was lost'));
}

/** Responds where no route does: with the methods of an address that has some, else that nothing is there. */
function refuseOtherMethods(server: FastifyInstance, sendProblem: SendProblem): void {
  const methodsOf = allowedMethods(server, MAX_PARAM_LENGTH);
  server.setNotFoundHandler((request, reply) => {
    const allow = methodsOf(request.url).join(', ');
    if (allow === '') return sendProblem(request, reply, 'not-found', 'Nothing answers at this address.');
    reply.header('allow', allow);
    if (request.method === 'OPTIONS') return reply.code(204).send();
    const detail = `Found ${request.method}; expected one of ${allow}.`;
    return sendProblem(request, reply, 'method-not-allowed', detail);
  });
}

/** Takes bodies of JSON in UTF-8, and no others: a body of plain text was sent by mistake. */
function parseJsonAlone(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => {
      // Many clients say JSON where they send nothing; a schema that wants a body says so itself.
      if (body.length === 0) return undefined;
      return parseJson(textOf(body));
    },
  );
}

function textOf(body: Buffer): string {
  try {
    // Text in another charset would be kept as something nobody wrote.
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    const message = 'The body is not UTF-8, which JSON is (RFC 8259).';
    throw new InvalidRequest([{ path: '', message }], message);
  }
}
