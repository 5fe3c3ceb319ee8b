import { describe, expect, test } from 'vitest';
import { earliestPlannedOn, refusalsOf, type AnnouncementFacts } from '../../src/domain/announcement.ts';
import type { Announcement } from '../../src/domain/change.ts';
import type { RegisterEntry, SubProcessor } from '../../src/domain/register.ts';
import type { Location } from '../../src/domain/transfer-basis.ts';
import { aContent, anAnnouncement, anEntry, aProduct, aSubProcessor } from '../support/examples.ts';

const day = (text: string) => Temporal.PlainDate.from(text);
const NOW = Temporal.Instant.from('2026-03-20T14:00:00Z');
const onFramework = (certifiedAs: string): Location => ({
  country: 'US',
  transferBasis: { article: '45', decision: 'DPF', certifiedAs },
});
const onClauses = (country: string): Location => ({ country, transferBasis: { article: '46', instrument: 'SCC' } });

/** Gintel with Atlassian below it, which has Amazon below; Userflow with Google. Atlassian and Google have no number. */
const GINTEL = anEntry(1, { id: 'gintel', name: 'Gintel AS' });
const ATLASSIAN = anEntry(2, { id: 'atlassian', name: 'Atlassian', registrationNumber: null, parentId: 'gintel' });
const AMAZON = anEntry(3, { id: 'amazon', name: 'Amazon', parentId: 'atlassian' });
const USERFLOW = anEntry(4, { id: 'userflow', name: 'Userflow', locations: [onFramework('Userflow Inc.')] });
const GOOGLE = anEntry(5, {
  id: 'google',
  name: 'Google',
  registrationNumber: 'N/A',
  parentId: 'userflow',
  contactPerson: null,
  locations: [onFramework('Google LLC')],
});
const REGISTER: readonly RegisterEntry[] = [GINTEL, ATLASSIAN, AMAZON, USERFLOW, GOOGLE];

const addition = (overrides: Partial<SubProcessor> = {}) =>
  anAnnouncement({ subProcessor: aSubProcessor(9, overrides) });
const amendment = (entry: RegisterEntry, changed: Partial<SubProcessor>, rest: Partial<Announcement> = {}) => {
  const { name, registrationNumber, address, country, contactPerson, parentId, processing, personalData, locations } =
    entry;
  const facts = {
    name,
    registrationNumber,
    address,
    country,
    contactPerson,
    parentId,
    processing,
    personalData,
    locations,
  };
  return anAnnouncement({ kind: 'amendment', amends: entry.id, subProcessor: { ...facts, ...changed }, ...rest });
};
const removal = (removes: string, children: Announcement['children'] = []) =>
  anAnnouncement({ kind: 'removal', removes, children, subProcessor: null });
const replacement = (
  replaces: string,
  children: Announcement['children'] = [],
  overrides: Partial<SubProcessor> = {},
) => anAnnouncement({ kind: 'replacement', replaces, children, subProcessor: aSubProcessor(9, overrides) });
const transferBasis = (...entries: Announcement['entries']) =>
  anAnnouncement({ kind: 'transfer-basis', entries, subProcessor: null });

const leaves = (entry: string) => ({ entry, then: 'leaves' }) as const;
const stays = (entry: string, parentId: string | null) => ({ entry, then: 'stays', parentId }) as const;

/** Everything that is wrong with an announcement while these others are open: the code and the place of each, and what is said. */
function refusals(
  announcement: Announcement,
  open: readonly Announcement[] = [],
  overrides: Partial<AnnouncementFacts> = {},
) {
  const facts: AnnouncementFacts = {
    terms: aProduct().terms,
    register: REGISTER,
    entriesNow: overrides.register ?? REGISTER,
    announced: open.map((each, index) => ({ id: `change-${index + 1}`, ...aContent(each, REGISTER) })),
    controllersWithoutContact: [],
    superseded: null,
    ...overrides,
  };
  return refusalsOf(announcement, aContent(announcement, facts.register), facts, NOW);
}
const codes = (...given: Parameters<typeof refusals>) =>
  refusals(...given).map(({ because, path }) => `${because} ${path ?? ''}`.trim());
