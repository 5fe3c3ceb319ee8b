import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController } from '../support/examples.ts';
import { recordMailTo } from '../support/mails.ts';
import { announceAnother, eventsOf, haveControllers, leave, partOf, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const LAST_MILLISECOND = '2026-03-12T22:59:59.999Z';
const DEADLINE = '2026-03-12T23:00:00.000Z';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aController(2), aController(3, { products: [] })]);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

/** The id of a new change of which every controller has been notified. */
async function open(): Promise<string> {
  const id = await announceAnother(varsel);
  await varsel.deliver();
  return id;
}

/** A change that tests share of which nothing is filed: what they send is refused. */
let untouched: Promise<string> | undefined;
const changeOfRefusals = () => (untouched ??= open());
/** A change that tests share which look at nothing but what they have filed. */
let filedAbout: Promise<string> | undefined;
const sharedChange = () => (filedAbout ??= open());
/** A pending objection that tests share whose resolutions are refused. */
let pending: Promise<string> | undefined;
const sharedObjection = () => (pending ??= sharedChange().then(async (id) => (await file(id)).body.id as string));

const received = (overrides: object = {}) => ({
  controller: 'kunde-1',
  reasons: 'Vi er uenige i overførslen',
  channel: 'email',
  receivedAt: varsel.clock.now().toString(),
  from: { name: 'Dorthe Persson', email: 'dpo@kunde-1.example' },
  ...overrides,
});
const file = (changeId: string, overrides: object = {}) =>
  varsel.api('officer').post(`/v1/changes/${changeId}/objections`).send(received(overrides));
const show = async (id: string) => (await varsel.api('reader').get(`/v1/objections/${id}`).expect(200)).body;
const list = async (changeId: string, query = '') =>
  (await varsel.api('reader').get(`/v1/changes/${changeId}/objections${query}`).expect(200)).body.items;

