import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { simpleParser } from 'mailparser';
import pg from 'pg';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { recordLetter } from '../../src/commands/notify-controller.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { inboundAddresses } from '../../src/inbound/addresses.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { startFaultySmtpServer, type SmtpScript } from '../support/faulty-smtp-server.ts';
import { startMailbox } from '../support/mailbox.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { announce, at, controllerId } from '../support/seed.ts';
import { APP_SECRET } from '../support/webhooks.ts';
import { reply } from './asking-mailbox.ts';
import { NINE, startQueue, type ListedNotice, type QueueUnderTest } from './queue-under-test.ts';

const FIRST = 'dpo@kunde-1.example';

async function faultyServer(script: SmtpScript) {
  const server = await startFaultySmtpServer(script);
  onTestFinished(() => server.stop());
  // Only tests of silence keep the short time-outs: a busy machine must not look like a silent server.
  const isSilent = Object.values(script).includes('silence');
  return Object.assign(server, { url: isSilent ? server.url : server.url.replace(/\?.*/, '') });
}

async function noticeTo(queue: QueueUnderTest, email: string): Promise<ListedNotice> {
  const found = (await queue.notices()).find((notice) => notice.email === email);
  if (found === undefined) throw new Error(`no notice to ${email}`);
  return found;
}

async function attemptsOf(queue: QueueUnderTest, { id }: ListedNotice) {
  return (await queue.attempts()).filter(({ message_id }) => message_id === id);
}

/** What a consumer is told of notices that have failed. */
const failures = async (queue: QueueUnderTest) => (await queue.events()).filter(({ type }) => type === 'notice.failed');

describe('A fault of one recipient', () => {
  test('that passes is tried again by the schedule, each attempt on record with the server’s reply, until it is taken', async () => {
    const queue = await startQueue(3);
    let busy = 2;
    const mailbox = await queue.mailbox((to) => {
      if (to === FIRST && busy-- > 0) throw reply(451, '4.3.0 Busy, come back later');
    });
    const sender = queue.sender(mailbox.smtpUrl);
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 2, pending: 1 });
    const refused = await noticeTo(queue, FIRST);
    expect(refused).toMatchObject({ attempts: 1, lastError: '451 4.3.0 Busy, come back later' });
    const next = await queue.dueAt(refused.id);
    const seconds = next.since(queue.clock.now()).total('seconds');
    expect(seconds).toBeGreaterThanOrEqual(48);
    expect(seconds).toBeLessThanOrEqual(72);

    // Not a millisecond before its time.
    queue.clock.set(next.subtract({ milliseconds: 1 }).toString());
    await sender.run();
    expect((await queue.attempts()).length).toBe(3);

    queue.clock.set(next.toString());
    await sender.run();
    const again = await noticeTo(queue, FIRST);
    expect(again).toMatchObject({ status: 'pending', attempts: 2 });
    const last = await queue.dueAt(again.id);
    expect(last.since(queue.clock.now()).total('minutes')).toBeGreaterThanOrEqual(4);
    queue.clock.set(last.toString());
    await sender.run();
    expect(await noticeTo(queue, FIRST)).toMatchObject({ status: 'accepted', attempts: 3, lastError: null });
    expect(await attemptsOf(queue, refused)).toMatchObject([
      { outcome: 'retry', response_code: 451, response: '451 4.3.0 Busy, come back later' },
      { outcome: 'retry', response_code: 451 },
      { outcome: 'accepted', response_code: 250 },
    ]);
    expect(mailbox.taken).toHaveLength(3);
  });

  test('is on record without the address of ours that the server repeats', async () => {
    const queue = await startQueue(1);
    const { id } = await noticeTo(queue, FIRST);
    const { returnPath } = inboundAddresses('svar.telenor.example', inboundTags(APP_SECRET)).of(id);
    const server = await faultyServer({ mailFrom: `450 4.1.8 <${returnPath}>: Sender address rejected` });
    await queue.sender(server.url).run();
    const response = '450 4.1.8 <[address removed]>: Sender address rejected';
    expect(await queue.attempts()).toMatchObject([{ message_id: id, response }]);
    expect(await noticeTo(queue, FIRST)).toMatchObject({ lastError: response });
  });

  test('that never passes ends after the schedule, visibly, and harms nobody else', async () => {
    const queue = await startQueue(2);
    const mailbox = await queue.mailbox((to) => {
      if (to === FIRST) throw reply(452, '4.2.2 Mailbox full');
    });
    const sender = queue.sender(mailbox.smtpUrl);
    let runs = 0;
    for (let notice = await noticeTo(queue, FIRST); notice.status === 'pending'; runs += 1) {
      queue.clock.set((await queue.dueAt(notice.id)).toString());
      await sender.run();
      notice = await noticeTo(queue, FIRST);
    }
    expect(runs).toBe(10);
    expect(await queue.counts()).toEqual({ accepted: 1, failed: 1 });
    expect(await attemptsOf(queue, await noticeTo(queue, FIRST))).toHaveLength(10);
    const { id } = await noticeTo(queue, FIRST);
    expect(await failures(queue)).toMatchObject([{ data: { notice: { id, controller: 'kunde-1' } } }]);
    queue.clock.advance({ days: 30 });
    await sender.run();
    expect(mailbox.taken).toHaveLength(1);
  });

  test('that is for good fails that contact only, at the first attempt', async () => {
    const queue = await startQueue(5);
    const mailbox = await queue.mailbox((to) => {
      if (to === FIRST) throw reply(550, '5.1.1 No such user');
    });
    const sender = queue.sender(mailbox.smtpUrl);
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 4, failed: 1 });
    const failed = await noticeTo(queue, FIRST);
    expect(await attemptsOf(queue, failed)).toMatchObject([
      { outcome: 'failed', response_code: 550, response: '550 5.1.1 No such user' },
    ]);
    queue.clock.advance({ days: 30 });
    await sender.run();
    expect(await queue.attempts()).toHaveLength(5);
    expect(sender.logged).toEqual([]);
  });
});

