import supertest, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import { oneRow } from '../../src/db/postgres.ts';
import { aController, aProduct } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import {
  announce,
  announceAnother,
  changeBody,
  haveControllers,
  haveProduct,
  objectThrough,
  partOf,
  REASONS,
  SUBJECTS,
  theMailTo,
  tokenOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const DPO = 'dpo@kunde-1.example';

let varsel: TestVarsel;
/** A thing of TrueTalk of each kind, by the noun of its addresses. */
let ids: Record<string, string>;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet' }));
  await haveControllers(varsel, [aController(1), aController(2, { products: ['truetalk', 'andet'] })]);
  const changes = await announce(varsel);
  await varsel.deliver();
  const objection = await objectThrough(varsel, tokenOf(varsel, DPO), REASONS);
  const { reply } = returnAddressesOf(theMailTo(varsel, DPO, SUBJECTS.notice));
  await mailIn(varsel, anAnswer('Tak.'), { from: DPO, to: reply });
  const officer = varsel.api('officer');
  const [answer] = (await officer.get(`/v1/changes/${changes}/answers`)).body.items;
  const [mail] = (await officer.get(`/v1/changes/${changes}/mails`)).body.items;
  const { notices } = await partOf(varsel, changes, 'kunde-1');
  const given = { url: 'http://127.0.0.1:65531/', events: ['*'], products: ['truetalk'] };
  const webhook = await varsel.api().post('/v1/webhooks').send(given).expect(201);
  const colleague = { name: 'Anne Holm', email: 'anne@telenor.example', role: 'reader', products: ['truetalk'] };
  const person = await varsel.api().post('/v1/people').send(colleague).expect(201);
  const announcement = changeBody({ subProcessor: varsel.newCompany() });
  const proposal = await officer.post('/v1/proposals').send({ kind: 'announcement', announcement }).expect(201);
  ids = {
    changes,
    proposals: proposal.body.id,
    objections: objection.body.id,
    answers: answer.id,
    mails: mail.id,
    notices: notices[0].id,
    webhooks: webhook.body.id,
    people: person.body.id,
  };
});
afterAll(() => varsel.close());

/** Request functions of a new key. */
async function keyThat(may: object) {
  const { body } = await varsel
    .api()
    .post('/v1/keys')
    .send({ name: 'Scoped', ...may })
    .expect(201);
  return supertest.agent(varsel.url).set('authorization', `Bearer ${body.key}`);
}
const adminOf = (...products: string[]) => keyThat({ role: 'admin', products });
type Key = Awaited<ReturnType<typeof keyThat>>;

