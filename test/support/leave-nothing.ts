/* Fails a file that leaves a database, a process, a worker thread or a listening server behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { isTidy, takeLeaks } from './leaks.ts';
import { stopSharedReader } from './shared-reader.ts';

/** What was told to end needs a moment for it, and a long one on a busy machine. */
const PATIENCE_MS = 10_000;

// Registered before the hooks of the file, and so run after them.
afterAll(async () => {
  await stopSharedReader();
  for (let waitedMs = 0; !isTidy() && waitedMs < PATIENCE_MS; waitedMs += 20) await sleep(20);
  const leaks = takeLeaks();
  if (leaks.length > 0) throw new Error(`This file has left behind: ${leaks.join(', ')}`);
});
