import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { createWebhook } from '../../src/commands/manage-webhooks.ts';
import { recordEvents } from '../../src/commands/record-events.ts';
import { claimUnreadMail, postponeReading, type UnreadMail } from '../../src/db/inbound-mails.ts';
import { insertOperatorMail } from '../../src/db/operator-mails.ts';
import { inTransaction, oneRow } from '../../src/db/postgres.ts';
import { claimMessages } from '../support/claim.ts';
import { aSubProcessor } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { recordMailTo } from '../support/mails.ts';
import { startReceiver } from '../support/receiver.ts';
import { announce, at } from '../support/seed.ts';
import { NINE, startQueue, type QueueUnderTest } from '../sending/queue-under-test.ts';

const LEASE = { seconds: 1 };

/** When the one claim ends, by its row. */
const END_OF_CLAIM = {
  messages: `select max(leased_until) as until from messages where status = 'in-flight'`,
  webhooks: 'select max(leased_until) as until from webhooks',
  operatorMails: 'select max(leased_until) as until from operator_mails',
  mails: 'select max(next_reading_at) as until from inbound_mails',
};

/** Lets three leases pass by the clock, and has another process look after each quarter. */
async function passLeases(queue: QueueUnderTest, kind: keyof typeof END_OF_CLAIM, look: () => Promise<void>) {
  for (let quarter = 0; quarter < 12; quarter += 1) {
    queue.clock.advance({ milliseconds: 250 });
    const soon = queue.clock.now().add({ milliseconds: 500 });
    const isRenewed = async () => {
      const { until } = await oneRow<{ until: Temporal.Instant | null }>(queue.pool, END_OF_CLAIM[kind]);
      return until !== null && Temporal.Instant.compare(until, soon) >= 0;
    };
    await expect.poll(isRenewed).toBe(true);
    await look();
  }
}

/** A mail server that takes nothing before it is told to. */
async function slowMailbox(queue: QueueUnderTest) {
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  onTestFinished(() => goOn.resolve());
  const mailbox = await queue.mailbox(async () => {
    begun.resolve();
    await goOn.promise;
  });
  return { mailbox, begun: begun.promise, goOn: () => goOn.resolve() };
}

test('A message stays with its process however long its mail server takes', async () => {
  const queue = await startQueue(1);
  const { mailbox, begun, goOn } = await slowMailbox(queue);
  const quick = await queue.mailbox();
  const sending = queue.sender(mailbox.smtpUrl, { lease: LEASE }).run();
  await begun;
  const other = queue.sender(quick.smtpUrl, { lease: LEASE });
  await passLeases(queue, 'messages', () => other.run());
  goOn();
  await sending;
  expect([mailbox.taken.length, quick.taken.length]).toEqual([1, 0]);
  expect((await queue.attempts()).map(({ outcome }) => outcome)).toEqual(['accepted']);
});

test('An endpoint stays with its process however long it takes to respond', async () => {
  const queue = await startQueue(0);
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const goOn = Promise.withResolvers<void>();
  receiver.respond(async (response) => {
    await goOn.promise;
    response.writeHead(204).end();
  });
  const settings = { events: ['*'], products: null, description: null, rateLimit: null, enabled: true };
  await inTransaction(queue.pool, (tx) => createWebhook(tx, { ...settings, url: receiver.url }, at(NINE)));
  await inTransaction(queue.pool, (tx) =>
    recordEvents(tx, queue.change.id, queue.clock.now(), [{ type: 'change.announced' }]),
  );
  const [first, second] = ['smtp://127.0.0.1:1', 'smtp://127.0.0.1:1'].map((url) =>
    queue.sender(url, { lease: LEASE }),
  );
  await first?.jobs.each.deliverer.sweep();
  await expect.poll(() => receiver.received.length).toBe(1);
  await passLeases(queue, 'webhooks', async () => second?.jobs.each.deliverer.sweep());
  goOn.resolve();
  await first?.jobs.each.deliverer.idle();
  expect(receiver.received).toHaveLength(1);
  const { delivered } = await oneRow<{ delivered: number }>(
    queue.pool,
    `select count(*) as delivered from webhook_deliveries where status = 'delivered' and attempts = 1`,
  );
  expect(delivered).toBe(1);
});

