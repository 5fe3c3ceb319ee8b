import type { Leases } from '../concurrency/leases.ts';
import { releaseWebhook, type ClaimedWebhook } from '../db/webhooks.ts';
import type { Delivering } from './delivering.ts';

/** No post begins within this time of the end of the lease: it could still be under way when another process begins. */
const MARGIN = { seconds: 16 };

/** A process's right to serve an endpoint. It is renewed until it is released. */
export interface EndpointLease {
  /** The endpoint as it was when the lease was renewed; `null` when it is no longer ours: deleted, disabled or taken over. */
  webhook(): ClaimedWebhook | null;
  /** Reads the endpoint anew. */
  renew(): Promise<void>;
  /** Renews the lease where a post that begins now could outlive it. */
  renewForPost(): Promise<void>;
  release(): Promise<void>;
}

/** The lease of an endpoint that has just been claimed, until `leasedUntil`. */
export function endpointLease(
  { pool, clock }: Pick<Delivering, 'pool' | 'clock'>,
  leases: Leases<ClaimedWebhook>,
  claimed: ClaimedWebhook,
  leasedUntil: Temporal.Instant,
): EndpointLease {
  leases.hold([claimed], leasedUntil);
  const renew = () => leases.renew([claimed]);
  return {
    webhook: () => leases.find(claimed)?.claim ?? null,
    renew,
    async renewForPost() {
      const held = leases.find(claimed);
      if (held && Temporal.Instant.compare(clock().add(MARGIN), held.until) > 0) await renew();
    },
    async release() {
      leases.letGo([claimed]);
      await releaseWebhook(pool, claimed);
    },
  };
}
