import { expect, test } from 'vitest';
import { registerTree } from '../../src/demo/register-tree.ts';

const entry = (id: string, parentId: string | null) => ({
  id,
  name: id.toUpperCase(),
  parentId,
  locations: [{ country: 'DK' }, { country: 'SE' }],
});

test('every child stands under its own parent, whatever the order of the register', () => {
  const entries = [entry('a', null), entry('b', null), entry('a1', 'a'), entry('b1', 'b'), entry('a2', 'a')];
  expect(registerTree(entries)).toEqual([
    'A, processing in DK, SE',
    '  └ A1, processing in DK, SE',
    '  └ A2, processing in DK, SE',
    'B, processing in DK, SE',
    '  └ B1, processing in DK, SE',
  ]);
});

test('a chain of parents is a level each', () => {
  const entries = [entry('a', null), entry('a1', 'a'), entry('a11', 'a1')];
  expect(registerTree(entries)).toEqual([
    'A, processing in DK, SE',
    '  └ A1, processing in DK, SE',
    '    └ A11, processing in DK, SE',
  ]);
});

test('an entry whose parent has left the register stands under nobody else', () => {
  expect(registerTree([entry('a', null), entry('b1', 'b')])).toEqual([
    'A, processing in DK, SE',
    'B1, processing in DK, SE (engaged by one that has left the register)',
  ]);
});