describe('an objection that came by e-mail or letter', () => {
  test('is recorded with 201, where it is, and as the contract spells it', async () => {
    const changeId = await open();
    varsel.clock.advance({ hours: 30 });
    const response = await file(changeId, { channel: 'letter', receivedAt: '2026-03-03T10:15:00+01:00' });
    const { id, number } = response.body;
    expect(response.status).toBe(201);
    expect(response.headers.location).toBe(`/v1/objections/${id}`);
    expect(number).toBeGreaterThan(0);
    expect(response.body).toEqual({
      id,
      number,
      changeId,
      controller: 'kunde-1',
      channel: 'letter',
      messageId: null,
      from: { name: 'Dorthe Persson', email: 'dpo@kunde-1.example' },
      reasons: 'Vi er uenige i overførslen',
      receivedAt: '2026-03-03T09:15:00.000Z',
      recordedAt: '2026-03-03T15:00:00.000Z',
      recordedBy: expect.stringMatching(/^Test officer \(key /),
      acceptedLate: null,
      status: 'pending',
      rejectedFor: null,
      resolution: null,
      withdrawal: null,
    });
    expect(await show(id)).toEqual(response.body);
    expect(await show(id.toUpperCase())).toEqual(response.body);
    expect(
      await rows(varsel.database.pool, 'select recorded_at::text, recorded_by from objections where id = $1', [id]),
    ).toEqual([{ recorded_at: '2026-03-03 15:00:00+00', recorded_by: expect.stringMatching(/^key [0-9a-f-]{36}$/) }]);
  });

  test('blocks the activation and is acknowledged to every contact with its text and number', async () => {
    const changeId = await open();
    const { body: objection } = await file(changeId, { reasons: 'Vi vil ikke til USA.\n\nHverken nu eller siden.' });
    const { body: change } = await varsel.api('reader').get(`/v1/changes/${changeId}`);
    expect(change.objections).toEqual({ total: 1, pending: 1 });
    expect(change.activation.blockers).toContainEqual({
      code: 'objections-pending',
      count: 1,
      objections: [objection.id],
    });
    const before = varsel.mailbox.to('dpo@kunde-1.example').length;
    await varsel.deliver();
    const mails = varsel.mailbox.to('dpo@kunde-1.example').slice(before);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain('Hverken nu eller siden.');
    expect(mails[0]?.text).toContain(String(objection.number));
    expect(await eventsOf(varsel, changeId)).toEqual(['change.announced', 'change.notified', 'objection.received']);
  });

  test('counts in the last millisecond of the window and not at the deadline, whenever it is recorded', async () => {
    const changeId = await open();
    varsel.clock.set('2026-03-20T09:00:00Z');
    expect(await file(changeId, { receivedAt: LAST_MILLISECOND })).toMatchObject({
      status: 201,
      body: { status: 'pending', receivedAt: LAST_MILLISECOND },
    });
    // An instant between two milliseconds becomes the earlier one.
    expect((await file(changeId, { receivedAt: '2026-03-12T22:59:59.9999999Z' })).body.receivedAt).toBe(
      LAST_MILLISECOND,
    );
    expect(await file(changeId, { receivedAt: DEADLINE })).toMatchObject({
      status: 409,
      body: { code: 'window-closed', deadline: DEADLINE },
    });
  });

  test('may name no sender, and keeps reasons as they came', async () => {
    const changeId = await sharedChange();
    const reasons = '  USA\r\n\t«æøå» 🦀  ';
    const response = await file(changeId, { from: {}, reasons });
    expect(response).toMatchObject({ status: 201, body: { from: { name: null, email: null }, reasons } });
  });

  test('is not lost for U+0000 or half a surrogate pair', async () => {
    const changeId = await sharedChange();
    const response = await varsel
      .api('officer')
      .post(`/v1/changes/${changeId}/objections`)
      .set('content-type', 'application/json')
      .send(JSON.stringify(received({ reasons: 'Nej\u0000 til \ud800 USA' })));
    expect(response).toMatchObject({ status: 201, body: { reasons: 'Nej\ufffd til \ufffd USA' } });
  });

  test.each(['USA', 'Vi er uenige i overførslen', 'nej til USA', '客戶反對', 'GDPR art. 28', `${'x'.repeat(19_999)}æ`])(
    'needs reasons, whose quality is not graded: %.40s',
    async (reasons) => {
      expect(await file(await sharedChange(), { reasons })).toMatchObject({ status: 201, body: { reasons } });
    },
  );
});

describe('an objection without reasons', () => {
  let rejectedAbout: Promise<string> | undefined;
  const rejecting = () => (rejectedAbout ??= open());

  test.each<[string, unknown]>([
    ['left out', undefined],
    ['null', null],
    ['nothing', ''],
    ['white space', ' \t\r\n\u00a0\u2003\u3000'],
    ['invisible characters', '\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u3164'],
    ['U+0000 alone', '\u0000'],
    ['punctuation', '-'],
    ['an ellipsis', '…'],
    ['digits', '12345'],
    ['an emoji', '👎🏽'],
    ['ingen', 'ingen'],
    ['nej', ' Nej! '],
    ['none', 'None.'],
    ['n/a', 'N/A'],
    ['none in full width', 'ＮＯＮＥ'],
    ['none with something invisible in it', 'n\u200bo\u00adn\ufeffe'],
    ['ingen begrundelse', 'Ingen begrundelse'],
    ['no reason given', 'no reason given'],
  ])('is rejected with the deadline, and kept on record: %s', async (_what, reasons) => {
    const changeId = await rejecting();
    const before = await list(changeId);
    const response = await varsel
      .api('officer')
      .post(`/v1/changes/${changeId}/objections`)
      .set('content-type', 'application/json')
      .send(JSON.stringify(received({ reasons })));
    expect(response).toMatchObject({
      status: 422,
      body: { code: 'reasons-required', deadline: DEADLINE, instance: `/v1/changes/${changeId}/objections` },
    });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    const attempts = (await list(changeId)).slice(before.length);
    expect(attempts).toMatchObject([
      { status: 'rejected', rejectedFor: 'reasons-required', controller: 'kunde-1', resolution: null },
    ]);
    expect(response.body.objection).toEqual(attempts[0]);
    const { body: change } = await varsel.api('reader').get(`/v1/changes/${changeId}`);
    expect(change.objections).toEqual({ total: 0, pending: 0 });
    expect(change.activation.blockers).not.toContainEqual(expect.objectContaining({ code: 'objections-pending' }));
  });

  test('is told to its sender by e-mail, with what is missing and until when', async () => {
    const changeId = await open();
    await file(changeId, { reasons: 'ingen' });
    const before = varsel.mailbox.to('dpo@kunde-1.example').length;
    await varsel.deliver();
    const [mail, ...others] = varsel.mailbox.to('dpo@kunde-1.example').slice(before);
    expect(others).toEqual([]);
    expect(mail?.text).toMatch(/grunde/);
    expect(mail?.text).toContain('12. marts 2026');
  });

  test('can be sent again with reasons', async () => {
    const changeId = await open();
    await file(changeId, { reasons: '-' }).expect(422);
    await file(changeId, { reasons: 'USA' }).expect(201);
    expect((await list(changeId)).map(({ status }: { status: string }) => status)).toEqual(['rejected', 'pending']);
  });
});

describe('an objection that cannot count', () => {
  test('is refused after its controller has left without having been notified, with no deadline, and kept', async () => {
    await haveControllers(varsel, [aController(9)]);
    const changeId = await announceAnother(varsel);
    await leave(varsel, 'kunde-9');
    expect(await file(changeId, { controller: 'kunde-9' })).toMatchObject({
      status: 409,
      body: { code: 'agreement-ended', deadline: null, objection: { rejectedFor: 'agreement-ended' } },
    });
    expect(await list(changeId)).toHaveLength(1);
  });

  test('is refused once the change has ended, and kept on record', async () => {
    const changeId = await open();
    await withdraw(varsel, changeId);
    expect(await file(changeId)).toMatchObject({
      status: 409,
      body: { code: 'change-ended', objection: { status: 'rejected', rejectedFor: 'change-ended' } },
    });
    expect(await list(changeId, '?status=rejected')).toHaveLength(1);
  });

  test('is late whatever it says: a late one without reasons is not asked for reasons', async () => {
    const changeId = await open();
    varsel.clock.set(DEADLINE);
    expect((await file(changeId, { reasons: null })).body.code).toBe('window-closed');
  });

  test.each(['2026-03-02T08:59:59.999Z', '2026-03-02T09:00:00.001Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'cannot have been received at %s: announced and recorded at 09:00',
    async (receivedAt) => {
      const changeId = await changeOfRefusals();
      expect(await file(changeId, { receivedAt })).toMatchObject({
        status: 422,
        body: { code: 'received-at-out-of-range', errors: [{ path: 'receivedAt' }] },
      });
      expect(await list(changeId)).toEqual([]);
    },
  );

  test.each(['nobody', 'kunde-3'])('is refused from %s, whom the change does not concern', async (controller) => {
    const changeId = await changeOfRefusals();
    expect(await file(changeId, { controller })).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await list(changeId)).toEqual([]);
  });

  test('names the limit of 20,000 characters, and what was found, for reasons of 1 MB', async () => {
    const changeId = await open();
    const errors = async (reasons: string) => (await file(changeId, { reasons }).expect(400)).body.errors;
    expect(await errors('æ'.repeat(500_000))).toEqual([
      { path: 'reasons', message: 'Expected at most 20000 characters, found 500000' },
    ]);
    expect(await errors('x'.repeat(1_000_000))).toEqual([
      { path: 'reasons', message: 'Expected at most 20000 characters, found 1000000' },
    ]);
    expect(await errors('🦀'.repeat(20_001))).toEqual([
      { path: 'reasons', message: 'Expected at most 20000 characters, found 20001' },
    ]);
    // Counts characters, not UTF-16 code units.
    await file(changeId, { reasons: `USA${'🦀'.repeat(19_997)}` }).expect(201);
    expect(await list(changeId)).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['an unknown field', { deadline: DEADLINE }, 'deadline'],
    ['a status of its own', { status: 'pending' }, 'status'],
    ['the channel of the link', { channel: 'link' }, 'channel'],
    ['an unknown channel', { channel: 'phone' }, 'channel'],
    ['no controller', { controller: undefined }, 'controller'],
    ['a controller that is no id', { controller: 'a b' }, 'controller'],
    ['a list of reasons', { reasons: ['USA'] }, 'reasons'],
    ['a number for reasons', { reasons: 7 }, 'reasons'],
    ['no sender', { from: undefined }, 'from'],
    ['a string for a sender', { from: 'Dorthe' }, 'from'],
    ['a sender at two addresses', { from: { email: 'a@x.example,b@x.example' } }, 'from.email'],
    ['a sender called by two lines', { from: { name: 'a\nb' } }, 'from.name'],
    ['no instant', { receivedAt: undefined }, 'receivedAt'],
    ['an instant without its zone', { receivedAt: '2026-03-02T09:00:00' }, 'receivedAt'],
    ['a day for an instant', { receivedAt: '2026-03-02' }, 'receivedAt'],
    ['a day that does not exist', { receivedAt: '2026-02-30T09:00:00Z' }, 'receivedAt'],
    ['an hour that does not exist', { receivedAt: '2026-03-02T25:00:00Z' }, 'receivedAt'],
    ['a number for an instant', { receivedAt: 1772442000000 }, 'receivedAt'],
  ])('is refused with %s, and nothing is kept', async (_fault, fields, path) => {
    const changeId = await changeOfRefusals();
    const response = await file(changeId, fields);
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.body.errors).toContainEqual({ path, message: expect.stringMatching(/\S/) });
    expect(await list(changeId)).toEqual([]);
  });
});

