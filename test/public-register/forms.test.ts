import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveProduct } from '../../src/commands/save-product.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { aProduct, aSubProcessor } from '../support/examples.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { DAYS, fillRegister, USERFLOW } from '../support/public-register.ts';
import { announce, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { elements, parseXml, textIn } from '../support/xml.ts';
import { parseCsv } from '../support/csv.ts';

let varsel: TestVarsel;
let pages: Pages;
let ids: Awaited<ReturnType<typeof fillRegister>>;

beforeAll(async () => {
  varsel = await startVarsel(DAYS.loaded);
  pages = pagesOf(varsel);
  ids = await fillRegister(varsel);
});
afterAll(() => varsel.close());

/** A product with these texts as the names and all other texts of its sub-processors. Names and addresses have one line. */
async function productWith(id: string, texts: readonly string[]): Promise<void> {
  await haveProduct(varsel, aProduct({ id, name: id }));
  const entries = texts.map((text, index) => {
    const name = text.replaceAll('\n', ' ');
    return aSubProcessor(index, { name, address: name, processing: { da: text }, personalData: { da: text } });
  });
  if (entries.length === 0) return;
  await varsel.api().put(`/v1/products/${id}/register`).send({ entries }).expect(201);
}

describe('the register as JSON', () => {
  it('has the fields of the API, every language, and the changes', async () => {
    const response = await pages.get('/register/truetalk.json?asOf=2026-04-19&lang=en');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const register = response.json();
    expect(register).toMatchObject({ product: 'truetalk', productName: 'TrueTalk', asOf: '2026-04-19' });
    expect(register.entries.map(({ name }: { name: string }) => name)).toEqual([
      'Gintel AS',
      'Userflow Inc.',
      'Nordlys Hosting 1 ApS',
      'Atlassian',
      'Google',
    ]);
    expect(register.entries[2]).toEqual({
      id: expect.any(String),
      name: 'Nordlys Hosting 1 ApS',
      registrationNumber: '40000001',
      address: 'Havnegade 1, 8000 Aarhus C',
      country: 'DK',
      parentId: null,
      processing: { da: 'Drift af servere til opkaldshistorik', en: 'Hosting of servers for call history' },
      personalData: { da: 'Navn, telefonnummer og opkaldshistorik', en: 'Name, telephone number and call history' },
      locations: [{ country: 'DK', transferBasis: null }],
      activeFrom: '2026-04-17',
      activeUntil: null,
      factsFrom: '2026-04-17',
      changeId: ids.activated,
      forSome: false,
    });
    expect(register.plannedChanges).toMatchObject([
      {
        id: ids.announced,
        status: 'announced',
        kind: 'replacement',
        regime: { objection: true, approval: false },
        scope: 'all',
        effects: [
          {
            act: 'replaces',
            entry: USERFLOW,
            name: 'Velkomst & Søn <ApS>',
            subProcessor: { name: 'Velkomst & Søn <ApS>', locations: [{ country: 'DE' }, { country: 'US' }] },
            elements: [{ element: 'company', from: 'Userflow Inc.', to: 'Velkomst & Søn <ApS>', clause: 'B.2' }],
          },
          { act: 'leaves', name: 'Google', subProcessor: null, elements: [{ element: 'company', to: null }] },
        ],
        plannedActivationOn: '2026-06-01',
        announcedAt: '2026-04-20T09:00:00.000Z',
      },
    ]);
    expect(register.pastChanges).toMatchObject([
      { id: ids.withdrawn, status: 'withdrawn', withdrawnAt: '2026-04-18T09:00:00.000Z' },
      { id: ids.activated, status: 'activated', activatedAt: '2026-04-16T22:30:00.000Z' },
    ]);
  });

  it('is the same at the address of the page, for who asks for JSON', async () => {
    const { body } = await pages.get('/register/truetalk.json');
    expect((await pages.get('/register/truetalk', { accept: 'application/json' })).body).toBe(body);
  });
});

describe('the register as CSV', () => {
  it('opens in a Danish Excel, æ, ø and å included: a byte order mark, semicolons, and lines and quotes of RFC 4180', async () => {
    const response = await pages.get('/register/truetalk.csv');
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(response.headers['content-disposition']).toBe('attachment; filename="truetalk.csv"');
    expect([...response.bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [header, gintel, ...rest] = parseCsv(response.body.slice(1), ';');
    expect(header?.slice(0, 5)).toEqual(['Navn', 'Registreringsnummer', 'Adresse', 'Land', 'Underdatabehandler til']);
    expect(gintel?.slice(0, 6)).toEqual([
      'Gintel AS',
      '983 953 271',
      'Otto Nielsens Veg 12, 7052 Trondheim, Norge',
      'Norge',
      'Telenor A/S',
      'Bistår med support og fejlretning',
    ]);
    expect(rest.find(([name]) => name === 'Atlassian')?.[4]).toBe('Gintel AS');
    expect(new Set([header, gintel, ...rest].map((line) => line?.length))).toEqual(new Set([12]));
  });

  it('comes in English too, split at commas as an English Excel does, and as of a past day', async () => {
    const lines = parseCsv((await pages.get('/register/truetalk.csv?lang=en&asOf=2026-03-02')).body.slice(1), ',');
    expect(lines[0]?.[0]).toBe('Name');
    expect(lines[1]?.[5]).toBe('Assists with support and fault correction');
    expect(lines).toHaveLength(5);
  });

  it('computes nothing: what would be a formula is text, also where Excel splits at the other language’s separator', async () => {
    const texts = [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      'a;=1+1',
      'a, =1+1',
      'a\n =1+1',
      'say "hi", twice',
      '=HYPERLINK("x","y")',
      // Full width, and small forms.
      '\uff1d2+2',
      '\uff0b2',
      '\uff0d2',
      '\uff20SUM(A2)',
      '\ufe663+3',
      'b, \uff1d2+2',
    ];
    await productWith('formulas', texts);
    const lines = parseCsv((await pages.get('/register/formulas.csv')).body.slice(1), ';').slice(1);
    expect(lines.map((line) => line[5])).toEqual([
      `'=1+1`,
      `'+1`,
      `'-1`,
      `'@SUM(A1)`,
      `a;'=1+1`,
      `a, '=1+1`,
      `a\n '=1+1`,
      'say "hi", twice',
      `'=HYPERLINK("x","y")`,
      "'\uff1d2+2",
      "'\uff0b2",
      "'\uff0d2",
      "'\uff20SUM(A2)",
      "'\ufe663+3",
      "b, '\uff1d2+2",
    ]);
    for (const line of lines) {
      for (const cell of line) expect(cell.normalize('NFKC')).not.toMatch(/^[=+\-@\t\r]/);
    }
  });
});

describe('the changes as an Atom feed', () => {
  const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  const TAG = /^tag:[a-z0-9.-]+,\d{4}(-\d\d-\d\d)?:[\w/.-]+$/;

  it.each(['da', 'en'])('has what RFC 4287 asks for, in %s', async (language) => {
    const response = await pages.get(`/register/truetalk.atom?lang=${language}`);
    expect(response.headers['content-type']).toBe('application/atom+xml; charset=utf-8');
    const feed = parseXml(response.body);
    expect(feed.name).toBe('feed');
    expect(feed.attributes).toEqual({ xmlns: 'http://www.w3.org/2005/Atom', 'xml:lang': language });
    expect(textIn(feed, 'id')).toMatch(TAG);
    expect(textIn(feed, 'title')).not.toBe('');
    expect(textIn(feed, 'author')).toBe('Telenor A/S');
    const [self, alternate] = elements(feed, 'link').map(({ attributes }) => attributes);
    expect(self).toMatchObject({ rel: 'self', href: `/register/truetalk.atom?lang=${language}` });
    expect(alternate).toMatchObject({ rel: 'alternate', type: 'text/html' });
    const entries = elements(feed, 'entry');
    expect(entries).toHaveLength(5);
    const updated = entries.map((entry) => textIn(entry, 'updated'));
    expect(updated).toEqual(updated.toSorted().toReversed());
    expect(textIn(feed, 'updated')).toBe(updated[0]);
    const seen = new Set([textIn(feed, 'id')]);
    for (const entry of entries) {
      expect(textIn(entry, 'id')).toMatch(TAG);
      expect(textIn(entry, 'title')).not.toBe('');
      expect(textIn(entry, 'updated')).toMatch(INSTANT);
      expect(elements(entry, 'link')).toHaveLength(1);
      const [content] = elements(entry, 'content');
      expect(content?.attributes).toEqual({ type: 'xhtml' });
      // RFC 4287, 4.1.3.3: the content of XHTML is one div and nothing else.
      expect(content?.children).toMatchObject([{ name: 'div', attributes: { xmlns: 'http://www.w3.org/1999/xhtml' } }]);
      seen.add(textIn(entry, 'id'));
    }
    expect(seen.size).toBe(6);
  });

  it('tells what happened, newest first, and leads to its place on the page', async () => {
    const feed = parseXml((await pages.get('/register/truetalk.atom')).body);
    expect(elements(feed, 'entry').map((entry) => [textIn(entry, 'title'), textIn(entry, 'updated')])).toEqual([
      ['Planlagt: Velkomst & Søn <ApS> erstatter Userflow Inc.', '2026-04-20T09:00:00.000Z'],
      ['Trukket tilbage: Nordlys Hosting 2 ApS skulle være tilføjet', '2026-04-18T09:00:00.000Z'],
      ['Nordlys Hosting 1 ApS er tilføjet', '2026-04-16T22:30:00.000Z'],
      ['Planlagt: Nordlys Hosting 2 ApS tilføjes', '2026-03-02T09:00:00.000Z'],
      ['Planlagt: Nordlys Hosting 1 ApS tilføjes', '2026-03-02T09:00:00.000Z'],
    ]);
    const page = await pages.get('/register/truetalk?lang=da');
    for (const entry of elements(feed, 'entry')) {
      const [address, place] = elements(entry, 'link')[0]?.attributes.href?.split('#') ?? [];
      expect(address).toBe('/register/truetalk?lang=da');
      expect(page.body).toContain(`id="${place}"`);
    }
  });

  it('keeps every entry as it was, id and all, when the processor moves to another address', async () => {
    await productWith('moving', []);
    await announce(varsel, { product: 'moving', plannedActivationOn: '2026-06-01' });
    const entriesOf = (body: string) => body.slice(body.indexOf('<entry>'));
    const before = (await pages.get('/register/moving.atom')).body;
    const objectionAddress = { email: 'objections@blåbær.example', postal: 'Elsewhere' };
    const moved = aProduct({ id: 'moving', name: 'moving', objectionAddress });
    // The API takes no such domain.
    const by = { at: varsel.clock.now(), actor: 'test' };
    await inTransaction(varsel.database.pool, (tx) => saveProduct(tx, moved, by));
    const after = (await pages.get('/register/moving.atom')).body;
    expect(entriesOf(after)).toBe(entriesOf(before));
    expect(textIn(parseXml(after), 'id')).toMatch(TAG);
  });

  it('is a feed also of a product to which nothing has happened yet', async () => {
    await productWith('quiet', []);
    const feed = parseXml((await pages.get('/register/quiet.atom')).body);
    expect(elements(feed, 'entry')).toEqual([]);
    expect(textIn(feed, 'updated')).toMatch(INSTANT);
  });

  it('is well-formed whatever the texts say', async () => {
    await productWith('odd', []);
    const text = `]]> & <b> "quoted" 'single' \uFFFE æøå 🙂`;
    const subProcessor = aSubProcessor(1, { name: text, address: text, processing: { da: text } });
    await announce(varsel, {
      product: 'odd',
      subProcessor,
      reason: { da: text },
      plannedActivationOn: '2026-06-01',
    });
    const [entry] = elements(parseXml((await pages.get('/register/odd.atom')).body), 'entry');
    expect(entry && textIn(entry, 'title')).toBe(`Planlagt: ${text.replace('\uFFFE', '')} tilføjes`);
  });
});
