import { hash } from 'node:crypto';

/** A complete subtree of a Merkle tree (RFC 9162): the leaves from `index × 2^level` on, 2^level of them. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

const sha256 = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');

const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

/** The hash of a leaf: SHA-256(0x00 ‖ the line in UTF-8). PostgreSQL makes the same (sql/seals.sql). */
export const leafHash = (line: string | Buffer): Buffer => sha256(Buffer.concat([LEAF, Buffer.from(line)]));

const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([NODE, left, right]));

/**
 * Folds hashes of leaves and of complete subtrees, in the order of their leaves, to the root of RFC 9162. It holds one hash for
 * each level, whatever the size.
 */
export class MerkleTree {
  readonly #peaks: { readonly level: number; readonly hash: Buffer }[] = [];
  #size = 0;

  /** How many leaves there are so far. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a leaf (level 0) or a complete subtree behind what there is, and tells `completed` of every subtree that it completes.
   * Throws where the place of the next leaf is not where a subtree of that level can begin.
   */
  append(added: Buffer, level = 0, completed?: (subtree: Subtree, hash: Buffer) => void): void {
    if (this.#size % 2 ** level !== 0) {
      throw new RangeError(`a subtree of level ${level} cannot begin at leaf ${this.#size}`);
    }
    this.#size += 2 ** level;
    let node = { level, hash: added };
    for (let left = this.#peaks.at(-1); left?.level === node.level; left = this.#peaks.at(-1)) {
      this.#peaks.pop();
      node = { level: node.level + 1, hash: nodeHash(left.hash, node.hash) };
      completed?.({ level: node.level, index: this.#size / 2 ** node.level - 1 }, node.hash);
    }
    this.#peaks.push(node);
  }

  /** The root of the tree of all leaves so far. */
  root(): Buffer {
    const right = this.#peaks.at(-1);
    if (right === undefined) return EMPTY_ROOT;
    return this.#peaks.slice(0, -1).reduceRight((root, left) => nodeHash(left.hash, root), right.hash);
  }
}

/**
 * The largest complete subtrees that the leaves from `from` up to `to` fall into, in order. Those from 0 up to a size, followed by
 * those from there up to a larger one, prove that the tree of that size is the beginning of the larger.
 */
export function* subtreesOf(from: number, to: number): Generator<Subtree> {
  for (let begin = from; begin < to;) {
    let level = 0;
    while (begin % 2 ** (level + 1) === 0 && begin + 2 ** (level + 1) <= to) level += 1;
    yield { level, index: begin / 2 ** level };
    begin += 2 ** level;
  }
}

/**
 * The subtrees that are needed beside the leaves at these positions, in order, to find the root of a tree of `size` leaves: an
 * inclusion proof for all of them. `positions` ascend, and are below `size`.
 */
export function* subtreesBeside(positions: Iterable<number>, size: number): Generator<Subtree> {
  let next = 0;
  for (const position of positions) {
    if (position < next || position >= size) {
      throw new RangeError(`a position from ${next} up to ${size - 1} was expected, found ${position}`);
    }
    yield* subtreesOf(next, position);
    next = position + 1;
  }
  yield* subtreesOf(next, size);
}
