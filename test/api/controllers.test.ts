import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController, aProduct } from '../support/examples.ts';
import { announceAnother, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveProduct(varsel, aProduct({ id: 'other' }));
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

const details = (number: number, overrides: object = {}) => {
  const { externalId: _externalId, ...body } = aController(number);
  return { ...body, ...overrides };
};
const put = (externalId: string, body: object) =>
  varsel
    .api()
    .put(`/v1/controllers/${encodeURIComponent(externalId)}`)
    .send(body);
const get = (externalId: string) => varsel.api('reader').get(`/v1/controllers/${encodeURIComponent(externalId)}`);

const windowsOf = async (changeId: string, externalId: string): Promise<unknown[]> => {
  const { body } = await varsel.api('reader').get(`/v1/changes/${changeId}/controllers?limit=200`).expect(200);
  return body.items.filter((each: { externalId: string }) => each.externalId === externalId);
};

describe('a controller', () => {
  test('is created with 201 and replaced as a whole with 200, as the contract spells it', async () => {
    const body = {
      name: 'Havneby Kommune',
      registrationNumber: '10001001',
      products: ['truetalk'],
      contacts: [
        { email: 'dpo@havneby.example', name: 'Dorthe Persson', language: 'da' },
        { email: 'it@havneby.example', name: 'Ian Thomson', language: 'en' },
      ],
    };
    expect(await put('havneby', body)).toMatchObject({ status: 201, body: { externalId: 'havneby', ...body } });
    expect((await get('havneby').expect(200)).body).toMatchObject({
      externalId: 'havneby',
      ...body,
      reference: null,
      metadata: {},
      warnings: [
        {
          code: 'registration-number-doubtful',
          message: '10001001 is no Danish CVR number: its check digit is wrong',
        },
      ],
    });
    const changed = { ...body, name: 'Havneby', contacts: body.contacts.slice(1) };
    expect(await put('havneby', changed)).toMatchObject({ status: 200, body: changed });
    expect((await get('havneby')).body).toMatchObject({ externalId: 'havneby', ...changed });
    expect((await put('havneby', changed)).status).toBe(200);
    // A PUT that changes nothing is not a decision, so it leaves no audit entry.
    expect(
      await rows(varsel.database.pool, `select action from audit_log where subject = 'havneby' order by position`),
    ).toEqual([{ action: 'controller.created' }, { action: 'controller.updated' }]);
  });

  test('keeps the order of its contacts', async () => {
    const contacts = ['c', 'a', 'b'].map((name) => ({ email: `${name}@x.example`, name, language: 'da' }));
    await put('in-order', details(1, { contacts })).expect(201);
    expect((await get('in-order')).body.contacts).toMatchObject(contacts);
  });

  test('may have no product yet', async () => {
    expect(await put('without-product', details(1, { products: [] }))).toMatchObject({
      status: 201,
      body: { products: [] },
    });
  });

  test.each(['Kunde-Æ17', 'kunde:17@dk', '__proto__', 'constructor', 'toString', '客戶', '🦀', 'x'.repeat(100), '0'])(
    'may go by the external id %s',
    async (externalId) => {
      expect((await get(externalId)).status).toBe(404);
      expect(await put(externalId, details(7))).toMatchObject({ status: 201, body: { externalId } });
      expect(await get(externalId)).toMatchObject({ status: 200, body: { externalId, name: 'Kunde 7 A/S' } });
    },
  );

  test.each(['a b', 'a/b', 'a\\b', 'a?b', 'a#b', 'a%b', 'a\u0000b', 'a\u200bb', 'a\nb', 'x'.repeat(101)])(
    'cannot go by the external id %j: that is told to a PUT and names nothing in any other call',
    async (externalId) => {
      expect(await put(externalId, details(7))).toMatchObject({
        status: 400,
        body: { code: 'invalid-request', errors: [{ path: 'externalId' }] },
      });
      expect(await get(externalId)).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(
        await varsel.api().delete(`/v1/controllers/${encodeURIComponent(externalId)}/products/truetalk`),
      ).toMatchObject({ status: 404, body: { code: 'not-found' } });
    },
  );

  test('that nobody knows gets 404', async () => {
    expect(await get('nobody')).toMatchObject({
      status: 404,
      body: { code: 'not-found', detail: 'There is no controller nobody.' },
    });
  });

  test.each<[string, object, string]>([
    ['no contact', { contacts: [] }, 'contacts'],
    ['contacts left out', { contacts: undefined }, 'contacts'],
    ['a contact in an object', { contacts: { email: 'a@x.example', name: 'A', language: 'da' } }, 'contacts'],
    [
      'one address twice, in capitals',
      { contacts: ['dpo@x.example', 'DPO@X.example'].map((email) => ({ email, name: 'A', language: 'da' })) },
      'contacts',
    ],
    ['a language that is not written', contact({ language: 'de' }), 'contacts.0.language'],
    ['a contact without a name', contact({ name: '' }), 'contacts.0.name'],
    ['a contact called by two lines', contact({ name: 'Dorthe\r\nBcc: x@x.example' }), 'contacts.0.name'],
    ['an unknown field of a contact', contact({ phone: '1' }), 'contacts.0.phone'],
    ['an unknown field', { externalId: 'kunde-1' }, 'externalId'],
    ['a name of invisible characters', { name: '\u2060\u00ad' }, 'name'],
    ['a number for a name', { name: 1 }, 'name'],
    ['a registration number of nothing', { registrationNumber: ' ' }, 'registrationNumber'],
    ['a product twice', { products: ['truetalk', 'truetalk'] }, 'products'],
    ['a product that is no id', { products: ['TrueTalk'] }, 'products.0'],
    ['a product that is a string', { products: 'truetalk' }, 'products'],
  ])('with %s is refused', async (_fault, fields, path) => {
    const response = await put('refused', details(1, fields));
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.body.errors).toContainEqual({ path, message: expect.stringMatching(/\S/) });
    expect((await get('refused')).status).toBe(404);
  });

  test.each([
    ['nothing', ''],
    ['a line break', 'dpo@kunde.example\r\nBcc: alle@kunde.example'],
    ['a line break at its end', 'dpo@kunde.example\n'],
    ['a comma', 'dpo@kunde.example,it@kunde.example'],
    ['a semicolon', 'dpo@kunde.example;it@kunde.example'],
    ['a comment', 'dpo(databeskyttelse)@kunde.example'],
    ['a comment after it', 'dpo@kunde.example (DPO)'],
    ['quotes', '"dpo"@kunde.example'],
    ['quotes around another address', '"a@evil.example"@kunde.example'],
    ['a name around it', 'DPO <dpo@kunde.example>'],
    ['a space', 'd po@kunde.example'],
    ['U+0000', 'dpo\u0000@kunde.example'],
    ['half a surrogate pair', 'dpo\ud800@kunde.example'],
    ['a bidirectional mark', 'dpo\u202e@kunde.example'],
    ['two @', 'dpo@kunde@example.dk'],
    ['no @', 'dpo.kunde.example'],
    ['no domain of two parts', 'dpo@localhost'],
    ['an address literal', 'dpo@[127.0.0.1]'],
    ['255 characters', `dpo@${'a.'.repeat(122)}example`],
    ['65 characters before the @', `${'a'.repeat(65)}@kunde.example`],
  ])('with an address of %s is refused', async (_what, email) => {
    const response = await put('misaddressed', details(1, contact({ email })));
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.body.errors).toContainEqual({
      path: 'contacts.0.email',
      message: expect.stringContaining('Expected an address'),
    });
    expect((await get('misaddressed')).status).toBe(404);
  });

  test('with a product that nobody knows is refused', async () => {
    expect(await put('lost', details(1, { products: ['truetalk', 'nowhere'] }))).toMatchObject({
      status: 422,
      body: { code: 'product-unknown', errors: [{ path: 'products', message: 'There is no product nowhere.' }] },
    });
    expect((await get('lost')).status).toBe(404);
  });

  test('is found in the list, of its products and of all', async () => {
    await put('list-1', details(1, { products: ['truetalk'] })).expect(201);
    await put('list-2', details(2, { products: ['truetalk', 'other'] })).expect(201);
    await put('list-3', details(3, { products: [] })).expect(201);
    const idsOf = async (query: string): Promise<string[]> => {
      const { body } = await varsel.api('reader').get(`/v1/controllers?limit=200&${query}`).expect(200);
      return body.items
        .map(({ externalId }: { externalId: string }) => externalId)
        .filter((id: string) => id.startsWith('list-'));
    };
    expect(await idsOf('')).toEqual(['list-1', 'list-2', 'list-3']);
    expect(await idsOf('product=truetalk')).toEqual(['list-1', 'list-2']);
    expect(await idsOf('product=other')).toEqual(['list-2']);
    expect((await varsel.api('reader').get('/v1/controllers?product=nowhere')).status).toBe(404);
  });

  test('is written once, however many write it at once', async () => {
    const responses = await Promise.all([1, 2, 3, 4].map((number) => put('at-once', details(number))));
    expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 200, 201]);
    expect((await get('at-once')).body.contacts).toHaveLength(1);
  });

  function contact(fields: object): object {
    return { contacts: [{ email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da', ...fields }] };
  }
});

describe('an agreement', () => {
  test('that begins while a change is announced brings a notice and a full window of its own', async () => {
    const id = await announceAnother(varsel);
    await varsel.deliver();
    varsel.clock.advance({ days: 5 });
    await put('joins', details(50)).expect(201);
    expect(await windowsOf(id, 'joins')).toMatchObject([
      { state: 'awaiting-notice', notices: [{ status: 'pending' }] },
    ]);
    await varsel.deliver();
    expect(varsel.mailbox.to('dpo@kunde-50.example').length).toBeGreaterThan(0);
    expect(await windowsOf(id, 'joins')).toMatchObject([{ state: 'open', deadline: '2026-03-17T23:00:00.000Z' }]);
  });

  test('ends with 204: the controller stops counting, on the record, and what waits for it is not sent', async () => {
    await put('leaves', details(51)).expect(201);
    const id = await announceAnother(varsel);
    expect(await windowsOf(id, 'leaves')).toHaveLength(1);
    const before = (await varsel.api('reader').get(`/v1/changes/${id}`)).body.controllers.total;
    const response = await varsel.api().delete('/v1/controllers/leaves/products/truetalk');
    expect(response.status).toBe(204);
    expect(response.text).toBe('');
    expect(await windowsOf(id, 'leaves')).toEqual([]);
    expect((await varsel.api('reader').get(`/v1/changes/${id}`)).body.controllers.total).toBe(before - 1);
    expect((await get('leaves')).body.products).toEqual([]);
    await varsel.deliver();
    expect(varsel.mailbox.to('dpo@kunde-51.example')).toEqual([]);
    expect(
      await rows(
        varsel.database.pool,
        `select action, actor, details from audit_log where subject = 'leaves' and action = 'agreement.ended'`,
      ),
    ).toEqual([
      {
        action: 'agreement.ended',
        actor: expect.stringMatching(/^key [0-9a-f-]{36}$/),
        details: { product: 'truetalk' },
      },
    ]);
    const nobodys = `update agreements set ended_at = started_at where ended_at is null`;
    await expect(varsel.database.owner.query(nobodys)).rejects.toThrow('with who ended it on record');
    expect(await varsel.api().delete('/v1/controllers/leaves/products/truetalk')).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
  });

  test('ends also by leaving the product out, and a new one brings a new window', async () => {
    await put('back-and-forth', details(52)).expect(201);
    const id = await announceAnother(varsel);
    await varsel.deliver();
    await put('back-and-forth', details(52, { products: [] })).expect(200);
    expect(await windowsOf(id, 'back-and-forth')).toEqual([]);
    varsel.clock.advance({ days: 3 });
    await put('back-and-forth', details(52)).expect(200);
    await varsel.deliver();
    expect(await windowsOf(id, 'back-and-forth')).toMatchObject([
      { state: 'open', deadline: '2026-03-15T23:00:00.000Z' },
    ]);
  });

  test('leaves a pending objection standing until it is resolved', async () => {
    await put('objects', details(53)).expect(201);
    const id = await announceAnother(varsel);
    await varsel.deliver();
    const { body: objection } = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/objections`)
      .send({ controller: 'objects', reasons: 'USA', channel: 'email', receivedAt: START, from: {} })
      .expect(201);
    await varsel.api().delete('/v1/controllers/objects/products/truetalk').expect(204);
    const { body: change } = await varsel.api('reader').get(`/v1/changes/${id}`);
    expect(change.activation.blockers).toContainEqual({
      code: 'objections-pending',
      count: 1,
      objections: [objection.id],
    });
  });

  test('that is not there gets 404', async () => {
    await put('without-other', details(54)).expect(201);
    for (const path of ['nobody/products/truetalk', 'without-other/products/other', 'without-other/products/NOWHERE']) {
      expect(await varsel.api().delete(`/v1/controllers/${path}`)).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
    }
  });
});
