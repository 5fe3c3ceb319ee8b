import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import type { KeyRole } from '../../src/domain/permission.ts';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const DEADLINE = '2026-03-12T23:00:00.000Z';

let varsel: TestVarsel;
let companies = 0;
let keys = 0;
/** An idempotency key that no other test uses. */
let key: string;
beforeAll(async () => {
  varsel = await startVarsel(START);
  const { externalId, ...body } = aController(1);
  await varsel.api().put(`/v1/controllers/${externalId}`).send(body).expect(201);
});
afterAll(() => varsel.close());
beforeEach(() => {
  varsel.clock.set(START);
  keys += 1;
  key = `key-${keys}`;
});

const post = (address: string, body?: object | string, role: KeyRole = 'officer', under = key) => {
  const request = varsel.api(role).post(address).set('idempotency-key', under).set('content-type', 'application/json');
  return body === undefined ? request : request.send(body);
};
function newAnnouncement(overrides: object = {}) {
  companies += 1;
  return { ...anAnnouncement({ subProcessor: aSubProcessor(companies) }), ...overrides };
}
/** The id of a new change that is open to objections. */
async function open(): Promise<string> {
  const { body } = await varsel.api('officer').post('/v1/changes').send(newAnnouncement()).expect(201);
  await varsel.deliver();
  return body.id;
}
const received = (overrides: object = {}) => ({
  controller: 'kunde-1',
  reasons: 'USA',
  channel: 'email',
  receivedAt: START,
  from: {},
  ...overrides,
});

/** The number of rows in every table that a command writes to. */
const traces = () =>
  oneRow(
    varsel.database.pool,
    `select (select count(*) from changes) as changes, (select count(*) from messages) as messages,
       (select count(*) from objections) as objections, (select count(*) from events) as events,
       (select count(*) from audit_log) as decisions, (select count(*) from letters) as letters,
       (select count(*) from idempotency_keys) as responses`,
  );

