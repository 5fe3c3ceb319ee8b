import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Spool } from './spool.ts';
import { StoredZip } from './stored-zip.ts';

/** A file of a pack. Its path stands below the pack's folder, with `/` between folders. */
export interface PackFile {
  readonly path: string;
  readonly content: string | Buffer | AsyncIterable<Buffer>;
}

type Fields = readonly (readonly [name: string, value: string])[];

/** What becomes a bag (RFC 8493). */
export interface Bag {
  /** The folder that everything stands in. */
  readonly folder: string;
  /** Stands at every file. */
  readonly at: Temporal.Instant;
  /** The files below `data/`. */
  readonly payload: AsyncIterable<PackFile>;
  /** The fields of `bag-info.txt`, before those that every bag has. They are asked for after the payload. */
  readonly info: () => Fields | Promise<Fields>;
  /** The files beside `data/`, but for those that BagIt has. They are asked for after the payload. */
  readonly tags: () => AsyncIterable<PackFile> | Iterable<PackFile>;
  /** Of the bytes of `tagmanifest-sha256.txt`, which cover all other files: the file that proves them. It is the last. */
  readonly sign: (tagManifest: Buffer) => PackFile | Promise<PackFile>;
}

/** What `bagit.txt` says. */
export const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/**
 * A bag as a ZIP, made as it is read: the payload in its order, `manifest-sha256.txt`, `bag-info.txt`, `bagit.txt`, the other tag
 * files, `tagmanifest-sha256.txt`, and its signature. The same files give the same bytes. Throws where a path stands twice, or is
 * not one that every system can make a file of.
 */
export async function* zipOfBag(bag: Bag): AsyncGenerator<Buffer> {
  await using directory = await Spool.open();
  await using manifest = await Spool.open();
  const zip = new StoredZip(bag.at, directory);
  const tagManifest: string[] = [];
  const seen = new Paths();
  let files = 0;
  let bytes = 0;

  async function* add({ path, content }: PackFile, list: (line: string, size: number) => Promise<void> | void) {
    seen.take(path);
    await using measured = await measure(content);
    yield await zip.begin(`${bag.folder}/${path}`, measured);
    yield* measured.read();
    await list(`${measured.sha256}  ${path}\n`, measured.bytes);
  }
  const addTag = (file: PackFile) => add(file, (line) => void tagManifest.push(line));

  for await (const file of bag.payload) {
    if (!file.path.startsWith('data/')) throw new Error(`expected a path below data/, found ${file.path}`);
    yield* add(file, async (line, size) => {
      files += 1;
      bytes += size;
      await manifest.append(Buffer.from(line));
    });
  }
  yield* addTag({ path: 'manifest-sha256.txt', content: manifest.read() });
  yield* addTag({
    path: 'bag-info.txt',
    content: infoText([...(await bag.info()), ...containerInfo(bag), ['Payload-Oxum', `${bytes}.${files}`]]),
  });
  yield* addTag({ path: 'bagit.txt', content: BAGIT });
  for await (const file of bag.tags()) yield* addTag(file);
  const covered = Buffer.from(tagManifest.join(''));
  yield* add({ path: 'tagmanifest-sha256.txt', content: covered }, () => undefined);
  yield* add(await bag.sign(covered), () => undefined);
  yield* zip.end();
}

/** What the ZIP says of its files, so that the signature covers it: in what folder they stand, and from when they are. */
const containerInfo = ({ folder, at }: Pick<Bag, 'folder' | 'at'>): Fields => [
  ['Varsel-Folder', folder],
  ['Varsel-Dated', at.round({ smallestUnit: 'second', roundingMode: 'floor' }).toString()],
];

interface Measured extends AsyncDisposable {
  readonly bytes: number;
  readonly crc: number;
  readonly sha256: string;
  readonly read: () => Iterable<Buffer> | AsyncIterable<Buffer>;
}

/** Size and hashes come before the content in the ZIP, so what comes as a stream waits on disk. */
async function measure(content: PackFile['content']): Promise<Measured> {
  if (typeof content === 'string' || Buffer.isBuffer(content)) {
    const bytes = Buffer.from(content);
    return {
      bytes: bytes.length,
      crc: crc32(bytes),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      read: () => [bytes],
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const spool = await Spool.open();
  try {
    const hash = createHash('sha256');
    let crc = 0;
    for await (const piece of content) {
      hash.update(piece);
      crc = crc32(piece, crc);
      await spool.append(piece);
    }
    return {
      bytes: spool.bytes,
      crc,
      sha256: hash.digest('hex'),
      read: () => spool.read(),
      [Symbol.asyncDispose]: () => spool[Symbol.asyncDispose](),
    };
  } catch (error) {
    await spool[Symbol.asyncDispose]();
    throw error;
  }
}

/** Refuses a path that would be another file, or none, where the pack is unpacked. */
class Paths {
  /** Those of the folder that is written now: files come folder by folder. */
  readonly #inFolder = new Set<string>();
  #folder = '';

  take(path: string): void {
    const parts = path.split('/');
    const folder = parts.slice(0, -1).join('/');
    if (folder !== this.#folder) {
      this.#folder = folder;
      this.#inFolder.clear();
    }
    // RFC 8493 would encode a `%` in a manifest, which sha256sum does not read.
    const isSafe = parts.every((part) => part !== '' && !/[. ]$|[\p{Cc}"%*:<>?\\|]/u.test(part));
    if (!isSafe) throw new Error(`expected a path that every system can have, found ${JSON.stringify(path)}`);
    // Windows and macOS take no two names that differ in capitals.
    const key = path.normalize('NFC').toLowerCase();
    if (this.#inFolder.has(key)) throw new Error(`expected each path once, found ${path} again`);
    this.#inFolder.add(key);
  }
}

/** A value of more than one line is continued by indentation (RFC 8493, 2.2.2). */
function infoText(fields: Fields): string {
  return fields.map(([name, value]) => `${name}: ${value.trim().replaceAll(/\s*\n\s*/g, '\n  ')}\n`).join('');
}
