import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { lettersBeyondAscii } from '../domain/email-address.ts';
import { CLOSING, isOfMailbox, NEEDS_SMTPUTF8, TOO_LARGE } from './classify.ts';
import { smtpContent } from './smtp-content.ts';
import type { SmtpOptions } from './smtp-options.ts';

/** An idle connection is closed after this: well before the server closes it, which could hit the next message. */
const IDLE_MS = 30_000;

export interface SmtpEnvelope {
  readonly from: string;
  readonly to: string;
  /** Sent as ENVID to servers that offer DSN and left out elsewhere. */
  readonly id: string;
}

/** What a mail server offers in its response to EHLO. */
export interface SmtpOffers {
  /** The largest message that it takes, in bytes; `null` where it names none. */
  readonly size: number | null;
  readonly pipelining: boolean;
  readonly smtpUtf8: boolean;
}

/** An SMTP connection that is ready for a message. It takes one message at a time. */
export interface SmtpSession {
  /** Protocol and cipher, `TLSv1.3 TLS_AES_256_GCM_SHA384`; `null` on a connection that is not encrypted. */
  readonly tls: string | null;
  readonly offers: SmtpOffers;
  readonly isOpen: boolean;
  /** Whether it has sent a message before: then the server may have closed it since, and we have not noticed. */
  readonly isUsed: boolean;
  send(envelope: SmtpEnvelope, content: string): Promise<Handover>;
  close(): void;
}

/** The envelope for nodemailer, which writes the server's refusals into it. */
interface EnvelopeWithRefusals {
  readonly from: string;
  readonly to: string[];
  /** In bytes; a server that limits it can refuse before it has got the content (RFC 1870). */
  readonly size: number;
  readonly dsn: { readonly id: string; readonly return: 'headers' };
  readonly mailError?: Refusal;
  readonly rejectedErrors?: readonly Refusal[];
}

type Refusal = Error & { readonly response?: string; readonly responseCode?: number };

/** What the connection knows of how one message went. */
export interface Handover {
  /** The server's response; `null` where it refused, or none came. */
  readonly response: string | null;
  /** The recipients that the envelope had, as nodemailer sent them. */
  readonly recipients: readonly string[];
  readonly error: unknown;
  /** Whether any of the content went out. Before that nothing can have arrived; after, it may have. */
  readonly contentSent: boolean;
}

/**
 * Connects, greets, encrypts and logs in. Rejects with nodemailer's error; or with one of ours where the connection is not
 * encrypted and must be, before any password is sent.
 */
export function openSession(options: SmtpOptions): Promise<SmtpSession> {
  const connection = new SMTPConnection(options);
  const opened = Promise.withResolvers<SmtpSession>();
  // Without a listener, an error would end the process. Later errors reach the callback of the message under way as well.
  connection.on('error', (error) => opened.reject(isNotEncrypted(error) ? clearConnection(error) : error));
  connection.once('end', () => opened.reject(new Error('The mail server closed the connection.')));
  connection.connect((connectError) => {
    if (connectError) return opened.reject(connectError);
    const { auth } = options;
    if (!auth?.user) return opened.resolve(sessionOn(connection));
    if (tlsOf(connection) === null && !options.allowClearAuth) {
      opened.reject(clearConnection());
      return connection.close();
    }
    if (!connection.allowsAuth) return opened.resolve(sessionOn(connection));
    connection.login({ user: auth.user, pass: auth.pass }, (loginError) => {
      if (!loginError) return opened.resolve(sessionOn(connection));
      opened.reject(loginError);
      connection.close();
    });
  });
  return opened.promise;
}

