import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import supertest from 'supertest';
import { anotherApp } from '../support/another-app.ts';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let companies = 0;
beforeAll(async () => {
  varsel = await startVarsel(START);
  const { externalId, ...body } = aController(1);
  await varsel.api().put(`/v1/controllers/${externalId}`).send(body).expect(201);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

describe('/healthz', () => {
  test('says that the process lives', async () => {
    expect(await varsel.customer().get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});

test('/ leads to the documentation', async () => {
  const response = await varsel.customer().get('/');
  expect(response.status).toBe(302);
  expect(response.headers.location).toBe('/docs');
});

describe('/readyz', () => {
  test('is 200 while the database is there with every migration', async () => {
    expect(await varsel.customer().get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test('is 503 naming every migration that is missing', async () => {
    const { owner } = varsel.database;
    const { rows: applied } = await owner.query('delete from migrations returning *');
    const names = applied.map(({ name }: { name: string }) => name).toSorted();
    const response = await varsel.customer().get('/readyz');
    for (const { name, sha256, applied_at } of applied)
      await owner.query('insert into migrations values ($1, $2, $3)', [name, sha256, applied_at.toString()]);
    expect(response).toMatchObject({
      status: 503,
      body: {
        code: 'not-ready',
        errors: names.map((name: string) => ({ path: 'migrations', message: `${name} has not been applied` })),
      },
    });
    expect((await varsel.customer().get('/readyz')).status).toBe(200);
  });

  test('is 503 naming the database where that cannot be reached, and the process lives on', async () => {
    // Nothing listens on port 1.
    const databaseUrl = 'postgres://somebody:secret-password@127.0.0.1:1/nowhere';
    const app = await anotherApp(varsel, { databaseUrl });
    try {
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const ready = await supertest(url).get('/readyz');
      expect(ready).toMatchObject({
        status: 503,
        body: { code: 'not-ready', errors: [{ path: 'database', message: 'The database cannot be reached' }] },
      });
      expect(ready.text).not.toMatch(/secret-password|127\.0\.0\.1|ECONNREFUSED/);
      expect((await supertest(url).get('/healthz')).status).toBe(200);
      for (const address of ['/v1/products', '/metrics']) {
        const failed = await supertest(url).get(address).set('authorization', 'Bearer some-key');
        expect(failed).toMatchObject({ status: 503, body: { code: 'overloaded' } });
        expect(failed.text).not.toMatch(/secret-password|ECONNREFUSED|node_modules/);
      }
    } finally {
      await app.close();
    }
  });
});

describe('a request for which no database connection comes free', () => {
  /** An app of one connection, and `whileHeld`, which requests an address while somebody else has that connection. */
  async function withOneConnection(
    act: (app: {
      get: (address: string) => supertest.Test;
      whileHeld: (address: string) => Promise<{ response: supertest.Response; asked: number }>;
    }) => Promise<void>,
  ): Promise<void> {
    const app = await anotherApp(varsel, { poolSize: 1, connectWithinMs: 200 });
    try {
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const get = (address: string) =>
        supertest(url).get(address).set('authorization', 'Bearer reader-key-of-the-tests');
      const whileHeld = async (address: string) => {
        // On a busy machine the first connection itself may not come up within the bound.
        const held = await vi.waitFor(() => app.pg.pool.connect(), { timeout: 20_000 });
        const connect = vi.spyOn(app.pg.pool, 'connect');
        const response = await get(address);
        held.release();
        return { response, asked: connect.mock.calls.length };
      };
      await act({ get, whileHeld });
    } finally {
      await app.close();
    }
  }

  test('gets 503 and when to come back', () =>
    withOneConnection(async ({ get, whileHeld }) => {
      const { response } = await whileHeld('/v1/products');
      expect(response).toMatchObject({ status: 503, body: { code: 'overloaded' } });
      expect(response.headers['retry-after']).toBe('5');
      expect((await get('/v1/products')).status).toBe(200);
    }));

  test.each([
    ['of a customer', () => `/objections/${varsel.links.tokenOf(randomUUID())}?lang=en`],
    ['of the register', () => '/register/truetalk?lang=en'],
  ])('gets the failure page %s without waiting for a second one', (_, address) =>
    withOneConnection(async ({ whileHeld }) => {
      const { response, asked } = await whileHeld(address());
      expect(response.status).toBe(503);
      expect(response.headers['retry-after']).toBe('5');
      expect(response.headers['content-type']).toMatch('text/html');
      expect(asked).toBe(1);
    }),
  );
});

test('While PostgreSQL has no connection left to give, requests get 503 and when to come back, and nothing is done', async () => {
  const { owner, url } = varsel.database;
  const limit = (connections: number) =>
    owner.query(`alter database "${new URL(url).pathname.slice(1)}" connection limit ${connections}`);
  const app = await anotherApp(varsel);
  onTestFinished(() => app.close());
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const post = () =>
    supertest(address)
      .post('/v1/changes')
      .set('authorization', 'Bearer officer-key-of-the-tests')
      .set('idempotency-key', 'while-it-is-full')
      .send(anAnnouncement({ subProcessor: aSubProcessor(700) }));
  await limit(0);
  const refused = [
    await post(),
    await supertest(address).get(`/objections/${varsel.links.tokenOf(randomUUID())}`),
    await supertest(address).get('/register/truetalk'),
    await supertest(address).get('/register/truetalk.json'),
    await supertest(address).get('/metrics'),
  ];
  expect(await supertest(address).get('/readyz')).toMatchObject({ status: 503, body: { code: 'not-ready' } });
  await limit(-1);
  expect(refused.map(({ status, headers }) => `${status} ${headers['retry-after']}`)).toEqual(Array(5).fill('503 5'));
  expect((await post()).status).toBe(201);
  await varsel.deliver();
});

describe('/metrics', () => {
  const gauge = async (name: string) => {
    const { text } = await varsel.customer().get('/metrics').expect(200);
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };

  test('is what Prometheus reads', async () => {
    const { headers, text } = await varsel.customer().get('/metrics').expect(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^# TYPE varsel_messages_waiting gauge$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
  });

  test('counts the messages that wait, and for how long the oldest of those due has waited', async () => {
    expect(await gauge('varsel_messages_waiting')).toBe(0);
    expect(await gauge('varsel_messages_overdue_seconds')).toBe(0);
    companies += 1;
    await varsel
      .api()
      .post('/v1/changes')
      .send(anAnnouncement({ subProcessor: aSubProcessor(companies) }))
      .expect(201);
    varsel.clock.advance({ seconds: 90 });
    expect(await gauge('varsel_messages_waiting')).toBe(1);
    expect(await gauge('varsel_messages_in_flight')).toBe(0);
    expect(await gauge('varsel_messages_overdue_seconds')).toBe(90);
    await varsel.deliver();
    expect(await gauge('varsel_messages_waiting')).toBe(0);
    expect(await gauge('varsel_messages_overdue_seconds')).toBe(0);
  });
});

describe('every response', () => {
  test('carries headers that keep browsers from guessing, framing and telling', async () => {
    for (const address of ['/healthz', '/v1/products', '/problems/forbidden', '/nowhere']) {
      const { headers } = await varsel.customer().get(address);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});
