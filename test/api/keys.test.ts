import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import supertest from 'supertest';
import { createApiKey, revokeKey } from '../../src/commands/api-keys.ts';
import { scopesOfKey } from '../../src/domain/permission.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { hashApiKey } from '../../src/security/api-keys.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

/** All that can be allowed. */
const ADMIN = { role: 'admin', scopes: null, products: null } as const;

const create = (body: object = { name: 'Contract team', role: 'reader' }) => varsel.api().post('/v1/keys').send(body);
/** Whether a key lets its bearer read. */
const status = async (key: string) =>
  (await supertest(varsel.url).get('/v1/products').set('authorization', `Bearer ${key}`)).status;
const find = async (id: string) => {
  const { body } = await varsel.api().get('/v1/keys?limit=200').expect(200);
  return body.items.find((key: { id: string }) => key.id === id);
};

describe('a new API key', () => {
  test('is created with 201 and shown this once', async () => {
    const { status: created, body } = await create({ name: 'Contract team', role: 'officer' });
    expect(created).toBe(201);
    const { key, ...shown } = body;
    expect(key).toMatch(/^varsel_[\w-]{43}$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Contract team',
      role: 'officer',
      scopes: scopesOfKey({ role: 'officer', scopes: null, products: null }),
      products: null,
      owner: null,
      createdAt: '2026-03-02T09:00:00.000Z',
      createdBy: expect.stringMatching(/^Test admin \(key [0-9a-f-]{36}\)$/),
      expiresAt: null,
      revokedAt: null,
      revokedBy: null,
      lastUsedAt: null,
    });
    expect(await find(body.id)).toEqual(shown);
    expect(await status(key)).toBe(200);
  });

  test('is stored as its hash and nowhere else', async () => {
    const { body } = await varsel
      .api()
      .post('/v1/keys')
      .set('idempotency-key', 'stored-once')
      .send({ name: 'Secret', role: 'reader' })
      .expect(201);
    const { pool } = varsel.database;
    expect(await oneRow(pool, 'select hash from api_keys where id = $1', [body.id])).toEqual({
      hash: hashApiKey(body.key),
    });
    const tables = await rows<{ tablename: string }>(
      pool,
      `select tablename from pg_tables where schemaname = 'public'`,
    );
    for (const { tablename } of tables) {
      const [found] = await rows<{ count: number }>(
        pool,
        `select count(*) from ${tablename} t where t::text like '%' || $1 || '%'`,
        [body.key],
      );
      expect({ tablename, count: found?.count }).toEqual({ tablename, count: 0 });
    }
  });

  test('is different every time', async () => {
    const keys = await Promise.all([1, 2, 3, 4, 5].map(async () => (await create()).body.key));
    expect(new Set(keys).size).toBe(5);
  });

  test('is created once per idempotency key, and a repeat does not show it again', async () => {
    const send = () =>
      varsel.api().post('/v1/keys').set('idempotency-key', 'key-1').send({ name: 'Once', role: 'reader' });
    const first = await send();
    const second = await send();
    expect(first.body.key).toMatch(/^varsel_/);
    expect(second).toMatchObject({ status: 201, body: { ...first.body, key: null } });
    expect(await rows(varsel.database.pool, `select from api_keys where name = 'Once'`)).toHaveLength(1);
  });

  test('is on record with who created it', async () => {
    const { body } = await create({ name: 'On record', role: 'reader' });
    expect(
      await rows(varsel.database.pool, 'select action, actor, details, persons from audit_log where subject = $1', [
        body.id,
      ]),
    ).toEqual([
      {
        action: 'key.created',
        actor: expect.stringMatching(/^key [0-9a-f-]{36}$/),
        details: { name: null, role: 'reader', scopes: null, products: null, owner: null },
        persons: { name: 'On record' },
      },
    ]);
  });

  test.each<[string, object, string]>([
    ['no name', { role: 'reader' }, 'name'],
    ['a name of nothing', { name: ' \u200b', role: 'reader' }, 'name'],
    ['a name on two lines', { name: 'a\nb', role: 'reader' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(101), role: 'reader' }, 'name'],
    ['neither a role nor scopes', { name: 'x' }, 'role'],
    ['a role and scopes', { name: 'x', role: 'reader', scopes: ['changes:read'] }, 'role'],
    ['no scope', { name: 'x', scopes: [] }, 'scopes'],
    ['an unknown scope', { name: 'x', scopes: ['changes:force'] }, 'scopes.0'],
    ['no product', { name: 'x', role: 'reader', products: [] }, 'products'],
    ['an unknown role', { name: 'x', role: 'root' }, 'role'],
    ['a role of everything', { name: 'x', role: ['admin'] }, 'role'],
    ['a secret of its own', { name: 'x', role: 'reader', key: 'varsel_mine' }, 'key'],
    ['an end in the past', { name: 'x', role: 'reader', expiresAt: '2026-03-02T08:59:59Z' }, 'expiresAt'],
    ['an end at this moment', { name: 'x', role: 'reader', expiresAt: START }, 'expiresAt'],
    ['an end on a day', { name: 'x', role: 'reader', expiresAt: '2027-03-02' }, 'expiresAt'],
    ['an end that does not exist', { name: 'x', role: 'reader', expiresAt: '2027-02-30T00:00:00Z' }, 'expiresAt'],
    ['an end after the year 9999', { name: 'x', role: 'reader', expiresAt: '9999-12-31T23:59:59-12:00' }, 'expiresAt'],
  ])('with %s is refused', async (_fault, body, path) => {
    const response = await create(body);
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.body.errors).toContainEqual({ path, message: expect.stringMatching(/\S/) });
    expect(response.text).not.toContain('varsel_');
  });
});