describe('the same idempotency key with the same body', () => {
  test('announces once and gets the first response again, byte for byte, also when much has happened since', async () => {
    const announcement = newAnnouncement();
    const first = await post('/v1/changes', announcement);
    expect(first.status).toBe(201);
    await varsel.deliver();
    const before = await traces();
    varsel.clock.advance({ days: 3 });
    const second = await post('/v1/changes', announcement);
    expect(second.status).toBe(201);
    expect(second.text).toBe(first.text);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    expect(second.headers.location).toBe(first.headers.location);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(await traces()).toEqual(before);
  });

  test('is the same body however it is spaced', async () => {
    const announcement = newAnnouncement();
    const first = await post('/v1/changes', JSON.stringify(announcement));
    const second = await post('/v1/changes', JSON.stringify(announcement, null, 4));
    expect(second).toMatchObject({ status: 201, text: first.text });
  });

  test('gets a refusal again, under its own request id, also when it would be done by now', async () => {
    const early = newAnnouncement({ plannedActivationOn: '2026-03-12' });
    const first = await post('/v1/changes', early);
    expect(first).toMatchObject({ status: 422, body: { code: 'planned-date-too-early' } });
    varsel.clock.advance({ days: -3 });
    expect((await varsel.api('officer').post('/v1/changes').send(early)).status).toBe(201);
    const second = await post('/v1/changes', early).set('x-request-id', 'the-second');
    expect(second.status).toBe(422);
    expect(second.body).toEqual({ ...first.body, requestId: 'the-second' });
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(second.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('gets a blocked activation again, and another key gets the one that is possible now', async () => {
    const id = await open();
    const address = `/v1/changes/${id}/activate`;
    const first = await post(address);
    expect(first).toMatchObject({ status: 409, body: { code: 'activation-blocked' } });
    varsel.clock.set('2026-04-15T09:00:00Z');
    expect(await post(address)).toMatchObject({ status: 409, body: { blockers: first.body.blockers } });
    const done = await post(address, undefined, 'officer', `${key}-again`);
    expect(done).toMatchObject({ status: 200, body: { status: 'activated' } });
    expect(await post(address, undefined, 'officer', `${key}-again`)).toMatchObject({ status: 200, text: done.text });
  });

  test('keeps a rejected attempt once, and repeats its response with the attempt and the deadline', async () => {
    const id = await open();
    const address = `/v1/changes/${id}/objections`;
    const first = await post(address, received({ reasons: 'ingen' }));
    expect(first).toMatchObject({ status: 422, body: { code: 'reasons-required', deadline: DEADLINE } });
    const before = await traces();
    const second = await post(address, received({ reasons: 'ingen' }));
    expect(second.status).toBe(422);
    expect(second.body).toEqual({ ...first.body, requestId: second.headers['x-request-id'] });
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(await traces()).toEqual(before);
    const { body } = await varsel.api('reader').get(address);
    expect(body.items).toMatchObject([{ id: first.body.objection.id, rejectedFor: 'reasons-required' }]);
  });

  test('holds for every POST: objection, resolution, late acceptance, letter, resend, withdrawal', async () => {
    const id = await open();
    const repeat = async (address: string, body: object | undefined, status: number) => {
      keys += 1;
      const under = `key-${keys}`;
      const first = await post(address, body, 'officer', under);
      expect({ address, status: first.status, code: first.body.code }).toEqual({ address, status, code: undefined });
      const before = await traces();
      const second = await post(address, body, 'officer', under);
      expect({ address, status: second.status, text: second.text }).toEqual({ address, status, text: first.text });
      expect(await traces()).toEqual(before);
      return first.body;
    };
    const objection = await repeat(`/v1/changes/${id}/objections`, received(), 201);
    await repeat(`/v1/objections/${objection.id}/resolve`, { outcome: 'withdrawn', explanation: 'I brev' }, 200);
    const controller = `/v1/changes/${id}/controllers/kunde-1`;
    await repeat(`${controller}/notice-by-letter`, { arrivedOn: '2026-03-02', reference: 'x' }, 201);
    await repeat(`${controller}/resend`, undefined, 202);
    varsel.clock.set(DEADLINE);
    const late = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/objections`)
      .send(received({ receivedAt: DEADLINE }));
    await repeat(`/v1/objections/${late.body.objection.id}/accept-late`, { explanation: 'Posten' }, 200);
    await repeat(`/v1/changes/${id}/withdraw`, { reason: { da: 'Fortrudt' } }, 200);
  });

  test('is done once, however often it comes at once', async () => {
    const announcement = newAnnouncement();
    const responses = await Promise.all(Array.from({ length: 8 }, () => post('/v1/changes', announcement)));
    const codes = responses.map(({ status, body }) => (status === 201 ? 'done' : body.code));
    expect(codes.filter((code) => code !== 'done').every((code) => code === 'request-in-progress')).toBe(true);
    expect(codes).toContain('done');
    expect(new Set(responses.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
    const found = await rows(varsel.database.pool, `select from changes where sub_processor ->> 'name' = $1`, [
      announcement.subProcessor.name,
    ]);
    expect(found).toHaveLength(1);
  });

  test('is another request under another API key', async () => {
    const announcement = newAnnouncement();
    await post('/v1/changes', announcement, 'officer').expect(201);
    expect(await post('/v1/changes', announcement, 'admin')).toMatchObject({
      status: 409,
      body: { code: 'change-already-announced' },
    });
  });
});

describe('the same idempotency key with another request', () => {
  const reused = { status: 422, body: { code: 'idempotency-key-reused' } };

  test('is refused for another body, and does nothing', async () => {
    await post('/v1/changes', newAnnouncement()).expect(201);
    const before = await traces();
    expect(await post('/v1/changes', newAnnouncement())).toMatchObject(reused);
    expect(await traces()).toEqual(before);
  });

  test('is refused for another address', async () => {
    const [one, other] = [await open(), await open()];
    await post(`/v1/changes/${one}/activate`).expect(409);
    expect(await post(`/v1/changes/${other}/activate`)).toMatchObject(reused);
    expect(await post(`/v1/changes/${one}/withdraw`, { reason: { da: 'x' } })).toMatchObject(reused);
  });

  test('is refused where the first was refused, too', async () => {
    await post('/v1/changes', newAnnouncement({ plannedActivationOn: '2026-03-03' })).expect(422);
    expect(await post('/v1/changes', newAnnouncement())).toMatchObject(reused);
  });

  test('is not taken by a request that does not fit its schema', async () => {
    await post('/v1/changes', { product: 7 }).expect(400);
    await post('/v1/changes', '{"malformed":').expect(400);
    expect((await post('/v1/changes', newAnnouncement())).status).toBe(201);
  });
});

test('what is too early by the database’s time is 503, nothing of it is kept, and a repeat does it', async () => {
  const announcement = newAnnouncement();
  // The database's time is a hundred years ahead of ours in tests.
  varsel.clock.set('2226-03-02T09:00:00Z');
  const refused = await post('/v1/changes', { ...announcement, plannedActivationOn: '2226-03-20' });
  expect(refused).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    body: { code: 'overloaded', detail: expect.stringContaining('By the database’s time') },
  });
  varsel.clock.set(START);
  expect((await post('/v1/changes', announcement)).status).toBe(201);
});

describe('while the first request with an idempotency key is running', () => {
  test('a second is refused at once, and gets the first response when it is there', async () => {
    const announcement = newAnnouncement();
    const blocking = await varsel.database.pool.connect();
    try {
      await blocking.query('begin');
      await blocking.query(`select from products where id = 'truetalk' for update`);
      const first = post('/v1/changes', announcement).then((response) => response);
      await untilLockWaiters(varsel.database.pool);
      expect(await post('/v1/changes', announcement)).toMatchObject({
        status: 409,
        headers: { 'retry-after': '1' },
        body: { code: 'request-in-progress' },
      });
      await blocking.query('commit');
      const response = await first;
      expect(response.status).toBe(201);
      expect(await post('/v1/changes', announcement)).toMatchObject({ status: 201, text: response.text });
    } finally {
      await blocking.query('rollback');
      blocking.release();
    }
  });
});

describe('the response stored under an idempotency key', () => {
  test('is stored in the transaction that did the work: where it cannot be, nothing is done', async () => {
    const announcement = newAnnouncement();
    const { owner } = varsel.database;
    const before = await traces();
    await owner.query(`alter table idempotency_keys add constraint refused check (key <> '${key}') not valid`);
    const failed = await post('/v1/changes', announcement);
    expect(failed).toMatchObject({ status: 500, body: { code: 'internal-error' } });
    expect(await traces()).toEqual(before);
    await owner.query('alter table idempotency_keys drop constraint refused');
    // The key can be used as if it had never been sent.
    expect((await post('/v1/changes', announcement)).status).toBe(201);
  });

  test('survives a restart', async () => {
    const announcement = newAnnouncement();
    const first = await post('/v1/changes', announcement);
    await varsel.restart();
    expect(await post('/v1/changes', announcement)).toMatchObject({ status: 201, text: first.text });
  });
});

describe('an idempotency key', () => {
  test.each(['', ' ', 'a b', 'x'.repeat(256), 'nøgle'])('is refused as %.30j', async (under) => {
    const response = await post('/v1/changes', newAnnouncement(), 'officer', Buffer.from(under).toString('latin1'));
    expect(response).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ path: 'Idempotency-Key' }] },
    });
  });

  test('is one: two at once are refused', async () => {
    const response = await varsel
      .api('officer')
      .post('/v1/changes')
      .set('idempotency-key', ['a', 'b'] as never)
      .send(newAnnouncement());
    expect(response).toMatchObject({ status: 400, body: { errors: [{ path: 'Idempotency-Key' }] } });
  });

  test.each(['x'.repeat(255), "'; drop table changes; --".replaceAll(' ', '_'), '__proto__'])(
    'may be any visible ASCII, like %.30s',
    async (under) => {
      const announcement = newAnnouncement();
      const first = await post('/v1/changes', announcement, 'officer', under);
      expect(first.status).toBe(201);
      expect((await post('/v1/changes', announcement, 'officer', under)).text).toBe(first.text);
    },
  );

  test('is left aside by calls that only repeat what they are: GET, PUT and DELETE', async () => {
    const { externalId, ...body } = aController(2);
    const put = (name: string) =>
      varsel
        .api()
        .put(`/v1/controllers/${externalId}`)
        .set('idempotency-key', key)
        .send({ ...body, name });
    expect((await put('Kunde A')).status).toBe(201);
    expect(await put('Kunde B')).toMatchObject({ status: 200, body: { name: 'Kunde B' } });
  });
});
