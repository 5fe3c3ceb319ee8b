import { expect, test } from 'vitest';
import { changeSignal } from '../../src/concurrency/change-signal.ts';

test('All who wait are told of the next change, and who asks afterwards waits for the one after it', async () => {
  const changes = changeSignal();
  const told: string[] = [];
  const waiters = ['first', 'second'].map((name) => changes.next().then(() => told.push(name)));
  changes.notify();
  const later = changes.next().then(() => told.push('later'));
  await Promise.all(waiters);
  expect(told).toEqual(['first', 'second']);
  changes.notify();
  await later;
  expect(told).toEqual(['first', 'second', 'later']);
});

test('A change between asking and waiting is not missed', async () => {
  const changes = changeSignal();
  const next = changes.next();
  changes.notify();
  await expect(next).resolves.toBeUndefined();
});
