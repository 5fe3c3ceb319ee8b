import { describe, expect, it } from 'vitest';
import { entitlementOf, type VersionForController } from '../../src/domain/entitlement.ts';

/** A version of entry `a` in Denmark that holds for everybody. */
const version = (overrides: Partial<VersionForController> = {}): VersionForController => ({
  entry: 'a',
  isMeant: true,
  isActive: true,
  countries: ['DK'],
  changeId: null,
  endedBy: null,
  validFor: [],
  endedFor: [],
  joined: [],
  ...overrides,
});

/** An entry that change `c` has amended in waves: a place in India for who is in one. */
const amended = (joined: readonly string[]) => [
  version({ endedFor: ['c'], joined }),
  version({ countries: ['DK', 'IN'], changeId: 'c', validFor: ['c'], joined }),
];
/** Entry `b` that has replaced `a` in waves of change `c`. */
const replaced = (joined: readonly string[]) => version({ endedFor: ['c'], joined });
const replacing = (joined: readonly string[]) => version({ entry: 'b', changeId: 'c', validFor: ['c'], joined });

const ask = (versions: readonly VersionForController[], country: string | null = null, hasAgreement = true) => {
  const { allowed, because, entry, change } = entitlementOf({ hasAgreement, versions }, country);
  return [allowed, because, entry, change];
};

describe('whether a company may be used for the data of a controller', () => {
  it.each([
    ['in the register for all', [version()], null, [true, 'in-register', 'a', null]],
    ['in a place that is listed', [version({ changeId: 'n' })], 'DK', [true, 'in-register', 'a', 'n']],
    ['in a place that is not', [version({ changeId: 'n' })], 'IN', [false, 'place-not-listed', 'a', 'n']],
    ['never in it', [], 'DK', [false, 'not-in-register', null, null]],
    ['no more in it', [version({ isActive: false, endedBy: 'r' })], null, [false, 'ended', 'a', 'r']],
    [
      'no more in it, twice',
      [version({ isActive: false, endedBy: 'r' }), version({ entry: 'b', isActive: false, endedBy: 's' })],
      null,
      [false, 'ended', 'b', 's'],
    ],
    [
      'in it under another name now',
      [version({ isActive: false, endedBy: 'r' }), version({ isMeant: false, changeId: 'r' })],
      null,
      [true, 'in-register', 'a', 'r'],
    ],
    [
      'in it under another name now, where another company that has left had the name last',
      [
        version({ isActive: false, endedBy: 'r' }),
        version({ isMeant: false, changeId: 'r' }),
        version({ entry: 'b', isActive: false, endedBy: 's' }),
      ],
      null,
      [false, 'ambiguous', null, null],
    ],
    [
      'in it again',
      [version({ isActive: false, endedBy: 'r' }), version({ entry: 'b', changeId: 'n' })],
      null,
      [true, 'in-register', 'b', 'n'],
    ],
    [
      'amended for all',
      [version({ isActive: false, countries: ['IN'], endedBy: 'm' }), version({ changeId: 'm' })],
      'IN',
      [false, 'place-not-listed', 'a', 'm'],
    ],
    ['one of two', [version(), version({ entry: 'b' })], null, [false, 'ambiguous', null, null]],
    ['amended for some, and it is one', amended(['c']), 'IN', [true, 'in-register', 'a', 'c']],
    ['amended for some, and it is none', amended([]), 'IN', [false, 'not-approved-by-this-controller', 'a', 'c']],
    ['as it was for the others', amended([]), 'DK', [true, 'in-register', 'a', null]],
    ['in a place that is listed for nobody', amended([]), 'US', [false, 'place-not-listed', 'a', null]],
    ['replaced for some, and it is one', [replaced(['c'])], null, [false, 'ended', 'a', 'c']],
    ['replaced for some, and it is none', [replaced([])], null, [true, 'in-register', 'a', null]],
    ['new for some, and it is one', [replacing(['c'])], null, [true, 'in-register', 'b', 'c']],
    ['new for some, and it is none', [replacing([])], null, [false, 'not-approved-by-this-controller', 'b', 'c']],
    [
      'of two changes that it needs has one',
      [version({ validFor: ['c', 'd'], joined: ['c'] })],
      null,
      [false, 'not-approved-by-this-controller', 'a', 'd'],
    ],
  ] as const)('%s', (_case, versions, country, expected) => {
    expect(ask(versions, country)).toEqual(expected);
  });

  it('never without an agreement, whatever is in the register', () => {
    expect(ask([version()], 'DK', false)).toEqual([false, 'no-agreement', null, null]);
  });
});
