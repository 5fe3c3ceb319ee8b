import type pg from 'pg';
import type { Claim, Leases } from '../concurrency/leases.ts';
import { releaseMessages } from '../db/message-claims.ts';
import { claimOf, type ClaimedMessage } from './claim-batch.ts';

/** Messages that are claimed and not handed out yet, in order. */
export interface ReadyMessages {
  count(): number;
  add(claimed: readonly ClaimedMessage[]): void;
  /**
   * The first message; `undefined` where there is none, or it was claimed longer ago than half a lease at `now`, renewed or not.
   */
  take(now: Temporal.Instant): ClaimedMessage | undefined;
  /** Whether any was claimed longer ago than that: behind a slow server, what was true at its claim may be no longer. */
  hasOverdue(now: Temporal.Instant): boolean;
  /** Releases all as if they had not been claimed, and returns how many. Where that fails, they stay here. */
  release(): Promise<number>;
}

export function readyMessages(pool: pg.Pool, leases: Leases<Claim>, leaseLength: Temporal.DurationLike): ReadyMessages {
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
          leases.letGo(claimed.map(claimOf));
        }
      } catch (error) {
        messages.unshift(...unused);
        throw error;
      }
      return unused.length;
    },
  };
}
