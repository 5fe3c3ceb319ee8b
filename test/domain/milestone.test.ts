import { expect, test } from 'vitest';
import { milestonesDue, type Milestone } from '../../src/domain/milestone.ts';

const DEADLINE = Temporal.Instant.from('2026-03-30T22:00:00Z');
const CHANGE = {
  status: 'announced',
  regime: { objection: true, approval: false },
  terms: {
    objectionWindowDays: 10,
    timeZone: 'Europe/Copenhagen',
    rollForward: false,
    approvalAnswerDays: 30,
    approvalEffectiveAfterHours: 24,
  },
} as const;

/** What is due of a change whose last deadline is 31 March 2026 in Copenhagen. */
const due = (
  [total, notified, windowsOpen]: [number, number, number],
  told: Milestone[] = [],
  now = '2026-03-20T09:00:00Z',
  change: Partial<Parameters<typeof milestonesDue>[1]['change']> = {},
  approvals: Parameters<typeof milestonesDue>[0]['approvals'] = null,
) =>
  milestonesDue(
    { controllers: { total, notified, windowsOpen }, latestDeadline: notified === 0 ? null : DEADLINE, approvals },
    { recorded: new Set(told), change: { ...CHANGE, ...change }, now: Temporal.Instant.from(now) },
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

test('A change without time to object has no windows that close (D40)', () => {
  for (const approval of [false, true]) {
    expect(due([3, 3, 0], [], '2026-03-20T09:00:00Z', { regime: { objection: false, approval } })).toEqual([
      'notified',
    ]);
  }
});

test('One that only informs tells that everybody has been notified also after its activation; no other does (D40)', () => {
  const after = (objection: boolean) =>
    due([3, 3, 0], [], '2026-03-20T09:00:00Z', { status: 'activated', regime: { objection, approval: false } });
  expect(after(false)).toEqual(['notified']);
  expect(after(true)).toEqual([]);
});

test('A change that asks for approval tells three days before the last time to answer of those who have said nothing (D41)', () => {
  const askedOn = (day: string) => Temporal.Instant.from(`${day}T00:00:00+01:00`);
  const states = [
    { state: 'none', askedOn: askedOn('2026-03-02'), count: 1 },
    // Who was asked later has answered.
    { state: 'approved', askedOn: null, count: 2 },
  ] as const;
  const approvals = { forEach: false, total: 3, states, missing: [], unconfirmed: [], waitingUntil: null, ready: 0 };
  const asking = { regime: { objection: false, approval: true } };
  const dueAt = (now: string, told: Milestone[] = ['notified']) => due([3, 3, 0], told, now, asking, approvals);
  // 2 March and 30 days: 1 April is the last day.
  expect(dueAt('2026-03-29T21:59:59.999Z')).toEqual([]);
  expect(dueAt('2026-03-29T22:00:00Z')).toEqual(['answers-approaching']);
  expect(dueAt('2026-03-29T22:00:00Z', ['notified', 'answers-approaching'])).toEqual([]);
  expect(
    due([3, 3, 0], ['notified'], '2026-03-30T00:00:00Z', asking, { ...approvals, states: states.slice(1) }),
  ).toEqual([]);
});
