import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { disablePerson } from '../../src/commands/disable-person.ts';
import { invitePerson } from '../../src/commands/invite-person.ts';
import { endRole } from '../../src/commands/person-roles.ts';
import { signInByLink, startSession } from '../../src/commands/sign-in.ts';
import { isSamePerson } from '../../src/db/authors.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import type { Role } from '../../src/domain/permission.ts';
import { csrfTokenOf, hashSecret, newSecret } from '../../src/security/sessions.ts';
import { tablesWith } from '../support/dump.ts';
import { aProduct } from '../support/examples.ts';
import { haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveProduct(varsel, aProduct({ id: 'netapp', name: 'NetApp' }));
  // So that nobody below is the last administrator.
  await signedIn('admin');
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

let people = 0;
const anAddress = () => `person-${(people += 1)}@telenor.example`;
const invite = (body: object = {}) =>
  varsel
    .api()
    .post('/v1/people')
    .send({ name: 'Dorthe Persson', email: anAddress(), role: 'officer', ...body });
const invited = async (body: object = {}) => (await invite(body).expect(201)).body;

/** The secret of the link in the last mail to an address. */
async function secretMailedTo(email: string): Promise<string> {
  await varsel.deliver();
  const mail = varsel.mailbox.to(email).at(-1);
  return /\/console\/sign-in\/([\w-]{43})\s*$/.exec(mail?.text ?? '')?.[1] ?? expect.fail(`no link in ${mail?.text}`);
}

const useLink = (secret: string) =>
  inTransaction(varsel.database.pool, (tx) =>
    signInByLink(tx, secret, { isTrial: true, userAgent: 'Firefox' }, varsel.clock.now()),
  );

/** Requests of a person in a browser of its own. */
async function browserOf(personId: string) {
  const { id, secret } = await inTransaction(varsel.database.pool, (tx) =>
    startSession(tx, personId, { method: 'link', hasFactors: true, userAgent: 'Firefox' }, varsel.clock.now()),
  );
  const agent = supertest.agent(varsel.url).set('cookie', `varsel=${secret}`).set('x-csrf-token', csrfTokenOf(secret));
  return Object.assign(agent, { session: id });
}

/** A person with a role, signed in. */
async function signedIn(role: Role, products: string[] | null = null) {
  const person = await invited({ role, products });
  return { ...person, browser: await browserOf(person.id) };
}

describe('an invitation', () => {
  test('makes a person with a role, and mails it a link that signs in once', async () => {
    const email = anAddress();
    const { status, body } = await invite({ email, products: ['truetalk'] });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Dorthe Persson',
      email,
      createdAt: '2026-03-02T09:00:00.000Z',
      createdBy: expect.stringMatching(/^Test admin \(key /),
      invitedUntil: '2026-03-03T09:00:00.000Z',
      signedInAt: null,
      disabledAt: null,
      disabledBy: null,
      roles: [
        {
          id: expect.any(String),
          role: 'officer',
          product: 'truetalk',
          source: 'given',
          givenAt: '2026-03-02T09:00:00.000Z',
          givenBy: expect.stringMatching(/^Test admin \(key /),
        },
      ],
    });
    const secret = await secretMailedTo(email);
    const [mail, ...others] = varsel.mailbox.to(email);
    expect(others).toEqual([]);
    expect(mail?.text).toContain('Kære Dorthe Persson');
    expect(mail?.text).toContain('Dear Dorthe Persson');
    expect(mail?.text).toContain('Test admin har inviteret dig.');
    expect(mail?.text).toContain('indtil tirsdag den 3. marts 2026 kl. 10.00 dansk tid');
    expect(await useLink(secret)).toMatchObject({ secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await useLink(secret)).toBeNull();
    expect((await varsel.api().get(`/v1/people/${body.id}`).expect(200)).body).toMatchObject({
      invitedUntil: null,
      signedInAt: '2026-03-02T09:00:00.000Z',
    });
  });

  test('is on record as a hash, and its secret stands nowhere', async () => {
    const email = anAddress();
    const { id } = await invited({ email });
    const secret = await secretMailedTo(email);
    expect(
      await rows(varsel.database.pool, 'select purpose, hash from sign_in_links where person_id = $1', [id]),
    ).toEqual([{ purpose: 'invitation', hash: hashSecret(secret) }]);
    expect(await tablesWith(varsel.database, secret)).toEqual([]);
    expect(
      await rows(varsel.database.pool, `select action, details, persons from audit_log where subject = $1`, [id]),
    ).toEqual([
      {
        action: 'person.invited',
        details: { name: null, email: null, role: 'officer', products: null },
        persons: { name: 'Dorthe Persson', email },
      },
    ]);
  });

  test('ends after a day, and by another one', async () => {
    const email = anAddress();
    const { id } = await invited({ email });
    const first = await secretMailedTo(email);
    varsel.clock.advance({ hours: 23 });
    expect((await varsel.api().post(`/v1/people/${id}/invite`)).body).toMatchObject({
      invitedUntil: '2026-03-04T08:00:00.000Z',
    });
    const second = await secretMailedTo(email);
    expect(second).not.toBe(first);
    expect(await useLink(first)).toBeNull();
    varsel.clock.advance({ hours: 24 });
    expect(await useLink(second)).toBeNull();
    expect((await varsel.api().get(`/v1/people/${id}`)).body).toMatchObject({ invitedUntil: null, signedInAt: null });
  });

  test('goes out while notices to customers wait', async () => {
    const { pool } = varsel.database;
    await rows(
      pool,
      `insert into operator_mails (kind, subject, body, recipient, product_id, page, created_at, next_attempt_at)
      values ('digest', 'x', 'x', 'officers@telenor.example', 'truetalk', '/register/truetalk', $1, $1)`,
      [varsel.clock.now()],
    );
    const email = anAddress();
    await invited({ email });
    const { id } = await oneRow<{ id: string }>(
      pool,
      `select id from operator_mails where status = 'pending' and sign_in_link_id is not null`,
    );
    expect(id).toEqual(expect.any(String));
    await secretMailedTo(email);
  });

  test('of an address that can sign in already is refused, in any case of letters', async () => {
    const { email } = await invited();
    const refused = await invite({ email: email.toUpperCase() });
    expect(refused).toMatchObject({ status: 409, body: { code: 'person-exists' } });
    expect(refused.body.errors).toEqual([{ path: 'email', message: expect.stringContaining('sign in already') }]);
  });

  test.each<[string, object, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['an address that is none', { email: 'dorthe' }, 'email'],
    ['an unknown role', { role: 'root' }, 'role'],
    ['no product', { products: [] }, 'products'],
  ])('with %s is refused', async (_fault, body, path) => {
    const response = await invite(body);
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.body.errors).toContainEqual({ path, message: expect.stringMatching(/\S/) });
  });

  test('for a product that there is not is refused, and nobody is added', async () => {
    const email = anAddress();
    expect(await invite({ email, products: ['nope'] })).toMatchObject({
      status: 422,
      body: { code: 'product-unknown' },
    });
    expect(await rows(varsel.database.pool, 'select from people where email = $1', [email])).toEqual([]);
  });
});

