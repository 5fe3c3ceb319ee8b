import { describe, expect, test } from 'vitest';
import { rateCountedSince, sendingOf } from '../../src/domain/sending.ts';

const instant = (text: string) => Temporal.Instant.from(text);
const toldSince = instant('2026-03-02T09:00:00Z');
const pending = (count: number) => ({ total: 1_000, accepted: 1_000 - count, pending: count, failed: 0, cancelled: 0 });
const sending = (now: string, { left = 400, lately = 600, status = 'announced' as const } = {}) =>
  sendingOf({ status, toldSince }, { notices: pending(left), acceptedLately: lately }, instant(now));

describe('How fast notices go out', () => {
  test('is what was accepted in this minute and the one before, by the seconds that those have had', () => {
    expect(rateCountedSince(instant('2026-03-02T09:10:30.5Z'))).toEqual(instant('2026-03-02T09:09:00Z'));
    expect(sending('2026-03-02T09:10:30Z', { lately: 900 })).toEqual({
      startedAt: toldSince,
      perSecond: 10,
      secondsLeft: 40,
    });
  });

  test('is counted from when controllers are told, where that is later', () => {
    expect(sending('2026-03-02T09:00:20Z')).toMatchObject({ perSecond: 30, secondsLeft: 400 / 30 });
  });

  test('leaves the time open while none is accepted, at once and during a standstill', () => {
    expect(sending('2026-03-02T09:00:00Z', { lately: 0 })).toMatchObject({ perSecond: 0, secondsLeft: null });
    expect(sending('2026-03-02T11:00:00Z', { lately: 0 })).toMatchObject({ perSecond: 0, secondsLeft: null });
    // Accepted within the instant that controllers are told from, by a clock that stands still.
    expect(sending('2026-03-02T09:00:00Z')).toMatchObject({ perSecond: 0, secondsLeft: null });
  });

  test('is nothing where none is pending, or the change has ended', () => {
    expect(sending('2026-03-02T09:00:20Z', { left: 0 })).toBeNull();
    for (const status of ['activated', 'withdrawn'] as const) {
      expect(sendingOf({ status, toldSince }, { notices: pending(4), acceptedLately: 4 }, toldSince)).toBeNull();
    }
  });
});
