import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aController, aProduct, aSubProcessor } from '../support/examples.ts';
import {
  activate,
  allBelowLeave,
  announce,
  haveControllers,
  haveProduct,
  leave,
  notifyByLetter,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const ACTIVATED = '2026-04-16T22:30:00Z';
const GINTEL = '01980000-0000-7000-8000-000000000001';
const USERFLOW = '01980000-0000-7000-8000-000000000002';

let varsel: TestVarsel;
let changeId: string;

interface Entitlement {
  readonly allowed: boolean;
  readonly because: string;
  readonly entry: string | null;
  readonly change: string | null;
}

const request = (company: string, more: Record<string, string> = {}) =>
  varsel
    .api('reader')
    .get(`/v1/products/${more.product ?? 'truetalk'}/entitlement`)
    .query({ controller: more.controller ?? 'kunde-1', company, ...(more.country && { country: more.country }) });

const ask = async (company: string, more: Record<string, string> = {}): Promise<Entitlement> =>
  (await request(company, more).expect(200)).body;

const eventsOf = async (type: string) => {
  const { body } = await varsel.api('reader').get('/v1/events?limit=200').expect(200);
  return body.items.filter((event: { type: string }) => event.type === type);
};

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  await haveControllers(varsel, [aController(1), aController(2)]);
  changeId = await announce(varsel, {
    kind: 'replacement',
    replaces: USERFLOW,
    children: await allBelowLeave(varsel, USERFLOW),
    subProcessor: aSubProcessor(1, { name: 'Velkomst ApS', registrationNumber: 'DK 40 00 00 01' }),
    plannedActivationOn: '2026-04-15',
  });
});
afterAll(() => varsel.close());

describe('the entitlement to use a company', () => {
  it.each([
    [GINTEL, {}],
    ['gintel  as', {}],
    ['983 953 271', {}],
    ['NO983953271MVA', {}],
    ['983953271', { country: 'NO' }],
  ])('finds the entry by its id, number or name: %s %j', async (company, more) => {
    expect(await ask(company, more)).toEqual({ allowed: true, because: 'in-register', entry: GINTEL, change: null });
  });

  it.each([
    ['a country where it may not process', GINTEL, { country: 'IN' }, 'place-not-listed'],
    ['its country, where it does not process', 'Atlassian', { country: 'AU' }, 'place-not-listed'],
    ['a company that nobody has heard of', 'Acme', {}, 'not-in-register'],
    ['a company that is only announced', 'Velkomst ApS', {}, 'not-in-register'],
    ['the number with another country before it', 'DK983953271', {}, 'not-in-register'],
    ['a part of a name', 'Gintel', {}, 'not-in-register'],
  ])('is refused for %s', async (_case, company, more, because) => {
    expect(await ask(company, more as Record<string, string>)).toMatchObject({ allowed: false, because });
  });

  it('is not found for a product or a controller that nobody has', async () => {
    expect((await request(GINTEL, { product: 'nope' })).status).toBe(404);
    expect((await request(GINTEL, { controller: 'nobody' })).status).toBe(404);
  });

  it('is of one product', async () => {
    await haveProduct(varsel, aProduct({ id: 'other', name: 'Other' }));
    expect(await ask('Gintel AS', { product: 'other' })).toMatchObject({ allowed: false, because: 'no-agreement' });
  });

  it('is 304 to who asks again, until the answer is another', async () => {
    const first = await request('Velkomst ApS').expect(200);
    const again = () => request('Velkomst ApS').set('if-none-match', String(first.headers.etag));
    expect((await again()).status).toBe(304);
    await notifyByLetter(varsel, changeId, ['kunde-1', 'kunde-2'], '2026-03-02');
    varsel.clock.set(ACTIVATED);
    expect(await activate(varsel, changeId)).toEqual([]);
    const after = await again();
    expect([after.status, after.body]).toEqual([
      200,
      { allowed: true, because: 'in-register', entry: expect.any(String), change: changeId },
    ]);
    expect(await ask('40000001')).toEqual(after.body);
  });

  it('has ended for what was replaced, and for its child that left with it, by that change', async () => {
    expect(await ask('Userflow Inc.')).toEqual({ allowed: false, because: 'ended', entry: USERFLOW, change: changeId });
    expect(await ask('Google')).toMatchObject({ allowed: false, because: 'ended', change: changeId });
  });

  it('is told as an event with the activation: what came, what left, and for all', async () => {
    const [event, ...more] = await eventsOf('entitlement.changed');
    expect(more).toEqual([]);
    expect(event.data.change).toMatchObject({ id: changeId, status: 'activated' });
    expect(event.data.entitlement).toEqual({
      entries: [
        { entry: USERFLOW, act: 'leaves', name: 'Userflow Inc.' },
        { entry: expect.any(String), act: 'enters', name: 'Velkomst ApS' },
        { entry: expect.any(String), act: 'leaves', name: 'Google' },
      ],
      controllers: null,
    });
    expect(event.data.entitlement.entries[1].entry).toBe((await ask('Velkomst ApS')).entry);
  });

  it('is none for a controller whose agreement has ended, and is of the others still', async () => {
    await leave(varsel, 'kunde-2');
    expect(await ask(GINTEL, { controller: 'kunde-2' })).toMatchObject({ allowed: false, because: 'no-agreement' });
    expect(await ask(GINTEL)).toMatchObject({ allowed: true });
  });

  it('takes nothing but what it names', async () => {
    const { status, body } = await varsel.api('reader').get('/v1/products/truetalk/entitlement?company=Acme');
    expect([status, body.errors[0].path]).toEqual([400, 'controller']);
    expect((await request(GINTEL, { country: 'Danmark' })).status).toBe(400);
  });
});

describe('the register of a controller', () => {
  const registerOf = async (asOf?: string) => {
    const { body } = await varsel
      .api('reader')
      .get('/v1/controllers/kunde-1/products/truetalk/register')
      .query(asOf === undefined ? {} : { asOf })
      .expect(200);
    return body.entries.map(({ name }: { name: string }) => name);
  };

  it('is that of the product where nothing differs, today and on a past day', async () => {
    expect(await registerOf()).toEqual(['Gintel AS', 'Velkomst ApS', 'Atlassian']);
    expect(await registerOf('2026-04-16')).toEqual(['Gintel AS', 'Userflow Inc.', 'Atlassian', 'Google']);
  });

  it('is not found of who is no controller', async () => {
    await varsel.api('reader').get('/v1/controllers/nobody/products/truetalk/register').expect(404);
    await varsel.api('reader').get('/v1/controllers/kunde-1/products/nope/register').expect(404);
  });
});
