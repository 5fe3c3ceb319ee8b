import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy on one loopback port, to a place that may move, over a line that takes its time. */
export interface Proxy {
  readonly port: number;
  /**
   * Swallows from now on what is sent on the connections that are open, and closes none of them: what a host does that has
   * vanished. `'all'`: also on those that are opened later, until `speak`.
   */
  goSilent(which: 'open' | 'all'): void;
  /** Serves new connections again. Those of before stay silent. */
  speak(): void;
  close(): Promise<void>;
}

/** Every byte arrives so many milliseconds after it was sent, each way. */
export async function startProxy(targetPort: () => number, delayMs = 0): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  let isSilent = false;
  const server = createServer((near) => {
    const far = connect({ port: targetPort(), host: '127.0.0.1', noDelay: true });
    near.setNoDelay();
    if (isSilent) silent.add(near);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      const later = (act: () => void) => (delayMs === 0 ? act() : void setTimeout(act, delayMs));
      from.on('data', (chunk) => silent.has(near) || later(() => to.write(chunk)));
      from.on('close', () => {
        sockets.delete(from);
        // The other side is not told.
        if (!silent.has(near)) later(() => to.destroy());
      });
      from.on('error', () => undefined);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    goSilent(which) {
      isSilent = which === 'all';
      for (const socket of sockets) silent.add(socket);
    },
    speak() {
      isSilent = false;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
