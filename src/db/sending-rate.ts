import { oneRow, type Queryable } from './postgres.ts';

/** No queue of takers is as long as this: a bucket that is spoken for until then was so by a clock set back since. */
const LONGEST_WAIT = { minutes: 5 };

/** Takes tokens from the bucket that all processes share, `perSecond` of which come free, and tells from when on they hold. */
export async function takeTokens(
  db: Queryable,
  { perSecond, count, now }: { perSecond: number; count: number; now: Temporal.Instant },
): Promise<Temporal.Instant> {
  const { from } = await oneRow<{ from: Temporal.Instant }>(
    db,
    `insert into sending_rate as bucket (next_at) values ($1::timestamptz + $2 * interval '1 second')
     on conflict (singleton) do update set next_at = $2 * interval '1 second'
       + case when bucket.next_at > $3 then $1 else greatest(bucket.next_at, $1) end
     returning next_at - $2 * interval '1 second' as from`,
    [now, count / perSecond, now.add(LONGEST_WAIT)],
  );
  return from;
}
