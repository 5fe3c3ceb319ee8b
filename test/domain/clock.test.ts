import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isSureEnough, isWithinTolerance, surestOf, systemClock } from '../../src/domain/clock.ts';

describe('The machine’s clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('tells whole milliseconds, and runs on with the machine', () => {
    vi.setSystemTime(Temporal.Instant.from('2026-03-29T01:00:00.001Z').epochMilliseconds);
    const before = systemClock();
    expect(before.toString()).toBe('2026-03-29T01:00:00.001Z');
    vi.advanceTimersByTime(90_000);
    expect(before.until(systemClock()).total('seconds')).toBe(90);
  });
});

describe('A measurement', () => {
  test('is the one of several whose way was shortest', () => {
    const [slow, quick, lame] = [250, 3, 2_000].map((uncertaintyMs) => ({ aheadMs: uncertaintyMs, uncertaintyMs }));
    expect(surestOf([slow, quick, lame] as never)).toBe(quick);
  });

  test.each([
    { aheadMs: 0, uncertaintyMs: 1, leaves: true },
    { aheadMs: 900, uncertaintyMs: 100, leaves: true },
    { aheadMs: -900, uncertaintyMs: 100, leaves: true },
    { aheadMs: 950, uncertaintyMs: 100, leaves: false },
    { aheadMs: -950, uncertaintyMs: 100, leaves: false },
    { aheadMs: 10_000, uncertaintyMs: 2, leaves: false },
    { aheadMs: -360_000, uncertaintyMs: 2, leaves: false },
  ])('of $aheadMs ± $uncertaintyMs ms leaves the clock as it is: $leaves', ({ leaves, ...measurement }) => {
    expect(isWithinTolerance(measurement)).toBe(leaves);
  });

  test('whose way took more than two seconds says nothing', () => {
    expect(isSureEnough({ aheadMs: 0, uncertaintyMs: 1_000 })).toBe(true);
    expect(isSureEnough({ aheadMs: 0, uncertaintyMs: 1_001 })).toBe(false);
  });
});
