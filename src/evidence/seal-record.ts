import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { inTransaction, type Transaction } from '../db/postgres.ts';
import {
  commitDurably,
  databaseIdentity,
  insertCheckpoint,
  insertEpoch,
  insertSealKey,
  insertTiles,
  leavesOf,
  listUnsealed,
  newestCheckpoint,
  newestEpoch,
  nextUnsealed,
  reseatRows,
  sealKeys,
  sealRows,
  whileSealing,
  type Checkpoint,
  type Epoch,
  type RecordedSealKey,
} from '../db/seals.ts';
import { checkpointLine, checkpointText } from '../domain/checkpoint.ts';
import type { Clock } from '../domain/clock.ts';
import type { TellingLog } from '../domain/log.ts';
import { signSuccessor, type SealKeys } from '../security/seal-keys.ts';
import { openNote, signNote } from '../security/signed-note.ts';
import type { MerkleTree, Subtree } from './merkle.ts';
import { sealedTree, TILE_HEIGHT } from './sealed-tree.ts';

/** Rows that one transaction seals. It keeps readers of the feed waiting (decision 16) for a fraction of a second. */
const BATCH = 10_000;

/** What the sealing works with. */
export interface Sealing {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: TellingLog;
  readonly sealKeys: SealKeys;
  /** Its host names the trees. */
  readonly publicUrl: string;
}

export interface SealingOptions {
  readonly waitMs?: number;
  readonly stopping?: AbortSignal;
  readonly published?: Checkpoint | null;
}

/**
 * Seals what has been committed, in batches, and signs a checkpoint of it (D49). Returns the newest checkpoint, which covers every
 * row that was written by a transaction below its horizon; `null` where another process was still sealing after `waitMs`, or where
 * nothing is on record. Ends early, between two batches, once `stopping` aborts. Throws where what is sealed does not fit the
 * newest checkpoint: then nothing is signed any more.
 *
 * `published` is the newest checkpoint that the caller knows of. Where the database has lost it, it was restored, and goes on in a
 * new epoch.
 */
export async function sealRecord(
  sealing: Sealing,
  { waitMs = 0, stopping, published = null }: SealingOptions = {},
): Promise<Checkpoint | null> {
  const { pool, clock, log, sealKeys: keys, publicUrl } = sealing;
  return whileSealing(pool, waitMs, async (session) => {
    const at = clock();
    const known = await admitKey(session, keys, { at, log });
    const newest = await newestCheckpoint(session);
    const epoch = await epochOfNow(session, { newest, published, at, publicUrl, log });
    const last = newest?.epoch === epoch.number ? newest : null;
    const tree = await treeOfNow(session, epoch, last, known);
    if (last === null) {
      await inTransaction(session, async (tx) => {
        await append(tx, { epoch, tree, added: await reseatRows(tx, epoch.number) });
      });
    }
    const horizon = await inTransaction(session, (tx) => listUnsealed(tx, last?.horizon ?? null));
    for (let listed = BATCH; listed === BATCH; listed = await sealBatch(session, epoch, tree)) {
      if (stopping?.aborted) return last;
    }
    if (tree.size === (last?.size ?? 0)) return last;
    const root = tree.root().toString('base64');
    const { origin, number, previous } = epoch;
    const note = signNote(checkpointText({ origin, size: tree.size, root }, previous), origin, keys.current);
    const checkpoint = { epoch: number, origin, size: tree.size, root, at, horizon, keyId: keys.current.id, note };
    await inTransaction(session, async (tx) => {
      await commitDurably(tx);
      await insertCheckpoint(tx, checkpoint);
    });
    log.info({ checkpoint: checkpointLine(checkpoint) }, 'the record is sealed up to here');
    return checkpoint;
  });
}

/**
 * Puts the key on record that signs from now on, with the signature of the one that it replaces, if that is at hand. Returns the keys
 * that signed before.
 */
