import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { receiveMail, type Received } from '../commands/receive-mail.ts';
import { Refused } from '../domain/refused.ts';
import { findMessage } from '../db/messages.ts';
import type { InboundMail } from '../domain/inbound-mail.ts';
import { inTransaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { InboundAddresses } from './addresses.ts';
import { judgeMail } from './judge-mail.ts';
import { mailReader } from './mail-reader.ts';
import { mailsPerMessage } from './mails-per-message.ts';

/** Mails held in memory at once, in sizes of the largest that is taken. */
const HELD_AT_ONCE = 4;
const RECIPIENTS = 20;
/** Addresses that nobody has, tried on one connection, before it is closed: tags are not to be guessed. */
const REFUSED_RECIPIENTS = 20;
const IDLE_MS = 60_000;
/** However slowly it speaks, a connection ends after this. */
const CONNECTION_MS = 600_000;
const HANG_UP_MS = 1_000;

export interface InboundSettings {
  readonly host: string;
  readonly port: number;
  readonly maxBytes: number;
  readonly maxConnections: number;
  /** Mails for one message within an hour. */
  readonly maxPerMessage: number;
  /** `null`: no STARTTLS. `built-in`: a certificate that everybody has, to try it out with. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | 'built-in' | null;
}

export interface Receiving {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly addresses: InboundAddresses;
  /** The address of an answer in the API. */
  readonly addressOfAnswer: (id: string) => string;
  readonly log: Log;
}

export interface Listener {
  readonly port: number;
  /** Takes no further mail and ends; what has been taken is recorded. */
  stop(): Promise<void>;
}

/**
 * Listens for mail that comes back: over SMTP, to the addresses of `inboundAddresses` alone. A mail is answered with 250 when
 * it is on record with all that follows from it, and not before. Answers 4xx to what can be sent again later, our own faults
 * among it, and 5xx only to what can never be taken: an address that nobody has, a mail that is too large. It never
 * sends anything back.
 */
export async function startListener(settings: InboundSettings, receiving: Receiving): Promise<Listener> {
  const { pool, clock, addresses, log } = receiving;
  const reader = mailReader();
  const counted = mailsPerMessage(settings.maxPerMessage, clock);
  const refusedOf = new WeakMap<SMTPServerSession, number>();
  let held = 0;

  const server = new SMTPServer({
    name: 'varsel',
    banner: 'Varsel takes answers and delivery reports',
    logger: false,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', ...(settings.tls === null ? ['STARTTLS'] : [])],
    authOptional: true,
    // The sender's address is kept and never written to: real ones break the grammar, and their mail is no worse for it.
    lenientAddressParsing: true,
    size: settings.maxBytes,
    maxClients: settings.maxConnections,
    maxRecipients: RECIPIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: HANG_UP_MS,
    ...(typeof settings.tls === 'object' && settings.tls),
    onRcptTo({ address }, session, callback) {
      admit(address, session).then(() => callback(), callback);
    },
    onData(stream, session, callback) {
      take(stream, session).then((text) => callback(null, text), callback);
    },
  });
  // Of one connection: it has ended, and the mail comes again.
  server.on('error', (error) => log.warn({ err: error }, 'a connection with a mail system was lost'));

  async function admit(address: string, session: SMTPServerSession): Promise<void> {
    const messageId = addresses.messageIdOf(address);
    const isKnown = messageId !== null && (await ours(() => findMessage(pool, messageId))) !== null;
    if (!isKnown) {
      const refused = (refusedOf.get(session) ?? 0) + 1;
      refusedOf.set(session, refused);
      throw refused > REFUSED_RECIPIENTS
        ? new Reply(421, '4.7.0 Too many unknown addresses')
        : new Reply(550, '5.1.1 Nobody has this address');
    }
    if (!counted.admits(messageId)) throw new Reply(450, '4.7.1 Too many mails to this address, try again later');
  }

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const { remoteAddress } = session;
    const { rcptTo } = session.envelope;
    const envelopeFrom = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isFull = false;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        // Read on to the end: a mail system listens for the answer only then.
        if (stream.sizeExceeded || isFull) continue;
        isFull = held + chunk.length > HELD_AT_ONCE * settings.maxBytes;
        if (isFull) continue;
        chunks.push(chunk);
        bytes += chunk.length;
        held += chunk.length;
      }
      if (stream.sizeExceeded) throw new Reply(552, `5.3.4 A mail may have ${settings.maxBytes} bytes`);
      if (isFull) throw new Reply(452, '4.3.1 Too much mail at once, try again later');
      // It is here: whatever we still do with it must not make it late.
      const receivedAt = clock();
      const raw = Buffer.concat(chunks);
      const read = await reader.read(raw);
      const received = await ours(() => {
        const verdict = judgeMail(read, envelopeFrom);
        return inTransaction(pool, async (tx) => {
          const all: Received[] = [];
          for (const { address } of rcptTo) {
            const mail: InboundMail = { raw, sentTo: address, envelopeFrom, remoteAddress, receivedAt };
            const messageId = addresses.messageIdOf(address);
            if (messageId === null) throw new Error('an address that was admitted has no message');
            all.push(await receiveMail(tx, messageId, mail, verdict, receiving.addressOfAnswer));
          }
          return all;
        });
      });
      for (const each of received) {
        if (each.takenAs === 'report' && each.effect === 'incident') {
          const { message, id } = each;
          log.error({ bounce: id, notice: message.id, change: message.changeId }, 'a notice bounced after activation');
        }
      }
      return '2.0.0 On record';
    } finally {
      held -= bytes;
    }
  }

  /** What fails on our side, the database being away or a notice still in flight, is asked for again later. */
  async function ours<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused && error.code === 'notice-in-flight') {
        throw new Reply(450, '4.2.0 This is being sent at the moment, try again later');
      }
      log.error({ err: error }, 'a mail could not be recorded; its sender is asked to try again');
      throw new Reply(451, '4.3.0 It cannot be recorded now, try again later');
    }
  }

  server.server.on('connection', (socket) => {
    const tooLong = setTimeout(() => socket.destroy(), CONNECTION_MS);
    socket.once('close', () => clearTimeout(tooLong));
  });
  const listening = once(server.server, 'listening');
  server.listen(settings.port, settings.host);
  await listening;
  return {
    port: (server.server.address() as AddressInfo).port,
    async stop() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await reader.stop();
    },
  };
}

/** What a mail system is answered that does not get its mail taken. */
class Reply extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, text: string) {
    super(text);
    this.name = 'Reply';
    this.responseCode = responseCode;
  }
}
