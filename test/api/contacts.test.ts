import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aController, aProduct } from '../support/examples.ts';
import { announceAnother, haveControllers, haveProduct, mailsTo, partOf, SUBJECTS } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
  await haveProduct(varsel, aProduct({ id: 'other' }));
});
afterAll(() => varsel.close());

const pathOf = (number: number) => `/v1/controllers/kunde-${number}`;
const get = async (path: string) => (await varsel.api('reader').get(path).expect(200)).body;
const person = (email: string, more: object = {}) => ({ email, name: 'Signe Lund', language: 'da', ...more });
const auditOf = async (externalId: string) =>
  (
    await varsel.database.pool.query(
      `select action, author_in_words(actor) as actor, with_persons(details, persons) as details
       from audit_log where subject = $1 order by position`,
      [externalId],
    )
  ).rows;

async function have(number: number, more: Parameters<typeof aController>[1] = {}): Promise<string> {
  await haveControllers(varsel, [aController(number, more)]);
  return pathOf(number);
}

describe('the contacts of a controller', () => {
  test('are added, corrected and removed one by one, and keep their ids and places', async () => {
    const path = await have(1);
    const [first] = (await get(`${path}/contacts`)).items;
    const added = await varsel.api().post(`${path}/contacts`).send(person('it@kunde-1.example')).expect(201);
    expect(added.body).toEqual({ id: expect.any(String), ...person('it@kunde-1.example'), mayApprove: false });
    const corrected = person('dpo@rettet-1.example', { language: 'en' });
    const put = await varsel.api().put(`${path}/contacts/${first.id}`).send(corrected).expect(200);
    expect(put.body).toEqual({ id: first.id, ...corrected, mayApprove: false });
    expect((await get(`${path}/contacts`)).items).toEqual([put.body, added.body]);
    expect((await get(path)).contacts).toEqual([put.body, added.body]);
    await varsel.api().delete(`${path}/contacts/${first.id}`).expect(204);
    expect((await get(`${path}/contacts`)).items).toEqual([added.body]);
  });

  test('keep their ids where the whole controller is replaced, in whatever case and order their addresses are given', async () => {
    const addresses = ['a@kunde-2.example', 'b@kunde-2.example', 'c@kunde-2.example'];
    const path = await have(2, { contacts: addresses.map((email) => person(email) as never) });
    const before = (await get(path)).contacts;
    const { externalId: _externalId, ...body } = aController(2, {
      contacts: [person('C@kunde-2.example'), person('ny@kunde-2.example'), person('a@kunde-2.example')] as never,
    });
    const after = (await varsel.api().put(path).send(body).expect(200)).body.contacts;
    expect([after[0].id, after[2].id]).toEqual([before[2].id, before[0].id]);
    expect(after[0].email).toBe('C@kunde-2.example');
    expect(before.map(({ id }: { id: string }) => id)).not.toContain(after[1].id);
  });

  test('may approve where somebody has said so, until their address is another (D42)', async () => {
    const path = await have(22, {
      contacts: [person('dpo@kunde-22.example', { mayApprove: true }), person('it@kunde-22.example')] as never,
    });
    const mayApprove = async () =>
      (await get(`${path}/contacts`)).items.map((each: { email: string; mayApprove: boolean }) => [
        each.email,
        each.mayApprove,
      ]);
    const [dpo] = (await get(`${path}/contacts`)).items;
    expect(await mayApprove()).toEqual([
      ['dpo@kunde-22.example', true],
      ['it@kunde-22.example', false],
    ]);
    // A caller that knows nothing of it takes it from nobody.
    const { externalId: _externalId, ...body } = aController(22, {
      contacts: [person('DPO@kunde-22.example'), person('it@kunde-22.example', { mayApprove: true })] as never,
    });
    await varsel.api().put(path).send(body).expect(200);
    expect((await mayApprove()).map(([, may]: [string, boolean]) => may)).toEqual([true, true]);
    // The same row of contacts, but another person.
    await varsel.api().put(`${path}/contacts/${dpo.id}`).send(person('jurist@kunde-22.example')).expect(200);
    expect(await mayApprove()).toEqual([
      ['jurist@kunde-22.example', false],
      ['it@kunde-22.example', true],
    ]);
    expect((await auditOf('kunde-22')).at(-1).details.after.contacts).toMatchObject([
      { mayApprove: false },
      { mayApprove: true },
    ]);
  });

  test('are never less than one while an agreement runs, and may be none after', async () => {
    const path = await have(3);
    const [only] = (await get(`${path}/contacts`)).items;
    const refused = await varsel.api().delete(`${path}/contacts/${only.id}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'last-contact' } });
    expect((await get(`${path}/contacts`)).items).toEqual([only]);
    await varsel.api().delete(`${path}/products/truetalk`).expect(204);
    await varsel.api().delete(`${path}/contacts/${only.id}`).expect(204);
    const joining = await varsel
      .api()
      .patch(path)
      .send({ products: ['truetalk'] });
    expect(joining).toMatchObject({ status: 409, body: { code: 'last-contact' } });
    expect(await get(path)).toMatchObject({ products: [], contacts: [] });
  });

  test.each([
    ['an address that another contact has', person('IT@kunde-4.example'), 400, 'email'],
    ['an address that is none', person('dpo'), 400, 'email'],
    ['an unknown field', person('x@kunde-4.example', { phone: '1' }), 400, 'phone'],
    ['an id', person('x@kunde-4.example', { id: '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b' }), 400, 'id'],
  ])('are refused %s', async (_fault, body, status, path) => {
    const controller = await have(4, {
      contacts: ['dpo', 'it'].map((name) => person(`${name}@kunde-4.example`) as never),
    });
    const before = await get(controller);
    for (const sent of [
      await varsel.api().post(`${controller}/contacts`).send(body),
      await varsel.api().put(`${controller}/contacts/${before.contacts[0].id}`).send(body),
    ]) {
      expect(sent).toMatchObject({ status, body: { errors: [{ path }] } });
    }
    expect(await get(controller)).toEqual(before);
  });

  test('are at most a hundred', async () => {
    const contacts = Array.from({ length: 100 }, (_, index) => person(`nr-${index}@kunde-5.example`) as never);
    const path = await have(5, { contacts });
    const added = await varsel.api().post(`${path}/contacts`).send(person('nr-100@kunde-5.example'));
    expect(added).toMatchObject({ status: 400, body: { errors: [{ message: 'Expected at most 100 contacts' }] } });
  });

  test('are not found at another controller', async () => {
    const [one, other] = [await have(6), await have(7)];
    const [{ id }] = (await get(`${other}/contacts`)).items;
    expect((await varsel.api().put(`${one}/contacts/${id}`).send(person('x@kunde-6.example'))).status).toBe(404);
    expect((await varsel.api().delete(`${one}/contacts/${id}`)).status).toBe(404);
    expect((await varsel.api().post('/v1/controllers/ingen/contacts').send(person('x@x.example'))).status).toBe(404);
    expect((await varsel.api('reader').get('/v1/controllers/ingen/contacts')).status).toBe(404);
  });

  test('who are added or corrected one by one are told of what is announced, and the record says who did it', async () => {
    const path = await have(8);
    const id = await announceAnother(varsel);
    await varsel.deliver();
    const [first] = (await get(`${path}/contacts`)).items;
    await varsel.api().put(`${path}/contacts/${first.id}`).send(person('dpo@rettet-8.example')).expect(200);
    const added = await varsel.api().post(`${path}/contacts`).send(person('it@kunde-8.example')).expect(201);
    await varsel.deliver();
    for (const address of ['dpo@rettet-8.example', 'it@kunde-8.example'])
      expect(mailsTo(varsel, address, SUBJECTS.notice)).toHaveLength(1);
    await varsel.api().delete(`${path}/contacts/${added.body.id}`).expect(204);
    expect(await partOf(varsel, id, 'kunde-8')).toMatchObject({ contacts: { total: 1, untold: [] } });
    expect(await auditOf('kunde-8')).toMatchObject([
      { action: 'controller.created' },
      {
        action: 'controller.updated',
        actor: expect.stringContaining('Test admin'),
        details: {
          before: { contacts: [{ email: first.email }] },
          after: { contacts: [{ email: 'dpo@rettet-8.example' }] },
        },
      },
      { action: 'controller.updated' },
      { action: 'controller.updated', details: { after: { contacts: [{ email: 'dpo@rettet-8.example' }] } } },
    ]);
  });
});

describe('PATCH of a controller', () => {
  test('replaces what is given, and leaves the rest', async () => {
    const path = await have(20);
    const before = await get(path);
    expect((await varsel.api().patch(path).send({ name: 'Kunde Holding' }).expect(200)).body).toEqual({
      ...before,
      name: 'Kunde Holding',
    });
    const contacts = [
      ...before.contacts.map(({ id: _id, ...shown }: { id: string }) => shown),
      person('it@kunde-20.example'),
    ];
    const { body } = await varsel
      .api()
      .patch(path)
      .send({ contacts, products: ['other'] })
      .expect(200);
    expect(body).toMatchObject({ name: 'Kunde Holding', products: ['other'], contacts });
    expect(body.contacts[0].id).toBe(before.contacts[0].id);
    const actions = (await auditOf('kunde-20')).map(({ action }) => action);
    expect(actions).toEqual(['controller.created', 'controller.updated', 'controller.updated', 'agreement.ended']);
    // What changes nothing is no decision.
    expect((await varsel.api().patch(path).send({}).expect(200)).body).toEqual(body);
    expect(await auditOf('kunde-20')).toHaveLength(actions.length);
  });

  test.each([
    ['an unknown field', { phone: '1' }, 400, 'invalid-request'],
    ['null for a name', { name: null }, 400, 'invalid-request'],
    ['no contacts', { contacts: [] }, 400, 'invalid-request'],
    ['a product that nobody knows', { products: ['nowhere'] }, 422, 'product-unknown'],
  ])('is refused with %s', async (_fault, body, status, code) => {
    const path = await have(21);
    const before = await get(path);
    expect(await varsel.api().patch(path).send(body)).toMatchObject({ status, body: { code } });
    expect(await get(path)).toEqual(before);
  });

  test('creates nothing', async () => {
    expect((await varsel.api().patch('/v1/controllers/ingen').send({ name: 'Ingen' })).status).toBe(404);
  });
});
