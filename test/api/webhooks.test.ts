import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { announceAnother, haveControllers } from '../support/story.ts';
import { aController } from '../support/examples.ts';
import { startReceiver, type Received, type Receiver } from '../support/receiver.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  // Events name the newest checkpoint.
  await varsel.seal();
  await haveControllers(varsel, [aController(1)]);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

async function aReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}
async function aWebhook(receiver: Receiver, settings: object = {}) {
  const { body, status } = await varsel
    .api()
    .post('/v1/webhooks')
    .send({ url: receiver.url, events: ['change.*'], ...settings });
  expect(status, JSON.stringify(body)).toBe(201);
  onTestFinished(async () => {
    await varsel.api().delete(`/v1/webhooks/${body.id}`);
  });
  return body;
}
const happen = () => announceAnother(varsel);
const typesAt = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body).type);
const deliveriesOf = async (id: string, query = '') =>
  (await varsel.api().get(`/v1/webhooks/${id}/deliveries${query}`).expect(200)).body.items;

describe('a new webhook', () => {
  test('gets its secret, which is shown this once and stored nowhere', async () => {
    const receiver = await aReceiver();
    const { secret, ...shown } = await aWebhook(receiver, { description: 'Contract system', products: ['truetalk'] });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      url: receiver.url,
      events: ['change.*'],
      products: ['truetalk'],
      description: 'Contract system',
      rateLimit: null,
      enabled: true,
      disabledAt: null,
      disabledBecause: null,
      failingSince: null,
      createdAt: '2026-03-02T09:00:00.000Z',
      createdBy: expect.stringMatching(/^Test admin \(key /),
      secretRotatedAt: null,
      previousSecretValidUntil: null,
      deliveries: { pending: 0, failed: 0 },
    });
    expect((await varsel.api().get(`/v1/webhooks/${shown.id}`).expect(200)).body).toEqual(shown);
    expect((await varsel.api().get('/v1/webhooks').expect(200)).body.items).toContainEqual(shown);
    const tables = await rows<{ tablename: string }>(
      varsel.database.pool,
      `select tablename from pg_tables where schemaname = 'public'`,
    );
    for (const { tablename } of tables) {
      const found = await rows(varsel.database.pool, `select from ${tablename} t where t::text like '%' || $1 || '%'`, [
        secret.slice(6),
      ]);
      expect({ tablename, found: found.length }).toEqual({ tablename, found: 0 });
    }
  });

  test('asked for twice with one idempotency key is one webhook, whose secret is shown once', async () => {
    const receiver = await aReceiver();
    const ask = () =>
      varsel
        .api()
        .post('/v1/webhooks')
        .set('idempotency-key', 'one-webhook')
        .send({ url: receiver.url, events: ['*'], enabled: false });
    const { body: first } = await ask().expect(201);
    const { body: again } = await ask().expect(201);
    expect(first.secret).toMatch(/^whsec_/);
    expect(again).toEqual({ ...first, secret: null });
  });

  test.each([
    ['no events', { events: [] }, 'events'],
    ['a type that does not exist', { events: ['change.deleted'] }, 'events.0'],
    ['a prefix of no type', { events: ['invoice.*'] }, 'events.0'],
    ['a wildcard within a word', { events: ['change.ann*'] }, 'events.0'],
    ['an unknown field', { events: ['*'], colour: 'red' }, 'colour'],
    ['a rate of 0', { events: ['*'], rateLimit: 0 }, 'rateLimit'],
    ['a NUL in its URL', { events: ['*'], url: 'http://127.0.0.1/\u0000' }, 'url'],
    ['half a surrogate pair in its URL', { events: ['*'], url: 'http://127.0.0.1/\ud800' }, 'url'],
    ['a line break in its URL', { events: ['*'], url: 'http://127.0.0.1/a\nb' }, 'url'],
  ])('with %s is refused with what was expected', async (_name, given, path) => {
    const { body, status } = await varsel
      .api()
      .post('/v1/webhooks')
      .send({ url: 'http://127.0.0.1/', ...given });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid-request' });
    expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  test('for an unknown product is refused', async () => {
    const given = { url: 'http://127.0.0.1/', events: ['*'], products: ['unknown'] };
    expect((await varsel.api().post('/v1/webhooks').send(given)).body.code).toBe('product-unknown');
  });

  test.each([
    ['ftp://127.0.0.1/', 'webhook-url-invalid'],
    ['http://user:secret@127.0.0.1/', 'webhook-url-invalid'],
    ['http://169.254.169.254/latest/meta-data/', 'webhook-target-forbidden'],
    ['http://no-such-name.invalid/', 'webhook-target-unresolvable'],
  ])('to %s is refused with %s, and nothing is created', async (url, code) => {
    const before = (await varsel.api().get('/v1/webhooks?limit=200')).body.items.length;
    const { body, status } = await varsel
      .api()
      .post('/v1/webhooks')
      .send({ url, events: ['*'] });
    expect({ status, code: body.code }).toEqual({ status: 422, code });
    expect(body.errors[0].path).toBe('url');
    expect((await varsel.api().get('/v1/webhooks?limit=200')).body.items).toHaveLength(before);
  });

  test('is for admins', async () => {
    for (const role of ['reader', 'officer'] as const) {
      await varsel.api(role).post('/v1/webhooks').send({}).expect(403);
      await varsel.api(role).get('/v1/webhooks').expect(403);
    }
  });
});

describe('an endpoint', () => {
  test('gets the events of its patterns and product, and no others', async () => {
    const [all, some, none, off] = await Promise.all([aReceiver(), aReceiver(), aReceiver(), aReceiver()]);
    await aWebhook(all, { events: ['*'] });
    await aWebhook(some, { events: ['change.notified', 'objection.*'] });
    await aWebhook(none, { events: ['objection.received'], products: ['truetalk'] });
    const { id } = await aWebhook(off, { enabled: false });
    await happen();
    await varsel.deliver();
    expect(typesAt(all)).toEqual(['change.announced', 'change.notified']);
    expect(typesAt(some)).toEqual(['change.notified']);
    expect(none.received).toEqual([]);
    expect(off.received).toEqual([]);
    expect((await varsel.api().get(`/v1/webhooks/${id}`)).body.deliveries).toEqual({ pending: 2, failed: 0 });
  });

  test('gets the change as the API shows it, but for who did what and for contact persons, with the sequence that keeps consumers in sync', async () => {
    const receiver = await aReceiver();
    const { secret } = await aWebhook(receiver, { events: ['change.announced'] });
    const id = await happen();
    const { body } = await varsel.api('reader').get(`/v1/changes/${id}`);
    const {
      announcedBy: _by,
      activatedBy: _activated,
      withdrawnBy: _withdrawn,
      wordingConfirmedBy: _confirmed,
      ...shown
    } = body;
    expect(shown.subProcessor.contactPerson).toEqual({ name: 'Signe Lund', email: 'privacy@nordlys.example' });
    shown.subProcessor.contactPerson = null;
    await varsel.deliver();
    const [received] = receiver.received;
    // The library takes the time from the machine.
    const verifier = new Webhook(secret);
    Object.assign(verifier, { verifyTimestamp: (header: string) => new Date(Number(header) * 1000) });
    const verified = verifier.verify(received?.body ?? '', received?.headers as Record<string, string>);
    const eventId = received?.headers['webhook-id'];
    expect(verified).toEqual({
      type: 'change.announced',
      timestamp: '2026-03-02T09:00:00.000Z',
      data: {
        eventId,
        checkpoint: { origin: expect.any(String), size: expect.any(Number), root: expect.any(String) },
        sequence: 1,
        change: shown,
      },
    });
    expect(received?.headers['webhook-timestamp']).toBe(String(Date.parse(START) / 1000));
  });

  test('is disabled and enabled again by an admin, and catches up', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver, { events: ['change.announced'] });
    await varsel.api().patch(`/v1/webhooks/${id}`).send({ enabled: false }).expect(200);
    await happen();
    await happen();
    await varsel.deliver();
    expect(receiver.received).toEqual([]);
    const { body } = await varsel.api().patch(`/v1/webhooks/${id}`).send({ enabled: true }).expect(200);
    expect(body).toMatchObject({ enabled: true, disabledBecause: null, deliveries: { pending: 2, failed: 0 } });
    await varsel.deliver();
    expect(typesAt(receiver)).toEqual(['change.announced', 'change.announced']);
  });

  test('is enabled again without what it missed, which stays on record and can be replayed', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver, { events: ['change.announced'], enabled: false });
    await happen();
    await varsel.api().patch(`/v1/webhooks/${id}`).send({ enabled: true, catchUp: false }).expect(200);
    await varsel.deliver();
    expect(receiver.received).toEqual([]);
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'skipped', attempts: [] }]);
    await varsel.api().post(`/v1/webhooks/${id}/replay`).send({ since: START }).expect(202);
    await varsel.deliver();
    expect(typesAt(receiver)).toContain('change.announced');
  });

  test('keeps what a change does not name, and is checked where it gets another URL', async () => {
    const [receiver, next] = await Promise.all([aReceiver(), aReceiver()]);
    const { id, secret: _secret, ...before } = await aWebhook(receiver, { description: 'First' });
    const { body } = await varsel.api().patch(`/v1/webhooks/${id}`).send({ url: next.url, rateLimit: 5 }).expect(200);
    expect(body).toEqual({ ...before, id, url: next.url, rateLimit: 5 });
    const refused = await varsel.api().patch(`/v1/webhooks/${id}`).send({ url: 'http://169.254.169.254/' });
    expect(refused.body.code).toBe('webhook-target-forbidden');
    expect((await varsel.api().patch(`/v1/webhooks/${id}`).send({ catchUp: true })).body.errors[0].path).toBe(
      'catchUp',
    );
  });

  test('that is deleted gets no more events and is 404', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver);
    await varsel.api().delete(`/v1/webhooks/${id}`).expect(204);
    await happen();
    await varsel.deliver();
    expect(receiver.received).toEqual([]);
    for (const path of ['', '/deliveries', '/replays']) await varsel.api().get(`/v1/webhooks/${id}${path}`).expect(404);
    await varsel.api().patch(`/v1/webhooks/${id}`).send({ enabled: true }).expect(404);
    await varsel.api().post(`/v1/webhooks/${id}/test`).expect(404);
    await varsel.api().delete(`/v1/webhooks/${id}`).expect(404);
  });
});

