import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import type { Clock } from '../domain/clock.ts';
import { allowedCallerOf, authenticateFor } from './authentication.ts';
import { tellDeprecation } from './deprecation.ts';
import { documented } from './documentation.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { StreamedCommand } from './operation.ts';
import { Problem } from './problems.ts';
import { keepToProducts } from './product-access.ts';
import { receiveOnce } from './receive-once.ts';
import { withSpooledBody, type SpooledBody } from './spooled-body.ts';
import { refuseConditions } from './versions.ts';

interface StreamedDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly maxImportBytes: number;
  readonly publicUrl: () => string;
}

/**
 * Serves a streamed command under an address. Nothing is done before the body has come whole (`receiveOnce`).
 */
export function mountStreamed<Dependencies extends StreamedDependencies>(
  app: FastifyInstance,
  dependencies: Dependencies,
  url: string,
  operation: StreamedCommand<Dependencies>,
): void {
  const { pool, maxImportBytes } = dependencies;
  const run = async (request: FastifyRequest, reply: FastifyReply, body: SpooledBody) => {
    const response = await receiveOnce(operation, dependencies, {
      may: allowedCallerOf(request),
      body,
      mediaType: mediaTypeOf(request) ?? operation.consumes[0],
      query: request.query,
      key: idempotencyKeyOf(request),
      address: request.url,
    });
    return reply.headers(response.headers ?? {}).send(response.body);
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
