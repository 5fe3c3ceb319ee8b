import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { anotherApp } from '../support/another-app.ts';
import { aController } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const WITHIN_MS = 300;

let varsel: TestVarsel;
/** Two HTTP sides: one has the usual limits, so that a slow machine is not taken for a slow client. */
let usual: FastifyInstance;
let impatient: FastifyInstance;
/** What has been logged in this test. */
let lines: string[];
beforeAll(async () => {
  varsel = await startVarsel();
  usual = await anotherApp(varsel, { logLevel: 'info' });
  impatient = await anotherApp(varsel, { receiveWithinMs: WITHIN_MS, logLevel: 'info' });
  for (const app of [usual, impatient]) await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await Promise.all([usual.close(), impatient.close()]);
  await varsel.close();
});
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => void vi.restoreAllMocks());

/** The lines of the log that an operator would look at. */
const alarms = () => lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 40);

async function open(app: FastifyInstance, text: string): Promise<Socket> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** The whole response on a connection that the server closes, and the problem in it. */
async function responseOn(socket: Socket) {
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await once(socket, 'close');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  const id = /^x-request-id: (.+)$/im.exec(head)?.[1];
  const problem = JSON.parse(body) as { status: number; code: string; detail: string; requestId: string };
  expect(head).toContain(`HTTP/1.1 ${problem.status} `);
  expect(problem.requestId).toBe(id);
  return problem;
}

const KEY = 'authorization: Bearer admin-key-of-the-tests\r\nhost: varsel.example\r\n';
const announcing = (rest: string) => `POST /v1/changes HTTP/1.1\r\n${KEY}content-type: application/json\r\n${rest}`;
const importing = (rest: string) =>
  `POST /v1/controllers/import HTTP/1.1\r\n${KEY}content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n${rest}`;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const imported = (number: number) => chunk(`${JSON.stringify(aController(number))}\n`);
const saved = () => rows<{ id: string }>(varsel.database.pool, 'select external_id as id from controllers order by 1');

test.each([
  ['a line that is no request', 'HELO varsel.example\r\n\r\n', 400, 'invalid-request'],
  ['a header without a name', `GET /healthz HTTP/1.1\r\n${KEY}: x\r\n\r\n`, 400, 'invalid-request'],
  ['two lengths', announcing('content-length: 2\r\ncontent-length: 3\r\n\r\n{}'), 400, 'invalid-request'],
  [
    'a length and chunks',
    announcing('content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}'),
    400,
    'invalid-request',
  ],
  ['a chunk of no size', announcing('transfer-encoding: chunked\r\n\r\nsecret\r\n'), 400, 'invalid-request'],
  ['headers without end', `GET /healthz HTTP/1.1\r\n${KEY}x: ${'secret'.repeat(4_000)}`, 431, 'headers-too-large'],
  ['an endless address', `GET /${'secret'.repeat(4_000)} HTTP/1.1\r\n${KEY}\r\n`, 431, 'headers-too-large'],
])('%s gets a problem, and nothing of it is told or logged', async (_, text, status, code) => {
  const problem = await responseOn(await open(usual, text));
  expect(problem).toMatchObject({ status, code });
  expect(`${JSON.stringify(problem)}${lines.join('')}`).not.toContain('secret');
  expect(alarms()).toEqual([]);
});

describe('a request that does not come whole in time', () => {
  test.each([
    ['its headers', `GET /healthz HTTP/1.1\r\n`],
    ['its body', announcing('content-length: 20\r\nx-request-id: slow\r\n\r\n{"product"')],
  ])('is cut: %s', async (what, text) => {
    const socket = await open(impatient, text);
    const problem = await responseOn(socket);
    expect(problem).toMatchObject({
      status: 408,
      code: 'request-timeout',
      detail: expect.stringContaining('0.3 seconds'),
    });
    if (what === 'its body') expect(problem).toMatchObject({ requestId: 'slow', instance: '/v1/changes' });
    expect(alarms()).toEqual([]);
  });

  test('is cut where it was refused before its body came', async () => {
    const socket = await open(impatient, 'POST /v1/changes HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n{');
    await once(socket.resume(), 'close');
    expect(alarms()).toEqual([]);
  });

  test('is cut also where it keeps dripping', async () => {
    const socket = await open(impatient, announcing('content-length: 2000\r\n\r\n'));
    const dripping = setInterval(() => socket.write(' '), WITHIN_MS / 10);
    onTestFinished(() => clearInterval(dripping));
    expect(await responseOn(socket)).toMatchObject({ status: 408 });
  });
});

describe('an import', () => {
  test('may take longer, as long as it keeps coming', async () => {
    const socket = await open(impatient, importing('connection: close\r\n\r\n'));
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    let number = 0;
    const began = performance.now();
    while (performance.now() - began < 4 * WITHIN_MS) {
      number += 1;
      socket.write(imported(number));
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, WITHIN_MS / 6));
    }
    socket.write('0\r\n\r\n');
    await once(socket, 'close');
    expect(text).toContain('HTTP/1.1 200 ');
    expect(text).toContain(`"created":${number}`);
  });

  test('is cut where nothing comes any more, and saves nothing', async () => {
    const socket = await open(
      impatient,
      importing(`x-request-id: idle\r\n\r\n${imported(9_001)}${chunk('{"externalId":')}`),
    );
    const problem = await responseOn(socket);
    expect(problem).toMatchObject({ status: 408, code: 'request-timeout', requestId: 'idle' });
    expect(await saved()).not.toContainEqual({ id: 'kunde-9001' });
    expect(alarms()).toEqual([]);
  });
});

describe('a client that hangs up', () => {
  test.each([
    ['an import', importing(`\r\n${imported(9_100)}`)],
    ['a body', announcing('content-length: 20\r\n\r\n{"product"')],
  ])('in the middle of %s is no error', async (_, text) => {
    const socket = await open(usual, text);
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    socket.resetAndDestroy();
    await expect.poll(() => lines.join('')).toContain('the client hung up');
    expect(alarms()).toEqual([]);
  });

  test('in the middle of its responses is no error', async () => {
    const socket = await open(usual, `GET /docs/json HTTP/1.1\r\n${KEY}\r\n`.repeat(20));
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    socket.resetAndDestroy();
    await expect.poll(connections).toBe(0);
    expect(alarms()).toEqual([]);
  });
});

const connections = () =>
  new Promise<number>((resolve, reject) =>
    usual.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
