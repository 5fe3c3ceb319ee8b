import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/domain/effect.ts';
import { elementsOf, regimeOf, WORDED, type RegimeFacts } from '../../src/domain/regime.ts';
import type { RegisterEntry, SubProcessor } from '../../src/domain/register.ts';
import { APPROVAL_TERMS, type ApprovalTerms } from '../../src/domain/terms.ts';
import type { Location } from '../../src/domain/transfer-basis.ts';
import { aContent, anAnnouncement, anEntry, aSubProcessor } from '../support/examples.ts';

const INFORM = { objection: false, approval: false };
const OBJECTION = { objection: true, approval: false };
const APPROVAL = { objection: false, approval: true };
const BOTH = { objection: true, approval: true };

const inEea = (country: string): Location => ({ country, transferBasis: null });
const onClauses = (country: string): Location => ({ country, transferBasis: { article: '46', instrument: 'SCC' } });
const onFramework = (certifiedAs: string): Location => ({
  country: 'US',
  transferBasis: { article: '45', decision: 'DPF', certifiedAs },
});

/** Telenor in Denmark, as C.5 lists it, and a register of Gintel in Norway and Userflow in the United States. */
const GINTEL = anEntry(11, { name: 'Gintel AS', locations: [inEea('NO')] });
const USERFLOW = anEntry(12, { name: 'Userflow Inc.', locations: [onFramework('Userflow Inc.')] });
const GOOGLE = anEntry(13, { name: 'Google', parentId: USERFLOW.id, locations: [onFramework('Google LLC')] });
const REGISTER = [GINTEL, USERFLOW, GOOGLE];
const TERMS: ApprovalTerms = { ...APPROVAL_TERMS, places: [{ company: 'Telenor A/S', country: 'DK' }] };

const facts = (overrides: Partial<RegimeFacts> = {}): RegimeFacts => ({
  terms: TERMS,
  register: REGISTER,
  wordingOnly: [],
  ...overrides,
});
const inChain = (company: SubProcessor) => ({ company, chain: ['Telenor A/S'] });
const enters = (company: SubProcessor): Effect => ({ act: 'enters', entry: null, from: null, to: inChain(company) });
const replaces = (entry: RegisterEntry, company: SubProcessor): Effect => ({
  act: 'replaces',
  entry: entry.id,
  from: inChain(entry),
  to: inChain(company),
});
const amends = (entry: RegisterEntry, changed: Partial<SubProcessor>): Effect => ({
  act: 'amends',
  entry: entry.id,
  from: inChain(entry),
  to: inChain({ ...entry, ...changed }),
});
const leaves = (entry: RegisterEntry): Effect => ({ act: 'leaves', entry: entry.id, from: inChain(entry), to: null });

/** Each element with its clause and regime. */
const judged = (effect: Effect, overrides: Partial<RegimeFacts> = {}) =>
  elementsOf([effect], facts(overrides)).map(({ element, clause, regime }) => [element, clause, regime]);

test('A child that stays under the company that takes its parent’s place has another parent: a window (B.2)', () => {
  const children = [{ entry: GOOGLE.id, then: 'stays', parentId: USERFLOW.id }] as const;
  const change = { kind: 'replacement', replaces: USERFLOW.id, children, subProcessor: aSubProcessor(1) } as const;
  const { effects, elements } = aContent(anAnnouncement(change), REGISTER);
  expect(effects[1]).toMatchObject({
    act: 'amends',
    from: { chain: ['Telenor A/S', 'Userflow Inc.'] },
    to: { company: { parentId: USERFLOW.id }, chain: ['Telenor A/S', 'Nordlys Hosting 1 ApS'] },
  });
  expect(elements.slice(1)).toEqual([
    expect.objectContaining({ entry: GOOGLE.id, element: 'parentId', regime: OBJECTION, clause: 'B.2' }),
  ]);
});