describe('the objections to a change', () => {
  test('are listed in the order they were recorded, rejected attempts among them, and by status', async () => {
    const changeId = await open();
    const first = (await file(changeId)).body.id;
    await file(changeId, { reasons: 'ingen' });
    const third = (await file(changeId, { controller: 'kunde-2' })).body.id;
    await varsel
      .api('officer')
      .post(`/v1/objections/${first}/resolve`)
      .send({ outcome: 'withdrawn', explanation: 'I jeres brev' })
      .expect(200);
    const statuses = async (query = '') =>
      (await list(changeId, query)).map(({ status }: { status: string }) => status);
    expect(await statuses()).toEqual(['resolved', 'rejected', 'pending']);
    expect(await statuses('?status=rejected')).toEqual(['rejected']);
    expect(await list(changeId, '?status=pending')).toMatchObject([{ id: third, controller: 'kunde-2' }]);
    expect(await varsel.api('reader').get(`/v1/changes/${changeId}/objections?status=accepted`)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'status' }] },
    });
  });

  test('have numbers that rise and are never used twice', async () => {
    const changeId = await open();
    const filed = await Promise.all([1, 2, 3, 4, 5].map(() => file(changeId)));
    expect(new Set(filed.map(({ body }) => body.number)).size).toBe(5);
    const later = await file(changeId);
    expect(later.body.number).toBeGreaterThan(Math.max(...filed.map(({ body }) => body.number)));
  });
});

