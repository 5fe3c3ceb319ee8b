import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Spool } from './spool.ts';
import { StoredZip } from './stored-zip.ts';

const PIECE_BYTES = 256 * 1024;
/** More than any file has that is read whole. */
const SMALL_BYTES = 1024 * 1024;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const MAX_32 = 0xffffffff;

/** A file in a ZIP, and where its content stands. */
export interface ZipEntry {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
  /** When it is from; the same for all files. Of two seconds the first, which is as precise as a ZIP is. */
  readonly at: Temporal.Instant;
}

/** The container is not one that Varsel writes. The message says where it differs. */
export class ContainerError extends Error {}

/**
 * Reads the files of a ZIP in their order, and makes the container again beside it: every byte that is no content must be the one
 * that `StoredZip` writes for these files, every content must have its CRC, and nothing may stand before, between or behind them.
 * Throws `ContainerError`. It holds one piece of one file at a time.
 */
export async function* readZipStrictly(file: FileHandle): AsyncGenerator<ZipEntry> {
  await using directory = await Spool.open();
  const { size } = await file.stat();
  const first = await readAt(file, 0, LOCAL_HEADER_BYTES);
  const dated = timeIn(first);
  const zip = new StoredZip(dated, directory);
  let at = 0;
  for (;;) {
    const header = await headerAt(file, at);
    if (header === null) break;
    const { name, bytes, crc } = header;
    at = await compare(file, at, await zip.begin(name, { bytes, crc }), `before ${name}`);
    const content = await hashesOf(file, at, bytes);
    if (content.crc !== crc) throw new ContainerError(`the content of ${name} does not have its CRC`);
    yield { name, offset: at, bytes, sha256: content.sha256, at: dated };
    at += bytes;
  }
  for await (const piece of zip.end()) at = await compare(file, at, piece, 'in the directory at the end');
  if (at !== size) throw new ContainerError(`${size - at} bytes stand behind the end of the ZIP`);
}

/** A file's content, piece by piece. Throws where the ZIP ends before it. */
export async function* piecesOf(
  file: FileHandle,
  { offset, bytes }: Pick<ZipEntry, 'offset' | 'bytes'>,
): AsyncGenerator<Buffer> {
  for (let at = offset; at < offset + bytes; at += PIECE_BYTES) {
    yield await readAt(file, at, Math.min(PIECE_BYTES, offset + bytes - at));
  }
}

/** The lines of a text in UTF-8, without their ends. A last line needs no end. */
export async function* linesIn(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const joined = Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = joined.indexOf(0x0a); end !== -1; end = joined.indexOf(0x0a, from)) {
      yield joined.toString('utf8', from, end);
      from = end + 1;
    }
    rest = joined.subarray(from);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

/** The whole content of a small file. Throws `ContainerError` where it is not small. */
export async function contentOf(file: FileHandle, entry: ZipEntry): Promise<Buffer> {
  if (entry.bytes > SMALL_BYTES) throw new ContainerError(`${entry.name} is larger than ${SMALL_BYTES} bytes`);
  return Buffer.concat(await Array.fromAsync(piecesOf(file, entry)));
}

/** When the files are from, by the first of them, as precisely as the format has it. */
function timeIn(header: Buffer): Temporal.Instant {
  const [time, date] = [header.readUInt16LE(10), header.readUInt16LE(12)];
  try {
    return Temporal.PlainDateTime.from(
      {
        year: (date >> 9) + 1980,
        month: (date >> 5) & 15,
        day: date & 31,
        hour: time >> 11,
        minute: (time >> 5) & 63,
        second: (time & 31) * 2,
      },
      { overflow: 'reject' },
    )
      .toZonedDateTime('UTC')
      .toInstant();
  } catch {
    throw new ContainerError('the first file of the ZIP has no time that there is');
  }
}

/** What the header of the file here says, whatever else stands in it; `null` behind the last file. */
async function headerAt(file: FileHandle, at: number): Promise<{ name: string; bytes: number; crc: number } | null> {
  const fixed = await readAt(file, at, LOCAL_HEADER_BYTES);
  if (fixed.readUInt32LE(0) !== LOCAL_HEADER) return null;
  const nameBytes = await readAt(file, at + LOCAL_HEADER_BYTES, fixed.readUInt16LE(26));
  const name = nameBytes.toString('utf8');
  const stated = fixed.readUInt32LE(18);
  const extra = await readAt(file, at + LOCAL_HEADER_BYTES + nameBytes.length, fixed.readUInt16LE(28));
  const bytes = stated === MAX_32 && extra.length >= 12 ? Number(extra.readBigUInt64LE(4)) : stated;
  return { name, bytes, crc: fixed.readUInt32LE(14) };
}

/** Returns the place behind what was compared. */
async function compare(file: FileHandle, at: number, expected: Buffer, where: string): Promise<number> {
  const found = await readAt(file, at, expected.length);
  if (found.equals(expected)) return at + expected.length;
  let differs = 0;
  while (found[differs] === expected[differs]) differs += 1;
  throw new ContainerError(
    `byte ${at + differs} of the ZIP, ${where}, is ${found[differs]}; Varsel writes ${expected[differs]}`,
  );
}

async function hashesOf(file: FileHandle, offset: number, bytes: number): Promise<{ crc: number; sha256: string }> {
  const sha256 = createHash('sha256');
  let crc = 0;
  for await (const piece of piecesOf(file, { offset, bytes })) {
    sha256.update(piece);
    crc = crc32(piece, crc);
  }
  return { crc, sha256: sha256.digest('hex') };
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at);
  if (bytesRead < bytes) throw new ContainerError(`the ZIP ends at byte ${at + bytesRead}, in the middle`);
  return buffer;
}
