import { expect, test } from 'vitest';
import { milestonesDue, type Milestone } from '../../src/domain/milestone.ts';

const DEADLINE = Temporal.Instant.from('2026-03-30T22:00:00Z');
const terms = { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false };

/** What is due of a change whose last deadline is 31 March 2026 in Copenhagen. */
const due = (
  [total, notified, windowsOpen]: [number, number, number],
  told: Milestone[] = [],
  now = '2026-03-20T09:00:00Z',
) =>
  milestonesDue(
    { controllers: { total, notified, windowsOpen }, latestDeadline: notified === 0 ? null : DEADLINE },
    { recorded: new Set(told), terms, now: Temporal.Instant.from(now) },
  );

test('A change tells nothing while a controller has not been notified, even with every window closed', () => {
  expect(due([3, 2, 2])).toEqual([]);
  expect(due([3, 2, 2], [], '2026-03-30T09:00:00Z')).toEqual([]);
  expect(due([3, 2, 0])).toEqual([]);
});

test('It tells that its last controller has been notified, and later that its last window has closed', () => {
  expect(due([3, 3, 3])).toEqual(['notified']);
  expect(due([3, 3, 0], ['notified'])).toEqual(['windows-closed']);
});

test('It tells both in their order where both have come about', () => {
  expect(due([3, 3, 0])).toEqual(['notified', 'windows-closed']);
});

test('It tells each once', () => {
  expect(due([3, 3, 1], ['notified'])).toEqual([]);
  expect(due([3, 3, 0], ['notified', 'windows-closed'])).toEqual([]);
  expect(due([3, 3, 1], ['notified', 'deadline-approaching'], '2026-03-30T09:00:00Z')).toEqual([]);
});

test('It tells three days of the product before its last deadline that it comes near, also where a day has 23 hours', () => {
  expect(due([3, 3, 1], ['notified'], '2026-03-27T22:59:59.999Z')).toEqual([]);
  expect(due([3, 3, 1], ['notified'], '2026-03-27T23:00:00Z')).toEqual(['deadline-approaching']);
});

test('It tells so at once where the last controller is notified later than that', () => {
  expect(due([3, 3, 1], [], '2026-03-30T09:00:00Z')).toEqual(['notified', 'deadline-approaching']);
});

test('It tells of no deadline that comes near once all windows have closed', () => {
  expect(due([3, 3, 0], ['notified'], '2026-03-31T09:00:00Z')).toEqual(['windows-closed']);
});

test('It tells of none where it has no controllers', () => {
  expect(due([0, 0, 0])).toEqual(['notified', 'windows-closed']);
});