const details = (...given: Parameters<typeof refusals>) => refusals(...given).map(({ detail }) => detail);

describe('Each kind is announced when nothing is wrong with it', () => {
  test.each<[string, Announcement]>([
    ['another address', amendment(GINTEL, { address: 'Andetsteds 2' })],
    ['another parent', amendment(AMAZON, { parentId: 'gintel' })],
    ['no parent any more', amendment(AMAZON, { parentId: null })],
    ['only other words', amendment(GINTEL, { processing: { da: 'Support' } }, { wordingOnly: ['processing'] })],
    ['an entry without sub-processors leaves', removal('amazon')],
    ['an entry leaves, with all below it', removal('gintel', [leaves('atlassian'), leaves('amazon')])],
    ['an entry leaves, and what is below it moves', removal('gintel', [stays('atlassian', 'userflow')])],
    ['below one that leaves, one stays', removal('gintel', [leaves('atlassian'), stays('amazon', null)])],
    ['a replacement whose child leaves', replacement('userflow', [leaves('google')])],
    ['a replacement whose child stays under the new company', replacement('userflow', [stays('google', 'userflow')])],
    [
      'and so does what is below a child that leaves',
      replacement('gintel', [leaves('atlassian'), stays('amazon', 'gintel')]),
    ],
    [
      'the Data Privacy Framework falls',
      transferBasis({ entry: 'userflow', ...onClauses('US') }, { entry: 'google', ...onClauses('US') }),
    ],
  ])('%s', (_what, announcement) => {
    expect(refusals(announcement)).toEqual([]);
  });
});

describe('What is not in the register is refused, with where it is named (D1)', () => {
  test.each<[string, Announcement, string[]]>([
    ['amended', amendment({ ...GINTEL, id: 'nobody' }, { address: 'Andetsteds 2' }), ['entry-unknown amends']],
    ['removed', removal('nobody'), ['entry-unknown removes']],
    ['replaced', replacement('nobody'), ['entry-unknown replaces']],
    ['given a basis', transferBasis({ entry: 'nobody', ...onClauses('US') }), ['entry-unknown entries.0.entry']],
    ['a child', removal('amazon', [leaves('nobody')]), ['entry-unknown children.0.entry']],
    ['a new parent', amendment(AMAZON, { parentId: 'nobody' }), ['parent-unknown subProcessor.parentId']],
    ['a child’s new parent', removal('userflow', [stays('google', 'nobody')]), ['parent-unknown children.0.parentId']],
    ['a place', transferBasis({ entry: 'userflow', ...onClauses('IN') }), ['place-unknown entries.0.country']],
  ])('%s', (_what, announcement, expected) => {
    expect(codes(announcement)).toEqual(expected);
  });

  test('the places that there are, are named', () => {
    const [detail] = details(transferBasis({ entry: 'userflow', ...onClauses('IN') }));
    expect(detail).toContain('Userflow processes nothing in IN: expected one of its places, US.');
  });
});