describe('A fault of our own side charges nobody an attempt, keeps everything queued, and pauses the sending', () => {
  test.each<[string, SmtpScript]>([
    ['the greeting turns us away (554)', { greeting: '554 5.7.1 You are blocked' }],
    ['the greeting puts us off (421)', { greeting: '421 4.3.2 Too busy' }],
    ['the server closes before its greeting', { greeting: 'close' }],
    ['the server says nothing', { greeting: 'silence' }],
    ['the server closes after our EHLO', { ehlo: 'close' }],
    ['the server refuses our sender for now', { mailFrom: '450 4.7.1 Greylisted' }],
    ['the server refuses our sender for good', { mailFrom: '550 5.7.1 Sender rejected' }],
    ['the connection is lost before any content', { rcptTo: 'reset' }],
  ])('when %s', async (_name, script) => {
    const queue = await startQueue(12);
    const server = await faultyServer(script);
    const sender = queue.sender(server.url);
    await sender.run();
    const notices = await queue.notices();
    expect(notices).toHaveLength(12);
    for (const { status, attempts } of notices)
      expect({ status, attempts }).toEqual({ status: 'pending', attempts: 0 });
    const tried = await queue.attempts();
    expect(tried.length).toBeGreaterThanOrEqual(1);
    // Those that were under way when the third fault came, and no others.
    expect(tried.length).toBeLessThanOrEqual(5 + 2);
    for (const { outcome } of tried) expect(outcome).toBe('deferred');
    expect(sender.logged).toMatchObject([{ message: 'mail cannot be handed over; sending is paused' }]);
    expect(await failures(queue)).toEqual([]);

    // While it is paused the server is left alone.
    const connections = server.connections();
    queue.clock.advance({ seconds: 9 });
    await sender.run();
    expect(server.connections()).toBe(connections);

    // The pause is over: one message probes, and a fault makes the next pause longer.
    queue.clock.advance({ seconds: 1 });
    await sender.run();
    expect(await queue.attempts()).toHaveLength(tried.length + 1);
    queue.clock.advance({ seconds: 19 });
    await sender.run();
    expect(await queue.attempts()).toHaveLength(tried.length + 1);

    // The server is well again: the probe goes through, and the rest follows in the same run.
    server.script = {};
    queue.clock.advance({ seconds: 1 });
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 12 });
    for (const { attempts } of await queue.notices()) expect(attempts).toBe(1);
    expect(new Set(server.arrivals).size).toBe(12);
    expect(server.arrivals).toHaveLength(12);
  });

  test('when nothing listens at all, and a later process sends everything', async () => {
    const queue = await startQueue(12);
    const dead = await startFaultySmtpServer();
    await dead.stop();
    const sender = queue.sender(dead.url);
    await sender.run();
    expect(await queue.counts()).toEqual({ pending: 12 });
    for (const { attempts } of await queue.notices()) expect(attempts).toBe(0);
    for (const { outcome, response } of await queue.attempts()) {
      expect(outcome).toBe('deferred');
      expect(response).toContain('ECONNREFUSED');
    }
    const mailbox = await queue.mailbox();
    queue.clock.advance({ seconds: 10 });
    await queue.sender(mailbox.smtpUrl).run();
    expect(await queue.counts()).toEqual({ accepted: 12 });
  });

  test('when the server goes down in the middle of a run: what it took stands, and the rest waits', async () => {
    const queue = await startQueue(40);
    const server = await faultyServer({});
    let taken = 0;
    server.script = {
      get rcptTo() {
        taken += 1;
        return taken > 10 ? ('421 4.3.2 Shutting down' as const) : ('250 ok' as const);
      },
    };
    const sender = queue.sender(server.url);
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 10, pending: 30 });
    expect(server.arrivals).toHaveLength(10);
    server.script = {};
    queue.clock.advance({ seconds: 10 });
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 40 });
    expect(new Set(server.arrivals).size).toBe(40);
    expect(server.arrivals).toHaveLength(40);
  });
});

