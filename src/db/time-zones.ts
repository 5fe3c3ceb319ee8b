import { rows, type Queryable } from './postgres.ts';

/** PostgreSQL knows no time zone of that name. */
const INVALID_PARAMETER = '22023';

/** The time zones of all products. */
export async function timeZonesOfProducts(db: Queryable): Promise<string[]> {
  const found = await rows<{ zone: string }>(db, 'select distinct time_zone as zone from products order by zone');
  return found.map(({ zone }) => zone);
}

/**
 * The days of these that begin at another instant by PostgreSQL's edition of the time zones; `null` where it does not know
 * the zone.
 */
export async function daysThatBeginElsewhere(
  db: Queryable,
  timeZone: string,
  days: readonly { readonly day: Temporal.PlainDate; readonly begins: Temporal.Instant }[],
): Promise<Temporal.PlainDate[] | null> {
  try {
    // Not compared with PostgreSQL's midnight: where a midnight comes twice, PostgreSQL has the day begin at the later one.
    const found = await rows<{ day: Temporal.PlainDate }>(
      db,
      `select day from unnest($1::date[], $2::timestamptz[]) as ours (day, begins)
       where (begins at time zone $3)::date <> day
         or ((begins - interval '1 millisecond') at time zone $3)::date <> day - 1
       order by day`,
      [days.map(({ day }) => day.toString()), days.map(({ begins }) => begins.toString()), timeZone],
    );
    return found.map(({ day }) => day);
  } catch (error) {
    if ((error as { code?: unknown }).code === INVALID_PARAMETER) return null;
    throw error;
  }
}
