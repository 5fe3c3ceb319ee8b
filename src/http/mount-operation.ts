import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { z } from 'zod';
import { inDryRun, inTransaction, type Transaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { semaphore } from '../concurrency/semaphore.ts';
import { apiKeyOf, authenticateFor, authorOf } from './authentication.ts';
import type { WithoutSecrets } from '../security/secrets-in-text.ts';
import { bodyWithoutSecrets } from './body-without-secrets.ts';
import { tellDeprecation } from './deprecation.ts';
import { documented } from './documentation.ts';
import { dryRunQuery, isDryRun, responseOf, withDryRun } from './dry-run.ts';
import type { RedactAddress } from './errors.ts';
import { storedResponseFor, idempotencyKeyOf, once, requestHash } from './idempotency.ts';
import type { ApiResponse, Call, Command, FileResponse, Operation, PreparedCommand, Schema } from './operation.ts';
import { mountStreamed } from './mount-streamed.ts';
import { prefersCsv, sendCsv } from './send-csv.ts';
import { keepToProducts, type Said } from './product-access.ts';
import { etagNow, etagOf, isKnown, onCondition, refuseConditions } from './versions.ts';

/** What every operation works with; some need more. */
export interface OperationDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** Limits how many commands run at a time, over all operations together. */
  readonly semaphore: ReturnType<typeof semaphore>;
  readonly redactAddress: RedactAddress;
  /** Cuts our own tokens out of what somebody has written. */
  readonly withoutSecrets: WithoutSecrets;
  /** The largest file of an import, in bytes. */
  readonly maxImportBytes: number;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A call as any operation takes it: the operation's own schemas have made it what its types say. */
type AnyCall = Call<Schema, Schema, undefined> & Call<Schema, undefined, Schema>;

/** Serves an operation under an address, with its schemas, its documentation, its role and its idempotency. */
export function mountOperation<Dependencies extends OperationDependencies>(
  app: FastifyInstance,
  dependencies: Dependencies,
  method: Method,
  url: string,
  operation: Operation<Dependencies>,
): void {
  if ('receive' in operation) return mountStreamed(app, dependencies, url, operation);
  const { pool, clock } = dependencies;
  // Every PUT can be tried.
  const dryRun = method === 'PUT' ? { query: dryRunQuery, responses: withDryRun(operation.responses) } : {};
  app.route({
    method,
    url,
    schema: documented({ ...operation, ...dryRun, method }),
    // Before the body is read: a caller without the right key must not make us parse.
    onRequest: [...tellDeprecation(operation.deprecated), authenticateFor(operation.scope, dependencies)],
    // Validation replaces the body by what the schema makes of it; the hash is of what was sent.
    preValidation: async (request) => {
      if (method !== 'POST' || 'read' in operation) return;
      const key = idempotencyKeyOf(request);
      if (key !== null) request.idempotency = { key, hash: requestHash(request, request.body) };
    },
    handler: async (request, reply) => {
      const may = apiKeyOf(request);
      const said = { method, url, params: request.params, query: request.query, body: request.body } as Said;
      const query = await keepToProducts(pool, may.products, said, takesProduct(operation.query));
      const body = bodyWithoutSecrets(request.body, dependencies.withoutSecrets);
      const call = { params: request.params, query, body, by: authorOf(request, clock()), may } as unknown as AnyCall;
      if ('read' in operation) {
        // Before what is shown, so that nobody gets a later ETag with what was shown before.
        const etag = operation.version ? await etagNow(operation.version, pool, request.params) : null;
        if (etag !== null) {
          reply.header('etag', etag);
          if (isKnown(request, etag)) return reply.code(304).send();
        }
        const { table, isTagged, file } = operation;
        if (file !== undefined)
          return sendFile(request, reply, file, (await operation.read(pool, call, dependencies)) as FileResponse);
        if (isTagged) return sendTagged(request, reply, await operation.read(pool, call, dependencies));
        if (table === undefined || !prefersCsv(request)) return operation.read(pool, call, dependencies);
        return sendCsv(request, reply, { columns: table.columns, parts: table.read(pool, call, dependencies) });
      }
      return sendResponse(reply, await run(operation, dependencies, request, call));
    },
  });
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  mediaType: string,
  { content, name, headers = {} }: FileResponse,
): FastifyReply {
  // Fastify would read a whole stream to answer a HEAD.
  const isUnread = request.method === 'HEAD' && !Buffer.isBuffer(content);
  if (isUnread) content.destroy();
  return reply
    .headers({ ...headers, 'content-disposition': `attachment; filename="${name}"` })
    .type(mediaType)
    .send(isUnread ? '' : content);
}

/** Runs a command in one transaction, or returns the response that is stored under the request's idempotency key. */
async function run<Dependencies extends OperationDependencies>(
  operation: Command<Dependencies> | PreparedCommand<Dependencies>,
  dependencies: Dependencies,
  request: FastifyRequest,
  call: AnyCall,
): Promise<ApiResponse> {
  const { pool, semaphore: limited, redactAddress, withoutSecrets } = dependencies;
  const idempotency = request.idempotency && { apiKeyId: apiKeyOf(request).id, ...request.idempotency };
  if (operation.version === undefined) refuseConditions(request);
  let work: (tx: Transaction) => Promise<ApiResponse>;
  if ('write' in operation) {
    const { version, write } = operation;
    const writing = (tx: Transaction) => write(tx, call, dependencies);
    work = version ? (tx) => onCondition(version, tx, { request, params: call.params }, () => writing(tx)) : writing;
  } else {
    // A repeat prepares nothing: it gets the stored response.
    const stored =
      idempotency && (await inTransaction(pool, (tx) => storedResponseFor(tx, idempotency, idempotency.hash)));
    if (stored !== null) return stored;
    work = await operation.prepare(dependencies, call);
  }
  if (isDryRun(call.query)) return responseOf(await limited(() => inDryRun(pool, work)));
  const response = await limited(() =>
    inTransaction(pool, (tx) => {
      if (idempotency === null) return work(tx);
      const { hash } = idempotency;
      const sent = { hash, address: redactAddress(request.url), now: call.by.at, withoutSecrets };
      return once(tx, idempotency, sent, () => work(tx));
    }),
  );
  const alarm = 'write' in operation ? (operation.alarm?.(response) ?? null) : null;
  if (alarm !== null) request.log.error({ response: response.body }, alarm);
  return response;
}

/** Whether a query can name the product that a list is of. */
function takesProduct(query: Schema): boolean {
  return query instanceof z.ZodObject && 'product' in query.shape;
}

/** Sends what was read with its ETag, or 304 to who has it. */
function sendTagged(request: FastifyRequest, reply: FastifyReply, shown: unknown): FastifyReply {
  const etag = etagOf(shown);
  reply.header('etag', etag);
  return isKnown(request, etag) ? reply.code(304).send() : reply.send(shown);
}

function sendResponse(reply: FastifyReply, { status, headers = {}, body }: ApiResponse): FastifyReply {
  reply.code(status).headers(headers);
  if (status === 204) return reply.send();
  if (headers['content-type'] !== 'application/problem+json') return reply.send(body);
  // A refusal is a problem already; the serializer of this status may be that of the operation's own response.
  return reply.serializer(JSON.stringify).send({ ...(body as object), requestId: reply.request.id });
}
