import { describe, expect, test } from 'vitest';
import { nextAttemptAt } from '../../src/sending/retry-schedule.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:00Z');
/** Minutes to the attempt after each charged one. */
const MINUTES = [1, 5, 15, 60, 180, 480, 480, 480, 480];

const charged = (attempts: number) => ({ attempts, deferrals: 0 });

const secondsTo = (instant: Temporal.Instant | null) => instant?.since(NOW).total('seconds') ?? null;

describe('After a fault that passes, a message is tried again', () => {
  test.each(MINUTES.map((minutes, index) => ({ attempts: index + 1, minutes })))(
    '$minutes minutes after attempt $attempts, give or take a fifth',
    ({ attempts, minutes }) => {
      for (const outcome of ['retry', 'unknown'] as const) {
        const earliest = nextAttemptAt(outcome, charged(attempts), NOW, () => 0);
        const middle = nextAttemptAt(outcome, charged(attempts), NOW, () => 0.5);
        const latest = nextAttemptAt(outcome, charged(attempts), NOW, () => 1);
        expect([earliest, middle, latest].map(secondsTo)).toEqual([minutes * 48, minutes * 60, minutes * 72]);
      }
    },
  );

  test('for a day and a half, and then no more', () => {
    expect(nextAttemptAt('retry', charged(MINUTES.length + 1), NOW)).toBeNull();
    expect(nextAttemptAt('unknown', charged(MINUTES.length + 1), NOW)).toBeNull();
    const hours = MINUTES.reduce((sum, minutes) => sum + minutes, 0) / 60;
    expect(hours).toBeGreaterThan(36);
    expect(hours).toBeLessThan(37);
  });

  test('at moments that spread by themselves', () => {
    const seconds = new Set(Array.from({ length: 200 }, () => secondsTo(nextAttemptAt('retry', charged(6), NOW))));
    expect(seconds.size).toBeGreaterThan(100);
    for (const each of seconds) {
      expect(each).toBeGreaterThanOrEqual(480 * 48);
      expect(each).toBeLessThanOrEqual(480 * 72);
    }
  });
});

test('After a fault of our own side it is tried again soon, and less often the more of them there were', () => {
  const seconds = [0, 1, 2, 7, 8, 1000].map((deferrals) =>
    secondsTo(nextAttemptAt('deferred', { attempts: 1, deferrals }, NOW)),
  );
  expect(seconds).toEqual([10, 20, 40, 1280, 1280, 1280]);
});

test('A message that was accepted, or has failed for good, is not tried again', () => {
  expect(nextAttemptAt('accepted', charged(1), NOW)).toBeNull();
  expect(nextAttemptAt('failed', charged(1), NOW)).toBeNull();
});