describe('Children are settled (D47)', () => {
  test('each that is missing is named, down the whole tree', () => {
    expect(codes(removal('gintel'))).toEqual(['children-unsettled children']);
    expect(details(removal('gintel'))[0]).toContain('found nothing about Atlassian (entry atlassian)');
    expect(details(replacement('gintel', [leaves('atlassian')]))[0]).toContain('Amazon (entry amazon)');
    expect(codes(removal('gintel', [stays('atlassian', null)]))).toEqual([]);
  });

  test('none is named that is no child of an entry that leaves, and none twice', () => {
    expect(codes(removal('amazon', [stays('google', null)]))).toEqual(['children-unsettled children.0.entry']);
    // What is below one that stays is not asked about.
    expect(codes(removal('gintel', [stays('atlassian', null), leaves('amazon')]))).toEqual([
      'children-unsettled children.1.entry',
    ]);
    expect(codes(removal('userflow', [leaves('google'), stays('google', null)]))).toEqual([
      'children-unsettled children.1.entry',
    ]);
  });

  test('none stays under an entry that leaves by the same change', () => {
    expect(codes(removal('userflow', [stays('google', 'userflow')]))).toEqual(['parent-leaving children.0.parentId']);
    expect(codes(removal('gintel', [leaves('atlassian'), stays('amazon', 'atlassian')]))).toEqual([
      'parent-leaving children.1.parentId',
    ]);
    expect(codes(replacement('userflow', [leaves('google')], { parentId: 'userflow' }))).toEqual([
      'parent-leaving subProcessor.parentId',
    ]);
    expect(codes(replacement('userflow', [leaves('google')], { parentId: 'google' }))).toEqual([
      'parent-leaving subProcessor.parentId',
    ]);
  });

  test('the company that takes an entry’s place is not below a child that stays under it, nor by another change', () => {
    const below = (parentId: string) => replacement('userflow', [stays('google', 'userflow')], { parentId });
    expect(codes(below('google'))).toEqual(['chain-loop children.0.parentId']);
    // The new company comes under Gintel, so Gintel cannot come under Google, which stays under the new company.
    expect(codes(amendment(GINTEL, { parentId: 'google' }), [below('gintel')])).toEqual([
      'chain-loop subProcessor.parentId',
    ]);
    expect(codes(below('gintel'), [amendment(GINTEL, { parentId: 'google' })])).toEqual([
      'chain-loop children.0.parentId',
    ]);
    expect(codes(amendment(GOOGLE, { parentId: null }), [below('gintel')])).toEqual([
      'change-already-announced amends',
    ]);
  });

  test('none is below itself, at once or by another', () => {
    expect(codes(amendment(GINTEL, { parentId: 'gintel' }))).toEqual(['chain-loop subProcessor.parentId']);
    expect(codes(amendment(GINTEL, { parentId: 'amazon' }))).toEqual(['chain-loop subProcessor.parentId']);
    expect(codes(removal('gintel', [stays('atlassian', 'amazon')]))).toEqual(['chain-loop children.0.parentId']);
    expect(codes(removal('gintel', [stays('atlassian', 'atlassian')]))).toEqual(['chain-loop children.0.parentId']);
    // An open change puts Userflow under Amazon; then Gintel, which Amazon is below, cannot come under Userflow's Google.
    const open = [amendment(USERFLOW, { parentId: 'amazon' })];
    expect(codes(amendment(GINTEL, { parentId: 'google' }), open)).toEqual(['chain-loop subProcessor.parentId']);
    expect(codes(amendment(GINTEL, { parentId: 'google' }))).toEqual([]);
  });

  test('nothing comes under an entry that an open change has leave, and its name is told', () => {
    const open = [addition(), removal('gintel', [leaves('atlassian'), stays('amazon', null)])];
    const under = (parentId: string) => anAnnouncement({ subProcessor: aSubProcessor(8, { parentId }) });
    expect(codes(under('gintel'), open)).toEqual(['parent-leaving subProcessor.parentId']);
    expect(details(under('atlassian'), open)[0]).toBe(
      'Atlassian leaves the register by change change-2: expected an entry that stays, or null.',
    );
    expect(codes(under('amazon'), open)).toEqual([]);
    expect(codes(amendment(USERFLOW, { parentId: 'gintel' }), open)).toEqual(['parent-leaving subProcessor.parentId']);
    expect(codes(removal('userflow', [stays('google', 'gintel')]), open)).toEqual([
      'parent-leaving children.0.parentId',
    ]);
  });

  test('nor does an entry leave that gets a sub-processor by an open change', () => {
    const under = anAnnouncement({ subProcessor: aSubProcessor(8, { parentId: 'amazon' }) });
    expect(codes(removal('amazon'), [under])).toEqual(['parent-leaving removes']);
    expect(codes(replacement('amazon'), [amendment(USERFLOW, { parentId: 'amazon' })])).toEqual([
      'parent-leaving replaces',
    ]);
    expect(codes(removal('gintel', [stays('atlassian', null)]), [under])).toEqual([]);
    expect(codes(removal('gintel', [leaves('atlassian'), leaves('amazon')]), [under])).toEqual([
      'parent-leaving children.1.entry',
    ]);
    // What is below it today is not new to it: it is settled.
    expect(codes(removal('userflow', [leaves('google')]), [amendment(GINTEL, { address: 'Andetsteds 2' })])).toEqual(
      [],
    );
  });

  test('an amendment of what stays under a parent that leaves is not put under it anew', () => {
    const open = [removal('userflow', [stays('google', null)])];
    expect(codes(amendment(GOOGLE, { address: 'Andetsteds 2' }), open)).toEqual([]);
    expect(codes(amendment(GOOGLE, { parentId: 'gintel' }), open)).toEqual(['change-already-announced amends']);
  });
});

