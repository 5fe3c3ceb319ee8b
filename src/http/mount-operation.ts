import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { allowedCallerOf, authenticateFor } from './authentication.ts';
import { tellDeprecation } from './deprecation.ts';
import { documented } from './documentation.ts';
import { dryRunQuery, withDryRun } from './dry-run.ts';
import { idempotencyKeyOf, requestHash } from './idempotency.ts';
import { mountStreamed } from './mount-streamed.ts';
import type { ApiResponse, FileResponse, Operation } from './operation.ts';
import { callOf, perform, type OperationDependencies } from './perform.ts';
import type { Said } from './product-access.ts';
import { prefersCsv, sendCsv } from './send-csv.ts';
import { sendFile } from './send-file.ts';
import { etagNow, etagOf, isKnown } from './versions.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Serves an operation under an address, with its schemas, its documentation, its role and its idempotency. */
export function mountOperation<Dependencies extends OperationDependencies>(
  app: FastifyInstance,
  dependencies: Dependencies,
  method: Method,
  url: string,
  operation: Operation<Dependencies>,
): void {
  if ('receive' in operation) return mountStreamed(app, dependencies, url, operation);
  const { pool } = dependencies;
  // Every PUT can be tried.
  const dryRun = method === 'PUT' ? { query: dryRunQuery, responses: withDryRun(operation.responses) } : {};
  app.route({
    method,
    url,
    schema: documented({ ...operation, ...dryRun, method }),
    ...(operation.maxBodyBytes !== undefined && { bodyLimit: operation.maxBodyBytes }),
    // Before the body is read: a caller without the right key must not make us parse.
    onRequest: [...tellDeprecation(operation.deprecated), authenticateFor(operation, dependencies)],
    // Validation replaces the body by what the schema makes of it; the hash is of what was sent.
    preValidation: async (request) => {
      if (method !== 'POST' || 'read' in operation) return;
      const key = idempotencyKeyOf(request);
      if (key !== null) request.idempotency = { key, hash: requestHash(request, request.body) };
    },
    handler: async (request, reply) => {
      const said = { method, url, params: request.params, query: request.query, body: request.body } as Said;
      const call = await callOf(operation, dependencies, allowedCallerOf(request), said);
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
      const { idempotency, url: address, headers: conditions, log } = request;
      return sendResponse(
        reply,
        await perform(operation, dependencies, call, { idempotency, address, conditions, log }),
      );
    },
  });
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
