import { expect, test } from 'vitest';
import { batchWriter } from '../../src/concurrency/batch-writer.ts';

/** A writer whose batches are written when the test says so. */
function heldWriter() {
  const batches: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const writer = batchWriter<number>(async (take) => {
    batches.push(take());
    await new Promise<void>((resolve) => ends.push(resolve));
  });
  return { writer, batches, endNext: () => ends.shift()?.() };
}

test('What is added while a batch is written makes up the next one', async () => {
  const { writer, batches, endNext } = heldWriter();
  const first = writer.add(1);
  const others = [writer.add(2), writer.add(3)];
  expect(batches).toEqual([[1]]);
  endNext();
  await first;
  await expect.poll(() => batches).toEqual([[1], [2, 3]]);
  endNext();
  await Promise.all(others);
  void writer.add(4);
  expect(batches).toEqual([[1], [2, 3], [4]]);
});

test('An item is not dealt with before its batch is', async () => {
  const { writer, endNext } = heldWriter();
  const first = writer.add(1);
  let isDone = false;
  const second = writer.add(2).then(() => (isDone = true));
  endNext();
  await first;
  expect(isDone).toBe(false);
  await expect.poll(() => (endNext(), isDone)).toBe(true);
  await second;
});

test('Finishing waits for everything that was added', async () => {
  const written: number[] = [];
  const writer = batchWriter<number>(async (take) => {
    await Promise.resolve();
    written.push(...take());
  });
  for (let item = 0; item < 5; item += 1) void writer.add(item);
  await writer.finish();
  expect(written).toEqual([0, 1, 2, 3, 4]);
  await writer.finish();
});

test('A writer that takes late gets what was added until then, and the same items however often it takes', async () => {
  const ready = Promise.withResolvers<void>();
  const taken: (readonly number[])[] = [];
  const writer = batchWriter<number>(async (take) => {
    await ready.promise;
    taken.push(take(), take());
  });
  const added = [writer.add(1), writer.add(2)];
  ready.resolve();
  await Promise.all(added);
  expect(taken).toEqual([
    [1, 2],
    [1, 2],
  ]);
});