describe('An amendment is of the same company (D38)', () => {
  test.each<[string, Announcement, string[]]>([
    ['another name, by the same number', amendment(GINTEL, { name: 'Gintel Norge AS' }), []],
    ['the same number, written otherwise', amendment(GINTEL, { registrationNumber: 'DK 40 00 00 01' }), []],
    [
      'another number',
      amendment(GINTEL, { registrationNumber: '40000099' }),
      ['another-company subProcessor.registrationNumber'],
    ],
    [
      'its number taken away',
      amendment(GINTEL, { registrationNumber: null }),
      ['another-company subProcessor.registrationNumber'],
    ],
    ['another country', amendment(GINTEL, { country: 'SE' }), ['another-company subProcessor.country']],
    [
      'another country, without a number',
      amendment(GOOGLE, { country: 'SE' }),
      ['another-company subProcessor.country'],
    ],
    ['a first number', amendment(ATLASSIAN, { registrationNumber: '53 102 443 916' }), []],
    ['another name where there is no number', amendment(ATLASSIAN, { name: 'Atlassian Pty Ltd' }), []],
    [
      'both',
      amendment(ATLASSIAN, { name: 'Atlassian Pty Ltd', registrationNumber: '53 102 443 916' }),
      ['another-company subProcessor'],
    ],
    [
      'another name and another address where there is no number',
      amendment(ATLASSIAN, { name: 'Atlassian Pty Ltd', address: 'Et andet sted 1, Sydney' }),
      ['another-company subProcessor'],
    ],
    ['another address alone', amendment(ATLASSIAN, { address: 'Et andet sted 1, Sydney' }), []],
    [
      'a first number, and capitals',
      amendment(ATLASSIAN, { name: 'ATLASSIAN', registrationNumber: '53102443916' }),
      [],
    ],
    ['a number where there was only "N/A"', amendment(GOOGLE, { registrationNumber: '3582691' }), []],
    [
      'without its contact person',
      amendment(GINTEL, { contactPerson: null, address: 'Andetsteds 2' }),
      ['contact-person-missing subProcessor.contactPerson'],
    ],
    ['still without one', amendment(GOOGLE, { address: 'Andetsteds 2' }), []],
  ])('%s', (_what, announcement, expected) => {
    expect(codes(announcement)).toEqual(expected);
  });

  test('and is no company that is in the register or announced by another name', () => {
    expect(codes(amendment(ATLASSIAN, { name: 'amazon' }))).toEqual(['already-in-register subProcessor']);
    const open = [anAnnouncement({ subProcessor: aSubProcessor(9, { name: 'Jira ApS' }) })];
    expect(codes(amendment(ATLASSIAN, { name: 'Jira ApS' }), open)).toEqual(['change-already-announced subProcessor']);
    // The reverse: a company that comes under a name that an open amendment gives another.
    expect(codes(addition({ name: 'Jira ApS' }), [amendment(ATLASSIAN, { name: 'Jira ApS' })])).toEqual([
      'change-already-announced subProcessor',
    ]);
    expect(codes(amendment(AMAZON, { name: 'Jira ApS' }), [amendment(ATLASSIAN, { name: 'Jira ApS' })])).toEqual([
      'change-already-announced subProcessor',
    ]);
  });
});