test('In one run every recipient gets what its own mail server says, and nobody pays for another', async () => {
  const queue = await startQueue(40);
  const server = await faultyServer({});
  const faults: Record<number, [SmtpScript, string, string | null]> = {
    3: [{ rcptTo: '550 5.1.1 No such user' }, 'failed', '550 5.1.1 No such user'],
    6: [{ rcptTo: '452 4.2.2 Mailbox full' }, 'retry', '452 4.2.2 Mailbox full'],
    9: [{ rcptTo: '552 5.2.2 Mailbox full' }, 'retry', '552 5.2.2 Mailbox full'],
    12: [{ rcptTo: '450 4.2.0 Greylisted' }, 'retry', '450 4.2.0 Greylisted'],
    15: [{ afterDot: '451 4.3.0 Try again' }, 'retry', '451 4.3.0 Try again'],
    18: [{ afterDot: '554 5.6.0 Content rejected' }, 'failed', '554 5.6.0 Content rejected'],
    21: [{ afterDot: 'close' }, 'unknown', null],
    24: [{ afterDot: 'reset' }, 'unknown', null],
    27: [{ rcptTo: '421 4.3.2 Shutting down' }, 'deferred', '421 4.3.2 Shutting down'],
    30: [{ data: '451 4.3.0 Not now' }, 'retry', '451 4.3.0 Not now'],
    33: [{ duringContent: 'close' }, 'unknown', null],
  };
  for (const [number, [script]] of Object.entries(faults)) server.scriptTo.set(`dpo@kunde-${number}.example`, script);
  await queue.sender(server.url).run();
  for (let number = 1; number <= 40; number += 1) {
    const notice = await noticeTo(queue, `dpo@kunde-${number}.example`);
    const [, outcome = 'accepted', response = null] = faults[number] ?? [];
    expect((await attemptsOf(queue, notice)).map((attempt) => attempt.outcome)).toEqual([outcome]);
    if (response !== null) expect(notice.lastError).toBe(response);
    expect(notice.status).toBe(['accepted', 'failed'].includes(outcome) ? outcome : 'pending');
    expect(notice.attempts).toBe(outcome === 'deferred' ? 0 : 1);
  }

  server.scriptTo.clear();
  queue.clock.advance({ hours: 1 });
  await queue.sender(server.url).run();
  expect(await queue.counts()).toEqual({ accepted: 38, failed: 2 });
});

