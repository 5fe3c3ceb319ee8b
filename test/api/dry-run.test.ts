import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oneRow } from '../../src/db/postgres.ts';
import { aController, aProduct } from '../support/examples.ts';
import { announceAnother } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

/** How many rows everything has that a PUT could write. */
const written = () =>
  oneRow(
    varsel.database.pool,
    `select (select count(*) from controllers) as controllers, (select count(*) from contacts) as contacts,
       (select count(*) from agreements where ended_at is null) as agreements, (select count(*) from messages) as messages,
       (select count(*) from objection_windows where left_at is null) as windows, (select count(*) from audit_log) as audit,
       (select count(*) from products) as products, (select count(*) from register_entries) as entries,
       (select count(*) from product_terms) as terms, (select count(*) from idempotency_keys) as keys`,
  );
const put = (address: string, body: object) => varsel.api().put(address).send(body);
const details = (number: number, overrides: object = {}) => {
  const { externalId: _externalId, ...body } = aController(number);
  return { ...body, ...overrides };
};
const contacts = ['a', 'b'].map((name) => ({ email: `${name}@kunde.example`, name, language: 'da' }));

describe('A dry run of a PUT says what would happen, writes nothing, and then it happens:', () => {
  test('a controller joins while a change is announced, changes, and leaves', async () => {
    await announceAnother(varsel);
    const address = '/v1/controllers/joining';
    const tryThenDo = async (body: object) => {
      const before = await written();
      const tried = await put(`${address}?dryRun=true`, body).expect(200);
      expect(await written()).toEqual(before);
      const done = await put(address, body);
      // A contact that the dry run would add gets its id when it is added.
      const withoutIds = ({ contacts: shown, ...rest }: { contacts: { email: string }[] }) => ({
        ...rest,
        contacts: shown.map(({ email }) => email),
      });
      expect(withoutIds(tried.body.result)).toEqual(withoutIds(done.body));
      return tried.body;
    };
    expect(await tryThenDo(details(1, { contacts }))).toMatchObject({
      dryRun: true,
      created: 1,
      updated: 0,
      mails: 2,
      agreementsEnded: 0,
      warnings: [{ code: 'registration-number-doubtful' }],
    });
    expect(
      (await oneRow<{ mails: number }>(varsel.database.pool, 'select count(*) as mails from messages')).mails,
    ).toBe(2);
    expect(await tryThenDo(details(1, { contacts }))).toMatchObject({ created: 0, updated: 0, unchanged: 1, mails: 0 });
    expect(await tryThenDo(details(1, { contacts, products: [] }))).toMatchObject({ updated: 1, agreementsEnded: 1 });
  });

  test('a product', async () => {
    const product = (overrides: object) => {
      const { id: _id, ...body } = aProduct(overrides);
      return { ...body, reason: 'Bilag B' };
    };
    const address = '/v1/products/tried';
    const before = await written();
    const tried = await put(`${address}?dryRun=true`, product({})).expect(200);
    expect(tried.body).toMatchObject({ dryRun: true, created: 1, result: { id: 'tried' } });
    expect(await written()).toEqual(before);
    const done = await put(address, product({})).expect(201);
    expect(tried.body.result).toEqual(done.body);
    expect((await put(`${address}?dryRun=true`, product({}))).body).toMatchObject({ unchanged: 1, updated: 0 });
    expect((await put(`${address}?dryRun=true`, product({ name: 'Andet' }))).body).toMatchObject({ updated: 1 });
  });

  test('a first register', async () => {
    const { id: _id, ...body } = aProduct();
    await put('/v1/products/first', body).expect(201);
    const { body: register } = await varsel.api().get('/v1/products/truetalk/register');
    const [listed] = register.entries;
    const { id: _entry, activeUntil: _until, factsFrom: _from, changeId: _change, forSome: _some, ...entry } = listed;
    const before = await written();
    const address = '/v1/products/first/register';
    const tried = await put(`${address}?dryRun=true`, { entries: [entry] }).expect(200);
    expect(tried.body).toMatchObject({ created: 1, result: { product: 'first', entries: [{ name: entry.name }] } });
    expect(await written()).toEqual(before);
    await put(address, { entries: [entry] }).expect(201);
    expect((await put(`${address}?dryRun=true`, { entries: [entry] })).body.code).toBe('register-exists');
  });
});

