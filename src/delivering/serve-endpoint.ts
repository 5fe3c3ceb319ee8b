import type { EndpointAttempt } from '../commands/record-deliveries.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import type { DueDelivery } from '../db/webhook-deliveries.ts';
import type { ClaimedWebhook } from '../db/webhooks.ts';
import { CONNECTIONS } from '../webhooks/connection-pools.ts';
import { attemptRecorder } from './attempt-recorder.ts';
import type { Delivering } from './delivering.ts';
import { dueQueue } from './due-queue.ts';
import { endpointLease } from './endpoint-lease.ts';
import { postDelivery } from './post-delivery.ts';
import { stateAfter, type ServingState } from './serving-state.ts';

/** After this long the endpoint is released, so that others get their turn. */
const SERVED_AT_MOST_MS = 20_000;
/**
 * No post begins while so many attempts wait to be recorded. With the posts under way, these are what a crash can double.
 */
const UNRECORDED = 12;

const POSTS_AT_ONCE: Readonly<Record<ServingState, number>> = { healthy: CONNECTIONS, failing: 1, closing: 0 };

/** An endpoint while this process serves it. */
export interface ServedEndpoint {
  /** Resolves when the endpoint has been released; rejects where serving it failed. */
  readonly ended: Promise<void>;
  /** Has it find what was written since it found nothing more. */
  lookAgain(): void;
}

/**
 * Posts what is due for a claimed endpoint until nothing is, `stopping` is aborted, or its time is over. `rateLimited` waits
 * for the endpoint's rate limit. `recorded` is called with the attempts that are on record.
 */
export function serveEndpoint(
  delivering: Delivering,
  claimed: ClaimedWebhook,
  {
    leasedUntil,
    stopping,
    rateLimited,
    recorded,
  }: {
    leasedUntil: Temporal.Instant;
    stopping: AbortSignal;
    rateLimited: (webhook: ClaimedWebhook) => Promise<void>;
    recorded: (attempts: readonly EndpointAttempt[]) => void;
  },
): ServedEndpoint {
  const endsAt = performance.now() + SERVED_AT_MOST_MS;
  const lease = endpointLease(delivering, claimed, leasedUntil);
  const queue = dueQueue(delivering, claimed.id, lease);
  let state: ServingState = claimed.failingSince === null ? 'healthy' : 'failing';
  const health = { id: claimed.id, isHealthy: state === 'healthy' };
  const recorder = attemptRecorder(delivering, health, (attempts) => {
    queue.recorded(attempts);
    recorded(attempts);
  });
  const underWay = new Set<Promise<void>>();
  let unrecorded = 0;
  let signal = Promise.withResolvers<void>();
  const signalChange = () => {
    signal.resolve();
    signal = Promise.withResolvers();
  };

  const isOpen = () =>
    state !== 'closing' && lease.webhook() !== null && !stopping.aborted && performance.now() < endsAt;
  const hasRoom = () => underWay.size < POSTS_AT_ONCE[state] && unrecorded < UNRECORDED;

  /** Begins posts until nothing more is due or the endpoint closes. */
  async function beginPosts(): Promise<void> {
    while (isOpen()) {
      // Fixed before looking, so that no change in between is missed.
      const { promise: nextChange } = signal;
      const delivery = hasRoom() ? await queue.next() : null;
      if (delivery !== null) {
        await begin(delivery);
      } else if (underWay.size > 0 || unrecorded >= UNRECORDED) {
        // A post under way may take long, and what is written meanwhile does not wait for it.
        await nextChange;
      } else return;
    }
  }

  /** Begins a post when the lease and the rate limit allow it; none where the endpoint has closed by then. */
  async function begin(delivery: DueDelivery): Promise<void> {
    await lease.renewForPost();
    const webhook = lease.webhook();
    if (webhook === null) return;
    await rateLimited(webhook);
    if (!isOpen()) return;
    const posting = post(webhook, delivery);
    underWay.add(posting);
    // An error stays with those under way, for `serve` to throw.
    void Promise.allSettled([posting]).then(([{ status }]) => {
      if (status === 'fulfilled') underWay.delete(posting);
      signalChange();
    });
  }

  /** The one place where the state changes. */
  async function post(webhook: ClaimedWebhook, delivery: DueDelivery): Promise<void> {
    try {
      const attempt = await postDelivery(delivering, webhook, delivery);
      state = stateAfter(state, attempt);
      unrecorded += 1;
      void recorder.add(attempt).then(() => {
        unrecorded -= 1;
        signalChange();
      });
    } catch (error) {
      state = 'closing';
      throw error;
    }
  }

  async function serve(): Promise<void> {
    try {
      const beginning = beginPosts();
      // When it has ended, no post joins those under way.
      await Promise.allSettled([beginning]);
      await allEnded([beginning, ...underWay]);
    } finally {
      await recorder.finish();
      await lease.release();
    }
  }

  return {
    ended: serve(),
    lookAgain() {
      queue
        .lookAgain()
        .then((isAnyDue) => isAnyDue && signalChange())
        // Looking fails for `beginPosts` too, which reports the error.
        .catch(signalChange);
    },
  };
}