test('Each attempt keeps how its connection was encrypted', async () => {
  const server = new SMTPServer({
    authOptional: true,
    onData: (stream, _session, done) => void stream.resume().on('end', () => done()),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  // Begun after the server, and so ended before it: a server that closes waits for its connections.
  const queue = await startQueue(2);
  const sender = queue.sender(`smtp://127.0.0.1:${port}?tls.rejectUnauthorized=false`);
  await sender.run();
  const { rows } = await queue.pool.query('select outcome, tls from message_attempts');
  expect(rows).toHaveLength(2);
  for (const attempt of rows) {
    expect(attempt).toEqual({ outcome: 'accepted', tls: expect.stringMatching(/^TLSv1\.[23] \w+$/) });
  }
});

describe('A monitor', () => {
  function watched(queue: QueueUnderTest, smtpUrl: string) {
    const sender = queue.sender(smtpUrl);
    const { breaker, registry, logged } = sender;
    const metrics = async () => {
      const text = await registry.metrics();
      const lines = text.split('\n').filter((line) => line.startsWith('varsel') && !line.endsWith(' 0'));
      return Object.fromEntries(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
    };
    return { breaker, logged, metrics, run: () => sender.run() };
  }

  test('is told of every attempt, of a pause and its end, by ways that are not mail', async () => {
    const queue = await startQueue(12);
    const server = await faultyServer({ greeting: '554 5.7.1 You are blocked' });
    const { breaker, logged, metrics, run } = watched(queue, server.url);
    expect(breaker.state()).toBe('sending');
    await run();
    expect(breaker.state()).toBe('paused');
    expect(logged).toMatchObject([
      { message: expect.stringContaining('paused'), details: { fault: '554 5.7.1 You are blocked' } },
    ]);
    const { length: deferred } = await queue.attempts();
    expect(await metrics()).toEqual({
      'varsel_mail_attempts_total{outcome="deferred"}': deferred,
      varsel_mail_pauses_total: 1,
      'varsel_mail_sending_state{state="paused"}': 1,
      varsel_mail_connections_allowed: 5,
    });
    queue.clock.advance({ seconds: 10 });
    expect(breaker.state()).toBe('probing');
    expect(await metrics()).toMatchObject({ 'varsel_mail_sending_state{state="probing"}': 1 });
    server.script = { rcptTo: '550 5.1.1 No such user' };
    await run();
    expect(breaker.state()).toBe('sending');
    expect(await metrics()).toEqual({
      'varsel_mail_attempts_total{outcome="deferred"}': deferred,
      'varsel_mail_attempts_total{outcome="failed"}': 12,
      varsel_mail_pauses_total: 1,
      varsel_messages_failed_total: 12,
      'varsel_mail_sending_state{state="sending"}': 1,
      varsel_mail_connections_allowed: 5,
    });
  });

  test('is told once of messages that are larger than the mail server takes, which wait until it takes them', async () => {
    const queue = await startQueue(3);
    const server = await faultyServer({ ehlo: '250-faulty.example\r\n250 SIZE 5000' });
    const { logged, metrics, run } = watched(queue, server.url);
    await run();
    const told = () => logged.filter(({ message }) => message.includes('larger than the mail server takes'));
    expect(told()).toMatchObject([
      {
        details: {
          kind: 'notice',
          change: queue.change.id,
          fault: expect.stringMatching(/^The message has \d{5} bytes, and the mail server takes no more than 5000/),
        },
      },
    ]);
    // For two days, and also while other messages get through: never charged, never failed.
    for (let hours = 0; hours < 48; hours += 1) {
      queue.clock.advance({ hours: 1 });
      await run();
    }
    expect(await queue.counts()).toEqual({ pending: 3 });
    expect((await queue.notices()).map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
    expect((await queue.attempts()).every(({ outcome }) => outcome === 'deferred')).toBe(true);
    expect(told()).toHaveLength(1);
    expect(await metrics()).toMatchObject({ varsel_mail_too_large_total: (await queue.attempts()).length });
    server.script = {};
    server.dropConnections();
    queue.clock.advance({ hours: 1 });
    await run();
    await run();
    expect(await queue.counts()).toEqual({ accepted: 3 });
  });

  test('does not see a message fail for its size, however often others are answered between', async () => {
    const queue = await startQueue(2);
    const server = await faultyServer({ rcptTo: '450 4.2.0 greylisted' });
    server.scriptTo.set(FIRST, { rcptTo: '552 5.3.4 Message size exceeds fixed limit' });
    const { run } = watched(queue, server.url);
    await run();
    // The other one is tried for a day and a half.
    while ((await queue.counts()).failed !== 1) {
      queue.clock.advance({ minutes: 20 });
      await run();
    }
    const tooLarge = await noticeTo(queue, FIRST);
    expect(tooLarge).toMatchObject({ status: 'pending', attempts: 0, lastError: expect.stringContaining('552 5.3.4') });
    expect((await attemptsOf(queue, tooLarge)).length).toBeGreaterThan(10);
    expect((await attemptsOf(queue, tooLarge)).every(({ outcome }) => outcome === 'deferred')).toBe(true);
  });

  test('sees how many connections the mail server allows, over which everything is sent, without a pause', async () => {
    const queue = await startQueue(40);
    const server = await faultyServer({});
    server.limits = { connections: { most: 2, at: 'greeting', refusal: '421 4.7.0 too many connections' } };
    const { logged, metrics, run } = watched(queue, server.url);
    await run();
    expect(await queue.counts()).toEqual({ accepted: 40 });
    expect((await queue.attempts()).map(({ outcome }) => outcome)).toEqual(Array(40).fill('accepted'));
    expect(logged).toEqual([]);
    const { varsel_mail_connections_allowed: allowed } = await metrics();
    expect(allowed).toBeLessThan(5);
  });

  test('is told once of each notice whose next attempt is too late for the planned day, while there is time', async () => {
    // Announced at nine for 15 April: notified by 4 April, a controller has its ten days before it.
    const queue = await startQueue(2);
    const mailbox = await queue.mailbox((to) => {
      if (to === FIRST) throw reply(450, '4.2.0 Greylisted');
    });
    const { logged, metrics, run } = watched(queue, mailbox.smtpUrl);
    await run();
    expect(logged).toEqual([]);
    const late = await noticeTo(queue, FIRST);
    // The last attempt on 4 April in Copenhagen; the next one is on the fifth.
    queue.clock.set('2026-04-04T21:59:30Z');
    await run();
    const alarm = {
      message: 'a notice comes so late that its window would end after the planned day',
      details: { message: late.id, change: queue.change.id, plannedActivationOn: '2026-04-15' },
    };
    expect(logged).toMatchObject([alarm]);
    expect(await metrics()).toMatchObject({ varsel_notices_endangered_total: 1 });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      queue.clock.set((await queue.dueAt(late.id)).toString());
      await run();
    }
    expect(logged).toHaveLength(1);
    expect(await metrics()).toMatchObject({ varsel_notices_endangered_total: 1 });
  });
});

describe('A refusal that names no mailbox', () => {
  test.each<[string, SmtpScript, string]>([
    ['of the content', { afterDot: '554 5.6.0 Message rejected' }, 'failed'],
    ['of the recipient, or of us', { rcptTo: '550 Sender verify failed' }, 'failed'],
    ['by policy', { rcptTo: '554 5.7.1 Relay access denied' }, 'pending'],
  ])(
    '%s, many times in a row, pauses the sending before everybody is charged, and it goes on when one is taken',
    async (_of, script, status) => {
      const queue = await startQueue(60);
      const server = await faultyServer(script);
      const sender = queue.sender(server.url);
      const charged = async () => (await queue.notices()).filter(({ attempts }) => attempts > 0).length;
      await sender.run();
      const first = await charged();
      expect(first).toBeGreaterThanOrEqual(10);
      expect(first).toBeLessThan(20);
      expect((await queue.counts())[status]).toBeGreaterThanOrEqual(first);
      expect(sender.logged).toMatchObject([{ message: 'mail cannot be handed over; sending is paused' }]);

      // A probe is refused too: one more, and a longer pause.
      queue.clock.advance({ seconds: 10 });
      await sender.run();
      await sender.run();
      expect(await charged()).toBe(first + 1);

      server.script = {};
      queue.clock.advance({ seconds: 20 });
      await sender.run();
      expect(await queue.counts()).toEqual({ [status]: first + 1, accepted: 59 - first });
    },
  );

  test('now and then, between messages that are taken, does not', async () => {
    const queue = await startQueue(60);
    const mailbox = await queue.mailbox((to) => {
      if (Number(/\d+/.exec(to)?.[0]) % 2 === 0) throw reply(554, '5.6.0 Message rejected');
    });
    const sender = queue.sender(mailbox.smtpUrl);
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 30, failed: 30 });
    expect(sender.logged).toEqual([]);
  });

  test('of mailboxes that do not exist, however many in a row, says nothing against the others', async () => {
    const mailbox = await startMailbox();
    // Begun before the sender, and so ended after it.
    onTestFinished(() => mailbox.close());
    const queue = await startQueue(60);
    for (const { email } of await queue.notices()) {
      if (email !== 'dpo@kunde-60.example') mailbox.refuse(email, { code: 550, message: '5.1.1 No such user' });
    }
    const sender = queue.sender(mailbox.smtpUrl);
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 1, failed: 59 });
    expect(sender.logged).toEqual([]);
  });
});

