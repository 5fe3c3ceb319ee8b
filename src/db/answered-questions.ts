import { rows, type Transaction } from './postgres.ts';

/** A question of ours that a browser answers once: the challenge of a passkey, or what the identity provider was asked. */
interface Question {
  readonly hash: Buffer;
  /** Until when an answer would be taken. */
  readonly goodUntil: Temporal.Instant;
}

/**
 * Takes a question as answered, and forgets those whose time is over; `false` where it was answered before. A second answer waits
 * for the first.
 */
export async function answerOnce(
  tx: Transaction,
  { hash, goodUntil }: Question,
  now: Temporal.Instant,
): Promise<boolean> {
  await rows(tx, 'delete from answered_challenges where good_until < $1', [now]);
  const taken = await rows(
    tx,
    'insert into answered_challenges (hash, good_until) values ($1, $2) on conflict do nothing returning hash',
    [hash, goodUntil],
  );
  return taken.length > 0;
}
