import type { MessageAttempt } from '../db/message-attempts.ts';
import { responseLine, type SendResult } from '../mail/classify.ts';
import { composeMime } from '../mail/compose.ts';
import type { Breaker } from './breaker.ts';
import { printedDeadlineOf, type ClaimedMessage, type MessageToSend } from './claim-batch.ts';
import { lateNoticeAlarm } from './late-notice-alarm.ts';
import { factsOf } from './message-facts.ts';
import { oversizeAlarm } from './oversize-alarm.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import type { Sending } from './sending.ts';

/** After this number of uncharged attempts while other messages go through, the message itself is at fault and charged. */
const DEFERRALS_UNCHARGED = 5;

/** Makes the function that composes a claimed message and hands it over. It never rejects: every fault is an outcome. */
export function attemptMessages(
  sending: Sending,
  breaker: Breaker,
): (claimed: ClaimedMessage) => Promise<MessageAttempt> {
  const { pool, clock, log, metrics } = sending;
  const noteUnsent = lateNoticeAlarm(sending);
  const noteTooLarge = oversizeAlarm(sending);

  return attempt;

  /** Hands one message over, and returns the outcome with what follows from it. */
  async function attempt(claimed: ClaimedMessage): Promise<MessageAttempt> {
    const { message, lease } = claimed;
    const startedAt = clock();
    const result = await composeAndSend(claimed).catch((error: unknown): SendResult => {
      // A message that cannot be composed must not keep the others from being sent.
      log.error({ err: error, message: message.id }, 'a message could not be composed');
      return { outcome: 'retry', responseCode: null, response: responseLine(`Not sent: ${String(error)}`), tls: null };
    });
    const finishedAt = clock();
    // Other messages get through and this one never does: then the fault is its own, and its schedule counts. A limit to the
    // size is ours also then.
    const mayBeItsOwn = result.outcome === 'deferred' && result.isTooLarge !== true;
    const isItsOwn = mayBeItsOwn && !breaker.isAtFault() && message.deferrals >= DEFERRALS_UNCHARGED;
    const outcome = isItsOwn ? 'retry' : result.outcome;
    const pause = breaker.note(result);
    if (pause !== null) {
      metrics?.paused();
      log.error({ fault: result.response, ...pause }, 'mail cannot be handed over; sending is paused');
    }
    if (result.isTooLarge) noteTooLarge(claimed, result.response);
    metrics?.attempted(outcome);
    const nextAt = nextAttemptAt(outcome, message, finishedAt);
    if (outcome !== 'accepted') noteUnsent(claimed, nextAt);
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

  async function composeAndSend(claimed: MessageToSend): Promise<SendResult> {
    const { message } = claimed;
    const facts = await factsOf(pool, claimed, sending, clock());
    const result = await sending.transport.send({
      messageId: message.id,
      to: { name: message.name, address: message.email },
      ...sending.returnTo?.(message.id),
      content: composeMime(facts),
    });
    return { ...result, response: sending.withoutSecrets(result.response) };
  }
}