test('the company is told by mail of an endpoint that is disabled, with what to do', async () => {
  const receiver = await aReceiver();
  receiver.respond(410);
  const { id } = await aWebhook(receiver, { description: 'Sagssystem æøå' });
  await happen();
  await varsel.deliver();
  const [mail] = varsel.mailbox.to('indsigelse@telenor.example').slice(-1);
  expect(mail?.subject).toBe(`Varsel: A webhook has been disabled: http://127.0.0.1:${receiver.port}`);
  expect(mail?.text).toMatch(`Webhook ${id} (Sagssystem æøå)`);
  expect(mail?.text).toMatch('Its receiver answered 410 Gone.');
  expect(mail?.html).toMatch('Sagssystem æøå');
  const { body } = await varsel.api().get(`/v1/webhooks/${id}`).expect(200);
  expect(body).toMatchObject({ enabled: false, disabledBecause: 'gone', deliveries: { failed: 0 } });
});

describe('a rotated secret', () => {
  /** Which of these secrets the latest request was signed with. */
  const signers = (receiver: Receiver, secrets: readonly string[]) => {
    const { body = '', headers = {} } = receiver.received.at(-1) ?? ({} as Partial<Received>);
    const at = new Date(Number(headers['webhook-timestamp']) * 1000);
    const expected = secrets.map((secret) => new Webhook(secret).sign(String(headers['webhook-id']), at, body));
    const given = String(headers['webhook-signature']).split(' ');
    expect(given).toHaveLength(new Set(given).size);
    return expected.map((signature) => given.indexOf(signature));
  };

  test('signs with the one before for 24 hours, and alone after that', async () => {
    const receiver = await aReceiver();
    const { id, secret: old } = await aWebhook(receiver, { events: ['change.announced'] });
    const { body } = await varsel.api().post(`/v1/webhooks/${id}/rotate-secret`).expect(200);
    expect(body).toMatchObject({
      secretRotatedAt: '2026-03-02T09:00:00.000Z',
      previousSecretValidUntil: '2026-03-03T09:00:00.000Z',
    });
    expect(body.secret).not.toBe(old);
    varsel.clock.set('2026-03-03T08:59:59.999Z');
    await happen();
    await varsel.deliver();
    expect(signers(receiver, [body.secret, old])).toEqual([0, 1]);
    await varsel.api().post(`/v1/webhooks/${id}/test`).expect(200);
    expect(JSON.parse(receiver.received.at(-1)?.body ?? '').type).toBe('webhook.test');
    expect(signers(receiver, [body.secret, old])).toEqual([0, 1]);
    varsel.clock.set('2026-03-03T09:00:00Z');
    await happen();
    await varsel.deliver();
    expect(signers(receiver, [body.secret, old])).toEqual([0, -1]);
  });

  test('revokes the one before at once where that is asked for, then or later', async () => {
    const receiver = await aReceiver();
    const { id, secret: first } = await aWebhook(receiver, { events: ['change.announced'] });
    const second = (await varsel.api().post(`/v1/webhooks/${id}/rotate-secret`).send({ revokePrevious: true })).body;
    expect(second.previousSecretValidUntil).toBeNull();
    await happen();
    await varsel.deliver();
    expect(signers(receiver, [second.secret, first])).toEqual([0, -1]);
    const third = (await varsel.api().post(`/v1/webhooks/${id}/rotate-secret`).send({})).body;
    const { body } = await varsel.api().delete(`/v1/webhooks/${id}/previous-secret`).expect(200);
    expect(body.previousSecretValidUntil).toBeNull();
    await happen();
    await varsel.deliver();
    expect(signers(receiver, [third.secret, second.secret])).toEqual([0, -1]);
  });
});

