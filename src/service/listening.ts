import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.ts';
import { startListener, type Receiving } from '../inbound/listener.ts';
import type { Stops } from './stops.ts';

/** How long requests may take to end at a stop. Then their connections are closed, so that no client can hold it up. */
const END_REQUESTS_MS = 2_000;

/** Where mail comes back to, and for which domain. */
export interface Inbound {
  readonly url: string;
  readonly domain: string;
}

/** Listens for requests. Returns the address. The caller stops the app with `closeApp`. */
export function listenForRequests(app: FastifyInstance, { host, port }: Config): Promise<string> {
  return inWords({ host, port }, () => app.listen({ host, port }));
}

/** Ends the requests that are under way, within `END_REQUESTS_MS`, and closes the app and its pool. */
export async function closeApp(app: FastifyInstance): Promise<void> {
  // A client keeps its connection open for its next request.
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const late = setTimeout(() => app.server.closeAllConnections(), END_REQUESTS_MS);
  await app.close();
  clearInterval(idle);
  clearTimeout(late);
}

/** Listens for mail that comes back; `null` where this process is not configured to. */
export async function listenForMail(
  { inbound, production }: Config,
  receiving: Receiving,
  stops: Stops,
): Promise<Inbound | null> {
  if (inbound === null || inbound.port === null) return null;
  const { domain, host, port, tls, ...limits } = inbound;
  const certificate = tls === null ? (production ? null : 'built-in') : await readCertificate(tls);
  const listener = await inWords({ host, port, prefix: 'INBOUND_SMTP_' }, () =>
    startListener({ ...limits, host, port, tls: certificate }, receiving),
  );
  stops.add(() => listener.stop());
  return { url: `smtp://${host.includes(':') ? `[${host}]` : host}:${listener.port}`, domain };
}

async function readCertificate({ cert, key }: { cert: string; key: string }): Promise<{ cert: Buffer; key: Buffer }> {
  return { cert: await readFile(cert), key: await readFile(key) };
}

/** Listens, or throws what is wrong in words for the operator: which variables to change. */
async function inWords<Listening>(
  { host, port, prefix = '' }: { host: string; port: number; prefix?: string },
  listen: () => Promise<Listening>,
): Promise<Listening> {
  try {
    return await listen();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Error(`Port ${port} on ${host} is in use. Stop what uses it, or choose another ${prefix}PORT.`, {
        cause: error,
      });
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new Error(`Cannot listen on ${prefix}HOST ${host}, ${prefix}PORT ${port}: ${code}.`, { cause: error });
    }
    throw error;
  }
}
