import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { LEASE } from '../../src/concurrency/leases.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { knownChanges } from '../../src/sending/claim-batch.ts';
import { messageClaimer } from '../../src/sending/message-claimer.ts';
import { orphanRecovery } from '../../src/sending/orphan-recovery.ts';
import { claimMessages } from '../support/claim.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { startQueue, type QueueUnderTest } from './queue-under-test.ts';

const NO_LOG = { warn: () => undefined, error: () => undefined };

function begin(
  { pool, clock }: QueueUnderTest,
  options: { concurrency: number; maxPerSecond?: number },
  isStopped = () => false,
) {
  const { signal } = new AbortController();
  const run = {
    known: knownChanges(),
    orphans: orphanRecovery(pool),
    batch: options.concurrency,
    isProbe: false,
    signal,
    isStopped,
  };
  return messageClaimer({ pool, clock: clock.now, log: NO_LOG, ...options }, run);
}

async function rateTakenUntil({ pool }: QueueUnderTest): Promise<Temporal.Instant> {
  return (await oneRow<{ at: Temporal.Instant }>(pool, 'select next_at as at from sending_rate')).at;
}

test('A message that has waited for half of its lease is claimed anew, as if it had not been claimed before', async () => {
  const queue = await startQueue(10);
  const messages = begin(queue, { concurrency: 5 });
  const first = await messages.next();
  queue.clock.advance({ seconds: 14 });
  const second = await messages.next();
  expect(second?.lease.until).toEqual(first?.lease.until);
  queue.clock.advance({ seconds: 2 });
  // All senders ask at the same time, as after their process was frozen.
  const later = await Promise.all(Array.from({ length: 8 }, () => messages.next()));
  const renewed = queue.clock.now().add(LEASE);
  expect(later.map((message) => message?.lease.until)).toEqual(Array(8).fill(renewed));
  expect(await messages.next()).toBeUndefined();
  expect(new Set([first, second, ...later].map((claimed) => claimed?.message.id)).size).toBe(10);
  expect((await queue.notices()).map(({ attempts }) => attempts)).toEqual(Array(10).fill(1));
  expect(await queue.attempts()).toEqual([]);
});

test('Messages claimed anew go to all senders that ask, also where nothing else is due', async () => {
  const queue = await startQueue(5);
  const messages = begin(queue, { concurrency: 5 });
  for (let handedOut = 0; handedOut < 3; handedOut += 1) await messages.next();
  queue.clock.advance({ seconds: 16 });
  const renewed = queue.clock.now().add(LEASE);
  const asked = await Promise.all([messages.next(), messages.next(), messages.next()]);
  expect(asked.map((message) => message?.lease.until)).toEqual([renewed, renewed, undefined]);
});

test('Messages that cannot be released are neither lost nor sent until they can be, and their tokens count once', async () => {
  const queue = await startQueue(8);
  const messages = begin(queue, { concurrency: 4, maxPerSecond: 40 });
  await messages.next();
  queue.clock.advance({ seconds: 16 });
  const { owner } = queue.database;
  await rows(owner, 'alter table messages rename column lease_id to lease_id_away');
  await expect(messages.next()).rejects.toThrow(/lease_id/);
  await expect(messages.next()).rejects.toThrow(/lease_id/);
  await rows(owner, 'alter table messages rename column lease_id_away to lease_id');
  const renewed = queue.clock.now().add(LEASE);
  expect(await messages.next()).toMatchObject({ lease: { until: renewed } });
  expect(await queue.claims()).toEqual({ 'in-flight': 5, pending: 3 });
  expect(await queue.attempts()).toEqual([]);
  // Three of the four that are claimed now had their tokens already.
  expect(await rateTakenUntil(queue)).toEqual(queue.clock.now().add({ milliseconds: 25 }));
});

