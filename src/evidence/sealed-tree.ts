import { storedHashes } from '../db/seals.ts';
import type { Queryable } from '../db/postgres.ts';
import { MerkleTree, subtreesOf, type Subtree } from './merkle.ts';

/** Hashes are stored of leaves, and of complete subtrees at every level that this divides. */
export const TILE_HEIGHT = 8;
/** So many of one level are read at once: the parts of one subtree of the next level that is stored. */
const TILE = 2 ** TILE_HEIGHT;

/** What has been sealed in one epoch. */
export interface SealedTree {
  /** The hash of a complete subtree. It is quick where those that are asked for ascend. Throws where leaves of it are missing. */
  hashOf(subtree: Subtree): Promise<Buffer>;
  /** The tree as it was when it had so many leaves. It reads a few hundred hashes, whatever the size. */
  treeOf(size: number): Promise<MerkleTree>;
}

export function sealedTree(db: Queryable, epoch: number): SealedTree {
  /** Of each level, what was read last. */
  const read = new Map<number, { readonly tile: number; readonly hashes: readonly Buffer[] }>();

  async function tileOf(level: number, tile: number): Promise<readonly Buffer[]> {
    const known = read.get(level);
    if (known?.tile === tile) return known.hashes;
    const hashes = await storedHashes(db, { epoch, level, from: tile * TILE, count: TILE });
    read.set(level, { tile, hashes });
    return hashes;
  }

  async function hashOf({ level, index }: Subtree): Promise<Buffer> {
    const above = level % TILE_HEIGHT;
    const count = 2 ** above;
    const begin = (index * count) % TILE;
    const parts = await tileOf(level - above, Math.floor((index * count) / TILE));
    const found = parts.slice(begin, begin + count);
    if (found.length < count) {
      throw new Error(
        `hashes of sealed rows are missing: ${found.length} of ${count} below node ${level} ${index} found`,
      );
    }
    const tree = new MerkleTree();
    for (const part of found) tree.append(part);
    return tree.root();
  }

  return {
    hashOf,
    async treeOf(size) {
      const tree = new MerkleTree();
      for (const subtree of subtreesOf(0, size)) tree.append(await hashOf(subtree), subtree.level);
      return tree;
    },
  };
}
