import { Worker } from 'node:worker_threads';
import type { ReadMail } from './read-mail.ts';

/** Parses mails, one after another. */
export interface MailReader {
  /** `null` for a mail that cannot be parsed, or not within the bounds: a person has to look at it. */
  read(raw: Buffer): Promise<ReadMail | null>;
  stop(): Promise<void>;
}

const BOUNDS = { withinMs: 10_000, memoryMb: 256 };

/**
 * Makes a reader that parses in a thread of its own, with bounds on time and memory, because a mail from a stranger must not
 * stop the service. A thread that exceeds them is terminated, and the next mail gets a new one.
 */
export function mailReader(bounds = BOUNDS): MailReader {
  let worker: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function readNow(raw: Buffer): Promise<ReadMail | null> {
    worker ??= startWorker(bounds.memoryMb);
    const thread = worker;
    const result = Promise.withResolvers<{ mail: ReadMail | null; isBroken: boolean }>();
    const finish = (mail: ReadMail | null) => result.resolve({ mail, isBroken: false });
    const giveUp = () => result.resolve({ mail: null, isBroken: true });
    const late = setTimeout(giveUp, bounds.withinMs);
    thread.on('message', finish);
    // The thread has run out of memory, or has been stopped.
    thread.on('exit', giveUp);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.postMessage(raw);
    const { mail, isBroken } = await result.promise;
    clearTimeout(late);
    thread.off('message', finish);
    thread.off('exit', giveUp);
    if (isBroken) {
      worker = null;
      await thread.terminate();
    }
    return mail;
  }

  return {
    async read(raw) {
      const reading = last.then(() => readNow(raw));
      last = reading.catch(() => undefined);
      return reading;
    },
    async stop() {
      await worker?.terminate();
      worker = null;
    },
  };
}

function startWorker(memoryMb: number): Worker {
  const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  // Without a listener an error would end the process. The thread's exit follows, and `readNow` handles it.
  worker.on('error', () => undefined);
  return worker;
}
