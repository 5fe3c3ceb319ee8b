import type { EndpointAttempt } from '../commands/record-deliveries.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import { changeSignal } from '../concurrency/change-signal.ts';
import type { Leases } from '../concurrency/leases.ts';
import type { DueDelivery } from '../db/webhook-deliveries.ts';
import type { ClaimedWebhook } from '../db/webhooks.ts';
import type { Delivering } from './delivering.ts';
import { dueQueue } from './due-queue.ts';
import { endpointLease } from './endpoint-lease.ts';
import { endpointPosts } from './endpoint-posts.ts';

/** After this long the endpoint is released, so that others get their turn. */
const SERVED_AT_MOST_MS = 20_000;

/** An endpoint while this process serves it. */
export interface ServedEndpoint {
  /** Resolves when the endpoint has been released; rejects where serving it failed. */
  readonly ended: Promise<void>;
  /** Has it find what was written since it found nothing more. */
  lookAgain(): void;
}

interface ServeOptions {
  readonly leases: Leases<ClaimedWebhook>;
  readonly leasedUntil: Temporal.Instant;
  readonly stopping: AbortSignal;
  /** Waits for the endpoint's rate limit. */
  readonly rateLimited: (webhook: ClaimedWebhook) => Promise<void>;
  /** Is called with the attempts that are on record. */
  readonly recorded: (attempts: readonly EndpointAttempt[]) => void;
}

/** Posts what is due for a claimed endpoint until nothing is, `stopping` is aborted, or its time is over. */
export function serveEndpoint(
  delivering: Delivering,
  claimed: ClaimedWebhook,
  { leases, leasedUntil, stopping, rateLimited, recorded }: ServeOptions,
): ServedEndpoint {
  const endsAt = performance.now() + SERVED_AT_MOST_MS;
  const lease = endpointLease(delivering, leases, claimed, leasedUntil);
  const queue = dueQueue(delivering, claimed.id, lease);
  const changes = changeSignal();
  const posts = endpointPosts(delivering, claimed, {
    changed: changes.notify,
    recorded(attempts) {
      queue.recorded(attempts);
      recorded(attempts);
    },
  });
  const isOpen = () =>
    posts.state() !== 'closing' && lease.webhook() !== null && !stopping.aborted && performance.now() < endsAt;

  /** Begins posts until nothing more is due or the endpoint closes. */
  async function beginPosts(): Promise<void> {
    while (isOpen()) {
      const nextChange = changes.next();
      const delivery = posts.hasRoom() ? await queue.next() : null;
      if (delivery !== null) await begin(delivery);
      // A post under way may take long, and what is written meanwhile does not wait for it.
      else if (posts.isBusy()) await nextChange;
      else return;
    }
  }

  /** Begins a post when the lease and the rate limit allow it; none where the endpoint has closed by then. */
  async function begin(delivery: DueDelivery): Promise<void> {
    await lease.renewForPost();
    const webhook = lease.webhook();
    if (webhook === null) return;
    await rateLimited(webhook);
    if (isOpen()) posts.begin(webhook, delivery);
  }

  async function serve(): Promise<void> {
    try {
      const beginning = beginPosts();
      // When it has ended, no post joins those under way.
      await Promise.allSettled([beginning]);
      await allEnded([beginning, posts.ended()]);
    } finally {
      await posts.finish();
      await lease.release();
    }
  }

  return {
    ended: serve(),
    lookAgain() {
      queue
        .lookAgain()
        .then((isAnyDue) => isAnyDue && changes.notify())
        // Looking fails for `beginPosts` too, which reports the error.
        .catch(changes.notify);
    },
  };
}
