import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { progressOfOne } from '../../src/db/change-counts.ts';
import { startCountingSink } from '../support/counting-sink.ts';
import { startSendingProcess, type SendingProcess, type SendingProcessOptions } from '../support/sending-processes.ts';
import { announce } from '../support/seed.ts';
import { aSubProcessor } from '../support/examples.ts';
import { startQueue, type QueueUnderTest } from './queue-under-test.ts';

const CONNECTIONS = 10;
const LEASE_SECONDS = 2;

/** Long past by the clock of real processes: the notices are due. */
const ANNOUNCED = '2026-01-05T09:00:00Z';

/** Notices that wait, and a mail server that counts. */
async function start(notices: number, delayMs = 0) {
  const queue = await startQueue(notices, ANNOUNCED);
  const sink = await startCountingSink(delayMs);
  const processes: SendingProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(processes.map((each) => each.end('SIGKILL')));
    await sink.stop();
  });
  return {
    queue,
    sink,
    startProcess: (name: string, options: Partial<SendingProcessOptions> = {}) => {
      const databaseUrl = queue.database.url;
      const given = { databaseUrl, smtpUrl: sink.url(name), connections: CONNECTIONS, leaseSeconds: LEASE_SECONDS };
      const started = startSendingProcess({ ...given, ...options });
      processes.push(started);
      return started;
    },
  };
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(20);
}

const allAccepted = async ({ pool, change, clock }: QueueUnderTest, notices: number) =>
  (await progressOfOne(pool, change.id, clock.now())).notices.accepted === notices;

test('Three processes on one database share the work, and nobody is written to twice', async () => {
  const { queue, sink, startProcess } = await start(600, 20);
  for (const name of ['one', 'two', 'three']) startProcess(name);
  await until(() => allAccepted(queue, 600));
  expect(sink.arrivals).toHaveLength(600);
  expect(new Set(sink.arrivals.map(({ notice }) => notice)).size).toBe(600);
  for (const name of ['one', 'two', 'three']) {
    expect(sink.arrivals.filter(({ from }) => from === name).length).toBeGreaterThan(0);
  }
  expect((await queue.attempts()).map(({ outcome }) => outcome)).toEqual(Array(600).fill('accepted'));
}, 300_000);

test('A limit to the mails a second holds for all processes together', async () => {
  const perSecond = 40;
  const { queue, sink, startProcess } = await start(120);
  const started = performance.now();
  for (const name of ['one', 'two', 'three']) startProcess(name, { maxPerSecond: perSecond });
  await until(() => allAccepted(queue, 120));
  expect(sink.arrivals).toHaveLength(120);
  // A process takes tokens for a quarter of a second at once, and three may begin at the same time.
  expect(((sink.arrivals.at(-1)?.atMs ?? 0) - started) / 1_000).toBeGreaterThanOrEqual(
    (120 - 3 * (perSecond / 4)) / perSecond,
  );
}, 300_000);

test('A process that was frozen for longer than its lease records nothing over what the next owner recorded', async () => {
  const { queue, sink, startProcess } = await start(60, 300);
  const frozen = startProcess('frozen');
  await until(() => sink.arrivals.length > 0);
  frozen.signal('SIGSTOP');
  startProcess('next');
  await until(() => allAccepted(queue, 60));
  const recorded = await queue.controllers();
  frozen.signal('SIGCONT');
  const late = async () => {
    const { rows } = await queue.pool.query<{ message_id: string; outcomes: string[] }>(
      `select message_id, array_agg(outcome order by id) as outcomes from message_attempts group by 1
       having count(*) filter (where outcome = 'accepted') > 1`,
    );
    return rows;
  };
  await until(async () => (await late()).length > 0);
  expect(await frozen.end('SIGTERM')).toEqual({ code: 0, signal: null });

  // What it had sent is on record as unknown, then as accepted by the next owner, then as accepted by itself.
  for (const { message_id: id, outcomes } of await late()) {
    expect(outcomes).toEqual(['unknown', 'accepted', 'accepted']);
    const senders = sink.arrivals.filter(({ notice }) => notice === id).map(({ from }) => from);
    expect(senders.toSorted()).toEqual(['frozen', 'next']);
  }
  expect(await queue.controllers()).toEqual(recorded);
  const copies = sink.arrivals.length - new Set(sink.arrivals.map(({ notice }) => notice)).size;
  expect(copies).toBeLessThanOrEqual(CONNECTIONS);
  const unknown = (await queue.attempts()).filter(({ outcome }) => outcome === 'unknown');
  expect(unknown.length).toBeGreaterThanOrEqual(copies);
}, 300_000);

test('SIGTERM ends a process when what is under way has its outcome, and releases the rest at once', async () => {
  const { queue, sink, startProcess } = await start(300, 200);
  const sender = startProcess('sender');
  await until(() => sink.arrivals.length > CONNECTIONS);
  // More may wait by now than it has claimed.
  await announce(queue.pool, ANNOUNCED, { subProcessor: aSubProcessor(2) });
  expect(await sender.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const { accepted = 0, pending } = await queue.claims();
  expect(accepted).toBe(sink.arrivals.length);
  expect(pending).toBe(600 - accepted);
  const { rows } = await queue.pool.query(
    `select attempts, lease_id from messages where status = 'pending' group by 1, 2`,
  );
  expect(rows).toEqual([{ attempts: 0, lease_id: null }]);
  expect(sender.complaints()).toBe('');
}, 300_000);
