import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DataDirectoryLock {
  /** Releases the directory; may be called again. */
  release(): Promise<void>;
}

/**
 * Locks `directory` for this process, until release() or until the process ends, however it ends. Creates a missing
 * directory, closed to other users; an existing one keeps its mode. The lock does not keep the process alive.
 *
 * Rejects when another process holds the directory, and when it is a file, cannot be created or cannot be written to.
 */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  await ensureWritable(directory);
  const address = lockAddress(await realpath(directory));
  if (await isListenedTo(address)) throw heldByAnother(directory);
  // A socket file outlives its process.
  if (isFile(address)) await rm(address, { force: true });

  const server = createServer((visitor) => visitor.destroy()).unref();
  server.listen(address);
  await once(server, 'listening').catch((error: unknown) => {
    throw hasCode(error, 'EADDRINUSE') ? heldByAnother(directory) : error;
  });
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/**
 * Creates `directory` if missing, closed to other users. Rejects, in words for the operator, when it is a file, cannot be
 * created or cannot be written to.
 */
export async function ensureWritable(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const isFileInTheWay = hasCode(cause, 'EEXIST') || hasCode(cause, 'ENOTDIR');
    const reason = isFileInTheWay ? 'a file is in its place' : String(cause);
    throw new Error(`The data directory ${directory} cannot be used: ${reason}. Choose another with DATA_DIR.`, {
      cause,
    });
  }
}

/**
 * The lock is a listening socket: the operating system closes it with the process, so it never goes stale. Abstract sockets
 * (Linux) and pipes (Windows) leave nothing behind. On other systems a socket file stays, but nobody listens on it.
 */
function lockAddress(realDirectory: string): string {
  const name = `varsel-${createHash('sha256').update(realDirectory).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function isFile(address: string): boolean {
  return address.startsWith('/');
}

async function isListenedTo(address: string): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function heldByAnother(directory: string): Error {
  return new Error(
    `Another Varsel is already running on ${directory}. Stop it, or choose another directory with DATA_DIR.`,
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