describe('a test', () => {
  test('is sent at once, signed, and told with what the receiver said', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver);
    receiver.respond((response) => void response.writeHead(202).end('thanks'));
    const { body } = await varsel.api().post(`/v1/webhooks/${id}/test`).expect(200);
    expect(body).toEqual({
      startedAt: '2026-03-02T09:00:00.000Z',
      durationMs: expect.any(Number),
      address: '127.0.0.1',
      status: 202,
      error: null,
      response: 'thanks',
      delivered: true,
    });
    const [received] = receiver.received;
    expect(JSON.parse(received?.body ?? '')).toEqual({
      type: 'webhook.test',
      timestamp: '2026-03-02T09:00:00.000Z',
      data: {
        eventId: received?.headers['webhook-id'],
        checkpoint: { origin: expect.any(String), size: expect.any(Number), root: expect.any(String) },
        webhook: { id },
      },
    });
    expect((await varsel.api('reader').get('/v1/events?limit=200')).body.items).not.toContainEqual(
      expect.objectContaining({ type: 'webhook.test' }),
    );
  });

  test('without a response is told too, and repeated with its idempotency key it asks nobody again', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver);
    receiver.respond(503);
    const ask = () => varsel.api().post(`/v1/webhooks/${id}/test`).set('idempotency-key', 'one-test').send({});
    const { body } = await ask().expect(200);
    expect(body).toMatchObject({ delivered: false, status: 503, error: 'The receiver answered 503.' });
    expect((await ask().expect(200)).body).toEqual(body);
    expect(receiver.received).toHaveLength(1);
    expect((await varsel.api().get(`/v1/webhooks/${id}`)).body.failingSince).toBeNull();
  });
});

