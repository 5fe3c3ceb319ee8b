import Holidays from 'date-holidays';
import { expect, test } from 'vitest';
import { isDanishWorkingDay } from '../../src/domain/danish-holidays.ts';

const isWorkingDay = (day: string) => isDanishWorkingDay(Temporal.PlainDate.from(day));

test('Every day from 2000 to 2060 is a working day exactly when the npm package date-holidays has it as one', () => {
  const calendar = new Holidays('DK');
  const disagreements: string[] = [];
  let days = 0;
  for (let year = 2000; year <= 2060; year++) {
    const holidays = calendar.getHolidays(year).filter(({ type }) => type === 'public');
    // D10 adds three days that are no public holidays but on which banks and offices are closed.
    const closed = new Set(['06-05', '12-24', '12-31', ...holidays.map(({ date }) => date.slice(5, 10))]);
    const inYear = Temporal.PlainDate.from({ year, month: 1, day: 1 }).daysInYear;
    for (let dayOfYear = 0; dayOfYear < inYear; dayOfYear++) {
      const day = Temporal.PlainDate.from({ year, month: 1, day: 1 }).add({ days: dayOfYear });
      const expected = day.dayOfWeek <= 5 && !closed.has(day.toString().slice(5));
      if (isDanishWorkingDay(day) !== expected) disagreements.push(day.toString());
      days += 1;
    }
  }
  expect(disagreements).toEqual([]);
  expect(days).toBe(22_281);
});

test('Every public holiday of 2026, 5 June, 24 December and 31 December are no working days', () => {
  const closed = ['2026-01-01', '2026-04-02', '2026-04-03', '2026-04-06', '2026-05-14', '2026-05-25', '2026-06-05'];
  closed.push('2026-12-24', '2026-12-25', '2026-12-31');
  for (const day of closed) expect([day, isWorkingDay(day)]).toEqual([day, false]);
});

test('The days before and after holidays, 1 May, and days that other countries keep are working days', () => {
  const open = ['2026-01-02', '2026-01-06', '2026-04-01', '2026-04-07', '2026-05-01', '2026-05-13', '2026-05-15'];
  open.push('2026-05-26', '2026-06-04', '2026-06-24', '2026-12-23', '2026-12-28', '2026-12-30');
  for (const day of open) expect([day, isWorkingDay(day)]).toEqual([day, true]);
});

test('General Prayer Day was a holiday to the end of 2023 and is a working day since', () => {
  expect(isWorkingDay('2022-05-13')).toBe(false);
  expect(isWorkingDay('2023-05-05')).toBe(false);
  expect(isWorkingDay('2024-04-26')).toBe(true);
  expect(isWorkingDay('2025-05-16')).toBe(true);
});

test('Holidays follow Easter when it is as early as 23 March and as late as 25 April', () => {
  for (const day of ['2008-03-20', '2008-03-21', '2008-03-24', '2008-05-01', '2008-05-12']) {
    expect([day, isWorkingDay(day)]).toEqual([day, false]);
  }
  for (const day of ['2038-04-22', '2038-04-23', '2038-04-26', '2038-06-03', '2038-06-14']) {
    expect([day, isWorkingDay(day)]).toEqual([day, false]);
  }
});