describe('a role', () => {
  test('is none unless given, and counts at the next request', async () => {
    const person = await signedIn('reader');
    expect((await person.browser.get('/v1/people')).status).toBe(403);
    const { body } = await varsel.api().post(`/v1/people/${person.id}/roles`).send({ role: 'admin' }).expect(201);
    expect((await person.browser.get('/v1/people')).status).toBe(200);
    const given = body.roles.find(({ role }: { role: string }) => role === 'admin');
    await varsel.api().delete(`/v1/people/${person.id}/roles/${given.id}`).expect(200);
    expect((await person.browser.get('/v1/people')).status).toBe(403);
    expect((await person.browser.get('/v1/products')).status).toBe(200);
    await varsel.api().delete(`/v1/people/${person.id}/roles/${person.roles[0].id}`).expect(200);
    expect(await person.browser.get('/v1/products')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test('that has ended is given anew as another one, and both stay on record', async () => {
    const { id, roles } = await invited({ role: 'approver', products: ['truetalk'] });
    await varsel.api().delete(`/v1/people/${id}/roles/${roles[0].id}`).expect(200);
    varsel.clock.advance({ hours: 1 });
    await varsel
      .api()
      .post(`/v1/people/${id}/roles`)
      .send({ role: 'approver', products: ['truetalk'] })
      .expect(201);
    expect(
      await rows(
        varsel.database.pool,
        'select role, product_id, ended_at is not null as ended from person_roles where person_id = $1 order by id',
        [id],
      ),
    ).toEqual([
      { role: 'approver', product_id: 'truetalk', ended: true },
      { role: 'approver', product_id: 'truetalk', ended: false },
    ]);
    const { body } = await varsel.api().get(`/v1/audit?subject=${id}`).expect(200);
    expect(body.items.map(({ action, details }: { action: string; details: object }) => [action, details])).toEqual(
      expect.arrayContaining([
        ['role.ended', { role: 'approver', product: 'truetalk' }],
        ['role.given', { role: 'approver', products: ['truetalk'] }],
      ]),
    );
  });

  test('for several products is one for each', async () => {
    const { id } = await invited({ role: 'reader', products: ['truetalk'] });
    const give = (products: string[]) => varsel.api().post(`/v1/people/${id}/roles`).send({ role: 'reader', products });
    const { body } = await give(['truetalk', 'netapp']).expect(201);
    expect(body.roles.map(({ product }: { product: string }) => product)).toEqual(['truetalk', 'netapp']);
    expect(await give(['netapp'])).toMatchObject({ status: 409, body: { code: 'role-given' } });
  });

  test('from the identity provider is not taken away here', async () => {
    const { id } = await invited();
    const { roleId } = await oneRow<{ roleId: string }>(
      varsel.database.pool,
      `insert into person_roles (person_id, role, source, given_at, given_by) values ($1, 'admin', 'provider', $2, 'system')
       returning id as "roleId"`,
      [id, varsel.clock.now()],
    );
    expect(await varsel.api().delete(`/v1/people/${id}/roles/${roleId}`)).toMatchObject({
      status: 409,
      body: { code: 'role-from-provider' },
    });
  });

  test('is given by nobody who has less', async () => {
    const { body } = await varsel
      .api()
      .post('/v1/keys')
      .send({ name: 'People', scopes: ['people:manage', 'products:read'] })
      .expect(201);
    const inviting = await supertest(varsel.url)
      .post('/v1/people')
      .set('authorization', `Bearer ${body.key}`)
      .send({ name: 'x', email: anAddress(), role: 'reader' });
    expect(inviting).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(inviting.body.detail).toContain('controllers:read');
  });

  test('that there is not, of this person, is not found', async () => {
    const [one, other] = [await invited(), await invited()];
    for (const id of [UNKNOWN_ID, other.roles[0].id]) {
      expect((await varsel.api().delete(`/v1/people/${one.id}/roles/${id}`)).status).toBe(404);
    }
    expect((await varsel.api().post(`/v1/people/${UNKNOWN_ID}/roles`).send({ role: 'reader' })).status).toBe(404);
  });
});

describe('an administrator of one product', () => {
  test('manages the people of that product, and sees no others', async () => {
    const { browser, id } = await signedIn('admin', ['truetalk']);
    const [own, others, all] = [
      await invited({ role: 'reader', products: ['truetalk'] }),
      await invited({ role: 'reader', products: ['truetalk', 'netapp'] }),
      await invited({ role: 'reader' }),
    ];
    const { body } = await browser.get('/v1/people?limit=200').expect(200);
    const seen = body.items.map((person: { id: string }) => person.id);
    // Who has a role for the product is seen, and who has others too is not managed.
    expect(seen).toEqual(expect.arrayContaining([id, own.id, others.id, all.id]));
    expect((await browser.get('/v1/people?product=netapp')).status).toBe(403);
    expect((await browser.get(`/v1/people/${own.id}`)).status).toBe(200);
    for (const person of [others, all]) {
      expect((await browser.get(`/v1/people/${person.id}`)).status).toBe(404);
      expect((await browser.delete(`/v1/people/${person.id}`)).status).toBe(404);
      expect((await browser.post(`/v1/people/${person.id}/invite`)).status).toBe(404);
    }
    const give = (products: string[] | null) =>
      browser.post(`/v1/people/${own.id}/roles`).send({ role: 'officer', products });
    expect((await give(['truetalk'])).status).toBe(201);
    expect((await give(['netapp'])).status).toBe(403);
    expect((await give(null)).status).toBe(403);
    expect((await browser.post('/v1/people').send({ name: 'x', email: anAddress(), role: 'reader' })).status).toBe(403);
    expect((await browser.delete(`/v1/people/${own.id}`)).status).toBe(200);
  });
});

describe('a person who is disabled', () => {
  test('is signed out everywhere at once, with its keys and links, and stays so', async () => {
    const email = anAddress();
    const person = await invited({ email, role: 'officer' });
    const [one, other] = [await browserOf(person.id), await browserOf(person.id)];
    const { body: key } = await one
      .post('/v1/keys')
      .send({ name: 'Own', role: 'reader', owner: person.id })
      .then(async (refused) => {
        expect(refused.status).toBe(403);
        await varsel.api().post(`/v1/people/${person.id}/roles`).send({ role: 'admin' }).expect(201);
        return one.post('/v1/keys').send({ name: 'Own', role: 'reader', owner: person.id }).expect(201);
      });
    const secret = await secretMailedTo(email);
    await varsel.api().post(`/v1/people/${person.id}/invite`).expect(200);
    const mailsBefore = varsel.mailbox.to(email).length;

    const { body } = await varsel.api().delete(`/v1/people/${person.id}`).expect(200);
    expect(body).toMatchObject({ disabledAt: '2026-03-02T09:00:00.000Z', invitedUntil: null });
    expect(body.disabledBy).toMatch(/^Test admin \(key /);
    for (const browser of [one, other]) expect((await browser.get('/v1/products')).status).toBe(401);
    expect((await supertest(varsel.url).get('/v1/products').set('authorization', `Bearer ${key.key}`)).status).toBe(
      401,
    );
    expect(await useLink(secret)).toBeNull();
    await varsel.deliver();
    expect(varsel.mailbox.to(email)).toHaveLength(mailsBefore);

    for (const refused of [
      await varsel.api().delete(`/v1/people/${person.id}`),
      await varsel.api().post(`/v1/people/${person.id}/invite`),
      await varsel
        .api()
        .post(`/v1/people/${person.id}/roles`)
        .send({ role: 'reader', products: ['netapp'] }),
    ]) {
      expect(refused).toMatchObject({ status: 409, body: { code: 'person-disabled' } });
    }
    await expect(
      rows(varsel.database.pool, 'update people set disabled_at = null, disabled_by = null where id = $1', [person.id]),
    ).rejects.toThrow(/stays so \(D57\)/);
    // The address can be invited anew, as another person.
    expect((await invited({ email })).id).not.toBe(person.id);
  });
});

describe('the last administrator', () => {
  test('who has signed in stays, also where two remove each other at the same moment', async () => {
    const own = await startVarsel(START);
    try {
      const { pool } = own.database;
      const by = { at: own.clock.now(), actor: 'test' };
      const add = (name: string) =>
        inTransaction(pool, (tx) =>
          invitePerson(
            tx,
            { name, email: `${name}@telenor.example`, role: 'admin', products: null },
            { id: crypto.randomUUID(), hash: hashSecret(newSecret()) },
            by,
          ),
        );
      const signIn = (id: string) =>
        inTransaction(pool, (tx) => startSession(tx, id, { method: 'link', hasFactors: true, userAgent: '' }, by.at));
      const [one, other] = [await add('anne'), await add('bo')];
      const remove = (id: string) => own.api().delete(`/v1/people/${id}`);
      const take = ({ id, roles }: typeof one) => own.api().delete(`/v1/people/${id}/roles/${roles[0]?.id}`);
      await signIn(one.id);
      // The other one was invited, and has never been here.
      for (const refused of [await remove(one.id), await take(one)]) {
        expect(refused).toMatchObject({
          status: 409,
          body: { code: 'last-administrator', detail: expect.stringContaining('has signed in') },
        });
      }
      await expect(
        rows(pool, `update people set disabled_at = $2, disabled_by = 'test' where id = $1`, [one.id, by.at]),
      ).rejects.toThrow(/the last administrator stays \(D57\)/);
      await expect(
        rows(pool, `update person_roles set ended_at = $2, ended_by = 'test' where person_id = $1`, [one.id, by.at]),
      ).rejects.toThrow(/the last administrator stays \(D57\)/);

      await signIn(other.id);
      const ended = await Promise.allSettled([
        inTransaction(pool, (tx) => disablePerson(tx, one.id, by)),
        inTransaction(pool, (tx) => endRole(tx, other.id, other.roles[0]?.id ?? '', by)),
      ]);
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await rows(pool, 'select from acting_administrators()')).toHaveLength(1);
    } finally {
      await own.close();
    }
  });
});

describe('sessions', () => {
  const sessionsOf = async (browser: Awaited<ReturnType<typeof browserOf>>, query = '') =>
    (await browser.get(`/v1/sessions${query}`).expect(200)).body.items;

  test('are shown to their person, who ends them', async () => {
    const { id, browser } = await signedIn('reader', ['truetalk']);
    const other = await browserOf(id);
    const shown = await sessionsOf(browser);
    expect(shown.map((each: object) => ({ ...each }))).toEqual([
      expect.objectContaining({ id: browser.session, isCurrent: true, isRunning: true, method: 'link' }),
      expect.objectContaining({ id: other.session, isCurrent: false, person: { id, name: 'Dorthe Persson' } }),
    ]);
    varsel.clock.advance({ minutes: 1 });
    const { body } = await browser.delete(`/v1/sessions/${other.session}`).expect(200);
    expect(body).toMatchObject({ isRunning: false, endedAt: '2026-03-02T09:01:00.000Z' });
    expect(body.endedBy).toBe(`Dorthe Persson (person ${id})`);
    expect((await other.get('/v1/me')).status).toBe(401);
    expect(await sessionsOf(browser, '?running=true')).toHaveLength(1);
  });

  test('of others are shown to an administrator of all products alone, who ends them', async () => {
    const [one, other] = [await signedIn('officer'), await signedIn('admin', ['truetalk'])];
    for (const { browser } of [one, other]) {
      const foreign = one.browser === browser ? other : one;
      expect((await browser.get(`/v1/sessions?person=${foreign.id}`)).status).toBe(403);
      expect((await browser.delete(`/v1/sessions/${foreign.browser.session}`)).status).toBe(404);
      expect((await sessionsOf(browser)).map((each: { id: string }) => each.id)).toEqual([browser.session]);
    }
    const admin = await signedIn('admin');
    expect(await sessionsOf(admin.browser, `?person=${one.id}`)).toHaveLength(1);
    await admin.browser.delete(`/v1/sessions/${one.browser.session}`).expect(200);
    expect((await one.browser.get('/v1/me')).status).toBe(401);
    // A key that manages people sees them, too; another has none of its own.
    expect((await varsel.api().get('/v1/sessions')).status).toBe(200);
    expect((await varsel.api('officer').get('/v1/sessions')).body.items).toEqual([]);
  });
});

describe('the key of a person', () => {
  test('belongs to who makes it, and does what that person may do by then', async () => {
    const { id, name, browser } = await signedIn('admin');
    const make = (body: object) => browser.post('/v1/keys').send({ name: 'Own', role: 'admin', ...body });
    expect((await make({ owner: (await invited()).id })).status).toBe(403);
    expect((await varsel.api().post('/v1/keys').send({ name: 'x', role: 'reader', owner: id })).status).toBe(403);
    const { body: system } = await make({}).expect(201);
    expect(system.owner).toBeNull();
    const { body } = await make({ owner: id }).expect(201);
    expect(body.owner).toEqual({ id, name });
    const get = (path: string) => supertest(varsel.url).get(path).set('authorization', `Bearer ${body.key}`);
    expect((await get('/v1/people')).status).toBe(200);

    await varsel
      .api()
      .post(`/v1/people/${id}/roles`)
      .send({ role: 'officer', products: ['truetalk'] })
      .expect(201);
    const { body: person } = await varsel.api().get(`/v1/people/${id}`);
    const admin = person.roles.find(({ role }: { role: string }) => role === 'admin');
    await varsel.api().delete(`/v1/people/${id}/roles/${admin.id}`).expect(200);
    expect((await get('/v1/people')).status).toBe(403);
    expect((await get('/v1/changes?product=truetalk')).status).toBe(200);
    expect((await get('/v1/changes?product=netapp')).status).toBe(403);
  });
});

describe('what is on record of a person of the company', () => {
  test('is given to who asks for it, kept while the person can sign in, and erased afterwards', async () => {
    const email = anAddress();
    const person = await invited({ email, name: 'Karen Blixen', role: 'reader' });
    await browserOf(person.id);
    const exported = async () =>
      (await varsel.api().post('/v1/persons/export').send({ email }).expect(200)).body as {
        names: string[];
        items: { what: string; because: string | null; content: Record<string, unknown> }[];
      };
    const { names, items } = await exported();
    expect(names).toContain('Karen Blixen');
    expect(items.find(({ what }) => what === 'person')).toMatchObject({
      because: 'in-use',
      content: { id: person.id, name: 'Karen Blixen', email },
    });
    expect(items.find(({ what }) => what === 'session')).toMatchObject({ content: { userAgent: 'Firefox' } });
    expect(JSON.stringify(items)).not.toContain('"hash"');

    await varsel.deliver();
    await varsel.api().delete(`/v1/people/${person.id}`).expect(200);
    const { body } = await varsel
      .api()
      .post('/v1/persons/erase')
      .send({ email, reason: 'Asked for by the data subject' })
      .expect(200);
    expect(body.kept).toEqual([]);
    expect(await tablesWith(varsel.database, email)).toEqual([]);
    expect(await tablesWith(varsel.database, 'Karen Blixen')).toEqual([]);
    expect(await rows(varsel.database.pool, 'select name, email from people where id = $1', [person.id])).toEqual([
      { name: '[erased]', email: '[erased]' },
    ]);
    expect(await rows(varsel.database.pool, 'select from sessions where person_id = $1', [person.id])).toEqual([]);
  });
});

describe('a second person', () => {
  test.each([
    ['the same person', 'person-a', 'person-a', true],
    ['a person and its key', 'person-a', 'own', true],
    ['a person and a system’s key that it made', 'person-a', 'system', true],
    ['a person and a key that its key made', 'person-a', 'made-by-own', true],
    ['two keys of one person', 'own', 'system', true],
    ['two persons', 'person-a', 'person-b', false],
    ['another person and a key', 'person-b', 'own', false],
    ['two keys that no person made', 'one', 'other', false],
    ['a key and itself, as it is shown', 'one', 'one-in-words', true],
    ['a key and the system', 'one', 'system-itself', false],
  ])('%s', async (_who, one, other, isSame) => {
    const [a, b] = [await signedIn('admin'), await signedIn('admin')];
    const make = async (body: object, by = a.browser) =>
      (
        await by
          .post('/v1/keys')
          .send({ name: 'Key', role: 'admin', ...body })
          .expect(201)
      ).body;
    const own = await make({ owner: a.id });
    const bearer = (key: string) =>
      Object.assign(supertest.agent(varsel.url).set('authorization', `Bearer ${key}`), { session: '' });
    const keys: Record<string, string> = {
      'person-a': `person ${a.id}`,
      'person-b': `person ${b.id}`,
      own: `key ${own.id}`,
      system: `key ${(await make({})).id}`,
      'made-by-own': `key ${(await make({}, bearer(own.key))).id}`,
      'system-itself': 'system',
    };
    for (const name of ['one', 'other']) {
      const { id } = (await varsel.api().post('/v1/keys').send({ name: 'x', role: 'reader' }).expect(201)).body;
      keys[name] = `key ${id}`;
      keys[`${name}-in-words`] = `Another name (key ${id})`;
    }
    expect(await isSamePerson(varsel.database.pool, keys[one] ?? '', keys[other] ?? '')).toBe(isSame);
  });
});
