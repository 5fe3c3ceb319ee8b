import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve } from '../support/approving.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { parseCsv } from '../support/csv.ts';
import { announce, haveControllers, notifyByLetter } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { elements, parseXml, textIn } from '../support/xml.ts';

/*
 * The public register through every kind of change: one of scope `each` in its first wave, one that informs in force, and three that
 * are planned. Gintel, Userflow, and their own sub-processors are those of the real register.
 */

const PAGE = '/register/truetalk';
const ANNOUNCED = '2026-03-02T09:00:00Z';
const WAVE = '2026-03-14T09:00:00Z';
const GINTEL = '01980000-0000-7000-8000-000000000001';
const USERFLOW = '01980000-0000-7000-8000-000000000002';
const SCC = { article: '46', instrument: 'SCC' } as const;
const ACTIVITY = { da: 'Drift af servere', en: 'Hosting of servers' };

let varsel: TestVarsel;
let pages: Pages;
const ids: Record<'activity' | 'bases' | 'contact' | 'removal' | 'fromIndia', string> = {
  activity: '',
  bases: '',
  contact: '',
  removal: '',
  fromIndia: '',
};

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  await haveControllers(
    varsel,
    [1, 2, 3].map((number) => aController(number)),
  );
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register');
  const entry = (name: string) => body.entries.find((each: { name: string }) => each.name === name);
  const factsOf = (name: string) => {
    const {
      name: its,
      registrationNumber,
      address,
      country,
      parentId,
      processing,
      personalData,
      locations,
    } = entry(name);
    const contactPerson = { name: 'Hemmelig Kontakt', email: 'hemmelig@gintel.example' };
    return {
      name: its,
      registrationNumber: registrationNumber ?? '5000001',
      address,
      country,
      parentId,
      processing,
      personalData,
      locations,
      contactPerson,
    };
  };
  const everybody = ['kunde-1', 'kunde-2', 'kunde-3'];
  ids.activity = await announce(varsel, {
    kind: 'amendment',
    amends: GINTEL,
    subProcessor: { ...factsOf('Gintel AS'), processing: ACTIVITY },
    scope: 'each',
    separation: { da: 'Egen database', en: 'A database of its own' },
  });
  await notifyByLetter(varsel, ids.activity, everybody, '2026-03-02');
  ids.bases = await announce(varsel, {
    kind: 'transfer-basis',
    subProcessor: null,
    entries: [
      { entry: USERFLOW, country: 'US', transferBasis: SCC },
      { entry: entry('Google').id, country: 'US', transferBasis: SCC },
    ],
  });
  ids.contact = await announce(varsel, {
    kind: 'amendment',
    amends: entry('Atlassian').id,
    subProcessor: { ...factsOf('Atlassian'), registrationNumber: 'AU 1', address: 'Ny Vej 1, Sydney' },
    plannedActivationOn: '2026-04-15',
  });
  ids.fromIndia = await announce(varsel, {
    subProcessor: aSubProcessor(9, { name: 'Support India', locations: [{ country: 'IN', transferBasis: SCC }] }),
    plannedActivationOn: '2026-04-17',
  });
  await approve(varsel, ids.activity, ['kunde-1'], '2026-03-10T09:00:00Z');
  varsel.clock.set(WAVE);
  for (const id of [ids.activity, ids.bases]) {
    const { status, body: activated } = await varsel.api('officer').post(`/v1/changes/${id}/activate`);
    expect(status, JSON.stringify(activated)).toBe(200);
  }
  ids.removal = await announce(varsel, {
    kind: 'removal',
    removes: USERFLOW,
    subProcessor: null,
    children: [{ entry: entry('Google').id, then: 'stays', parentId: GINTEL }],
    plannedActivationOn: '2026-04-16',
  });
});
afterAll(() => varsel.close());

