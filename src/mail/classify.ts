import type { SendOutcome } from '../domain/message.ts';
import { refusesConnection } from './connection-limit.ts';

export interface SendResult {
  readonly outcome: SendOutcome;
  /** The code of the server's response; `null` when there was none. */
  readonly responseCode: number | null;
  /** The server's response, or what went wrong before there was one. One line. */
  readonly response: string;
  /** A refusal that names no mailbox: it may be about us, and many in a row are. */
  readonly mayBeOurFault?: boolean;
  /** The mail server takes no message of this size: a limit on our side, whatever becomes of other messages. */
  readonly isTooLarge?: boolean;
  /** Protocol and cipher of the connection that was used; `null` where it was not encrypted, or there was none. */
  readonly tls: string | null;
}

const MAX_RESPONSE = 1_000;

/**
 * What an error of nodemailer's means for the message, judged by the phase in which it happened. `err.permanent` is no
 * guide: it is also set when a relay's greeting turns us away, which is not the recipient's fault.
 *
 * `contentSent` says whether any of the content went out. nodemailer reports a connection that is lost before DATA and one
 * that is lost after the final dot by the same code and command. Before, nothing can have arrived; after, the message may have.
 */
export function classifyMailError(error: unknown, contentSent: boolean): Omit<SendResult, 'tls'> {
  const failure = smtpErrorIn(error);
  const outcome = outcomeOf(failure, contentSent);
  const isCharged = outcome === 'failed' || outcome === 'retry';
  return {
    outcome,
    ...(isCharged && isForGood(failure.responseCode) && !isOfMailbox(failure.response) && { mayBeOurFault: true }),
    ...(outcome === 'deferred' && isTooLarge(failure) && { isTooLarge: true }),
    responseCode: failure.responseCode,
    response: responseLine(failure.response),
  };
}

/**
 * A server's response as it is recorded and logged: on one line, no longer than a person would read, and without links.
 * Spam filters quote a URL that they object to, and a customer's link is a secret.
 */
export function responseLine(response: string): string {
  return (
    response
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .replace(/objections(?:\/|%2F)[\w-]+/gi, 'objections/[token]')
      .trim()
      .slice(0, MAX_RESPONSE)
      // A server may send half a surrogate pair, and the cut may leave one. PostgreSQL stores neither.
      .toWellFormed()
  );
}

interface SmtpError {
  readonly code: string;
  readonly command: string;
  readonly responseCode: number | null;
  readonly response: string;
}

function smtpErrorIn(error: unknown): SmtpError {
  const fields: Partial<Record<keyof SmtpError | 'message', unknown>> = error instanceof Error ? { ...error } : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    code: text(fields.code),
    command: text(fields.command),
    responseCode: typeof fields.responseCode === 'number' ? fields.responseCode : null,
    response: text(fields.response) || (error instanceof Error ? error.message : String(error)),
  };
}

function outcomeOf(failure: SmtpError, contentSent: boolean): SendOutcome {
  const { code, command, responseCode } = failure;
  if (code === NEEDS_SMTPUTF8) return 'failed';
  if (code === 'EMESSAGE' && command === 'DATA' && isRefusal(responseCode)) return outcomeOfContent(failure);
  // The server may have taken the message before anything else went wrong.
  if (contentSent) return 'unknown';
  if (code === 'EENVELOPE' && command === 'RCPT TO' && isRefusal(responseCode)) return outcomeOfRecipient(failure);
  // DATA itself was refused, before any content: some servers judge recipient and content together there.
  if (code === 'EENVELOPE' && command === 'DATA' && isRefusal(responseCode)) return outcomeOfContent(failure);
  // Faults in connecting, greeting, TLS, AUTH and MAIL FROM, and bugs of ours, concern every message alike.
  return 'deferred';
}

function isRefusal(responseCode: number | null): responseCode is number {
  return responseCode !== null && responseCode >= 400 && responseCode < 600;
}

function isForGood(responseCode: number | null): boolean {
  return responseCode !== null && responseCode >= 500;
}

/** The server closes the connection (RFC 5321), in response to any command. That says nothing about this message. */
export const CLOSING = 421;
/** Bad sequence of commands: the session is in a wrong state. The same message can go through on another connection. */
const BAD_SEQUENCE = 503;

function outcomeOfContent(failure: SmtpError): SendOutcome {
  const { responseCode, response } = failure;
  // Other connections may be other processes', so that fewer of ours cannot help.
  if (isTooLarge(failure) || refusesConnection(failure, false)) return 'deferred';
  if (responseCode === CLOSING || isOfSender(response)) return 'deferred';
  if (responseCode === BAD_SEQUENCE || isMailboxFull(response)) return 'retry';
  return isForGood(responseCode) ? 'failed' : 'retry';
}

function outcomeOfRecipient(failure: SmtpError): SendOutcome {
  const { responseCode, response } = failure;
  if (isTooLarge(failure) || refusesConnection(failure, false)) return 'deferred';
  if (responseCode === CLOSING || isOfSender(response)) return 'deferred';
  if (responseCode === BAD_SEQUENCE || responseCode === 552 || isMailboxFull(response)) return 'retry';
  // 5.1.0 means some address, which may be the sender's.
  if (/^5\d\d[ -]5\.1\.0\b/.test(response)) return 'retry';
  // 5.7.x means policy. Servers also say so when they do not relay for us or have blocked us, which must not fail every
  // recipient for good at once.
  if (/^5\d\d[ -]5\.7\./.test(response)) return 'retry';
  return isForGood(responseCode) ? 'failed' : 'retry';
}

/** Whether the enhanced status code of a refusal (RFC 3463) is about the recipient's address or mailbox. */
export function isOfMailbox(response: string): boolean {
  return /^[45]\d\d[ -][45]\.(?:1\.(?:[1-69]|10)|2\.[0-4])\b/.test(response);
}

/**
 * Whether a refusal is about the sender's address or domain. Servers that judge the sender late say so at RCPT. 4.1.7 is not
 * among them: a relay says it while it looks a sender up for the first time, and every message has its own sender.
 */
function isOfSender(response: string): boolean {
  return /^(?:5\d\d[ -]5\.1\.7|[45]\d\d[ -][45]\.1\.8)\b/.test(response);
}

/** The code of our own error for a message above the mail server's SIZE. */
export const TOO_LARGE = 'ETOOLARGE';

/**
 * The code of our own error for an address that only SMTPUTF8 carries, where the mail server does not offer it. Failed for good,
 * so that it is seen at once: another try fails the same way, until the contact has another address.
 */
export const NEEDS_SMTPUTF8 = 'ENEEDSSMTPUTF8';

/** Whether a refusal is for the size of the message, by the mail server's limit and not that of a mailbox (5.2.3). */
function isTooLarge({ code, responseCode, response }: SmtpError): boolean {
  if (code === TOO_LARGE || /^[45]\d\d[ -][45]\.3\.4\b/.test(response)) return true;
  if (responseCode !== 552 || /\b5\.2\.\d|mailbox|quota|storage/i.test(response)) return false;
  return /\bmessage\b.*(?:size|exceeds|too (?:big|large|long))|\bsize limit\b/is.test(response);
}

function isMailboxFull(response: string): boolean {
  return /^[45]\d\d[ -][45]\.2\.2\b/.test(response);
}
