import { LRUCache } from 'lru-cache';
import { allEnded } from '../concurrency/all-ended.ts';
import { semaphore } from '../concurrency/semaphore.ts';
import type { AttemptOutcome } from '../db/message-attempts.ts';
import { isInTimeForPlan } from '../domain/objection-window.ts';
import { responseLine } from '../mail/classify.ts';
import { composeMime } from '../mail/compose.ts';
import type { DeliveryResult } from '../mail/transport.ts';
import { createBreaker } from './breaker.ts';
import { knownChanges, printedDeadlineOf, type ClaimedMessage, type MessageToSend } from './claim-batch.ts';
import { factsOf, surroundingsOf, type Surroundings } from './message-facts.ts';
import { messageClaimer } from './message-claimer.ts';
import { outcomeRecorder } from './outcome-recorder.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import type { Sending } from './sending.ts';

/** After so many uncharged attempts while other messages go through, the message itself is at fault and charged. */
const DEFERRALS_UNCHARGED = 5;
/** After a crash at most so many messages, or as many as there are connections, are sent and not recorded. */
const IN_DOUBT_AT_LEAST = 20;
const SURROUNDINGS_KEPT = 100;

/**
 * Makes the job that sends what waits: claims messages in batches, sends each, and records every attempt with the mail
 * server's response, until nothing is due. After a few faults of our own side in a row it leaves everything queued, charges
 * nobody an attempt, and probes with one message when its pause is over.
 */
export function messageSender(sending: Sending): (signal: AbortSignal) => Promise<void> {
  const { pool, clock, log, metrics, concurrency } = sending;
  const known = knownChanges();
  const surroundings = new LRUCache<string, Surroundings>({ max: SURROUNDINGS_KEPT });
  const breaker = sending.breaker ?? createBreaker(clock);
  const inDoubt = Math.max(concurrency, IN_DOUBT_AT_LEAST);

  return async (signal) => {
    while (!signal.aborted && breaker.state() !== 'paused') if (!(await sendDue(signal))) return;
  };

  /** Sends what is due, or one message where that is a probe. Returns whether anything was. */
  async function sendDue(signal: AbortSignal): Promise<boolean> {
    const isStopped = () => signal.aborted || breaker.state() === 'paused';
    const isProbe = breaker.state() === 'probing';
    const claimer = messageClaimer(sending, { known, batch: inDoubt, isProbe, signal, isStopped });
    const recorder = outcomeRecorder({ pool, known, log });
    const connections = semaphore(concurrency);
    const sendNext = async (): Promise<AttemptOutcome | undefined> => {
      const message = await claimer.next();
      return message && attempt(message);
    };
    // A worker waits until its outcome is recorded, so no more messages are in doubt than there are workers. While some wait
    // for the database, others have the connections.
    const worker = async () => {
      for (;;) {
        const outcome = await connections(sendNext);
        if (outcome === undefined) return;
        await recorder.add(outcome);
      }
    };
    const giveBack = () =>
      claimer.giveBack().catch((error: unknown) => log.warn({ err: error }, 'claims end by their lease'));
    // At once, not behind the slowest mail under way: a stop has little time.
    const stopping = () => void giveBack();
    signal.addEventListener('abort', stopping, { once: true });
    try {
      await allEnded(Array.from({ length: isProbe ? 1 : inDoubt }, worker));
    } finally {
      signal.removeEventListener('abort', stopping);
      await giveBack();
      await recorder.finish();
    }
    return claimer.foundAny();
  }

  /** Hands one message over, and returns the outcome with what follows from it. */
  async function attempt(claimed: ClaimedMessage): Promise<AttemptOutcome> {
    const { message, lease } = claimed;
    const startedAt = clock();
    const result = await deliver(claimed).catch((error: unknown): DeliveryResult => {
      // A message that cannot be composed must not keep the others from being sent.
      log.error({ err: error, message: message.id }, 'a message could not be composed');
      return { outcome: 'retry', responseCode: null, response: responseLine(`Not sent: ${String(error)}`), tls: null };
    });
    const finishedAt = clock();
    // Other messages get through and this one never does: then the fault is its own, and its schedule counts.
    const isItsOwn = result.outcome === 'deferred' && !breaker.isAtFault() && message.deferrals >= DEFERRALS_UNCHARGED;
    const outcome = isItsOwn ? 'retry' : result.outcome;
    const pause = breaker.note(result);
    if (pause !== null) {
      metrics?.paused();
      log.error({ fault: result.response, ...pause }, 'mail cannot be handed over; sending is paused');
    }
    metrics?.attempted(outcome);
    const nextAt = nextAttemptAt(outcome, message, finishedAt);
    if (outcome !== 'accepted') watch(claimed, nextAt);
    return {
      messageId: message.id,
      kind: message.kind,
      changeId: message.changeId,
      controllerId: message.controllerId,
      leaseId: lease.id,
      outcome,
      responseCode: result.responseCode,
      response: result.response,
      tls: result.tls,
      startedAt,
      finishedAt,
      printedDeadline: printedDeadlineOf(claimed),
      nextAttemptAt: nextAt,
    };
  }

  /** Raises an alarm, once and not by mail, when a notice becomes too late for the planned day of its change. */
  function watch({ message, change, opensWindow }: MessageToSend, nextAt: Temporal.Instant | null): void {
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

  async function deliver(claimed: MessageToSend): Promise<DeliveryResult> {
    const { message, change } = claimed;
    const around = surroundings.get(change.id) ?? (await surroundingsOf(pool, change));
    surroundings.set(change.id, around);
    const facts = await factsOf(pool, claimed, around, sending.linkOf(message.id), clock());
    return sending.transport.send({
      messageId: message.id,
      to: { name: message.name, address: message.email },
      ...sending.returnTo?.(message.id),
      content: composeMime(facts),
    });
  }
}
