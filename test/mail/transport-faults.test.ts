import { describe, expect, onTestFinished, test } from 'vitest';
import type { SendResult } from '../../src/mail/classify.ts';
import { createMailTransport, type MailSettings } from '../../src/mail/transport.ts';
import { startFaultySmtpServer, type Reaction, type SmtpScript } from '../support/faulty-smtp-server.ts';
import { outgoing } from './example-content.ts';

const ID = '019ac0de-0000-7000-8000-000000000001';

/** A server with pipelining gets DATA before it has responded to the recipient (RFC 2920). */
const SERVERS = [
  ['one command at a time', {}],
  ['the envelope at once', { ehlo: '250-faulty.example\r\n250-PIPELINING\r\n250 DSN' }],
] as const satisfies [string, SmtpScript][];

async function start(
  script: SmtpScript = {},
  { connections = 1, ...more }: Partial<MailSettings> & { credentials?: string } = {},
) {
  const server = await startFaultySmtpServer(script);
  const transport = createMailTransport({
    smtpUrl: server.url.replace('smtp://', `smtp://${more.credentials ?? ''}`),
    connections,
    ...more,
  });
  onTestFinished(async () => {
    await transport.close();
    await server.stop();
  });
  return { server, transport, send: (id = ID) => transport.send(aMail(id)) };
}

function aMail(messageId: string) {
  const to = { name: 'Dorthe Persson', address: 'dpo@kunde.example' };
  return outgoing(messageId, to);
}

describe.each(SERVERS)('To a server that takes %s', (_takes, offers) => {
  test.each<[string, SmtpScript, SendResult['outcome'], number | null]>([
    ['a greeting of 554, though nodemailer calls it permanent', { greeting: '554 5.7.1 blocked' }, 'deferred', 554],
    ['a greeting of 421', { greeting: '421 4.3.2 too busy' }, 'deferred', 421],
    ['a close before the greeting', { greeting: 'close' }, 'deferred', null],
    ['a reset before the greeting', { greeting: 'reset' }, 'deferred', null],
    ['silence instead of a greeting', { greeting: 'silence' }, 'deferred', null],
    ['silence after EHLO', { ehlo: 'silence' }, 'deferred', null],
    ['450 at MAIL FROM', { mailFrom: '450 4.7.1 slow down' }, 'deferred', 450],
    ['550 at MAIL FROM', { mailFrom: '550 5.1.8 sender refused' }, 'deferred', 550],
    ['a close at MAIL FROM', { mailFrom: 'close' }, 'deferred', null],
    ['silence at MAIL FROM', { mailFrom: 'silence' }, 'deferred', null],
    ['a sender refused at RCPT', { rcptTo: '550 5.1.8 domain of sender not found' }, 'deferred', 550],
    ['a sender refused for now at RCPT', { rcptTo: '450 4.1.8 domain of sender not found' }, 'deferred', 450],
    ['a sender refused at DATA', { data: '550 5.1.8 bad outbound sender' }, 'deferred', 550],
    ['a close at RCPT', { rcptTo: 'close' }, 'deferred', null],
    ['a reset at RCPT', { rcptTo: 'reset' }, 'deferred', null],
    ['421 at RCPT', { rcptTo: '421 4.3.2 shutting down' }, 'deferred', 421],
    ['a close at DATA, before any content', { data: 'close' }, 'deferred', null],
    ['silence at DATA, before any content', { data: 'silence' }, 'deferred', null],
  ])('Our side is to blame, and the recipient is charged nothing, for %s', async (_name, script, outcome, code) => {
    const { server, send } = await start({ ...offers, ...script });
    expect(await send()).toMatchObject({ outcome, responseCode: code, response: expect.stringMatching(/./) });
    expect(server.arrivals).toEqual([]);
  });

  test.each<[string, SmtpScript, SendResult['outcome'], number]>([
    ['is refused for good by 550 at RCPT', { rcptTo: '550 5.1.1 no such user' }, 'failed', 550],
    ['is refused for good by a bare 550 at RCPT', { rcptTo: '550 no such user' }, 'failed', 550],
    ['is tried later after 450 at RCPT', { rcptTo: '450 4.2.0 greylisted' }, 'retry', 450],
    ['is tried later with a full mailbox, by 452', { rcptTo: '452 4.2.2 mailbox full' }, 'retry', 452],
    ['is tried later with a full mailbox, by 552', { rcptTo: '552 mailbox full' }, 'retry', 552],
    ['is tried later with a full mailbox, by 550 5.2.2', { rcptTo: '550 5.2.2 mailbox full' }, 'retry', 550],
    ['is tried later where policy may mean us', { rcptTo: '554 5.7.1 relay access denied' }, 'retry', 554],
    ['is tried later while the sender is looked up', { rcptTo: '450 4.1.7 unverified sender' }, 'retry', 450],
    ['is tried later where the sender may be meant', { rcptTo: '550 5.1.0 address rejected' }, 'retry', 550],
    ['is tried later when DATA is refused for now', { data: '451 4.3.0 try again' }, 'retry', 451],
    ['is tried later after 451 after the dot', { afterDot: '451 4.3.0 try again' }, 'retry', 451],
    ['is tried later after the sender was refused after the dot', { afterDot: '550 5.1.7 sender' }, 'deferred', 550],
    ['is refused for good by 554 after the dot', { afterDot: '554 5.6.0 content rejected' }, 'failed', 554],
  ])('A recipient %s, and the same connection goes on', async (_name, script, outcome, code) => {
    const { server, send } = await start({ ...offers, ...script });
    expect(await send()).toMatchObject({
      outcome,
      responseCode: code,
      response: expect.stringContaining(String(code)),
    });
    server.script = offers;
    expect(await send()).toMatchObject({ outcome: 'accepted', responseCode: 250 });
    expect(server.connections()).toBe(1);
  });

  test.each<[string, SmtpScript, number]>([
    ['the connection is closed after the dot', { afterDot: 'close' }, 1],
    ['the connection is reset after the dot', { afterDot: 'reset' }, 1],
    ['no response comes after the dot', { afterDot: 'silence' }, 1],
    ['the response after the dot never ends', { afterDot: '250-' }, 1],
    ['the connection is closed while the content is sent', { duringContent: 'close' }, 0],
    ['the connection is reset while the content is sent', { duringContent: 'reset' }, 0],
  ])(
    'It is unknown whether a message arrived, and it is not sent again by itself, when %s',
    async (_, script, arrived) => {
      const { server, send } = await start({ ...offers, ...script });
      expect(await send()).toMatchObject({ outcome: 'unknown' });
      // Also on a connection that has sent before: there nodemailer sends again what it takes to be unsent.
      server.script = offers;
      expect(await send()).toMatchObject({ outcome: 'accepted' });
      server.script = { ...offers, ...script };
      expect(await send()).toMatchObject({ outcome: 'unknown' });
      expect(server.arrivals).toEqual(Array(1 + 2 * arrived).fill(`<${ID}@telenor.example>`));
    },
  );
});

