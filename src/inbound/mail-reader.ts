import { Worker } from 'node:worker_threads';
import type { ReadMail } from './read-mail.ts';

/** Reads mails one after another. */
export interface MailReader {
  /** `null` for a mail that cannot be read, or not within bounds: a person will have to look at it. */
  read(raw: Buffer): Promise<ReadMail | null>;
  stop(): Promise<void>;
}

const BOUNDS = { withinMs: 10_000, memoryMb: 256 };

/**
 * Reads mails in a thread of its own, which a mail may neither hold up longer than this nor fill with more: what strangers
 * send must not stop the service. A thread that one has spoiled is ended, and the next mail gets a new one.
 */
export function mailReader(bounds = BOUNDS): MailReader {
  let worker: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function readNow(raw: Buffer): Promise<ReadMail | null> {
    worker ??= startWorker(bounds.memoryMb);
    const reading = worker;
    const answered = Promise.withResolvers<{ mail: ReadMail | null; isSpoiled: boolean }>();
    const answer = (mail: ReadMail | null) => answered.resolve({ mail, isSpoiled: false });
    const spoil = () => answered.resolve({ mail: null, isSpoiled: true });
    const late = setTimeout(spoil, bounds.withinMs);
    reading.on('message', answer);
    // It has run out of memory, or has been stopped.
    reading.on('exit', spoil);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    reading.postMessage(raw);
    const { mail, isSpoiled } = await answered.promise;
    clearTimeout(late);
    reading.off('message', answer);
    reading.off('exit', spoil);
    if (isSpoiled) {
      worker = null;
      await reading.terminate();
    }
    return mail;
  }

  return {
    async read(raw) {
      const mine = last.then(() => readNow(raw));
      last = mine.catch(() => undefined);
      return mine;
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
  // Its exit follows, and says enough.
  worker.on('error', () => undefined);
  return worker;
}