/** Calls an operation about what is TrueTalk's, with the example of its body. */
async function call(key: Key, method: string, url: string, operation: object): Promise<Response> {
  const address = url
    .replace(':product', 'truetalk')
    .replace(':externalId', 'kunde-1')
    .replace(':id', ids[url.split('/')[2] ?? ''] ?? UNKNOWN_ID)
    .replace(/:\w+/, UNKNOWN_ID);
  const request = key[method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'](address);
  type WithExample = { meta(): { examples?: readonly (object | string)[] } | undefined };
  const { body, query } = operation as { body?: WithExample; query?: WithExample };
  const [asked] = query?.meta()?.examples ?? [];
  if (method === 'GET' && asked !== undefined) return request.query(asked);
  if (method === 'GET' || method === 'DELETE' || body === undefined) return request;
  const [example] = body.meta()?.examples ?? [];
  return typeof example === 'string'
    ? request.set('content-type', 'application/x-ndjson').send(example)
    : request.send(example);
}

describe('a key of another product', () => {
  let foreign: Key | undefined;
  // Who asks is told of itself, and of its own work (test/api/worklist.test.ts).
  const others = ROUTES.api.filter(([, url]) => !/^\/v1\/(me|worklist|checkpoints)\b/.test(url));
  test.each(others)('%s %s does nothing and tells nothing of what is not its', async (...route) => {
    foreign ??= await adminOf('andet');
    const counted = `select (select sum(version) from changes) as versions, (select count(*) from events) as events,
      (select count(*) from audit_log where action <> 'key.created') as acts, (select count(*) from api_keys) as keys`;
    const before = await oneRow(varsel.database.pool, counted);
    const { status, body } = await call(foreign, ...route);
    // A list is of its own product, which has none of it.
    const isEmptyList =
      status === 200 && body.items?.every((item: { products?: string[] }) => item.products?.includes('andet'));
    expect([403, 404, isEmptyList ? 200 : 404], JSON.stringify(body)).toContain(status);
    expect(await oneRow(varsel.database.pool, counted)).toEqual(before);
  });
});

/** What concerns no single product: for keys of all products only. */
const FOR_ALL_PRODUCTS = [
  'GET /v1/audit',
  'GET /v1/products',
  'POST /v1/controllers/import',
  'GET /v1/mails',
  'GET /v1/webhooks',
  'POST /v1/keys',
  'GET /v1/keys',
  'DELETE /v1/keys/:id',
  'GET /v1/retention/preview',
  'POST /v1/legal-holds',
  'GET /v1/legal-holds',
  'POST /v1/legal-holds/:id/release',
  'POST /v1/persons/export',
  'POST /v1/persons/erase',
  // For no key at all.
  'POST /v1/proposals/:id/approve',
  'POST /v1/proposals/:id/reject',
];

test('a key of a product does what concerns it, but for what concerns no single one', async () => {
  const key = await adminOf('truetalk');
  const refused: string[] = [];
  for (const [method, url, operation] of ROUTES.api) {
    const { status } = await call(key, method, url, operation);
    if (status === 403) refused.push(`${method} ${url}`);
  }
  expect(refused.toSorted()).toEqual(FOR_ALL_PRODUCTS.toSorted());
});

describe('a key of some products', () => {
  test('names one of them where a list is of one', async () => {
    const key = await adminOf('truetalk', 'andet');
    expect((await key.get('/v1/changes')).body).toMatchObject({
      code: 'forbidden',
      detail: 'Name one of them, like ?product=truetalk; the key is for truetalk, andet only.',
    });
    expect((await key.get('/v1/changes?product=andet')).body.items).toEqual([]);
    expect((await key.get('/v1/changes?product=truetalk')).body.items).toHaveLength(1);
    const other = await adminOf('andet');
    expect((await other.get('/v1/events')).body.items).toEqual([]);
    expect((await other.get('/v1/events?product=truetalk')).status).toBe(403);
  });

  test('sees a controller that has one of them, and changes one that has no other', async () => {
    const key = await adminOf('andet');
    const both = { ...aController(2), products: ['andet'] };
    const { externalId: _id, ...details } = both;
    expect((await key.get('/v1/controllers/kunde-2')).status).toBe(200);
    expect((await key.put('/v1/controllers/kunde-2').send(details)).body.code).toBe('not-found');
    const { externalId: _own, ...own } = aController(3, { products: ['andet'] });
    expect((await key.put('/v1/controllers/kunde-3').send(own)).status).toBe(201);
    expect((await key.put('/v1/controllers/kunde-3').send({ ...own, products: ['andet', 'truetalk'] })).status).toBe(
      403,
    );
    expect((await key.delete('/v1/controllers/kunde-2/products/truetalk')).status).toBe(403);
    expect((await key.delete('/v1/controllers/kunde-2/products/andet')).status).toBe(204);
  });

  test('sees nothing of what a controller that has one of them had, or is alike, of another one', async () => {
    await haveProduct(varsel, aProduct({ id: 'tredje', name: 'Tredje' }));
    await haveControllers(varsel, [
      aController(4, { products: ['truetalk', 'tredje'] }),
      aController(5, { products: ['truetalk'], registrationNumber: '10000004' }),
    ]);
    await announceAnother(varsel);
    await varsel.api().delete('/v1/controllers/kunde-4/products/truetalk').expect(204);
    const key = await adminOf('tredje');
    const changes = '/v1/controllers/kunde-4/changes';
    expect((await varsel.api().get(changes)).body.items).toHaveLength(1);
    expect((await key.get(changes)).body.items).toEqual([]);
    expect((await key.get(`${changes}?product=truetalk`)).status).toBe(403);
    const [listed] = (await key.get('/v1/controllers')).body.items;
    for (const shown of [listed, (await key.get('/v1/controllers/kunde-4')).body]) {
      expect(shown.externalId).toBe('kunde-4');
      expect(JSON.stringify(shown.warnings)).not.toContain('kunde-5');
    }
    expect((await key.get('/v1/controllers?duplicates=true')).body.items).toEqual([]);
    expect((await varsel.api().get('/v1/controllers?duplicates=true')).body.items).toHaveLength(2);
  });

  test('has webhooks of them alone, and replays nothing of another one', async () => {
    const key = await adminOf('andet');
    const given = { url: 'http://127.0.0.1:65531/', events: ['*'] };
    for (const products of [undefined, null, ['truetalk'], ['andet', 'truetalk']]) {
      expect((await key.post('/v1/webhooks').send({ ...given, products })).status).toBe(403);
    }
    const { body } = await key
      .post('/v1/webhooks')
      .send({ ...given, products: ['andet'] })
      .expect(201);
    expect((await key.patch(`/v1/webhooks/${body.id}`).send({ products: null })).status).toBe(403);
    const [event] = (await varsel.api().get('/v1/events')).body.items;
    const replay = await key.post(`/v1/webhooks/${body.id}/replay`).send({ eventIds: [event.id] });
    expect(replay.body.code).toBe('events-unknown');
  });
});

describe('a key with scopes', () => {
  test('does what they say and nothing else', async () => {
    const key = await keyThat({ scopes: ['changes:read'] });
    expect((await key.get(`/v1/changes/${ids['changes']}`)).status).toBe(200);
    expect((await key.post('/v1/changes').send({})).body).toMatchObject({
      code: 'forbidden',
      detail: 'This takes the scope changes:announce (role officer or admin); the key "Scoped" has only changes:read.',
    });
  });

  test('makes no key that may do more than itself', async () => {
    const key = await keyThat({ scopes: ['keys:manage', 'changes:read'] });
    const make = (may: object) => key.post('/v1/keys').send({ name: 'Made', ...may });
    expect((await make({ scopes: ['changes:read'] })).status).toBe(201);
    expect((await make({ scopes: ['changes:read', 'changes:announce'] })).status).toBe(403);
    expect((await make({ role: 'admin' })).status).toBe(403);
  });

  test('keeps what it was made with, whatever plain SQL says', async () => {
    for (const assignment of [`scopes = '{keys:manage}'`, 'products = null', `role = 'admin'`]) {
      await expect(varsel.database.owner.query(`update api_keys set ${assignment}`)).rejects.toThrow(
        'append-only (D28)',
      );
    }
  });
});
