import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { recordOutcomes, recoverAbandoned } from '../commands/record-outcomes.ts';
import {
  beginMessages,
  cancelClaimed,
  claimMessages,
  releaseMessages,
  type AttemptOutcome,
  type ClaimedMessage,
} from '../db/messages.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { tellsDeadline } from '../domain/message.ts';
import { composeMessage } from '../mail/compose.ts';
import { responseLine } from '../mail/classify.ts';
import type { DeliveryResult, MailTransport } from '../mail/transport.ts';
import { factsOf, prepareMessages, surroundingsOf, type PreparedMessage, type Surroundings } from './message-facts.ts';
import { nextAttemptAt } from './retry-schedule.ts';

/** A claim is due back after this, and a message again after it was begun; without an outcome by then it is *unknown*. */
const LEASE = { minutes: 5 };
const BATCH_SIZE = 100;
/** A message that our own side has failed with so often, while others go through, is charged from then on. */
const DEFERRALS_UNCHARGED = 5;
/** Outcomes are written down in groups no older than this, so that a crash leaves few mails sent and not recorded. */
const RECORD_EVERY_MS = 10;
const RECORD_TRIES = 5;
/** So many faults of our own side, and no success between them, pause the run: one alone may be about one recipient. */
const FAULTS_TO_PAUSE = 3;
/** The same for content that is refused for good: each costs a recipient its message, many in a row are our own side. */
const REFUSED_CONTENTS_TO_PAUSE = 10;
/** How long our own side is then left alone: doubled with each pause, to the second number. */
const PAUSE_SECONDS = { first: 10, longest: 300 };

export interface Sending {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly transport: MailTransport;
  /** Messages under way at the same time. */
  readonly concurrency: number;
  /** The address of the link in a message. */
  readonly linkOf: (messageId: string) => string;
  /** Where mail about a message comes back to; left out where none is received. */
  readonly returnTo?: ((messageId: string) => { returnPath: string; replyTo: string }) | undefined;
  readonly log: { warn(details: object, message: string): void; error(details: object, message: string): void };
}

/**
 * Makes the job that sends what waits: claims messages in batches, sends each, and records every attempt with the mail
 * server's answer, until nothing is due. After a few faults of our own side in a row it leaves everything queued, charges
 * nobody an attempt, and probes with one message when its pause is over.
 */
