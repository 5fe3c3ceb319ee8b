import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface ReceiverReport {
  readonly count: number;
  /** When each event came first to each path, by "webhook-id /path": milliseconds since 1970. */
  readonly arrivals: readonly (readonly [string, number])[];
}

export interface BenchReceiver {
  readonly url: string;
  /** What has come since the last time it was asked. */
  report(): Promise<ReceiverReport>;
}

/** Starts an HTTP server that takes every event, in a process of its own. */
export async function startReceiver(parts: AsyncDisposableStack): Promise<BenchReceiver> {
  const child = fork(new URL('receiver-process.ts', import.meta.url), { serialization: 'advanced' });
  parts.defer(() => {
    child.kill();
  });
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    async report() {
      child.send('report');
      return ((await once(child, 'message')) as [ReceiverReport])[0];
    },
  };
}
