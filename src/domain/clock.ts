/**
 * The source of all time (D29). Passed to everything that needs the time, so that tests and the demo can move it. Whole
 * milliseconds, so that an instant is the same number stored, printed and compared.
 */
export interface Clock {
  (): Temporal.Instant;
  /** Why nothing is to be decided by it now, in words for an operator. `null`, or absent, where it can be trusted. */
  readonly fault?: () => string | null;
}

/** Why nothing is to be decided by this clock now; `null` where it can be trusted. */
export const faultOf = (clock: Clock): string | null => clock.fault?.() ?? null;

/** The machine's clock. */
export const systemClock: Clock = () => Temporal.Instant.fromEpochMilliseconds(Date.now());

/**
 * How far from the database's time a clock may be that decides (D29), in milliseconds. The guards of `sql/clock.sql` leave
 * twice as much.
 */
export const CLOCK_TOLERANCE_MS = 1_000;

/** A clock compared with the database's, in milliseconds. */
export interface ClockMeasurement {
  /** How far the clock is ahead; negative where it is behind. */
  readonly aheadMs: number;
  /** How far the true difference may be from `aheadMs`: half of the round trip. */
  readonly uncertaintyMs: number;
}

/** The measurement that says most of several. */
export function surestOf(measurements: readonly ClockMeasurement[]): ClockMeasurement {
  return measurements.reduce((best, each) => (each.uncertaintyMs < best.uncertaintyMs ? each : best));
}

/** Whether a clock corrected by this measurement is as near to the database's time as one must be that decides. */
export function isSureEnough({ uncertaintyMs }: ClockMeasurement): boolean {
  return uncertaintyMs <= CLOCK_TOLERANCE_MS;
}

/** Whether the clock is certainly near enough as it is. */
export function isWithinTolerance({ aheadMs, uncertaintyMs }: ClockMeasurement): boolean {
  return Math.abs(aheadMs) + uncertaintyMs <= CLOCK_TOLERANCE_MS;
}