describe('A company that is new to the register', () => {
  test('opens a window, alone and in another’s place (B.2)', () => {
    expect(judged(enters(aSubProcessor()))).toEqual([['company', 'B.2', OBJECTION]]);
    expect(judged(replaces(GINTEL, aSubProcessor()))).toEqual([['company', 'B.2', OBJECTION]]);
  });

  test('needs approval besides in a country that is listed for nobody (C.5)', () => {
    const inIndia = aSubProcessor(1, { locations: [onClauses('IN'), inEea('DK')] });
    const elements = elementsOf([enters(inIndia)], facts());
    expect(elements).toMatchObject([
      { element: 'company', from: null, to: inIndia.name, regime: OBJECTION, clause: 'B.2' },
      { element: 'place', from: null, to: onClauses('IN'), regime: APPROVAL, clause: 'C.5' },
    ]);
    expect(regimeOf(elements, INFORM)).toEqual(BOTH);
  });

  test.each([
    ['the processor itself', inEea('DK')],
    ['another company of the register', inEea('NO')],
    ['another company, on another basis', onClauses('US')],
  ])('needs none in a country that is listed for %s (C.5)', (_whom, location) => {
    expect(judged(enters(aSubProcessor(1, { locations: [location] })))).toEqual([['company', 'B.2', OBJECTION]]);
  });

  test('needs it in a country that is listed for some controllers only: the others have approved nothing there', () => {
    const forSome = anEntry(14, { locations: [onClauses('IN')], forSome: true });
    const another = enters(aSubProcessor(1, { locations: [onClauses('IN')] }));
    const needed = [
      ['company', 'B.2', OBJECTION],
      ['place', 'C.5', APPROVAL],
    ];
    expect(judged(another, { register: [...REGISTER, forSome] })).toEqual(needed);
    expect(judged(another, { register: [...REGISTER, { ...forSome, forSome: false }] })).toEqual(needed.slice(0, 1));
  });

  test('needs it for a country that is listed for a company that nobody has, and not where terms ask for none', () => {
    const inIndia = enters(aSubProcessor(1, { locations: [onClauses('IN')] }));
    const listed = { ...TERMS, places: [{ company: 'Somebody', country: 'IN' }] };
    expect(judged(inIndia, { terms: listed })).toEqual([['company', 'B.2', OBJECTION]]);
    expect(judged(inIndia, { terms: { ...TERMS, placesNeedApproval: false } })).toEqual([
      ['company', 'B.2', OBJECTION],
    ]);
  });

  test('needs approval in another’s place where the terms read B.1 literally, and never alone', () => {
    const literally = { terms: { ...TERMS, replacementsNeedApproval: true } };
    expect(judged(replaces(GINTEL, aSubProcessor()), literally)).toEqual([['company', 'B.1', BOTH]]);
    expect(judged(enters(aSubProcessor()), literally)).toEqual([['company', 'B.2', OBJECTION]]);
  });
});