describe('A change changes something (D38)', () => {
  test('an amendment at least one fact', () => {
    expect(codes(amendment(GINTEL, {}))).toEqual(['change-without-effect subProcessor']);
    const reordered = { processing: { en: GINTEL.processing.en ?? '', da: GINTEL.processing.da } };
    expect(codes(amendment(GINTEL, reordered))).toEqual(['change-without-effect subProcessor']);
  });

  test('a transfer basis each of its places, to one that holds (D3)', () => {
    const same = { entry: 'google', ...onFramework('Google LLC') };
    const other = { entry: 'userflow', ...onClauses('US') };
    expect(codes(transferBasis(other, same))).toEqual(['change-without-effect entries.1.transferBasis']);
    expect(codes(transferBasis({ entry: 'userflow', country: 'US', transferBasis: null }))).toEqual([
      'transfer-basis-missing entries.0.transferBasis',
    ]);
    expect(codes(transferBasis({ entry: 'gintel', ...onClauses('DK') }))).toEqual([
      'transfer-basis-invalid entries.0.transferBasis',
    ]);
  });

  test('words alone only of a text that changes (D39)', () => {
    const stated = amendment(
      GINTEL,
      { processing: { da: 'Support' } },
      { wordingOnly: ['personalData', 'processing'] },
    );
    expect(codes(stated)).toEqual(['wording-unchanged wordingOnly.0']);
  });

  test('for each who approves only where an element needs approval, not where it was only asked for', () => {
    const separation = { da: 'Egne servere; CISO indestår' };
    const each = { scope: 'each', separation } as const;
    expect(codes(amendment(GINTEL, { processing: { da: 'Optagelse' } }, each))).toEqual([]);
    expect(codes(amendment(GINTEL, { address: 'Andetsteds 2' }, each))).toEqual(['nothing-to-approve scope']);
    const asked = { ...each, regime: { objection: false, approval: true } };
    expect(codes(amendment(GINTEL, { address: 'Andetsteds 2' }, asked))).toEqual(['nothing-to-approve scope']);
    expect(codes({ ...addition({ locations: [onClauses('IN')] }), ...each })).toEqual([]);
  });
});

