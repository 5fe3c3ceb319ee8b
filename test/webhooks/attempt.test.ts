import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { signEvent } from '../../src/webhooks/signature.ts';
import { webhookPoster } from '../../src/webhooks/attempt.ts';
import { CONNECTIONS } from '../../src/webhooks/connection-pools.ts';
import type { TargetPolicy } from '../../src/webhooks/target.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { webhooksUnderTest } from '../support/webhooks.ts';
import { WRONG_CERTIFICATE } from '../support/wrong-certificate.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
/** A deadline that a test can wait for. */
const SOON_MS = 1_200;

const now = () => Temporal.Instant.fromEpochMilliseconds(Math.trunc(performance.timeOrigin + performance.now()));
const event = (data = '{"eventId":"x"}') =>
  signEvent({ id: ID, type: 'change.announced', at: now(), data }, [SECRET], now());

async function aReceiver(options: Parameters<typeof startReceiver>[0] = {}): Promise<Receiver> {
  const receiver = await startReceiver(options);
  onTestFinished(() => receiver.close());
  return receiver;
}

/** Posts once to loopback. */
async function post(url: string, policy: Partial<TargetPolicy> = {}, deadlineMs?: number) {
  const { poster } = webhooksUnderTest(policy, deadlineMs);
  onTestFinished(() => poster.close());
  return poster.post(url, event(), now());
}

/** A server that sends only what a test writes, HTTP or not. */
async function aSocketServer(converse: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => converse(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

test('what arrives can be verified with the standard library, by every secret that is valid', async () => {
  const receiver = await aReceiver();
  const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const { poster } = webhooksUnderTest();
  onTestFinished(() => poster.close());
  const data = '{"eventId":"x","text":"æøå 👋 \\u0000 \\"quoted\\""}';
  const signed = signEvent({ id: ID, type: 'change.announced', at: now(), data }, [SECRET, other], now());
  expect(await poster.post(`${receiver.url}?tenant=1`, signed, now())).toMatchObject({ delivered: true, status: 204 });
  const [received] = receiver.received;
  expect(received?.path).toBe('/hook?tenant=1');
  expect(received?.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': ID,
    'accept-encoding': 'identity',
  });
  for (const secret of [SECRET, other]) {
    const verified = new Webhook(secret).verify(received?.body ?? '', received?.headers as Record<string, string>);
    expect(verified).toEqual({
      type: 'change.announced',
      timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      data: JSON.parse(data),
    });
  }
  const forged = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
  expect(() => forged.verify(received?.body ?? '', received?.headers as Record<string, string>)).toThrow();
});

test('connections are kept for the next events', async () => {
  const ports = new Set<number | undefined>();
  const receiver = await aReceiver();
  receiver.respond((response) => {
    ports.add(response.socket?.remotePort);
    response.writeHead(200).end('ok');
  });
  const { poster } = webhooksUnderTest();
  onTestFinished(() => poster.close());
  for (let number = 0; number < 30; number += 1) await poster.post(receiver.url, event(), now());
  expect(receiver.received).toHaveLength(30);
  expect(ports.size).toBeLessThanOrEqual(CONNECTIONS);
});

test.each([400, 401, 404, 410, 429, 500, 503])('a response of %d is no delivery', async (status) => {
  const receiver = await aReceiver();
  receiver.respond((response) => void response.writeHead(status).end('no\u0000 thanks'));
  expect(await post(receiver.url)).toMatchObject({
    delivered: false,
    status,
    address: '127.0.0.1',
    error: `The receiver answered ${status}.`,
    response: 'no\uFFFD thanks',
  });
});

test.each([200, 201, 202, 204, 299])('a response of %d is a delivery', async (status) => {
  const receiver = await aReceiver();
  receiver.respond(status);
  expect(await post(receiver.url)).toMatchObject({ delivered: true, status, error: null });
});

test.each([301, 302, 303, 307, 308])('a redirect %d is followed nowhere', async (status) => {
  const elsewhere = await aReceiver();
  const receiver = await aReceiver();
  receiver.respond((response) => void response.writeHead(status, { location: elsewhere.url }).end());
  expect(await post(receiver.url)).toMatchObject({
    delivered: false,
    status,
    error: expect.stringMatching('redirect'),
  });
  expect(elsewhere.received).toEqual([]);
});

test('an endpoint that hangs holds up no other at the same host', async () => {
  const receiver = await aReceiver();
  receiver.respond((response, { path }) => void (path === '/hang' || response.writeHead(204).end()));
  const { poster } = webhooksUnderTest();
  onTestFinished(() => poster.close());
  const url = (path: string) => new URL(path, receiver.url).href;
  const hanging = Array.from({ length: CONNECTIONS }, () => poster.post(url('/hang'), event(), now()));
  expect(await poster.post(url('/well'), event(), now())).toMatchObject({ delivered: true, status: 204 });
  await receiver.close();
  expect(await Promise.all(hanging)).toMatchObject(Array.from({ length: CONNECTIONS }, () => ({ delivered: false })));
});

test('a refused connection is reported as such', async () => {
  const receiver = await startReceiver();
  await receiver.close();
  // Another address of this machine: a server of another test may have got the port meanwhile.
  expect(await post(receiver.url.replace('127.0.0.1', '127.0.0.2'))).toMatchObject({
    delivered: false,
    status: null,
    address: '127.0.0.2',
    error: expect.stringMatching('ECONNREFUSED'),
  });
});

test('a connection that is reset in the middle of the response is no delivery', async () => {
  const url = await aSocketServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    setTimeout(() => socket.resetAndDestroy(), 20);
  });
  expect(await post(url)).toMatchObject({ delivered: false, status: 200, error: expect.any(String) });
});

