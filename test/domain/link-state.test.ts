import { describe, expect, test } from 'vitest';
import type { ChangeStatus } from '../../src/domain/change.ts';
import { canObject, linkState, timeLeft, type LinkState } from '../../src/domain/link-state.ts';

const instant = (text: string) => Temporal.Instant.from(text);
/** The last day is 12 March in Copenhagen. */
const DEADLINE = instant('2026-03-12T23:00:00Z');
const BEFORE = instant('2026-03-12T22:59:59.999Z');

const stateOf = (
  now: Temporal.Instant,
  {
    status = 'announced',
    objection = true,
    deadline = DEADLINE,
    leftAt = null,
    isLeftOut = false,
  }: Partial<{
    status: ChangeStatus;
    objection: boolean;
    deadline: Temporal.Instant | null;
    leftAt: Temporal.Instant | null;
    isLeftOut: boolean;
  }> = {},
) => linkState({ change: { status, regime: { objection } }, window: { deadline, leftAt }, isLeftOut }, now);

describe('A link', () => {
  test('is open strictly before the deadline, and closed from then on (D9)', () => {
    expect(stateOf(BEFORE)).toBe('open');
    expect(stateOf(DEADLINE)).toBe('closed');
  });

  test('of a change without time to object tells of it, whether or not its controller counts as notified (D40)', () => {
    expect(stateOf(BEFORE, { objection: false, deadline: null })).toBe('told');
    expect(stateOf(BEFORE, { objection: false, deadline: null, leftAt: BEFORE })).toBe('agreement-ended');
    expect(stateOf(BEFORE, { objection: false, deadline: null, status: 'activated' })).toBe('activated');
  });

  test('is of a controller not notified while that has no deadline', () => {
    expect(stateOf(BEFORE, { deadline: null })).toBe('not-notified');
  });

  test('is of an ended agreement once its controller has left, whatever its window (D7)', () => {
    for (const deadline of [DEADLINE, null]) {
      expect(stateOf(BEFORE, { leftAt: BEFORE, deadline })).toBe('agreement-ended');
      expect(stateOf(DEADLINE, { leftAt: BEFORE, deadline })).toBe('agreement-ended');
    }
  });

  test.each(['activated', 'withdrawn'] as const)('is of a change that is %s before all else', (status) => {
    for (const leftAt of [BEFORE, null]) {
      for (const deadline of [DEADLINE, null]) expect(stateOf(BEFORE, { status, leftAt, deadline })).toBe(status);
    }
  });

  test('is of a change that does not apply to its controller once it is closed without it (D43)', () => {
    expect(stateOf(DEADLINE, { status: 'activated', isLeftOut: true })).toBe('not-activated');
  });
});

describe('The time left', () => {
  const left = (now: string) => timeLeft(DEADLINE, 'Europe/Copenhagen', instant(now));

  test('is counted in calendar days of the time zone, 0 on the last day', () => {
    expect(left('2026-03-11T22:59:59.999Z').days).toBe(1);
    expect(left('2026-03-11T23:00:00Z').days).toBe(0);
    expect(left('2026-03-02T23:00:00Z').days).toBe(9);
  });

  test('is counted in whole hours, rounded down', () => {
    expect(left('2026-03-12T20:00:00Z').hours).toBe(3);
    expect(left('2026-03-12T20:00:00.001Z').hours).toBe(2);
    expect(left('2026-03-12T22:59:59.999Z').hours).toBe(0);
  });
});

test.each<[LinkState, boolean]>([
  ['open', true],
  ['not-notified', true],
  ['closed', false],
  ['told', false],
  ['agreement-ended', false],
  ['activated', false],
  ['not-activated', false],
  ['withdrawn', false],
])('through a link to what is %s an objection would come in time: %s', (state, expected) => {
  expect(canObject(state)).toBe(expected);
});
