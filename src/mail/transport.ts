import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import { isMailAddress } from '../domain/email-address.ts';
import { classifyMailError, responseLine, type DeliveryResult } from './classify.ts';
import type { Attachment } from './compose.ts';

export type { DeliveryResult };

export interface MailSettings {
  /** `smtp://user:pass@host:587` or `smtps://…`. Its query overrides nodemailer's options, e.g. `?requireTLS=true`. */
  readonly smtpUrl: string;
  /** `Name <address>` or an address alone; the same for `replyTo`. */
  readonly from: string;
  readonly replyTo: string;
  /** How many connections are open at most. */
  readonly connections: number;
}

export interface OutgoingMail {
  /** The id of the message's row. The same id always gives the same Message-ID. */
  readonly messageId: string;
  readonly to: { readonly name: string; readonly address: string };
  /** The envelope's sender, where bounces go, and the mailbox for answers; the settings' own unless given. */
  readonly returnPath?: string;
  readonly replyTo?: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export interface MailTransport {
  /** Hands one message over to the mail server. Never rejects: every error is an outcome. */
  send(mail: OutgoingMail): Promise<DeliveryResult>;
  /** Takes no further message and resolves when every message that was taken has its outcome and the connections are closed. */
  close(): Promise<void>;
}

/** A message on its way: where it must go, and the streams its content is sent from, one for each connection tried. */
interface Passage {
  readonly address: string;
  readonly contents: Readable[];
}

/** Opens no connection until the first message. Throws when `from` or `replyTo` holds no usable address. */
export function createMailTransport(settings: MailSettings): MailTransport {
  const from = mailboxIn(settings.from, 'from');
  const replyTo = mailboxIn(settings.replyTo, 'replyTo');
  const domain = from.address.slice(from.address.indexOf('@') + 1);
  const transporter = createTransport({
    url: settings.smtpUrl,
    pool: true,
    maxConnections: settings.connections,
    maxMessages: Number.MAX_SAFE_INTEGER,
    // Only for a message none of whose content was sent, as when the server has closed an idle connection meanwhile.
    maxRequeues: 2,
    dnsTimeout: 10_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  const passages = new Map<string, Passage>();
  transporter.use('stream', (mail, done) => {
    const passage = passages.get(mail.data.messageId ?? '');
    if (!mail.message || !passage) return done(new Error('This message was not given to the transport.'));
    // nodemailer rewrites addresses (a domain of digits becomes an IP address): nothing may go anywhere but where it is addressed.
    if (!goesTo(passage.address, mail.message.getEnvelope().to)) return done(new Misaddressed(passage.address));
    mail.message.processFunc((content) => {
      passage.contents.push(content);
      return content;
    });
    done();
  });

  async function deliver(mail: OutgoingMail): Promise<DeliveryResult> {
    const { address } = mail.to;
    if (!isMailAddress(address)) return refused(`Not a usable e-mail address: ${JSON.stringify(address)}`);
    const messageId = `<${mail.messageId}@${domain}>`;
    const passage: Passage = { address, contents: [] };
    passages.set(messageId, passage);
    try {
      const info = await transporter.sendMail({
        messageId,
        from,
        replyTo: mail.replyTo ?? replyTo,
        to: { name: mail.to.name, address },
        envelope: { from: mail.returnPath ?? from.address, to: [address] },
        // Sent as ENVID to servers that offer DSN and left out elsewhere. A bounce need not carry the personal link back.
        dsn: { id: mail.messageId, return: 'headers' },
        headers: {
          'X-Notice-Id': mail.messageId,
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
        },
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        // In base64, so that no mail system on the way touches line ends or long lines.
        attachments: mail.attachments.map((file) => ({ ...file, contentTransferEncoding: 'base64' as const })),
      });
      if (!goesTo(address, info.envelope.to)) return refused(`Sent to ${JSON.stringify(info.envelope.to)} instead.`);
      return {
        outcome: 'accepted',
        responseCode: Number.parseInt(info.response, 10) || null,
        response: responseLine(info.response),
      };
    } catch (error) {
      if (error instanceof Misaddressed) return refused(error.message);
      return classifyMailError(
        error,
        passage.contents.some((content) => content.readableDidRead),
      );
    } finally {
      passages.delete(messageId);
    }
  }

  const inFlight = new Set<Promise<DeliveryResult>>();
  let closed = false;
  return {
    async send(mail) {
      if (closed) return { outcome: 'deferred', responseCode: null, response: 'The mail transport is closed.' };
      const delivery = deliver(mail);
      inFlight.add(delivery);
      try {
        return await delivery;
      } finally {
        inFlight.delete(delivery);
      }
    },
    async close() {
      closed = true;
      // nodemailer's own close() fails what waits for a connection.
      await Promise.all(inFlight);
      transporter.close();
    },
  };
}

/** nodemailer would deliver to another address than the stored one. */
class Misaddressed extends Error {
  constructor(address: string) {
    super(`The mail system cannot address ${JSON.stringify(address)} as it is written.`);
  }
}

function refused(response: string): DeliveryResult {
  return { outcome: 'failed', responseCode: null, response };
}

/** Whether these recipients are the one address; case counts in all but the domain. */
function goesTo(address: string, recipients: readonly string[]): boolean {
  const normal = (mailbox: string) => mailbox.replace(/@.*$/s, (domain) => domain.toLowerCase());
  return recipients.length === 1 && normal(String(recipients[0])) === normal(address);
}

function mailboxIn(value: string, setting: string): { name: string; address: string } {
  const [mailbox, ...more] = addressparser(value, { flatten: true });
  if (!mailbox || more.length > 0 || !isMailAddress(mailbox.address)) {
    throw new Error(`The mail setting "${setting}" holds no usable e-mail address: ${JSON.stringify(value)}`);
  }
  return mailbox;
}
