import { describe, expect, test } from 'vitest';
import { exampleAnnouncements } from '../../../src/api/announcement-examples.ts';
import { announcement } from '../../../src/api/change-schemas.ts';
import { fieldsOfAnnouncement, type AnnouncedAs } from '../../../src/console/announcing/announcement-fields.ts';
import { announcementOf } from '../../../src/console/announcing/announcement-of.ts';
import { companiesFound, fieldsOfCompany } from '../../../src/console/announcing/company-fields.ts';
import { fieldsIn, fieldsWith, type Fields } from '../../../src/console/announcing/fields.ts';
import { countryGroups, needOf } from '../../../src/console/announcing/places.ts';
import { stepOfField, stepsOf } from '../../../src/console/announcing/steps.ts';
import type { EntryNow } from '../../../src/domain/register.ts';

const [google, gintel, child, grandchild] = [
  '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a51',
  '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a52',
  '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a53',
  '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a54',
];

function entry(id: string, name: string, more: Partial<EntryNow> = {}): EntryNow {
  return {
    id,
    name,
    registrationNumber: null,
    address: 'Vej 1',
    country: 'DK',
    contactPerson: null,
    parentId: null,
    processing: { da: 'Drift' },
    personalData: { da: 'Navne' },
    locations: [{ country: 'DK', transferBasis: null }],
    ...more,
  };
}

const REGISTER = [
  entry(google, 'Google LLC', { registrationNumber: '3582691', country: 'US' }),
  entry(gintel, 'Gintel AS', { registrationNumber: '983 953 271', country: 'NO' }),
  entry(child, 'Userflow Inc.', { parentId: google }),
  entry(grandchild, 'Mailer GmbH', { parentId: child }),
];

/** The body of an addition that is typed whole, with other fields. */
const typed = (fields: Fields = {}) =>
  announcementOf(
    fieldsWith(
      {
        product: 'truetalk',
        kind: 'addition',
        'subProcessor.name': 'Nordlys Hosting ApS',
        'subProcessor.registrationNumber': '10000001',
        'subProcessor.address': 'Vej 1, Aarhus',
        'subProcessor.country': 'DK',
        'subProcessor.contactPerson.name': 'Eva Lund',
        'subProcessor.contactPerson.email': 'eva@nordlys.example',
        'subProcessor.processing.da': 'Drift',
        'subProcessor.personalData.da': 'Navne',
        'places.0.country': 'DK',
        'reason.da': 'Billigere',
        plannedActivationOn: '2026-12-24',
      },
      fields,
    ),
    REGISTER,
  );

/** The fields at which the schema finds a fault. */
const wrongFields = ({ body, fieldOf }: ReturnType<typeof typed>) =>
  announcement.safeParse(body).error?.issues.map(({ path }) => fieldOf(path.join('.'))) ?? [];

describe('What is announced can be typed', () => {
  test.each(exampleAnnouncements.map((example) => [example.kind ?? 'addition', example] as const))(
    'a %s comes back as it was',
    (_kind, example) => {
      const announced = announcement.parse(example);
      const shown = { ...announced, plannedActivationOn: announced.plannedActivationOn.toString(), upstream: null };
      const fields = fieldsOfAnnouncement(shown);
      const children = announced.children.map(({ entry: id }) => entry(id, 'Barn', { parentId: 'over' }));
      // The children of the example are those of the entry that leaves.
      const above = announced.replaces ?? announced.removes;
      const { body } = announcementOf(
        fields,
        children.map((each) => ({ ...each, parentId: above })),
      );
      expect(announcement.parse(body)).toEqual(announced);
    },
  );

  test('with all that can be said besides', () => {
    const announced = {
      ...announcement.parse(exampleAnnouncements[2]),
      upstream: { noticeReceivedOn: '2026-11-20', objectBy: null, effectiveOn: '2027-01-01', reference: 'A-1' },
      listedInTerms: ['2026-03', '2026-09'],
      regime: { objection: true, approval: true },
      wordingOnly: ['personalData'],
      plannedActivationOn: '2026-12-24',
      farDate: true,
      holdMinutes: 60,
      supersedes: google,
    } as unknown as AnnouncedAs;
    const { body } = announcementOf(fieldsOfAnnouncement(announced), REGISTER);
    expect(announcement.parse(body)).toEqual(announcement.parse(announced));
  });
});