test('A mail to the company stays with its process however long its mail server takes', async () => {
  const queue = await startQueue(0);
  const { mailbox, begun, goOn } = await slowMailbox(queue);
  const mail = { kind: 'test', subject: 'A test', body: 'Of a mail to the company.', at: queue.clock.now() };
  await inTransaction(queue.pool, (tx) => insertOperatorMail(tx, mail));
  const sending = queue.sender(mailbox.smtpUrl, { lease: LEASE }).jobs.each.sendOperatorMails();
  await begun;
  const quick = await queue.mailbox();
  const other = queue.sender(quick.smtpUrl, { lease: LEASE });
  await passLeases(queue, 'operatorMails', () => other.jobs.each.sendOperatorMails());
  goOn();
  await sending;
  expect([mailbox.taken.length, quick.taken.length]).toEqual([1, 0]);
});

test('A mail that is being read stays with its reader however long that waits', async () => {
  const queue = await startQueue(1);
  const [notice] = await queue.notices();
  await recordMailTo(queue.pool, notice?.id ?? '', 'Subject: SV\r\n\r\nNej tak.\r\n', queue.clock.now());
  const [reader, other] = [1, 2].map(() => queue.sender('smtp://127.0.0.1:1', { lease: LEASE }).jobs);
  let reading: Promise<void> | undefined;
  await inTransaction(queue.pool, async (tx) => {
    await tx.query('select from changes for update');
    reading = reader?.readMails();
    await untilLockWaiters(queue.pool);
    await passLeases(queue, 'mails', async () => other?.readMails());
  });
  await reading;
  expect(await oneRow(queue.pool, 'select taken_as, readings from inbound_mails')).toMatchObject({ readings: 1 });
});

test('A reader that was frozen does not put off what another reads', async () => {
  const queue = await startQueue(1);
  const { pool, clock } = queue;
  const [notice] = await queue.notices();
  await recordMailTo(pool, notice?.id ?? '', 'Subject: SV\r\n\r\nNej tak.\r\n', clock.now());
  const claim = async (): Promise<UnreadMail> => {
    const claimed = await claimUnreadMail(pool, { now: clock.now(), until: clock.now().add(LEASE) });
    return claimed ?? expect.fail('nothing is due');
  };
  const frozen = await claim();
  clock.advance(LEASE);
  const next = await claim();
  await postponeReading(pool, frozen, { until: clock.now().add({ hours: 1 }), readings: 0 });
  const { until, readings } = await oneRow<{ until: Temporal.Instant; readings: number }>(
    pool,
    'select next_reading_at as until, readings from inbound_mails',
  );
  expect({ until, readings }).toEqual({ until: clock.now().add(LEASE), readings: next.readings });
});

test('A slow mail server holds up one message, and neither what comes meanwhile nor what a dead process had claimed', async () => {
  const queue = await startQueue(2);
  const { pool, clock } = queue;
  const dead = { now: clock.now(), leaseId: randomUUID(), limit: 1 };
  await inTransaction(pool, (tx) => claimMessages(tx, dead));
  const { mailbox, begun, goOn } = await slowMailbox(queue);
  const sender = queue.sender(mailbox.smtpUrl);
  const sending = sender.run();
  await begun;
  await announce(pool, NINE, { subProcessor: aSubProcessor(2) });
  const woken = [sender.run()];
  // The message under way, the one that the dead process holds, and two of the next change.
  await expect.poll(() => queue.claims()).toEqual({ 'in-flight': 4 });
  clock.advance({ seconds: 30 });
  woken.push(sender.run());
  await expect.poll(async () => (await queue.attempts()).map(({ outcome }) => outcome)).toEqual(['unknown']);
  goOn();
  await Promise.all([sending, ...woken]);
  expect(await queue.claims()).toEqual({ accepted: 4 });
  expect(mailbox.taken).toHaveLength(4);
});
