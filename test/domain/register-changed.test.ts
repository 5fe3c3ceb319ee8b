import { expect, test } from 'vitest';
import type { Announcement } from '../../src/domain/change.ts';
import { registerDifferences, goneAfterWaves } from '../../src/domain/register-changed.ts';
import type { RegisterEntry, SubProcessor } from '../../src/domain/register.ts';
import type { Location } from '../../src/domain/transfer-basis.ts';
import { aContent, anAnnouncement, anEntry, aSubProcessor } from '../support/examples.ts';

const place = (country: string): Location => ({ country, transferBasis: null });
const onClauses: Location = { country: 'US', transferBasis: { article: '46', instrument: 'SCC' } };
const onFramework: Location = {
  country: 'US',
  transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Google LLC' },
};

const GINTEL = anEntry(1, { name: 'Gintel AS', locations: [place('NO')] });
const GOOGLE = anEntry(2, { name: 'Google', parentId: 'entry-1', locations: [onFramework] });
const REGISTER = [GINTEL, GOOGLE];

const amendment = (changed: Partial<SubProcessor>) =>
  anAnnouncement({
    kind: 'amendment',
    amends: 'entry-1',
    subProcessor: { ...aSubProcessor(1), name: 'Gintel AS', locations: [place('NO')], ...changed },
  });
const removal = anAnnouncement({ kind: 'removal', removes: 'entry-2', subProcessor: null });
const differences = (announcement: Announcement, now: readonly RegisterEntry[]) =>
  registerDifferences(aContent(announcement, REGISTER), now);
const amended = (entry: RegisterEntry, changed: Partial<SubProcessor>) => [
  ...REGISTER.filter(({ id }) => id !== entry.id),
  { ...entry, ...changed },
];

test('A change is not void while what it takes for granted holds, whatever else of its entries has changed', () => {
  const processing = amendment({ processing: { da: 'Optagelse' } });
  expect(differences(processing, REGISTER)).toEqual([]);
  expect(differences(processing, amended(GINTEL, { address: 'Andetsteds 2', personalData: { da: 'Lyd' } }))).toEqual(
    [],
  );
  expect(differences(removal, amended(GOOGLE, { address: 'Andetsteds 2' }))).toEqual([]);
  // What it has done itself, by a wave, is as it shall be.
  expect(differences(processing, amended(GINTEL, { processing: { da: 'Optagelse' } }))).toEqual([]);
  expect(differences(anAnnouncement(), [])).toEqual([]);
});

test('An entry that has left makes it void, and so does a parent', () => {
  const gone = (entry: string, company: string) => [
    { entry, company, element: 'company', expected: company, found: null },
  ];
  expect(differences(removal, [GINTEL])).toEqual(gone('entry-2', 'Google'));
  expect(differences(anAnnouncement({ kind: 'replacement', replaces: 'entry-2' }), [GINTEL])).toEqual(
    gone('entry-2', 'Google'),
  );
  expect(differences(amendment({ processing: { da: 'Optagelse' } }), [GOOGLE])).toEqual(gone('entry-1', 'Gintel AS'));
  const below = anAnnouncement({ subProcessor: aSubProcessor(9, { parentId: 'entry-1' }) });
  expect(differences(below, REGISTER)).toEqual([]);
  expect(differences(below, [GOOGLE])).toEqual(gone('entry-1', 'Gintel AS'));
});

test('An amendment that leaves the parent as it is holds for an entry that has come under another', () => {
  const address = anAnnouncement({
    kind: 'amendment',
    amends: 'entry-2',
    subProcessor: { ...GOOGLE, address: 'Ny Vej 2' },
  });
  expect(differences(address, [{ ...GOOGLE, parentId: null }])).toEqual([]);
});

test.each<[string, Announcement, RegisterEntry[], object]>([
  [
    'a text',
    amendment({ processing: { da: 'Optagelse' } }),
    amended(GINTEL, { processing: { da: 'Support' } }),
    { element: 'processing', expected: GINTEL.processing, found: { da: 'Support' } },
  ],
  [
    'a place that is to come, on another basis',
    amendment({ locations: [place('NO'), onClauses] }),
    amended(GINTEL, { locations: [place('NO'), onFramework] }),
    { element: 'place', expected: null, found: [place('NO'), onFramework] },
  ],
  [
    'a basis',
    anAnnouncement({ kind: 'transfer-basis', subProcessor: null, entries: [{ entry: 'entry-2', ...onClauses }] }),
    amended(GOOGLE, { locations: [{ country: 'US', transferBasis: { article: '46', instrument: 'BCR' } }] }),
    { element: 'transferBasis', expected: onFramework },
  ],
  [
    'the parent of a child that stays',
    anAnnouncement({
      kind: 'removal',
      removes: 'entry-1',
      subProcessor: null,
      children: [{ entry: 'entry-2', then: 'stays', parentId: null }],
    }),
    [...amended(GOOGLE, { parentId: 'entry-3' }), anEntry(3)],
    { element: 'parentId', expected: 'entry-1', found: 'entry-3' },
  ],
])(
  'An element that is another one makes it void, and says what was found: %s',
  (_what, announcement, now, expected) => {
    expect(differences(announcement, now)).toMatchObject([expected]);
  },
);

test('Each version of an entry is asked for', () => {
  const versions = [GINTEL, { ...GINTEL, processing: { da: 'Support' } }];
  expect(differences(amendment({ processing: { da: 'Optagelse' } }), versions)).toMatchObject([
    { found: { da: 'Support' } },
  ]);
});

test('Of a company that waves have added, and that is gone, its name is told', () => {
  expect(goneAfterWaves(aContent())).toMatchObject([{ entry: null, company: 'Nordlys Hosting 1 ApS', found: null }]);
});
