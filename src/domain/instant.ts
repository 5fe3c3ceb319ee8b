/** An instant as the API writes it: RFC 3339, UTC, milliseconds. */
export function instantText(instant: Temporal.Instant): string {
  return instant.toString({ fractionalSecondDigits: 3 });
}

/** The first instant of a day in a time zone. Not always 00:00: a clock change can skip midnight. */
export function startOfDay(day: Temporal.PlainDate, timeZone: string): Temporal.Instant {
  return day.toZonedDateTime(timeZone).toInstant();
}

/** The calendar day at `instant` in `timeZone`. */
export function dayIn(timeZone: string, instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(timeZone).toPlainDate();
}

/** The later of two instants; the other one where one is `null`. Deadlines that were printed are never taken back (D11). */
export function later(a: Temporal.Instant | null, b: Temporal.Instant): Temporal.Instant;
export function later(a: Temporal.Instant | null, b: Temporal.Instant | null): Temporal.Instant | null;
export function later(a: Temporal.Instant | null, b: Temporal.Instant | null): Temporal.Instant | null {
  if (a === null || b === null) return a ?? b;
  return Temporal.Instant.compare(a, b) >= 0 ? a : b;
}
