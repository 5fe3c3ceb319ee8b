import { expect, test } from 'vitest';
import { crewOf } from '../../src/concurrency/crew.ts';

test('Workers that went home are called in again while others are still at work, and never too many', async () => {
  const slow = Promise.withResolvers<void>();
  let begun = 0;
  const crew = crewOf(3, async () => {
    begun += 1;
    if (begun === 1) await slow.promise;
  });
  crew.call();
  crew.call();
  expect(begun).toBe(3);
  await expect.poll(() => (crew.call(), begun)).toBeGreaterThan(3);
  let isOver = false;
  const ended = crew.ended().then(() => (isOver = true));
  await Promise.resolve();
  expect(isOver).toBe(false);
  slow.resolve();
  await ended;
});

test('A crew of which one fails ends when the others have ended, with its error', async () => {
  const slow = Promise.withResolvers<void>();
  let begun = 0;
  const crew = crewOf(2, async () => {
    begun += 1;
    if (begun === 1) throw new Error('no');
    await slow.promise;
  });
  crew.call();
  const ended = crew.ended();
  slow.resolve();
  await expect(ended).rejects.toThrow('no');
});
