import { expect, test } from 'vitest';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { followWindows } from '../../src/jobs/follow-windows.ts';
import { aController } from '../support/examples.ts';
import { at, notifyAll } from '../support/seed.ts';
import { NINE, startQueue, type QueueUnderTest } from '../sending/queue-under-test.ts';

const DEADLINE = '2026-03-12T23:00:00Z';

/** What a consumer has been told of the change as a whole, in the order of its versions, which has no gap. */
async function milestones(queue: QueueUnderTest): Promise<string[]> {
  const told = await queue.events();
  expect(told.map(({ data }) => data.sequence)).toEqual(told.map((_event, index) => index + 1));
  return told.map(({ type }) => type).filter((type) => !type.startsWith('controller.'));
}

const manyRunners = ({ pool, clock }: QueueUnderTest) =>
  Promise.all(Array.from({ length: 20 }, () => followWindows({ pool, clock: clock.now })));

test('each milestone is told once, however many runners look at the same time', async () => {
  const queue = await startQueue(3);
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced']);

  await notifyAll(queue.pool, queue.change.id, 2, NINE);
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced']);

  await notifyAll(queue.pool, queue.change.id, 3, NINE);
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced', 'change.notified']);

  queue.clock.set(Temporal.Instant.from(DEADLINE).subtract({ milliseconds: 1 }).toString());
  await manyRunners(queue);
  const near = ['change.announced', 'change.notified', 'deadline.approaching'];
  expect(await milestones(queue)).toEqual(near);

  queue.clock.set(DEADLINE);
  await manyRunners(queue);
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual([...near, 'change.windows-closed']);
});

test('the last deadline comes near once, also where it moves later after that', async () => {
  const queue = await startQueue(1);
  await notifyAll(queue.pool, queue.change.id, 1, NINE);
  queue.clock.set(Temporal.Instant.from(DEADLINE).subtract({ hours: 72, milliseconds: 1 }).toString());
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced', 'change.notified']);
  queue.clock.set(Temporal.Instant.from(DEADLINE).subtract({ hours: 72 }).toString());
  await manyRunners(queue);
  const near = ['change.announced', 'change.notified', 'deadline.approaching'];
  expect(await milestones(queue)).toEqual(near);

  await inTransaction(queue.pool, (tx) => saveControllers(tx, [aController(2)], at('2026-03-10T09:00:00Z')));
  await notifyAll(queue.pool, queue.change.id, 2, '2026-03-10T09:00:00Z');
  queue.clock.set('2026-03-20T22:00:00Z');
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(near);
});

test('both are told in their order when nobody looked in between', async () => {
  const queue = await startQueue(1);
  await notifyAll(queue.pool, queue.change.id, 1, NINE);
  queue.clock.set(DEADLINE);
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced', 'change.notified', 'change.windows-closed']);
});

test('a change that is withdrawn before anybody looked tells first that its last controller was notified', async () => {
  const queue = await startQueue(1);
  await notifyAll(queue.pool, queue.change.id, 1, NINE);
  const reason = { da: 'Leverandøren har trukket sig' };
  await inTransaction(queue.pool, (tx) => withdrawChange(tx, queue.change.id, reason, at(NINE)));
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced', 'change.notified', 'change.withdrawn']);
});

test('the events tell the change as it was then', async () => {
  const queue = await startQueue(2);
  await notifyAll(queue.pool, queue.change.id, 2, NINE);
  await followWindows({ pool: queue.pool, clock: queue.clock.now });
  const told = await queue.events();
  expect(told.filter(({ type }) => type === 'change.notified')).toMatchObject([
    {
      timestamp: '2026-03-02T09:00:00.000Z',
      data: { sequence: 4, change: { version: 4, controllers: { total: 2, notified: 2, windowsOpen: 2 } } },
    },
  ]);
});

test('a controller that joins before the last window closes holds the second milestone back', async () => {
  const queue = await startQueue(1);
  await notifyAll(queue.pool, queue.change.id, 1, NINE);
  await manyRunners(queue);
  await inTransaction(queue.pool, (tx) => saveControllers(tx, [aController(2)], at('2026-03-10T09:00:00Z')));
  queue.clock.set(DEADLINE);
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced', 'change.notified']);
  await notifyAll(queue.pool, queue.change.id, 2, '2026-03-13T09:00:00Z');
  queue.clock.set('2026-03-23T23:00:00Z');
  await manyRunners(queue);
  expect(await milestones(queue)).toEqual(['change.announced', 'change.notified', 'change.windows-closed']);
});
