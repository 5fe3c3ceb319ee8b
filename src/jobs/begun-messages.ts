import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { recoverAbandoned } from '../commands/record-outcomes.ts';
import { beginMessages, cancelClaimed, claimMessages, releaseMessages, type ClaimedMessage } from '../db/messages.ts';
import { inTransaction } from '../db/postgres.ts';
import { takeTokens } from '../db/sending-rate.ts';
import { tellsDeadline } from '../domain/message.ts';
import { prepareMessages, type PreparedMessage } from './message-facts.ts';
import type { Sending } from './send-messages.ts';

/** A claim is due back after this, and a message again after it was begun; without an outcome by then it is *unknown*. */
const LEASE: Temporal.DurationLike = { minutes: 5 };
/** Claimed ahead of need, so that it need not be many: what one process has claimed, the others do not send. */
const BATCH_SIZE = 100;
/** Of abandoned messages, so many are taken up in one transaction. */
const RECOVERED_AT_ONCE = 100;
/** Tokens of a limited rate are taken for this part of a second at most: the rate is kept within each, nearly. */
const TOKENS_FOR_SECONDS = 0.25;

/** A message that is on record as begun, so that a crash leaves no doubt that it may have been sent. */
export interface BegunMessage {
  readonly prepared: PreparedMessage;
  /** From then on it may be somebody else's. */
  readonly leasedUntil: Temporal.Instant;
}

/** Messages that are due, claimed in batches and begun a few at a time. */
export interface BegunMessages {
  /** The next one; `undefined` when nothing is due, or it has been stopped. */
  next(): Promise<BegunMessage | undefined>;
  /** Whether any message was due. */
  foundAny(): boolean;
  /** Gives back, as if they had not been claimed, those that nobody has taken. */
  giveBack(): Promise<void>;
}

/** Claims one message alone where it is a probe, and otherwise ahead of those who send. */
export function begunMessages(
  { pool, clock, concurrency, lease = LEASE, maxPerSecond = null }: Sending,
  { isProbe, signal, isStopped }: { isProbe: boolean; signal: AbortSignal; isStopped: () => boolean },
): BegunMessages {
  const waiting: PreparedMessage[] = [];
  const begun: BegunMessage[] = [];
  let found = false;
  let isDrained = false;
  let claiming: Promise<void> | null = null;
  let beginning: Promise<void> | null = null;
  const size = maxPerSecond === null ? concurrency : Math.min(concurrency, perTurn(maxPerSecond));

  /** The next batch, without what has become moot; before it what others have left, which waits for no end of the queue. */
  async function claim(): Promise<void> {
    while ((await inTransaction(pool, (tx) => recoverAbandoned(tx, clock(), RECOVERED_AT_ONCE))) === RECOVERED_AT_ONCE);
    const now = clock();
    const leaseId = randomUUID();
    const limit = isProbe ? 1 : BATCH_SIZE;
    const claimed = await claimMessages(pool, { now, leaseId, leasedUntil: now.add(lease), limit });
    isDrained = isProbe || claimed.length === 0;
    if (claimed.length === 0) return;
    found = true;
    const prepared = await prepareMessages(pool, claimed, now);
    const moot = prepared.filter(({ isMoot }) => isMoot).map(({ message }) => message.id);
    if (moot.length > 0) await cancelClaimed(pool, leaseId, moot);
    waiting.push(...prepared.filter(({ isMoot }) => !isMoot));
  }

  function claimAhead(): Promise<void> {
    claiming ??= claim().finally(() => {
      claiming = null;
    });
    return claiming;
  }

  async function begin(): Promise<void> {
    if (waiting.length === 0 && !isDrained) await claimAhead();
    const [first] = waiting;
    if (first === undefined || isStopped()) return;
    const { leaseId } = first.message;
    const end = waiting.findIndex(({ message }) => message.leaseId !== leaseId);
    const chunk = waiting.splice(0, Math.min(size, end === -1 ? waiting.length : end));
    // Whoever waits for the next claim is told of its failure.
    if (waiting.length < concurrency && !isDrained) claimAhead().catch(() => undefined);
    let unheld: string[] = [];
    try {
      if (maxPerSecond !== null) await untilAllowed(chunk.length, maxPerSecond);
      if (isStopped()) return void waiting.unshift(...chunk);
      const now = clock();
      const leasedUntil = now.add(lease);
      const told = chunk.map(({ message, deadline }) => ({
        id: message.id,
        printedDeadline: toldBy(message, deadline),
      }));
      const held = await beginMessages(pool, leaseId, told, { now, leasedUntil });
      for (const prepared of chunk) if (held.has(prepared.message.id)) begun.push({ prepared, leasedUntil });
      unheld = chunk.flatMap(({ message }) => (held.has(message.id) ? [] : [message.id]));
    } catch (error) {
      waiting.unshift(...chunk);
      throw error;
    }
    // The next claim finds out why.
    if (unheld.length > 0) await releaseMessages(pool, leaseId, unheld);
  }

  function beginAhead(): Promise<void> {
    beginning ??= begin().finally(() => {
      beginning = null;
    });
    return beginning;
  }

  async function untilAllowed(count: number, perSecond: number): Promise<void> {
    const now = clock();
    const from = await takeTokens(pool, { perSecond, count, now });
    const milliseconds = Math.ceil(from.since(now).total('milliseconds'));
    if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  async function release(): Promise<void> {
    const byLease = new Map<string, string[]>();
    const left = [...waiting.splice(0), ...begun.splice(0).map(({ prepared }) => prepared)];
    for (const { message } of left) {
      byLease.set(message.leaseId, [...(byLease.get(message.leaseId) ?? []), message.id]);
    }
    for (const [leaseId, ids] of byLease) await releaseMessages(pool, leaseId, ids);
  }

  return {
    async next() {
      while (!isStopped()) {
        const ready = begun.shift();
        if (ready !== undefined) {
          // While these are sent. Whoever waits for the next ones is told of a failure.
          if (begun.length < size / 2 && waiting.length > 0) beginAhead().catch(() => undefined);
          return ready;
        }
        if (isDrained && waiting.length === 0 && claiming === null && beginning === null) return undefined;
        await beginAhead();
      }
      return undefined;
    },
    foundAny: () => found,
    async giveBack() {
      await release();
      // What was under way has come in since.
      await Promise.allSettled([claiming, beginning]);
      await release();
    },
  };
}

function perTurn(maxPerSecond: number): number {
  return Math.max(1, Math.floor(maxPerSecond * TOKENS_FOR_SECONDS));
}

/** The deadline that a message tells its contact; `null` for one that tells none. */
export function toldBy({ kind }: ClaimedMessage, deadline: Temporal.Instant | null): Temporal.Instant | null {
  return tellsDeadline(kind) ? deadline : null;
}