test('A dry run refuses what the call would refuse, and to whom it would', async () => {
  const address = '/v1/controllers/refused?dryRun=true';
  expect((await put(address, details(1, { products: ['nowhere'] }))).body.code).toBe('product-unknown');
  expect((await put(address, details(1, { contacts: [] }))).body.code).toBe('invalid-request');
  expect((await varsel.api('officer').put(address).send(details(1))).status).toBe(403);
  expect((await put('/v1/controllers/refused?dryRun=yes', details(1))).body).toMatchObject({
    code: 'invalid-request',
    errors: [{ path: 'dryRun', message: 'Expected true or false' }],
  });
  expect((await varsel.api().get('/v1/controllers/refused')).status).toBe(404);
});

describe('Controllers that may be the same customer', () => {
  test('are named by both, listed, and no longer once one of them has left', async () => {
    const danish = (externalId: string, registrationNumber: string) =>
      put(`/v1/controllers/${externalId}`, details(7, { registrationNumber })).expect(201);
    await danish('K-1', '99000007');
    await danish('k-1', 'DK 99 00 00 15');
    await danish('00123', '99000023');
    await danish('123', '99000031');
    await danish('afdeling', 'DK-99000007');
    await danish('alene', '99000058');
    const warnings = async (externalId: string) =>
      (await varsel.api('reader').get(`/v1/controllers/${externalId}`)).body.warnings;
    expect(await warnings('K-1')).toEqual([
      { code: 'registration-number-shared', message: 'The registration number is also that of afdeling' },
      { code: 'external-id-similar', message: 'The external id is nearly that of k-1' },
    ]);
    expect(await warnings('123')).toEqual([expect.objectContaining({ code: 'external-id-similar' })]);
    expect(await warnings('alene')).toEqual([]);
    const listed = async () =>
      (await varsel.api('reader').get('/v1/controllers?duplicates=true')).body.items.map(
        (each: { externalId: string }) => each.externalId,
      );
    expect((await listed()).toSorted()).toEqual(['00123', '123', 'K-1', 'afdeling', 'k-1']);
    for (const left of ['K-1', '123'])
      await varsel.api().delete(`/v1/controllers/${left}/products/truetalk`).expect(204);
    expect(await listed()).toEqual([]);
    // What was typed is shown.
    expect((await varsel.api().get('/v1/controllers/k-1')).body.registrationNumber).toBe('DK 99 00 00 15');
  });
});

describe('What the company keeps of a controller', () => {
  test('is shown, kept where it is left out, and taken away where that is asked for', async () => {
    const kept = { reference: 'PO 4711', metadata: { EAN: '5790000000001', Kundeansvarlig: 'Åse Ørum' } };
    await put('/v1/controllers/filed', details(1, kept)).expect(201);
    await put('/v1/controllers/filed', details(1, { name: 'Ny A/S' })).expect(200);
    expect((await varsel.api().get('/v1/controllers/filed')).body).toMatchObject({ name: 'Ny A/S', ...kept });
    const cleared = await put('/v1/controllers/filed', details(1, { reference: null, metadata: {} }));
    expect(cleared.body).toMatchObject({ reference: null, metadata: {} });
  });

  test.each([
    ['more than 20 fields', Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`felt ${index}`, 'x']))],
    ['a field without a name', { '': 'x' }],
    ['a direction mark', { 'a\u202eb': 'x' }],
    ['a value that is no text', { EAN: 5_790_000_000_001 }],
    ['a line break', { EAN: '1\n2' }],
  ])('has never %s', async (_what, metadata) => {
    expect((await put('/v1/controllers/misfiled', details(1, { metadata }))).body.code).toBe('invalid-request');
  });

  test('An address is saved without the spaces around it', async () => {
    const spaced = [{ email: '\u00a0 dpo@kunde.example ', name: ' Åse ', language: 'da' }];
    const { body } = await put('/v1/controllers/spaced', details(1, { contacts: spaced })).expect(201);
    expect(body.contacts).toMatchObject([{ email: 'dpo@kunde.example', name: 'Åse', language: 'da' }]);
  });
});
