import { describe, expect, test } from 'vitest';
import { parentsFirst, refuseFirstRegister, type FirstEntry } from '../../src/domain/first-register.ts';
import { aSubProcessor } from '../support/examples.ts';

const today = Temporal.PlainDate.from('2026-03-02');
const anEntry = (number: number, overrides: Partial<FirstEntry> = {}): FirstEntry => ({
  ...aSubProcessor(number),
  id: `entry-${number}`,
  activeFrom: null,
  ...overrides,
});
const refusal = (entries: readonly FirstEntry[]) =>
  refuseFirstRegister(entries, { today, activated: [], announced: [] });

describe('A first register', () => {
  test('is loaded where nothing is wrong with it', () => {
    expect(refusal([anEntry(1, { activeFrom: today }), anEntry(2)])).toBeNull();
  });

  test('is refused for an entry of the future, and says which (D21)', () => {
    expect(refusal([anEntry(1), anEntry(2, { activeFrom: today.add({ days: 1 }) })])).toMatchObject({
      because: 'active-from-in-future',
      path: 'entries.1.activeFrom',
    });
  });

  test('is refused for a place outside the EEA without its transfer basis (D3)', () => {
    expect(refusal([anEntry(1, { locations: [{ country: 'US', transferBasis: null }] })])).toMatchObject({
      because: 'transfer-basis-missing',
      path: 'entries.0.locations.0.transferBasis',
    });
  });

  test('is refused for one company twice', () => {
    expect(refusal([anEntry(1), anEntry(1)])).toMatchObject({ because: 'already-in-register', path: 'entries.1' });
  });
});

describe('Entries', () => {
  const [child, parent] = [anEntry(1, { parentId: 'entry-2' }), anEntry(2)];

  test('are put behind their parents, in whatever order they come', () => {
    expect(parentsFirst([child, parent])).toEqual([parent, child]);
  });

  test('whose parents are unknown or go in a circle are refused', () => {
    const unknown = () => parentsFirst([child]);
    const circle = () => parentsFirst([child, { ...parent, parentId: 'entry-1' }]);
    for (const refused of [unknown, circle]) {
      expect(refused).toThrow(expect.objectContaining({ code: 'parent-unknown' }) as Error);
    }
  });
});
