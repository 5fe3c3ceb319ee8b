import type { DeliveryOutcome } from '../domain/message.ts';

export interface DeliveryResult {
  readonly outcome: DeliveryOutcome;
  /** The server's reply code; `null` when it did not reply. */
  readonly responseCode: number | null;
  /** The server's reply, or what went wrong before there was one. One line. */
  readonly response: string;
  /** Refused, and not by a fault of the recipient's mailbox that the server names: many in a row are not about their recipients. */
  readonly mayMeanUs?: boolean;
  /** Protocol and cipher of the connection that was used; `null` where it was not encrypted, or there was none. */
  readonly tls: string | null;
}

const MAX_RESPONSE = 1_000;

/**
 * What an error of nodemailer's means for the message, judged by the phase it happened in. `err.permanent` is no guide: it
 * is set when a relay's greeting turns us away, which is no fault of the recipient's.
 *
 * `contentSent` says whether any of the message's content went out. nodemailer reports a connection lost before DATA and
 * one lost after the final dot with the same code and command. Before, nothing can have arrived; after, it may have.
 */
export function classifyMailError(error: unknown, contentSent: boolean): Omit<DeliveryResult, 'tls'> {
  const failure = failureIn(error);
  const outcome = outcomeOf(failure, contentSent);
  const isCharged = outcome === 'failed' || outcome === 'retry';
  return {
    outcome,
    ...(isCharged && isForGood(failure.responseCode) && !isOfMailbox(failure.response) && { mayMeanUs: true }),
    responseCode: failure.responseCode,
    response: responseLine(failure.response),
  };
}

/**
 * A server's reply as it is recorded and logged: on one line, and no longer than a person would read. Filters quote the
 * address that they object to, and a customer's link is a secret.
 */
export function responseLine(response: string): string {
  return (
    response
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .replace(/objections(?:\/|%2F)[\w-]+/gi, 'objections/[token]')
      .trim()
      .slice(0, MAX_RESPONSE)
      // A server may send half a letter, and a cut may leave one: the database takes neither.
      .toWellFormed()
  );
}

interface Failure {
  readonly code: string;
  readonly command: string;
  readonly responseCode: number | null;
  readonly response: string;
}

function failureIn(error: unknown): Failure {
  const fields: Partial<Record<keyof Failure | 'message', unknown>> = error instanceof Error ? { ...error } : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    code: text(fields.code),
    command: text(fields.command),
    responseCode: typeof fields.responseCode === 'number' ? fields.responseCode : null,
    response: text(fields.response) || (error instanceof Error ? error.message : String(error)),
  };
}

function outcomeOf(failure: Failure, contentSent: boolean): DeliveryOutcome {
  const { code, command, responseCode } = failure;
  if (code === 'EMESSAGE' && command === 'DATA' && isRefusal(responseCode)) return outcomeOfContent(failure);
  // Whatever else went wrong, the server may have taken the message before it did.
  if (contentSent) return 'unknown';
  if (code === 'EENVELOPE' && command === 'RCPT TO' && isRefusal(responseCode)) return outcomeOfRecipient(failure);
  // DATA itself was refused, before any content: a server that judges recipient and content together.
  if (code === 'EENVELOPE' && command === 'DATA' && isRefusal(responseCode)) return outcomeOfContent(failure);
  // Connecting, greeting, TLS, AUTH, MAIL FROM and faults of our own making concern every message alike.
  return 'deferred';
}

function isRefusal(responseCode: number | null): responseCode is number {
  return responseCode !== null && responseCode >= 400 && responseCode < 600;
}

function isForGood(responseCode: number | null): boolean {
  return responseCode !== null && responseCode >= 500;
}

/** 421 announces that the server is closing the connection (RFC 5321), whatever it answers: it says nothing of this message. */
const CLOSING = 421;
/** Bad sequence of commands: the session was in a wrong state, so the same message can go through on another connection. */
const BAD_SEQUENCE = 503;

function outcomeOfContent({ responseCode, response }: Failure): DeliveryOutcome {
  if (responseCode === CLOSING || isOfSender(response)) return 'deferred';
  if (responseCode === BAD_SEQUENCE || isMailboxFull(response)) return 'retry';
  return isForGood(responseCode) ? 'failed' : 'retry';
}

function outcomeOfRecipient({ responseCode, response }: Failure): DeliveryOutcome {
  if (responseCode === CLOSING || isOfSender(response)) return 'deferred';
  if (responseCode === BAD_SEQUENCE || responseCode === 552 || isMailboxFull(response)) return 'retry';
  // Some address (5.1.0): it may be the sender's.
  if (/^5\d\d[ -]5\.1\.0\b/.test(response)) return 'retry';
  // Policy (5.7.x): servers say here, too, that they do not relay for us or have blocked us. Giving up on every recipient at
  // once for that would be wrong, so it is tried again until the schedule ends.
  if (/^5\d\d[ -]5\.7\./.test(response)) return 'retry';
  return isForGood(responseCode) ? 'failed' : 'retry';
}

/** Whether a refusal says by its status (RFC 3463) that it is about the recipient's address or mailbox. */
export function isOfMailbox(response: string): boolean {
  return /^[45]\d\d[ -][45]\.(?:1\.(?:[1-69]|10)|2\.[0-4])\b/.test(response);
}

/**
 * The sender's address or its domain is bad: servers that judge the sender only when they are told a recipient say so at RCPT.
 * Not 4.1.7: a relay that looks a sender up says so at first, and every message has a sender of its own.
 */
function isOfSender(response: string): boolean {
  return /^(?:5\d\d[ -]5\.1\.7|[45]\d\d[ -][45]\.1\.8)\b/.test(response);
}

function isMailboxFull(response: string): boolean {
  return /^[45]\d\d[ -][45]\.2\.2\b/.test(response);
}
