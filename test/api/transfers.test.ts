import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProduct, aSubProcessor } from '../support/examples.ts';
import { haveProduct } from '../support/story.ts';
import { parseCsv } from '../support/csv.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;

const SCC = { article: '46', instrument: 'SCC' } as const;
const BCR = { article: '46', instrument: 'BCR' } as const;
const dpf = (certifiedAs: string) => ({ article: '45', decision: 'DPF', certifiedAs }) as const;

/** Five companies, of which two rest on the Data Privacy Framework, and one transfers to three countries on three bases. */
const ENTRIES = [
  aSubProcessor(1),
  aSubProcessor(2, { name: 'Onboard Inc.', locations: [{ country: 'US', transferBasis: dpf('Onboard Inc.') }] }),
  aSubProcessor(3, {
    name: 'World Ltd.',
    locations: [
      { country: 'DE', transferBasis: null },
      { country: 'GB', transferBasis: { article: '45', decision: 'Commission decision (EU) 2021/1772' } },
      { country: 'IN', transferBasis: SCC },
      { country: 'US', transferBasis: dpf('World Inc.') },
    ],
  }),
  aSubProcessor(4, { name: 'Support India', locations: [{ country: 'IN', transferBasis: BCR }] }),
  aSubProcessor(5, { name: 'Green AS', locations: [{ country: 'GL', transferBasis: SCC }] }),
];

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveProduct(varsel, aProduct({ id: 'world', name: 'World' }));
  await varsel.api().put('/v1/products/world/register').send({ entries: ENTRIES }).expect(201);
});
afterAll(() => varsel.close());

const ask = async (query: Record<string, string> = {}, product = 'world') =>
  varsel.api('reader').get(`/v1/products/${product}/transfers`).query(query);

const pairs = (items: { name: string; country: string; restsOn: string }[]) =>
  items.map(({ name, country, restsOn }) => `${name} ${country} ${restsOn}`).toSorted();

describe('the transfers of a product', () => {
  it('are every place outside the EEA with what it rests on, and no other', async () => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(pairs(body.items)).toEqual([
      'Green AS GL SCC',
      'Onboard Inc. US DPF',
      'Support India IN BCR',
      'World Ltd. GB 2021/1772',
      'World Ltd. IN SCC',
      'World Ltd. US DPF',
    ]);
    expect(body.items.find(({ name }: { name: string }) => name === 'Onboard Inc.')).toEqual({
      entry: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Onboard Inc.',
      registrationNumber: '40000002',
      parentId: null,
      country: 'US',
      transferBasis: dpf('Onboard Inc.'),
      restsOn: 'DPF',
      forSome: false,
    });
  });

  it.each([
    [{ basis: 'DPF' }, ['Onboard Inc. US DPF', 'World Ltd. US DPF']],
    [{ basis: 'SCC' }, ['Green AS GL SCC', 'World Ltd. IN SCC']],
    [{ basis: '2021/1772' }, ['World Ltd. GB 2021/1772']],
    [{ country: 'IN' }, ['Support India IN BCR', 'World Ltd. IN SCC']],
    [{ country: 'IN', basis: 'BCR' }, ['Support India IN BCR']],
    [{ country: 'DE' }, []],
    [{ asOf: '2026-03-01' }, []],
  ])('are filtered by %j', async (query, expected) => {
    expect(pairs((await ask(query as Record<string, string>)).body.items)).toEqual(expected);
  });

  it('show both rows of the real register that rest on the Data Privacy Framework', async () => {
    const { body } = await ask({ basis: 'DPF' }, 'truetalk');
    expect(pairs(body.items)).toEqual(['Google US DPF', 'Userflow Inc. US DPF']);
  });

  it('come in pages, each place once, and whole as CSV', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: { items: []; nextCursor: string | null } } = await ask({
        limit: '2',
        ...(cursor && { cursor }),
      });
      seen.push(...pairs(body.items));
      cursor = body.nextCursor;
    }
    expect([seen.length, new Set(seen).size]).toEqual([6, 6]);
    const csv = await varsel.api('reader').get('/v1/products/world/transfers?basis=DPF').set('accept', 'text/csv');
    const lines = parseCsv(csv.text.slice(1), ';');
    expect(lines[0]).toContain('restsOn');
    expect(lines.slice(1).map((line) => line[1])).toEqual(['Onboard Inc.', 'World Ltd.']);
  });

  it('refuse a basis that there is none of, and a product that nobody has', async () => {
    const { status, body } = await ask({ basis: 'dpf' });
    expect([status, body.errors[0].path]).toEqual([400, 'basis']);
    expect(body.errors[0].message).toContain('Expected DPF, SCC, BCR');
    expect((await ask({}, 'nope')).status).toBe(404);
  });
});