describe('Two open changes touch the same entry, never the same element (D38)', () => {
  const address = amendment(GINTEL, { address: 'Andetsteds 2' });
  const processing = amendment(GINTEL, { processing: { da: 'Optagelse' } });
  const places = (...countries: string[]) =>
    amendment(GINTEL, { locations: countries.map((country) => ({ country, transferBasis: null })) });

  test('other elements go together', () => {
    expect(codes(processing, [address])).toEqual([]);
    expect(codes(places('DK', 'SE'), [places('DK', 'NO'), address, processing])).toEqual([]);
    expect(
      codes(amendment(GOOGLE, { address: 'Andetsteds 2' }), [transferBasis({ entry: 'google', ...onClauses('US') })]),
    ).toEqual([]);
  });

  test('the same one does not, and is named with the change', () => {
    expect(codes(amendment(GINTEL, { address: 'Tredje Sted 3' }), [processing, address])).toEqual([
      'change-already-announced amends',
    ]);
    expect(details(amendment(GINTEL, { address: 'Tredje Sted 3' }), [processing, address])).toEqual([
      '"address" of Gintel AS is changed by change change-2 already. Withdraw or close that one first.',
    ]);
  });

  test.each<[string, Announcement, Announcement, number]>([
    ['a place that comes twice', places('DK', 'SE'), places('DK', 'SE', 'NO'), 1],
    ['all of its places, one by each', places('SE'), places('NO'), 1],
    [
      'the basis of a place that goes',
      amendment(USERFLOW, { locations: [{ country: 'DK', transferBasis: null }] }),
      transferBasis({ entry: 'userflow', ...onClauses('US') }),
      1,
    ],
    [
      'name by one and first number by the other: together another company',
      amendment(ATLASSIAN, { name: 'Atlassian Pty Ltd' }),
      amendment(ATLASSIAN, { registrationNumber: '53102443916' }),
      1,
    ],
    [
      'the parent of a child that is settled',
      removal('userflow', [stays('google', null)]),
      amendment(GOOGLE, { parentId: null }),
      1,
    ],
    [
      'an entry that leaves, and one of its elements',
      removal('amazon'),
      amendment(AMAZON, { address: 'Andetsteds 2' }),
      1,
    ],
    [
      'an entry that is replaced, and one of its elements',
      replacement('amazon'),
      amendment(AMAZON, { address: 'Andetsteds 2' }),
      1,
    ],
    ['an entry that is replaced and removed', replacement('amazon'), removal('amazon'), 1],
    ['an entry that is removed twice', removal('amazon'), removal('amazon'), 1],
    [
      'a child that leaves, and its basis',
      removal('userflow', [leaves('google')]),
      transferBasis({ entry: 'google', ...onClauses('US') }),
      1,
    ],
  ])('%s: whichever is announced first', (_what, one, other, count) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const found = refusals(second, [first]);
      expect(found.map(({ because }) => because)).toEqual(Array(count).fill('change-already-announced'));
      expect(found[0]?.detail).toContain('change-1');
    }
  });
});

test('An element that controllers have differently is not amended, and whatever else of its entry is (D43)', () => {
  const other = { ...GINTEL, processing: { da: 'Optagelse' }, locations: [{ country: 'NO', transferBasis: null }] };
  const split = { entriesNow: [...REGISTER, other] };
  const support = { processing: { da: 'Support' } };
  expect(codes(amendment(GINTEL, support), [], split)).toEqual(['entry-differs amends']);
  expect(details(amendment(GINTEL, support), [], split)).toEqual([
    '"processing" of Gintel AS is another for some controllers, by a change of scope "each": expected an element that all have alike.',
  ]);
  expect(codes(amendment(GINTEL, support))).toEqual([]);
  expect(codes(amendment(GINTEL, { address: 'Andetsteds 2' }), [], split)).toEqual([]);
  // What some have already, the rest may get as well.
  expect(codes(amendment(GINTEL, { processing: other.processing }), [], split)).toEqual([]);
  expect(codes(removal('gintel', [leaves('atlassian'), leaves('amazon')]), [], split)).toEqual([]);
  const elsewhere = { entriesNow: [...REGISTER, { ...GOOGLE, parentId: 'gintel' }] };
  expect(codes(removal('userflow', [stays('google', null)]), [], elsewhere)).toEqual([
    'entry-differs children.0.entry',
  ]);
  // Google is under Gintel for some: it is settled when that leaves, and stays under Userflow for all or for none.
  const both = [leaves('atlassian'), leaves('amazon')];
  expect(codes(removal('gintel', both), [], elsewhere)).toEqual(['children-unsettled children']);
  expect(codes(removal('gintel', [...both, stays('google', 'userflow')]), [], elsewhere)).toEqual([
    'entry-differs children.2.entry',
  ]);
  expect(codes(removal('gintel', [...both, leaves('google')]), [], elsewhere)).toEqual([]);
  const basis = { entriesNow: [...REGISTER, { ...USERFLOW, locations: [{ country: 'DK', transferBasis: null }] }] };
  expect(codes(transferBasis({ entry: 'userflow', ...onClauses('US') }), [], basis)).toEqual([
    'entry-differs entries.0.entry',
  ]);
});

