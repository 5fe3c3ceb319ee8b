import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Addressee } from '../domain/inbound-mail.ts';
import type { InboundAddresses } from './addresses.ts';
import { recipientAdmission, type ConnectionState } from './admission.ts';
import { takeMail, type IntakeDependencies } from './intake.ts';
import { mailMemory } from './mail-memory.ts';

const MAX_RECIPIENTS = 20;
const IDLE_MS = 60_000;
/** A connection is closed after this time, even one that still sends. */
const CONNECTION_MS = 600_000;
/** How long `stop` waits for connections before it closes them. */
const HANG_UP_MS = 1_000;

export interface InboundSettings {
  readonly host: string;
  readonly port: number;
  readonly maxBytes: number;
  readonly maxConnections: number;
  /** Mails for one message within an hour. */
  readonly maxPerMessage: number;
  /** `null`: no STARTTLS. `built-in`: smtp-server's own certificate, whose key is public; for trying the product only. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | 'built-in' | null;
}

/** What the listener works with. */
export type Receiving = Omit<IntakeDependencies, 'memory'> & { readonly addresses: InboundAddresses };

export interface Listener {
  readonly port: number;
  /** Takes no further mail and closes. A mail that got its 250 is on record. */
  stop(): Promise<void>;
}

/**
 * Listens for mail over SMTP, for the addresses of `inboundAddresses` alone, and never sends anything back. Resolves when
 * the port is open; rejects when it cannot be opened.
 * - 250: the mail is on record, unread.
 * - 4xx: the mail can be sent again later; our own faults are among these.
 * - 5xx: the mail can never be taken: an unknown address, or too large.
 */
export async function startListener(settings: InboundSettings, receiving: Receiving): Promise<Listener> {
  const intake = { ...receiving, memory: mailMemory(settings.maxBytes) };
  const admit = recipientAdmission(receiving, settings.maxPerMessage);
  // smtp-server has one session object per connection, from its beginning to its end.
  const connections = new WeakMap<SMTPServerSession, ConnectionState>();
  const connectionOf = (session: SMTPServerSession): ConnectionState => {
    const known = connections.get(session);
    if (known !== undefined) return known;
    const state = { refused: 0, admitted: new Map<string, Addressee>() };
    connections.set(session, state);
    return state;
  };

  const server = new SMTPServer({
    ...optionsOf(settings),
    onRcptTo({ address }, session, callback) {
      admit(address, connectionOf(session)).then(() => callback(), callback);
    },
    onData(stream, session, callback) {
      const { admitted } = connectionOf(session);
      takeMail(intake, stream, session, admitted).then(() => callback(null, '2.0.0 On record'), callback);
    },
  });
  // An error of one connection. Its mail has got no 250, so the mail system sends it again.
  server.on('error', (error) => receiving.log.warn({ err: error }, 'a connection with a mail system was lost'));
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
    },
  };
}

function optionsOf({ tls, maxBytes, maxConnections }: InboundSettings): SMTPServerOptions {
  return {
    name: 'varsel',
    banner: 'Varsel takes answers and delivery reports',
    logger: false,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', ...(tls === null ? ['STARTTLS'] : [])],
    authOptional: true,
    // Real senders have addresses that break the grammar. We store a sender's address and never write to it.
    lenientAddressParsing: true,
    size: maxBytes,
    maxClients: maxConnections,
    maxRecipients: MAX_RECIPIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: HANG_UP_MS,
    ...(typeof tls === 'object' && tls),
  };
}
