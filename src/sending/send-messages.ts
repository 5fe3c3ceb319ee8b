import type pg from 'pg';
import type { AttemptOutcome } from '../db/message-attempts.ts';
import { allEnded } from '../concurrency/all-ended.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { isInTimeForPlan } from '../domain/objection-window.ts';
import { composeMime } from '../mail/compose.ts';
import { responseLine } from '../mail/classify.ts';
import type { DeliveryResult, MailTransport } from '../mail/transport.ts';
import { begunMessages, toldBy, type BegunMessage } from './begun-messages.ts';
import { createBreaker, type Breaker } from './breaker.ts';
import {
  factsOf,
  surroundingsOf,
  type KnownChanges,
  type PreparedMessage,
  type Surroundings,
} from './message-facts.ts';
import { outcomeRecorder } from './outcome-recorder.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import type { SendingMetrics } from './metrics.ts';

/** A message that our own side has failed with so often, while others go through, is charged from then on. */
const DEFERRALS_UNCHARGED = 5;
/** A crash leaves no more than so many messages sent and not recorded, or as many as there are connections. */
const IN_DOUBT_AT_LEAST = 20;

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
  readonly log: Log;
  /**
   * How long what this process has claimed is its own; five minutes unless given. Half of it may go by before an attempt, which
   * is expected to need less than the other half: one that needs more is recorded as unknown, and the message sent again.
   */
  readonly lease?: Temporal.DurationLike;
  /** What all processes of the installation hand over a second, together; no limit unless given. */
  readonly maxPerSecond?: number | null;
  /** Its own unless given. */
  readonly breaker?: Breaker;
  readonly metrics?: SendingMetrics;
}

/**
 * Makes the job that sends what waits: claims messages a few at a time, sends each, and records every attempt with the mail
 * server's answer, until nothing is due. After a few faults of our own side in a row it leaves everything queued, charges
 * nobody an attempt, and probes with one message when its pause is over.
 */
export function messageSender(sending: Sending): (signal: AbortSignal) => Promise<void> {
  const { pool, clock, log, metrics, concurrency } = sending;
  const known: KnownChanges = new Map();
  const surroundings = new Map<string, Surroundings>();
  const breaker = sending.breaker ?? createBreaker(clock);

  return async (signal) => {
    while (!signal.aborted && breaker.state() !== 'paused') if (!(await sendDue(signal))) return;
  };

  /** Sends what is due, or one message where that is a probe. Returns whether anything was. */
  async function sendDue(signal: AbortSignal): Promise<boolean> {
    const isStopped = () => signal.aborted || breaker.state() === 'paused';
    const isProbe = breaker.state() === 'probing';
    const inDoubt = Math.max(concurrency, IN_DOUBT_AT_LEAST);
    const messages = begunMessages(sending, { known, batch: inDoubt, isProbe, signal, isStopped });
    const recorder = outcomeRecorder({ pool, known, log, limit: inDoubt });
    // At once, not behind the slowest mail under way: a stop has little time.
    const giveBack = () =>
      messages.giveBack().catch((error: unknown) => log.warn({ err: error }, 'claims end by their lease'));
    const stopping = () => void giveBack();
    signal.addEventListener('abort', stopping, { once: true });
    const worker = async () => {
      for (;;) {
        await recorder.room();
        const message = await messages.next();
        if (message === undefined) return recorder.forgo();
        recorder.add(await attempt(message));
      }
    };
    try {
      await allEnded(Array.from({ length: isProbe ? 1 : concurrency }, worker));
    } finally {
      signal.removeEventListener('abort', stopping);
      await giveBack();
      await recorder.finish();
    }
    return messages.foundAny();
  }

  /** What became of handing one message over. */
  async function attempt(begun: BegunMessage): Promise<AttemptOutcome> {
    const { message, deadline } = begun;
    const startedAt = clock();
    const result = await deliver(begun).catch((error: unknown): DeliveryResult => {
      // A message that cannot be put together must not keep the others from being sent.
      log.error({ err: error, message: message.id }, 'a message could not be composed');
      return { outcome: 'retry', responseCode: null, response: responseLine(`Not sent: ${String(error)}`), tls: null };
    });
    const finishedAt = clock();
    // Others get through and this one never does: then it is the message after all, and its schedule counts.
    const isItsOwn = result.outcome === 'deferred' && !breaker.isAtFault() && message.deferrals >= DEFERRALS_UNCHARGED;
    const outcome = isItsOwn ? 'retry' : result.outcome;
    const pause = breaker.note(result);
    if (pause !== null) {
      metrics?.paused();
      log.error({ fault: result.response, ...pause }, 'mail cannot be handed over; sending is paused');
    }
    metrics?.attempted(outcome);
    const nextAt = nextAttemptAt(outcome, message, finishedAt);
    if (outcome !== 'accepted') watch(begun, nextAt);
    return {
      messageId: message.id,
      kind: message.kind,
      changeId: message.changeId,
      controllerId: message.controllerId,
      leaseId: message.leaseId,
      outcome,
      responseCode: result.responseCode,
      response: result.response,
      tls: result.tls,
      startedAt,
      finishedAt,
      printedDeadline: toldBy(message, deadline),
      nextAttemptAt: nextAt,
    };
  }

  /** Alarms where a person must act, by a way that is not mail: once when a notice becomes too late for its change's plan. */
  function watch({ message, change, opensWindow }: PreparedMessage, nextAt: Temporal.Instant | null): void {
    if (nextAt === null) return metrics?.failed();
    if (!opensWindow || !isInTimeForPlan(message.dueAt, change) || isInTimeForPlan(nextAt, change)) return;
    metrics?.endangered();
    log.error(
      {
        message: message.id,
        controller: message.controllerId,
        change: change.id,
        nextAttemptAt: nextAt.toString(),
        plannedActivationOn: change.plannedActivationOn.toString(),
      },
      'a notice comes so late that its window would end after the planned day',
    );
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
      content: composeMime(facts),
    });
  }
}
