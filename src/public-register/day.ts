import { InvalidRequest } from '../domain/refused.ts';

/** How many characters of a wrong day the page shows again. */
const MAX_SHOWN = 40;

/** The requested day cannot be shown. Programs get the problem `invalid-request`. */
export class InvalidDay extends InvalidRequest {
  /** The requested day as it was typed, cut to `MAX_SHOWN` characters. */
  readonly typed: string;
  readonly because: 'not-a-day' | 'not-yet';

  constructor(typed: string, because: InvalidDay['because'], today: Temporal.PlainDate) {
    const expected = `Expected a day as YYYY-MM-DD, ${today.toString()} or earlier`;
    super([{ path: 'asOf', message: expected }]);
    this.name = 'InvalidDay';
    this.typed = typed.toWellFormed().slice(0, MAX_SHOWN);
    this.because = because;
  }
}

/**
 * The day that `?asOf=` asks for; today when it is missing or empty, as a date field sends it. Throws `InvalidDay`, also for
 * a day in the future: the register of that day is not known yet.
 */
export function readDay(asOf: string | string[] | undefined, today: Temporal.PlainDate): Temporal.PlainDate {
  if (asOf === undefined || asOf === '') return today;
  // A repeated parameter is invalid. Joined, its values are no day.
  const typed = typeof asOf === 'string' ? asOf : asOf.join(', ');
  const day = dayOf(typed);
  if (day === null) throw new InvalidDay(typed, 'not-a-day', today);
  if (Temporal.PlainDate.compare(day, today) > 0) throw new InvalidDay(typed, 'not-yet', today);
  return day;
}

function dayOf(text: string): Temporal.PlainDate | null {
  // PostgreSQL knows no year 0.
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return null;
  }
}
