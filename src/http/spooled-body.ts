import { createHash, randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Problem } from './problems.ts';

const PIECE_BYTES = 64 * 1024;

/** A whole body on disk, which can be read as often as it takes. */
export interface SpooledBody {
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
  /** Its first bytes, eight at most, which tell what kind of file it is. */
  readonly head: Buffer;
  /** Its bytes from the beginning. */
  readonly read: () => AsyncIterable<Buffer>;
}

/**
 * Writes a body to a temporary file of our own, and hands it to `use` once it has come whole. Nobody else can open the file: it has
 * no name any more by then, and is gone with its handle, however this process ends. Throws `body-too-large`, and what the stream
 * throws where it breaks off.
 */
export async function withSpooledBody<Result>(
  body: Readable,
  maxBytes: number,
  use: (spooled: SpooledBody) => Promise<Result>,
): Promise<Result> {
  const name = path.join(tmpdir(), `varsel-import-${randomUUID()}`);
  await using file = await open(name, 'wx+', 0o600);
  await unlink(name);
  const hash = createHash('sha256');
  let bytes = 0;
  // Destroyed, the stream would take the response's connection with it.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new Problem(
        'body-too-large',
        `Expected an import of at most ${maxBytes} bytes, found more. Nothing was saved.`,
      );
    }
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  return await use({
    sha256: hash.digest('hex'),
    head: buffer.subarray(0, bytesRead),
    read: () => piecesOf(file),
  });
}

/** Not a stream, which whoever stops in the middle of it would close the file with. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
