import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const ENTRY = fileURLToPath(new URL('skewed-varsel.ts', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** Varsel in a process of its own, on a machine whose clock is wrong. */
export interface SkewedProcess {
  readonly url: string;
  /** Where it takes mail, if it does. */
  readonly mailPort: number;
  /** What it logged. */
  log(): string;
  /** Sets the machine's clock to so far ahead of the true one, and resolves when the process is ready again. */
  setClock(aheadMs: number): Promise<void>;
  end(): Promise<void>;
}

/** Starts one, with this environment and no other. Whoever starts it ends it. */
export async function startSkewed(aheadMs: number, env: Readonly<Record<string, string>>): Promise<SkewedProcess> {
  const child = fork(ENTRY, [String(aheadMs)], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  for (const output of [child.stdout, child.stderr]) output?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'exit');
  const answer = async () => {
    const [said] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
    if (typeof said !== 'object' || said === null) throw new Error(`the process ended: ${log}`);
    return said;
  };
  const { url, mailPort } = (await answer()) as Pick<SkewedProcess, 'url' | 'mailPort'>;
  return {
    url,
    mailPort,
    log: () => log,
    async setClock(newAheadMs) {
      child.send(newAheadMs);
      await answer();
      await untilReady(url);
    },
    async end() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (const since = performance.now(); performance.now() - since < READY_WITHIN_MS;) {
    if ((await fetch(`${url}/readyz`)).ok) return;
    await sleep(20);
  }
  throw new Error(`${url} is not ready`);
}
