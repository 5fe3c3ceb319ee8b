import { crewOf } from '../concurrency/crew.ts';
import { semaphore } from '../concurrency/semaphore.ts';
import type { MessageAttempt } from '../db/message-attempts.ts';
import { faultOf } from '../domain/clock.ts';
import { attemptMessages } from './attempt-message.ts';
import { createBreaker } from './breaker.ts';
import { knownChanges } from './claim-batch.ts';
import { messageClaimer } from './message-claimer.ts';
import { orphanRecovery } from './orphan-recovery.ts';
import { outcomeRecorder } from './outcome-recorder.ts';
import type { Sending } from './sending.ts';

/** Messages that are sent and not recorded after a crash, at most; more where there are more connections. */
const IN_DOUBT_AT_LEAST = 20;

/** The job that sends what waits. */
export interface MessageSender {
  /** Sends until nothing is due, `signal` aborts, or the sending pauses. */
  send(signal: AbortSignal): Promise<void>;
  /** Has the run that is under way, if one is, look for what is due now: it may wait for a slow mail server for long. */
  lookAgain(): void;
}

/**
 * Makes the job that sends what waits: claims messages in batches, sends each, and records every attempt with the mail
 * server's response. After a few faults of our own side in a row it leaves everything queued, charges nobody an attempt, and
 * probes with one message when its pause is over. It claims nothing while the clock cannot be trusted.
 */
export function messageSender(sending: Sending): MessageSender {
  const { pool, clock, log, concurrency, transport, watch } = sending;
  const known = knownChanges();
  const orphans = orphanRecovery(pool);
  const breaker = sending.breaker ?? createBreaker(clock);
  const attempt = attemptMessages(sending, breaker);
  const inDoubt = Math.max(concurrency, IN_DOUBT_AT_LEAST);
  let lookAgain = () => {};

  return {
    async send(signal) {
      try {
        for (let mayBeMore = true; mayBeMore && !signal.aborted && breaker.state() !== 'paused';)
          mayBeMore = await sendDue(signal);
        watch?.worked();
      } catch (error) {
        watch?.failed();
        throw error;
      }
    },
    lookAgain: () => lookAgain(),
  };

  /** Sends what is due, or one message where that is a probe. Returns whether anything was. */
  async function sendDue(signal: AbortSignal): Promise<boolean> {
    const isStopped = () => signal.aborted || breaker.state() === 'paused' || faultOf(clock) !== null;
    const isProbe = breaker.state() === 'probing';
    const claimer = messageClaimer(sending, { known, orphans, batch: inDoubt, isProbe, signal, isStopped });
    const recorder = outcomeRecorder({ pool, known, log, watch });
    // More would be claimed and wait for a connection until their lease ends.
    const connections = semaphore(() => Math.min(concurrency, transport.connections()));
    const sendNext = async (): Promise<MessageAttempt | undefined> => {
      const message = await claimer.next();
      return message && attempt(message);
    };
    // A worker waits until its outcome is recorded, so no more messages are in doubt than there are workers. While some wait
    // for the database, others have the connections.
    const crew = crewOf(isProbe ? 1 : inDoubt, async () => {
      for (;;) {
        const outcome = await connections(sendNext);
        if (outcome === undefined) return;
        await recorder.add(outcome);
        claimer.letGo({ id: outcome.messageId, leaseId: outcome.leaseId });
      }
    });
    const release = () =>
      claimer.release().catch((error: unknown) => log.warn({ err: error }, 'claims end by their lease'));
    // At once, not behind the slowest mail under way: a stop has little time.
    const stopping = () => void release();
    signal.addEventListener('abort', stopping, { once: true });
    try {
      crew.call();
      lookAgain = () => {
        if (isProbe) return;
        claimer.lookAgain();
        crew.call();
      };
      await crew.ended();
    } finally {
      lookAgain = () => {};
      signal.removeEventListener('abort', stopping);
      await release();
      await recorder.finish();
      claimer.letAllGo();
    }
    return claimer.foundAny();
  }
}