test('What a claimer holds it takes for no orphan, also when it woke after its leases had ended; another takes it over before', async () => {
  const queue = await startQueue(600);
  const messages = begin(queue, { concurrency: 240 });
  for (let handedOut = 0; handedOut < 400; handedOut += 1) await messages.next();
  await expect.poll(() => queue.claims()).toEqual({ 'in-flight': 600 });
  queue.clock.advance({ minutes: 6 });
  await Promise.all(Array.from({ length: 100 }, () => messages.next()));
  expect(await queue.attempts()).toEqual([]);
  expect(await queue.claims()).toMatchObject({ 'in-flight': expect.toBeOneOf([500, 600]) });
  messages.letAllGo();
  queue.clock.advance({ minutes: 6 });
  await begin(queue, { concurrency: 1 }).next();
  expect(new Set((await queue.attempts()).map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
});

test('What others hold is not taken over as soon as the database is back: those who live renew it first', async () => {
  const queue = await startQueue(2);
  const { pool, clock } = queue;
  const dead = { now: clock.now(), leaseId: randomUUID(), limit: 1 };
  await inTransaction(pool, (tx) => claimMessages(tx, dead));
  clock.advance({ minutes: 1 });
  await rows(queue.database.owner, 'alter table message_attempts rename to attempts_away');
  const messages = begin(queue, { concurrency: 1 });
  await expect(messages.next()).rejects.toThrow(/message_attempts/);
  await rows(queue.database.owner, 'alter table attempts_away rename to message_attempts');
  clock.advance({ seconds: 14 });
  await messages.next();
  expect(await queue.attempts()).toEqual([]);
  clock.advance({ seconds: 1 });
  messages.lookAgain();
  await messages.next();
  expect(await queue.attempts()).toMatchObject([{ outcome: 'unknown' }]);
});

test('Messages that could not be released are released at the end', async () => {
  const queue = await startQueue(4);
  const messages = begin(queue, { concurrency: 4 });
  await messages.next();
  const { owner } = queue.database;
  await rows(owner, 'alter table messages rename column lease_id to lease_id_away');
  await expect(messages.release()).rejects.toThrow(/lease_id/);
  await rows(owner, 'alter table messages rename column lease_id_away to lease_id');
  await messages.release();
  expect(await queue.claims()).toEqual({ 'in-flight': 1, pending: 3 });
});

test.each([
  ['works', { 'in-flight': 3, pending: 5 }],
  ['fails', { 'in-flight': 4, pending: 4 }],
])(
  'A batch that is being claimed is released when it has come in, also where releasing before that %s',
  async (howItGoes, meanwhile) => {
    const queue = await startQueue(8);
    const messages = begin(queue, { concurrency: 4 });
    for (let handedOut = 0; handedOut < 2; handedOut += 1) await messages.next();
    let givenBack = Promise.resolve();
    let isGivenBack = false;
    await inTransaction(queue.database.owner, async (tx) => {
      await rows(tx, 'lock table changes in access exclusive mode');
      // Less than half of the batch is left: the next four are being claimed.
      await messages.next();
      await untilLockWaiters(queue.pool);
      const query = vi.spyOn(queue.pool, 'query');
      if (howItGoes === 'fails') query.mockRejectedValueOnce(new Error('connection lost'));
      givenBack = messages.release().then(() => void (isGivenBack = true));
      await expect.poll(() => query.mock.settledResults[0]?.type).toMatch(/fulfilled|rejected/);
      expect(await queue.claims()).toEqual(meanwhile);
      expect(isGivenBack).toBe(false);
    });
    await givenBack;
    expect(await queue.claims()).toEqual({ 'in-flight': 3, pending: 5 });
  },
);

test('Releasing waits for messages that are being released already', async () => {
  const queue = await startQueue(3);
  const messages = begin(queue, { concurrency: 3 });
  await messages.next();
  let isGivenBack = false;
  let both: Promise<unknown> = Promise.resolve();
  await inTransaction(queue.pool, async (tx) => {
    await rows(tx, 'select from messages for update');
    const second = [messages.release(), messages.release()][1];
    both = Promise.resolve(second).then(() => (isGivenBack = true));
    await untilLockWaiters(queue.pool);
    expect(isGivenBack).toBe(false);
  });
  await both;
  expect(await queue.claims()).toEqual({ 'in-flight': 1, pending: 2 });
});

test('What waits for who is no contact any more is cancelled as it is released', async () => {
  const queue = await startQueue(3);
  const messages = begin(queue, { concurrency: 3 });
  const first = await messages.next();
  await rows(
    queue.pool,
    'delete from contacts where email = (select email from messages where id <> $1 order by id limit 1)',
    [first?.message.id ?? null],
  );
  await messages.release();
  expect(await queue.claims()).toEqual({ 'in-flight': 1, pending: 1, cancelled: 1 });
});

test('A claimer that is stopped while it releases claims nothing further', async () => {
  const queue = await startQueue(8);
  let isStopped = false;
  const messages = begin(queue, { concurrency: 4 }, () => isStopped);
  await messages.next();
  queue.clock.advance({ seconds: 16 });
  let asked: ReturnType<typeof messages.next> | undefined;
  await inTransaction(queue.pool, async (tx) => {
    await rows(tx, 'select from messages for update');
    asked = messages.next();
    await untilLockWaiters(queue.pool);
    isStopped = true;
  });
  expect(await asked).toBeUndefined();
  expect(await queue.claims()).toEqual({ 'in-flight': 1, pending: 7 });
});

test('A claimer that is stopped while it recovers orphans leaves the rest to others', async () => {
  const queue = await startQueue(250);
  await begin(queue, { concurrency: 250 }).next();
  queue.clock.advance({ minutes: 6 });
  const isStopped = vi.fn(() => true).mockReturnValueOnce(false);
  expect(await begin(queue, { concurrency: 5 }, isStopped).next()).toBeUndefined();
  expect(await queue.claims()).toEqual({ 'in-flight': 150, pending: 100 });
});

test('A message takes one token of the rate of the installation, however many might have been due', async () => {
  const queue = await startQueue(1);
  const messages = begin(queue, { concurrency: 10, maxPerSecond: 40 });
  await messages.next();
  expect(await rateTakenUntil(queue)).toEqual(queue.clock.now().add({ milliseconds: 25 }));
});

test('At a rate with a fraction, each message waits for its own token', async () => {
  const queue = await startQueue(2);
  const messages = begin(queue, { concurrency: 10, maxPerSecond: 2.5 });
  await messages.next();
  const from = performance.now();
  expect(await messages.next()).toBeDefined();
  expect(await messages.next()).toBeUndefined();
  // The first token counts from the test's clock, which stands still.
  expect(performance.now() - from).toBeGreaterThan(300);
  expect(await rateTakenUntil(queue)).toEqual(queue.clock.now().add({ milliseconds: 800 }));
});
