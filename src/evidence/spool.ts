import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PIECE_BYTES = 64 * 1024;

/** Bytes kept on disk until they are read again, so that memory does not grow with a pack. */
export class Spool implements AsyncDisposable {
  readonly #file: FileHandle;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Its file has no name: it is gone with its handle, however this process ends. */
  static async open(): Promise<Spool> {
    const name = path.join(tmpdir(), `varsel-pack-${randomUUID()}`);
    const file = await open(name, 'wx+', 0o600);
    await unlink(name);
    return new Spool(file);
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(bytes: Buffer): Promise<void> {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#waitingBytes >= PIECE_BYTES) await this.#write();
  }

  /** All of it, from the beginning. */
  async *read(): AsyncGenerator<Buffer> {
    await this.#write();
    for (let at = 0; at < this.#bytes;) {
      const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, at);
      if (bytesRead === 0) throw new Error(`expected ${this.#bytes} spooled bytes, found ${at}`);
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #write(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#file.writeFile(bytes);
  }
}
