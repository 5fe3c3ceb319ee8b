import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface UnpackedFile {
  readonly path: string;
  readonly content: Buffer;
  /** Who may read, write and run it. */
  readonly mode: number;
}

/**
 * The files of a stored ZIP in its order, read by the local headers alone, as a reader does that takes it as it comes. Fails where
 * the central directory says anything else.
 */
export function unpacked(zip: Buffer): UnpackedFile[] {
  const files: Omit<UnpackedFile, 'mode'>[] = [];
  let at = 0;
  for (; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, nameLength, extraLength] = [
      zip.readUInt32LE(at + 22),
      zip.readUInt16LE(at + 26),
      zip.readUInt16LE(at + 28),
    ];
    const start = at + 30 + nameLength + extraLength;
    files.push({
      path: zip.toString('utf8', at + 30, at + 30 + nameLength),
      content: zip.subarray(start, start + size),
    });
    at = start + size;
  }
  return files.map((file) => {
    const { path: name, content } = file;
    const [signature, size, nameLength, extraLength, offset] = [
      zip.readUInt32LE(at),
      zip.readUInt32LE(at + 24),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt32LE(at + 42),
    ];
    const listed = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (
      signature !== 0x02014b50 ||
      listed !== name ||
      size !== content.length ||
      zip.readUInt32LE(offset) !== 0x04034b50
    ) {
      throw new Error(`the directory of the ZIP lists ${listed} where ${name} was expected`);
    }
    const mode = (zip.readUInt32LE(at + 38) >>> 16) & 0o777;
    at += 46 + nameLength + extraLength;
    return { ...file, mode };
  });
}

/** The content of the file at this path below the pack's folder. */
export function fileIn(files: readonly UnpackedFile[], name: string): Buffer {
  const found = files.find((file) => file.path.endsWith(`/${name}`));
  if (found === undefined)
    throw new Error(`expected ${name} in the pack, found ${files.map((file) => file.path).join(', ')}`);
  return found.content;
}

/** Runs a shell command in a folder that has these files, and returns what it prints. The folder is gone afterwards. */
export async function shellWith(files: readonly UnpackedFile[], command: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pack-test-'));
  try {
    for (const file of files) {
      await mkdir(path.join(folder, path.dirname(file.path)), { recursive: true });
      await writeFile(path.join(folder, file.path), file.content, { mode: file.mode });
    }
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command], { cwd: folder });
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}
