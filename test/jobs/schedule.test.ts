import { expect, onTestFinished, test, vi } from 'vitest';
import type { Jobs, Wakes } from '../../src/jobs/schedule.ts';
import { aSubProcessor } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { acceptNotice, announce, notifyAll } from '../support/seed.ts';
import { NINE, startQueue, type QueueUnderTest } from '../sending/queue-under-test.ts';

const SOON = { timeout: 30_000, interval: 10 };
/** What these jobs do, they do because they were woken: no sweep comes to their help. */
const WOKEN: Wakes = { sweep: null, isNotified: true };
const EVERY_SECOND: Wakes = { sweep: '* * * * * *', isNotified: true };

function start(queue: QueueUnderTest, smtpUrl: string, { wakes = WOKEN, connections = 5 } = {}): Jobs {
  return queue.sender(smtpUrl, { wakes, connections }).jobs;
}

/** The process ids of the connections that listen. */
async function listeners({ pool }: QueueUnderTest): Promise<number[]> {
  const { rows } = await pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and query ~* '^(listen|notify) '`,
  );
  return rows.map(({ pid }) => pid);
}

/** How many changes a consumer has been told of as notified. */
const notified = async (queue: QueueUnderTest) =>
  (await queue.events()).filter(({ type }) => type === 'change.notified').length;

const announceAnother = (queue: QueueUnderTest, number: number) =>
  announce(queue.pool, NINE, { subProcessor: aSubProcessor(number) });

test('an announcement wakes the sending at once, and so does the next', async () => {
  const queue = await startQueue(3);
  const mailbox = await queue.mailbox();
  start(queue, mailbox.smtpUrl);
  // What was announced before anybody listened.
  await vi.waitFor(() => expect(mailbox.taken).toHaveLength(3), SOON);
  for (const number of [2, 3, 4]) {
    await announceAnother(queue, number);
    await vi.waitFor(() => expect(mailbox.taken).toHaveLength(3 * number), SOON);
  }
  await vi.waitFor(async () => expect(await notified(queue)).toBe(4), SOON);
});

test('the loss of the connection that listens is survived, also by what is announced meanwhile', async () => {
  const queue = await startQueue(2);
  const mailbox = await queue.mailbox();
  const { logged } = queue.sender(mailbox.smtpUrl, { wakes: WOKEN });
  await vi.waitFor(() => expect(mailbox.taken).toHaveLength(2), SOON);
  const [first] = await listeners(queue);
  await queue.pool.query('select pg_terminate_backend($1)', [first]);
  await announceAnother(queue, 2);
  await vi.waitFor(() => expect(mailbox.taken).toHaveLength(4), SOON);
  await vi.waitFor(async () => expect(await listeners(queue)).toHaveLength(1), SOON);
  expect(await listeners(queue)).not.toContain(first);
  expect(logged).toMatchObject([{ message: 'the connection that listens for new messages was lost' }]);
  for (const number of [3, 4, 5]) {
    await announceAnother(queue, number);
    await vi.waitFor(() => expect(mailbox.taken).toHaveLength(2 * number), SOON);
  }
});

test('stop() lets what is under way end, gives the other claims back, and leaves no connection', async () => {
  const queue = await startQueue(30);
  const release = Promise.withResolvers<void>();
  const bothInHand = Promise.withResolvers<void>();
  let inHand = 0;
  const mailbox = await queue.mailbox(async () => {
    inHand += 1;
    if (inHand === 2) bothInHand.resolve();
    await release.promise;
  });
  const jobs = start(queue, mailbox.smtpUrl, { connections: 2 });
  await bothInHand.promise;
  // Two, and what is begun behind them.
  expect((await queue.claims())['in-flight']).toBeGreaterThanOrEqual(2);
  const stopped = jobs.stop();
  release.resolve();
  await stopped;
  expect(await queue.claims()).toEqual({ accepted: 2, pending: 28 });
  for (const { status, attempts } of await queue.notices()) expect(attempts).toBe(status === 'accepted' ? 1 : 0);
  expect(mailbox.taken).toHaveLength(2);
  await vi.waitFor(async () => expect(await listeners(queue)).toEqual([]), SOON);

  // Nothing wakes it any more.
  await announceAnother(queue, 2);
  await jobs.runAll();
  expect(mailbox.taken).toHaveLength(2);

  await queue.sender(mailbox.smtpUrl).run();
  const arrived = mailbox.taken.map(({ messageId }) => messageId);
  expect(arrived).toHaveLength(60);
  expect(new Set(arrived).size).toBe(60);
});

test('stop() is over at once while sending is idle, and may come before the listening connection is up', async () => {
  const queue = await startQueue(1);
  const mailbox = await queue.mailbox();
  const { jobs } = queue.sender(mailbox.smtpUrl, { wakes: null });
  await jobs.stop();
  await vi.waitFor(async () => expect(await listeners(queue)).toEqual([]), SOON);
  expect((await queue.claims())['in-flight']).toBeUndefined();
});

test('a mail server that takes its time holds no milestone of another change back', async () => {
  const queue = await startQueue(1);
  await notifyAll(queue.pool, queue.change.id, 1, NINE);
  const inHand = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const mailbox = await queue.mailbox(async () => {
    inHand.resolve();
    await release.promise;
  });
  start(queue, mailbox.smtpUrl, { wakes: EVERY_SECOND });
  // Before the jobs are stopped: they let what is under way end.
  onTestFinished(() => release.resolve());
  await inHand.promise;
  await vi.waitFor(async () => expect(await notified(queue)).toBe(1), SOON);
});

test('windows that take long to follow, and are to be followed again and again, keep no notice waiting', async () => {
  const queue = await startQueue(1);
  await acceptNotice(queue.pool, queue.change.id, 'kunde-1', NINE);
  const holder = await queue.pool.connect();
  await holder.query('begin');
  await holder.query('select from changes where id = $1 for update', [queue.change.id]);
  // Before the jobs are stopped: they let what is under way end.
  onTestFinished(async () => {
    await holder.query('rollback');
    holder.release();
  });
  const mailbox = await queue.mailbox();
  // The milestone of the change that is held is due, so whoever follows the windows waits for the holder.
  start(queue, mailbox.smtpUrl, { wakes: EVERY_SECOND });
  await untilLockWaiters(queue.pool);
  for (const number of [2, 3]) {
    await announceAnother(queue, number);
    await vi.waitFor(() => expect(mailbox.taken).toHaveLength(number - 1), SOON);
  }
});

test('a job that fails is logged, and the next run takes up what it left', async () => {
  const queue = await startQueue(2);
  const mailbox = await queue.mailbox();
  const jobs = start(queue, mailbox.smtpUrl);
  await vi.waitFor(async () => expect(await queue.counts()).toEqual({ accepted: 2 }), SOON);
  await queue.database.owner.query('alter table messages rename to messages_away');
  await expect(jobs.runAll()).rejects.toThrow('"messages" does not exist');
  await queue.database.owner.query('alter table messages_away rename to messages');
  await announceAnother(queue, 2);
  await vi.waitFor(() => expect(mailbox.taken).toHaveLength(4), SOON);
});

test('while the clock cannot be trusted no job begins, and one that has begun sends no more (D29)', async () => {
  const queue = await startQueue(30);
  let fault: string | null = 'The clock has not been measured.';
  let asked = 0;
  const mailbox = await queue.mailbox(async () => {
    if (mailbox.taken.length === 0) fault = 'The clock was set.';
  });
  queue.sender(mailbox.smtpUrl, {
    wakes: EVERY_SECOND,
    connections: 2,
    broken: ({ clock }) => ({
      clock: Object.assign(() => clock(), {
        fault: () => {
          asked += 1;
          return fault;
        },
      }),
    }),
  });
  await expect.poll(() => asked).toBeGreaterThan(10);
  expect(mailbox.taken).toEqual([]);
  fault = null;
  await expect.poll(() => mailbox.taken.length).toBeGreaterThan(0);
  // What was being handed over is on record, and what was claimed has been given back.
  await expect.poll(async () => (await queue.claims())['in-flight'] ?? 0).toBe(0);
  expect(mailbox.taken.length).toBeLessThanOrEqual(2);
  fault = null;
  await expect.poll(() => queue.claims()).toEqual({ accepted: 30 });
  expect(mailbox.taken).toHaveLength(30);
});
