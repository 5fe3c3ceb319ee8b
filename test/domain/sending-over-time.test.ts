import { expect, test } from 'vitest';
import { MAX_POINTS, sendingOverTime } from '../../src/domain/sending-over-time.ts';

const at = (text: string) => Temporal.Instant.from(text);
const counted = (text: string, amount: number) => ({ at: at(text), amount });
const BEGIN = at('2026-03-02T09:00:30Z');

test('a point each minute, each with all that came before it', () => {
  const { stepSeconds, points } = sendingOverTime(
    {
      accepted: [counted('2026-03-02T09:00:00Z', 10), counted('2026-03-02T09:02:00Z', 5)],
      failed: [counted('2026-03-02T09:01:00Z', 1)],
    },
    BEGIN,
    at('2026-03-02T09:03:00Z'),
  );
  expect(stepSeconds).toBe(60);
  expect(points.map((point) => [point.at.toString(), point.accepted, point.failed, point.sent])).toEqual([
    ['2026-03-02T09:00:30Z', 0, 0, 0],
    ['2026-03-02T09:01:30Z', 10, 1, 11],
    ['2026-03-02T09:02:30Z', 15, 1, 16],
    ['2026-03-02T09:03:00Z', 15, 1, 16],
  ]);
});

test.each([
  ['2026-03-02T10:00:30Z', 60],
  ['2026-03-02T10:00:31Z', 120],
  ['2026-03-03T09:00:30Z', 1_800],
  ['2026-04-02T09:00:30Z', 86_400],
  ['2046-03-02T09:00:30Z', 122 * 86_400],
])('up to %s the step is of %d seconds, and the last point is there', (until, step) => {
  const { stepSeconds, points } = sendingOverTime({ accepted: [counted(until, 3)], failed: [] }, BEGIN, at(until));
  expect(stepSeconds).toBe(step);
  expect(points.length).toBeLessThanOrEqual(MAX_POINTS + 1);
  expect(points.at(-1)).toMatchObject({ at: at(until), sent: 3 });
});

test('where no time has gone by, there is what was sent already', () => {
  const { points } = sendingOverTime({ accepted: [counted('2026-03-02T09:00:00Z', 2)], failed: [] }, BEGIN, BEGIN);
  expect(points.map(({ sent }) => sent)).toEqual([0, 2]);
});
