import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One request as it came, read whole. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly at: number;
}

export type Responding = (response: ServerResponse, request: Received, number: number) => void | Promise<void>;

/** A receiver of webhooks over real HTTP on loopback, which does to each request what a test wants. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** How it responds from now on: with a status, or as a function does; with 204 at first. */
  respond(how: number | Responding): void;
  /** Ends every connection and listens no more; `url` refuses connections from then on. */
  close(): Promise<void>;
}

export async function startReceiver(
  options: { tls?: { key: string; cert: string }; port?: number } = {},
): Promise<Receiver> {
  const received: Received[] = [];
  let responding: Responding = (response) => void response.writeHead(204).end();
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        at: performance.now(),
      };
      received.push(one);
      void responding(response, one, received.length);
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`,
    port,
    received,
    respond(how) {
      responding = typeof how === 'number' ? (response) => void response.writeHead(how).end() : how;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
