import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import type { InboundAddresses } from './addresses.ts';
import { recipientAdmission, type ConnectionState } from './admission.ts';
import { clientsBy } from './clients.ts';
import { putOnRecord, type IntakeDependencies } from './intake.ts';
import { LimitedSmtpServer } from './limited-smtp-server.ts';
import { mailLimits, type HourlyLimits } from './mail-limits.ts';
import { mailMemory } from './mail-memory.ts';

const MAX_RECIPIENTS = 20;
const IDLE_MS = 60_000;
/** A connection of a client that is not trusted is closed after this time, even one that still sends. */
const CONNECTION_MS = 600_000;
/** How long `stop` waits for connections before it closes them. */
const HANG_UP_MS = 1_000;

export interface InboundSettings extends HourlyLimits {
  readonly host: string;
  readonly port: number;
  readonly maxBytes: number;
  /** Open at once, by all clients. */
  readonly maxConnections: number;
  /** Open at once, by one client that is not trusted. */
  readonly maxConnectionsPerClient: number;
  /** IP addresses and ranges of clients that no limit for each client applies to. */
  readonly trusted: readonly string[];
  /** `null`: no STARTTLS. `built-in`: smtp-server's own certificate, whose key is public; for trying the product only. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | 'built-in' | null;
}

/** What the listener works with. */
export type Receiving = IntakeDependencies & { readonly addresses: InboundAddresses };

export interface Listener {
  readonly port: number;
  /** Takes no further mail and closes. A mail that got its 250 is on record. */
  stop(): Promise<void>;
}

/**
 * Listens for mail over SMTP, for the addresses of `inboundAddresses` alone, and never sends anything back. Resolves when
 * the port is open; rejects when it cannot be opened.
 * - 250: the mail is on record, unread.
 * - 4xx: the mail can be sent again later; our own faults are among these, and what is too much at once.
 * - 5xx: the mail can never be taken: an unknown address, or too large.
 */
export async function startListener(
  settings: InboundSettings,
  receiving: Receiving,
  connectionMs = CONNECTION_MS,
): Promise<Listener> {
  const hasTrusted = settings.trusted.length > 0;
  const clientOf = clientsBy(settings.trusted);
  const server = new LimitedSmtpServer(
    { ...optionsOf(settings), ...handlersOf(settings, receiving, clientOf) },
    { ...settings, connectionMs, clientOf, hasTrusted },
  );
  // An error of one connection. Its mail has got no 250, so the mail system sends it again.
  server.on('error', (error) => receiving.log.warn({ err: error }, 'a connection with a mail system was lost'));
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

/** What is done at MAIL, RCPT and DATA. */
function handlersOf(
  settings: InboundSettings,
  dependencies: Receiving,
  clientOf: ReturnType<typeof clientsBy>,
): Pick<SMTPServerOptions, 'onMailFrom' | 'onRcptTo' | 'onData'> {
  const memory = mailMemory(settings.maxBytes, settings.trusted.length > 0);
  const limits = mailLimits(settings, dependencies.clock, dependencies.log);
  const admit = recipientAdmission(dependencies, limits);
  // smtp-server has one session object per connection, from its beginning to its end.
  const connections = new WeakMap<SMTPServerSession, ConnectionState>();
  const connectionOf = (session: SMTPServerSession): ConnectionState => {
    const known = connections.get(session);
    if (known !== undefined) return known;
    const state = { client: clientOf(session.remoteAddress), refused: 0, admitted: new Map() };
    connections.set(session, state);
    return state;
  };
  const take = async (stream: SMTPServerDataStream, session: SMTPServerSession) => {
    const { client, admitted } = connectionOf(session);
    const { envelope, remoteAddress } = session;
    const recipients = envelope.rcptTo.map(({ address }) => {
      const recipient = admitted.get(address);
      if (recipient === undefined) throw new Error('a recipient that was not admitted');
      return recipient;
    });
    limits.check(recipients, client);
    await memory.hold(stream, client, (raw) =>
      limits.counted(recipients, client, () => putOnRecord(dependencies, raw, { envelope, remoteAddress }, recipients)),
    );
  };
  return {
    onMailFrom(_sender, session, callback) {
      connectionOf(session).admitted.clear();
      callback();
    },
    onRcptTo({ address }, session, callback) {
      admit(address, connectionOf(session)).then(() => callback(), callback);
    },
    onData(stream, session, callback) {
      take(stream, session).then(() => callback(null, '2.0.0 On record'), callback);
    },
  };
}

function optionsOf({ tls, maxBytes }: InboundSettings): SMTPServerOptions {
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
    // Exim would pipeline QUIT behind a mail and close its side. smtp-server then loses the 250, and Exim sends the mail again.
    hidePIPELINING: true,
    maxRecipients: MAX_RECIPIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: HANG_UP_MS,
    ...(typeof tls === 'object' && tls),
  };
}