describe('Of an approved company', () => {
  const OTHER_TEXT = { da: 'Optagelse af samtaler' };

  /*
   * Every field of a sub-processor, with another value and what that needs. A field that is new does not compile without a line
   * here, and fails without a regime of its own.
   */
  const FIELDS: {
    [Field in keyof Required<SubProcessor>]: { to: SubProcessor[Field]; needs: [string, string, typeof INFORM][] };
  } = {
    name: { to: 'Gintel Norge AS', needs: [['name', 'Op. 22/2024', INFORM]] },
    registrationNumber: { to: '983953271', needs: [['registrationNumber', 'Op. 22/2024', INFORM]] },
    address: { to: 'Andetsteds 2', needs: [['address', 'Op. 22/2024', INFORM]] },
    country: { to: 'NO', needs: [['country', 'Op. 22/2024', INFORM]] },
    contactPerson: {
      to: { name: 'Kari', email: 'kari@gintel.example' },
      needs: [['contactPerson', 'Op. 22/2024', INFORM]],
    },
    parentId: { to: USERFLOW.id, needs: [['parentId', 'B.2', OBJECTION]] },
    processing: { to: OTHER_TEXT, needs: [['processing', 'B.1', APPROVAL]] },
    personalData: { to: OTHER_TEXT, needs: [['personalData', 'B.1', APPROVAL]] },
    locations: { to: [inEea('NO'), inEea('SE')], needs: [['place', 'C.5', APPROVAL]] },
  };
  const fields = Object.keys(FIELDS) as (keyof SubProcessor)[];

  test('the fields are all that a sub-processor has', () => {
    expect(fields.toSorted()).toEqual(Object.keys(aSubProcessor()).toSorted());
  });

  test.each(fields)('%s is an element of its own, told from what to what, in the regime of its clause', (field) => {
    const { to, needs } = FIELDS[field];
    expect(judged(amends(GINTEL, { [field]: to }))).toEqual(needs);
    // All the same whatever else changes with it.
    const all = Object.fromEntries(fields.map((each) => [each, FIELDS[each].to]));
    expect(judged(amends(GINTEL, all))).toEqual(expect.arrayContaining(needs));
    if (field === 'locations') return;
    expect(elementsOf([amends(GINTEL, { [field]: to })], facts())).toMatchObject([
      { entry: GINTEL.id, company: 'Gintel AS', from: GINTEL[field], to },
    ]);
  });

  test.each(WORDED)(
    '%s opens a window where only its words change, and where the terms ask no approval for it',
    (text) => {
      const changed = amends(GINTEL, { processing: OTHER_TEXT, personalData: OTHER_TEXT });
      const of = (overrides: Partial<RegimeFacts>) =>
        judged(changed, overrides).filter(([element]) => element === text);
      expect(of({ wordingOnly: [text] })).toEqual([[text, 'B.1, B.2', OBJECTION]]);
      expect(of({ wordingOnly: WORDED.filter((other) => other !== text) })).toEqual([[text, 'B.1', APPROVAL]]);
      expect(of({ terms: { ...TERMS, activitiesNeedApproval: false } })).toEqual([[text, 'B.2', OBJECTION]]);
    },
  );

  test('a translation that is added is a text that changes: what it says in English, somebody reads', () => {
    const { da } = GINTEL.processing;
    const changed = amends(anEntry(11, { processing: { da } }), { processing: { da, en: 'Support' } });
    expect(judged(changed)).toEqual([['processing', 'B.1', APPROVAL]]);
  });

  test('a place needs approval that is not listed for it, though it is for another (C.5)', () => {
    expect(judged(amends(GINTEL, { locations: [inEea('NO'), inEea('DK')] }))).toEqual([['place', 'C.5', APPROVAL]]);
    const listed = { ...TERMS, places: [{ company: 'gintel  as', country: 'DK' }] };
    expect(judged(amends(GINTEL, { locations: [inEea('NO'), inEea('DK')] }), { terms: listed })).toEqual([
      ['place', 'C.5', INFORM],
    ]);
  });

  test('a place that is not listed opens a window where the terms ask no approval for it', () => {
    const terms = { ...TERMS, placesNeedApproval: false };
    expect(judged(amends(GINTEL, { locations: [inEea('NO'), onClauses('IN')] }), { terms })).toEqual([
      ['place', 'C.5', OBJECTION],
    ]);
  });

  test('each place is an element: one that comes, one that goes, and one that rests on another basis', () => {
    const entry = anEntry(14, { locations: [inEea('DE'), onFramework('A Inc.'), inEea('IE')] });
    const to = [onClauses('US'), inEea('IE'), onClauses('IN')];
    expect(elementsOf([amends(entry, { locations: to })], facts())).toMatchObject([
      { element: 'transferBasis', from: onFramework('A Inc.'), to: onClauses('US'), regime: INFORM, clause: 'C.6' },
      { element: 'place', from: null, to: onClauses('IN'), regime: APPROVAL, clause: 'C.5' },
      { element: 'place', from: inEea('DE'), to: null, regime: INFORM, clause: 'Op. 22/2024' },
    ]);
  });

  test('a country may be listed with two bases, each of which comes and goes by itself', () => {
    const [one, other] = [onFramework('A Inc.'), onFramework('B Inc.')];
    const elementsTo = (from: Location[], to: Location[]) =>
      elementsOf([amends(anEntry(14, { locations: from }), { locations: to })], facts()).map(
        ({ element, from: before, to: after }) => [element, before, after],
      );
    expect(elementsTo([one, other], [other, one])).toEqual([]);
    expect(elementsTo([one, other], [onClauses('US'), other])).toEqual([['transferBasis', one, onClauses('US')]]);
    expect(elementsTo([one, other], [other])).toEqual([['transferBasis', one, null]]);
    expect(elementsTo([one], [one, other])).toEqual([['transferBasis', null, other]]);
    expect(elementsTo([one, one], [one])).toEqual([]);
  });

  test('nothing changes by the order of its places, or of the members of its JSON', () => {
    const entry = anEntry(14, {
      locations: [onFramework('A Inc.'), inEea('DE')],
      processing: { da: 'Drift', en: 'Hosting' },
    });
    const reordered = {
      locations: [
        inEea('DE'),
        { transferBasis: { certifiedAs: 'A Inc.', decision: 'DPF', article: '45' as const }, country: 'US' },
      ],
      processing: { en: 'Hosting', da: 'Drift' },
      contactPerson: { email: 'privacy@nordlys.example', name: 'Signe Lund' },
    };
    expect(judged(amends(entry, reordered))).toEqual([]);
  });

  test('that it leaves is informed of', () => {
    expect(elementsOf([leaves(GINTEL)], facts())).toEqual([
      {
        entry: GINTEL.id,
        company: 'Gintel AS',
        element: 'company',
        from: 'Gintel AS',
        to: null,
        regime: INFORM,
        clause: 'Op. 22/2024',
      },
    ]);
  });
});