describe('an API key', () => {
  test('ends at the instant it expires', async () => {
    const { body } = await create({ name: 'Short', role: 'reader', expiresAt: '2026-03-02T11:00:00.123456789+01:00' });
    expect(body.expiresAt).toBe('2026-03-02T10:00:00.123Z');
    varsel.clock.set('2026-03-02T10:00:00.122Z');
    expect(await status(body.key)).toBe(200);
    varsel.clock.set('2026-03-02T10:00:00.123Z');
    expect(await status(body.key)).toBe(401);
  });

  test('ends when it is revoked, at once and for good', async () => {
    const { body } = await create();
    expect(await status(body.key)).toBe(200);
    varsel.clock.advance({ minutes: 1 });
    const revoke = () => varsel.api().delete(`/v1/keys/${body.id}`);
    expect(await revoke()).toMatchObject({ status: 200, body: { id: body.id, revokedAt: '2026-03-02T09:01:00.000Z' } });
    expect(await status(body.key)).toBe(401);
    varsel.clock.advance({ minutes: 1 });
    expect((await revoke()).body.revokedAt).toBe('2026-03-02T09:01:00.000Z');
    expect(await find(body.id)).toMatchObject({ revokedAt: '2026-03-02T09:01:00.000Z' });
    expect((await find(body.id)).revokedBy).toMatch(/^Test admin \(key /);
    // A key is revoked once; the first revocation stays.
    expect(
      await rows(varsel.database.pool, `select from audit_log where subject = $1 and action = 'key.revoked'`, [
        body.id,
      ]),
    ).toHaveLength(1);
  });

  test('that nobody knows gets 404', async () => {
    for (const id of [UNKNOWN_ID, 'nope', '__proto__']) {
      expect(await varsel.api().delete(`/v1/keys/${id}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    }
  });

  test('of an admin stays while nobody else could sign in, and what to do is told', async () => {
    const own = await startVarsel(START);
    onTestFinished(() => own.close());
    const keys = async () => (await own.api().get('/v1/keys?limit=200').expect(200)).body.items;
    const [admin] = (await keys()).filter(({ name }: { name: string }) => name === 'Test admin');
    const revoke = (id: string) => own.api().delete(`/v1/keys/${id}`);
    const refused = await revoke(admin.id);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'last-admin-key', detail: expect.stringMatching(/POST \/v1\/keys.*ADMIN_API_KEY/) },
    });
    // Neither a key that is revoked, nor one that has expired, nor an officer's can make another.
    const make = async (body: object) =>
      (
        await own
          .api()
          .post('/v1/keys')
          .send({ name: 'x', ...body })
          .expect(201)
      ).body.id;
    expect((await revoke(await make({ role: 'admin' }))).status).toBe(200);
    await make({ role: 'officer' });
    await make({ role: 'admin', expiresAt: '2026-03-02T09:00:01Z' });
    own.clock.set('2026-03-02T09:00:01Z');
    expect((await revoke(admin.id)).body.code).toBe('last-admin-key');
    expect((await keys()).find(({ id }: { id: string }) => id === admin.id)).toMatchObject({
      revokedAt: null,
      revokedBy: null,
    });

    const other = await make({ role: 'admin' });
    expect((await revoke(admin.id)).status).toBe(200);
    expect((await own.api().get('/v1/keys')).status).toBe(401);
    expect(await rows(own.database.pool, `select revoked_by from api_keys where id = $1`, [other])).toEqual([
      { revoked_by: null },
    ]);
  });

  test('of an admin stays also where two revoke each other at the same moment, round after round', async () => {
    const own = await startVarsel(START);
    onTestFinished(() => own.close());
    const { pool } = own.database;
    const [first] = await rows<{ id: string }>(pool, `select id from api_keys where role = 'admin'`);
    let standing = first?.id ?? '';
    for (let round = 0; round < 20; round += 1) {
      const by = { at: own.clock.now(), actor: 'test' };
      const key = { name: `Round ${round}`, ...ADMIN, hash: randomBytes(32), expiresAt: null } as const;
      const { id: rival } = await inTransaction(pool, (tx) => createApiKey(tx, key, by));
      const outcomes = await Promise.allSettled(
        [standing, rival].map((id) => inTransaction(pool, (tx) => revokeKey(tx, id, by))),
      );
      expect(outcomes.map(({ status: outcome }) => outcome).sort()).toEqual(['fulfilled', 'rejected']);
      const valid = await rows<{ id: string }>(
        pool,
        `select id from api_keys where role = 'admin' and revoked_at is null`,
      );
      expect(valid).toHaveLength(1);
      standing = valid[0]?.id ?? '';
    }
  });

  test('notes when it was last used, once a minute at most', async () => {
    const { body } = await create();
    const lastUse = async () => (await find(body.id)).lastUsedAt;
    expect(await lastUse()).toBeNull();
    await status(body.key);
    expect(await lastUse()).toBe('2026-03-02T09:00:00.000Z');
    varsel.clock.set('2026-03-02T09:00:59.999Z');
    await status(body.key);
    expect(await lastUse()).toBe('2026-03-02T09:00:00.000Z');
    varsel.clock.set('2026-03-02T09:01:00Z');
    await status(body.key);
    expect(await lastUse()).toBe('2026-03-02T09:01:00.000Z');
  });

  test('is listed in the order it was made, without its secret or its hash', async () => {
    const { body } = await create({ name: 'Listed', role: 'reader' });
    const { body: listed, text } = await varsel.api().get('/v1/keys?limit=200');
    expect(listed.items.slice(0, 3).map(({ name }: { name: string }) => name)).toEqual([
      'Test reader',
      'Test officer',
      'Test admin',
    ]);
    expect(listed.items.at(-1).id).toBe(body.id);
    expect(text).not.toMatch(/varsel_|hash/);
    expect(text).not.toContain(hashApiKey(body.key).toString('hex'));
  });
});
