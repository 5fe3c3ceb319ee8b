import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { takeTokens } from '../db/sending-rate.ts';
import type { Clock } from '../domain/clock.ts';

/** Tokens are taken for this part of a second at most, so that the rate nearly holds within each second. */
const SECONDS_AT_ONCE = 0.25;

/** The tokens of a limited rate that this run holds: one for each message that it claims. */
export interface RateTokens {
  /** How many tokens are taken at once, at most. */
  readonly most: number;
  /** Holds `count` tokens: takes what is missing from the bucket that all processes share, and waits until it is valid. */
  hold(count: number): Promise<void>;
  /** Uses the tokens of `count` messages, because they have been claimed. */
  use(count: number): void;
  /** Holds the tokens of `count` claimed messages again, because they have been released. */
  putBack(count: number): void;
}

/** Tokens for `perSecond` messages a second, which may be less than one. `signal` ends a wait early. */
export function rateTokens(pool: pg.Pool, clock: Clock, perSecond: number, signal: AbortSignal): RateTokens {
  let held = 0;
  return {
    most: Math.max(1, Math.floor(perSecond * SECONDS_AT_ONCE)),
    async hold(count) {
      if (count <= held) return;
      const now = clock();
      const from = await takeTokens(pool, { perSecond, count: count - held, now });
      const milliseconds = Math.ceil(from.since(now).total('milliseconds'));
      if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
      held = count;
    },
    use(count) {
      held = Math.max(0, held - count);
    },
    putBack(count) {
      held += count;
    },
  };
}
