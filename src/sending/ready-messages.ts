import type pg from 'pg';
import { releaseMessages } from '../db/message-claims.ts';
import type { ClaimedMessage } from './claim-batch.ts';

/** Messages that are claimed and not handed out yet, in order. */
export interface ReadyMessages {
  count(): number;
  add(claimed: readonly ClaimedMessage[]): void;
  /** The first message; `undefined` where there is none, or half of its lease is over at `now`. */
  take(now: Temporal.Instant): ClaimedMessage | undefined;
  /** Whether half of the lease of any is over at `now`: behind a slow server, the rest may be too short for an attempt. */
  hasOverdue(now: Temporal.Instant): boolean;
  /** Releases all as if they had not been claimed, and returns how many. Where that fails, they stay here. */
  release(): Promise<number>;
}

export function readyMessages(pool: pg.Pool, leaseLength: Temporal.DurationLike): ReadyMessages {
  const halfLease = Temporal.Duration.from(leaseLength).total('milliseconds') / 2;
  const messages: ClaimedMessage[] = [];
  const isOverdue = ({ lease }: ClaimedMessage, now: Temporal.Instant) =>
    lease.until.since(now).total('milliseconds') < halfLease;
  return {
    count: () => messages.length,
    add: (claimed) => void messages.push(...claimed),
    take(now) {
      const [first] = messages;
      return first === undefined || isOverdue(first, now) ? undefined : messages.shift();
    },
    hasOverdue: (now) => messages.some((each) => isOverdue(each, now)),
    async release() {
      const unused = messages.splice(0);
      try {
        for (const [leaseId, claimed] of Map.groupBy(unused, ({ lease }) => lease.id)) {
          const ids = claimed.map(({ message }) => message.id);
          await releaseMessages(pool, leaseId, ids);
        }
      } catch (error) {
        messages.unshift(...unused);
        throw error;
      }
      return unused.length;
    },
  };
}