describe.each(SERVERS)(
  'To a server that takes %s, a message that it finds too large is our side’s fault',
  (_takes, offers) => {
    test.each<[keyof SmtpScript, Reaction]>([
      ['mailFrom', '552 5.3.4 Message size exceeds fixed limit'],
      ['mailFrom', '552 Message size exceeds maximum permitted'],
      ['rcptTo', '552 5.3.4 Message size exceeds fixed maximum message size'],
      ['data', '552 message exceeds fixed maximum message size'],
      ['afterDot', '552 5.3.4 Error: message file too big'],
      ['afterDot', '552 sorry, that message size exceeds my databytes limit (#5.3.4)'],
      ['afterDot', '554 5.3.4 too large'],
    ])('where it says so at %s: %s', async (phase, reply) => {
      const { send } = await start({ ...offers, [phase]: reply });
      expect(await send()).toMatchObject({
        outcome: 'deferred',
        isTooLarge: true,
        responseCode: Number(reply.slice(0, 3)),
      });
    });

    test.each<[keyof SmtpScript, Reaction, SendResult['outcome']]>([
      ['rcptTo', '552 5.2.2 mailbox size limit exceeded', 'retry'],
      ['rcptTo', '552 mailbox size exceeded', 'retry'],
      ['afterDot', '552 5.2.3 message exceeds the limit of this mailbox', 'failed'],
      ['afterDot', '552 requested mail action aborted: exceeded storage allocation', 'failed'],
    ])('but not where a mailbox is meant, at %s: %s', async (phase, reply, outcome) => {
      const { send } = await start({ ...offers, [phase]: reply });
      const result = await send();
      expect(result.outcome).toBe(outcome);
      expect(result).not.toHaveProperty('isTooLarge');
    });
  },
);

test('A message above the limit in the response to EHLO is our side’s fault, and is not sent', async () => {
  const { server, send } = await start({ ehlo: '250-faulty.example\r\n250-PIPELINING\r\n250 SIZE 200' });
  expect(await send()).toMatchObject({
    outcome: 'deferred',
    isTooLarge: true,
    responseCode: null,
    response: expect.stringMatching(
      /^The message has \d+ bytes, and the mail server takes no more than 200 \(SIZE\)\.$/,
    ),
  });
  // The same connection is good for what is smaller.
  expect(await send()).toMatchObject({ isTooLarge: true });
  expect(server.connections()).toBe(1);
  expect(server.commands).toEqual([expect.stringMatching(/^EHLO/)]);
});

test('A message’s size stands in MAIL FROM to a server that wants to know it', async () => {
  const { server, send } = await start({ ehlo: '250-faulty.example\r\n250 SIZE 50000' });
  expect(await send()).toMatchObject({ outcome: 'accepted' });
  expect(server.commands).toContainEqual(expect.stringMatching(/^MAIL FROM:<varsel@telenor.example> SIZE=\d{3,4}$/));
});

