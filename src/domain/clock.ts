/** Where all time comes from (D29). Handed to everything that asks what time it is, so that tests and the demo can move it. */
export type Clock = () => Temporal.Instant;

/**
 * The machine's clock, moved by `offset` (D29, `CLOCK_OFFSET`), in whole milliseconds: what is stored, printed and
 * compared is then the same number everywhere. Days, weeks, months and years are counted in UTC.
 */
export function systemClock(offset: Temporal.Duration = new Temporal.Duration()): Clock {
  return () =>
    Temporal.Instant.fromEpochMilliseconds(Date.now())
      .toZonedDateTimeISO('UTC')
      .add(offset)
      .toInstant()
      .round({ smallestUnit: 'millisecond', roundingMode: 'floor' });
}
