import type { Clock } from '../../src/domain/clock.ts';

/** A clock that stands still until it is moved. */
export interface MovableClock {
  readonly now: Clock;
  set(instant: string): void;
  advance(duration: Temporal.DurationLike): void;
}

export function movableClock(start: string): MovableClock {
  let instant = Temporal.Instant.from(start);
  return {
    now: () => instant,
    set(to) {
      instant = Temporal.Instant.from(to);
    },
    advance(duration) {
      instant = instant.toZonedDateTimeISO('UTC').add(duration).toInstant();
    },
  };
}