test('something that is no HTTP is no delivery', async () => {
  const url = await aSocketServer((socket) => socket.end('220 smtp ready\r\n'));
  expect(await post(url)).toMatchObject({ delivered: false, status: null, error: expect.any(String) });
});

test('of 100 MB only the first 16 KiB are read, and it is delivered', async () => {
  let sent = 0;
  const receiver = await aReceiver();
  receiver.respond(async (response) => {
    response.writeHead(200, { 'content-length': 100 * 1024 * 1024 });
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let number = 0; number < 1600 && !response.destroyed; number += 1) {
      sent += chunk.length;
      if (!response.write(chunk)) {
        await new Promise<void>((resolve) => {
          response.once('drain', resolve).once('close', resolve);
        });
      }
    }
  });
  const result = await post(receiver.url);
  expect(result).toMatchObject({ delivered: true, status: 200, response: 'x'.repeat(1024) });
  // What stands in the sockets' buffers is sent, and no more.
  expect(sent).toBeLessThan(20 * 1024 * 1024);
});

test('a gzip bomb stays packed', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  const receiver = await aReceiver();
  receiver.respond((response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
  const result = await post(receiver.url);
  expect(result).toMatchObject({ delivered: true, status: 200 });
  expect(Buffer.byteLength(result.response ?? '')).toBeLessThanOrEqual(3 * 1024);
});

test('one deadline stands over connect, headers and body: a response of one byte at a time is given up', async () => {
  const hungUp = Promise.withResolvers<void>();
  let bytes = 0;
  const url = await aSocketServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    const drip = setInterval(() => {
      bytes += 1;
      socket.write('x');
    }, 50);
    socket.on('close', () => {
      clearInterval(drip);
      hungUp.resolve();
    });
  });
  const result = await post(url, {}, SOON_MS);
  expect(result).toMatchObject({ delivered: false, status: 200, error: 'No whole answer within 1.2 seconds.' });
  await hungUp.promise;
  expect(bytes).toBeLessThan(1000);
});

test('one deadline stands over connect, headers and body: headers of one byte at a time are given up', async () => {
  const url = await aSocketServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-drip: ');
    const drip = setInterval(() => socket.write('x'), 50);
    socket.on('close', () => clearInterval(drip));
  });
  expect(await post(url, {}, SOON_MS)).toMatchObject({
    delivered: false,
    status: null,
    error: 'No whole answer within 1.2 seconds.',
  });
});

test('a look-up that never ends is given up', async () => {
  const result = await post('http://example.com/', { resolve: () => new Promise(() => undefined) }, SOON_MS);
  expect(result).toMatchObject({ delivered: false, address: null, error: 'No whole answer within 1.2 seconds.' });
});

test('a wrong certificate is no delivery, and its holder gets nothing', async () => {
  const receiver = await aReceiver({ tls: WRONG_CERTIFICATE });
  expect(await post(receiver.url)).toMatchObject({
    delivered: false,
    status: null,
    error: expect.stringMatching(/certificate/i),
  });
  expect(receiver.received).toEqual([]);
});

test('a name that leads to a public address first and to a private one next is not followed there', async () => {
  const receiver = await aReceiver();
  const addresses = [['127.0.0.1'], ['10.0.0.1']];
  const asked: string[] = [];
  const { poster } = webhooksUnderTest({
    allowPrivate: false,
    resolve: (hostname) => {
      asked.push(hostname);
      return Promise.resolve(addresses.shift() ?? ['127.0.0.1']);
    },
  });
  onTestFinished(() => poster.close());
  for (let number = 0; number < 3; number += 1) {
    const result = await poster.post(`http://rebinding.example:${receiver.port}/`, event(), now());
    expect(result).toMatchObject({ delivered: false, address: null, error: expect.stringMatching('public address') });
  }
  expect(asked).toHaveLength(3);
  expect(receiver.received).toEqual([]);
});

test('the connection goes to the address that was checked, though the name has another one by then', async () => {
  const receiver = await aReceiver();
  const asked: string[] = [];
  // The name itself leads nowhere: only a connection to the checked address arrives.
  const { poster } = webhooksUnderTest({
    resolve: (hostname) => {
      asked.push(hostname);
      return Promise.resolve(['127.0.0.1']);
    },
  });
  onTestFinished(() => poster.close());
  const result = await poster.post(`http://pinned.invalid:${receiver.port}/hook`, event(), now());
  expect(result).toMatchObject({ delivered: true, address: '127.0.0.1' });
  expect(asked).toEqual(['pinned.invalid']);
  expect(receiver.received[0]?.headers.host).toBe(`pinned.invalid:${receiver.port}`);
});

test('Retry-After is read in both forms', async () => {
  const receiver = await aReceiver();
  receiver.respond((response) => void response.writeHead(429, { 'retry-after': '120' }).end());
  const seconds = await post(receiver.url);
  expect(seconds.notBefore?.since(now()).total('seconds')).toBeCloseTo(120, -1);
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  receiver.respond((response) => void response.writeHead(503, { 'retry-after': date }).end());
  const dated = await post(receiver.url);
  expect(dated.notBefore?.since(now()).total('seconds')).toBeCloseTo(3600, -1);
});

test('a poster that has let go of an address goes on with it anew', async () => {
  const receivers = await Promise.all([aReceiver(), aReceiver()]);
  const poster = webhookPoster(webhooksUnderTest().targets);
  onTestFinished(() => poster.close());
  for (const { url } of [...receivers, ...receivers]) {
    expect(await poster.post(url, event(), now())).toMatchObject({ delivered: true });
  }
});
