import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { recoverAbandoned } from '../commands/record-outcomes.ts';
import {
  beginMessages,
  cancelMessages,
  countDueMessages,
  lockDueMessages,
  releaseMessages,
  type ClaimedMessage,
  type DueMessage,
} from '../db/message-claims.ts';
import { inTransaction, inTransactionAfter, type Transaction } from '../db/postgres.ts';
import { takeTokens } from '../db/sending-rate.ts';
import { tellsDeadline } from '../domain/message.ts';
import { prepareMessages, type KnownChanges, type PreparedMessage } from './message-facts.ts';
import type { Sending } from './send-messages.ts';

/** A message is due back after this; without an outcome by then it is *unknown*. */
const LEASE: Temporal.DurationLike = { minutes: 5 };
/** Of abandoned messages, so many are taken up in one transaction. */
const RECOVERED_AT_ONCE = 100;
/** What others have left waits for no end of the queue: it is looked for again after so many messages. */
const RECOVERED_AFTER = 500;
/** So many are begun ahead as go out in this time: where a mail server is slow, more would wait until their lease ends. */
const AHEAD_MS = 50;
/** Tokens of a limited rate are taken for this part of a second at most: the rate is kept within each, nearly. */
const TOKENS_FOR_SECONDS = 0.25;

/** A message that is on record as begun, so that a crash leaves no doubt that it may have been sent. */
export interface BegunMessage extends PreparedMessage {
  readonly message: ClaimedMessage;
  /** From then on it may be somebody else's. */
  readonly leasedUntil: Temporal.Instant;
}

/** Messages that are due, claimed and begun a few at a time. */
export interface BegunMessages {
  /** The next one; `undefined` when nothing is due, or it has been stopped. */
  next(): Promise<BegunMessage | undefined>;
  /** Whether any message was due. */
  foundAny(): boolean;
  /** Gives back, as if they had not been claimed, those that nobody has taken. */
  giveBack(): Promise<void>;
}

/**
 * Begins up to `batch` messages at once, ahead of those who send: no more, because a withdrawal does not stop them. A probe is
 * one alone.
 */