test('A refused log-in is our side to blame', async () => {
  const script: SmtpScript = { ehlo: '250-faulty.example\r\n250 AUTH PLAIN', auth: '535 5.7.8 wrong password' };
  const { send } = await start(script, { credentials: 'user:secret@', allowClearAuth: true });
  const result = await send();
  expect(result).toMatchObject({ outcome: 'deferred', responseCode: 535 });
  expect(result.response).not.toContain('secret');
});

test('A server that nobody listens at, and a host that does not exist, are our side to blame', async () => {
  const { server, send } = await start();
  await server.stop();
  expect(await send()).toMatchObject({
    outcome: 'deferred',
    responseCode: null,
    response: expect.stringMatching(/ECONNREFUSED/),
  });

  const nowhere = createMailTransport({ connections: 1, smtpUrl: 'smtp://no-such-host.invalid:25' });
  expect(await nowhere.send(aMail(ID))).toMatchObject({ outcome: 'deferred', responseCode: null });
  await nowhere.close();
});

test.each<[string, SmtpScript, SendResult['outcome'], string]>([
  ['of the mailbox is the recipient’s', { rcptTo: '550 5.1.1 no such user' }, 'failed', '550 5.1.1 no such user'],
  ['of a domain without mail is the recipient’s', { rcptTo: '556 5.1.10 null MX' }, 'failed', '556 5.1.10 null MX'],
  ['of a full mailbox is the recipient’s', { rcptTo: '452 4.2.2 mailbox full' }, 'retry', '452 4.2.2 mailbox full'],
  ['that names no mailbox means us', { rcptTo: '550 too many mails' }, 'deferred', '550 too many mails (Error: …)'],
  ['of some address means us', { rcptTo: '550 5.1.0 rejected' }, 'deferred', '550 5.1.0 rejected (Error: …)'],
  ['of the sender means us', { rcptTo: '450 4.1.7 bad sender' }, 'deferred', '450 4.1.7 bad sender (Error: …)'],
  [
    'behind one of the sender means us',
    { mailFrom: '550 5.1.8 bad sender', rcptTo: '550 5.1.1 no sender' },
    'deferred',
    '550 5.1.8 bad sender (Error: …)',
  ],
])('Where a server says nothing to the DATA sent behind it, a refusal %s', async (_name, script, outcome, said) => {
  const [, [, pipelining]] = SERVERS;
  for (const data of ['close', 'silence'] as const) {
    const { server, send } = await start(pipelining);
    // On a connection that has sent before: an idle one that was closed unnoticed is another matter.
    expect(await send()).toMatchObject({ outcome: 'accepted' });
    server.script = { ...pipelining, ...script, data };
    const result = await send();
    expect({ ...result, response: result.response.replace(/Error: [^)]+/, 'Error: …') }).toMatchObject({
      outcome,
      responseCode: Number.parseInt(said, 10),
      response: said,
    });
    expect(server.arrivals).toHaveLength(1);
    expect(server.connections()).toBe(1);
  }
});

test('A server that takes the content of a message to nobody gets none', async () => {
  const [, [, pipelining]] = SERVERS;
  const { server, send } = await start({ ...pipelining, rcptTo: '550 5.1.1 no such user', data: '354 go ahead' });
  expect(await send()).toMatchObject({ outcome: 'failed', responseCode: 550 });
  expect(server.arrivals).toEqual([]);
});

test('A connection that the server closed while it was idle costs no attempt', async () => {
  const { server, send } = await start();
  expect(await send()).toMatchObject({ outcome: 'accepted' });
  server.dropConnections();
  expect(await send()).toMatchObject({ outcome: 'accepted' });
  expect(server.arrivals).toHaveLength(2);
});

test('ENVID carries the id to a server that offers DSN, and MAIL FROM is bare where it does not', async () => {
  const { server, send } = await start({ ehlo: '250-faulty.example\r\n250 DSN' });
  await send();
  expect(server.commands).toContain(`MAIL FROM:<varsel@telenor.example> RET=HDRS ENVID=${ID}`);
  const plain = await start();
  await plain.send();
  expect(plain.server.commands).toContain('MAIL FROM:<varsel@telenor.example>');
});

test('Closing waits for what is in flight or waiting for a connection, and what comes later is deferred', async () => {
  const { server, transport, send } = await start({ greeting: '220 ready' });
  const sent = Array.from({ length: 20 }, () => send());
  await transport.close();
  const outcomes = await Promise.all(sent);
  expect(outcomes.every(({ outcome }) => outcome === 'accepted')).toBe(true);
  expect(server.arrivals).toHaveLength(20);
  expect(await send()).toMatchObject({ outcome: 'deferred', responseCode: null });
  expect(server.arrivals).toHaveLength(20);
});
