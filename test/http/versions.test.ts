import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/postgres.ts';
import { lockController } from '../../src/commands/change-controller.ts';
import { aController, aProduct } from '../support/examples.ts';
import { haveControllers, haveProduct } from '../support/story.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
});
afterAll(() => varsel.close());

const { externalId: _externalId, ...details } = aController(1);
const { id: _id, ...terms } = aProduct();
const etagOf = async (path: string): Promise<string> =>
  (await varsel.api('reader').get(path).expect(200)).headers.etag ?? '';

async function have(number: number): Promise<string> {
  await haveControllers(varsel, [aController(number)]);
  return `/v1/controllers/kunde-${number}`;
}

describe.each([
  ['a product', '/v1/products/etagged', { ...terms, name: 'Etagged' }, { ...terms, name: 'Renamed' }],
  ['a controller', '/v1/controllers/etagged', details, { ...details, name: 'Renamed' }],
])('%s', (_what, path, body, renamed) => {
  test('has an ETag that is the same as long as it is', async () => {
    const created = await varsel.api().put(path).set('If-None-Match', '*').send(body).expect(201);
    expect(created.headers.etag).toMatch(/^"[\w-]{43}"$/);
    expect(await etagOf(path)).toBe(created.headers.etag);
    expect((await varsel.api().put(path).send(body).expect(200)).headers.etag).toBe(created.headers.etag);
    const changed = await varsel
      .api()
      .put(path)
      .set('If-Match', await etagOf(path))
      .send(renamed)
      .expect(200);
    expect(changed.headers.etag).not.toBe(created.headers.etag);
    expect(await etagOf(path)).toBe(changed.headers.etag);
  });

  test('is not changed by who has not seen what it is', async () => {
    const etag = await etagOf(path);
    for (const stale of ['"x"', 'W/"x"', '"x", "y"']) {
      const refused = await varsel.api().put(path).set('If-Match', stale).send(body);
      expect(refused).toMatchObject({ status: 412, body: { code: 'precondition-failed', etag } });
    }
    for (const known of ['*', etag]) {
      const refused = await varsel.api().put(path).set('If-None-Match', known).send(body);
      expect(refused).toMatchObject({ status: 412, body: { code: 'precondition-failed', etag } });
    }
    expect((await varsel.api('reader').get(path)).body.name).toBe('Renamed');
    // As a proxy that compresses makes it, and beside others.
    await varsel.api().put(path).set('If-Match', `"x", W/${etag}`).send(renamed).expect(200);
    await varsel.api().put(path).set('If-Match', '*').send(renamed).expect(200);
  });

  test('is answered with 304 to who has it', async () => {
    const etag = await etagOf(path);
    const known = await varsel.api('reader').get(path).set('If-None-Match', `"x", W/${etag}`);
    expect({ status: known.status, text: known.text, etag: known.headers.etag }).toEqual({
      status: 304,
      text: '',
      etag,
    });
    expect((await varsel.api('reader').get(path).set('If-None-Match', '"x"')).status).toBe(200);
  });

  test.each(['x', '"x', '"x" "y"', '*, "x"', ''])('is refused a condition that is none: %s', async (condition) => {
    const refused = await varsel.api().put(path).set('If-Match', condition).send(body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ path: 'if-match' }] } });
  });

  test('that does not exist is not created by who has seen one', async () => {
    const refused = await varsel.api().put(`${path}-2`).set('If-Match', '*').send(body);
    expect(refused).toMatchObject({ status: 412, body: { code: 'precondition-failed', etag: null } });
    expect((await varsel.api('reader').get(`${path}-2`)).status).toBe(404);
  });
});

test('the ETag of a controller is that of its contacts, and guards each way of changing it', async () => {
  const path = await have(10);
  await haveProduct(varsel, aProduct({ id: 'other' }));
  const stale = await etagOf(path);
  expect(await etagOf(`${path}/contacts`)).toBe(stale);
  const contact = { email: 'it@kunde-10.example', name: 'It', language: 'da' };
  const added = await varsel.api().post(`${path}/contacts`).set('If-Match', stale).send(contact).expect(201);
  expect(added.headers.etag).toBe(await etagOf(path));
  const before = (await varsel.api('reader').get(path)).body;
  const id = added.body.id;
  for (const refused of [
    await varsel.api().put(path).set('If-Match', stale).send(details),
    await varsel.api().patch(path).set('If-Match', stale).send({ name: 'X' }),
    await varsel
      .api()
      .post(`${path}/contacts`)
      .set('If-Match', stale)
      .send({ ...contact, email: 'x@x.example' }),
    await varsel.api().put(`${path}/contacts/${id}`).set('If-Match', stale).send(contact),
    await varsel.api().delete(`${path}/contacts/${id}`).set('If-Match', stale),
    await varsel.api().delete(`${path}/products/truetalk`).set('If-Match', stale),
  ]) {
    expect(refused).toMatchObject({ status: 412, body: { code: 'precondition-failed', etag: added.headers.etag } });
  }
  expect((await varsel.api('reader').get(path)).body).toEqual(before);
  const removed = await varsel
    .api()
    .delete(`${path}/contacts/${id}`)
    .set('If-Match', added.headers.etag ?? '')
    .expect(204);
  expect(removed.headers.etag).toBe(stale);
});

test('of two who have seen the same, one changes it, also where both wait for the same lock', async () => {
  const path = await have(11);
  const etag = await etagOf(path);
  const rename = async (name: string) => varsel.api().patch(path).set('If-Match', etag).send({ name });
  const { pool } = varsel.database;
  const both = await inTransaction(pool, async (tx) => {
    await lockController(tx, 'kunde-11');
    const renaming = [rename('Den ene'), rename('Den anden')];
    await untilLockWaiters(pool, 2);
    return renaming;
  });
  const responses = await Promise.all(both);
  expect(responses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
});

test('of ten who create the same with If-None-Match, one does', async () => {
  const create = (name: string) =>
    varsel
      .api()
      .put('/v1/controllers/once')
      .set('If-None-Match', '*')
      .send({ ...details, name });
  const responses = await Promise.all(Array.from({ length: 10 }, (_, index) => create(`Kunde ${index}`)));
  expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(responses.filter(({ status }) => status === 412)).toHaveLength(9);
  const created = responses.find(({ status }) => status === 201);
  expect((await varsel.api('reader').get('/v1/controllers/once')).body.name).toBe(created?.body.name);
});

test('a condition is not ignored where none is taken, and a repeat of a call gets its ETag again', async () => {
  const refused = await varsel.api().post('/v1/keys').set('If-Match', '"x"').send({ name: 'x', role: 'reader' });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'if-match' }] } });
  const path = await have(12);
  const add = () =>
    varsel
      .api()
      .post(`${path}/contacts`)
      .set('Idempotency-Key', 'add-once')
      .set('If-None-Match', '"x"')
      .send({ email: 'it@kunde-12.example', name: 'It', language: 'da' });
  const [first, repeat] = [await add(), await add()];
  expect([first.status, repeat.status]).toEqual([201, 201]);
  expect(repeat.headers.etag).toBe(first.headers.etag);
});
