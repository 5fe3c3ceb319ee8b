import { expect, test } from 'vitest';
import { batchSize } from '../../src/sending/batch-size.ts';

/** The size of the batch after so many messages were sent in so many milliseconds, by four senders. */
function sizeAfter(sent: number, milliseconds: number, limits: { least: number; most: number }): number {
  const sizes = batchSize({ senders: 4, ...limits, startedAt: 1_000 });
  for (let requests = 0; requests < sent + 4; requests += 1) sizes.noteRequest();
  return sizes.next(1_000 + milliseconds);
}

test.each([
  ['what went out in 50 ms, rounded up', 101, 500, 11],
  ['the least where nothing went out', 0, 500, 4],
  ['the least where a slow server took little', 3, 1_000, 4],
  ['the most, however much went out', 500, 100, 20],
])('A batch is %s', (_name, sent, milliseconds, size) => {
  expect(sizeAfter(sent, milliseconds, { least: 4, most: 20 })).toBe(size);
});

test('Each size goes by what went out since the one before', () => {
  const sizes = batchSize({ senders: 1, least: 1, most: 100, startedAt: 0 });
  for (let requests = 0; requests < 41; requests += 1) sizes.noteRequest();
  expect(sizes.next(100)).toBe(20);
  for (let requests = 0; requests < 10; requests += 1) sizes.noteRequest();
  expect(sizes.next(200)).toBe(5);
  expect(sizes.next(300)).toBe(1);
});
