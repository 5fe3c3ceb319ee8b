import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { BAGIT } from './bag.ts';
import { Spool } from './spool.ts';
import { contentOf, linesIn, piecesOf, readZipStrictly, type ZipEntry } from './strict-zip.ts';

/** The tag files in the order in which they are written: what is not named here stands between the third and the fourth. */
const FIRST_TAGS = ['manifest-sha256.txt', 'bag-info.txt', 'bagit.txt'];
const LAST_TAGS = ['tagmanifest-sha256.txt', 'signature.bin'];
const IN_EPOCH = /^data\/proof\/epoch-([1-9]\d{0,8})\/([\w.-]+)$/;
const FAULTS_TOLD = 20;

/** A pack that was read whole. */
export interface ReadBag {
  readonly faults: readonly string[];
  readonly payloadFiles: number;
  /** The files beside `data/`, by their paths. */
  readonly tags: ReadonlyMap<string, ZipEntry>;
  /** The fields of `bag-info.txt`. */
  readonly info: ReadonlyMap<string, string>;
  /** For each epoch the files that prove its rows, by their names. */
  readonly epochs: ReadonlyMap<number, ReadonlyMap<string, ZipEntry>>;
  readonly unsealed: ZipEntry | null;
  /** The SHA-256 of each file that is a mail or a scan, with its path. */
  readonly originals: ReadonlyMap<string, string>;
}

/**
 * Reads a pack whole, and finds what is not as `zipOfBag` writes it: the container, the manifests, the order, a file too many or
 * too few. Throws `ContainerError` where the container differs; what else is wrong is in `faults`. Beside the hashes of mails and scans it
 * holds no more than one file at a time.
 */
export async function readBag(file: FileHandle): Promise<ReadBag> {
  await using manifest = await Spool.open();
  const faults: string[] = [];
  const tags = new Map<string, ZipEntry>();
  const epochs = new Map<number, Map<string, ZipEntry>>();
  const originals = new Map<string, string>();
  let [payloadFiles, payloadBytes] = [0, 0];
  let unsealed: ZipEntry | null = null;
  let folder: string | null = null;
  let dated: Temporal.Instant | null = null;

  for await (const entry of readZipStrictly(file)) {
    const slash = entry.name.indexOf('/');
    const path = entry.name.slice(slash + 1);
    folder ??= entry.name.slice(0, slash);
    dated ??= entry.at;
    if (entry.name.slice(0, slash) !== folder) faults.push(`${entry.name} stands beside the folder ${folder}`);
    if (!path.startsWith('data/')) {
      if (tags.has(path)) faults.push(`${path} stands in the ZIP twice`);
      tags.set(path, entry);
      continue;
    }
    if (tags.size > 0) faults.push(`${path} stands behind the manifest`);
    payloadFiles += 1;
    payloadBytes += entry.bytes;
    await manifest.append(Buffer.from(`${entry.sha256}  ${path}\n`));
    const [, epoch, name] = IN_EPOCH.exec(path) ?? [];
    if (epoch !== undefined && name !== undefined) {
      epochs.set(Number(epoch), (epochs.get(Number(epoch)) ?? new Map<string, ZipEntry>()).set(name, entry));
    }
    if (path === 'data/proof/unsealed.txt') unsealed = entry;
    if (path.endsWith('.eml') || path.includes('/scans/')) originals.set(entry.sha256, path);
  }

  faults.push(...(await manifestFaults(file, tags, manifest)), ...(await tagFaults(file, tags)));
  const info = await infoIn(file, tags.get('bag-info.txt'));
  const stated = [
    ['Varsel-Folder', folder ?? ''],
    ['Varsel-Dated', dated === null ? '' : inFullSeconds(dated, info.get('Varsel-Dated'))],
    ['Payload-Oxum', `${payloadBytes}.${payloadFiles}`],
  ] as const;
  for (const [name, expected] of stated) {
    const found = info.get(name) ?? 'none';
    if (found !== expected) faults.push(`bag-info.txt says ${name}: ${found}, and the ZIP ${expected}`);
  }
  return { faults, payloadFiles, tags, info, epochs, unsealed, originals };
}

/** A ZIP has even seconds alone: what is stated of the second after it is the same. */
function inFullSeconds(at: Temporal.Instant, stated: string | undefined): string {
  const next = at.add({ seconds: 1 }).toString();
  return stated === next ? next : at.toString();
}

/** Compares `manifest-sha256.txt` with the lines that the files make, and names the files that differ. */
async function manifestFaults(
  file: FileHandle,
  tags: ReadonlyMap<string, ZipEntry>,
  expected: Spool,
): Promise<string[]> {
  const entry = tags.get('manifest-sha256.txt');
  if (entry === undefined) return ['manifest-sha256.txt is missing'];
  const faults: string[] = [];
  const listed = linesIn(piecesOf(file, entry))[Symbol.asyncIterator]();
  for await (const made of linesIn(expected.read())) {
    const { value, done } = await listed.next();
    if (done !== true && value === made) continue;
    faults.push(
      `${made.slice(66)} is not as manifest-sha256.txt has it, which says “${done ? 'nothing more' : value}”`,
    );
    if (faults.length >= FAULTS_TOLD) return faults;
  }
  const { value, done } = await listed.next();
  if (done !== true) faults.push(`manifest-sha256.txt lists more than is there: “${value}”`);
  return faults;
}

async function tagFaults(file: FileHandle, tags: ReadonlyMap<string, ZipEntry>): Promise<string[]> {
  const faults: string[] = [];
  const paths = [...tags.keys()];
  const found = [...paths.slice(0, FIRST_TAGS.length), ...paths.slice(-LAST_TAGS.length)];
  if (found.join() !== [...FIRST_TAGS, ...LAST_TAGS].join()) {
    faults.push(`expected ${[...FIRST_TAGS, '…', ...LAST_TAGS].join(', ')} behind data/, found ${paths.join(', ')}`);
  }
  const covered = paths.slice(0, -LAST_TAGS.length).map((path) => `${tags.get(path)?.sha256}  ${path}\n`);
  const hash = createHash('sha256').update(covered.join('')).digest('hex');
  if (tags.get('tagmanifest-sha256.txt')?.sha256 !== hash) {
    faults.push('tagmanifest-sha256.txt does not have the files beside data/ as they are');
  }
  const bagit = tags.get('bagit.txt');
  if (bagit !== undefined && (await contentOf(file, bagit)).toString() !== BAGIT) faults.push('bagit.txt is another');
  return faults;
}

async function infoIn(file: FileHandle, entry: ZipEntry | undefined): Promise<Map<string, string>> {
  const info = new Map<string, string>();
  if (entry === undefined) return info;
  const text = (await contentOf(file, entry)).toString().replaceAll('\n  ', ' ');
  for (const [, name = '', value = ''] of text.matchAll(/^([^:\n]+): (.*)$/gm)) info.set(name, value);
  return info;
}
