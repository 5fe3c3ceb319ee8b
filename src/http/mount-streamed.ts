import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { insertStoredResponse } from '../db/idempotency-keys.ts';
import { inLongTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { allowedCallerOf, authenticateFor, authorOf } from './authentication.ts';
import { tellDeprecation } from './deprecation.ts';
import { documented } from './documentation.ts';
import { isDryRun } from './dry-run.ts';
import { storedResponseFor, idempotencyKeyOf } from './idempotency.ts';
import type { StreamedCommand } from './operation.ts';
import { Problem } from './problems.ts';
import { keepToProducts } from './product-access.ts';
import { withSpooledBody, type SpooledBody } from './spooled-body.ts';
import { refuseConditions } from './versions.ts';

interface StreamedDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly maxImportBytes: number;
  readonly publicUrl: () => string;
}

/**
 * Serves a streamed command under an address. Nothing is done before the body has come whole. With an idempotency key a transaction
 * of its own holds the key while the command runs, and stores the response. A dry run leaves the key alone: it does nothing that
 * must not be done twice, and the call that follows may use the same key.
 */
export function mountStreamed<Dependencies extends StreamedDependencies>(
  app: FastifyInstance,
  dependencies: Dependencies,
  url: string,
  operation: StreamedCommand<Dependencies>,
): void {
  const { pool, clock, maxImportBytes } = dependencies;
  const run = async (request: FastifyRequest, reply: FastifyReply, body: SpooledBody) => {
    const receive = () =>
      operation.receive(dependencies, {
        body,
        mediaType: mediaTypeOf(request) ?? operation.consumes[0],
        query: request.query,
        by: () => authorOf(request, clock()),
      });
    const key = idempotencyKeyOf(request);
    if (key === null || isDryRun(request.query)) return receive();
    return inLongTransaction(pool, async (tx) => {
      const owned = { callerId: allowedCallerOf(request).id, key };
      const hash = createHash('sha256').update(`POST ${request.url}\n${body.sha256}`).digest();
      const stored = await storedResponseFor(tx, owned, hash);
      if (stored !== null) return reply.headers(stored.headers).send(stored.body);
      const result = await receive();
      await insertStoredResponse(tx, owned, hash, { status: 200, headers: {}, body: result }, clock());
      return result;
    });
  };
  // A context of its own, because it parses other bodies than the other operations.
  void app.register(async (streamed) => {
    const validate = streamed.validatorCompiler;
    parseAsStream(streamed, operation);
    streamed.route<{ Body: Readable | undefined }>({
      method: 'POST',
      url,
      config: { isStreamed: true },
      schema: { ...documented({ ...operation, method: 'POST' }), consumes: [...operation.consumes] },
      // The operation validates each line of the stream.
      validatorCompiler: (part) => (part.httpPart === 'body' ? (value: unknown) => ({ value }) : validate!(part)),
      onRequest: [...tellDeprecation(operation.deprecated), authenticateFor(operation, dependencies)],
      // Its lines may be of any product.
      preHandler: async (request) => {
        const said = { method: 'POST', url, params: {}, query: {}, body: null };
        await keepToProducts(pool, allowedCallerOf(request).products, said, false);
      },
      handler: async (request, reply) => {
        idempotencyKeyOf(request);
        refuseConditions(request.headers);
        try {
          return await withSpooledBody(request.body ?? Readable.from([]), maxImportBytes, (body) =>
            run(request, reply, body),
          );
        } catch (error) {
          stopReading(reply, error);
          throw error;
        }
      },
    });
  });
}

/** Hands the body on as a stream: the limit of a body does not hold for it. */
function parseAsStream(
  streamed: FastifyInstance,
  { consumes, notTaken }: Pick<StreamedCommand<never>, 'consumes' | 'notTaken'>,
): void {
  streamed.removeAllContentTypeParsers();
  streamed.addContentTypeParser([...consumes], (_request, payload, done) => done(null, payload));
  streamed.addContentTypeParser(notTaken.mediaTypes, (_request, _payload, done) =>
    done(new Problem('unsupported-media-type', notTaken.detail)),
  );
}

/** The media type of a request, without its parameters; `null` where it names none. */
function mediaTypeOf({ headers }: FastifyRequest): string | null {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? null;
}

/** Of a body that is too large, the rest is not waited for. */
function stopReading(reply: FastifyReply, error: unknown): void {
  if (error instanceof Problem && error.code === 'body-too-large') void reply.header('connection', 'close');
}
