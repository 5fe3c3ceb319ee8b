import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One message as it arrived. */
export interface Arrival {
  /** The X-Notice-Id. */
  readonly notice: string;
  readonly messageId: string;
  /** The name that its sender gave in EHLO. */
  readonly from: string;
  readonly atMs: number;
}

/** An SMTP server that takes everything and keeps count of it, on one loopback port through all its stops. */
export interface CountingSink {
  url(name: string): string;
  /** Every message whose content arrived whole, in order, whether or not its sender heard so. */
  readonly arrivals: Arrival[];
  /** How long it takes before it answers to a message: what a slow disk does. */
  delayMs: number;
  /** Hangs up and refuses connections. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startCountingSink(delayMs = 0): Promise<CountingSink> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  const sink: CountingSink = {
    url: (name) => `smtp://127.0.0.1:${port}?name=${name}`,
    arrivals: [],
    delayMs,
    async stop() {
      const stopping = server;
      server = null;
      if (stopping === null) return;
      stopping.close();
      for (const socket of sockets) socket.destroy();
      await once(stopping, 'close');
    },
    async start() {
      server = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
        converse(socket, sink);
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      ({ port } = server.address() as AddressInfo);
    },
  };
  await sink.start();
  return sink;
}

const END_OF_CONTENT = '\r\n.\r\n';

function converse(socket: Socket, sink: CountingSink): void {
  let received: Buffer = Buffer.alloc(0);
  let isContent = false;
  let from = '';
  socket.setNoDelay();
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const mark = isContent ? END_OF_CONTENT : '\r\n';
      const end = received.indexOf(mark);
      if (end < 0) return;
      const part = received.toString('latin1', 0, isContent ? Math.min(end, 2_000) : end);
      received = received.subarray(end + mark.length);
      if (isContent) {
        isContent = false;
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(part)?.[1]?.trim() ?? '';
        sink.arrivals.push({
          notice: field('X-Notice-Id'),
          messageId: field('Message-ID'),
          from,
          atMs: performance.now(),
        });
        void answerLater(socket, sink.delayMs);
        continue;
      }
      const verb = part.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') from = part.slice(5);
      isContent = verb === 'DATA';
      if (verb === 'DATA') socket.write('354 go ahead\r\n');
      else socket.write(verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
    }
  });
  socket.write('220 sink ESMTP\r\n');
}

async function answerLater(socket: Socket, delayMs: number): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  if (!socket.destroyed) socket.write('250 2.0.0 taken\r\n');
}
