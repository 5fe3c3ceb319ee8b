import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What the process prints when it is up. */
export interface Greeting {
  readonly url: string;
  readonly mailbox: string;
  /** Where mail comes back to. */
  readonly inboundPort: number;
  readonly apiKey: string;
  /** The call that it prints for the reader to try, as it stands there. */
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
  /** All that it has printed so far. */
  output(): string;
  /** Resolves when it has greeted; rejects when it ends before. */
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

/** Runs `src/main.ts`, or another entry, as npm does, with this environment and no other: every port is a free one. */
export function startProcess(
  env: Readonly<Record<string, string>>,
  entry = 'src/main.ts',
  args: readonly string[] = [],
): VarselProcess {
  const child = spawn(process.execPath, ['--require', './src/require-node-26.cjs', entry, ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      MAILBOX_PORT: '0',
      MAILBOX_SMTP_PORT: '0',
      // With a mail server of its own it receives nothing.
      ...(env.SMTP_URL === undefined && { INBOUND_SMTP_PORT: '0' }),
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const greeted = Promise.withResolvers<Greeting>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    const greeting = greetingIn(stdout);
    if (greeting !== null) greeted.resolve(greeting);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = (async (): Promise<Ended> => {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    greeted.reject(new Error(`ended with ${code ?? signal} before it was up:\n${stdout}\n${stderr}`));
    return { code, signal, stdout, stderr };
  })();
  // Not every test waits for it to be up.
  greeted.promise.catch(() => undefined);
  const started: VarselProcess = {
    child,
    output: () => `${stdout}\n${stderr}`,
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
  // A process in production prints no example, and ends its greeting with an empty line.
  if (curl === undefined && !/^ {2}Docs .*\n(?: {2}.*\n)*\n$/m.test(stdout)) return null;
  return {
    url: field('API').replace(/\/v1$/, ''),
    mailbox: field('Mailbox'),
    inboundPort: Number(/^ {2}Inbound +\S+:(\d+) /m.exec(stdout)?.[1]),
    apiKey: field('API key'),
    curl: (curl ?? '').trim(),
  };
}

/** Everything that any process of this file has printed. */
export const allOutput = () => processes.map((each) => each.output()).join('\n');

/** Kills what still runs, servers of embedded databases among it, and removes the folders. */
export async function endAll(): Promise<void> {
  for (const { child, ended } of processes.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  }
  for (const directory of directories.splice(0)) {
    for (const pid of await processesOn(directory)) process.kill(pid, 'SIGKILL');
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** The processes that run inside a folder: the servers of an embedded database. Linux only, like the tests that ask. */
export async function processesOn(directory: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (!cwd.startsWith(`${directory}/`)) continue;
    // A process that has ended and whose parent has not noticed is no process any more.
    const state = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    if (!/\) Z /.test(state)) found.push(Number(name));
  }
  return found;
}
