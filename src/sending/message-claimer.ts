import { semaphore } from '../concurrency/semaphore.ts';
import { batchesOf, type SendingRun } from './batches.ts';
import type { ClaimedMessage } from './claim-batch.ts';
import { readyMessages } from './ready-messages.ts';
import type { Sending } from './sending.ts';

/** When a claimed message may be taken over by others. Without an outcome by then, its outcome is recorded as *unknown*. */
const LEASE: Temporal.DurationLike = { minutes: 5 };

/** Messages that are due, claimed in batches ahead of the senders. */
export interface MessageClaimer {
  /** The next message; `undefined` when nothing is due or the claimer has been stopped. */
  next(): Promise<ClaimedMessage | undefined>;
  /** Whether any message was due. */
  foundAny(): boolean;
  /** Releases, as if they had not been claimed, the messages that nobody has taken. */
  release(): Promise<void>;
}

/**
 * Where the claimer is:
 * - `idle`: more messages may be due.
 * - `claiming`: a batch is being claimed until `ended`.
 * - `drained`: nothing more is due.
 */
type ClaimerState =
  | { readonly name: 'idle' }
  | { readonly name: 'claiming'; readonly ended: Promise<void> }
  | { readonly name: 'drained' };

export function messageClaimer(
  sending: Pick<Sending, 'pool' | 'clock' | 'concurrency' | 'lease' | 'maxPerSecond'>,
  run: SendingRun,
): MessageClaimer {
  const { pool, clock, lease = LEASE } = sending;
  const { isStopped } = run;
  const ready = readyMessages(pool, lease);
  const batches = batchesOf({ ...sending, lease }, run, ready);
  const releasing = semaphore(1);
  let state: ClaimerState = { name: 'idle' };

  /** The one place where the state changes. Rejects where claiming fails; the next call tries again. */
  function claim(): Promise<void> {
    if (state.name === 'claiming') return state.ended;
    const ended = batches.claimNext().then(
      (mayBeMore) => {
        state = { name: mayBeMore ? 'idle' : 'drained' };
      },
      (error: unknown) => {
        state = { name: 'idle' };
        throw error;
      },
    );
    state = { name: 'claiming', ended };
    return ended;
  }

  async function releaseAll(): Promise<void> {
    // At once, because a stop has little time. What fails now is tried again below.
    await ready.release().catch(() => undefined);
    if (state.name === 'claiming') await Promise.allSettled([state.ended]);
    await ready.release();
  }

  return {
    async next() {
      batches.noteRequest();
      while (!isStopped()) {
        const message = ready.take(clock());
        if (message !== undefined) {
          // Claimed ahead while these are sent. Whoever waits for the batch gets its error.
          if (state.name === 'idle' && ready.count() < batches.lastSize() / 2) claim().catch(() => undefined);
          return message;
        }
        if (ready.count() === 0 && state.name === 'drained') return undefined;
        // Claims the next batch, or anew what has waited too long: it was not sent, so nothing is recorded of it.
        await claim();
      }
      return undefined;
    },
    foundAny: () => batches.foundAny(),
    // One after another: a stop releases, and so does the end of the run that follows.
    release: () => releasing(releaseAll),
  };
}
