import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Client } from './clients.ts';

/** Of all connections, one in so many is kept for trusted clients. */
const KEPT_FOR_TRUSTED = 5;

export interface ConnectionLimits {
  /** Open at once, by all clients. */
  readonly maxConnections: number;
  /** Open at once, by one client that is not trusted. */
  readonly maxConnectionsPerClient: number;
  /** A connection of a client that is not trusted is closed after this time, even one that still sends. */
  readonly connectionMs: number;
  readonly clientOf: (remoteAddress: string) => Client;
  /** Whether any client is trusted: otherwise nothing is kept for them. */
  readonly hasTrusted: boolean;
}

/** smtp-server, of which no client can take all connections. Whoever is turned away is told so with 421. */
export class LimitedSmtpServer extends SMTPServer {
  readonly #limits: ConnectionLimits;
  readonly #deadlines = new WeakMap<SMTPServerSession, NodeJS.Timeout>();

  constructor(options: SMTPServerOptions, limits: ConnectionLimits) {
    super({ ...options, maxClients: limits.maxConnections });
    this.#limits = limits;
  }

  /**
   * Called by smtp-server for every connection, before it counts it: its own limit would refuse trusted clients while those
   * of one other client still wait for their refusal.
   */
  override connect(socket: Socket, socketOptions?: Parameters<SMTPServer['connect']>[1]): void {
    // smtp-server would wait forever for the end of a connection that has ended already.
    if (socket.destroyed) return;
    const refusal = this.#refusalOf(this.#limits.clientOf(socket.remoteAddress ?? ''));
    if (refusal === null) return super.connect(socket, socketOptions);
    socket.on('error', () => undefined);
    socket.end(`421 4.7.0 ${refusal}\r\n`);
    socket.destroySoon();
  }

  #refusalOf(client: Client): string | null {
    if (client.isTrusted) return null;
    const { maxConnections, maxConnectionsPerClient, clientOf, hasTrusted } = this.#limits;
    const others = [...this.connections].map(({ remoteAddress }) => clientOf(remoteAddress));
    if (others.filter(({ key }) => key === client.key).length >= maxConnectionsPerClient) {
      return 'Too many connections from your address, try again later';
    }
    const kept = hasTrusted ? Math.floor(maxConnections / KEPT_FOR_TRUSTED) : 0;
    return others.filter(({ isTrusted }) => !isTrusted).length >= maxConnections - kept
      ? 'Too many connections, try again later'
      : null;
  }

  // The time is kept with the session, because STARTTLS takes every listener off the socket.
  override onConnect(session: SMTPServerSession, callback: () => void): void {
    const { clientOf, connectionMs } = this.#limits;
    if (!clientOf(session.remoteAddress).isTrusted) {
      const late = () => this.#end(session);
      this.#deadlines.set(session, setTimeout(late, connectionMs));
    }
    callback();
  }

  override onClose(session: SMTPServerSession): void {
    clearTimeout(this.#deadlines.get(session));
  }

  #end(session: SMTPServerSession): void {
    const connection = [...this.connections].find((each) => each.session === session);
    connection?.send(421, '4.4.2 This connection lasts too long, try again later');
  }
}
