import { hash } from 'node:crypto';
import type { ComposedContent, MessageAttempt } from '../db/message-attempts.ts';
import { responseLine, type SendResult } from '../mail/classify.ts';
import { composeMail } from '../mail/compose.ts';
import { signed } from '../mail/sender.ts';
import type { Breaker } from './breaker.ts';
import { printedDeadlineOf, type ClaimedMessage, type MessageToSend } from './claim-batch.ts';
import { lateNoticeAlarm } from './late-notice-alarm.ts';
import { factsOf } from '../mail/message-facts.ts';
import { oversizeAlarm } from './oversize-alarm.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import { keptContents } from './kept-contents.ts';
import type { Sending } from './sending.ts';

/** After this number of uncharged attempts while other messages go through, the message itself is at fault and charged. */
const DEFERRALS_UNCHARGED = 5;

/** Makes the function that composes a claimed message and hands it over. It never rejects: every fault is an outcome. */
export function attemptMessages(
  sending: Sending,
  breaker: Breaker,
): (claimed: ClaimedMessage) => Promise<MessageAttempt> {
  const { pool, clock, log, metrics } = sending;
  const keep = keptContents(pool);
  const noteUnsent = lateNoticeAlarm(sending);
  const noteTooLarge = oversizeAlarm(sending);

  return attempt;

  /** Hands one message over, and returns the outcome with what follows from it. */
  async function attempt(claimed: ClaimedMessage): Promise<MessageAttempt> {
    const { message, lease } = claimed;
    // As it is on record: the mail has this instant in it, and is made again with it.
    const startedAt = clock().round({ smallestUnit: 'microsecond', roundingMode: 'trunc' });
    const result = await composeAndSend(claimed, startedAt).catch((error: unknown): SentMail => {
      // A message that cannot be composed must not keep the others from being sent.
      log.error({ err: error, message: message.id }, 'a message could not be composed');
      const response = responseLine(`Not sent: ${String(error)}`);
      return { outcome: 'retry', responseCode: null, response, tls: null, composed: null };
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
      composed: result.composed,
      startedAt,
      finishedAt,
      printedDeadline: printedDeadlineOf(claimed),
      nextAttemptAt: nextAt,
    };
  }

  async function composeAndSend(claimed: MessageToSend, startedAt: Temporal.Instant): Promise<SentMail> {
    const { message } = claimed;
    const { sender, tokenOf, tagOf, returnTo } = sending;
    const facts = await factsOf(pool, claimed, sending, startedAt);
    const addresses = returnTo?.(message.id) ?? null;
    const addressed = {
      messageId: message.id,
      email: message.email,
      token: tokenOf(message.id),
      replyTo: addresses && { address: addresses.replyTo, tag: tagOf(message.id) },
    };
    const { mail, form, about } = composeMail(facts, addressed, sender);
    // Before it goes out: what was sent can be made again also where this process ends in between.
    await keep(form, about);
    const { content, dkim } = await signed(sender, mail);
    const returnPath = addresses?.returnPath ?? sender.address;
    const result = await sending.transport.send({ messageId: message.id, to: message.email, returnPath, content });
    return {
      ...result,
      response: sending.withoutSecrets(result.response),
      composed: {
        mailSha256: hash('sha256', content, 'hex'),
        contentSha256: form.sha256,
        dkim,
        windowNumber: message.windowNumber,
      },
    };
  }
}

/** What became of a mail, and what it was; `null` where none could be composed. */
type SentMail = SendResult & { readonly composed: ComposedContent | null };
