import addressparser from 'nodemailer/lib/addressparser';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { isMailAddress } from '../domain/email-address.ts';
import { classifyMailError, responseLine, type SendResult } from './classify.ts';
import type { DkimSigner } from './dkim.ts';
import { headerField } from './mime.ts';
import { sessionPool } from './session-pool.ts';
import type { Handover } from './smtp-session.ts';

export interface MailSettings {
  /** `smtp://user:pass@host:587` or `smtps://…`. Its query overrides nodemailer's options, e.g. `?requireTLS=true`. */
  readonly smtpUrl: string;
  /** `Name <address>` or an address alone; the same for `replyTo`. */
  readonly from: string;
  readonly replyTo: string;
  /** The most connections that are open at a time. */
  readonly connections: number;
  /** Hands nothing over on a connection that is not encrypted. */
  readonly requireTls?: boolean;
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
  /** What `composeMime` makes: the header fields other than the addresses, and the body. */
  readonly content: string;
}

export interface MailTransport {
  /** Hands one message over to the mail server. Never rejects: every error is an outcome. */
  send(mail: OutgoingMail): Promise<SendResult>;
  /** Takes no further message. Resolves when every message taken has its outcome and the connections are closed. */
  close(): Promise<void>;
}

/** Opens no connection until the first message. Throws when `from` or `replyTo` holds no usable address. */
export function createMailTransport(settings: MailSettings): MailTransport {
  const from = mailboxIn(settings.from, 'from');
  const headerOf = headerWriter(from, mailboxIn(settings.replyTo, 'replyTo'));
  const sessions = sessionPool(connectionOptions(settings), settings.connections);
  const inFlight = new Set<Promise<SendResult>>();
  let closed = false;

  async function handOver(mail: OutgoingMail): Promise<SendResult> {
    const { address } = mail.to;
    const returnPath = mail.returnPath ?? from.address;
    for (const used of [address, returnPath]) {
      if (!isMailAddress(used)) return refused(`Not a usable e-mail address: ${JSON.stringify(used)}`);
    }
    const finished = `${headerOf(mail)}\r\n${mail.content}`;
    const content = settings.dkim ? await settings.dkim.sign(finished) : finished;
    const envelope = { from: returnPath, to: address, id: mail.messageId };
    try {
      const { session, handover } = await sessions.handOver(envelope, content);
      return resultOf(handover, address, session.tls);
    } catch (error) {
      return { ...classifyMailError(error, false), tls: null };
    }
  }

  return {
    async send(mail) {
      if (closed)
        return { outcome: 'deferred', responseCode: null, response: 'The mail transport is closed.', tls: null };
      const sending = handOver(mail);
      inFlight.add(sending);
      try {
        return await sending;
      } finally {
        inFlight.delete(sending);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(inFlight);
      sessions.close();
    },
  };
}

function connectionOptions({ smtpUrl, requireTls }: MailSettings): SMTPConnectionOptions {
  return {
    dnsTimeout: 10_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    ...(requireTls && { requireTLS: true }),
    ...parseConnectionUrl(smtpUrl),
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
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: All',
    ].join('\r\n');
}

function resultOf({ response, recipients, error, contentSent }: Handover, address: string, tls: string | null) {
  if (response === null) return { ...classifyMailError(error, contentSent), tls };
  // The record says "accepted" only where the message went to exactly the stored address.
  if (recipients.length !== 1 || recipients[0] !== address) {
    return { ...refused(`Sent to ${JSON.stringify(recipients)} instead.`), tls };
  }
  return {
    outcome: 'accepted' as const,
    responseCode: Number.parseInt(response, 10) || null,
    response: responseLine(response),
    tls,
  };
}

function refused(response: string): SendResult {
  return { outcome: 'failed', responseCode: null, response, tls: null };
}

function mailboxIn(value: string, setting: string): Mailbox {
  const [mailbox, ...more] = addressparser(value, { flatten: true });
  if (!mailbox || more.length > 0 || !isMailAddress(mailbox.address)) {
    throw new Error(`The mail setting "${setting}" holds no usable e-mail address: ${JSON.stringify(value)}`);
  }
  return mailbox;
}
