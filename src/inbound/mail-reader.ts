import { Worker } from 'node:worker_threads';
import type { ReadMail } from './read-mail.ts';

/** Parses mails, several at a time. */
export interface MailReader {
  /**
   * `null` for a mail that cannot be parsed, or not within the bounds: a person has to look at it. Rejects with
   * `ReaderStopped` when the reader is stopped before the mail is read.
   */
  read(raw: Buffer): Promise<ReadMail | null>;
  stop(): Promise<void>;
}

/**
 * What one thread may use, and how many there are. `readMail` bounds its own work, so no mail known to us takes more than a
 * few seconds. The time is for those that are not known: it must be too long to matter on a busy machine.
 */
const BOUNDS = { withinMs: 60_000, memoryMb: 256, threads: 2 };
/** Why a reading ended that says nothing about its mail. */
export class ReaderStopped extends Error {}

/** A thread that is started with its first mail, and started anew after one that broke it. */
interface Thread {
  read(raw: Buffer): Promise<ReadMail | null>;
  stop(): Promise<void>;
}

/**
 * Makes a reader that parses in threads, with bounds on time and memory, because a mail from a stranger must not stop the
 * service. A thread that exceeds them is ended, which the other threads and the mails that wait do not notice.
 */
export function mailReader(given: Partial<typeof BOUNDS> = {}): MailReader {
  const bounds = { ...BOUNDS, ...given };
  const threads = Array.from({ length: bounds.threads }, () => parsingThread(bounds));
  // The last one that became free is taken first, so that a second thread starts only when the first is busy.
  const free = threads.toReversed();
  const waiting: ((thread: Thread) => void)[] = [];
  let isStopped = false;

  return {
    async read(raw) {
      const thread = free.pop() ?? (await new Promise<Thread>((resolve) => waiting.push(resolve)));
      try {
        if (isStopped) throw new ReaderStopped();
        return await thread.read(raw);
      } finally {
        const next = waiting.shift();
        if (next) next(thread);
        else free.push(thread);
      }
    },
    async stop() {
      isStopped = true;
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

function parsingThread({ withinMs, memoryMb }: typeof BOUNDS): Thread {
  let worker: Worker | null = null;
  let isStopped = false;
  return {
    async read(raw) {
      const thread = (worker ??= startWorker(memoryMb));
      const result = Promise.withResolvers<{ mail: ReadMail | null; isBroken: boolean }>();
      const finish = (mail: ReadMail | null) => result.resolve({ mail, isBroken: false });
      const giveUp = () => result.resolve({ mail: null, isBroken: true });
      const late = setTimeout(giveUp, withinMs);
      thread.on('message', finish);
      // The thread has run out of memory, or has been stopped.
      thread.on('exit', giveUp);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      thread.postMessage(raw);
      const { mail, isBroken } = await result.promise;
      clearTimeout(late);
      thread.off('message', finish);
      thread.off('exit', giveUp);
      if (!isBroken) return mail;
      worker = null;
      await thread.terminate();
      if (isStopped) throw new ReaderStopped();
      return null;
    },
    async stop() {
      isStopped = true;
      await worker?.terminate();
      worker = null;
    },
  };
}

function startWorker(memoryMb: number): Worker {
  const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  // Without a listener an error would end the process. The thread's exit follows, and its reading ends.
  worker.on('error', () => undefined);
  return worker;
}