describe('What is typed', () => {
  test('is announced as it is typed, and nothing besides', () => {
    expect(wrongFields(typed())).toEqual([]);
    expect(typed().body).toMatchObject({
      subProcessor: { parentId: null, locations: [{ country: 'DK', transferBasis: null }] },
      scope: 'all',
      upstream: null,
      farDate: false,
    });
  });

  test('finds the field of each fault', () => {
    const wrong = typed({
      'subProcessor.name': '',
      'subProcessor.contactPerson.email': 'eva',
      'places.0.country': '',
      'reason.da': '',
      plannedActivationOn: '2026-02-30',
      holdMinutes: 'en time',
      'upstream.reference': 'A-1',
    });
    expect(new Set(wrongFields(wrong))).toEqual(
      new Set([
        'subProcessor.name',
        'subProcessor.contactPerson.email',
        'places.0.country',
        'reason.da',
        'plannedActivationOn',
        'holdMinutes',
        'upstream.noticeReceivedOn',
        'upstream.effectiveOn',
      ]),
    );
  });

  test('names the row of a place, also where rows before it are empty', () => {
    const { fieldOf } = typed({ 'places.0.country': '', 'places.3.country': 'DE', 'places.7.country': 'US' });
    expect(fieldOf('subProcessor.locations.1.transferBasis')).toBe('places.7.basis');
    expect(fieldOf('subProcessor.locations.0.country')).toBe('places.3.country');
  });

  test('takes nothing from a form that is not a field of an announcement', () => {
    expect(
      fieldsIn({
        csrf: 'x',
        __proto__: 'x',
        'subProcessor.name': ' Nordlys ',
        'places.0.country': ['DK', 'DE'],
        boxes: 'farDate scope csrf',
        scope: 'each',
      }),
    ).toEqual({ 'subProcessor.name': 'Nordlys', 'places.0.country': 'DK', farDate: '', scope: 'each' });
  });
});

describe('The basis of a place', () => {
  const basisOf = (fields: Fields) =>
    (typed(fields).body as { subProcessor: { locations: unknown[] } }).subProcessor.locations[0];

  test.each([
    ['GB', '45', '', { article: '45', decision: '2021/1772' }],
    ['US', '45', 'Nordlys Inc.', { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Inc.' }],
    ['IN', 'SCC', '', { article: '46', instrument: 'SCC' }],
    ['DE', '', '', null],
  ])('in %s', (country, basis, certifiedAs, expected) => {
    const place = { 'places.0.country': country, 'places.0.basis': basis, 'places.0.certifiedAs': certifiedAs };
    expect(basisOf(place)).toEqual({ country, transferBasis: expected });
  });

  test('stays as the register words it, as long as it is the country’s own', () => {
    const decision = 'Kommissionens afgørelse (EU) 2021/1772';
    const place = { 'places.0.basis': '45', 'places.0.decision': decision };
    expect(basisOf({ ...place, 'places.0.country': 'GB' })).toMatchObject({ transferBasis: { decision } });
    expect(basisOf({ ...place, 'places.0.country': 'JP' })).toMatchObject({ transferBasis: { decision: '2019/419' } });
  });

  test('is said of every country by what it needs', () => {
    expect(['DK', 'NO', 'US', 'GB', 'IN'].map(needOf)).toEqual(['none', 'none', 'certified', 'decision', 'clauses']);
    const groups = countryGroups('da');
    expect(groups.flatMap(({ countries }) => countries)).toHaveLength(249);
    expect(groups[0]?.countries.at(-1)).toEqual({ code: 'AX', name: 'Åland' });
  });
});

describe('The sub-processors of an entry that leaves', () => {
  const removal = (fields: Fields) => typed({ kind: 'removal', entry: google, ...fields });

  test('are settled down the tree, as far as it is decided', () => {
    const stays = removal({ [`children.${child}`]: `stays:${gintel}`, [`children.${grandchild}`]: 'leaves' });
    expect(stays.body.children).toEqual([{ entry: child, then: 'stays', parentId: gintel }]);
    const leaves = removal({ [`children.${child}`]: 'leaves', [`children.${grandchild}`]: 'stays:' });
    expect(leaves.body.children).toEqual([
      { entry: child, then: 'leaves' },
      { entry: grandchild, then: 'stays', parentId: null },
    ]);
    expect(leaves.fieldOf('children.1.parentId')).toBe(`children.${grandchild}`);
  });

  test('are asked for where nothing is decided', () => {
    expect(removal({ [`children.${child}`]: 'leaves' }).fieldOf('children')).toBe(`children.${grandchild}`);
  });
});

test('Each field is of a step that its kind has', () => {
  expect(stepsOf('removal')).toEqual(['about', 'company', 'reason', 'when', 'review']);
  expect(stepsOf('transfer-basis')).toEqual(['about', 'places', 'reason', 'when', 'review']);
  expect([`entries.${google}.US`, 'entry', 'places.0.basis', 'separation.da'].map(stepOfField)).toEqual([
    'places',
    'company',
    'places',
    'when',
  ]);
});

describe('A company that a register has', () => {
  const known = REGISTER.map((each) => ({ product: 'truetalk', productName: 'TrueTalk', entry: each }));

  test.each([
    ['983953271', ['Gintel AS']],
    ['NO 983 953 271 MVA', ['Gintel AS']],
    ['google', ['Google LLC']],
    ['12345678', []],
    ['  ', []],
  ])('is found by %s', (words, expected) => {
    expect(companiesFound(words, known).map(({ entry: found }) => found.name)).toEqual(expected);
  });

  test('is copied with its places', () => {
    expect(
      fieldsOfCompany(
        entry(google, 'Google LLC', {
          locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'BCR' } }],
        }),
      ),
    ).toMatchObject({ 'subProcessor.name': 'Google LLC', 'places.0.country': 'IN', 'places.0.basis': 'BCR' });
  });
});
