import { semaphore } from '../concurrency/semaphore.ts';
import { countDueMessages } from '../db/message-claims.ts';
import { batchSize } from './batch-size.ts';
import { claimBatch, type ClaimedMessage, type KnownChanges } from './claim-batch.ts';
import { orphanRecovery } from './orphan-recovery.ts';
import { rateTokens } from './rate-tokens.ts';
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

/** One run of the sending. */
export interface SendingRun {
  readonly known: KnownChanges;
  /** How many messages one batch has at most: what is claimed is sent, also if its change is withdrawn meanwhile. */
  readonly batch: number;
  /** A probe is one message alone. */
  readonly isProbe: boolean;
  readonly signal: AbortSignal;
  /** Once this holds, nothing more is claimed or handed out. */
  readonly isStopped: () => boolean;
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
  { known, batch, isProbe, signal, isStopped }: SendingRun,
): MessageClaimer {
  const { pool, clock, concurrency, lease = LEASE, maxPerSecond = null } = sending;
  const tokens = maxPerSecond === null ? null : rateTokens(pool, clock, maxPerSecond, signal);
  const most = isProbe ? 1 : Math.min(batch, tokens?.most ?? batch);
  const least = Math.min(concurrency, most);
  const sizes = batchSize({ senders: concurrency, least, most, startedAt: performance.now() });
  const orphans = orphanRecovery(pool, isStopped);
  const ready = readyMessages(pool, lease);
  const releasing = semaphore(1);
  let state: ClaimerState = { name: 'idle' };
  let lastSize = least;
  let found = false;

  /** The one place where the state changes. Rejects where claiming fails; the next call tries again. */
  function claim(): Promise<void> {
    if (state.name === 'claiming') return state.ended;
    const ended = claimNext().then(
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

  /** Recovers orphans, then claims the next batch. Returns whether more may be due. */
  async function claimNext(): Promise<boolean> {
    const startedAt = clock();
    // Before orphans are recovered, and by the same clock: otherwise our own messages would be recovered as perhaps sent.
    if (ready.hasOverdue(startedAt)) {
      const unused = await ready.release();
      tokens?.putBack(unused);
    }
    await orphans.recover(startedAt);
    if (isStopped()) return true;
    lastSize = sizes.next(performance.now());
    if (tokens !== null) {
      // Only for what is due, and before it is claimed: a message is sent as things stood when it was claimed (D24).
      lastSize = await countDueMessages(pool, { now: clock(), upTo: lastSize });
      if (lastSize === 0) return false;
      await tokens.hold(lastSize);
      if (isStopped()) return true;
    }
    const { due, claimed } = await claimBatch(pool, { known, limit: lastSize, now: clock(), lease });
    ready.add(claimed);
    tokens?.use(claimed.length);
    orphans.noteDue(due);
    if (due > 0) found = true;
    return due > 0 && !isProbe;
  }

  async function releaseAll(): Promise<void> {
    // At once, because a stop has little time. What fails now is tried again below.
    await ready.release().catch(() => undefined);
    if (state.name === 'claiming') await Promise.allSettled([state.ended]);
    await ready.release();
  }

  return {
    async next() {
      sizes.noteRequest();
      while (!isStopped()) {
        const message = ready.take(clock());
        if (message !== undefined) {
          // Claimed ahead while these are sent. Whoever waits for the batch gets its error.
          if (state.name === 'idle' && ready.count() < lastSize / 2) claim().catch(() => undefined);
          return message;
        }
        if (ready.count() === 0 && state.name === 'drained') return undefined;
        // Claims the next batch, or anew what has waited too long: it was not sent, so nothing is recorded of it.
        await claim();
      }
      return undefined;
    },
    foundAny: () => found,
    // One after another: a stop releases, and so does the end of the run that follows.
    release: () => releasing(releaseAll),
  };
}
