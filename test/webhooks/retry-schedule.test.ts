import { describe, expect, test } from 'vitest';
import { nextDeliveryAt, retryAfter } from '../../src/webhooks/retry-schedule.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:00Z');
const secondsFrom = (at: Temporal.Instant | null) => at && at.since(NOW).total('seconds');

describe('A delivery that failed', () => {
  test('is tried again after 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h, and then no more', () => {
    const delays = Array.from({ length: 10 }, (_, index) =>
      secondsFrom(nextDeliveryAt(index + 1, NOW, null, () => 0.5)),
    );
    expect(delays).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null]);
    expect(delays.reduce((sum: number, delay) => sum + (delay ?? 0), 0) / 3600).toBeCloseTo(75.6, 0);
  });

  test('is tried up to a fifth earlier or later, so that retries spread', () => {
    expect(secondsFrom(nextDeliveryAt(2, NOW, null, () => 0))).toBe(240);
    expect(secondsFrom(nextDeliveryAt(2, NOW, null, () => 1))).toBe(360);
  });

  test('is not tried before the receiver wants it', () => {
    const later = NOW.add({ hours: 1 });
    expect(nextDeliveryAt(1, NOW, later)).toEqual(later);
    expect(secondsFrom(nextDeliveryAt(4, NOW, later, () => 0.5))).toBe(7200);
  });
});

describe('Retry-After', () => {
  test.each([
    ['120', 120],
    [' 7 ', 7],
    ['Mon, 02 Mar 2026 09:10:00 GMT', 600],
    ['Monday, 02-Mar-26 09:10:00 GMT', 600],
    ['9999999999', 86_400],
    ['Tue, 02 Mar 2027 09:10:00 GMT', 86_400],
  ])('reads %j as %d seconds', (header, seconds) => {
    expect(secondsFrom(retryAfter(header, NOW))).toBe(seconds);
  });

  test.each([undefined, '', '0', '-5', 'soon', '1.5', 'Mon, 02 Mar 2026 08:00:00 GMT', '1e3'])(
    'asks nothing by %j',
    (header) => {
      expect(retryAfter(header, NOW)).toBeNull();
    },
  );
});
