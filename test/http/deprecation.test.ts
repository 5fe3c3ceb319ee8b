import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { semaphore } from '../../src/concurrency/semaphore.ts';
import { mountOperation } from '../../src/http/mount-operation.ts';
import { openApi } from '../../src/http/open-api.ts';
import { command, query, streamedCommand } from '../../src/http/operation.ts';
import { buildServer } from '../../src/http/server.ts';
import { withoutSecrets } from '../support/mails.ts';
import type { OpenApiDocument } from '../support/open-api.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const said = { tag: 'Keys', scope: 'changes:read', refusals: [] } as const;
const responses = { 200: z.object({ ok: z.boolean() }) };
const ENDING = { since: '2026-03-01', sunset: '2026-12-01', instead: 'GET /v1/new' };
const OLD = query({
  ...said,
  operationId: 'getOld',
  summary: 'An operation that will end',
  responses,
  deprecated: ENDING,
  read: async () => ({ ok: true }),
});
const UNDATED = command({
  ...said,
  operationId: 'doOld',
  summary: 'One that will end some day',
  responses,
  deprecated: { since: '2026-03-01', sunset: null, instead: null },
  write: async () => ({ status: 200, body: { ok: true } }),
});
const STREAMED = streamedCommand({
  ...said,
  operationId: 'streamOld',
  summary: 'A stream that will end',
  responses,
  body: z.string(),
  consumes: ['application/x-ndjson'],
  notTaken: { mediaTypes: /^application\/x-other$/, detail: 'Send lines.' },
  deprecated: ENDING,
  receive: async () => ({ ok: true }),
});
const NEW = query({
  ...said,
  operationId: 'getNew',
  summary: 'An operation that stays',
  responses,
  read: async () => ({ ok: true }),
});

let varsel: TestVarsel;
let server: FastifyInstance;
beforeAll(async () => {
  varsel = await startVarsel();
  server = await buildServer({
    databaseUrl: varsel.database.url,
    poolSize: 2,
    logLevel: 'silent',
    redactAddress: (address) => address,
    withoutSecrets,
    respondToUnreadable: () => null,
  });
  await server.register(swagger, openApi({ webhookBodies: [], publicOperations: {}, publicUrl: () => varsel.url }));
  const { pool } = server.pg;
  const redactAddress = (address: string) => address;
  const dependencies = {
    pool,
    clock: varsel.clock.now,
    semaphore: semaphore(1),
    redactAddress,
    withoutSecrets,
    maxImportBytes: 1_000,
    publicUrl: () => varsel.url,
  };
  await server.register(async (api) => {
    mountOperation(api, dependencies, 'GET', '/v1/old', OLD);
    mountOperation(api, dependencies, 'POST', '/v1/undated', UNDATED);
    mountOperation(api, dependencies, 'POST', '/v1/streamed', STREAMED);
    mountOperation(api, dependencies, 'GET', '/v1/new', NEW);
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await varsel.close();
});

const authorization = 'Bearer reader-key-of-the-tests';
const ENDS = { deprecation: '@1772323200', sunset: 'Tue, 01 Dec 2026 00:00:00 GMT' };

/** The status of an answer, and what it says of an end. */
async function answerTo(address: string, init: RequestInit = { headers: { authorization } }) {
  const { status, headers } = await fetch(server.listeningOrigin + address, init);
  return { status, deprecation: headers.get('deprecation'), sunset: headers.get('sunset') };
}

test('an operation that will end says so with every answer, refusals too', async () => {
  expect(await answerTo('/v1/old')).toEqual({ status: 200, ...ENDS });
  expect(await answerTo('/v1/old?limit=1')).toEqual({ status: 400, ...ENDS });
  expect(await answerTo('/v1/old', {})).toEqual({ status: 401, ...ENDS });
});

test('a stream says it, too; without a day of its end there is no Sunset; an operation that stays says nothing', async () => {
  const headers = { authorization, 'content-type': 'application/x-ndjson' };
  expect(await answerTo('/v1/streamed', { method: 'POST', headers, body: '{}' })).toEqual({ status: 200, ...ENDS });
  const undated = await answerTo('/v1/undated', { method: 'POST', headers: { authorization } });
  expect(undated).toEqual({ status: 200, deprecation: ENDS.deprecation, sunset: null });
  expect(await answerTo('/v1/new')).toEqual({ status: 200, deprecation: null, sunset: null });
});

test('the documentation marks it, and says until when and what to use instead', () => {
  const { paths } = server.swagger() as unknown as OpenApiDocument;
  expect(paths['/v1/old']?.get).toMatchObject({
    deprecated: true,
    description:
      'Scope: changes:read (role reader or officer or approver or admin). Deprecated since 2026-03-01, and may end on 2026-12-01. Use `GET /v1/new` instead.',
  });
  expect(paths['/v1/undated']?.post?.description).toContain('Deprecated since 2026-03-01.');
  expect(paths['/v1/new']?.get).not.toHaveProperty('deprecated');
});
