import type { Readable, Transform, TransformCallback } from 'node:stream';
import { TLSSocket } from 'node:tls';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { isOfMailbox } from './classify.ts';

/** Closed after so long without a message: well before a server gives it up, which could be in the middle of the next one. */
const IDLE_MS = 30_000;
const CLOSING = 421;

export interface SmtpEnvelope {
  readonly from: string;
  readonly to: string;
  /** Sent as ENVID to servers that offer DSN and left out elsewhere. */
  readonly id: string;
}

/** An SMTP connection that is ready for a message. Messages go one after another. */
export interface SmtpSession {
  /** Protocol and cipher, `TLSv1.3 TLS_AES_256_GCM_SHA384`; `null` on a connection that is not encrypted. */
  readonly tls: string | null;
  readonly isOpen: boolean;
  /** Whether it has sent a message: the server may have closed it since, unnoticed. */
  readonly isUsed: boolean;
  send(envelope: SmtpEnvelope, content: string): Promise<Handover>;
  close(): void;
}

/** The envelope that nodemailer is handed, and writes down in how its recipients were answered. */
interface SmtpEnvelopeInUse {
  readonly from: string;
  readonly to: string[];
  readonly dsn: { readonly id: string; readonly return: 'headers' };
  readonly mailError?: Refusal;
  readonly rejectedErrors?: readonly Refusal[];
}

type Refusal = Error & { readonly response?: string; readonly responseCode?: number };

/** How one message went, as far as the connection can tell. */
export interface Handover {
  /** The server's reply; `null` where it refused, or none came. */
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
  // Of a message's own error its callback tells as well; without a listener it would end the process.
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
  const session: SmtpSession = {
    tls: tlsOf(connection),
    get isOpen() {
      return isOpen;
    },
    get isUsed() {
      return isUsed;
    },
    async send({ from, to, id }, content) {
      // A slow server is not idle, and closed by us it would never answer.
      clearTimeout(idle);
      if (wasRefused) await startAnew();
      // A bounce need not carry the personal link back.
      const envelope: SmtpEnvelopeInUse = { from, to: [to], dsn: { id, return: 'headers' } };
      let contentSent = false;
      // What nodemailer asks of a message once the server is ready for it.
      const message = {
        pipe(escaping: Transform) {
          contentSent = true;
          writeAtOnce(content, connection, escaping);
        },
      } as unknown as Readable;
      const { error, response } = await new Promise<{ error: unknown; response: string | null }>((resolve) =>
        connection.send(envelope, message, (failure, info) =>
          resolve({ error: failure, response: failure ? null : (info?.response ?? '') }),
        ),
      );
      isUsed = true;
      wasRefused = error !== null && isRefusal(error);
      if (error !== null && !wasRefused) close();
      if (isOpen) idle = setTimeout(close, IDLE_MS).unref();
      const isUnanswered = error !== null && !contentSent && !wasAnswered(error);
      return {
        response,
        recipients: envelope.to,
        error: isUnanswered ? whatCounts(envelope, error) : error,
        contentSent,
      };
    },
    close,
  };
  return session;

  /** Ends the transaction that was refused. Where the server does not say so, the connection is of no use any more. */
  function startAnew(): Promise<void> {
    return new Promise<void>((resolve) => {
      // Where the server hangs up instead of answering, no callback comes.
      connection.once('end', resolve);
      connection.reset((error) => {
        if (error) close();
        connection.off('end', resolve);
        resolve();
      });
    });
  }
}

/** What nodemailer mends on the way: a CR or LF alone could be taken for the end of the message. */
const LONE_LINE_END = /\r(?!\n)|(?<!\r)\n/;

/**
 * Writes a message with its dots doubled and its last line (RFC 5321, 4.5.2) in one piece, past nodemailer, which looks at each
 * byte; it still does where there is something to mend. Written as text: a buffer for each message is memory outside the
 * heap, and makes the garbage collector mark all of the heap every few hundred messages.
 */
function writeAtOnce(content: string, { _socket: socket }: SMTPConnection, escaping: Transform): void {
  if (!socket || LONE_LINE_END.test(content)) return void escaping.end(content);
  socket.cork();
  socket.write((content.startsWith('.') ? '.' : '') + content.replaceAll('\n.', '\n..'));
  socket.write(content.endsWith('\n') ? '.\r\n' : '\r\n.\r\n');
  socket.uncork();
  Object.assign(escaping, { _flush: (done: TransformCallback) => done() });
  escaping.end();
}

/**
 * What counts where a server hung up, or fell silent, before it answered to DATA, which pipelining sends along with the envelope:
 * what it had said of the recipient's mailbox. Any other refusal means us, and so does one of the sender, whatever follows it.
 */
function whatCounts({ mailError, rejectedErrors: [ofRecipient] = [] }: SmtpEnvelopeInUse, error: unknown): unknown {
  if (mailError === undefined && isOfMailbox(ofRecipient?.response ?? '')) return ofRecipient;
  const refusal = mailError ?? ofRecipient;
  if (refusal === undefined) return error;
  const { response, responseCode } = refusal;
  return Object.assign(new Error(`${response} (${String(error)})`), { responseCode });
}

/** Whether an error is what the server said. */
function wasAnswered(error: unknown): boolean {
  return Boolean((error as { responseCode?: unknown }).responseCode);
}

/** A refusal of one message leaves the connection as good as it was; after anything else it is given up. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== CLOSING;
}

function tlsOf({ _socket: socket }: SMTPConnection): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  return `${socket.getProtocol()} ${socket.getCipher().name}`;
}
