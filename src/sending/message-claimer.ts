import { recoverAbandoned } from '../commands/record-outcomes.ts';
import { semaphore } from '../concurrency/semaphore.ts';
import { countDueMessages, releaseMessages } from '../db/message-claims.ts';
import { inTransaction } from '../db/postgres.ts';
import { batchSize } from './batch-size.ts';
import { claimBatch, type ClaimedMessage, type KnownChanges } from './claim-batch.ts';
import { rateTokens } from './rate-tokens.ts';
import type { Sending } from './sending.ts';

/** When a claimed message may be taken over by others. Without an outcome by then, its outcome is recorded as *unknown*. */
const LEASE: Temporal.DurationLike = { minutes: 5 };
/** How many orphans one transaction recovers. */
const RECOVERED_AT_ONCE = 100;
/** Orphans do not wait for the end of a long queue: after so many messages they are looked for again. */
const RECOVERED_AFTER = 500;

/** Messages that are due, claimed in batches ahead of the senders. */
export interface MessageClaimer {
  /** The next message; `undefined` when nothing is due or the claimer has been stopped. */
  next(): Promise<ClaimedMessage | undefined>;
  /** Whether any message was due. */
  foundAny(): boolean;
  /** Gives back, as if they had not been claimed, the messages that nobody has taken. */
  giveBack(): Promise<void>;
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

/**
 * Claims up to `batch` messages at once, ahead of the senders: no more, because a withdrawal does not stop what is claimed. A
 * probe is one message. Once `isStopped` says so, nothing more is claimed or handed out.
 */
export function messageClaimer(
  {
    pool,
    clock,
    concurrency,
    lease = LEASE,
    maxPerSecond = null,
  }: Pick<Sending, 'pool' | 'clock' | 'concurrency' | 'lease' | 'maxPerSecond'>,
  {
    known,
    batch,
    isProbe,
    signal,
    isStopped,
  }: {
    known: KnownChanges;
    batch: number;
    isProbe: boolean;
    signal: AbortSignal;
    isStopped: () => boolean;
  },
): MessageClaimer {
  const halfLease = Temporal.Duration.from(lease).total('milliseconds') / 2;
  const tokens = maxPerSecond === null ? null : rateTokens(pool, clock, maxPerSecond, signal);
  const most = isProbe ? 1 : Math.min(batch, tokens?.most ?? batch);
  const least = Math.min(concurrency, most);
  const sizes = batchSize({ senders: concurrency, least, most, startedAt: performance.now() });
  const givingBack = semaphore(1);
  /** Claimed, and not handed out yet. */
  const ready: ClaimedMessage[] = [];
  let state: ClaimerState = { name: 'idle' };
  let lastSize = least;
  let found = false;
  let sinceRecovery = Infinity;

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
    if (ready.some((each) => hasWaitedTooLong(each, startedAt))) {
      const unused = await release();
      tokens?.giveBack(unused);
    }
    await recoverOrphans(startedAt);
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
    ready.push(...claimed);
    tokens?.use(claimed.length);
    sinceRecovery += due;
    if (due > 0) found = true;
    return due > 0 && !isProbe;
  }

  async function recoverOrphans(now: Temporal.Instant): Promise<void> {
    if (sinceRecovery < RECOVERED_AFTER) return;
    const recoverSome = () => inTransaction(pool, (tx) => recoverAbandoned(tx, now, RECOVERED_AT_ONCE));
    while ((await recoverSome()) === RECOVERED_AT_ONCE) {
      if (isStopped()) return;
    }
    sinceRecovery = 0;
  }

  /** Whether half of its lease is over: behind a server that has turned slow, the rest may be too short for an attempt. */
  function hasWaitedTooLong({ lease: { until } }: ClaimedMessage, now: Temporal.Instant): boolean {
    return until.since(now).total('milliseconds') < halfLease;
  }

  /** Gives back what is ready. Returns how many messages. Those that cannot be given back stay ready. */
  async function release(): Promise<number> {
    const unused = ready.splice(0);
    try {
      for (const [leaseId, claimed] of Map.groupBy(unused, (each) => each.lease.id)) {
        const ids = claimed.map(({ message }) => message.id);
        await releaseMessages(pool, leaseId, ids);
      }
    } catch (error) {
      ready.unshift(...unused);
      throw error;
    }
    return unused.length;
  }

  async function giveAllBack(): Promise<void> {
    // At once, because a stop has little time. What fails now is tried again below.
    await release().catch(() => undefined);
    if (state.name === 'claiming') await Promise.allSettled([state.ended]);
    await release();
  }

  return {
    async next() {
      sizes.noteRequest();
      while (!isStopped()) {
        const [first] = ready;
        if (first !== undefined && !hasWaitedTooLong(first, clock())) {
          ready.shift();
          // Claimed ahead while these are sent. Whoever waits for the batch gets its error.
          if (state.name === 'idle' && ready.length < lastSize / 2) claim().catch(() => undefined);
          return first;
        }
        if (first === undefined && state.name === 'drained') return undefined;
        // A message that has waited too long is given back and claimed anew: it was not sent, so nothing is recorded.
        await claim();
      }
      return undefined;
    },
    foundAny: () => found,
    // One after another: a stop gives back, and so does the end of the run that follows.
    giveBack: () => givingBack(giveAllBack),
  };
}
