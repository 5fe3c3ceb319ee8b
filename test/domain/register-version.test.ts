import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/domain/effect.ts';
import type { ChangeElement } from '../../src/domain/regime.ts';
import type { RegisterVersion } from '../../src/domain/register.ts';
import { applyElements, registerStep } from '../../src/domain/register-version.ts';
import type { Location } from '../../src/domain/transfer-basis.ts';
import { aSubProcessor } from '../support/examples.ts';

const INFORM = { objection: false, approval: false };
const DK: Location = { country: 'DK', transferBasis: null };
const DPF: Location = { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Nordlys' } };
const SCC: Location = { country: 'US', transferBasis: { article: '46', instrument: 'SCC' } };

const element = (overrides: Partial<ChangeElement>): ChangeElement => ({
  entry: 'entry-1',
  company: 'Nordlys Hosting 1 ApS',
  element: 'address',
  from: 'Havnegade 1, 8000 Aarhus C',
  to: 'Ny Vej 2',
  regime: INFORM,
  clause: 'Op. 22/2024',
  ...overrides,
});

describe('An element', () => {
  const before = aSubProcessor(1, { locations: [DK, DPF] });

  test('is applied where it is as it was, is done where it is as it shall be, and else voids its change', () => {
    expect(applyElements(before, [element({})])).toEqual({ ...before, address: 'Ny Vej 2' });
    const done = { ...before, address: 'Ny Vej 2' };
    expect(applyElements(done, [element({})])).toEqual(done);
    expect(applyElements({ ...before, address: 'Et tredje sted' }, [element({})])).toBeNull();
  });

  test.each<[string, Partial<ChangeElement>, readonly Location[], readonly Location[] | null]>([
    ['a place that comes', { element: 'place', from: null, to: SCC }, [DK], [DK, SCC]],
    ['one that has come', { element: 'place', from: null, to: SCC }, [DK, SCC], [DK, SCC]],
    ['one that has come on another basis', { element: 'place', from: null, to: SCC }, [DK, DPF], null],
    ['a place that goes', { element: 'place', from: DPF, to: null }, [DK, DPF], [DK]],
    ['one that has gone', { element: 'place', from: DPF, to: null }, [DK], [DK]],
    ['one that goes, and rests on another basis', { element: 'place', from: DPF, to: null }, [SCC], null],
    ['a basis, in its place', { element: 'transferBasis', from: DPF, to: SCC }, [DPF, DK], [SCC, DK]],
    ['a basis of a place that has gone', { element: 'transferBasis', from: DPF, to: SCC }, [DK], null],
  ])('is %s', (_what, overrides, locations, expected) => {
    const applied = applyElements({ ...before, locations }, [element(overrides)]);
    expect(applied?.locations ?? null).toEqual(expected);
  });
});

test('A country that comes with two bases is one place, and both come', () => {
  const both = [element({ element: 'place', from: null, to: DPF }), element({ element: 'place', from: null, to: SCC })];
  const before = aSubProcessor(1, { locations: [DK] });
  expect(applyElements(before, both)?.locations).toEqual([DK, DPF, SCC]);
  expect(applyElements({ ...before, locations: [DK, DPF, SCC] }, both)?.locations).toEqual([DK, DPF, SCC]);
});

describe('A step of the register', () => {
  const version = (versionId: string, overrides: Partial<RegisterVersion> = {}): RegisterVersion => ({
    ...aSubProcessor(1),
    id: 'entry-1',
    versionId,
    activeFrom: Temporal.PlainDate.from('2026-01-01'),
    activeUntil: null,
    factsFrom: Temporal.PlainDate.from('2026-01-01'),
    changeId: null,
    forSome: false,
    validFor: [],
    endedFor: [],
    ...overrides,
  });
  const company = { company: aSubProcessor(1), chain: [] };
  const amends: Effect = { act: 'amends', entry: 'entry-1', from: company, to: company };
  const step = (scope: 'all' | 'each', effects: readonly Effect[], live: readonly RegisterVersion[]) =>
    registerStep({ id: 'change-1', scope, effects, elements: [element({})] }, live);
  const forSome = [
    version('rest', { endedFor: ['change-0'] }),
    version('wave', { validFor: ['change-0'], processing: { da: 'Andet' } }),
  ];

  test('amends every version of an entry, for everybody whom it holds for', () => {
    expect(step('all', [amends], forSome)).toMatchObject({
      ended: ['rest', 'wave'],
      written: [
        { entry: 'entry-1', validFor: [], endedFor: ['change-0'], facts: { address: 'Ny Vej 2' } },
        { validFor: ['change-0'], endedFor: [], facts: { address: 'Ny Vej 2', processing: { da: 'Andet' } } },
      ],
    });
  });

  test('of scope each splits every version into those of its waves and the rest', () => {
    expect(step('each', [amends], forSome)).toMatchObject({
      ended: ['rest', 'wave'],
      written: [
        { validFor: ['change-1'], endedFor: ['change-0'] },
        { validFor: ['change-0', 'change-1'], endedFor: [] },
      ],
    });
  });

  test('ends what leaves, and writes what enters as an entry of its own', () => {
    const replaces: Effect = { ...amends, act: 'replaces', to: { company: aSubProcessor(2), chain: [] } };
    expect(step('each', [replaces], [version('only')])).toEqual({
      ended: ['only'],
      written: [{ entry: null, facts: aSubProcessor(2), validFor: ['change-1'], endedFor: [] }],
    });
    expect(step('all', [{ ...amends, act: 'leaves', to: null }], [version('only')])).toEqual({
      ended: ['only'],
      written: [],
    });
  });

  test('is none where the entry has left, or is another in any of its versions', () => {
    expect(() => step('all', [amends], [])).toThrow('entry-1');
    const other = version('other', { validFor: ['change-0'], address: 'Et tredje sted' });
    expect(() => step('all', [amends], [version('rest', { endedFor: ['change-0'] }), other])).toThrow('entry-1');
  });
});
