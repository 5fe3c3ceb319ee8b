import { expect, test } from 'vitest';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { begunMessages } from '../../src/jobs/begun-messages.ts';
import { startQueue, type QueueUnderTest } from './queue-under-test.ts';

function begin({ pool, clock }: QueueUnderTest, options: { concurrency: number; maxPerSecond?: number }) {
  const { signal } = new AbortController();
  const run = { known: new Map(), batch: options.concurrency, isProbe: false, signal, isStopped: () => false };
  return begunMessages({ pool, clock: clock.now, ...options }, run);
}

test('What has waited for half of its lease is claimed anew, as if it had not been claimed before', async () => {
  const queue = await startQueue(10);
  const messages = begin(queue, { concurrency: 5 });
  const first = await messages.next();
  queue.clock.advance({ seconds: 149 });
  const second = await messages.next();
  expect(second?.leasedUntil).toEqual(first?.leasedUntil);
  queue.clock.advance({ seconds: 2 });
  // All those who send ask at the same time, as they do when their process has been frozen.
  const later = await Promise.all(Array.from({ length: 8 }, () => messages.next()));
  const renewed = queue.clock.now().add({ minutes: 5 });
  expect(later.map((message) => message?.leasedUntil)).toEqual(Array(8).fill(renewed));
  expect(await messages.next()).toBeUndefined();
  expect(new Set([first, second, ...later].map((begun) => begun?.message.id)).size).toBe(10);
  expect((await queue.notices()).map(({ attempts }) => attempts)).toEqual(Array(10).fill(1));
  expect(await queue.attempts()).toEqual([]);
});

test('Of what has waited for longer than its lease, only what was handed out goes on record as unknown', async () => {
  const queue = await startQueue(600);
  const messages = begin(queue, { concurrency: 240 });
  for (let handedOut = 0; handedOut < 400; handedOut += 1) await messages.next();
  await expect.poll(() => queue.counts()).toEqual({ 'in-flight': 600 });
  queue.clock.advance({ minutes: 6 });
  // Enough have been claimed that those are looked for which others have left.
  await messages.next();
  expect(await queue.attempts()).toEqual(Array(400).fill(expect.objectContaining({ outcome: 'unknown' })));
});

test('What could not be given back is given back at the end', async () => {
  const queue = await startQueue(4);
  const messages = begin(queue, { concurrency: 4 });
  await messages.next();
  const { pool } = queue;
  await rows(pool, 'alter table messages rename column lease_id to lease_id_away');
  await expect(messages.giveBack()).rejects.toThrow(/lease_id/);
  await rows(pool, 'alter table messages rename column lease_id_away to lease_id');
  await messages.giveBack();
  expect(await queue.counts()).toEqual({ 'in-flight': 1, pending: 3 });
});

test('Whoever gives back waits for what is being given back already', async () => {
  const queue = await startQueue(3);
  const messages = begin(queue, { concurrency: 3 });
  await messages.next();
  let isGivenBack = false;
  let both: Promise<unknown> = Promise.resolve();
  await inTransaction(queue.pool, async (tx) => {
    await rows(tx, 'select from messages for update');
    const second = [messages.giveBack(), messages.giveBack()][1];
    both = Promise.resolve(second).then(() => (isGivenBack = true));
    await expect
      .poll(() => oneRow(queue.pool, `select count(*) as waiting from pg_locks where not granted`))
      .toEqual({ waiting: 1 });
    expect(isGivenBack).toBe(false);
  });
  await both;
  expect(await queue.counts()).toEqual({ 'in-flight': 1, pending: 2 });
});

test('A message takes one token of the rate of the installation, however many might have been due', async () => {
  const queue = await startQueue(1);
  const messages = begin(queue, { concurrency: 10, maxPerSecond: 40 });
  await messages.next();
  const { nextAt } = await oneRow<{ nextAt: Temporal.Instant }>(
    queue.pool,
    'select next_at as "nextAt" from sending_rate',
  );
  expect(nextAt.since(queue.clock.now()).total('milliseconds')).toBe(25);
});
