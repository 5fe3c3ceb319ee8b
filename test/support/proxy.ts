import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy on one loopback port, to a place that may move, over a line that takes its time. */
export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Every byte arrives so many milliseconds after it was sent, each way. */
export async function startProxy(targetPort: () => number, delayMs = 0): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ port: targetPort(), host: '127.0.0.1', noDelay: true });
    near.setNoDelay();
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      const later = (act: () => void) => (delayMs === 0 ? act() : void setTimeout(act, delayMs));
      from.on('data', (chunk) => later(() => to.write(chunk)));
      from.on('close', () => {
        sockets.delete(from);
        later(() => to.destroy());
      });
      from.on('error', () => undefined);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