describe('deliveries', () => {
  test('are listed with each attempt: time, address, status, duration and the first 1 KiB of the response', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver, { events: ['change.announced'] });
    receiver.respond(
      (response, _request, count) => void response.writeHead(count === 1 ? 500 : 200).end('x'.repeat(2000)),
    );
    await happen();
    await varsel.deliver();
    const [waiting] = await deliveriesOf(id, '?status=pending');
    expect(waiting).toMatchObject({ type: 'change.announced', status: 'pending', replayId: null });
    const inSeconds = Temporal.Instant.from(waiting.nextAttemptAt).since(START).total('seconds');
    expect(inSeconds).toBeGreaterThanOrEqual(4);
    expect(inSeconds).toBeLessThanOrEqual(6);
    varsel.clock.advance({ seconds: 6 });
    await varsel.deliver();
    const [delivered] = await deliveriesOf(id, `?eventId=${waiting.eventId}`);
    const common = { address: '127.0.0.1', durationMs: expect.any(Number), response: 'x'.repeat(1024) };
    expect(delivered).toEqual({
      id: waiting.id,
      eventId: waiting.eventId,
      type: 'change.announced',
      replayId: null,
      status: 'delivered',
      createdAt: '2026-03-02T09:00:00.000Z',
      nextAttemptAt: null,
      attempts: [
        { ...common, startedAt: '2026-03-02T09:00:00.000Z', status: 500, error: 'The receiver answered 500.' },
        { ...common, startedAt: '2026-03-02T09:00:06.000Z', status: 200, error: null },
      ],
    });
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await deliveriesOf(id, '?status=failed')).toEqual([]);
  });
});

