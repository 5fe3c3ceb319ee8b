import addressparser from 'nodemailer/lib/addressparser';
import { envelopeAddressOf, isAsciiMailAddress, isMailAddress } from '../domain/email-address.ts';
import { classifyMailError, responseLine, type SendResult } from './classify.ts';
import { connectionLimit } from './connection-limit.ts';
import type { DkimSigner } from './dkim.ts';
import { headerField } from './mime.ts';
import { sessionPool } from './session-pool.ts';
import { smtpOptions, type ConnectionSettings } from './smtp-options.ts';
import type { Handover, SmtpOffers } from './smtp-session.ts';

export interface MailSettings extends ConnectionSettings {
  /** `Name <address>` or an address alone; the same for `replyTo`. */
  readonly from: string;
  readonly replyTo: string;
  /** The most connections that are open at a time; fewer where the mail server allows fewer. */
  readonly connections: number;
  readonly dkim?: DkimSigner | null;
}

interface Mailbox {
  readonly name: string;
  readonly address: string;
}

export interface OutgoingMail {
  /** The id of the message's row. The same id always gives the same Message-ID. */
  readonly messageId: string;
  readonly to: Mailbox;
  /** The envelope's sender, which bounces go to, and the Reply-To; those of the settings unless given. */
  readonly returnPath?: string;
  readonly replyTo?: string;
  /** What `composeMime` makes: the header fields other than the addresses and ids, and the body. */
  readonly content: string;
}

/** What a mail server offers, and how the connection to it is encrypted: protocol and cipher, or `null`. */
export interface MailServer extends SmtpOffers {
  readonly tls: string | null;
}

export interface MailTransport {
  /** Hands one message over to the mail server. Never rejects: every error is an outcome. */
  send(mail: OutgoingMail): Promise<SendResult>;
  /** How many connections the mail server allows, as far as is known: how many messages are worth handing over at a time. */
  connections(): number;
  /** Connects and logs in, and sends nothing. Rejects where that fails. */
  lookAtServer(): Promise<MailServer>;
  /** Takes no further message. Resolves when every message taken has its outcome and the connections are closed. */
  close(): Promise<void>;
}

const CLOSED = 'The mail transport is closed.';

/** Opens no connection until the first message. Throws when `from` or `replyTo` holds no usable address. */
export function createMailTransport(settings: MailSettings): MailTransport {
  const from = mailboxIn(settings.from, 'from');
  const headerOf = headerWriter(from, mailboxIn(settings.replyTo, 'replyTo'));
  const limit = connectionLimit(settings.connections);
  const sessions = sessionPool(smtpOptions(settings), limit);
  const inFlight = new Set<Promise<unknown>>();
  let closed = false;

  async function handOver(mail: OutgoingMail): Promise<SendResult> {
    const stored = mail.to.address;
    const returnPath = mail.returnPath ?? from.address;
    if (!isMailAddress(stored)) return refused(stored);
    if (!isAsciiMailAddress(returnPath)) return refused(returnPath);
    const address = envelopeAddressOf(stored);
    const finished = `${headerOf({ ...mail, to: { ...mail.to, address } })}\r\n${mail.content}`;
    const content = settings.dkim ? await settings.dkim.sign(finished) : finished;
    const envelope = { from: returnPath, to: address, id: mail.messageId };
    try {
      const { session, handover } = await sessions.handOver(envelope, content);
      return resultOf(handover, address, session.tls);
    } catch (error) {
      return { ...classifyMailError(error, false), tls: null };
    }
  }

  async function tracked<Result>(work: Promise<Result>): Promise<Result> {
    inFlight.add(work);
    try {
      return await work;
    } finally {
      inFlight.delete(work);
    }
  }

  return {
    async send(mail) {
      if (closed) return { outcome: 'deferred', responseCode: null, response: CLOSED, tls: null };
      return tracked(handOver(mail));
    },
    connections: () => limit.now,
    async lookAtServer() {
      if (closed) throw new Error(CLOSED);
      return tracked(sessions.look(({ tls, offers }) => ({ tls, ...offers })));
    },
    async close() {
      closed = true;
      await Promise.allSettled(inFlight);
      sessions.close();
    },
  };
}

/** Makes the function that writes the fields of a message's header that its content does not hold. */
function headerWriter(from: Mailbox, replyTo: Mailbox): (mail: OutgoingMail) => string {
  const sender = headerField('From', from);
  const usualReplyTo = headerField('Reply-To', replyTo);
  const domain = from.address.slice(from.address.indexOf('@') + 1);
  return (mail) =>
    [
      sender,
      headerField('To', mail.to),
      mail.replyTo === undefined ? usualReplyTo : headerField('Reply-To', mailboxIn(mail.replyTo, 'replyTo')),
      `Message-ID: <${mail.messageId}@${domain}>`,
      `X-Notice-Id: ${mail.messageId}`,
    ].join('\r\n');
}

function resultOf({ response, recipients, error, contentSent }: Handover, address: string, tls: string | null) {
  if (response === null) return { ...classifyMailError(error, contentSent), tls };
  // The record says "accepted" only where the message went to exactly the stored address, as an envelope has it.
  if (recipients.length !== 1 || recipients[0] !== address) {
    return { ...notSent(`Sent to ${JSON.stringify(recipients)} instead.`), tls };
  }
  return {
    outcome: 'accepted' as const,
    responseCode: Number.parseInt(response, 10) || null,
    response: responseLine(response),
    tls,
  };
}

function refused(address: string): SendResult {
  return notSent(`Not a usable e-mail address: ${JSON.stringify(address)}`);
}

function notSent(response: string): SendResult {
  return { outcome: 'failed', responseCode: null, response, tls: null };
}

function mailboxIn(value: string, setting: string): Mailbox {
  const [mailbox, ...more] = addressparser(value, { flatten: true });
  if (!mailbox || more.length > 0 || !isAsciiMailAddress(mailbox.address)) {
    throw new Error(`The mail setting "${setting}" holds no usable e-mail address: ${JSON.stringify(value)}`);
  }
  return mailbox;
}
