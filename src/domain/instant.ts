/** An instant as the API writes it: RFC 3339, UTC, milliseconds. */
export function instantText(instant: Temporal.Instant): string {
  return instant.toString({ fractionalSecondDigits: 3 });
}

/** The first instant of a day in a time zone, also where its midnight is skipped. */
export function startOfDay(day: Temporal.PlainDate, timeZone: string): Temporal.Instant {
  return day.toZonedDateTime(timeZone).toInstant();
}

/** The calendar day that it is at `instant` in `timeZone`. */
export function dayIn(timeZone: string, instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(timeZone).toPlainDate();
}

/** The later of two instants; a missing one never wins. What a contact was told is never taken back (D11). */
export function later(a: Temporal.Instant | null, b: Temporal.Instant | null): Temporal.Instant | null {
  if (a === null || b === null) return a ?? b;
  return Temporal.Instant.compare(a, b) >= 0 ? a : b;
}
