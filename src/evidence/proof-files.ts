import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Queryable } from '../db/postgres.ts';
import { checkpointOver, positionsOf, sealedLinesAt, type ProvingCheckpoint, type SealedLine } from '../db/proofs.ts';
import { publicKeyFrom } from '../security/seal-keys.ts';
import type { PackFile } from './bag.ts';
import { leafHash, subtreesBeside } from './merkle.ts';
import { sealedTree } from './sealed-tree.ts';
import { Spool } from './spool.ts';

const LINES_AT_ONCE = 1000;
/** What these say of persons is up to some ten million bytes, so their rows are read one by one. */
const LARGE = ['inbound_contents', 'scans'];
const NODES_AT_ONCE = 500;

/** The record is not as it was sealed, so nothing can be proved of it. */
class RecordAlteredError extends Error {}

/**
 * Gathers the rows that a pack shows, and makes the files below `data/proof/` that prove them (D55): their exact lines, the nodes
 * of the tree up to a signed checkpoint, and the keys of what they say of persons. It holds eight bytes for each row. `db` is one
 * transaction that sees the same throughout.
 */
export class Proof {
  readonly #db: Queryable;
  /** Of each epoch: the place of each row (`placeOf`). */
  readonly #places = new Map<number, number[]>();
  readonly #unsealed: string[] = [];

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** Adds rows of a table by their keys, as in `sealed_rows`. A row may come twice; its persons are shown where either says so. */
  async add(table: string, keys: readonly string[], { withPersons }: { readonly withPersons: boolean }): Promise<void> {
    const found = await positionsOf(this.#db, table, keys);
    for (const { epoch, position } of found) {
      const places = this.#places.get(epoch) ?? [];
      this.#places.set(epoch, places);
      places.push(placeOf(position, LARGE.includes(table), withPersons));
    }
    if (found.length === new Set(keys).size) return;
    const sealed = new Set(found.map(({ key }) => key));
    for (const key of new Set(keys)) if (!sealed.has(key)) this.#unsealed.push(`${table} ${key}`);
  }

  /** The rows that no seal covers yet, each as `table key`. */
  get unsealed(): readonly string[] {
    return this.#unsealed;
  }

  /**
   * For each epoch, in order, the checkpoint that proves its rows: the oldest with a time stamp that covers them all, else the
   * oldest. Throws where none does.
   */
  async checkpoints(): Promise<ProvingCheckpoint[]> {
    const epochs = [...this.#places].sort(([one], [other]) => one - other);
    const checkpoints: ProvingCheckpoint[] = [];
    for (const [epoch, places] of epochs) {
      let last = 0;
      for (const place of places) last = Math.max(last, positionAt(place));
      const checkpoint = await checkpointOver(this.#db, epoch, last);
      if (checkpoint === null) {
        throw new RecordAlteredError(`no checkpoint of epoch ${epoch} covers the row at ${last}, which is sealed`);
      }
      checkpoints.push(checkpoint);
    }
    return checkpoints;
  }

  /** The files, in their order. Throws `RecordAlteredError` where a row is not as it was sealed. */
  async *files(): AsyncGenerator<PackFile> {
    for (const checkpoint of await this.checkpoints()) {
      const folder = `data/proof/epoch-${checkpoint.epoch}`;
      const places = sortedPlaces(this.#places.get(checkpoint.epoch) ?? []);
      // Rows are read once, for what both files say of them.
      await using persons = await Spool.open();
      yield { path: `${folder}/checkpoint.txt`, content: checkpoint.note };
      yield { path: `${folder}/lines.txt`, content: this.#lines(checkpoint, places, persons) };
      yield { path: `${folder}/nodes.txt`, content: this.#nodes(checkpoint, places) };
      yield { path: `${folder}/persons.txt`, content: persons.read() };
      yield { path: `${folder}/seal-key.pem`, content: pemOf(publicKeyFrom(checkpoint.publicKey)) };
      if (checkpoint.timeStamp !== null) yield { path: `${folder}/timestamp.tsr`, content: checkpoint.timeStamp };
    }
    const unsealed = [...new Set(this.#unsealed)].sort().map((row) => `${row}\n`);
    yield { path: 'data/proof/unsealed.txt', content: unsealed.join('') };
  }

  /** The lines of the rows, while `persons` gets what is shown of persons in them. */
  async *#lines({ epoch }: ProvingCheckpoint, places: Float64Array, persons: Spool): AsyncGenerator<Buffer> {
    for (const batch of batchesOf(places, LINES_AT_ONCE)) {
      const rows = await sealedLinesAt(this.#db, epoch, batch.map(positionAt));
      if (rows.length !== batch.length) {
        throw new RecordAlteredError(`expected ${batch.length} sealed rows in epoch ${epoch}, found ${rows.length}`);
      }
      for (const { position, table, key, line, hash } of rows) {
        if (line !== null && leafHash(line).equals(hash)) continue;
        const what = line === null ? 'is gone' : 'is not as it was sealed';
        throw new RecordAlteredError(`the row ${key} of ${table}, at ${position} of epoch ${epoch}, ${what}`);
      }
      const shown = new Set(batch.filter((place) => place % 2 === 1).map(positionAt));
      await persons.append(
        personLines(
          epoch,
          rows.filter(({ position }) => shown.has(position)),
        ),
      );
      yield Buffer.from(rows.map(({ position, line }) => `${position} ${line}\n`).join(''));
    }
  }

  async *#nodes({ epoch, size }: ProvingCheckpoint, places: Float64Array): AsyncGenerator<Buffer> {
    const tree = sealedTree(this.#db, epoch);
    let lines: string[] = [];
    for (const subtree of subtreesBeside(positionsIn(places), size)) {
      const hash = await tree.hashOf(subtree);
      lines.push(`${subtree.level} ${subtree.index} ${hash.toString('hex')}\n`);
      if (lines.length < NODES_AT_ONCE) continue;
      yield Buffer.from(lines.join(''));
      lines = [];
    }
    yield Buffer.from(lines.join(''));
  }
}

/** What these rows say of persons and is not emptied. Throws `RecordAlteredError` where it is not what was sealed. */
function personLines(epoch: number, rows: readonly SealedLine[]): Buffer {
  const kept = rows.filter(({ personKey }) => personKey !== null);
  for (const { position, table, key, personKey, personLine, personHash } of kept) {
    const made = createHash('sha256')
      .update(personKey ?? '')
      .update(personLine ?? '')
      .digest();
    if (personHash?.equals(made)) continue;
    throw new RecordAlteredError(
      `the row ${key} of ${table}, at ${position} of epoch ${epoch}, says otherwise of persons than it was sealed with`,
    );
  }
  return Buffer.from(
    kept.map((row) => `${row.position} ${row.personKey?.toString('hex')} ${row.personLine}\n`).join(''),
  );
}

/** A row in one number: its position, whether it is large, and whether what it says of persons is shown. */
const placeOf = (position: number, isLarge: boolean, withPersons: boolean) =>
  position * 4 + Number(isLarge) * 2 + Number(withPersons);
const positionAt = (place: number) => Math.floor(place / 4);
const isLargeAt = (place: number) => place % 4 >= 2;

function* positionsIn(places: Float64Array): Generator<number> {
  for (const place of places) yield positionAt(place);
}

/** Each position once, ascending. */
function sortedPlaces(places: readonly number[]): Float64Array {
  const sorted = Float64Array.from(places).sort();
  // Of one position that came with its persons and without, the larger place stands last.
  return sorted.filter((place, at) => positionAt(place) !== positionAt(sorted[at + 1] ?? -2));
}

/** Places in batches of at most so many; each large one by itself. */
function* batchesOf(places: Float64Array, size: number): Generator<number[]> {
  let batch: number[] = [];
  for (const place of places) {
    if (batch.length > 0 && (batch.length === size || isLargeAt(place) || isLargeAt(batch[0] ?? 0))) {
      yield batch;
      batch = [];
    }
    batch.push(place);
  }
  if (batch.length > 0) yield batch;
}

const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' });

const VERIFY_SH = new URL('verify.sh', import.meta.url);

/** The files beside `data/` that a pack needs to be verified: the public key of its signature, and `verify.sh`. */
export async function* verifyingFiles(sealKey: KeyObject): AsyncGenerator<PackFile> {
  yield { path: 'seal-key.pem', content: pemOf(createPublicKey(sealKey)) };
  yield { path: 'verify.sh', content: await readFile(VERIFY_SH) };
}

/** The signature of a pack: Ed25519 over the bytes of `tagmanifest-sha256.txt`, which covers all other files. */
export function signatureFile(tagManifest: Buffer, sealKey: KeyObject): PackFile {
  return { path: 'signature.bin', content: sign(null, tagManifest, sealKey) };
}
