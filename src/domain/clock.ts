/** The source of all time (D29). Passed to everything that needs the time, so that tests and the demo can move it. */
export type Clock = () => Temporal.Instant;

/**
 * The machine's clock, moved by `offset` (D29, `CLOCK_OFFSET`). Whole milliseconds, so that an instant is the same number
 * stored, printed and compared. Days, weeks, months and years of `offset` are counted in UTC.
 */
export function systemClock(offset: Temporal.Duration = new Temporal.Duration()): Clock {
  return () =>
    Temporal.Instant.fromEpochMilliseconds(Date.now())
      .toZonedDateTimeISO('UTC')
      .add(offset)
      .toInstant()
      .round({ smallestUnit: 'millisecond', roundingMode: 'floor' });
}
