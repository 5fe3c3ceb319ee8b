import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { readCheckpoint } from '../domain/checkpoint.ts';
import { sealKeyId, sealPublicKeyFrom } from '../security/seal-keys.ts';
import { openNote } from '../security/signed-note.ts';
import { note, right, wrong, type Finding } from './findings.ts';
import { leafHash, MerkleTree } from './merkle.ts';
import { contentOf, linesIn, piecesOf, type ZipEntry } from './strict-zip.ts';
import { readTimeStamp, TimeStampError } from './time-stamp.ts';

const NEEDED = ['checkpoint.txt', 'seal-key.pem', 'lines.txt', 'nodes.txt', 'persons.txt'];
const LINE = /^(\d{1,15}) (\S+ \d{1,4} \{.*\} (-|[0-9a-f]{64}))$/s;
const NODE = /^(\d{1,2}) (\d{1,15}) ([0-9a-f]{64})$/;
const PERSON = /^(\d{1,15}) ([0-9a-f]{64}) (\{.*\})$/s;
const SEALED_HASH = /\\\\x([0-9a-f]{64})"/g;

/** The 32 bytes of an Ed25519 public key in PEM; `null` where there is none. */
export function publicKeyOf(pem: string): Buffer | null {
  try {
    return sealPublicKeyFrom(pem);
  } catch {
    return null;
  }
}

/** Something in the files of an epoch is not as it must be. The message says what. */
class Unproved extends Error {}

/**
 * Verifies what a pack has of one epoch: its checkpoint and time stamp, and that each row of `lines.txt` stands in the tree under
 * it, with what `persons.txt` shows of persons. Tells `sealed` every hash that stands in a row, as hex. It holds one hash for each
 * level of the tree, whatever the size.
 */
export async function* verifyEpoch(
  file: FileHandle,
  { epoch, files }: { readonly epoch: number; readonly files: ReadonlyMap<string, ZipEntry> },
  sealed: (sha256: string) => void,
): AsyncGenerator<Finding> {
  try {
    for (const name of NEEDED) if (!files.has(name)) throw new Unproved(`${name} is missing`);
    const open = (name: string) => linesIn(piecesOf(file, entryOf(files, name)));
    const checkpoint = await contentOf(file, entryOf(files, 'checkpoint.txt'));
    const key = publicKeyOf((await contentOf(file, entryOf(files, 'seal-key.pem'))).toString());
    if (key === null) throw new Unproved('seal-key.pem is no Ed25519 key');
    const { origin, size, root, previous } = checkpointIn(checkpoint.toString(), key);
    yield right(`epoch ${epoch}: the checkpoint ${origin} ${size} ${root}, signed by the key ${sealKeyId(key)}`);
    if (previous !== null)
      yield note(`epoch ${epoch} goes on after ${previous}: the database was restored or moved there`);
    const stamp = files.get('timestamp.tsr');
    yield stamp === undefined
      ? note(`epoch ${epoch}: no time stamp from outside; its time is what Varsel says`)
      : await stampFinding(epoch, await contentOf(file, stamp), checkpoint);
    const counts = await verifyTree({ size, root: Buffer.from(root, 'base64').toString('hex'), open, sealed });
    yield right(
      `epoch ${epoch}: ${counts.rows} rows stand in the tree of ${size} under the checkpoint, of ${counts.shown} with what they say of persons`,
    );
    if (counts.hidden > 0) {
      yield note(
        `epoch ${epoch}: what ${counts.hidden} rows say of persons is not in the pack: it was erased, or is cut out`,
      );
    }
  } catch (error) {
    if (!(error instanceof Unproved)) throw error;
    yield wrong(`epoch ${epoch}: ${error.message}`);
  }
}

function entryOf(files: ReadonlyMap<string, ZipEntry>, name: string): ZipEntry {
  const entry = files.get(name);
  if (entry === undefined) throw new Unproved(`${name} is missing`);
  return entry;
}

function checkpointIn(signed: string, key: Buffer): ReturnType<typeof readCheckpoint> {
  const [origin = ''] = signed.split('\n', 1);
  let text: string;
  try {
    text = openNote(signed, origin, key);
  } catch (error) {
    throw new Unproved(`checkpoint.txt is not signed by seal-key.pem: ${(error as Error).message}`);
  }
  try {
    return readCheckpoint(text);
  } catch (error) {
    throw new Unproved(`checkpoint.txt is no checkpoint: ${(error as Error).message}`);
  }
}