describe('A reply that is lost after the content was sent', () => {
  test.each<SmtpScript['afterDot'] & string>(['close', 'reset', 'silence'])(
    'is recorded as unknown and sent again under the same Message-ID (%s)',
    async (afterDot) => {
      const queue = await startQueue(1);
      const server = await faultyServer({ afterDot });
      const sender = queue.sender(server.url);
      await sender.run();
      expect(await queue.counts()).toEqual({ pending: 1 });
      const lost = await noticeTo(queue, FIRST);
      expect(lost.attempts).toBe(1);
      expect(await queue.attempts()).toMatchObject([{ outcome: 'unknown', response_code: null }]);
      expect(await queue.controllers()).toMatchObject([{ state: 'awaiting-notice', notifiedAt: null }]);

      server.script = {};
      queue.clock.set((await queue.dueAt(lost.id)).toString());
      await sender.run();
      expect(await queue.counts()).toEqual({ accepted: 1 });
      expect((await queue.attempts()).map(({ outcome }) => outcome)).toEqual(['unknown', 'accepted']);
      const messageId = `<${lost.id}@telenor.example>`;
      expect(server.arrivals).toEqual([messageId, messageId]);
    },
  );
});

describe('The sending', () => {
  test('of a message that cannot be composed holds up nobody else, and sends nothing twice', async () => {
    const queue = await startQueue(30);
    const bad = (await noticeTo(queue, 'dpo@kunde-7.example')).id;
    const mailbox = await queue.mailbox();
    const sender = queue.sender(mailbox.smtpUrl, {
      broken: ({ mailMarks }) => ({
        mailMarks: {
          ...mailMarks,
          tokenOf(messageId: string) {
            if (messageId === bad) throw new Error('no link for this one');
            return mailMarks.tokenOf(messageId);
          },
        },
      }),
    });
    await sender.run();
    expect(await queue.claims()).toEqual({ accepted: 29, pending: 1 });
    expect(new Set(mailbox.taken.map(({ messageId }) => messageId)).size).toBe(29);
    expect(mailbox.taken).toHaveLength(29);
    expect(await noticeTo(queue, 'dpo@kunde-7.example')).toMatchObject({
      status: 'pending',
      lastError: expect.stringContaining('no link for this one'),
    });
    expect(sender.logged).toHaveLength(1);
  });

  test('puts single replies before the bulk of notices', async () => {
    const queue = await startQueue(30);
    const objector = await controllerId(queue.pool, 'kunde-30');
    await inTransaction(queue.pool, async (tx) => {
      const arrivedOn = Temporal.PlainDate.from('2026-03-02');
      const letter = { changeId: queue.change.id, externalId: 'kunde-30', arrivedOn, reference: 'by hand' };
      await recordLetter(tx, letter, at(NINE));
      const received = { channel: 'email' as const, from: { name: null, email: null }, reasons: 'Vi er uenige' };
      const receivedAt = Temporal.Instant.from(NINE);
      await fileObjection(tx, { ...received, changeId: queue.change.id, controllerId: objector, receivedAt }, at(NINE));
    });
    const mailbox = await queue.mailbox();
    await queue.sender(mailbox.smtpUrl, { connections: 1 }).run();
    expect(mailbox.taken).toHaveLength(31);
    expect(mailbox.taken[0]?.to).toBe('dpo@kunde-30.example');
    const { subject } = await simpleParser(mailbox.taken[0]?.head ?? '');
    expect(subject).toMatch(/vi har modtaget/);
  });

  test('reads as much for a notice as for a few, though the planner has never seen a window', async () => {
    const NOTICES = 900;
    const queue = await startQueue(NOTICES);
    const mailbox = await queue.mailbox();
    const before = await rowsRead(queue);
    await queue.sender(mailbox.smtpUrl).run();
    expect(mailbox.taken).toHaveLength(NOTICES);
    // Of tables this small a batch may read the whole; reading its change’s windows for each notice comes to a thousand.
    expect((await rowsRead(queue)) - before).toBeLessThan(200 * NOTICES);
  });

  test('reads as much for a notice as for a few, also by plans that were made when there were few', async () => {
    const queue = await startQueue(2);
    const mailbox = await queue.mailbox();
    const sender = queue.sender(mailbox.smtpUrl);
    const before = await rowsRead(queue);
    await sender.run();
    // Those who join get the notice of the change that stands, too.
    const joining = Array.from({ length: 900 }, (_, index) => aController(index + 1));
    await inTransaction(queue.pool, (tx) => saveControllers(tx, joining, at(NINE)));
    await announce(queue.pool, NINE, { subProcessor: aSubProcessor(2) });
    await sender.run();
    expect(mailbox.taken).toHaveLength(1_800);
    // As above: a slow machine sends small batches, each of which may read such tables whole.
    expect((await rowsRead(queue)) - before).toBeLessThan(200 * 1_800);
  });

  test('reads as much as for a few to follow what was under way when its change was withdrawn', async () => {
    const queue = await startQueue(900);
    await queue.database.owner.query('vacuum analyze');
    let isWithdrawn = false;
    const mailbox = await queue.mailbox(async () => {
      if (isWithdrawn) return;
      isWithdrawn = true;
      const reason = { da: 'Fejl' };
      await inTransaction(queue.pool, (tx) => withdrawChange(tx, queue.change.id, reason, at(NINE)));
    });
    const before = await rowsRead(queue);
    await queue.sender(mailbox.smtpUrl, { connections: 20 }).run();
    // For each of forty that were claimed: its notice and the withdrawal.
    expect(mailbox.taken.length).toBeGreaterThan(20);
    // The withdrawal itself reads a few rows for each of all; a walk through all contacts for each of forty comes to 36,000.
    expect((await rowsRead(queue)) - before).toBeLessThan(20_000);
  });

  test('ends with its change: what was not claimed by then is not sent', async () => {
    const queue = await startQueue(30);
    const mailbox = await queue.mailbox(async () => {
      if (mailbox.taken.length > 0) return;
      const reason = { da: 'Fejl' };
      await inTransaction(queue.pool, (tx) => withdrawChange(tx, queue.change.id, reason, at(NINE)));
    });
    await queue.sender(mailbox.smtpUrl, { connections: 1 }).run();
    // The message under way, and one that may have been claimed behind it.
    const { accepted = 0, cancelled } = await queue.claims();
    expect([1, 2]).toContain(accepted);
    expect(cancelled).toBe(30 - accepted);
    // Everybody who got a notice gets the withdrawal, and nobody else gets anything.
    const recipients = mailbox.taken.map(({ to }) => to);
    expect(recipients.slice(accepted).toSorted()).toEqual(recipients.slice(0, accepted).toSorted());
    expect(recipients).toHaveLength(2 * accepted);
  });

  test('to a controller ends with its agreement: what was not claimed by then is not sent', async () => {
    const queue = await startQueue(30);
    const mailbox = await queue.mailbox(async () => {
      if (mailbox.taken.length > 0) return;
      for (let number = 2; number <= 20; number += 1)
        await inTransaction(queue.pool, (tx) => endAgreement(tx, `kunde-${number}`, 'truetalk', at(NINE)));
    });
    await queue.sender(mailbox.smtpUrl, { connections: 1 }).run();
    const { accepted = 0, cancelled } = await queue.claims();
    // The eleven that remain, and one that may have been claimed behind the first.
    expect([11, 12]).toContain(accepted);
    expect(cancelled).toBe(30 - accepted);
    expect(mailbox.taken).toHaveLength(accepted);
  });

  test('that loses every database connection in the middle of a run loses no notice', async () => {
    const queue = await startQueue(60);
    const admin = new pg.Client(queue.database.ownerUrl);
    await admin.connect();
    onTestFinished(() => admin.end());
    let taken = 0;
    const mailbox = await queue.mailbox(async () => {
      taken += 1;
      if (taken !== 20) return;
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      );
    });
    const sender = queue.sender(mailbox.smtpUrl);
    await sender.run().catch(() => undefined);
    // Whatever was not recorded is found when its lease has passed.
    queue.clock.advance({ minutes: 6 });
    await sender.run();
    expect(await queue.counts()).toEqual({ accepted: 60 });
    const arrived = mailbox.taken.map(({ messageId }) => messageId);
    expect(new Set(arrived).size).toBe(60);
    // At most what was under way, or taken and not recorded, at that moment.
    expect(arrived.length).toBeLessThanOrEqual(60 + 25);
  });
});

/** Rows of windows and messages that statements have read so far, by an index or without one. */
async function rowsRead({ database: { owner: pool } }: QueueUnderTest): Promise<number> {
  // A connection reports its statistics when it ends.
  await pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name = 'varsel'`,
  );
  await pool.query('select pg_stat_force_next_flush()');
  const { rows } = await pool.query(
    `select (select sum(seq_tup_read) from pg_stat_user_tables where relname in ('objection_windows', 'messages', 'contacts'))
       + (select sum(idx_tup_read) from pg_stat_user_indexes where relname in ('objection_windows', 'messages', 'contacts')) as read`,
  );
  return Number(rows[0].read);
}
