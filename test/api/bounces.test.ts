import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { announce, eventsOf, haveControllers, mailsTo, partOf, theMailTo } from '../support/story.ts';
import { aController } from '../support/examples.ts';
import { operatorMails } from '../support/inbound.ts';
import { tokenIn } from '../support/mailbox.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const EVIDENCE = { provider: 'mail.example', event: 'hard_bounce', raw: 'a\u0000b', ids: [1, 2] };
const FAILED = { action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 No such user', evidence: EVIDENCE };

let varsel: TestVarsel;
let changeId: string;
let noticeId: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aController(1)]);
  changeId = await announce(varsel);
  await varsel.deliver();
  noticeId = (await partOf(varsel, changeId, 'kunde-1')).notices[0].id;
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

const report = (body: object, id = noticeId) => varsel.api('officer').post(`/v1/notices/${id}/bounce`).send(body);

test('a failure that a mail provider reports takes the notice back, with its evidence on record', async () => {
  const { status, body } = await report(FAILED);
  expect({ status, body }).toEqual({
    status: 200,
    body: { id: expect.any(String), noticeId, controller: 'kunde-1', effect: 'reopened' },
  });
  const part = await partOf(varsel, changeId, 'kunde-1');
  expect(part).toMatchObject({ state: 'awaiting-notice', notifiedAt: null, deadline: null });
  expect(part.notices[0]).toMatchObject({ status: 'failed', acceptedAt: null });
  expect(part.notices[0].lastError).toBe('Bounced after it was accepted: 5.1.1 550 5.1.1 No such user');
  const { rows } = await varsel.database.pool.query('select evidence, accepted_at, deadline, recorded_by from bounces');
  expect(rows).toMatchObject([
    {
      evidence: EVIDENCE,
      accepted_at: Temporal.Instant.from('2026-03-02T09:00:00Z'),
      recorded_by: expect.stringMatching(/^key [0-9a-f-]{36}$/),
    },
  ]);
  expect(rows[0].deadline.toString()).toBe('2026-03-12T23:00:00Z');
});

test('the same report again changes nothing, with an idempotency key and without', async () => {
  const once = await report(FAILED).set('idempotency-key', 'event-1');
  const again = await report(FAILED).set('idempotency-key', 'event-1');
  expect(again.body).toEqual(once.body);
  expect((await report(FAILED)).body).toMatchObject({ effect: 'none' });
  expect((await eventsOf(varsel, changeId)).filter((type) => type === 'notice.bounced')).toHaveLength(1);
  const { rows } = await varsel.database.pool.query('select effect from bounces order by id');
  expect(rows).toEqual([{ effect: 'reopened' }, { effect: 'none' }]);
});

test.each(['delayed', 'delivered', 'relayed', 'expanded'])('%s is on record only', async (action) => {
  expect((await report({ action, evidence: EVIDENCE })).body).toMatchObject({ effect: 'none' });
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'open' });
});

test('a failure after activation is an incident, of which the company is told', async () => {
  varsel.clock.set('2026-03-13T09:00:00Z');
  await varsel.deliver();
  expect((await varsel.api('officer').post(`/v1/changes/${changeId}/activate`)).status).toBe(200);
  expect((await report(FAILED)).body).toMatchObject({ effect: 'incident' });
  expect(await operatorMails(varsel)).toMatchObject([
    { subject: expect.stringContaining('Incident: a notice bounced after Nordlys Hosting 1 ApS was activated') },
  ]);
});

test('a message that is no notice is not taken back: its window stays open', async () => {
  varsel.clock.set('2026-03-10T09:00:00Z');
  await varsel.deliver();
  await varsel.deliver();
  const reminder = varsel.links.messageIdOf(tokenIn(theMailTo(varsel, 'dpo@kunde-1.example', /påmind/i))) ?? '';
  expect((await report(FAILED, reminder)).body).toMatchObject({ effect: 'none' });
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'open' });
});

test('a reminder that waits when its notice bounces is not sent', async () => {
  varsel.clock.set('2026-03-10T09:00:00Z');
  await varsel.deliver();
  expect((await report(FAILED)).body).toMatchObject({ effect: 'reopened' });
  await varsel.deliver();
  expect(mailsTo(varsel, 'dpo@kunde-1.example', /påmind/i)).toEqual([]);
});

test('a controller that left is not alarmed about', async () => {
  await varsel.api().delete('/v1/controllers/kunde-1/products/truetalk');
  expect((await report(FAILED)).body).toMatchObject({ effect: 'revoked' });
});

test.each([
  ['no evidence', { action: 'failed' }],
  ['an action that nobody knows', { ...FAILED, action: 'bounced' }],
  ['a status that is none', { ...FAILED, status: '550' }],
  ['a field that nobody knows', { ...FAILED, force: true }],
])('a report with %s is refused', async (_name, body) => {
  expect(await report(body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
});

test('a report whose evidence nests deep is taken to a hundred levels, refused beyond, and does nothing then', async () => {
  const nested = (levels: number) => {
    // The body, and `evidence` in it, are the first two.
    const lists = '['.repeat(levels - 2) + ']'.repeat(levels - 2);
    return `{"action":"delivered","status":"2.0.0","evidence":{"trace":${lists}}}`;
  };
  const send = (text: string) =>
    varsel.api('officer').post(`/v1/notices/${noticeId}/bounce`).set('content-type', 'application/json').send(text);
  for (const deep of [101, 30_000, 900_000]) {
    for (const key of [{}, { 'idempotency-key': `deep-${deep}` }]) {
      const refused = await send(nested(deep)).set(key);
      expect(refused).toMatchObject({
        status: 400,
        body: { code: 'invalid-request', detail: 'The JSON cannot be taken. Expected at most 100 levels, found more.' },
      });
    }
  }
  const count = async () => (await varsel.database.pool.query('select from bounces')).rowCount;
  expect(await count()).toBe(0);
  expect((await send(nested(100))).status).toBe(200);
  expect(await count()).toBe(1);
});

test('there is nothing to report of a notice that does not exist', async () => {
  const unknown = await report(FAILED, '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b');
  expect(unknown).toMatchObject({ status: 404, body: { code: 'not-found' } });
});