const textOf = (html: string) =>
  html
    .replace(/^.*<body>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const page = async (query = '') => textOf((await pages.get(PAGE + query)).body);
const data = async (query = '') => (await pages.get(`${PAGE}.json${query}`)).json();

describe('an entry that differs between customers', () => {
  it('is listed as it was and as it has become, each for some, and nobody is named or counted', async () => {
    const list = (await page()).split('Planlagte ændringer')[0] ?? '';
    expect(list.match(/Gintel AS Registreringsnummer 983 953 271 Gælder for nogle kunder/g)).toHaveLength(2);
    expect(list).toContain('Gælder for nogle kunder Som her siden lørdag den 14. marts 2026');
    expect(list).toContain('Bistår med support og fejlretning');
    expect(list).toContain('Drift af servere');
    const { entries } = await data();
    const gintel = entries.filter(({ id }: { id: string }) => id === GINTEL);
    expect(gintel).toMatchObject([
      { forSome: true, changeId: null, factsFrom: '2026-03-02' },
      { forSome: true, changeId: ids.activity, factsFrom: '2026-03-14', processing: ACTIVITY },
    ]);
    expect(JSON.stringify(await data())).not.toMatch(/kunde-|validFor|endedFor|wave|controllers/);
  });

  it('is one row the day before, for all', async () => {
    const { entries } = await data('?asOf=2026-03-13');
    expect(entries.filter(({ id }: { id: string }) => id === GINTEL)).toMatchObject([{ changeId: null }]);
    expect((await page('?asOf=2026-03-13')).split('Planlagte ændringer')[0]).not.toContain('Drift af servere');
  });

  it('keeps its own sub-processors below it once', async () => {
    expect((await page()).match(/Underdatabehandlere til Gintel AS/g)).toHaveLength(1);
  });

  it('says in CSV for whom, and since when it is so', async () => {
    const lines = parseCsv((await pages.get(`${PAGE}.csv?lang=en`)).body.slice(1), ',');
    expect(lines[0]?.slice(-2)).toEqual(['Unchanged since', 'Holds for']);
    expect(lines.filter(([name]) => name === 'Gintel AS').map((line) => line.slice(-2))).toEqual([
      ['2026-03-02', 'Some customers'],
      ['2026-03-14', 'Some customers'],
    ]);
    expect(lines.find(([name]) => name === 'Google')?.slice(-2)).toEqual(['2026-03-14', 'All customers']);
  });
});

describe('a change, told to the public by its kind', () => {
  it.each([
    [
      'an activity of an approved company: approval, for those who approve, and for some already',
      () => [
        'Planlagt: ændring hos Gintel AS',
        'Kunderne bliver bedt om skriftlig godkendelse. Svarer en kunde ikke, er det et nej.',
        'Kun de kunder, der har godkendt ændringen. For nogle af dem gælder den siden lørdag den 14. marts 2026.',
        'Hvad der ændres for Gintel AS',
        'Beskrivelse af behandlingen : Bistår med support og fejlretning → Drift af servere',
      ],
    ],
    [
      'an address: information, element by element',
      () => [
        'Planlagt: ændring hos Atlassian',
        'Kunderne bliver underrettet. Ændringen kræver ikke, at de gør noget.',
        'Registreringsnummer : ikke oplyst → AU 1',
        'Registreret adresse : Level 6, 341 George Street, Sydney, NSW 2000, Australien → Ny Vej 1, Sydney',
      ],
    ],
    [
      'a removal: who leaves, and where its sub-processor stays',
      () => [
        'Planlagt: Userflow Inc. fjernes',
        'Userflow Inc. står derefter ikke på listen',
        'Hvad der ændres for Google',
        'Userflow Inc. → Gintel AS',
      ],
    ],
    [
      'a company in a country that is listed for nobody: both',
      () => [
        'Planlagt: Support India tilføjes',
        'Kunderne bliver bedt om skriftlig godkendelse og kan gøre indsigelse.',
        'Indien : EU-Kommissionens standardkontraktbestemmelser',
      ],
    ],
    [
      'a transfer basis of two, which is in force',
      () => [
        'Nyt overførselsgrundlag for Userflow Inc. og Google',
        'Overførselsgrundlag : USA: tilstrækkelighedsafgørelse',
        '→ USA: EU-Kommissionens standardkontraktbestemmelser (GDPR artikel 46)',
      ],
    ],
  ])('%s', async (_kind, parts) => {
    const text = await page();
    let from = 0;
    for (const part of parts()) {
      const found = text.indexOf(part, from);
      expect([part, found >= from]).toEqual([part, true]);
      from = found;
    }
  });

  it('has its regime and its elements in JSON, and never a contact person', async () => {
    const register = await data();
    const planned = (id: string) => register.plannedChanges.find((each: { id: string }) => each.id === id);
    expect(planned(ids.activity)).toMatchObject({
      regime: { objection: false, approval: true },
      scope: 'each',
      forSomeSince: '2026-03-14T09:00:00.000Z',
      effects: [
        {
          act: 'amends',
          entry: GINTEL,
          elements: [{ element: 'processing', to: ACTIVITY, clause: 'B.1', regime: { approval: true } }],
        },
      ],
    });
    expect(planned(ids.removal).effects).toMatchObject([
      { act: 'leaves', entry: USERFLOW, subProcessor: null },
      { act: 'amends', name: 'Google', elements: [{ element: 'parentId', from: USERFLOW, to: GINTEL }] },
    ]);
    for (const form of ['', '.json', '.csv', '.atom']) {
      expect((await pages.get(PAGE + form)).body).not.toMatch(/hemmelig|contactPerson|Egen database/i);
    }
  });

  it('is told in the feed, the first wave too, and once', async () => {
    const feed = parseXml((await pages.get(`${PAGE}.atom?lang=en`)).body);
    const titles = elements(feed, 'entry').map((entry) => textIn(entry, 'title'));
    expect(titles.toSorted()).toEqual([
      'A new transfer basis for Userflow Inc. and Google',
      expect.stringMatching(/^For some customers: a change at Gintel AS.* has been carried out$/),
      'Planned: Support India will be added',
      'Planned: Userflow Inc. will be removed',
      expect.stringMatching(/^Planned: a change at Atlassian/),
      expect.stringMatching(/^Planned: a change at Gintel AS/),
      'Planned: a new transfer basis for Userflow Inc. and Google',
    ]);
    const [begun] = elements(feed, 'entry').filter((entry) => textIn(entry, 'title').startsWith('For some'));
    expect(begun && textIn(begun, 'content')).toContain('Only the customers who have approved the change.');
  });
});

describe('what programs are told of it', () => {
  const ask = async (controller: string, company: string, country?: string) =>
    (
      await varsel
        .api('reader')
        .get('/v1/products/truetalk/entitlement')
        .query({ controller, company, ...(country && { country }) })
        .expect(200)
    ).body;
  const processingOf = async (controller: string, asOf?: string) => {
    const address = `/v1/controllers/${controller}/products/truetalk/register`;
    const { body } = await varsel
      .api('reader')
      .get(address)
      .query({ ...(asOf && { asOf }) });
    return body.entries
      .filter(({ id }: { id: string }) => id === GINTEL)
      .map((entry: { processing: object }) => entry.processing);
  };

  it('has a register for each controller: with the activity for who approved it, from that day', async () => {
    expect(await processingOf('kunde-1')).toEqual([ACTIVITY]);
    expect(await processingOf('kunde-2')).toEqual([
      expect.objectContaining({ da: 'Bistår med support og fejlretning' }),
    ]);
    expect(await processingOf('kunde-1', '2026-03-13')).toEqual(await processingOf('kunde-2'));
  });

  it('names the change by which a company may be used', async () => {
    expect(await ask('kunde-1', 'Gintel AS')).toMatchObject({ allowed: true, change: ids.activity });
    expect(await ask('kunde-2', 'Gintel AS')).toMatchObject({ allowed: true, change: null });
  });

  it('is told with the wave, for whom it is', async () => {
    const { body } = await varsel.api('reader').get('/v1/events?limit=200');
    const told = body.items.filter(({ type }: { type: string }) => type === 'entitlement.changed');
    expect(told.map(({ data: about }: { data: { entitlement: object } }) => about.entitlement)).toEqual([
      {
        entries: [{ entry: GINTEL, act: 'amends', name: 'Gintel AS' }],
        controllers: { count: 1, externalIds: ['kunde-1'] },
      },
      {
        entries: [
          { entry: USERFLOW, act: 'amends', name: 'Userflow Inc.' },
          { entry: expect.any(String), act: 'amends', name: 'Google' },
        ],
        controllers: null,
      },
    ]);
  });

  it('lists who rests on what, now on standard clauses', async () => {
    const { body } = await varsel.api('reader').get('/v1/products/truetalk/transfers').expect(200);
    expect(body.items.map(({ name, restsOn }: Record<string, string>) => [name, restsOn])).toEqual([
      ['Userflow Inc.', 'SCC'],
      ['Google', 'SCC'],
    ]);
    const past = await varsel
      .api('reader')
      .get('/v1/products/truetalk/transfers?basis=DPF&asOf=2026-03-13')
      .expect(200);
    expect(past.body.items).toHaveLength(2);
  });

  it.each([
    ['regime=approval', ['activity', 'fromIndia']],
    ['regime=objection', ['removal', 'fromIndia']],
    ['regime=information', ['bases', 'contact']],
    ['kind=removal', ['removal']],
    ['kind=amendment&regime=information', ['contact']],
    ['q=userflow', ['bases', 'removal']],
    ['q=983953271', ['activity']],
  ] as const)('lists changes by ?%s', async (query, expected) => {
    const { body } = await varsel.api('reader').get(`/v1/changes?${query}`).expect(200);
    expect(body.items.map(({ id }: { id: string }) => id).toSorted()).toEqual(
      expected.map((name) => ids[name]).toSorted(),
    );
  });

  it('lists changes with the companies that they are about, in CSV too', async () => {
    const csv = await varsel.api('reader').get('/v1/changes?kind=transfer-basis').set('accept', 'text/csv').expect(200);
    const [head, line] = parseCsv(csv.text.slice(1), ';');
    expect(line?.[head?.indexOf('companies') ?? -1]).toBe('Userflow Inc. | Google');
    expect(line?.[head?.indexOf('regime.approval') ?? -1]).toBe('false');
    const { body } = await varsel.api('reader').get('/v1/controllers/kunde-1/changes').expect(200);
    const ofController = body.items.find(({ change }: { change: { id: string } }) => change.id === ids.activity);
    expect(ofController.change).toMatchObject({ subProcessor: 'Gintel AS', regime: { approval: true } });
  });
});
