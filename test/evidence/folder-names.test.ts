import { expect, test } from 'vitest';
import { folderNames } from '../../src/evidence/folder-names.ts';

test('Names of folders are safe, and told apart also where capitals do not', () => {
  const nameOf = folderNames();
  expect(['../x', 'A"b', 'a<b', 'kunde-1', 'KUNDE-1', 'Ærø', 'nul', '..', '-n'].map(nameOf)).toEqual([
    '___x',
    'A_b',
    'a_b_2',
    'kunde-1',
    'KUNDE-1_2',
    'Ærø',
    'nul_',
    '__',
    '-n',
  ]);
});

test('Names of folders fit into every file system, and no character of them is cut in two', () => {
  const nameOf = folderNames();
  for (const character of ['a', 'æ', '漢', '𠮷', '𡈽']) {
    for (const before of ['', 'x', 'xx', 'xxx']) {
      const name = nameOf(before + character.repeat(100));
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(155);
      expect(name.isWellFormed()).toBe(true);
      expect(name).not.toContain('\u{fffd}');
    }
  }
  const [one, other] = ['𠮷', '𡈽'].map((character) => nameOf('y'.repeat(149) + character));
  expect(Buffer.from(one ?? '')).not.toEqual(Buffer.from(other ?? ''));
});
