import type pg from 'pg';
import { daysThatBeginElsewhere, timeZonesOfProducts } from '../db/time-zones.ts';
import { dayIn, startOfDay } from '../domain/instant.ts';
import type { Log } from '../domain/log.ts';

/** Two years, and the longest window. */
const DAYS_COMPARED = 800;

/**
 * Compares, for the time zone of every product, when the coming days begin by our edition of the time zones and by
 * PostgreSQL's. Where they disagree, one of the two does not know a new law, and deadlines may be wrong (D9): said at `error`,
 * because a person has to find out which. Ours decides meanwhile.
 */
export async function compareTimeZones(pool: pg.Pool, now: Temporal.Instant, log: Log): Promise<void> {
  for (const timeZone of await timeZonesOfProducts(pool)) {
    const today = dayIn(timeZone, now);
    const days = Array.from({ length: DAYS_COMPARED }, (_, index) => {
      const day = today.add({ days: index });
      return { day, begins: startOfDay(day, timeZone) };
    });
    const elsewhere = await daysThatBeginElsewhere(pool, timeZone, days);
    if (elsewhere?.length === 0) continue;
    const details = {
      timeZone,
      ours: process.versions.tz,
      days: elsewhere?.length ?? 'all',
      first: elsewhere?.[0]?.toString(),
    };
    log.error(
      details,
      'Node and PostgreSQL disagree on when days begin: update both, and check the deadlines of these days',
    );
  }
}
