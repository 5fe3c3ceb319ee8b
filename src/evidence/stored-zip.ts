import type { Spool } from './spool.ts';

/**
 * A ZIP of stored files, whose bytes follow from its files alone: nothing is compressed, no field depends on the machine, and
 * each file has its size and CRC before its content, so that any reader can read it as it comes. ZIP64 where it needs it
 * (APPNOTE.TXT 6.3.10). Decision 21 says which libraries were looked at.
 */
export class StoredZip {
  readonly #directory: Spool;
  readonly #time: number;
  readonly #date: number;
  #offset = 0;
  #files = 0;

  /** `at` stands at every file, in UTC and to two seconds, which is what the format has. `directory` is empty. */
  constructor(at: Temporal.Instant, directory: Spool) {
    const utc = at.toZonedDateTimeISO('UTC');
    this.#time = (utc.hour << 11) | (utc.minute << 5) | (utc.second >> 1);
    this.#date = ((utc.year - 1980) << 9) | (utc.month << 5) | utc.day;
    this.#directory = directory;
  }

  /** What stands before the content of the next file. */
  async begin(name: string, { bytes, crc }: { readonly bytes: number; readonly crc: number }): Promise<Buffer> {
    const nameBytes = Buffer.from(name, 'utf8');
    const isLarge = bytes >= MAX_32;
    const sizes = isLarge ? zip64Field([bytes, bytes]) : Buffer.alloc(0);
    const offset = this.#offset;
    const isFar = offset >= MAX_32;
    const places =
      isLarge || isFar ? zip64Field([...(isLarge ? [bytes, bytes] : []), ...(isFar ? [offset] : [])]) : sizes;
    const common = (extra: Buffer) =>
      fields([
        [2, isLarge || isFar ? VERSION_OF_ZIP64 : VERSION],
        [2, NAME_IS_UTF8],
        [2, STORED],
        [2, this.#time],
        [2, this.#date],
        [4, crc],
        [4, Math.min(bytes, MAX_32)],
        [4, Math.min(bytes, MAX_32)],
        [2, nameBytes.length],
        [2, extra.length],
      ]);
    const local = Buffer.concat([fields([[4, 0x04034b50]]), common(sizes), nameBytes, sizes]);
    await this.#directory.append(
      Buffer.concat([
        fields([
          [4, 0x02014b50],
          [2, MADE_BY],
        ]),
        common(places),
        fields([
          [2, 0],
          [2, 0],
          [2, 0],
          [4, name.endsWith('.sh') ? MODE_OF_SCRIPT : MODE],
          [4, Math.min(offset, MAX_32)],
        ]),
        nameBytes,
        places,
      ]),
    );
    this.#offset += local.length + bytes;
    this.#files += 1;
    return local;
  }

  /** The central directory and the end, after the content of the last file. */
  async *end(): AsyncGenerator<Buffer> {
    const start = this.#offset;
    const { bytes } = this.#directory;
    yield* this.#directory.read();
    if (this.#files >= MAX_16 || start >= MAX_32 || bytes >= MAX_32) {
      yield fields([
        [4, 0x06064b50],
        [8, 44],
        [2, MADE_BY],
        [2, VERSION_OF_ZIP64],
        [4, 0],
        [4, 0],
        [8, this.#files],
        [8, this.#files],
        [8, bytes],
        [8, start],
        [4, 0x07064b50],
        [4, 0],
        [8, start + bytes],
        [4, 1],
      ]);
    }
    yield fields([
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, Math.min(this.#files, MAX_16)],
      [2, Math.min(this.#files, MAX_16)],
      [4, Math.min(bytes, MAX_32)],
      [4, Math.min(start, MAX_32)],
      [2, 0],
    ]);
  }
}

const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;
const VERSION = 20;
const VERSION_OF_ZIP64 = 45;
/** Unix, whose file modes the directory has; as PKZIP 4.5. */
const MADE_BY = (3 << 8) | 45;
const NAME_IS_UTF8 = 1 << 11;
const STORED = 0;
/** A file that everybody reads and its owner writes. */
const MODE = 0o100644 * 0x10000;
/** One that everybody runs, too: unpacked, `./verify.sh` works. */
const MODE_OF_SCRIPT = 0o100755 * 0x10000;

function zip64Field(values: readonly number[]): Buffer {
  return fields([[2, 0x0001], [2, values.length * 8], ...values.map((value): [8, number] => [8, value])]);
}

/** Numbers of so many bytes, one after the other, little end first. */
function fields(list: readonly (readonly [2 | 4 | 8, number])[]): Buffer {
  return Buffer.concat(
    list.map(([size, value]) => {
      const field = Buffer.alloc(size);
      if (size === 8) field.writeBigUInt64LE(BigInt(value));
      else field.writeUIntLE(value, 0, size);
      return field;
    }),
  );
}
