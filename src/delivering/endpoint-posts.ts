import type { EndpointAttempt } from '../commands/record-deliveries.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import type { DueDelivery } from '../db/webhook-deliveries.ts';
import type { ClaimedWebhook } from '../db/webhooks.ts';
import { CONNECTIONS } from '../webhooks/connection-pools.ts';
import { attemptRecorder } from './attempt-recorder.ts';
import type { Delivering } from './delivering.ts';
import { postDelivery } from './post-delivery.ts';
import { stateAfter, type ServingState } from './serving-state.ts';

/**
 * No post begins while so many attempts wait to be recorded. With the posts under way, these are what a crash can double.
 */
const UNRECORDED = 12;

const POSTS_AT_ONCE: Readonly<Record<ServingState, number>> = { healthy: CONNECTIONS, failing: 1, closing: 0 };

/** The posts to one endpoint: how many may be under way, and what they say of the endpoint. */
export interface EndpointPosts {
  state(): ServingState;
  /** Whether one more may begin. */
  hasRoom(): boolean;
  /** Whether `changed` is still to be called: a post is under way, or too many attempts wait to be recorded. */
  isBusy(): boolean;
  /** Begins a post. The caller has asked whether there is room. */
  begin(webhook: ClaimedWebhook, delivery: DueDelivery): void;
  /** Resolves when no post is under way; rejects where one could not be made. */
  ended(): Promise<void>;
  /** Resolves when every attempt is on record. */
  finish(): Promise<void>;
}

/**
 * Makes the posts of an endpoint that this process has claimed. `changed` is called when a post has ended and when an attempt
 * is on record; `recorded` with the attempts that are.
 */
export function endpointPosts(
  delivering: Delivering,
  claimed: ClaimedWebhook,
  { changed, recorded }: { changed: () => void; recorded: (attempts: readonly EndpointAttempt[]) => void },
): EndpointPosts {
  let state: ServingState = claimed.failingSince === null ? 'healthy' : 'failing';
  const recorder = attemptRecorder(delivering, { id: claimed.id, isHealthy: state === 'healthy' }, recorded);
  const underWay = new Set<Promise<void>>();
  let unrecorded = 0;

  /** The one place where the state changes. */
  async function post(webhook: ClaimedWebhook, delivery: DueDelivery): Promise<void> {
    try {
      const attempt = await postDelivery(delivering, webhook, delivery);
      state = stateAfter(state, attempt);
      unrecorded += 1;
      void recorder.add(attempt).then(() => {
        unrecorded -= 1;
        changed();
      });
    } catch (error) {
      state = 'closing';
      throw error;
    }
  }

  return {
    state: () => state,
    hasRoom: () => underWay.size < POSTS_AT_ONCE[state] && unrecorded < UNRECORDED,
    isBusy: () => underWay.size > 0 || unrecorded >= UNRECORDED,
    begin(webhook, delivery) {
      const posting = post(webhook, delivery);
      underWay.add(posting);
      // An error stays with those under way, for `ended` to throw.
      void Promise.allSettled([posting]).then(([{ status }]) => {
        if (status === 'fulfilled') underWay.delete(posting);
        changed();
      });
    },
    async ended() {
      await allEnded([...underWay]);
    },
    finish: () => recorder.finish(),
  };
}
