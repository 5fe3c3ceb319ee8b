import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { insertStoredResponse } from '../db/idempotency-keys.ts';
import { inLongTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { apiKeyOf, authenticateFor, authorOf } from './authentication.ts';
import { documented } from './documentation.ts';
import { storedResponseFor, idempotencyKeyOf } from './idempotency.ts';
import type { StreamedCommand } from './operation.ts';
import { keepToProducts } from './product-access.ts';

const CONTENT_TYPE = 'application/x-ndjson';

/**
 * Serves a streamed command under an address. With an idempotency key a transaction of its own holds the key while the
 * stream is saved, and stores the response; a repeat is read to its end, because its hash tells whether it is the same.
 */
export function mountStreamed<Dependencies extends { readonly pool: pg.Pool; readonly clock: Clock }>(
  app: FastifyInstance,
  dependencies: Dependencies,
  url: string,
  operation: StreamedCommand<Dependencies>,
): void {
  const { pool, clock } = dependencies;
  // A context of its own, because it parses other bodies than the other operations.
  void app.register(async (streamed) => {
    // The body is handed on as a stream: the limit of a body does not hold for it.
    const validate = streamed.validatorCompiler;
    streamed.removeAllContentTypeParsers();
    streamed.addContentTypeParser(CONTENT_TYPE, (_request, payload, done) => done(null, payload));
    streamed.route<{ Body: NodeJS.ReadableStream | undefined }>({
      method: 'POST',
      url,
      config: { isStreamed: true },
      schema: { ...documented({ ...operation, method: 'POST' }), consumes: [CONTENT_TYPE] },
      // The operation validates each line of the stream.
      validatorCompiler: (part) => (part.httpPart === 'body' ? (value: unknown) => ({ value }) : validate!(part)),
      onRequest: authenticateFor(operation.scope, dependencies),
      // Its lines may be of any product.
      preHandler: async (request) => {
        const said = { method: 'POST', url, params: {}, query: {}, body: null };
        await keepToProducts(pool, apiKeyOf(request).products, said, false);
      },
      handler: async (request, reply) => {
        const body = request.body ?? emptyStream();
        const hash = createHash('sha256').update(`POST ${url}\n`);
        const key = idempotencyKeyOf(request);
        const receive = () =>
          operation.receive(dependencies, {
            body: hashed(body, hash),
            query: request.query,
            by: () => authorOf(request, clock()),
          });
        if (key === null) return receive();
        return inLongTransaction(pool, async (tx) => {
          const owned = { apiKeyId: apiKeyOf(request).id, key };
          const stored = await storedResponseFor(tx, owned, async () => {
            for await (const chunk of body) hash.update(chunk);
            return hash.digest();
          });
          if (stored !== null) return reply.headers(stored.headers).send(stored.body);
          const result = await receive();
          await insertStoredResponse(tx, owned, hash.digest(), { status: 200, headers: {}, body: result }, clock());
          return result;
        });
      },
    });
  });
}

async function* emptyStream(): AsyncGenerator<Buffer> {}

async function* hashed(body: AsyncIterable<Buffer | string>, hash: { update(chunk: Buffer | string): unknown }) {
  for await (const chunk of body) {
    hash.update(chunk);
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}
