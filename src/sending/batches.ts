import type { Claim, Leases } from '../concurrency/leases.ts';
import { countDueMessages } from '../db/message-claims.ts';
import { batchSize } from './batch-size.ts';
import { claimBatch, claimOf, type KnownChanges } from './claim-batch.ts';
import type { OrphanRecovery } from './orphan-recovery.ts';
import { rateTokens } from './rate-tokens.ts';
import type { ReadyMessages } from './ready-messages.ts';
import type { Sending } from './sending.ts';

/** One run of the sending. */
export interface SendingRun {
  readonly known: KnownChanges;
  readonly orphans: OrphanRecovery;
  /** How many messages one batch has at most: what is claimed is sent, also if its change is withdrawn meanwhile. */
  readonly batch: number;
  /** A probe is one message alone. */
  readonly isProbe: boolean;
  readonly signal: AbortSignal;
  /** Once this holds, nothing more is claimed or handed out. */
  readonly isStopped: () => boolean;
}

/** The batches of one run, claimed one after another. What is claimed is added to the messages that are ready. */
export interface Batches {
  /** Recovers orphans, then claims the next batch. Returns whether more may be due. */
  claimNext(): Promise<boolean>;
  /** Is to be called when a sender asks for a message: batches are as large as the senders are fast. */
  noteRequest(): void;
  /** The most messages that the batch before could have. */
  lastSize(): number;
  /** Whether any message was due. */
  foundAny(): boolean;
}

export function batchesOf(
  sending: Pick<Sending, 'pool' | 'clock' | 'concurrency' | 'maxPerSecond'> & { readonly leases: Leases<Claim> },
  { known, orphans, batch, isProbe, signal, isStopped }: SendingRun,
  ready: ReadyMessages,
): Batches {
  const { pool, clock, concurrency, leases, maxPerSecond = null } = sending;
  const tokens = maxPerSecond === null ? null : rateTokens(pool, clock, maxPerSecond, signal);
  const most = isProbe ? 1 : Math.min(batch, tokens?.most ?? batch);
  const least = Math.min(concurrency, most);
  const sizes = batchSize({ senders: concurrency, least, most, startedAt: performance.now() });
  let lastSize = least;
  let found = false;

  async function claimNext(): Promise<boolean> {
    const startedAt = clock();
    // Before orphans are recovered: otherwise our own messages would be recovered as perhaps sent.
    if (ready.hasOverdue(startedAt)) {
      const unused = await ready.release();
      tokens?.putBack(unused);
    }
    await leases.renewEnded();
    await orphans.recover(startedAt, isStopped);
    if (isStopped()) return true;
    lastSize = sizes.next(performance.now());
    if (tokens !== null) {
      // Only for what is due, and before it is claimed: a message is sent as things stood when it was claimed (D24).
      lastSize = await countDueMessages(pool, { now: clock(), upTo: lastSize });
      if (lastSize === 0) return false;
      await tokens.hold(lastSize);
      if (isStopped()) return true;
    }
    const leasedUntil = leases.end();
    const { due, claimed } = await claimBatch(pool, { known, limit: lastSize, now: clock(), leasedUntil });
    leases.hold(claimed.map(claimOf), leasedUntil);
    ready.add(claimed);
    tokens?.use(claimed.length);
    if (due > 0) found = true;
    return due > 0 && !isProbe;
  }

  return {
    async claimNext() {
      try {
        return await claimNext();
      } catch (error) {
        orphans.postpone(clock());
        throw error;
      }
    },
    noteRequest: () => sizes.noteRequest(),
    lastSize: () => lastSize,
    foundAny: () => found,
  };
}