describe('a replay', () => {
  test('of one event or a list delivers these again, under the same webhook-id', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver, { events: ['change.announced'] });
    await happen();
    await happen();
    await varsel.deliver();
    const ids = receiver.received.map(({ headers }) => String(headers['webhook-id']));
    expect(ids).toHaveLength(2);
    const { body } = await varsel
      .api()
      .post(`/v1/webhooks/${id}/replay`)
      .send({ eventIds: [ids[0]] })
      .expect(202);
    expect(body).toMatchObject({ eventIds: [ids[0]], since: null, finishedAt: null });
    await varsel.deliver();
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([...ids, ids[0]]);
    expect(receiver.received[2]?.body).toBe(receiver.received[0]?.body);
    const { body: listed } = await varsel.api().get(`/v1/webhooks/${id}/replays`).expect(200);
    expect(listed.items).toMatchObject([{ id: body.id, queued: 1, finishedAt: '2026-03-02T09:00:00.000Z' }]);
  });

  test('since a time delivers what the endpoint asks for from then on', async () => {
    const receiver = await aReceiver();
    await happen();
    varsel.clock.set('2026-03-02T10:00:00Z');
    const later = await happen();
    varsel.clock.set('2026-03-02T11:00:00Z');
    const { id } = await aWebhook(receiver, { events: ['change.announced'] });
    await varsel.api().post(`/v1/webhooks/${id}/replay`).send({ since: '2026-03-02T09:30:00Z' }).expect(202);
    await varsel.deliver();
    expect(receiver.received.map(({ body }) => JSON.parse(body).data.change.id)).toEqual([later]);
  });

  test.each([{}, { since: null, eventIds: null }, { since: START, eventIds: [UNKNOWN_ID] }, { eventIds: [] }])(
    'of %j is refused',
    async (given) => {
      const { id } = await aWebhook(await aReceiver());
      await varsel.api().post(`/v1/webhooks/${id}/replay`).send(given).expect(400);
    },
  );

  test('since a time to come is refused', async () => {
    const { id } = await aWebhook(await aReceiver());
    const since = varsel.clock.now().add({ hours: 1 }).toString();
    const { body } = await varsel.api().post(`/v1/webhooks/${id}/replay`).send({ since }).expect(422);
    expect(body).toMatchObject({ code: 'replay-from-the-future', errors: [{ path: 'since' }] });
    await varsel.api().post(`/v1/webhooks/${id}/replay`).send({ since: varsel.clock.now().toString() }).expect(202);
  });

  test('of unknown events is refused with each of them named, and to a disabled webhook altogether', async () => {
    const { id } = await aWebhook(await aReceiver());
    const { body } = await varsel
      .api()
      .post(`/v1/webhooks/${id}/replay`)
      .send({ eventIds: [UNKNOWN_ID] })
      .expect(422);
    expect(body).toMatchObject({ code: 'events-unknown', errors: [{ message: `No event has the id ${UNKNOWN_ID}` }] });
    await varsel.api().patch(`/v1/webhooks/${id}`).send({ enabled: false }).expect(200);
    const refused = await varsel.api().post(`/v1/webhooks/${id}/replay`).send({ since: START }).expect(409);
    expect(refused.body.code).toBe('webhook-disabled');
  });

  test('says nothing of the endpoint’s health: neither its failures nor its successes', async () => {
    const receiver = await aReceiver();
    const { id } = await aWebhook(receiver, { events: ['change.announced'] });
    await happen();
    await varsel.deliver();
    const [delivery] = await deliveriesOf(id);
    receiver.respond(500);
    const replay = () =>
      varsel
        .api()
        .post(`/v1/webhooks/${id}/replay`)
        .send({ eventIds: [delivery.eventId] })
        .expect(202);
    await replay();
    await varsel.deliver();
    expect(receiver.received).toHaveLength(2);
    expect((await varsel.api().get(`/v1/webhooks/${id}`)).body.failingSince).toBeNull();
  });
});