export function begunMessages(
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
): BegunMessages {
  const begun: BegunMessage[] = [];
  let found = false;
  let isDrained = false;
  let sinceRecovery = Infinity;
  let beginning: Promise<void> | null = null;
  let givingBack: Promise<void> = Promise.resolve();
  const leaseMs = Temporal.Duration.from(lease).total('milliseconds');
  /** Taken from the bucket that all processes share, and not used yet. */
  let tokens = 0;
  const most = isProbe ? 1 : Math.min(batch, maxPerSecond === null ? batch : perTurn(maxPerSecond));
  const least = Math.min(concurrency, most);
  let size = least;
  /** Calls of `next` so far; all but those of the senders at work mean that a message has been sent. */
  let asked = 0;
  let last = { asked: 0, at: performance.now() };

  async function recover(now: Temporal.Instant): Promise<void> {
    if (sinceRecovery < RECOVERED_AFTER) return;
    while ((await inTransaction(pool, (tx) => recoverAbandoned(tx, now, RECOVERED_AT_ONCE))) === RECOVERED_AT_ONCE) {
      if (isStopped()) return;
    }
    sinceRecovery = 0;
  }

  function nextSize(): number {
    const at = performance.now();
    const sent = Math.max(asked, concurrency) - Math.max(last.asked, concurrency);
    const goingOut = sent === 0 ? 0 : Math.ceil((sent / (at - last.at)) * AHEAD_MS);
    last = { asked, at };
    return Math.max(least, Math.min(goingOut, most));
  }

  async function begin(): Promise<void> {
    const startedAt = clock();
    // What waits here is given back first, and judged by the same moment, or it would be recovered as if it had been sent.
    if (begun.some((each) => hasWaitedTooLong(each, startedAt))) {
      const unused = begun.length;
      await release();
      tokens += unused;
    }
    await recover(startedAt);
    if (isStopped()) return;
    size = nextSize();
    if (maxPerSecond !== null) {
      size = await allowedOf(size, maxPerSecond);
      if (size === 0) return;
    }
    const now = clock();
    const leaseId = randomUUID();
    const leasedUntil = now.add(lease);
    const dueNow = (tx: Transaction) => lockDueMessages(tx, { now, limit: size });
    const claimed = await inTransactionAfter(pool, dueNow, async (tx, due) => {
      const prepared = await prepareMessages(tx, due, { known, now });
      const toSend = prepared.filter(({ isMoot }) => !isMoot);
      const moot = prepared.filter(({ isMoot }) => isMoot).map(({ message }) => message.id);
      const told = toSend.map(({ message, deadline }) => ({
        id: message.id,
        printedDeadline: toldBy(message, deadline),
      }));
      if (toSend.length > 0) await beginMessages(tx, { leaseId, leasedUntil }, told);
      if (moot.length > 0) await cancelMessages(tx, moot);
      return { due, toSend };
    });
    isDrained = isProbe || claimed.due.length === 0;
    sinceRecovery += claimed.due.length;
    if (claimed.due.length > 0) found = true;
    const leased = claimed.toSend.map((each) => ({ ...each, message: { ...each.message, leaseId }, leasedUntil }));
    begun.push(...leased);
    tokens = Math.max(0, tokens - leased.length);
  }

  function beginAhead(): Promise<void> {
    beginning ??= begin().finally(() => {
      beginning = null;
    });
    return beginning;
  }

  /**
   * Waits for tokens for those that are due, up to so many, before they are claimed: what is claimed is sent as things then
   * stand (D24). Returns how many may be.
   */
  async function allowedOf(upTo: number, perSecond: number): Promise<number> {
    const now = clock();
    const count = await countDueMessages(pool, { now, upTo });
    isDrained = count === 0;
    if (count <= tokens) return count;
    const from = await takeTokens(pool, { perSecond, count: count - tokens, now });
    const milliseconds = Math.ceil(from.since(now).total('milliseconds'));
    if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    tokens = count;
    return isStopped() ? 0 : count;
  }

  /** Whether half of its lease is over: behind a server that has turned slow, the rest may not be enough. */
  function hasWaitedTooLong({ leasedUntil }: BegunMessage, now: Temporal.Instant): boolean {
    return leasedUntil.since(now).total('milliseconds') < leaseMs / 2;
  }

  async function release(): Promise<void> {
    const left = begun.splice(0);
    try {
      for (const [leaseId, claimed] of Map.groupBy(left, ({ message }) => message.leaseId)) {
        await releaseMessages(
          pool,
          leaseId,
          claimed.map(({ message }) => message.id),
        );
      }
    } catch (error) {
      begun.unshift(...left);
      throw error;
    }
  }

  async function giveAllBack(): Promise<void> {
    // At once what is here, and what is under way when it has come in. What fails now is tried again then.
    await release().catch(() => undefined);
    await Promise.allSettled([beginning]);
    await release();
  }

  return {
    async next() {
      asked += 1;
      while (!isStopped()) {
        const ready = begun.shift();
        if (ready !== undefined && hasWaitedTooLong(ready, clock())) {
          // It has not been sent, and is not put on record as if it had: it is claimed anew.
          begun.unshift(ready);
          await beginAhead();
        } else if (ready !== undefined) {
          // While these are sent. Whoever waits for the next ones is told of a failure.
          if (begun.length < size / 2 && !isDrained) beginAhead().catch(() => undefined);
          return ready;
        } else if (isDrained && beginning === null) return undefined;
        else await beginAhead();
      }
      return undefined;
    },
    foundAny: () => found,
    giveBack() {
      // One after another: a stop asks for it, and the end of the run that follows waits for it.
      givingBack = Promise.allSettled([givingBack]).then(giveAllBack);
      return givingBack;
    },
  };
}

function perTurn(maxPerSecond: number): number {
  return Math.max(1, Math.floor(maxPerSecond * TOKENS_FOR_SECONDS));
}

/** The deadline that a message tells its contact; `null` for one that tells none. */
export function toldBy({ kind }: DueMessage, deadline: Temporal.Instant | null): Temporal.Instant | null {
  return tellsDeadline(kind) ? deadline : null;
}