describe('The regime of a change', () => {
  test('is what any of its elements needs, and what is asked for besides; never less', () => {
    const address = elementsOf([amends(GINTEL, { address: 'Andetsteds 2' })], facts());
    expect(regimeOf(address, INFORM)).toEqual(INFORM);
    expect(regimeOf(address, APPROVAL)).toEqual(APPROVAL);
    expect(regimeOf(address, OBJECTION)).toEqual(OBJECTION);
    const mixed = elementsOf([amends(GINTEL, { address: 'Andetsteds 2', processing: { da: 'Optagelse' } })], facts());
    expect(regimeOf(mixed, INFORM)).toEqual(APPROVAL);
    expect(regimeOf(mixed, OBJECTION)).toEqual(BOTH);
  });

  test('of a removal is a window where a sub-processor of the entry stays under another parent (B.2)', () => {
    const removal = anAnnouncement({
      kind: 'removal',
      removes: USERFLOW.id,
      subProcessor: null,
      children: [{ entry: GOOGLE.id, then: 'stays', parentId: null }],
    });
    const { effects, elements, regime } = aContent(removal, REGISTER);
    expect(effects.map(({ act, entry }) => [act, entry])).toEqual([
      ['leaves', USERFLOW.id],
      ['amends', GOOGLE.id],
    ]);
    expect(effects[1]).toMatchObject({
      from: { chain: ['Telenor A/S', 'Userflow Inc.'] },
      to: { chain: ['Telenor A/S'] },
    });
    expect(elements.map(({ company, element }) => [company, element])).toEqual([
      ['Userflow Inc.', 'company'],
      ['Google', 'parentId'],
    ]);
    expect(regime).toEqual(OBJECTION);
    const without = { ...removal, children: [{ entry: GOOGLE.id, then: 'leaves' }] as const };
    expect(aContent(without, REGISTER).regime).toEqual(INFORM);
  });

  test('of another transfer basis for several entries is to inform, in one change (C.6)', () => {
    const fallen = anAnnouncement({
      kind: 'transfer-basis',
      subProcessor: null,
      entries: [USERFLOW, GOOGLE].map(({ id }) => ({ entry: id, ...onClauses('US') })),
    });
    const { elements, regime } = aContent(fallen, REGISTER);
    expect(elements.map(({ company, element, clause }) => [company, element, clause])).toEqual([
      ['Userflow Inc.', 'transferBasis', 'C.6'],
      ['Google', 'transferBasis', 'C.6'],
    ]);
    expect(regime).toEqual(INFORM);
  });
});