export function messageSender(sending: Sending): (signal: AbortSignal) => Promise<void> {
  const { pool, clock, log } = sending;
  const surroundings = new Map<string, Surroundings>();
  let faultsInARow = 0;
  let refusedContentsInARow = 0;
  let pauses = 0;
  let pausedUntil: Temporal.Instant | null = null;
  const isPaused = () => pausedUntil !== null && Temporal.Instant.compare(pausedUntil, clock()) > 0;

  return async (signal) => {
    while ((await inTransaction(pool, (tx) => recoverAbandoned(tx, clock(), BATCH_SIZE))) === BATCH_SIZE);
    while (!signal.aborted && !isPaused()) {
      const leaseId = randomUUID();
      const prepared = await claim(leaseId, pauses > 0 ? 1 : BATCH_SIZE);
      if (prepared === null) return;
      await sendBatch(prepared, leaseId, signal);
    }
  };

  /** Keeps count of how our own side does. */
  function noteResult({ outcome, response, contentRefused = false }: DeliveryResult): void {
    faultsInARow = outcome === 'deferred' ? faultsInARow + 1 : 0;
    if (contentRefused) refusedContentsInARow += 1;
    else if (outcome === 'accepted') refusedContentsInARow = 0;
    if (outcome !== 'deferred' && refusedContentsInARow < REFUSED_CONTENTS_TO_PAUSE) {
      [pauses, pausedUntil] = [0, null];
      return;
    }
    if (isPaused() || (outcome === 'deferred' && faultsInARow < FAULTS_TO_PAUSE && pauses === 0)) return;
    const seconds = Math.min(PAUSE_SECONDS.first * 2 ** pauses, PAUSE_SECONDS.longest);
    pauses += 1;
    pausedUntil = clock().add({ seconds });
    log.error({ fault: response, pausedForSeconds: seconds }, 'mail cannot be handed over; sending is paused');
  }

  /** The next batch without what has become moot; `null` when nothing is due. */
  async function claim(leaseId: string, limit: number): Promise<PreparedMessage[] | null> {
    const now = clock();
    const claimed = await claimMessages(pool, { now, leaseId, leasedUntil: now.add(LEASE), limit });
    if (claimed.length === 0) return null;
    const prepared = await prepareMessages(pool, claimed, now);
    const moot = prepared.filter(({ isMoot }) => isMoot).map(({ message }) => message.id);
    if (moot.length > 0) await cancelClaimed(pool, leaseId, moot);
    return prepared.filter(({ isMoot }) => !isMoot);
  }

  /** Sends a batch, and gives back what it does not come to. */
  async function sendBatch(batch: readonly PreparedMessage[], leaseId: string, signal: AbortSignal): Promise<void> {
    const waiting = [...batch];
    const begun: PreparedMessage[] = [];
    let beginning: Promise<void> | null = null;
    const recorder = outcomeRecorder(sending);
    const giveBack = () => {
      const ids = [...waiting.splice(0), ...begun.splice(0)].map(({ message }) => message.id);
      return ids.length === 0 ? Promise.resolve() : releaseMessages(pool, leaseId, ids);
    };
    // At once, not behind the slowest mail under way: a stop has little time.
    const stopping = () =>
      void giveBack().catch((error: unknown) => log.warn({ err: error }, 'claims end by their lease'));
    signal.addEventListener('abort', stopping, { once: true });

    /** The next message, begun on the record a few at a time: a crash leaves no more than those unknown. */
    const next = async (): Promise<PreparedMessage | undefined> => {
      while (begun.length === 0 && (waiting.length > 0 || beginning !== null)) {
        beginning ??= begin(leaseId, waiting.splice(0, sending.concurrency)).then((ready) => {
          begun.push(...ready);
          beginning = null;
        });
        await beginning;
      }
      return begun.shift();
    };
    const worker = async () => {
      while (!signal.aborted && !isPaused()) {
        const prepared = await next();
        if (prepared === undefined || signal.aborted) return;
        const { result, recorded } = await attempt(prepared);
        noteResult(result);
        recorder.add(recorded);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(sending.concurrency, batch.length) }, worker));
    } finally {
      signal.removeEventListener('abort', stopping);
      await recorder.finish();
      await giveBack();
    }
  }

  async function begin(leaseId: string, chunk: readonly PreparedMessage[]): Promise<PreparedMessage[]> {
    const now = clock();
    const messages = chunk.map(({ message, deadline }) => ({
      id: message.id,
      printedDeadline: told(message, deadline),
    }));
    const held = await beginMessages(pool, leaseId, messages, { now, leasedUntil: now.add(LEASE) });
    return chunk.filter(({ message }) => held.has(message.id));
  }

  async function attempt(prepared: PreparedMessage): Promise<{ result: DeliveryResult; recorded: AttemptOutcome }> {
    const { message, deadline } = prepared;
    const startedAt = clock();
    const result = await deliver(prepared).catch((error: unknown): DeliveryResult => {
      // A message that cannot be put together must not keep the others from being sent.
      log.error({ err: error, message: message.id }, 'a message could not be composed');
      return { outcome: 'retry', responseCode: null, response: responseLine(`Not sent: ${String(error)}`) };
    });
    const finishedAt = clock();
    // Others get through and this one never does: then it is the message after all, and its schedule counts.
    const isItsOwn = result.outcome === 'deferred' && faultsInARow === 0 && message.deferrals >= DEFERRALS_UNCHARGED;
    const outcome = isItsOwn ? 'retry' : result.outcome;
    return {
      result,
      recorded: {
        messageId: message.id,
        kind: message.kind,
        changeId: message.changeId,
        controllerId: message.controllerId,
        leaseId: message.leaseId,
        outcome,
        responseCode: result.responseCode,
        response: result.response,
        startedAt,
        finishedAt,
        printedDeadline: told(message, deadline),
        nextAttemptAt: nextAttemptAt(outcome, message, finishedAt),
      },
    };
  }

  async function deliver(prepared: PreparedMessage): Promise<DeliveryResult> {
    const { message, change } = prepared;
    const around = surroundings.get(change.id) ?? (await surroundingsOf(pool, change));
    surroundings.set(change.id, around);
    const facts = await factsOf(pool, prepared, around, sending.linkOf(message.id), clock());
    return sending.transport.send({
      messageId: message.id,
      to: { name: message.name, address: message.email },
      ...sending.returnTo?.(message.id),
      ...composeMessage(facts),
    });
  }
}

/** The deadline that a message tells its contact; `null` for one that tells none. */
function told({ kind }: ClaimedMessage, deadline: Temporal.Instant | null): Temporal.Instant | null {
  return tellsDeadline(kind) ? deadline : null;
}

/** Writes outcomes down in small groups, in the order they came. */
function outcomeRecorder({ pool, log }: Sending): {
  add(outcome: AttemptOutcome): void;
  finish(): Promise<void>;
} {
  let waiting: AttemptOutcome[] = [];
  let writing: Promise<void> | null = null;
  const write = async () => {
    await new Promise((resolve) => setTimeout(resolve, RECORD_EVERY_MS));
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await record(group);
    }
    writing = null;
  };
  const record = async (group: readonly AttemptOutcome[]) => {
    for (let tries = 1; ; tries += 1) {
      try {
        await inTransaction(pool, (tx) => recordOutcomes(tx, group));
        return;
      } catch (error) {
        if (tries === RECORD_TRIES && group.length > 1) {
          // One of them may be what the database cannot take.
          for (const outcome of group) await record([outcome]);
          return;
        }
        if (tries === RECORD_TRIES) {
          // Its lease ends, and it is taken up as unknown: sent once more rather than lost.
          log.error(
            { err: error, messages: group.map(({ messageId }) => messageId) },
            'outcomes could not be recorded',
          );
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 200 * tries));
      }
    }
  };
  return {
    add(outcome) {
      waiting.push(outcome);
      writing ??= write();
    },
    // Nothing is added any more, so one writing is the last.
    async finish() {
      await writing;
    },
  };
}
