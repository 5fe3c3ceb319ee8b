import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aController, anAnnouncement, aProduct, aSubProcessor } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const COUNT = 7;
/** Ids whose order is hard to guess: letters of three alphabets, signs, digits. */
const IDS = ['Kunde-1', 'kunde-1', 'kunde_1', 'ærø', 'Zoo', '客戶', '10'];

let varsel: TestVarsel;
/** Every list, by its address, with the field that identifies an item. */
let lists: Record<string, string>;
beforeAll(async () => {
  varsel = await startVarsel(START);
  const admin = varsel.api();
  const { id: _id, ...product } = aProduct();
  for (let number = 1; number < COUNT; number += 1)
    await admin.put(`/v1/products/p${number}`).send(product).expect(201);
  for (const [index, externalId] of IDS.entries()) {
    const { externalId: _externalId, ...body } = aController(index);
    await admin
      .put(`/v1/controllers/${encodeURIComponent(externalId)}`)
      .send(body)
      .expect(201);
  }
  for (let number = 3; number < COUNT; number += 1)
    await admin
      .post('/v1/keys')
      .send({ name: `Key ${number}`, role: 'reader' })
      .expect(201);
  let change = '';
  for (let number = 0; number < COUNT; number += 1) {
    const announcement = anAnnouncement({ subProcessor: aSubProcessor(number) });
    change = (await admin.post('/v1/changes').send(announcement).expect(201)).body.id;
  }
  await varsel.deliver();
  for (const controller of IDS) {
    await admin
      .post(`/v1/changes/${change}/objections`)
      .send({ controller, reasons: 'USA', channel: 'email', receivedAt: START, from: {} })
      .expect(201);
  }
  lists = {
    '/v1/products': 'id',
    '/v1/controllers': 'externalId',
    '/v1/controllers?product=truetalk': 'externalId',
    '/v1/keys': 'id',
    '/v1/changes': 'id',
    '/v1/changes?status=announced': 'id',
    [`/v1/changes/${change}/controllers`]: 'externalId',
    [`/v1/changes/${change}/controllers?state=open`]: 'externalId',
    [`/v1/changes/${change}/objections`]: 'id',
    [`/v1/changes/${change}/objections?status=pending`]: 'id',
  };
});
afterAll(() => varsel.close());

interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly nextCursor: string | null;
}
const read = async (address: string, query: Record<string, string | number> = {}): Promise<Page> =>
  (await varsel.api().get(address).query(query).expect(200)).body;

describe('a list', () => {
  test('that is walked in pages of any size shows every item once, in one order', async () => {
    expect(Object.keys(lists)).toHaveLength(10);
    for (const [address, id] of Object.entries(lists)) {
      const whole = await read(address);
      expect({ address, count: whole.items.length, nextCursor: whole.nextCursor }).toEqual({
        address,
        count: COUNT,
        nextCursor: null,
      });
      expect(new Set(whole.items.map((item) => item[id])).size).toBe(COUNT);
      for (let limit = 1; limit <= COUNT + 1; limit += 1) {
        const seen: unknown[] = [];
        let cursor: string | null = null;
        let pages = 0;
        do {
          const page: Page = await read(address, { limit, ...(cursor !== null && { cursor }) });
          seen.push(...page.items);
          ({ nextCursor: cursor } = page);
          pages += 1;
        } while (cursor !== null && pages <= COUNT);
        expect({ address, limit, pages }).toEqual({ address, limit, pages: Math.ceil(COUNT / limit) });
        expect(seen).toEqual(whole.items);
      }
    }
  });

  test('has 50 items a page unless asked for others', async () => {
    const lines = Array.from({ length: 60 }, (_, index) =>
      JSON.stringify({ ...aController(index, { products: [] }), externalId: `many-${index}` }),
    ).join('\n');
    await varsel
      .api()
      .post('/v1/controllers/import')
      .set('content-type', 'application/x-ndjson')
      .send(lines)
      .expect(200);
    expect((await read('/v1/controllers')).items).toHaveLength(50);
    expect((await read('/v1/controllers', { limit: 200 })).items).toHaveLength(67);
  });

  test('that is walked while it grows shows what was there once, and misses nothing behind the cursor', async () => {
    const first = await read('/v1/changes', { limit: 3 });
    const announcement = anAnnouncement({ subProcessor: aSubProcessor(100) });
    const { body } = await varsel.api().post('/v1/changes').send(announcement).expect(201);
    const rest = await read('/v1/changes', { cursor: first.nextCursor ?? '' });
    const ids = [...first.items, ...rest.items].map(({ id }) => id);
    expect(ids).toHaveLength(COUNT);
    expect(new Set(ids).size).toBe(COUNT);
    expect(ids).not.toContain(body.id);
  });

  test.each(['0', '-1', '201', '1000000', '1.5', '1e999', 'ten', '', ' ', 'NaN', '[]', '1; drop table changes'])(
    'has 1 to 200 items a page, and not %j',
    async (limit) => {
      for (const address of Object.keys(lists)) {
        const response = await varsel.api().get(address).query({ limit });
        expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
        expect(response.body.errors).toContainEqual({ path: 'limit', message: expect.any(String) });
      }
    },
  );

  test('refuses a cursor that it has not given out', async () => {
    const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url');
    for (const address of Object.keys(lists)) {
      const { nextCursor } = await read(address, { limit: 3 });
      const madeUp = [
        'made-up',
        '0',
        'null',
        '%00',
        '__proto__',
        "' or 1=1 --",
        base64url('a b'),
        base64url("' or 1=1 --"),
        base64url('\u0000'),
        base64url(Buffer.of(0xff, 0xfe, 0x61)),
        `${nextCursor}=`,
        ` ${nextCursor}`,
        `${nextCursor}!`,
        nextCursor?.slice(0, -1) ?? '',
        'x'.repeat(501),
        '',
      ];
      for (const cursor of madeUp) {
        const response = await varsel.api().get(address).query({ cursor });
        expect({ address, cursor, status: response.status }).toEqual({ address, cursor, status: 400 });
        expect(response.body).toMatchObject({ code: 'invalid-request', errors: [{ path: 'cursor' }] });
      }
    }
  });

  test('takes no parameter that it does not know, and each once', async () => {
    for (const address of Object.keys(lists)) {
      for (const query of ['offset=1', 'page=2', '__proto__=1', 'constructor=1', 'limit=1&limit=2']) {
        const response = await varsel.api().get(`${address}${address.includes('?') ? '&' : '?'}${query}`);
        expect({ address, query, status: response.status, code: response.body.code }).toEqual({
          address,
          query,
          status: 400,
          code: 'invalid-request',
        });
      }
    }
  });
});