async function stampFinding(epoch: number, response: Buffer, checkpoint: Buffer): Promise<Finding> {
  try {
    const { at, authority, root } = await readTimeStamp(response, checkpoint);
    return right(
      `epoch ${epoch}: the checkpoint was there at ${at.toString()}, stamped by ${authority}, under ${root.subject} (SHA-256 ${root.sha256})`,
    );
  } catch (error) {
    if (!(error instanceof TimeStampError)) throw error;
    return wrong(`epoch ${epoch}: timestamp.tsr: ${error.message}`);
  }
}

interface Proof {
  readonly size: number;
  readonly root: string;
  readonly open: (name: string) => AsyncGenerator<string>;
  readonly sealed: (sha256: string) => void;
}

/** Folds the rows and the nodes between them to the root, in the order of their leaves. */
async function verifyTree({
  size,
  root,
  open,
  sealed,
}: Proof): Promise<{ rows: number; shown: number; hidden: number }> {
  await using nodes = new Ahead(open('nodes.txt'), nodeIn);
  await using persons = new Ahead(open('persons.txt'), personIn);
  const tree = new MerkleTree();
  const counts = { rows: 0, shown: 0, hidden: 0 };
  const appendNodes = async () => {
    for (let node = await nodes.next(); node?.position === tree.size; node = await nodes.next()) {
      append(tree, node.hash, node.level);
      nodes.take();
    }
  };
  for await (const row of open('lines.txt')) {
    const { position, line, commitment } = lineIn(row);
    await appendNodes();
    if (position !== tree.size) {
      throw new Unproved(`the row at ${position} is not proved: nodes.txt and the rows before it lead to ${tree.size}`);
    }
    append(tree, leafHash(line), 0);
    counts.rows += 1;
    for (const [, sha256 = ''] of line.matchAll(SEALED_HASH)) sealed(sha256);
    const person = await persons.next();
    if (person?.position === position) {
      if (createHash('sha256').update(person.key).update(person.line).digest('hex') !== commitment) {
        throw new Unproved(`what persons.txt has at ${position} is not what was sealed`);
      }
      persons.take();
      counts.shown += 1;
    } else if (commitment !== '-') counts.hidden += 1;
  }
  await appendNodes();
  const [node, person] = [await nodes.next(), await persons.next()];
  if (node !== null) throw new Unproved(`nodes.txt has a node at leaf ${node.position}, expected one at ${tree.size}`);
  if (person !== null)
    throw new Unproved(`persons.txt has ${person.position}, which is no row of lines.txt, or not in order`);
  if (tree.size !== size)
    throw new Unproved(`rows and nodes make a tree of ${tree.size}, and the checkpoint is of ${size}`);
  const found = tree.root().toString('hex');
  if (found !== root) throw new Unproved(`rows and nodes have the root ${found}, and the checkpoint says ${root}`);
  return counts;
}

function append(tree: MerkleTree, hash: Buffer, level: number): void {
  try {
    tree.append(hash, level);
  } catch (error) {
    throw new Unproved(`nodes.txt: ${(error as Error).message}`);
  }
}

function lineIn(row: string): { position: number; line: string; commitment: string } {
  const [, position, line, commitment] = LINE.exec(row) ?? [];
  if (position === undefined || line === undefined || commitment === undefined) {
    throw new Unproved(`lines.txt: expected a position and a sealed line, found “${row.slice(0, 80)}”`);
  }
  return { position: Number(position), line, commitment };
}

function nodeIn(row: string): { position: number; level: number; hash: Buffer } {
  const [, level = '', index = '', hash = ''] = NODE.exec(row) ?? [];
  if (hash === '') throw new Unproved(`nodes.txt: expected a level, an index and a hash, found “${row.slice(0, 80)}”`);
  return { position: Number(index) * 2 ** Number(level), level: Number(level), hash: Buffer.from(hash, 'hex') };
}

function personIn(row: string): { position: number; key: Buffer; line: string } {
  const [, position = '', key = '', line = ''] = PERSON.exec(row) ?? [];
  if (line === '')
    throw new Unproved(`persons.txt: expected a position, a key and a line, found “${row.slice(0, 80)}”`);
  return { position: Number(position), key: Buffer.from(key, 'hex'), line };
}

/** Lines of a file, of which the next can be looked at before it is taken. */
class Ahead<Item> implements AsyncDisposable {
  readonly #lines: AsyncGenerator<string>;
  readonly #parse: (line: string) => Item;
  #next: Item | null | undefined;

  constructor(lines: AsyncGenerator<string>, parse: (line: string) => Item) {
    this.#lines = lines;
    this.#parse = parse;
  }

  /** The next one; `null` behind the last. */
  async next(): Promise<Item | null> {
    if (this.#next === undefined) {
      const { value, done } = await this.#lines.next();
      this.#next = done === true ? null : this.#parse(value);
    }
    return this.#next;
  }

  take(): void {
    this.#next = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines.return(undefined);
  }
}
