import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockDataDirectory } from '../../src/embedded/data-directory-lock.ts';

test('A directory held by another process is refused by name, and free again after kill -9 of its holder', async () => {
  const directory = await temporaryDirectory();
  const holder = await lockInAnotherProcess(directory, 'setInterval(() => {}, 1e6)');
  await expect(lockDataDirectory(directory)).rejects.toThrow(
    `Another Varsel is already running on ${directory}. Stop it, or choose another directory with DATA_DIR.`,
  );

  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await lockDataDirectory(directory)).release();
});

test('Of many that ask for a directory at once, one gets it', async () => {
  const directory = await temporaryDirectory();
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDirectory(directory)));
  const locks = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  await Promise.all(locks.map(({ value }) => value.release()));
  expect(locks).toHaveLength(1);
});

test('A lock is given free by release(), which may be called twice', async () => {
  const directory = await temporaryDirectory();
  const first = await lockDataDirectory(directory);
  await first.release();
  await first.release();
  await (await lockDataDirectory(directory)).release();
});

test('Two names of one directory share the lock, and two directories do not', async () => {
  const [directory, other] = [await temporaryDirectory(), await temporaryDirectory()];
  await fs.symlink(directory, join(other, 'link'));
  const locks = [await lockDataDirectory(directory), await lockDataDirectory(other)];
  await expect(lockDataDirectory(join(other, 'link'))).rejects.toThrow('already running');
  await Promise.all(locks.map((lock) => lock.release()));
});

test('A missing directory is created closed to others, and an existing one keeps its mode', async () => {
  const directory = await temporaryDirectory();
  await fs.chmod(directory, 0o755);
  const locks = [await lockDataDirectory(join(directory, 'a', 'b')), await lockDataDirectory(directory)];
  expect((await fs.stat(join(directory, 'a', 'b'))).mode & 0o777).toBe(0o700);
  expect((await fs.stat(directory)).mode & 0o777).toBe(0o755);
  await Promise.all(locks.map((lock) => lock.release()));
});

test('A file in the place of the directory, or of one above it, is named', async () => {
  const file = join(await temporaryDirectory(), 'file');
  await fs.writeFile(file, '');
  for (const path of [file, join(file, 'data')]) {
    await expect(lockDataDirectory(path)).rejects.toThrow(
      `The data directory ${path} cannot be used: a file is in its place. Choose another with DATA_DIR.`,
    );
  }
});

test.skipIf(process.getuid?.() === 0)('A directory that cannot be written to is named', async () => {
  const directory = await temporaryDirectory();
  await fs.chmod(directory, 0o500);
  await expect(lockDataDirectory(directory)).rejects.toThrow(/cannot be used: .*EACCES/);
});

test.runIf(process.platform === 'linux')('A directory that cannot be created is named', async () => {
  await expect(lockDataDirectory('/sys/varsel')).rejects.toThrow('The data directory /sys/varsel cannot be used');
});

test('A lock does not keep its process alive', async () => {
  const holder = await lockInAnotherProcess(await temporaryDirectory(), '');
  if (holder.exitCode === null) await once(holder, 'exit');
  expect(holder.exitCode).toBe(0);
});

async function temporaryDirectory(): Promise<string> {
  const directory = await fs.mkdtemp(join(tmpdir(), 'varsel-test-'));
  onTestFinished(() => fs.rm(directory, { recursive: true, force: true }));
  return directory;
}

async function lockInAnotherProcess(directory: string, andThen: string) {
  const module = new URL('../../src/embedded/data-directory-lock.ts', import.meta.url).href;
  const script = `
    import { lockDataDirectory } from ${JSON.stringify(module)};
    await lockDataDirectory(${JSON.stringify(directory)});
    console.log('locked');
    ${andThen}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}
