import { InvalidRequest } from '../domain/refused.ts';

/** So much of a wrong day is given back to its reader. */
const SHOWN = 40;

/** A day that was asked for and cannot be shown. To programs it is an invalid request. */
export class InvalidDay extends InvalidRequest {
  /** What was typed, cut to what a page can show. */
  readonly typed: string;
  readonly because: 'not-a-day' | 'not-yet';

  constructor(typed: string, because: InvalidDay['because'], today: Temporal.PlainDate) {
    const expected = `Expected a day as YYYY-MM-DD, ${today.toString()} or earlier`;
    super([{ path: 'asOf', message: expected }]);
    this.name = 'InvalidDay';
    this.typed = typed.toWellFormed().slice(0, SHOWN);
    this.because = because;
  }
}

/**
 * The day that `?asOf=` asks for; today for none, and for a date field left empty. Throws `InvalidDay`, also for a day that
 * has not come: what will be in the register then is not known, and what is planned is told as planned.
 */
export function readDay(asOf: string | string[] | undefined, today: Temporal.PlainDate): Temporal.PlainDate {
  if (asOf === undefined || asOf === '') return today;
  // A parameter that comes twice asks for no one day: together they are none.
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
