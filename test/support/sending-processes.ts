import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface SendingProcessOptions {
  readonly databaseUrl: string;
  /** With `?name=…` it says at the mail server who it is. */
  readonly smtpUrl: string;
  readonly connections: number;
  readonly leaseSeconds: number;
  readonly maxPerSecond?: number;
}

export interface SendingProcess {
  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Sends it a signal that ends it, and resolves with how it ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** What it said on its standard error output. */
  complaints(): string;
}

const ENTRY = fileURLToPath(new URL('sending-process.ts', import.meta.url));

/** Starts a sending process of its own. Whoever starts one ends it. */
export function startSendingProcess(options: SendingProcessOptions): SendingProcess {
  const child: ChildProcess = spawn(process.execPath, [ENTRY, JSON.stringify(options)], {
    // The channel tells it when this process is gone, so that it does not outlive it.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  return {
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill(signal);
        await ended;
      }
      return { code: child.exitCode, signal: child.signalCode };
    },
    complaints: () => complaints,
  };
}
