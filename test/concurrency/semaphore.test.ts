import { expect, test } from 'vitest';
import { semaphore } from '../../src/concurrency/semaphore.ts';

/** Work that ends when it is told to. */
function workUnder(limited: ReturnType<typeof semaphore>) {
  const running: (() => void)[] = [];
  const done: string[] = [];
  const begin = (name: string) =>
    limited(async () => {
      await new Promise<void>((resolve) => running.push(resolve));
      done.push(name);
    });
  const endOne = async () => {
    running.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { running, done, begin, endOne };
}

test('No more runs at a time than the limit says, and the others follow in their order', async () => {
  const { running, done, begin, endOne } = workUnder(semaphore(2));
  const all = ['a', 'b', 'c', 'd'].map(begin);
  expect(running).toHaveLength(2);
  for (let left = 4; left > 0; left -= 1) {
    await endOne();
    expect(running.length).toBeLessThanOrEqual(2);
  }
  await Promise.all(all);
  expect(done).toEqual(['a', 'b', 'c', 'd']);
});

test('A limit that falls lets what runs end first, and one that rises lets more of those that wait begin', async () => {
  let limit = 3;
  const { running, begin, endOne } = workUnder(semaphore(() => limit));
  const all = Array.from({ length: 8 }, (_, index) => begin(String(index)));
  expect(running).toHaveLength(3);
  limit = 1;
  await endOne();
  await endOne();
  expect(running).toHaveLength(1);
  limit = 4;
  await endOne();
  expect(running).toHaveLength(4);
  while (running.length > 0) await endOne();
  await Promise.all(all);
});

test('Work that fails makes room, too', async () => {
  const limited = semaphore(1);
  await expect(limited(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limited(async () => 'next')).toBe('next');
});
