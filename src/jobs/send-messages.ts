import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { recordOutcomes, recoverAbandoned } from '../commands/record-outcomes.ts';
import {
  cancelClaimed,
  claimMessages,
  notePrintedDeadlines,
  releaseMessages,
  type AttemptOutcome,
} from '../db/messages.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import { tellsDeadline } from '../domain/message.ts';
import { composeMessage } from '../mail/compose.ts';
import type { DeliveryResult, MailTransport } from '../mail/transport.ts';
import { factsOf, prepareMessages, surroundingsOf, type PreparedMessage, type Surroundings } from './message-facts.ts';
import { nextAttemptAt } from './retry-schedule.ts';

/** A claim is due back after this; a message of it without an outcome by then is taken up as *unknown*. */
const LEASE = { minutes: 5 };
const BATCH_SIZE = 100;
/** Outcomes are written down in groups no older than this, so that a crash leaves few mails sent and not recorded. */
const RECORD_EVERY_MS = 10;
const RECORD_TRIES = 5;
/** How long our own side is left alone after a fault: doubled with each, to the second number. */
const PAUSE_SECONDS = { first: 10, longest: 300 };

export interface Sending {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly transport: MailTransport;
  /** Messages under way at the same time. */
  readonly concurrency: number;
  /** The address of the link in a message. */
  readonly linkOf: (messageId: string) => string;
  readonly log: { warn(details: object, message: string): void; error(details: object, message: string): void };
}

/**
 * Makes the job that sends what waits: claims messages in batches, sends each, and records every attempt with the mail
 * server's answer, until nothing is due. After a fault of our own side it leaves everything queued, charges nobody an
 * attempt, and probes with one message when its pause is over.
 */
export function messageSender(sending: Sending): (signal: AbortSignal) => Promise<void> {
  const { pool, clock, log } = sending;
  const surroundings = new Map<string, Surroundings>();
  let faults = 0;
  let pausedUntil: Temporal.Instant | null = null;

  return async (signal) => {
    while ((await inTransaction(pool, (tx) => recoverAbandoned(tx, clock(), BATCH_SIZE))) === BATCH_SIZE);
    while (!signal.aborted && (pausedUntil === null || Temporal.Instant.compare(pausedUntil, clock()) <= 0)) {
      const leaseId = randomUUID();
      const prepared = await claim(leaseId, faults > 0 ? 1 : BATCH_SIZE);
      if (prepared.length === 0) return;
      const fault = await sendBatch(prepared, leaseId, signal);
      if (fault === null) {
        faults = 0;
        pausedUntil = null;
      } else {
        const seconds = Math.min(PAUSE_SECONDS.first * 2 ** faults, PAUSE_SECONDS.longest);
        faults += 1;
        pausedUntil = clock().add({ seconds });
        log.error(
          { fault: fault.response, pausedForSeconds: seconds },
          'mail cannot be handed over; sending is paused',
        );
      }
    }
  };

  async function claim(leaseId: string, limit: number): Promise<PreparedMessage[]> {
    return inTransaction(pool, async (tx) => {
      const now = clock();
      const claimed = await claimMessages(tx, { now, leaseId, leasedUntil: now.add(LEASE), limit });
      if (claimed.length === 0) return [];
      const prepared = await prepareMessages(tx, claimed, now);
      const moot = prepared.filter(({ isMoot }) => isMoot);
      await cancelClaimed(
        tx,
        leaseId,
        moot.map(({ message }) => message.id),
      );
      const rest = prepared.filter(({ isMoot }) => !isMoot);
      await notePrintedDeadlines(
        tx,
        rest.flatMap(({ message, deadline }) =>
          tellsDeadline(message.kind) && deadline !== null ? [{ id: message.id, deadline }] : [],
        ),
      );
      return rest;
    });
  }

  /** Sends a batch. Returns the fault of our own side that ended it early, or `null`. */
  async function sendBatch(
    batch: readonly PreparedMessage[],
    leaseId: string,
    signal: AbortSignal,
  ): Promise<DeliveryResult | null> {
    const queue = [...batch];
    const recorder = outcomeRecorder(sending);
    let fault: DeliveryResult | null = null;
    const worker = async () => {
      while (fault === null && !signal.aborted) {
        const next = queue.shift();
        if (next === undefined) return;
        const outcome = await attempt(next);
        recorder.add(outcome.recorded);
        if (outcome.result.outcome === 'deferred') fault = outcome.result;
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(sending.concurrency, queue.length) }, worker));
    } finally {
      await recorder.finish();
      const rest = queue.map(({ message }) => message.id);
      if (rest.length > 0) await releaseMessages(pool, leaseId, rest);
    }
    return fault;
  }

  async function attempt(prepared: PreparedMessage): Promise<{ result: DeliveryResult; recorded: AttemptOutcome }> {
    const { message } = prepared;
    const startedAt = clock();
    const result = await deliver(prepared).catch((error: unknown): DeliveryResult => {
      // A message that cannot be put together must not keep the others from being sent.
      log.error({ err: error, message: message.id }, 'a message could not be composed');
      return { outcome: 'retry', responseCode: null, response: `Not sent: ${String(error)}` };
    });
    const finishedAt = clock();
    return {
      result,
      recorded: {
        messageId: message.id,
        changeId: message.changeId,
        leaseId: message.leaseId,
        ...result,
        startedAt,
        finishedAt,
        printedDeadline: tellsDeadline(message.kind) ? prepared.deadline : null,
        nextAttemptAt: nextAttemptAt(result.outcome, message.attempts, finishedAt),
      },
    };
  }

  async function deliver(prepared: PreparedMessage): Promise<DeliveryResult> {
    const { message, change } = prepared;
    const around = surroundings.get(change.id) ?? (await surroundingsOf(pool, change));
    surroundings.set(change.id, around);
    const facts = await factsOf(pool, prepared, around, sending.linkOf(message.id));
    return sending.transport.send({
      messageId: message.id,
      to: { name: message.name, address: message.email },
      ...composeMessage(facts),
    });
  }
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
        if (tries === RECORD_TRIES) {
          // Their leases end, and each is taken up as unknown: sent once more rather than lost.
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
