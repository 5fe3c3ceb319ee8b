import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDanishWorkingDay } from '../../src/domain/danish-holidays.ts';
import {
  deadlineOf,
  earliestPlannedActivation,
  isInTime,
  isInTimeForPlan,
  lastDay,
  openingByLetter,
  refuseArrival,
  restoredDeadline,
  windowState,
  type WindowTerms,
} from '../../src/domain/objection-window.ts';
import { dayIn, later, startOfDay } from '../../src/domain/instant.ts';

const TRUETALK: WindowTerms = { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false };
const ROLLING: WindowTerms = { ...TRUETALK, rollForward: true };
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const instant = (text: string) => Temporal.Instant.from(text);
const deadlineText = (notifiedAt: string, terms: WindowTerms) => deadlineOf(instant(notifiedAt), terms).toString();
const inZone = (timeZone: string, objectionWindowDays = 10): WindowTerms => ({
  ...TRUETALK,
  timeZone,
  objectionWindowDays,
});
const withWeekday = (day: Temporal.PlainDate) => `${WEEKDAYS[day.dayOfWeek - 1]} ${day.toString()}`;

/** Any millisecond from 2020 to 2030. */
const anInstant = fc
  .integer({ min: instant('2020-01-01T00:00Z').epochMilliseconds, max: instant('2030-12-31T23:59Z').epochMilliseconds })
  .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms));
const someTerms = fc.record({
  objectionWindowDays: fc.integer({ min: 1, max: 90 }),
  timeZone: fc.constantFrom(
    'Europe/Copenhagen',
    'UTC',
    'America/New_York',
    'Africa/Cairo',
    'Pacific/Apia',
    'America/Havana',
  ),
  rollForward: fc.boolean(),
});

/** The table at the end of docs/domain.md. */
const DEADLINES = `
| 2026-03-20T14:00:00Z | Fri 2026-03-20 | Mon 2026-03-30 | 2026-03-30T22:00:00Z | Mon 2026-03-30 | 2026-03-30T22:00:00Z |
| 2026-10-16T09:00:00Z | Fri 2026-10-16 | Mon 2026-10-26 | 2026-10-26T23:00:00Z | Mon 2026-10-26 | 2026-10-26T23:00:00Z |
| 2026-06-01T22:30:00Z | Tue 2026-06-02 | Fri 2026-06-12 | 2026-06-12T22:00:00Z | Fri 2026-06-12 | 2026-06-12T22:00:00Z |
| 2026-01-05T23:30:00Z | Tue 2026-01-06 | Fri 2026-01-16 | 2026-01-16T23:00:00Z | Fri 2026-01-16 | 2026-01-16T23:00:00Z |
| 2026-05-26T08:00:00Z | Tue 2026-05-26 | Fri 2026-06-05 | 2026-06-05T22:00:00Z | Mon 2026-06-08 | 2026-06-08T22:00:00Z |
| 2026-12-14T08:00:00Z | Mon 2026-12-14 | Thu 2026-12-24 | 2026-12-24T23:00:00Z | Mon 2026-12-28 | 2026-12-28T23:00:00Z |
| 2026-03-23T08:00:00Z | Mon 2026-03-23 | Thu 2026-04-02 | 2026-04-02T22:00:00Z | Tue 2026-04-07 | 2026-04-07T22:00:00Z |
| 2026-08-12T08:00:00Z | Wed 2026-08-12 | Sat 2026-08-22 | 2026-08-22T22:00:00Z | Mon 2026-08-24 | 2026-08-24T22:00:00Z |
| 2028-02-19T08:00:00Z | Sat 2028-02-19 | Tue 2028-02-29 | 2028-02-29T23:00:00Z | Tue 2028-02-29 | 2028-02-29T23:00:00Z |
`
  .trim()
  .split('\n')
  .map((row) => row.split('|').map((cell) => cell.trim()))
  .map(([, accepted = '', local, last, deadline, rolledLast, rolledDeadline]) => ({
    accepted,
    expected: { local, last, deadline, rolledLast, rolledDeadline },
  }));

describe('The table of deadlines in docs/domain.md', () => {
  test.each(DEADLINES)(
    'holds for a notice accepted at $accepted, without and with rollForward',
    ({ accepted, expected }) => {
      const notifiedAt = instant(accepted);
      expect({
        local: withWeekday(dayIn('Europe/Copenhagen', notifiedAt)),
        last: withWeekday(lastDay(notifiedAt, TRUETALK)),
        deadline: deadlineText(accepted, TRUETALK),
        rolledLast: withWeekday(lastDay(notifiedAt, ROLLING)),
        rolledDeadline: deadlineText(accepted, ROLLING),
      }).toEqual(expected);
    },
  );

  test('is tested whole', () => {
    expect(DEADLINES).toHaveLength(9);
  });
});

