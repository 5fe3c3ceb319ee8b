import { oneRow, type Queryable } from './postgres.ts';

/**
 * Nobody ever waits this long: five minutes, and at a slow rate the time of this many tokens. When the next token is free later
 * than that, it was taken before a clock was set back.
 */
const LONGEST_WAIT = { seconds: 300, tokens: 20 };

/**
 * Takes `count` tokens from the bucket of all processes, which gains `perSecond`: 200, or 0.2 for one in five seconds. Returns
 * from when on they may be used.
 */
export async function takeTokens(
  db: Queryable,
  { perSecond, count, now }: { perSecond: number; count: number; now: Temporal.Instant },
): Promise<Temporal.Instant> {
  const longest = Math.max(LONGEST_WAIT.seconds, LONGEST_WAIT.tokens / perSecond);
  const { from } = await oneRow<{ from: Temporal.Instant }>(
    db,
    `insert into sending_rate as bucket (next_at) values ($1::timestamptz + $2 * interval '1 second')
     on conflict (singleton) do update set next_at = $2 * interval '1 second'
       + case when bucket.next_at > $3 then $1 else greatest(bucket.next_at, $1) end
     returning next_at - $2 * interval '1 second' as from`,
    [now, count / perSecond, now.add({ milliseconds: Math.ceil(longest * 1_000) })],
  );
  return from;
}