describe('The planned day (D4)', () => {
  const on = (announcement: Announcement, planned: string, now = NOW) => {
    const made = { ...announcement, plannedActivationOn: day(planned) };
    const plan = aContent(made, REGISTER);
    const { terms } = aProduct();
    const facts = {
      terms,
      register: REGISTER,
      entriesNow: REGISTER,
      announced: [],
      controllersWithoutContact: [],
      superseded: null,
    };
    return refusalsOf(made, plan, facts, now).map(
      ({ because, earliest }) => `${because} ${earliest?.toString() ?? ''}`,
    );
  };
  const inform = removal('amazon');
  const approval = amendment(GINTEL, { processing: { da: 'Optagelse' } });

  test.each([
    ['to inform', inform],
    ['for approval', approval],
  ])('is today at the earliest where there is no window: %s', (_regime, announcement) => {
    expect(on(announcement, '2026-03-20')).toEqual([]);
    expect(on(announcement, '2026-03-19')).toEqual(['planned-date-too-early 2026-03-20']);
    // Half past midnight in Copenhagen.
    expect(on(announcement, '2026-03-20', Temporal.Instant.from('2026-03-20T23:30:00Z'))).toEqual([
      'planned-date-too-early 2026-03-21',
    ]);
  });

  test.each([
    ['an addition in India, which needs both', addition({ locations: [onClauses('IN')] })],
    ['a child that stays under another', removal('userflow', [stays('google', null)])],
    ['what is only asked for', { ...inform, regime: { objection: true, approval: false } }],
  ])('is after a window where there is one: %s', (_what, announcement) => {
    expect(on(announcement, '2026-03-30')).toEqual(['planned-date-too-early 2026-03-31']);
    expect(on(announcement, '2026-03-31')).toEqual([]);
  });

  test('of a leap year is 29 February as any other day', () => {
    const leap = Temporal.Instant.from('2028-02-29T11:00:00Z');
    expect(on(inform, '2028-02-29', leap)).toEqual([]);
    expect(on(inform, '2028-02-28', leap)).toEqual(['planned-date-too-early 2028-02-29']);
    expect(on(addition(), '2028-02-29', Temporal.Instant.from('2028-02-18T11:00:00Z'))).toEqual([]);
    const { terms } = aProduct();
    expect(earliestPlannedOn(leap, terms, { objection: true, approval: false }).toString()).toBe('2028-03-11');
    expect(earliestPlannedOn(leap, terms, { objection: false, approval: true }).toString()).toBe('2028-02-29');
  });
});

test('Every fault of a change is told at once, each with its place', () => {
  const announcement = amendment(
    { ...GINTEL, registrationNumber: '40000099' },
    {
      country: 'SE',
      parentId: 'amazon',
      contactPerson: null,
      locations: [{ country: 'US', transferBasis: null }],
    },
    {
      wordingOnly: ['processing'],
      supersedes: 'nothing',
      plannedActivationOn: day('2026-03-19'),
    },
  );
  expect(
    codes(announcement, [amendment(GINTEL, { parentId: 'userflow' })], { controllersWithoutContact: ['kunde-3'] }),
  ).toEqual([
    'transfer-basis-missing subProcessor.locations.0.transferBasis',
    'chain-loop subProcessor.parentId',
    'another-company subProcessor.country',
    'contact-person-missing subProcessor.contactPerson',
    'wording-unchanged wordingOnly.0',
    'superseded-change-unknown supersedes',
    'change-already-announced amends',
    'planned-date-too-early plannedActivationOn',
    'controllers-without-contact',
  ]);
});
