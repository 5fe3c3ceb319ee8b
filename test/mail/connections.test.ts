import { describe, expect, onTestFinished, test } from 'vitest';
import { connectionLimit, refusesConnection } from '../../src/mail/connection-limit.ts';
import { sessionPool } from '../../src/mail/session-pool.ts';
import { smtpOptions } from '../../src/mail/smtp-options.ts';
import { createMailTransport } from '../../src/mail/transport.ts';
import { startFaultySmtpServer, type SmtpLimits } from '../support/faulty-smtp-server.ts';
import { contentWith, outgoing } from './example-content.ts';

const CONFIGURED = 20;

async function start(limits: SmtpLimits, connections = CONFIGURED) {
  const server = await startFaultySmtpServer({ ehlo: '250-faulty.example\r\n250-PIPELINING\r\n250 DSN' });
  server.limits = limits;
  const transport = createMailTransport({
    // The server's own time-outs are too short for a machine that does other things as well.
    smtpUrl: server.url.replaceAll('=400', '=20000'),
    connections,
  });
  onTestFinished(async () => {
    await transport.close();
    await server.stop();
  });
  const to = { name: 'Dorthe Persson', address: 'dpo@kunde.example' };
  const send = (messageId: string) => transport.send(outgoing(messageId, to));
  const sendMany = (count: number) => Promise.all(Array.from({ length: count }, (_, index) => send(`m${index}`)));
  return { server, transport, send, sendMany };
}

describe('A server that allows three connections gets every message over these, and nobody is charged', () => {
  test.each([
    ['greeting', '421 4.7.0 mx.example Error: too many connections from 192.0.2.1'],
    ['greeting', '421 Too many concurrent SMTP connections; please try again later.'],
    [
      'ehlo',
      '421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel',
    ],
    ['mailFrom', '421 4.3.2 concurrent connections limit exceeded'],
    ['mailFrom', '450 4.7.1 too many SMTP sessions for this user'],
    ['data', '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending'],
    ['afterDot', '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded'],
  ] as const)('where it refuses the others at %s by "%s"', async (at, refusal) => {
    const { server, transport, sendMany } = await start({ connections: { most: 3, at, refusal } });
    const outcomes = await sendMany(100);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(100).fill('accepted'));
    expect(new Set(server.arrivals).size).toBe(100);
    expect(transport.connections()).toBeLessThan(CONFIGURED);
    // The next ones are not refused any more, but for one that is tried now and then.
    const before = server.connections();
    await sendMany(50);
    expect(server.connections() - before).toBeLessThan(CONFIGURED);
  });

  test('also where it gives no reason, while others are open', async () => {
    const { server, send, sendMany } = await start({
      connections: { most: 1, at: 'greeting', refusal: '421 4.3.2 not now' },
    });
    expect(await send('first')).toMatchObject({ outcome: 'accepted' });
    expect((await sendMany(40)).map(({ outcome }) => outcome)).toEqual(Array(40).fill('accepted'));
    expect(server.arrivals).toHaveLength(41);
  });
});

test.each([
  ['greeting', '421 4.7.0 too many connections'],
  ['greeting', '421 4.3.2 not now'],
  // The connections are other processes', or other users' of the same account: one of ours is too many.
  ['mailFrom', '432 4.3.2 Concurrent connections limit exceeded'],
  ['rcptTo', '450 4.7.1 too many SMTP sessions for this user'],
  ['data', '432 4.3.2 Concurrent connections limit exceeded'],
  ['afterDot', '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded'],
] as const)('A server that refuses every connection at %s by "%s" is a fault of our side', async (at, refusal) => {
  const { transport, sendMany } = await start({ connections: { most: 0, at, refusal } });
  const results = await sendMany(30);
  expect(results).toEqual(
    results.map(() => ({
      outcome: 'deferred',
      responseCode: Number.parseInt(refusal, 10),
      response: expect.stringContaining(refusal),
      tls: null,
    })),
  );
  expect(transport.connections()).toBeGreaterThanOrEqual(1);
});

test.each(['421 4.4.2 idle for too long', '421 4.7.0 too many messages'] as const)(
  'A connection that the server ends by "%s" before the next message is replaced, and no attempt is charged',
  async (refusal) => {
    const { server, transport, send } = await start({ messages: { most: 2, refusal } });
    for (let number = 0; number < 7; number += 1) {
      expect(await send(`m${number}`)).toMatchObject({ outcome: 'accepted' });
    }
    expect(server.arrivals).toHaveLength(7);
    expect(server.connections()).toBe(4);
    expect(transport.connections()).toBe(CONFIGURED);
  },
);

test('More connections are tried again by and by, until all that are configured are open', async () => {
  let now = 0;
  const limit = connectionLimit(8, () => now);
  const { server } = await start({});
  const options = smtpOptions({ smtpUrl: server.url.replaceAll('=400', '=20000') });
  const pool = sessionPool(options, limit);
  onTestFinished(() => pool.close());
  const sendAtOnce = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        pool.handOver({ from: 'a@telenor.example', to: 'b@kunde.example', id: `m${index}` }, contentWith()),
      ),
    );
  server.limits = { connections: { most: 3, at: 'greeting', refusal: '421 4.7.0 too many connections' } };
  await sendAtOnce(30);
  expect(limit.now).toBe(3);
  // Still three: the fourth is refused once, and the message goes over one of the others.
  now += 10_000;
  await sendAtOnce(30);
  expect(limit.now).toBe(3);
  server.limits = {};
  const seen: number[] = [];
  for (let step = 0; step < 8; step += 1) {
    now += 10_000;
    await sendAtOnce(30);
    seen.push(limit.now);
  }
  expect(seen).toEqual([4, 5, 6, 7, 8, 8, 8, 8]);
  expect(server.arrivals).toHaveLength(10 * 30);
});

test('The limit falls by a quarter for each round of refusals, never below one', () => {
  const limit = connectionLimit(20, () => 0);
  const seen: number[] = [];
  for (let times = 0; times < 12; times += 1) {
    const { round } = limit;
    // Connections that were begun together are refused together.
    for (let refusals = 0; refusals < 5; refusals += 1) limit.lower(round);
    seen.push(limit.now);
  }
  expect(seen).toEqual([15, 11, 8, 6, 4, 3, 2, 1, 1, 1, 1, 1]);
});

describe('What is no refusal of a connection', () => {
  test.each([
    ['no response', { code: 'ECONNECTION', command: 'CONN' }],
    ['a refusal for good', { code: 'EPROTOCOL', command: 'CONN', response: '554 5.7.1 too many connections' }],
    ['a password that has to be changed', { code: 'EAUTH', command: 'AUTH PLAIN', response: '432 4.7.12 transition' }],
    ['a recipient’s 421', { code: 'EENVELOPE', command: 'RCPT TO', response: '421 4.3.2 shutting down' }],
    ['421 after the content', { code: 'EMESSAGE', command: 'DATA', response: '421 4.3.2 shutting down' }],
    ['greylisting', { code: 'EENVELOPE', command: 'RCPT TO', response: '450 4.2.0 greylisted' }],
    ['too many recipients', { code: 'EENVELOPE', command: 'RCPT TO', response: '452 4.5.3 too many recipients' }],
  ])('%s', (_what, fields) => {
    expect(refusesConnection(Object.assign(new Error('no'), fields), true)).toBe(false);
  });
});
