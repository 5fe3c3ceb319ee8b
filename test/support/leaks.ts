import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import type { Worker } from 'node:worker_threads';

/** What was opened in this worker and has not ended, each with a function that names it. */
const left = new Map<object, () => string>();

/** Remembers what was opened, until the returned function is called. */
export function opened(thing: object, name: () => string): () => void {
  left.set(thing, name);
  return () => void left.delete(thing);
}

subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess };
  const ended = opened(child, () => `the process ${child.spawnargs.join(' ')}`);
  child.once('exit', ended).once('error', ended);
});
subscribe('worker_threads', (message) => {
  const { worker } = message as { worker: Worker };
  worker.once(
    'exit',
    opened(worker, () => 'a worker thread'),
  );
});
subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  const { server } = message as { server: Server };
  server.once(
    'close',
    opened(server, () => `the server on ${JSON.stringify(server.address())}`),
  );
});

/** Names what is left, and forgets it: the next file is not to blame. */
export function takeLeaks(): string[] {
  const names = [...left.values()].map((name) => name());
  left.clear();
  return names;
}

/** Whether nothing is left. */
export const isTidy = () => left.size === 0;
