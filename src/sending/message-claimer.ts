import { LEASE, leasesOf, type Claim } from '../concurrency/leases.ts';
import { semaphore } from '../concurrency/semaphore.ts';
import { renewMessages } from '../db/message-claims.ts';
import { batchesOf, type SendingRun } from './batches.ts';
import type { ClaimedMessage } from './claim-batch.ts';
import { readyMessages } from './ready-messages.ts';
import type { Sending } from './sending.ts';

/** Messages that are due, claimed in batches ahead of the senders. */
export interface MessageClaimer {
  /** The next message; `undefined` when nothing is due or the claimer has been stopped. */
  next(): Promise<ClaimedMessage | undefined>;
  /** More messages may be due, also where nothing more was. */
  lookAgain(): void;
  /** Whether any message was due. */
  foundAny(): boolean;
  /** Releases, as if they had not been claimed, the messages that nobody has taken. */
  release(): Promise<void>;
  /** Renews the lease of this message no more: its outcome is on record. */
  letGo(message: Claim): void;
  /** Renews no lease any more. */
  letAllGo(): void;
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
  sending: Pick<Sending, 'pool' | 'clock' | 'concurrency' | 'lease' | 'maxPerSecond' | 'log'>,
  run: SendingRun,
): MessageClaimer {
  const { pool, clock, lease = LEASE, log } = sending;
  const { isStopped } = run;
  const leases = leasesOf<Claim>({
    clock,
    length: lease,
    renewal: (claims, until) => renewMessages(pool, claims, until),
    failed: (error) => log.warn({ err: error }, 'leases of messages were not renewed'),
  });
  const ready = readyMessages(pool, leases, lease);
  const batches = batchesOf({ ...sending, leases }, run, ready);
  const releasing = semaphore(1);
  let state: ClaimerState = { name: 'idle' };
  /** Asked for while a batch was being claimed: it may have been written too late for that one. */
  let isToLookAgain = false;

  /** The one place where the state changes. Rejects where claiming fails; the next call tries again. */
  function claim(): Promise<void> {
    if (state.name === 'claiming') return state.ended;
    isToLookAgain = false;
    const ended = batches.claimNext().then(
      (mayBeMore) => {
        state = { name: mayBeMore || isToLookAgain ? 'idle' : 'drained' };
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
    lookAgain() {
      if (state.name === 'drained') state = { name: 'idle' };
      isToLookAgain = true;
    },
    foundAny: () => batches.foundAny(),
    // One after another: a stop releases, and so does the end of the run that follows.
    release: () => releasing(releaseAll),
    letGo: (message) => leases.letGo([message]),
    letAllGo: () => leases.letAllGo(),
  };
}
