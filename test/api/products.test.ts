import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController, aProduct } from '../support/examples.ts';
import { announceAnother, changeNow, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

const { id: _id, ...example } = aProduct();
const put = (id: string, body: object) => varsel.api().put(`/v1/products/${id}`).send(body);
const get = (id: string) => varsel.api('reader').get(`/v1/products/${id}`);

describe('a product', () => {
  test('is shown with its terms, as the contract spells it', async () => {
    const truetalk = {
      id: 'truetalk',
      name: 'TrueTalk',
      processor: {
        name: 'Telenor A/S',
        registrationNumber: '19433692',
        address: 'Frederikskaj 8, 2450 København SV',
      },
      terms: { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false },
      objectionAddress: {
        email: 'indsigelse@telenor.example',
        postal: 'Telenor A/S\nFrederikskaj 8\n2450 København SV',
      },
    };
    expect((await get('truetalk').expect(200)).body).toEqual(truetalk);
    const { body } = await varsel.api('reader').get('/v1/products').expect(200);
    expect(body.items).toContainEqual(truetalk);
  });

  test('is created with 201, and replaced as a whole with 200', async () => {
    const created = await put('talk-2', example);
    expect(created).toMatchObject({ status: 201, body: { id: 'talk-2', ...example } });
    const changed = { ...example, name: 'Talk II', terms: { ...example.terms, rollForward: true } };
    expect(await put('talk-2', changed)).toMatchObject({ status: 200, body: { id: 'talk-2', ...changed } });
    expect((await get('talk-2')).body).toEqual({ id: 'talk-2', ...changed });
    expect(await rows(varsel.database.pool, `select action, actor from audit_log where subject = 'talk-2'`)).toEqual(
      [1, 2].map(() => ({ action: 'product.saved', actor: expect.stringMatching(/^Test admin \(key /) })),
    );
  });

  test('changes its terms for changes announced later, never for one announced already', async () => {
    await put('talk-3', example).expect(201);
    await haveControllers(varsel, [aController(3, { products: ['talk-3'] })]);
    const before = await announceAnother(varsel, { product: 'talk-3' });
    await put('talk-3', { ...example, terms: { ...example.terms, objectionWindowDays: 30 } }).expect(200);
    const after = await announceAnother(varsel, { product: 'talk-3' });
    await varsel.deliver();
    expect(await changeNow(varsel, before)).toMatchObject({
      objectionWindowDays: 10,
      lastDeadline: '2026-03-12T23:00:00.000Z',
    });
    expect(await changeNow(varsel, after)).toMatchObject({
      objectionWindowDays: 30,
      lastDeadline: '2026-04-01T22:00:00.000Z',
    });
  });

  test.each(['nowhere', 'TrueTalk', '-', '__proto__', '%00', "'; drop table products; --", 'x'.repeat(64)])(
    'that nobody knows gets 404: %s',
    async (id) => {
      expect(await get(encodeURIComponent(id))).toMatchObject({ status: 404, body: { code: 'not-found' } });
    },
  );

  test.each(['TrueTalk', 'true_talk', '__proto__', 'x'.repeat(64), 'blå'])(
    'cannot be created under the id %s, and is told what an id may be',
    async (id) => {
      expect(await put(encodeURIComponent(id), example)).toMatchObject({
        status: 400,
        body: {
          code: 'invalid-request',
          errors: [{ path: 'product', message: expect.stringContaining('lower-case') }],
        },
      });
    },
  );

  test('may be called constructor, like anything else', async () => {
    expect((await get('constructor')).status).toBe(404);
    expect((await put('constructor', example)).status).toBe(201);
    expect((await get('constructor')).body.id).toBe('constructor');
  });

  const { terms, processor, objectionAddress } = example;
  test.each<[string, object, string]>([
    ['an unknown field', { owner: 'x' }, 'owner'],
    ['an unknown term', { terms: { ...terms, days: 10 } }, 'terms.days'],
    ['no window', { terms: { ...terms, objectionWindowDays: 0 } }, 'terms.objectionWindowDays'],
    ['a window of more than a year', { terms: { ...terms, objectionWindowDays: 366 } }, 'terms.objectionWindowDays'],
    ['half a day', { terms: { ...terms, objectionWindowDays: 10.5 } }, 'terms.objectionWindowDays'],
    ['days as text', { terms: { ...terms, objectionWindowDays: '10' } }, 'terms.objectionWindowDays'],
    ['a huge number of days', { terms: { ...terms, objectionWindowDays: 1e300 } }, 'terms.objectionWindowDays'],
    ['a time zone that nobody knows', { terms: { ...terms, timeZone: 'Europe/Atlantis' } }, 'terms.timeZone'],
    ['an offset for a time zone', { terms: { ...terms, timeZone: '+01:00' } }, 'terms.timeZone'],
    ['a word for true', { terms: { ...terms, rollForward: 'yes' } }, 'terms.rollForward'],
    ['no processor', { processor: undefined }, 'processor'],
    ['a processor without a name', { processor: { ...processor, name: '' } }, 'processor.name'],
    [
      'an address for objections with a line break',
      { objectionAddress: { ...objectionAddress, email: 'a@telenor.example\nBcc: b@telenor.example' } },
      'objectionAddress.email',
    ],
    ['a list for an object', { terms: [terms] }, 'terms'],
  ])('with %s is refused, and stays as it was', async (_fault, fields, path) => {
    const before = (await get('truetalk')).body;
    const response = await put('truetalk', { ...example, ...fields });
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.body.errors).toContainEqual({ path, message: expect.stringMatching(/\S/) });
    expect((await get('truetalk')).body).toEqual(before);
  });

  test('takes a number too large for any number for what it is', async () => {
    const text = JSON.stringify({ ...example, terms: { ...terms, objectionWindowDays: 0 } }).replace(
      '"objectionWindowDays":0',
      '"objectionWindowDays":1e999',
    );
    const response = await varsel.api().put('/v1/products/truetalk').set('content-type', 'application/json').send(text);
    expect(response).toMatchObject({ status: 400, body: { errors: [{ path: 'terms.objectionWindowDays' }] } });
  });
});
