import { TLSSocket } from 'node:tls';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { CLOSING, isOfMailbox } from './classify.ts';
import { smtpContent } from './smtp-content.ts';

/** An idle connection is closed after this: well before the server closes it, which could hit the next message. */
const IDLE_MS = 30_000;

export interface SmtpEnvelope {
  readonly from: string;
  readonly to: string;
  /** Sent as ENVID to servers that offer DSN and left out elsewhere. */
  readonly id: string;
}

/** An SMTP connection that is ready for a message. It takes one message at a time. */
export interface SmtpSession {
  /** Protocol and cipher, `TLSv1.3 TLS_AES_256_GCM_SHA384`; `null` on a connection that is not encrypted. */
  readonly tls: string | null;
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

/** Connects, greets, encrypts and logs in. Rejects with nodemailer's error. */
export function openSession(
  options: SMTPConnectionOptions & { auth?: { user?: string; pass?: string } },
): Promise<SmtpSession> {
  const connection = new SMTPConnection(options);
  const opened = Promise.withResolvers<SmtpSession>();
  // Without a listener, an error would end the process. Later errors reach the callback of the message under way as well.
  connection.on('error', opened.reject);
  connection.once('end', () => opened.reject(new Error('The mail server closed the connection.')));
  connection.connect((connectError) => {
    if (connectError) return opened.reject(connectError);
    const { auth } = options;
    if (!auth?.user || !connection.allowsAuth) return opened.resolve(sessionOn(connection));
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
    get isOpen() {
      return isOpen;
    },
    get isUsed() {
      return isUsed;
    },
    async send({ from, to, id }, content) {
      // A slow server is not idle: if we closed, its response would be lost.
      clearTimeout(idle);
      if (wasRefused) await resetTransaction(connection, close);
      // A bounce need not carry the personal link back.
      const envelope: EnvelopeWithRefusals = { from, to: [to], dsn: { id, return: 'headers' } };
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

function tlsOf({ _socket: socket }: SMTPConnection): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  return `${socket.getProtocol()} ${socket.getCipher().name}`;
}
