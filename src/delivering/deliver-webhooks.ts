import { randomUUID } from 'node:crypto';
import { followWebhook, type EndpointAttempt } from '../commands/record-deliveries.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import { leasesOf } from '../concurrency/leases.ts';
import { runExclusively } from '../concurrency/run-exclusively.ts';
import { inTransaction } from '../db/postgres.ts';
import { queueReplayStep } from '../db/webhook-replays.ts';
import { claimWebhook, failingWebhooks, renewWebhooks, type ClaimedWebhook } from '../db/webhooks.ts';
import type { Delivering } from './delivering.ts';
import { rateLimiter } from './rate-limiter.ts';
import { serveEndpoint } from './serve-endpoint.ts';
import { servedEndpoints } from './served-endpoints.ts';
import { wakeTimers } from './wake-timers.ts';

const ENDPOINTS_AT_ONCE = 200;
/** How many events one transaction queues for a replay. */
const REPLAY_STEP = 500;

export interface WebhookDeliverer {
  /** Begins to serve every endpoint that something is due for; does not wait for their responses. */
  readonly sweep: () => Promise<void>;
  /** Resolves when no endpoint is being served. */
  idle(): Promise<void>;
  /** Begins nothing more, and resolves when what is under way is recorded and every endpoint is released. */
  stop(): Promise<void>;
}

/**
 * Makes the job that delivers events. It claims endpoints, not deliveries: one process at a time serves an endpoint, with at
 * most four posts under way, so that no event goes out twice, a slow endpoint costs the others nothing, and its rate limit
 * is kept. One that fails gets one post at a time until it succeeds.
 */
export function webhookDeliverer(delivering: Delivering): WebhookDeliverer {
  const { pool, clock, log, lease } = delivering;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Looks again for what was written while an endpoint was being released, and for endpoints that wait for a place.
  const served = servedEndpoints(log, () => wake());
  const timers = wakeTimers(clock, () => void wake());
  const leases = leasesOf<ClaimedWebhook>({
    clock,
    length: lease,
    renewal: (claims, until) => renewWebhooks(pool, claims, until),
    failed: (error) => log.warn({ err: error }, 'leases of endpoints were not renewed'),
  });
  const serving = { leases, stopping: signal, rateLimited: rateLimiter(), recorded };

  const claimEndpoints = runExclusively(async () => {
    served.lookAgain();
    while (!signal.aborted && served.count() < ENDPOINTS_AT_ONCE) {
      const now = clock();
      const leasedUntil = leases.end();
      const claimed = await claimWebhook(pool, { now, leaseId: randomUUID(), leasedUntil });
      if (claimed === null) return;
      served.add(claimed.id, serveEndpoint(delivering, claimed, { ...serving, leasedUntil }));
    }
  });
  // Apart from the claims: a replay may have many steps, and what has just happened does not wait for them.
  const queueReplays = runExclusively(async () => {
    while (!signal.aborted && (await inTransaction(pool, (tx) => queueReplayStep(tx, clock(), REPLAY_STEP)))) {
      await claimEndpoints();
    }
  });

  async function sweep(): Promise<void> {
    await allEnded([claimEndpoints(), queueReplays()]);
  }

  function wake(): Promise<void> {
    return sweep().catch((error: unknown) =>
      log.error({ err: error }, 'deliveries could not be taken up; the next sweep does'),
    );
  }

  function recorded(attempts: readonly EndpointAttempt[]): void {
    if (signal.aborted) return;
    for (const { nextAttemptAt, notBefore } of attempts) {
      if (nextAttemptAt !== null) timers.wakeAt(nextAttemptAt);
      if (notBefore !== null) timers.wakeAt(notBefore);
    }
  }

  return {
    sweep,
    async idle() {
      await sweep();
      while (served.count() > 0) await served.allReleased();
    },
    async stop() {
      stopping.abort();
      timers.clear();
      // A claim that is under way ends first, and its endpoint is released like the others.
      await wake();
      await served.allReleased();
    },
  };
}

/** Tells the company of endpoints that fail, and disables those that have failed for five days without one success. */
export async function followWebhooks({ pool, clock }: Pick<Delivering, 'pool' | 'clock'>): Promise<void> {
  for (const id of await failingWebhooks(pool)) await inTransaction(pool, (tx) => followWebhook(tx, id, clock()));
}
