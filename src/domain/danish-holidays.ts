/** Easter Sunday of a year in the Gregorian calendar (the anonymous computus, Meeus/Jones/Butcher). */
function easterSunday(year: number): Temporal.PlainDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const epact =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const march = epact + weekday - 7 * correction + 22;
  return Temporal.PlainDate.from({ year, month: 3, day: 1 }).add({ days: march - 1 });
}

const FIXED = new Set(['01-01', '06-05', '12-24', '12-25', '12-26', '12-31']);

/**
 * Days from Easter Sunday: Maundy Thursday, Good Friday, Easter Monday, Ascension Day, Whit Monday. Sundays need no entry.
 */
const AROUND_EASTER = new Set([-3, -2, 1, 39, 50]);

/** General Prayer Day, the fourth Friday after Easter Sunday, was a public holiday to the end of 2023 (Act 214/2023). */
const GENERAL_PRAYER_DAY = 26;

/**
 * Whether a deadline may end on this day under D10: not a Saturday, a Sunday, a Danish public holiday, 5 June,
 * 24 December or 31 December.
 */
export function isDanishWorkingDay(day: Temporal.PlainDate): boolean {
  if (day.dayOfWeek >= 6) return false;
  if (FIXED.has(day.toString().slice(5))) return false;
  const fromEaster = easterSunday(day.year).until(day, { largestUnit: 'days' }).days;
  if (AROUND_EASTER.has(fromEaster)) return false;
  return !(day.year < 2024 && fromEaster === GENERAL_PRAYER_DAY);
}
