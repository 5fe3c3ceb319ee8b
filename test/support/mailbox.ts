import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived, with the envelope it came in. */
export interface ReceivedMail extends ParsedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
}

/** A real SMTP server that keeps what it is sent. */
export interface TestMailbox {
  readonly smtpUrl: string;
  readonly mails: ReceivedMail[];
  /** Called before a mail is taken. */
  beforeTaking: () => void | Promise<void>;
  /** The mails to one address, in the order they arrived. */
  to(address: string): ReceivedMail[];
  /** Refuses this address at RCPT with this reply until told otherwise; `null` takes it again. */
  refuse(address: string, reply: { code: number; message: string } | null): void;
  /** Forgets all but the first so many mails, and takes mail for every address. */
  forget(allBut: number): void;
  close(): Promise<void>;
}

export async function startMailbox(): Promise<TestMailbox> {
  const mails: ReceivedMail[] = [];
  const refusals = new Map<string, { code: number; message: string }>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      const refusal = refusals.get(address);
      if (!refusal) return callback();
      callback(Object.assign(new Error(refusal.message), { responseCode: refusal.code }));
    },
    onData(stream, session, callback) {
      const hash = createHash('sha256');
      stream.on('data', (chunk: Buffer) => hash.update(chunk));
      // What these leave out is made of the text, and costs more than the rest.
      simpleParser(stream, { skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true }).then(async (mail) => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push(
          Object.assign(mail, {
            sha256: hash.digest('hex'),
            envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
          }),
        );
        await mailbox.beforeTaking();
        callback();
      }, callback);
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const mailbox: TestMailbox = {
    smtpUrl: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    beforeTaking: () => undefined,
    to: (address) => mails.filter((mail) => mail.envelope.to.includes(address)),
    refuse(address, reply) {
      if (reply) refusals.set(address, reply);
      else refusals.delete(address);
    },
    forget(allBut) {
      mails.length = allBut;
      refusals.clear();
      mailbox.beforeTaking = () => undefined;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mailbox;
}

/** The token of the link in a mail's text part. */
export function tokenIn(mail: ReceivedMail): string {
  const token = /\/objections\/([\w-]+)/.exec(mail.text ?? '')?.[1];
  if (token === undefined) throw new Error(`no link in: ${mail.text}`);
  return token;
}
