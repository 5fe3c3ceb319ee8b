import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killProcessesOn } from '../support/processes.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The greeting that a process prints when it has started. */
export interface Greeting {
  readonly url: string;
  readonly mailbox: string;
  /** The public register's page. */
  readonly register: string;
  /** The address of the listener for inbound mail. */
  readonly inboundPort: number;
  readonly apiKey: string;
  /** The example call, exactly as printed. */
  readonly curl: string;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface VarselProcess {
  readonly child: ChildProcess;
  /** The output so far. */
  output(): string;
  /** Resolves with the greeting; rejects when the process ends without one. */
  readonly up: Promise<Greeting>;
  readonly ended: Promise<Ended>;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

const processes: VarselProcess[] = [];
const directories: string[] = [];

/** A folder for data that is removed by `endAll`. */
export async function dataDirectory(): Promise<string> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'varsel-process-')));
  directories.push(directory);
  return directory;
}

/**
 * Runs `src/main.ts`, or another entry, as npm does, with this environment and no other: every port is a free one, and
 * outside `NODE_ENV=production` it is a trial, on whatever database. `stdout` is a file that it prints to, instead of to us.
 */
export function startProcess(
  env: Readonly<Record<string, string>>,
  entry = 'src/main.ts',
  args: readonly string[] = [],
  stdout: 'pipe' | number = 'pipe',
): VarselProcess {
  const child = spawn(process.execPath, ['--require', './src/require-node-26.cjs', entry, ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      PORT: '0',
      MAILBOX_PORT: '0',
      MAILBOX_SMTP_PORT: '0',
      // A process with a mail server of its own receives no mail.
      ...(env.SMTP_URL === undefined && { INBOUND_SMTP_PORT: '0' }),
      LOG_LEVEL: 'info',
      ...(env.NODE_ENV === undefined && { TRIAL: 'true' }),
      ...env,
    },
    stdio: ['ignore', stdout, 'pipe'],
  });
  let printed = '';
  let stderr = '';
  const greeted = Promise.withResolvers<Greeting>();
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    const greeting = greetingIn(printed);
    if (greeting !== null) greeted.resolve(greeting);
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = (async (): Promise<Ended> => {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    greeted.reject(new Error(`ended with ${code ?? signal} before it was up:\n${printed}\n${stderr}`));
    return { code, signal, stdout: printed, stderr };
  })();
  // Avoids an unhandled rejection in tests that do not wait for the greeting.
  greeted.promise.catch(() => undefined);
  const started: VarselProcess = {
    child,
    output: () => `${printed}\n${stderr}`,
    up: greeted.promise,
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
  processes.push(started);
  return started;
}

function greetingIn(stdout: string): Greeting | null {
  const field = (name: string) => new RegExp(`^ {2}${name} +(\\S+)$`, 'm').exec(stdout)?.[1] ?? '';
  const curl = /^curl [^]*?'\n\n/m.exec(stdout)?.[0];
  // In production there is no example: the greeting ends with an empty line, and lines of the log may follow at once.
  if (curl === undefined && !/^ {2}Docs .*\n(?: {2}.*\n)*\n(?!Announce)/m.test(stdout)) return null;
  return {
    url: field('API').replace(/\/v1$/, ''),
    mailbox: field('Mailbox'),
    register: field('Register'),
    inboundPort: Number(/^ {2}Inbound +\S+:(\d+) /m.exec(stdout)?.[1]),
    apiKey: field('API key'),
    curl: (curl ?? '').trim(),
  };
}

/** The output of all processes of this test file. */
export const allOutput = () => processes.map((each) => each.output()).join('\n');

/** Kills every process that is still running, also servers of embedded databases, and removes the folders. */
export async function endAll(): Promise<void> {
  for (const { child, ended } of processes.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  }
  for (const directory of directories.splice(0)) {
    await killProcessesOn(directory);
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}
