import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { takeTokens } from '../../src/db/sending-rate.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:00Z');

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.owner.query('delete from sending_rate'));

const take = (count: number, at: Temporal.Instant, perSecond = 10) =>
  takeTokens(database.pool, { perSecond, count, now: at });
const after = (milliseconds: number) => NOW.add({ milliseconds });

test('Free tokens may be used at once, and each taker waits for the ones before it', async () => {
  expect(await take(2, NOW)).toEqual(NOW);
  expect(await take(3, NOW)).toEqual(after(200));
  expect(await take(1, after(50))).toEqual(after(500));
  expect(await take(1, after(5_000))).toEqual(after(5_000));
  expect(await take(1, after(5_000))).toEqual(after(5_100));
});

test('Many takers at the same time never get the same token', async () => {
  const from = await Promise.all(Array.from({ length: 20 }, () => take(1, NOW)));
  const expected = Array.from({ length: 20 }, (_, index) => after(index * 100).epochMilliseconds);
  expect(from.map(({ epochMilliseconds }) => epochMilliseconds).toSorted((a, b) => a - b)).toEqual(expected);
});

test('A clock that was set back holds nobody up for long', async () => {
  await take(1, NOW.add({ hours: 24 }));
  expect(await take(1, NOW)).toEqual(NOW);
  expect(await take(1, NOW)).toEqual(after(100));
});

test('A rate of less than one a second keeps takers apart for seconds, and however many wait, none is let through early', async () => {
  expect(await take(1, NOW, 0.2)).toEqual(NOW);
  expect(await take(1, NOW, 0.2)).toEqual(after(5_000));
  expect(await take(1, after(5_000), 0.2)).toEqual(after(10_000));
  await database.owner.query('delete from sending_rate');
  for (let taken = 0; taken < 10; taken += 1) {
    expect(await take(1, NOW, 0.01)).toEqual(NOW.add({ seconds: taken * 100 }));
  }
});
