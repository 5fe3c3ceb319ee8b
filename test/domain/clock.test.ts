import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  { offset: 'PT0S', machine: '2026-03-20T14:00:00.123Z', told: '2026-03-20T14:00:00.123Z' },
  { offset: 'P11D', machine: '2026-03-20T14:00:00.123Z', told: '2026-03-31T14:00:00.123Z' },
  { offset: '-P1D', machine: '2026-03-01T00:00:00Z', told: '2026-02-28T00:00:00Z' },
  { offset: 'P1M', machine: '2026-01-31T12:00:00Z', told: '2026-02-28T12:00:00Z' },
  { offset: 'P1M', machine: '2028-01-31T12:00:00Z', told: '2028-02-29T12:00:00Z' },
  { offset: 'P1W', machine: '2026-12-28T12:00:00Z', told: '2027-01-04T12:00:00Z' },
  { offset: 'P1Y', machine: '2028-02-29T12:00:00Z', told: '2029-02-28T12:00:00Z' },
  { offset: 'PT36H0.25S', machine: '2026-03-20T14:00:00Z', told: '2026-03-22T02:00:00.25Z' },
])('With CLOCK_OFFSET=$offset the clock says $told when the machine says $machine', ({ offset, machine, told }) => {
  vi.setSystemTime(Temporal.Instant.from(machine).epochMilliseconds);
  expect(systemClock(Temporal.Duration.from(offset))().toString()).toBe(Temporal.Instant.from(told).toString());
});

test('Without an offset the clock is the machine’s', () => {
  vi.setSystemTime(Temporal.Instant.from('2026-03-29T01:00:00.001Z').epochMilliseconds);
  expect(systemClock()().toString()).toBe('2026-03-29T01:00:00.001Z');
});

test('A day of offset is 24 hours of UTC, also over a night on which Copenhagen’s clocks are changed', () => {
  vi.setSystemTime(Temporal.Instant.from('2026-03-28T12:00:00Z').epochMilliseconds);
  expect(systemClock(Temporal.Duration.from('P1D'))().toString()).toBe('2026-03-29T12:00:00Z');
});

test('The moved clock runs on with the machine’s', () => {
  vi.setSystemTime(Temporal.Instant.from('2026-03-20T14:00:00Z').epochMilliseconds);
  const clock = systemClock(Temporal.Duration.from('P11D'));
  const before = clock();
  vi.advanceTimersByTime(90_000);
  expect(before.until(clock()).total('seconds')).toBe(90);
});

test('The clock tells whole milliseconds, whatever the offset', () => {
  vi.setSystemTime(Temporal.Instant.from('2026-03-20T14:00:00.123Z').epochMilliseconds);
  for (const offset of ['PT0.0005S', '-PT0.0005S', 'PT0.000000001S']) {
    expect(systemClock(Temporal.Duration.from(offset))().epochNanoseconds % 1_000_000n).toBe(0n);
  }
});
