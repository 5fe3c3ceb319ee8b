import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/config.ts';
import { APP_SECRET } from './webhooks.ts';
import { configOf } from './working-process.ts';

export interface SendingProcessOptions {
  readonly databaseUrl: string;
  /** With `?name=…` it says at the mail server who it is. */
  readonly smtpUrl: string;
  readonly connections: number;
  readonly leaseSeconds: number;
  readonly maxPerSecond?: number;
}

/** What a sending process is told. */
export interface SendingProcessArgument extends Pick<
  SendingProcessOptions,
  'databaseUrl' | 'smtpUrl' | 'leaseSeconds'
> {
  readonly config: Config;
  readonly appSecret: string;
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
  const { databaseUrl, smtpUrl, connections, leaseSeconds, maxPerSecond = null } = options;
  // Read here: a process that need not load what reads it starts sooner.
  const config = { ...configOf(databaseUrl, smtpUrl, connections), smtpMaxPerSecond: maxPerSecond };
  const argument: SendingProcessArgument = { config, databaseUrl, smtpUrl, appSecret: APP_SECRET, leaseSeconds };
  const child: ChildProcess = spawn(process.execPath, [ENTRY, JSON.stringify(argument)], {
    // The channel tells it when this process is gone, so that it does not outlive it.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // Before that, SIGTERM would end it as it ends any process.
  const isUp = Promise.race([once(child, 'message'), once(child, 'exit')]);
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  return {
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      if (signal === 'SIGTERM') await isUp;
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
