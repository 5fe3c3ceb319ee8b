import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController, anAnnouncement, aProduct, aSubProcessor } from '../support/examples.ts';
import { haveControllers, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const GINTEL = '01980000-0000-7000-8000-000000000001';
const [MOTHER, DAUGHTER, GRANDDAUGHTER] = [1, 2, 3].map((digit) => `01990000-0000-7000-8000-00000000000${digit}`);

let varsel: TestVarsel;
let products = 0;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly activeFrom: string;
  readonly activeUntil: string | null;
}

const read = async (product = 'truetalk', asOf?: string): Promise<Entry[]> =>
  (
    await varsel
      .api('reader')
      .get(`/v1/products/${product}/register`)
      .query(asOf === undefined ? {} : { asOf })
      .expect(200)
  ).body.entries;

/** A product of its own, without a register. */
async function newProduct(): Promise<string> {
  products += 1;
  const id = `product-${products}`;
  await haveProduct(varsel, aProduct({ id }));
  return id;
}

const load = (product: string, entries: unknown, more: object = {}) =>
  varsel
    .api()
    .put(`/v1/products/${product}/register`)
    .send({ entries, ...more });

describe('the register of a product', () => {
  test('lists what the terms of TrueTalk approve, as the contract spells it', async () => {
    const { body } = await varsel.api('reader').get('/v1/products/truetalk/register').expect(200);
    expect(body).toMatchObject({ product: 'truetalk', asOf: '2026-03-02' });
    expect(
      body.entries.map(({ name, locations }: { name: string; locations: { country: string }[] }) => [
        name,
        locations.map(({ country }) => country),
      ]),
    ).toEqual([
      ['Gintel AS', ['NO']],
      ['Userflow Inc.', ['US']],
      ['Atlassian', ['DE', 'IE']],
      ['Google', ['US']],
    ]);
    expect(body.entries[0]).toEqual({
      id: GINTEL,
      name: 'Gintel AS',
      registrationNumber: '983 953 271',
      address: 'Otto Nielsens Veg 12, 7052 Trondheim, Norge',
      country: 'NO',
      contactPerson: null,
      parentId: null,
      processing: { da: expect.any(String), en: expect.any(String) },
      personalData: { da: expect.any(String), en: expect.any(String) },
      locations: [{ country: 'NO', transferBasis: null }],
      activeFrom: '2026-03-02',
      activeUntil: null,
      factsFrom: '2026-03-02',
      changeId: null,
      forSome: false,
    });
    expect(body.entries[1].locations[0].transferBasis).toEqual({
      article: '45',
      decision: 'DPF',
      certifiedAs: 'Userflow Inc.',
    });
    expect(body.entries[2].parentId).toBe(GINTEL);
  });

  test('is that of today in the time zone of the product unless a day is asked for', async () => {
    varsel.clock.set('2026-03-02T23:30:00Z');
    const { body } = await varsel.api('reader').get('/v1/products/truetalk/register');
    expect(body.asOf).toBe('2026-03-03');
    expect(await read('truetalk', '2026-03-01')).toEqual([]);
    expect(await read('truetalk', '2026-03-02')).toHaveLength(4);
    expect(await read('truetalk', '9999-12-31')).toHaveLength(4);
    expect(await read('truetalk', '0001-01-01')).toEqual([]);
  });

  test('of any past day can be asked for after a replacement', async () => {
    const product = await newProduct();
    await load(product, [{ ...aSubProcessor(1), name: 'Gammel ApS', activeFrom: '2025-01-01' }]).expect(201);
    await haveControllers(varsel, [aController(1, { products: [product] })]);
    const [old] = await read(product);
    const { body: change } = await varsel
      .api('officer')
      .post('/v1/changes')
      .send(
        anAnnouncement({
          product,
          kind: 'replacement',
          replaces: old?.id ?? null,
          subProcessor: aSubProcessor(2, { name: 'Ny ApS' }),
        }),
      )
      .expect(201);
    await varsel.deliver();
    // Late in the evening UTC it is 17 April in Copenhagen.
    varsel.clock.set('2026-04-16T22:30:00Z');
    await varsel.api('officer').post(`/v1/changes/${change.id}/activate`).expect(200);

    const namesOn = async (day: string) => (await read(product, day)).map(({ name }) => name);
    expect(await namesOn('2024-12-31')).toEqual([]);
    expect(await namesOn('2025-01-01')).toEqual(['Gammel ApS']);
    expect(await namesOn('2026-04-16')).toEqual(['Gammel ApS']);
    expect(await namesOn('2026-04-17')).toEqual(['Ny ApS']);
    expect(await read(product)).toMatchObject([
      { name: 'Ny ApS', activeFrom: '2026-04-17', activeUntil: null, changeId: change.id },
    ]);
    expect(await read(product, '2026-04-16')).toMatchObject([
      { name: 'Gammel ApS', activeFrom: '2025-01-01', activeUntil: '2026-04-17', changeId: null },
    ]);
  });

  test.each(['2026-02-30', '2026-2-3', '20260302', '2026-03-02T00:00:00Z', '0000-01-01', '10000-01-01', 'today', ''])(
    'is asked for on a day that exists, which %j is not',
    async (asOf) => {
      const response = await varsel.api('reader').get('/v1/products/truetalk/register').query({ asOf });
      expect(response).toMatchObject({
        status: 400,
        body: { code: 'invalid-request', errors: [{ path: 'asOf' }] },
      });
    },
  );

  test('takes no other parameter, and a parameter once', async () => {
    const ask = (query: string) => varsel.api('reader').get(`/v1/products/truetalk/register?${query}`);
    expect(await ask('asof=2026-03-02')).toMatchObject({ status: 400, body: { errors: [{ path: 'asof' }] } });
    expect(await ask('__proto__=1')).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(await ask('asOf=2026-03-02&asOf=2026-03-03')).toMatchObject({ status: 400 });
  });

  test('of an unknown product gets 404', async () => {
    for (const product of ['nowhere', 'NOWHERE']) {
      expect(await varsel.api('reader').get(`/v1/products/${product}/register`)).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
    }
    expect(await load('nowhere', [aSubProcessor(1)])).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});

describe('the first register', () => {
  test('is loaded with 201, once; after that 409', async () => {
    const product = await newProduct();
    const response = await load(product, [aSubProcessor(1), { ...aSubProcessor(2), registrationNumber: null }]);
    expect(response).toMatchObject({ status: 201, body: { product, asOf: '2026-03-02' } });
    expect(response.body.entries).toEqual(await read(product));
    expect(response.body.entries.map(({ name }: Entry) => name)).toEqual([
      'Nordlys Hosting 1 ApS',
      'Nordlys Hosting 2 ApS',
    ]);
    expect(await load(product, [aSubProcessor(3)])).toMatchObject({ status: 409, body: { code: 'register-exists' } });
    expect(await load('truetalk', [aSubProcessor(3)])).toMatchObject({
      status: 409,
      body: { code: 'register-exists' },
    });
    expect(await read(product)).toHaveLength(2);
    expect(
      await rows(varsel.database.pool, 'select action from audit_log where subject = $1 order by position', [product]),
    ).toEqual([{ action: 'product.saved' }, { action: 'register.loaded' }]);
  });

  test('is loaded once, however many load it at once', async () => {
    const product = await newProduct();
    const responses = await Promise.all([1, 2, 3].map((number) => load(product, [aSubProcessor(number)])));
    expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409]);
    expect(await read(product)).toHaveLength(1);
  });

  test('takes parents before or after their children, their ids in small or capital letters', async () => {
    const product = await newProduct();
    await load(product, [
      { ...aSubProcessor(3), id: GRANDDAUGHTER, parentId: DAUGHTER?.toUpperCase() },
      { ...aSubProcessor(2), id: DAUGHTER, parentId: MOTHER },
      { ...aSubProcessor(1), id: MOTHER?.toUpperCase() },
    ]).expect(201);
    const entries = await read(product);
    expect(new Map(entries.map(({ id, parentId }) => [id, parentId]))).toEqual(
      new Map([
        [MOTHER, null],
        [DAUGHTER, MOTHER],
        [GRANDDAUGHTER, DAUGHTER],
      ]),
    );
  });

  test.each([
    ['a parent that is not in it', [{ ...aSubProcessor(1), parentId: GINTEL }], 'entries.0.parentId'],
    [
      'parents in a circle',
      [
        {
          ...aSubProcessor(1),
          id: '01991000-0000-7000-8000-000000000001',
          parentId: '01991000-0000-7000-8000-000000000002',
        },
        {
          ...aSubProcessor(2),
          id: '01991000-0000-7000-8000-000000000002',
          parentId: '01991000-0000-7000-8000-000000000001',
        },
      ],
      'entries.0.parentId',
    ],
    [
      'an entry that is its own parent',
      [
        {
          ...aSubProcessor(1),
          id: '01991000-0000-7000-8000-000000000003',
          parentId: '01991000-0000-7000-8000-000000000003',
        },
      ],
      'entries.0.parentId',
    ],
  ])('is refused with %s', async (_fault, entries, path) => {
    const product = await newProduct();
    expect(await load(product, entries)).toMatchObject({
      status: 422,
      body: { code: 'parent-unknown', errors: [{ path }] },
    });
    expect(await read(product)).toEqual([]);
    // A refused load has written nothing.
    expect((await load(product, [aSubProcessor(1)])).status).toBe(201);
  });

  test('is refused with one company twice, by name or by number', async () => {
    const product = await newProduct();
    const again = [
      aSubProcessor(2, { name: ' nordlys  hosting 1 APS' }),
      aSubProcessor(2, { registrationNumber: '40 000 001' }),
    ];
    for (const second of again) {
      expect(await load(product, [aSubProcessor(1), second])).toMatchObject({
        status: 409,
        body: { code: 'already-in-register', errors: [{ path: 'entries.1' }] },
      });
    }
  });

  test('is refused with a place of processing that has not the transfer basis it needs', async () => {
    const product = await newProduct();
    const at = (location: object) => load(product, [aSubProcessor(1, { locations: [location as never] })]);
    const path = 'entries.0.locations.0.transferBasis';
    expect(await at({ country: 'US', transferBasis: null })).toMatchObject({
      status: 422,
      body: { code: 'transfer-basis-missing', errors: [{ path }] },
    });
    expect(await at({ country: 'US', transferBasis: { article: '45', decision: 'DPF' } })).toMatchObject({
      status: 422,
      body: { code: 'transfer-basis-invalid', errors: [{ path }] },
    });
    expect(await at({ country: 'DK', transferBasis: { article: '46', instrument: 'SCC' } })).toMatchObject({
      status: 422,
      body: { code: 'transfer-basis-invalid', errors: [{ path }] },
    });
  });

  test('is refused with a company that is announced, or that a change has brought in already', async () => {
    const product = await newProduct();
    const { body: change } = await varsel
      .api('officer')
      .post('/v1/changes')
      .send(anAnnouncement({ product, subProcessor: aSubProcessor(1) }))
      .expect(201);
    expect(await load(product, [aSubProcessor(2), aSubProcessor(1)])).toMatchObject({
      status: 409,
      body: { code: 'change-already-announced', errors: [{ path: 'entries.1' }] },
    });
    varsel.clock.set('2026-04-15T09:00:00Z');
    await varsel.api('officer').post(`/v1/changes/${change.id}/activate`).expect(200);
    expect(await load(product, [aSubProcessor(1)])).toMatchObject({
      status: 409,
      body: { code: 'already-in-register', errors: [{ path: 'entries.0' }] },
    });
    await load(product, [aSubProcessor(2)]).expect(201);
    expect((await read(product)).map(({ name }) => name)).toEqual(['Nordlys Hosting 1 ApS', 'Nordlys Hosting 2 ApS']);
  });

  test('gives every entry an id of its own', async () => {
    const product = await newProduct();
    const twice = '01992000-0000-7000-8000-000000000001';
    expect(
      await load(product, [
        { ...aSubProcessor(1), id: twice },
        { ...aSubProcessor(2), id: twice.toUpperCase() },
      ]),
    ).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ path: 'entries.1.id' }] } });
    // The id of an entry in the register of another product.
    expect(await load(product, [{ ...aSubProcessor(1), id: GINTEL }])).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ path: 'entries.0.id' }] },
    });
    expect(await read(product)).toEqual([]);
  });

  test('holds nobody who is approved from a later day on: that takes a change', async () => {
    const product = await newProduct();
    expect(await load(product, [{ ...aSubProcessor(1), activeFrom: '2026-03-03' }])).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ path: 'entries.0.activeFrom' }] },
    });
    expect((await load(product, [{ ...aSubProcessor(1), activeFrom: '2026-03-02' }])).status).toBe(201);
  });

  test.each<[string, unknown, string]>([
    ['no entries', [], 'entries'],
    ['an object for the entries', { 0: aSubProcessor(1) }, 'entries'],
    ['an unknown field', [{ ...aSubProcessor(1), approvedBy: 'x' }], 'entries.0.approvedBy'],
    ['a day that does not exist', [{ ...aSubProcessor(1), activeFrom: '2026-02-30' }], 'entries.0.activeFrom'],
    ['an id that is none', [{ ...aSubProcessor(1), id: 'gintel' }], 'entries.0.id'],
    ['a name of nothing', [aSubProcessor(1, { name: '\u200b' })], 'entries.0.name'],
    [
      'no registration number and no null for it',
      [{ ...aSubProcessor(1), registrationNumber: undefined }],
      'entries.0.registrationNumber',
    ],
  ])('is refused with %s', async (_fault, entries, path) => {
    const product = await newProduct();
    expect(await load(product, entries)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ path }] },
    });
  });

  test('is refused with a flag', async () => {
    const product = await newProduct();
    expect(await load(product, [aSubProcessor(1)], { replace: true })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'replace', message: 'Unknown field' }] },
    });
  });
});
