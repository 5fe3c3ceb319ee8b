import { releaseWebhook, renewLease, type ClaimedWebhook } from '../db/webhooks.ts';
import type { Delivering } from './delivering.ts';

/** How long an endpoint belongs to one process. While it is served, its lease is renewed. */
const LEASE_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;
/** No post begins within this time of the end of the lease: it could still be under way when another process begins. */
const MARGIN = { seconds: 16 };

/** Until when a lease that begins at `now` lasts. */
export function leaseEnd(now: Temporal.Instant): Temporal.Instant {
  return now.add({ seconds: LEASE_SECONDS });
}

/** A process's right to serve an endpoint. It renews itself until it is released. */
export interface EndpointLease {
  /** The endpoint as it was when the lease was renewed; `null` when it is no longer ours: deleted, disabled or taken over. */
  webhook(): ClaimedWebhook | null;
  /** Reads the endpoint anew. */
  renew(): Promise<void>;
  /** Renews the lease where a post that begins now could outlive it. */
  renewForPost(): Promise<void>;
  release(): Promise<void>;
}

export function endpointLease(
  { pool, clock, log }: Pick<Delivering, 'pool' | 'clock' | 'log'>,
  claimed: ClaimedWebhook,
  leasedUntil: Temporal.Instant,
): EndpointLease {
  let webhook: ClaimedWebhook | null = claimed;
  let until = leasedUntil;

  async function renew(): Promise<void> {
    const next = leaseEnd(clock());
    webhook = await renewLease(pool, claimed, next);
    until = next;
  }

  const renewal = setInterval(() => {
    renew().catch((error: unknown) => log.warn({ err: error, webhook: claimed.id }, 'a lease was not renewed'));
  }, RENEW_EVERY_MS);

  return {
    webhook: () => webhook,
    renew,
    async renewForPost() {
      if (Temporal.Instant.compare(clock().add(MARGIN), until) > 0) await renew();
    },
    async release() {
      clearInterval(renewal);
      await releaseWebhook(pool, claimed);
    },
  };
}
