import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_ROOT, leafHash, MerkleTree, subtreesBeside, subtreesOf } from '../../src/evidence/merkle.ts';

const sha256 = (...parts: Buffer[]) => hash('sha256', Buffer.concat(parts), 'buffer');

/** The definition of RFC 9162, section 2.1.1, word for word. */
function rootByDefinition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  const [only] = leaves;
  if (leaves.length === 1 && only) return sha256(Buffer.of(0), only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)));
}

const linesOf = (size: number) => Array.from({ length: size }, (_, index) => Buffer.from(`line ${index}`));

function treeOf(lines: readonly Buffer[], completed?: Parameters<MerkleTree['append']>[2]): MerkleTree {
  const tree = new MerkleTree();
  for (const line of lines) tree.append(leafHash(line), 0, completed);
  return tree;
}

/** The root of the lines that a subtree is of, by the definition. */
const subtreeOf = (lines: readonly Buffer[], { level, index }: { level: number; index: number }) =>
  rootByDefinition(lines.slice(index * 2 ** level, (index + 1) * 2 ** level));

describe('A Merkle tree', () => {
  test('has the roots of the test vectors of Certificate Transparency', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const tree = new MerkleTree();
    expect(tree.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(EMPTY_ROOT).toEqual(tree.root());
    const roots = inputs.map((input) => {
      tree.append(leafHash(Buffer.from(input, 'hex')));
      return tree.root().toString('hex');
    });
    expect([roots[0], roots[1], roots.at(-1)]).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  test('has the root of the definition, whatever its size, and tells of each subtree that it completes', () => {
    for (let size = 0; size <= 70; size += 1) {
      const lines = linesOf(size);
      const told: string[] = [];
      const tree = treeOf(lines, (subtree, found) => {
        told.push(`${subtree.level} ${subtree.index}`);
        expect(found).toEqual(subtreeOf(lines, subtree));
      });
      expect(tree.root()).toEqual(rootByDefinition(lines));
      const levels = [1, 2, 3, 4, 5, 6];
      const complete = levels.flatMap((level) =>
        Array.from({ length: Math.floor(size / 2 ** level) }, (_, index) => `${level} ${index}`),
      );
      expect(told.sort()).toEqual(complete.sort());
    }
  });

  test('is proved by some of its lines and the subtrees beside them, and by no other line', () => {
    const cases = fc
      .integer({ min: 1, max: 300 })
      .chain((size) => fc.tuple(fc.constant(size), fc.subarray(Array.from({ length: size }, (_, index) => index))));
    fc.assert(
      fc.property(cases, fc.nat(), ([size, positions], any) => {
        const lines = linesOf(size);
        const proof = [...subtreesBeside(positions, size)];
        const rootWith = (altered: number | null) => {
          const tree = new MerkleTree();
          const parts = [
            ...positions.map((position) => ({ level: 0, index: position, line: lines[position] })),
            ...proof.map((subtree) => ({ ...subtree, line: undefined })),
          ].sort((a, b) => a.index * 2 ** a.level - b.index * 2 ** b.level);
          for (const part of parts) {
            const given = part.line && (part.index === altered ? Buffer.from('another') : part.line);
            tree.append(given ? leafHash(given) : subtreeOf(lines, part), part.level);
          }
          expect(tree.size).toBe(size);
          return tree.root();
        };
        expect(rootWith(null)).toEqual(rootByDefinition(lines));
        const altered = positions[any % Math.max(positions.length, 1)];
        if (altered !== undefined) expect(rootWith(altered)).not.toEqual(rootByDefinition(lines));
      }),
    );
  });

  test('is the beginning of every later one', () => {
    for (const [earlier, later] of [
      [0, 9],
      [1, 2],
      [8, 9],
      [21, 64],
      [64, 300],
      [255, 257],
    ] as const) {
      const lines = linesOf(later);
      const tree = new MerkleTree();
      for (const subtree of subtreesOf(0, earlier)) tree.append(subtreeOf(lines, subtree), subtree.level);
      expect(tree.root()).toEqual(rootByDefinition(lines.slice(0, earlier)));
      for (const subtree of subtreesOf(earlier, later)) tree.append(subtreeOf(lines, subtree), subtree.level);
      expect(tree.root()).toEqual(rootByDefinition(lines));
    }
  });

  test('takes a subtree only where it can begin, and positions only in order', () => {
    const tree = treeOf(linesOf(3));
    expect(() => tree.append(EMPTY_ROOT, 1)).toThrow('a subtree of level 1 cannot begin at leaf 3');
    expect(() => [...subtreesBeside([2, 2], 5)]).toThrow('a position from 3 up to 4 was expected, found 2');
    expect(() => [...subtreesBeside([5], 5)]).toThrow('found 5');
  });
});