async function admitKey(
  session: pg.Pool,
  { current, replaced }: SealKeys,
  { at, log }: { at: Temporal.Instant; log: TellingLog },
): Promise<readonly RecordedSealKey[]> {
  const known = await sealKeys(session);
  const newest = known.at(-1);
  if (newest?.id === current.id) return known;
  if (known.some(({ id }) => id === current.id)) {
    throw new Error(`the key in SEAL_KEY_FILE, ${current.id}, was replaced: the key ${newest?.id} was expected`);
  }
  const signer = replaced?.id === newest?.id ? replaced : null;
  if (newest && signer === null) {
    log.error(
      { key: current.id, previous: newest.id },
      'checkpoints are signed with another key, which the one before it has not signed: it was not in SEAL_KEY_FILE behind the new one',
    );
  }
  const { id, publicKey } = current;
  const signature = signer && signSuccessor(id, signer);
  await insertSealKey(session, { id, publicKey, recordedAt: at, previous: newest?.id ?? null, signature });
  return known;
}

/**
 * The epoch of this database. A new one begins with the first, where this is another database than the newest began in, and where
 * it has lost a checkpoint that was published.
 */
async function epochOfNow(
  session: pg.Pool,
  {
    newest,
    published,
    at,
    publicUrl,
    log,
  }: Pick<Sealing, 'publicUrl' | 'log'> & {
    readonly newest: Checkpoint | null;
    readonly published: Checkpoint | null;
    readonly at: Temporal.Instant;
  },
): Promise<Epoch> {
  const identity = await databaseIdentity(session);
  const known = await newestEpoch(session);
  const isLost = published !== null && isAfter(published, newest);
  if (known?.identity === identity && !isLost) return known;
  const number = Math.max(known?.number ?? 0, published?.epoch ?? 0) + 1;
  const origin = `${new URL(publicUrl).host}/${number}-${randomBytes(8).toString('hex')}`;
  const last = isLost ? published : newest;
  const epoch = { number, origin, identity, previous: last && checkpointLine(last) };
  await insertEpoch(session, epoch, at);
  if (last) {
    log.error(
      { origin, previous: epoch.previous },
      'the database was restored, or another has taken over: its record is sealed in a new tree from here',
    );
  }
  return epoch;
}

const isAfter = (one: Checkpoint, other: Checkpoint | null) =>
  other === null || one.epoch > other.epoch || (one.epoch === other.epoch && one.size > other.size);

/** The tree as far as rows are sealed. Throws where it does not go on from the newest checkpoint, which one of `keys` has signed. */
async function treeOfNow(
  session: pg.Pool,
  epoch: Epoch,
  last: Checkpoint | null,
  keys: readonly RecordedSealKey[],
): Promise<MerkleTree> {
  const stored = sealedTree(session, epoch.number);
  const leaves = await leavesOf(session, epoch.number);
  if (last === null) return stored.treeOf(leaves);
  const known = keys.find(({ id }) => id === last.keyId);
  if (known === undefined) throw new Error(`the key of the newest checkpoint is not on record: ${last.keyId}`);
  openNote(last.note, epoch.origin, known.publicKey);
  if (leaves < last.size) {
    throw new Error(
      `${leaves} sealed rows were found, and the newest checkpoint is of ${last.size}: rows were taken away`,
    );
  }
  const root = (await stored.treeOf(last.size)).root().toString('base64');
  if (root !== last.root)
    throw new Error(`sealed rows have the root ${root}, and their newest checkpoint ${last.root}`);
  return stored.treeOf(leaves);
}

/** Seals the next rows of the list, and returns how many were on it. */
async function sealBatch(session: pg.Pool, epoch: Epoch, tree: MerkleTree): Promise<number> {
  return inTransaction(session, async (tx) => {
    const listed = await nextUnsealed(tx, BATCH);
    if (listed.length > 0) await append(tx, { epoch, tree, added: await sealRows(tx, epoch.number, listed) });
    return listed.length;
  });
}

/** Appends leaves to the tree, and stores the subtrees that they complete. */
async function append(
  tx: Transaction,
  { epoch, tree, added }: { epoch: Epoch; tree: MerkleTree; added: { first: number; hashes: Buffer[] } },
): Promise<void> {
  if (added.first !== tree.size) {
    throw new Error(`the next leaf was expected at ${tree.size}, found at ${added.first}`);
  }
  const tiles: (Subtree & { hash: Buffer })[] = [];
  for (const leaf of added.hashes) {
    tree.append(leaf, 0, (subtree, hash) => {
      if (subtree.level % TILE_HEIGHT === 0) tiles.push({ ...subtree, hash });
    });
  }
  if (tiles.length > 0) await insertTiles(tx, epoch.number, tiles);
}