function sessionOn(connection: SMTPConnection): SmtpSession {
  let isOpen = true;
  let isUsed = false;
  let wasRefused = false;
  const offers = offersOf(connection);
  const close = () => {
    isOpen = false;
    connection.close();
  };
  let idle = setTimeout(close, IDLE_MS).unref();
  connection.once('end', () => {
    isOpen = false;
    clearTimeout(idle);
  });
  return {
    tls: tlsOf(connection),
    offers,
    get isOpen() {
      return isOpen;
    },
    get isUsed() {
      return isUsed;
    },
    async send({ from, to, id }, content) {
      // A slow server is not idle: if we closed, its response would be lost.
      clearTimeout(idle);
      const size = Buffer.byteLength(content);
      const beyond = beyondOffers(offers, to, size);
      if (beyond !== null) {
        idle = setTimeout(close, IDLE_MS).unref();
        return { response: null, recipients: [to], error: beyond, contentSent: false };
      }
      if (wasRefused) await resetTransaction(connection, close);
      // A bounce need not carry the personal link back.
      const envelope: EnvelopeWithRefusals = { from, to: [to], size, dsn: { id, return: 'headers' } };
      let contentSent = false;
      const message = smtpContent(content, connection, () => {
        contentSent = true;
      });
      const { error, response } = await new Promise<{ error: unknown; response: string | null }>((resolve) =>
        connection.send(envelope, message, (failure, info) =>
          resolve({ error: failure, response: failure ? null : (info?.response ?? '') }),
        ),
      );
      isUsed = true;
      wasRefused = error !== null && isRefusal(error);
      if (error !== null && !wasRefused) close();
      if (isOpen) idle = setTimeout(close, IDLE_MS).unref();
      const hasNoResponse = error !== null && !contentSent && !isResponse(error);
      return {
        response,
        recipients: envelope.to,
        error: hasNoResponse ? decisiveError(envelope, error) : error,
        contentSent,
      };
    },
    close,
  };
}

/** Ends the refused transaction (RSET). Where the server does not confirm, the connection is closed. */
function resetTransaction(connection: SMTPConnection, close: () => void): Promise<void> {
  return new Promise<void>((resolve) => {
    // Where the server hangs up instead of responding, nodemailer calls no callback.
    connection.once('end', resolve);
    connection.reset((error) => {
      if (error) close();
      connection.off('end', resolve);
      resolve();
    });
  });
}

/**
 * The error to judge by where a server hung up, or fell silent, before it responded to DATA. With pipelining DATA goes out
 * together with the envelope, so the server may have refused sender or recipient before. A refusal of the recipient's mailbox
 * is the recipient's; any other means our own side, and so does every refusal after one of the sender.
 */
function decisiveError(
  { mailError, rejectedErrors: [ofRecipient] = [] }: EnvelopeWithRefusals,
  error: unknown,
): unknown {
  if (mailError === undefined && isOfMailbox(ofRecipient?.response ?? '')) return ofRecipient;
  const refusal = mailError ?? ofRecipient;
  if (refusal === undefined) return error;
  const { response, responseCode } = refusal;
  return Object.assign(new Error(`${response} (${String(error)})`), { responseCode });
}

/** Whether an error is a response of the server. */
function isResponse(error: unknown): boolean {
  return Boolean((error as { responseCode?: unknown }).responseCode);
}

/** Whether only this message was refused: then the connection can go on. After any other error it is closed. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== CLOSING;
}

function offersOf(connection: SMTPConnection): SmtpOffers {
  // Private, and read at the exact version in package.json; test/mail/mail-server.test.ts reads them off real servers.
  const { _maxAllowedSize: size, _supportedExtensions: extensions } = connection as unknown as {
    readonly _maxAllowedSize: number;
    readonly _supportedExtensions: readonly string[];
  };
  return {
    size: size > 0 ? size : null,
    pipelining: extensions.includes('PIPELINING'),
    smtpUtf8: extensions.includes('SMTPUTF8'),
  };
}

/** What the server is known not to take, before anything of it is sent. */
function beyondOffers(offers: SmtpOffers, to: string, size: number): Error | null {
  const letters = lettersBeyondAscii(to);
  if (letters !== '' && !offers.smtpUtf8) {
    const words = `The mail server cannot carry the letters "${letters}" in the address: it does not offer SMTPUTF8.`;
    return Object.assign(new Error(words), { code: NEEDS_SMTPUTF8 });
  }
  if (offers.size === null || size <= offers.size) return null;
  const words = `The message has ${size} bytes, and the mail server takes no more than ${offers.size} (SIZE).`;
  return Object.assign(new Error(words), { code: TOO_LARGE });
}

/** Whether encryption was required and the server does not offer it. */
function isNotEncrypted(error: unknown): error is Refusal {
  const { code, command, response } = error as { code?: unknown; command?: unknown; response?: unknown };
  return code === 'ETLS' && command === 'STARTTLS' && response !== undefined;
}

function clearConnection(error?: Refusal): Error {
  return new Error(
    `The mail server does not encrypt (STARTTLS): no password is sent, unless SMTP_ALLOW_CLEAR_AUTH is true, and no mail where SMTP_REQUIRE_TLS is. ${error?.response ?? ''}`.trim(),
  );
}

function tlsOf({ _socket: socket }: SMTPConnection): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  return `${socket.getProtocol()} ${socket.getCipher().name}`;
}
