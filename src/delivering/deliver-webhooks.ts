import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { followWebhook, recordDeliveries, type WebhookOutcome } from '../commands/record-deliveries.ts';
import { inTransaction } from '../db/postgres.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import { dueDeliveries, recordDelivered, type DueDelivery } from '../db/webhook-deliveries.ts';
import { queueReplayStep } from '../db/webhook-replays.ts';
import { claimWebhook, failingWebhooks, releaseWebhook, renewLease, type ClaimedWebhook } from '../db/webhooks.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { signingSecrets, type WebhookSecrets } from '../security/webhook-secrets.ts';
import { CONNECTIONS, SLOW_DOWN, type WebhookPoster } from '../webhooks/attempt.ts';
import { nextDeliveryAt } from '../webhooks/retry-schedule.ts';
import { signEvent } from '../webhooks/signature.ts';
import { runExclusively } from '../concurrency/run-exclusively.ts';

/** An endpoint is one process's for so long; while it is served, its lease is renewed. */
const LEASE_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;
/** No post is begun so shortly before the lease ends: it could still be under way when somebody else begins. */
const LEASE_MARGIN = { seconds: 16 };
/** Then the endpoint is given back, behind those that wait. */
const SERVED_AT_MOST_MS = 20_000;
const ENDPOINTS_AT_ONCE = 200;
const PAGE = 64;
/** The next page is fetched when fewer than this wait. */
const LOW = 24;
/** Outcomes that may wait to be recorded: with the posts under way, all that a crash can have delivered twice. */
const UNRECORDED = 12;
const RECORD_TRIES = 5;
const REPLAY_STEP = 500;
/** An endpoint that asks us to slow down and does not say for how long. */
const SLOW_DOWN_SECONDS = 5;
/** A retry that is due sooner than the next sweep has a timer of its own. */
const SWEEP_MS = 10_000;

export interface Delivering {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly poster: WebhookPoster;
  readonly secretOf: WebhookSecrets;
  readonly log: Log;
}

export interface WebhookDeliverer {
  /** Begins to serve every endpoint that something is due for; does not wait for what they answer. */
  readonly sweep: () => Promise<void>;
  /** Resolves when no endpoint is being served. */
  idle(): Promise<void>;
  /** Begins nothing more, and resolves when what is under way is recorded and every endpoint given back. */
  stop(): Promise<void>;
}

/** An endpoint while this process serves it. */
interface Served {
  /** Resolves when it has been given back. */
  readonly ended: Promise<void>;
  /** Has it find what was written since it found nothing more. */
  readonly lookAgain: () => void;
}

/**
 * Makes the job that delivers events. It claims endpoints, not deliveries: one process at a time serves an endpoint, with at
 * most four posts under way, so that no event goes out twice, a slow endpoint costs the others nothing, and its rate limit
 * is kept. One that fails gets one post at a time until it succeeds.
 */
