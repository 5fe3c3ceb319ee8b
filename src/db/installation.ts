import { surestOf, type Clock, type ClockMeasurement } from '../domain/clock.ts';
import { oneRow, rows, type Queryable } from './postgres.ts';

/** One of several is not held up by something else that the machine does. */
const COMPARISONS = 3;

/**
 * Compares a clock with the database's time (D29). `db` is one connection: waiting for one would count as the way there.
 */
export async function measureClock(db: Queryable, clock: Clock): Promise<ClockMeasurement> {
  const measurements: ClockMeasurement[] = [];
  for (let comparison = 0; comparison < COMPARISONS; comparison += 1) measurements.push(await compareOnce(db, clock));
  return surestOf(measurements);
}

async function compareOnce(db: Queryable, clock: Clock): Promise<ClockMeasurement> {
  const asked = clock().epochMilliseconds;
  const askedAt = performance.now();
  const { now } = await oneRow<{ now: Temporal.Instant }>(db, 'select current_instant() as now');
  // Not by the clock, which may be set meanwhile.
  const uncertaintyMs = (performance.now() - askedAt) / 2;
  return { aheadMs: asked + uncertaintyMs - now.epochMilliseconds, uncertaintyMs };
}

// An ISO 8601 duration with a minus in front is none to PostgreSQL.
const OFFSET = `make_interval(years => $1, months => $2, weeks => $3, days => $4, hours => $5, mins => $6, secs => $7)`;
const partsOf = (offset: Temporal.Duration) => [
  offset.years,
  offset.months,
  offset.weeks,
  offset.days,
  offset.hours,
  offset.minutes,
  Temporal.Duration.from({
    seconds: offset.seconds,
    milliseconds: offset.milliseconds,
    microseconds: offset.microseconds,
    nanoseconds: offset.nanoseconds,
  }).total('seconds'),
];

/** Moves the clock of a trial: every process on this database follows it. Needs the role that owns the tables. */
export async function moveClock(db: Queryable, offset: Temporal.Duration): Promise<void> {
  await rows(db, `update installation set clock_offset = ${OFFSET} where clock_offset <> ${OFFSET}`, partsOf(offset));
}

/** How far the clock of this installation is moved, in PostgreSQL's words; `null` where it is moved by exactly `offset`. */
export async function otherClockOffset(db: Queryable, offset: Temporal.Duration): Promise<string | null> {
  const { other } = await oneRow<{ other: string | null }>(
    db,
    `select (select clock_offset::text from installation where clock_offset <> ${OFFSET}) as other`,
    partsOf(offset),
  );
  return other;
}

/** Says whether this is a trial, in which one person may propose and approve (D60). Needs the role that owns the tables. */
export async function markTrial(db: Queryable, isTrial: boolean): Promise<void> {
  await rows(db, 'update installation set is_trial = $1 where is_trial <> $1', [isTrial]);
}

/** Whether the database belongs to a trial, in which one person may propose and approve (D60). */
export async function isOfTrial(db: Queryable): Promise<boolean> {
  return (await oneRow<{ is: boolean }>(db, 'select is_trial as is from installation')).is;
}