describe('An objection (D9)', () => {
  const deadline = deadlineOf(instant('2026-03-20T14:00:00Z'), TRUETALK);

  test('is in time in the last millisecond before the deadline', () => {
    expect(isInTime(instant('2026-03-30T21:59:59.999Z'), deadline)).toBe(true);
    expect(isInTime(deadline.subtract({ nanoseconds: 1 }), deadline)).toBe(true);
  });

  test('is late at the deadline itself, midnight at the end of the last day, and ever after', () => {
    expect(isInTime(instant('2026-03-30T22:00:00Z'), deadline)).toBe(false);
    expect(isInTime(deadline.add({ nanoseconds: 1 }), deadline)).toBe(false);
    expect(isInTime(deadline.add({ hours: 24 * 365 }), deadline)).toBe(false);
  });

  test('is in time from the moment of the notification, and before it', () => {
    expect(isInTime(instant('2026-03-20T14:00:00Z'), deadline)).toBe(true);
    expect(isInTime(instant('2026-03-20T13:59:59.999Z'), deadline)).toBe(true);
  });
});

describe('The window (D9)', () => {
  test('is the same for every moment of the day of the notification, and a day longer from the next midnight', () => {
    for (const moment of ['2026-06-01T22:00:00Z', '2026-06-02T12:00:00Z', '2026-06-02T21:59:59.999Z']) {
      expect([moment, deadlineText(moment, TRUETALK)]).toEqual([moment, '2026-06-12T22:00:00Z']);
    }
    expect(deadlineText('2026-06-01T21:59:59.999Z', TRUETALK)).toBe('2026-06-11T22:00:00Z');
    expect(deadlineText('2026-06-02T22:00:00Z', TRUETALK)).toBe('2026-06-13T22:00:00Z');
  });

  test('counts a day of 23 hours as a day', () => {
    const deadline = deadlineOf(instant('2026-03-20T14:00:00Z'), TRUETALK);
    const firstDayCounted = startOfDay(Temporal.PlainDate.from('2026-03-21'), 'Europe/Copenhagen');
    expect(firstDayCounted.until(deadline).total('hours')).toBe(10 * 24 - 1);
  });

  test('counts a day of 25 hours as a day', () => {
    const deadline = deadlineOf(instant('2026-10-16T09:00:00Z'), TRUETALK);
    const firstDayCounted = startOfDay(Temporal.PlainDate.from('2026-10-17'), 'Europe/Copenhagen');
    expect(firstDayCounted.until(deadline).total('hours')).toBe(10 * 24 + 1);
  });

  test('does not ask in which of the two hours from 2 to 3 o’clock of an October night a notice was accepted', () => {
    expect(deadlineText('2026-10-25T00:30:00Z', TRUETALK)).toBe('2026-11-04T23:00:00Z');
    expect(deadlineText('2026-10-25T01:30:00Z', TRUETALK)).toBe('2026-11-04T23:00:00Z');
  });

  test('covers the whole of a last day of 23 and of 25 hours', () => {
    expect(deadlineText('2026-03-19T08:00:00Z', TRUETALK)).toBe('2026-03-29T22:00:00Z');
    expect(deadlineText('2026-10-15T08:00:00Z', TRUETALK)).toBe('2026-10-25T23:00:00Z');
  });

  test('is as many calendar days as the product’s terms say', () => {
    expect(deadlineText('2026-03-20T14:00:00Z', inZone('Europe/Copenhagen', 1))).toBe('2026-03-21T23:00:00Z');
    expect(deadlineText('2026-03-20T14:00:00Z', inZone('Europe/Copenhagen', 30))).toBe('2026-04-19T22:00:00Z');
    expect(deadlineText('2026-03-20T14:00:00Z', inZone('Europe/Copenhagen', 365))).toBe('2027-03-20T23:00:00Z');
  });

  test('runs over the end of a year, and over a February of 28 and of 29 days', () => {
    expect(deadlineText('2026-12-28T08:00:00Z', TRUETALK)).toBe('2027-01-07T23:00:00Z');
    expect(deadlineText('2027-02-19T08:00:00Z', TRUETALK)).toBe('2027-03-01T23:00:00Z');
    expect(deadlineText('2028-02-20T08:00:00Z', TRUETALK)).toBe('2028-03-01T23:00:00Z');
  });

  test.each([
    { timeZone: 'UTC', deadline: '2026-03-31T00:00:00Z' },
    { timeZone: 'America/New_York', deadline: '2026-03-31T04:00:00Z' },
    { timeZone: 'America/St_Johns', deadline: '2026-03-31T02:30:00Z' },
    { timeZone: 'Asia/Kolkata', deadline: '2026-03-30T18:30:00Z' },
    { timeZone: 'Pacific/Auckland', deadline: '2026-03-31T11:00:00Z' },
    { timeZone: 'Pacific/Apia', deadline: '2026-03-31T11:00:00Z' },
  ])('of a notice accepted at 2026-03-20T14:00Z ends at $deadline in $timeZone', ({ timeZone, deadline }) => {
    expect(deadlineText('2026-03-20T14:00:00Z', inZone(timeZone))).toBe(deadline);
  });

  test.each([
    { timeZone: 'America/Sao_Paulo', accepted: '2018-10-24T12:00:00Z', deadline: '2018-11-04T03:00:00Z' },
    { timeZone: 'Africa/Cairo', accepted: '2024-04-15T12:00:00Z', deadline: '2024-04-25T22:00:00Z' },
    { timeZone: 'America/Santiago', accepted: '2024-08-28T12:00:00Z', deadline: '2024-09-08T04:00:00Z' },
    { timeZone: 'Asia/Beirut', accepted: '2025-03-19T12:00:00Z', deadline: '2025-03-29T22:00:00Z' },
  ])('ends at 1 o’clock where midnight is skipped: $deadline in $timeZone', ({ timeZone, accepted, deadline }) => {
    const end = deadlineOf(instant(accepted), inZone(timeZone));
    expect(end.toString()).toBe(deadline);
    expect(end.toZonedDateTimeISO(timeZone).toPlainTime().toString()).toBe('01:00:00');
    // A notice accepted in that first instant is accepted on that day, not on the one before.
    const noon = end.add({ hours: 11 }).toString();
    expect(deadlineText(deadline, inZone(timeZone))).toBe(deadlineText(noon, inZone(timeZone)));
  });

  test.each([
    { timeZone: 'America/Havana', accepted: '2026-10-21T12:00:00Z', deadline: '2026-11-01T04:00:00Z' },
    { timeZone: 'Atlantic/Azores', accepted: '2026-10-14T12:00:00Z', deadline: '2026-10-25T00:00:00Z' },
  ])(
    'ends at the first midnight where the day begins twice: $deadline in $timeZone',
    ({ timeZone, accepted, deadline }) => {
      expect(deadlineText(accepted, inZone(timeZone))).toBe(deadline);
    },
  );

  test('ends at the first instant there is of the day, also where it is neither midnight nor a full hour after it', () => {
    // Toronto's clocks went from 23:30 to 00:30 in that night.
    expect(deadlineText('1919-03-20T12:00:00Z', inZone('America/Toronto'))).toBe('1919-03-31T04:30:00Z');
  });

  test('covers the hour that is repeated before midnight: Cairo, 31 October 2024', () => {
    expect(deadlineText('2024-10-21T12:00:00Z', inZone('Africa/Cairo'))).toBe('2024-10-31T22:00:00Z');
  });

  test('ends when the day after its last day begins, and on no earlier day', () => {
    fc.assert(
      fc.property(anInstant, someTerms, (notifiedAt, terms) => {
        const deadline = deadlineOf(notifiedAt, terms);
        const last = lastDay(notifiedAt, terms);
        expect(dayIn(terms.timeZone, deadline).toString()).toBe(last.add({ days: 1 }).toString());
        expect(dayIn(terms.timeZone, deadline.subtract({ nanoseconds: 1 })).toString()).toBe(last.toString());
      }),
      { numRuns: 1_000 },
    );
  });

  test('never ends earlier for a notice that was accepted later', () => {
    fc.assert(
      fc.property(
        anInstant,
        fc.integer({ min: 1, max: 3 * 24 * 60 * 60 * 1000 }),
        someTerms,
        (first, milliseconds, terms) => {
          const second = first.add({ milliseconds });
          expect(Temporal.Instant.compare(deadlineOf(first, terms), deadlineOf(second, terms))).toBeLessThanOrEqual(0);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('rollForward (D10)', () => {
  test('moves a last day on 31 December over New Year’s Day and the week-end into the next year', () => {
    expect(deadlineText('2026-12-21T08:00:00Z', ROLLING)).toBe('2027-01-04T23:00:00Z');
    expect(deadlineText('2026-12-21T08:00:00Z', TRUETALK)).toBe('2026-12-31T23:00:00Z');
  });

  test('moves a last day on 25 December 2027, a Saturday, to the Monday', () => {
    expect(lastDay(instant('2027-12-15T08:00:00Z'), ROLLING).toString()).toBe('2027-12-27');
  });

  test('ends the window on the first working day from its tenth day on', () => {
    fc.assert(
      fc.property(anInstant, (notifiedAt) => {
        const unrolled = lastDay(notifiedAt, TRUETALK);
        const rolled = lastDay(notifiedAt, ROLLING);
        expect(isDanishWorkingDay(rolled)).toBe(true);
        for (let day = unrolled; !day.equals(rolled); day = day.add({ days: 1 })) {
          expect(isDanishWorkingDay(day)).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('moves a last day at most five days', () => {
    for (let day = Temporal.PlainDate.from('2020-01-01'); day.year < 2060; day = day.add({ days: 1 })) {
      const notifiedAt = startOfDay(day, 'Europe/Copenhagen');
      const moved = lastDay(notifiedAt, TRUETALK).until(lastDay(notifiedAt, ROLLING)).days;
      if (moved > 5) expect([day.toString(), moved]).toEqual([]);
    }
  });
});

describe('The earliest planned activation (D4)', () => {
  const announcedAt = instant('2026-03-20T14:00:00Z');

  test('is the day after the last day of a window opened now', () => {
    expect(earliestPlannedActivation(announcedAt, TRUETALK).toString()).toBe('2026-03-31');
    expect(earliestPlannedActivation(instant('2026-03-20T23:30:00Z'), TRUETALK).toString()).toBe('2026-04-01');
  });

  test('comes after the working day that the last day was rolled to', () => {
    expect(earliestPlannedActivation(instant('2026-03-23T08:00:00Z'), ROLLING).toString()).toBe('2026-04-08');
    expect(earliestPlannedActivation(instant('2026-03-23T08:00:00Z'), TRUETALK).toString()).toBe('2026-04-03');
  });

  test('begins when a window opened now closes, so that one day earlier is too early', () => {
    fc.assert(
      fc.property(anInstant, someTerms, (now, terms) => {
        const earliest = earliestPlannedActivation(now, terms);
        const deadline = deadlineOf(now, terms);
        expect(startOfDay(earliest, terms.timeZone).equals(deadline)).toBe(true);
        const dayBefore = startOfDay(earliest.subtract({ days: 1 }), terms.timeZone);
        expect(windowState({ notifiedAt: now, deadline }, dayBefore)).toBe('open');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('The later of two deadlines (D11)', () => {
  const early = instant('2026-03-30T22:00:00Z');
  const late = instant('2026-03-30T22:00:00.001Z');

  test('is the later one, in whichever order they are given', () => {
    expect(later(early, late)).toBe(late);
    expect(later(late, early)).toBe(late);
    expect(later(early, instant('2026-03-30T22:00:00Z'))?.equals(early)).toBe(true);
  });

  test('is the one that there is, and null where there is none', () => {
    expect(later(early, null)).toBe(early);
    expect(later(null, early)).toBe(early);
    expect(later(null, null)).toBeNull();
  });
});

describe('A window', () => {
  const deadline = instant('2026-03-30T22:00:00Z');
  const notifiedAt = instant('2026-03-20T14:00:00Z');
  const stateAt = (now: Temporal.Instant) => windowState({ notifiedAt, deadline }, now);

  test('has been told where its change has no time to object, for ever (D40)', () => {
    expect(windowState({ notifiedAt, deadline: null }, notifiedAt)).toBe('told');
    expect(windowState({ notifiedAt, deadline: null }, instant('2099-01-01T00:00:00Z'))).toBe('told');
  });

  test('awaits its notice while its controller has not been notified', () => {
    expect(windowState({ notifiedAt: null, deadline: null }, instant('2099-01-01T00:00:00Z'))).toBe('awaiting-notice');
  });

  test('is open up to the last millisecond before its deadline, and closed from the deadline on', () => {
    expect(stateAt(instant('2026-03-30T21:59:59.999Z'))).toBe('open');
    expect(stateAt(deadline)).toBe('closed');
    expect(stateAt(instant('2026-03-30T22:00:00.001Z'))).toBe('closed');
  });
});

test('The day it is depends on the time zone', () => {
  const moment = instant('2026-01-05T23:30:00Z');
  expect(dayIn('Europe/Copenhagen', moment).toString()).toBe('2026-01-06');
  expect(dayIn('UTC', moment).toString()).toBe('2026-01-05');
  expect(dayIn('Pacific/Auckland', moment).toString()).toBe('2026-01-06');
  expect(dayIn('America/New_York', moment).toString()).toBe('2026-01-05');
});

test('A time zone that does not exist is refused, not taken for another', () => {
  expect(() => deadlineOf(instant('2026-01-05T23:30:00Z'), inZone('Europe/Aarhus'))).toThrow(RangeError);
});

test('A notification is in time for the plan until the day after which its window would reach the planned day', () => {
  const change = {
    terms: TRUETALK,
    regime: { objection: true },
    plannedActivationOn: Temporal.PlainDate.from('2026-04-15'),
  };
  expect(isInTimeForPlan(instant('2026-04-04T21:59:59.999Z'), change)).toBe(true);
  expect(isInTimeForPlan(instant('2026-04-04T22:00:00Z'), change)).toBe(false);
  // A window that ends on Easter Monday rolls on to the day after.
  const rolling = {
    terms: ROLLING,
    regime: { objection: true },
    plannedActivationOn: Temporal.PlainDate.from('2026-04-07'),
  };
  expect(isInTimeForPlan(instant('2026-03-23T12:00:00Z'), { ...rolling, terms: TRUETALK })).toBe(true);
  expect(isInTimeForPlan(instant('2026-03-23T12:00:00Z'), rolling)).toBe(false);
});

test('A notification of a change without time to object is in time for the plan until the end of the planned day (D40)', () => {
  const day = Temporal.PlainDate.from('2026-04-15');
  const change = { terms: TRUETALK, regime: { objection: false }, plannedActivationOn: day };
  expect(isInTimeForPlan(instant('2026-04-15T21:59:59.999Z'), change)).toBe(true);
  expect(isInTimeForPlan(instant('2026-04-15T22:00:00Z'), change)).toBe(false);
});

describe('A letter (D13)', () => {
  const timeZone = 'Europe/Copenhagen';
  // In Copenhagen, already 2 March and 5 March.
  const since = Temporal.Instant.from('2026-03-01T23:30:00Z');
  const now = Temporal.Instant.from('2026-03-04T23:30:00Z');
  const refusal = (day: string) => refuseArrival(Temporal.PlainDate.from(day), { since, now, timeZone });

  test('can have arrived from the day its controller is to be notified to today, in the product’s time zone', () => {
    expect(refusal('2026-03-02')).toBeNull();
    expect(refusal('2026-03-05')).toBeNull();
    expect(refusal('2026-03-01')).toMatch(/\(2026-03-02\) to today \(2026-03-05\), found 2026-03-01/);
    expect(refusal('2026-03-06')).toMatch(/found 2026-03-06/);
  });

  test('opens a window from the beginning of the day it arrived, by the same rule as a mail', () => {
    const terms = { objectionWindowDays: 10, timeZone, rollForward: false };
    const openedBy = (objection: boolean) =>
      openingByLetter(Temporal.PlainDate.from('2026-03-02'), { terms, regime: { objection } });
    const notifiedAt = instant('2026-03-01T23:00:00Z');
    expect(openedBy(true)).toEqual({ notifiedAt, deadline: instant('2026-03-12T23:00:00Z') });
    expect(openedBy(false)).toEqual({ notifiedAt, deadline: null });
  });
});

describe('A window that stands again', () => {
  test.each([
    ['much of it is left', '2026-03-05T09:00:00Z', '2026-03-12T23:00:00Z'],
    ['exactly three days are left', '2026-03-09T22:59:59.999Z', '2026-03-12T23:00:00Z'],
    ['less is left, to the end of the third day', '2026-03-09T23:00:00Z', '2026-03-13T23:00:00Z'],
    ['it had ended, to the end of the third day', '2026-03-27T09:00:00Z', '2026-03-30T22:00:00Z'],
  ])('ends with its deadline, or has three whole days: where %s', (_name, now, expected) => {
    const stood = instant('2026-03-12T23:00:00Z');
    expect(restoredDeadline(stood, instant(now), TRUETALK).toString()).toBe(expected);
  });

  test('has three whole days at any time, in any zone, and never less than it had', () => {
    fc.assert(
      fc.property(anInstant, anInstant, someTerms, (stood, now, terms) => {
        const deadline = restoredDeadline(stood, now, terms);
        expect(Temporal.Instant.compare(deadline, stood)).toBeGreaterThanOrEqual(0);
        const today = dayIn(terms.timeZone, now);
        expect(
          Temporal.Instant.compare(deadline, startOfDay(today.add({ days: 4 }), terms.timeZone)),
        ).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