export function webhookDeliverer({ pool, clock, poster, secretOf, log }: Delivering): WebhookDeliverer {
  const stopping = new AbortController();
  const served = new Map<string, Served>();
  const timers = new Set<NodeJS.Timeout>();
  /** When each endpoint with a rate limit may be posted to again, by the process's own clock. */
  const nextSlots = new Map<string, number>();

  const claim = runExclusively(async () => {
    for (const { lookAgain } of served.values()) lookAgain();
    while (!stopping.signal.aborted && served.size < ENDPOINTS_AT_ONCE) {
      const now = clock();
      const leasedUntil = now.add({ seconds: LEASE_SECONDS });
      const claimed = await claimWebhook(pool, { now, leaseId: randomUUID(), leasedUntil });
      if (claimed === null) return;
      const serving = serve(claimed, leasedUntil);
      const ended = serving.ended
        .catch((error: unknown) => log.error({ err: error, webhook: claimed.id }, 'an endpoint could not be served'))
        .then(() => {
          served.delete(claimed.id);
          // What was written while it was being given back, and those that wait for a place.
          return wake();
        });
      served.set(claimed.id, { ...serving, ended });
    }
  });
  // Apart from the claims: a replay may have many steps, and what has just happened does not wait for them.
  const queueReplays = runExclusively(async () => {
    while (!stopping.signal.aborted && (await inTransaction(pool, (tx) => queueReplayStep(tx, clock(), REPLAY_STEP)))) {
      await claim();
    }
  });
  const sweep = async () => {
    await allEnded([claim(), queueReplays()]);
  };
  const wake = () =>
    sweep().catch((error: unknown) =>
      log.error({ err: error }, 'deliveries could not be taken up; the next sweep does'),
    );

  return {
    sweep,
    async idle() {
      await sweep();
      while (served.size > 0) await Promise.all([...served.values()].map(({ ended }) => ended));
    },
    async stop() {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
      // A claim that is under way ends first, and is given back like the others.
      await wake();
      await Promise.all([...served.values()].map(({ ended }) => ended));
    },
  };

  function serve(claimed: ClaimedWebhook, until: Temporal.Instant): Served {
    const started = performance.now();
    let webhook: ClaimedWebhook | null = claimed;
    let leasedUntil = until;
    let isSlow = claimed.failingSince !== null;
    let isOver = false;
    const waiting: DueDelivery[] = [];
    const underWay = new Set<string>();
    // As far as its health is concerned: successes of a healthy endpoint change nothing about it.
    let isWell = claimed.failingSince === null;
    const recorder = outcomeRecorder(underWay, async (group) => {
      isWell &&= group.every(({ delivered }) => delivered);
      if (isWell) await recordDelivered(pool, claimed.id, group);
      else await inTransaction(pool, (tx) => recordDeliveries(tx, claimed.id, group, clock()));
    });

    const renew = async () => {
      const next = clock().add({ seconds: LEASE_SECONDS });
      webhook = await renewLease(pool, claimed, next);
      leasedUntil = next;
    };
    const renewal = setInterval(() => {
      renew().catch((error: unknown) => log.warn({ err: error, webhook: claimed.id }, 'a lease was not renewed'));
    }, RENEW_EVERY_MS);

    let hasMore = true;
    const fill = runExclusively(async () => {
      if (waiting.length >= LOW || (waiting.length > 0 && !hasMore)) return;
      // What an admin has changed since the last page holds for the next one.
      await renew();
      if (webhook === null) return;
      const found = await dueDeliveries(pool, claimed.id, { now: clock(), underWay: [...underWay], limit: PAGE });
      for (const { id } of found) underWay.add(id);
      waiting.push(...found);
      hasMore = found.length === PAGE;
    });
    const isOpen = () =>
      webhook !== null && !isOver && !stopping.signal.aborted && performance.now() - started < SERVED_AT_MOST_MS;
    /** The next delivery, or `null` when nothing more is due. */
    const next = async (): Promise<DueDelivery | null> => {
      if (waiting.length === 0) await fill();
      // Fetched while the last ones are posted; what goes wrong with it, the next one finds.
      else if (waiting.length < LOW && hasMore) fill().catch(() => undefined);
      return waiting.shift() ?? null;
    };

    // A lane that finds nothing waits for news while another one posts: its post may take long, and what is written
    // meanwhile shall not wait for that.
    let busy = 0;
    let news = Promise.withResolvers<void>();
    const tellLanes = () => {
      news.resolve();
      news = Promise.withResolvers();
    };
    const lookAgain = () => {
      fill()
        .then(() => {
          if (waiting.length > 0) tellLanes();
        })
        // The lanes find what goes wrong with it.
        .catch(tellLanes);
    };

    const lane = async (mayGoOn: () => boolean) => {
      busy += 1;
      try {
        await post(mayGoOn);
      } finally {
        busy -= 1;
        tellLanes();
      }
    };
    const post = async (mayGoOn: () => boolean) => {
      while (mayGoOn()) {
        await recorder.room();
        const { promise: told } = news;
        const delivery = await next();
        if (delivery === null) {
          if (busy === 1) {
            isOver = true;
            return;
          }
          busy -= 1;
          await told;
          busy += 1;
          continue;
        }
        if (Temporal.Instant.compare(clock().add(LEASE_MARGIN), leasedUntil) > 0) await renew();
        if (webhook === null) return;
        await rateLimited(webhook);
        if (!isOpen()) return;
        const outcome = await attempt(webhook, delivery);
        recorder.add(outcome);
        // Served by one lane until it succeeds, then anew by all.
        if (outcome.delivered && isSlow) isOver = true;
        if (!outcome.delivered) isSlow = true;
        if (outcome.notBefore !== null || outcome.isGone) isOver = true;
      }
    };
    const serveAll = async () => {
      try {
        const others = isSlow ? 0 : CONNECTIONS - 1;
        await allEnded([lane(isOpen), ...Array.from({ length: others }, () => lane(() => isOpen() && !isSlow))]);
      } finally {
        clearInterval(renewal);
        await recorder.finish();
        await releaseWebhook(pool, claimed);
      }
    };
    return { ended: serveAll(), lookAgain };
  }

  async function attempt(webhook: ClaimedWebhook, delivery: DueDelivery): Promise<WebhookOutcome> {
    const startedAt = clock();
    const event = signEvent(
      { ...delivery, id: delivery.eventId },
      signingSecrets(secretOf, webhook, startedAt),
      startedAt,
    );
    const { notBefore: asked, ...result } = await poster.post(webhook.url, event, startedAt);
    const finishedAt = clock();
    const wantsLess = SLOW_DOWN.includes(result.status);
    const notBefore = wantsLess ? (asked ?? finishedAt.add({ seconds: SLOW_DOWN_SECONDS })) : null;
    return {
      ...result,
      deliveryId: delivery.id,
      isReplay: delivery.isReplay,
      isGone: result.status === 410,
      startedAt,
      finishedAt,
      notBefore,
      nextAttemptAt: result.delivered ? null : nextDeliveryAt(delivery.attempts + 1, finishedAt, asked),
    };
  }

  /** Waits until the endpoint's rate limit lets one more post through. */
  async function rateLimited({ id, rateLimit }: ClaimedWebhook): Promise<void> {
    if (rateLimit === null) return;
    const now = performance.now();
    const slot = Math.max(now, nextSlots.get(id) ?? 0);
    nextSlots.set(id, slot + 1000 / rateLimit);
    if (slot > now) await new Promise((resolve) => setTimeout(resolve, slot - now));
  }

  /** Writes outcomes down as fast as the database takes them, all that came meanwhile at once. */
  function outcomeRecorder(underWay: Set<string>, write: (group: readonly WebhookOutcome[]) => Promise<void>) {
    const unrecorded: WebhookOutcome[] = [];
    let count = 0;
    let group: Promise<void> = Promise.resolve();
    const isFull = () => count >= UNRECORDED;
    let writing: Promise<void> | null = null;
    const writeAll = async () => {
      while (unrecorded.length > 0) {
        group = writeGroup(unrecorded.splice(0));
        await group;
      }
      writing = null;
    };
    const writeGroup = async (outcomes: readonly WebhookOutcome[]) => {
      const isRecorded = await record(outcomes, write);
      if (isRecorded) for (const { deliveryId } of outcomes) underWay.delete(deliveryId);
      count -= outcomes.length;
    };
    return {
      add(outcome: WebhookOutcome): void {
        unrecorded.push(outcome);
        count += 1;
        writing ??= writeAll();
      },
      /** Waits until a crash would not find too much delivered and not recorded. */
      async room(): Promise<void> {
        while (isFull()) await group;
      },
      async finish(): Promise<void> {
        await writing;
      },
    };
  }

  async function record(
    group: readonly WebhookOutcome[],
    write: (group: readonly WebhookOutcome[]) => Promise<void>,
  ): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        await write(group);
        for (const { nextAttemptAt, notBefore } of group) {
          if (nextAttemptAt !== null) wakeAt(nextAttemptAt);
          if (notBefore !== null) wakeAt(notBefore);
        }
        return true;
      } catch (error) {
        if (tries === RECORD_TRIES) {
          // They stay due, and are delivered once more rather than lost.
          log.error({ err: error }, 'outcomes of deliveries could not be recorded');
          return false;
        }
        await new Promise((resolve) => setTimeout(resolve, 200 * tries));
      }
    }
  }

  function wakeAt(at: Temporal.Instant): void {
    const inMs = at.epochMilliseconds - clock().epochMilliseconds;
    if (inMs > SWEEP_MS || stopping.signal.aborted) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void wake();
      },
      Math.max(inMs, 0),
    );
    timers.add(timer.unref());
  }
}

/** Tells of endpoints that fail, and disables those that have failed for five days without one success. */
export async function followWebhooks({ pool, clock }: Pick<Delivering, 'pool' | 'clock'>): Promise<void> {
  for (const id of await failingWebhooks(pool)) await inTransaction(pool, (tx) => followWebhook(tx, id, clock()));
}