describe('an objection that nobody knows', () => {
  test.each([UNKNOWN_ID, 'nope', '17', '__proto__', "'; drop table objections; --"])(
    'gets 404 on every address of it: %s',
    async (id) => {
      const api = varsel.api();
      const address = `/v1/objections/${encodeURIComponent(id)}`;
      for (const response of await Promise.all([
        api.get(address),
        api.post(`${address}/resolve`).send({ outcome: 'withdrawn', explanation: 'I jeres brev' }),
        api.post(`${address}/accept-late`).send({}),
      ])) {
        expect(response).toMatchObject({ status: 404, body: { code: 'not-found' } });
      }
    },
  );
});

describe('resolving an objection', () => {
  const resolve = (id: string, body: object) => varsel.api('officer').post(`/v1/objections/${id}/resolve`).send(body);

  test('as agreement-ended waits for the end of the agreement', async () => {
    const changeId = await open();
    const { body: objection } = await file(changeId);
    expect(await resolve(objection.id, { outcome: 'agreement-ended' })).toMatchObject({
      status: 422,
      body: { code: 'agreement-running', errors: [{ path: 'outcome' }] },
    });
    expect((await show(objection.id)).status).toBe('pending');
  });

  test.each(['withdrawn', 'accommodated', 'invalid'])(
    'as %s ends it, says by whom and why, tells the controller, and clears the way',
    async (outcome) => {
      const changeId = await open();
      const { body: objection } = await file(changeId);
      await varsel.deliver();
      const before = varsel.mailbox.to('dpo@kunde-1.example').length;
      varsel.clock.advance({ minutes: 5 });
      const response = await resolve(objection.id, { outcome, explanation: 'Bekræftet skriftligt.' });
      expect(response).toMatchObject({
        status: 200,
        body: {
          ...objection,
          status: 'resolved',
          resolution: {
            outcome,
            explanation: 'Bekræftet skriftligt.',
            resolvedAt: '2026-03-02T09:05:00.000Z',
            resolvedBy: expect.stringMatching(/^Test officer \(key /),
          },
        },
      });
      expect(await show(objection.id)).toEqual(response.body);
      await varsel.deliver();
      const mails = varsel.mailbox.to('dpo@kunde-1.example').slice(before);
      expect(mails).toHaveLength(1);
      expect(mails[0]?.text).toContain('Bekræftet skriftligt.');
      expect((await varsel.api('reader').get(`/v1/changes/${changeId}`)).body.objections).toEqual({
        total: 1,
        pending: 0,
      });
    },
  );

  test('is final', async () => {
    const { body: objection } = await file(await open());
    await resolve(objection.id, { outcome: 'withdrawn', explanation: 'I brev' }).expect(200);
    expect(await resolve(objection.id, { outcome: 'accommodated' })).toMatchObject({
      status: 409,
      body: { code: 'objection-already-resolved' },
    });
    expect((await show(objection.id)).resolution.outcome).toBe('withdrawn');
  });

  test('happens once, however many do it at once', async () => {
    const { body: objection } = await file(await open());
    const responses = await Promise.all(
      [1, 2, 3].map(() => resolve(objection.id, { outcome: 'withdrawn', explanation: 'I brev' })),
    );
    expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
  });

  test.each(['withdrawn', 'accommodated', 'invalid'])('as %s needs its evidence', async (outcome) => {
    const id = await sharedObjection();
    for (const evidence of [{}, { explanation: null }, { explanation: null, mailId: null }]) {
      expect(await resolve(id, { outcome, ...evidence })).toMatchObject({
        status: 422,
        body: { code: 'explanation-required', errors: [{ path: 'explanation' }] },
      });
    }
    expect((await show(id)).status).toBe('pending');
  });

  test('rests on a mail on record, where the officer names one of this controller about this change', async () => {
    const [changeId, other] = [await open(), await open()];
    const mailAbout = async (about: string, externalId: string) => {
      const { notices } = await partOf(varsel, about, externalId);
      await recordMailTo(
        varsel.database.pool,
        notices[0].id,
        `Vi trækker indsigelsen tilbage, ${about}`,
        varsel.clock.now(),
      );
      await varsel.readMails();
      const { body } = await varsel.api('officer').get(`/v1/changes/${about}/mails`);
      return body.items.findLast((each: { controller: string }) => each.controller === externalId).id;
    };
    const { body: objection } = await file(changeId);
    for (const mailId of [UNKNOWN_ID, await mailAbout(other, 'kunde-1'), await mailAbout(changeId, 'kunde-2')]) {
      expect(await resolve(objection.id, { outcome: 'withdrawn', mailId })).toMatchObject({
        status: 422,
        body: { code: 'mail-unknown', errors: [{ path: 'mailId' }] },
      });
    }
    const mailId = await mailAbout(changeId, 'kunde-1');
    expect(await resolve(objection.id, { outcome: 'withdrawn', mailId })).toMatchObject({
      status: 200,
      body: { resolution: { outcome: 'withdrawn', explanation: null, mailId } },
    });
  });

  test('finds no explanation in what nobody can see', async () => {
    const id = await sharedObjection();
    expect((await resolve(id, { outcome: 'invalid', explanation: ' \u200b ' })).status).toBe(400);
    expect((await show(id)).status).toBe('pending');
  });

  test('has nothing to do with a rejected attempt', async () => {
    const { body } = await file(await open(), { reasons: 'ingen' });
    expect(await resolve(body.objection.id, { outcome: 'withdrawn' })).toMatchObject({
      status: 409,
      body: { code: 'objection-not-pending' },
    });
  });

  test.each([
    [{}, 'outcome'],
    [{ outcome: 'overruled' }, 'outcome'],
    [{ outcome: 'change-withdrawn' }, 'outcome'],
    [{ outcome: ['withdrawn'] }, 'outcome'],
    [{ outcome: 'withdrawn', explanation: '' }, 'explanation'],
    [{ outcome: 'withdrawn', explanation: 'x'.repeat(5001) }, 'explanation'],
    [{ outcome: 'withdrawn', force: true }, 'force'],
  ])('as %.60j is refused', async (body, path) => {
    const id = await sharedObjection();
    expect(await resolve(id, body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect((await show(id)).status).toBe('pending');
  });
});

describe('accepting an objection that came late', () => {
  const accept = (id: string, body?: object) =>
    varsel.api('officer').post(`/v1/objections/${id}/accept-late`).send(body);
  async function late(overrides: object = {}): Promise<{ changeId: string; id: string }> {
    varsel.clock.set(START);
    const changeId = await open();
    varsel.clock.set('2026-03-13T09:00:00Z');
    const { body } = await file(changeId, overrides);
    expect(body.code).toBe('window-closed');
    return { changeId, id: body.objection.id };
  }

  test('makes it pending, on the record, acknowledges it, and blocks the activation', async () => {
    const { changeId, id } = await late();
    await varsel.deliver();
    const before = varsel.mailbox.to('dpo@kunde-1.example').length;
    expect(await accept(id, { explanation: 'Brevet var forsinket i posten.' })).toMatchObject({
      status: 200,
      body: { id, status: 'pending', rejectedFor: null, receivedAt: '2026-03-13T09:00:00.000Z' },
    });
    await varsel.deliver();
    expect(varsel.mailbox.to('dpo@kunde-1.example')).toHaveLength(before + 1);
    expect(
      await rows(
        varsel.database.pool,
        'select decision, explanation, decided_by from objection_decisions where objection_id = $1',
        [id],
      ),
    ).toEqual([
      {
        decision: 'accepted-late',
        explanation: 'Brevet var forsinket i posten.',
        decided_by: expect.stringMatching(/^key /),
      },
    ]);
    const { body: change } = await varsel.api('reader').get(`/v1/changes/${changeId}`);
    expect(change.activation.blockers).toContainEqual({ code: 'objections-pending', count: 1, objections: [id] });
    expect(await accept(id, {})).toMatchObject({ status: 409, body: { code: 'objection-not-late' } });
    await varsel
      .api('officer')
      .post(`/v1/objections/${id}/resolve`)
      .send({ outcome: 'withdrawn', explanation: 'I jeres brev' })
      .expect(200);
    expect((await show(id)).status).toBe('resolved');
  });

  test('needs no explanation', async () => {
    const { id } = await late();
    expect((await accept(id, {})).status).toBe(200);
  });

  test('is refused for one without reasons: it is no objection', async () => {
    const { id } = await late({ reasons: 'ingen' });
    expect(await accept(id, {})).toMatchObject({ status: 422, body: { code: 'reasons-required' } });
  });

  test('is refused for one that was not late', async () => {
    const changeId = await open();
    const inTime = (await file(changeId)).body.id;
    const reasonless = (await file(changeId, { reasons: '-' })).body.objection.id;
    for (const id of [inTime, reasonless]) {
      expect(await accept(id, {})).toMatchObject({ status: 409, body: { code: 'objection-not-late' } });
    }
  });

  test('is refused once the change has ended', async () => {
    const { changeId, id } = await late();
    await withdraw(varsel, changeId);
    expect(await accept(id, {})).toMatchObject({ status: 409, body: { code: 'change-ended' } });
    const activated = await late();
    varsel.clock.set('2026-04-15T09:00:00Z');
    await varsel.api('officer').post(`/v1/changes/${activated.changeId}/activate`).expect(200);
    expect(await accept(activated.id, {})).toMatchObject({ status: 409, body: { code: 'change-ended' } });
  });

  test.each([
    [{ explanation: 7 }, 'explanation'],
    [{ explanation: '' }, 'explanation'],
    [{ status: 'pending' }, 'status'],
  ])('with %j is refused', async (body, path) => {
    const { id } = await late();
    expect(await accept(id, body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});
