import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController, anAnnouncement, aProduct } from '../support/examples.ts';
import { announceAnother, changeNow, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

const { id: _id, ...example } = aProduct();
const put = (id: string, body: object) => varsel.api().put(`/v1/products/${id}`).send(body);
const get = (id: string) => varsel.api('reader').get(`/v1/products/${id}`);

describe('a product', () => {
  test('is shown with its terms, as the contract spells it', async () => {
    const truetalk = {
      id: 'truetalk',
      name: 'TrueTalk',
      processor: {
        name: 'Telenor A/S',
        registrationNumber: '19433692',
        address: 'Frederikskaj 8, 2450 København SV',
      },
      terms: {
        objectionWindowDays: 10,
        timeZone: 'Europe/Copenhagen',
        rollForward: false,
        placesNeedApproval: true,
        activitiesNeedApproval: true,
        replacementsNeedApproval: false,
        approvalAnswerDays: 30,
        approvalEffectiveAfterHours: 24,
        places: [
          { company: 'Telenor A/S', country: 'DK' },
          { company: 'Gintel AS', country: 'NO' },
          { company: 'Userflow Inc.', country: 'US' },
          { company: 'Atlassian', country: 'DE' },
          { company: 'Atlassian', country: 'IE' },
          { company: 'Google', country: 'US' },
        ],
      },
      contractMinimum: { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen' },
      objectionAddress: {
        email: 'indsigelse@telenor.example',
        postal: 'Telenor A/S\nFrederikskaj 8\n2450 København SV',
      },
      withdrawalDelayHours: 24,
      holdMinutes: 0,
      officersAddress: null,
      retention: { caseYears: 4, automaticMailDays: 90, technicalDays: 90, storedResponseDays: 7, endedKeyDays: 365 },
      secondPerson: [],
    };
    expect((await get('truetalk').expect(200)).body).toEqual(truetalk);
    const { body } = await varsel.api('reader').get('/v1/products').expect(200);
    expect(body.items).toContainEqual(truetalk);
  });

  test('is created with 201, and replaced as a whole with 200', async () => {
    const created = await put('talk-2', example);
    expect(created).toMatchObject({ status: 201, body: { id: 'talk-2', ...example } });
    const changed = { ...example, name: 'Talk II', terms: { ...example.terms, rollForward: true } };
    expect(await put('talk-2', { ...changed, reason: 'Rolls' })).toMatchObject({
      status: 200,
      body: { id: 'talk-2', ...changed },
    });
    expect((await get('talk-2')).body).toEqual({ id: 'talk-2', ...changed });
    expect(await rows(varsel.database.pool, `select action, actor from audit_log where subject = 'talk-2'`)).toEqual(
      [1, 2].map(() => ({ action: 'product.saved', actor: expect.stringMatching(/^key [0-9a-f-]{36}$/) })),
    );
  });

  test('says how long a withdrawal waits, a day unless told, and keeps what stands where nothing is said (D31)', async () => {
    const delay = async (id: string) => (await get(id)).body.withdrawalDelayHours;
    const silent = { ...example, withdrawalDelayHours: undefined };
    await put('talk-9', silent).expect(201);
    expect(await delay('talk-9')).toBe(24);
    await put('talk-9', { ...example, withdrawalDelayHours: 0 }).expect(200);
    await put('talk-9', silent).expect(200);
    expect(await delay('talk-9')).toBe(0);
    for (const hours of [-1, 721, 1.5, '24', null]) {
      await put('talk-9', { ...example, withdrawalDelayHours: hours }).expect(400);
    }
  });

  test('says where its officers are mailed, nowhere unless told, and keeps what stands where nothing is said', async () => {
    const silent = { ...example, officersAddress: undefined };
    expect((await put('talk-10', silent).expect(201)).body.officersAddress).toBeNull();
    await put('talk-10', { ...example, officersAddress: ' jura@telenor.example ' }).expect(200);
    await put('talk-10', silent).expect(200);
    expect((await get('talk-10')).body.officersAddress).toBe('jura@telenor.example');
    for (const address of ['', 'jura', 'Jura <jura@telenor.example>', 'a@b.example,c@d.example', 7]) {
      await put('talk-10', { ...example, officersAddress: address }).expect(400);
    }
    expect((await put('talk-10', { ...example, officersAddress: null }).expect(200)).body.officersAddress).toBeNull();
  });

  test('changes its terms for changes announced later, never for one announced already', async () => {
    await put('talk-3', example).expect(201);
    await haveControllers(varsel, [aController(3, { products: ['talk-3'] })]);
    const before = await announceAnother(varsel, { product: 'talk-3' });
    const longer = { ...example, terms: { ...example.terms, objectionWindowDays: 30 }, reason: 'Thirty days' };
    await put('talk-3', longer).expect(200);
    const after = await announceAnother(varsel, { product: 'talk-3' });
    await varsel.deliver();
    expect(await changeNow(varsel, before)).toMatchObject({
      objectionWindowDays: 10,
      lastDeadline: '2026-03-12T23:00:00.000Z',
    });
    expect(await changeNow(varsel, after)).toMatchObject({
      objectionWindowDays: 30,
      lastDeadline: '2026-04-01T22:00:00.000Z',
    });
  });

  test.each(['nowhere', 'TrueTalk', '-', '__proto__', '%00', "'; drop table products; --", 'x'.repeat(64)])(
    'that nobody knows gets 404: %s',
    async (id) => {
      expect(await get(encodeURIComponent(id))).toMatchObject({ status: 404, body: { code: 'not-found' } });
    },
  );

  test.each(['TrueTalk', 'true_talk', '__proto__', 'x'.repeat(64), 'blå'])(
    'cannot be created under the id %s, and is told what an id may be',
    async (id) => {
      expect(await put(encodeURIComponent(id), example)).toMatchObject({
        status: 400,
        body: {
          code: 'invalid-request',
          errors: [{ path: 'product', message: expect.stringContaining('lower-case') }],
        },
      });
    },
  );

  test('may be called constructor, like anything else', async () => {
    expect((await get('constructor')).status).toBe(404);
    expect((await put('constructor', example)).status).toBe(201);
    expect((await get('constructor')).body.id).toBe('constructor');
  });

  const { terms, processor, objectionAddress } = example;
  test.each<[string, object, string]>([
    ['an unknown field', { owner: 'x' }, 'owner'],
    ['an unknown term', { terms: { ...terms, days: 10 } }, 'terms.days'],
    ['half a day', { terms: { ...terms, objectionWindowDays: 10.5 } }, 'terms.objectionWindowDays'],
    ['days as text', { terms: { ...terms, objectionWindowDays: '10' } }, 'terms.objectionWindowDays'],
    ['a huge number of days', { terms: { ...terms, objectionWindowDays: 1e300 } }, 'terms.objectionWindowDays'],
    ['half a contract', { contractMinimum: { objectionWindowDays: 10 } }, 'contractMinimum.timeZone'],
    ['a reason of nothing', { reason: ' ' }, 'reason'],
    ['a time zone that nobody knows', { terms: { ...terms, timeZone: 'Europe/Atlantis' } }, 'terms.timeZone'],
    ['an offset for a time zone', { terms: { ...terms, timeZone: '+01:00' } }, 'terms.timeZone'],
    ['a word for true', { terms: { ...terms, rollForward: 'yes' } }, 'terms.rollForward'],
    ['no processor', { processor: undefined }, 'processor'],
    ['a processor without a name', { processor: { ...processor, name: '' } }, 'processor.name'],
    [
      'an address for objections with a line break',
      { objectionAddress: { ...objectionAddress, email: 'a@telenor.example\nBcc: b@telenor.example' } },
      'objectionAddress.email',
    ],
    ['a list for an object', { terms: [terms] }, 'terms'],
  ])('with %s is refused, and stays as it was', async (_fault, fields, path) => {
    const before = (await get('truetalk')).body;
    const response = await put('truetalk', { ...example, ...fields });
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.body.errors).toContainEqual({ path, message: expect.stringMatching(/\S/) });
    expect((await get('truetalk')).body).toEqual(before);
  });

  test.each([0, 1, 6, 366, -10, 2_147_483_648])(
    'with a window of %i days is refused, and the bounds are told',
    async (days) => {
      const before = (await get('truetalk')).body;
      for (const fields of [
        { terms: { ...terms, objectionWindowDays: days }, contractMinimum: null },
        { contractMinimum: { objectionWindowDays: days, timeZone: terms.timeZone } },
      ]) {
        const refused = await put('truetalk', { ...example, ...fields, reason: 'Try' });
        const message = `Expected a window of 7 to 365 days, found ${days}.`;
        expect(refused).toMatchObject({ status: 422, body: { code: 'terms-out-of-range', detail: message } });
      }
      expect((await get('truetalk')).body).toEqual(before);
    },
  );

  test('takes a number too large for any number for what it is', async () => {
    const text = JSON.stringify({ ...example, terms: { ...terms, objectionWindowDays: 0 } }).replace(
      '"objectionWindowDays":0',
      '"objectionWindowDays":1e999',
    );
    const response = await varsel.api().put('/v1/products/truetalk').set('content-type', 'application/json').send(text);
    expect(response).toMatchObject({ status: 400, body: { errors: [{ path: 'terms.objectionWindowDays' }] } });
  });
});

describe('the terms of a product', () => {
  const { terms } = example;
  const contractMinimum = { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen' };
  const withTerms = (changed: object, more: object = {}) => ({ ...example, terms: { ...terms, ...changed }, ...more });
  const recordOf = async (id: string) =>
    (await varsel.api('reader').get(`/v1/products/${id}/terms`).expect(200)).body.items;

  test('are never below what the contract promises: TrueTalk’s are ten days in Copenhagen', async () => {
    for (const below of [
      { objectionWindowDays: 7, timeZone: 'Pacific/Kiritimati' },
      { objectionWindowDays: 9 },
      { timeZone: 'Pacific/Kiritimati' },
      { objectionWindowDays: 300, timeZone: 'Europe/Berlin' },
    ]) {
      const refused = await put('truetalk', withTerms(below, { reason: 'Faster' }));
      expect(refused).toMatchObject({ status: 422, body: { code: 'terms-below-contract' } });
      expect(refused.body.detail).toMatch(
        /^The contract (promises 10 days at least|counts days in Europe\/Copenhagen), found /,
      );
    }
    expect((await get('truetalk')).body).toMatchObject({ terms, contractMinimum });
    expect(await recordOf('truetalk')).toHaveLength(1);
  });

  test('keep the contract that stands when a request does not name it', async () => {
    await put('kept', example).expect(201);
    const { contractMinimum: _left, ...silent } = withTerms({ objectionWindowDays: 9 }, { reason: 'Faster' });
    expect((await put('kept', silent)).body.code).toBe('terms-below-contract');
    const { contractMinimum: _out, ...unchanged } = example;
    expect((await put('kept', unchanged)).body).toMatchObject({ contractMinimum });
  });

  test('of a product without a known contract may be any from a week on', async () => {
    const weekly = withTerms({ objectionWindowDays: 7, timeZone: 'Pacific/Kiritimati' }, { contractMinimum: null });
    expect(await put('weekly', weekly)).toMatchObject({ status: 201, body: { contractMinimum: null } });
    expect((await put('weekly', { ...weekly, contractMinimum, reason: 'Signed' })).body.code).toBe(
      'terms-below-contract',
    );
  });

  test('need a reason to change, which stays on record with who changed them and when', async () => {
    await put('reasoned', example).expect(201);
    const longer = withTerms({ objectionWindowDays: 14 });
    for (const unreasoned of [longer, withTerms({ rollForward: true }), { ...example, contractMinimum: null }]) {
      expect(await put('reasoned', unreasoned)).toMatchObject({
        status: 422,
        body: { code: 'terms-reason-required', errors: [{ path: 'reason' }] },
      });
    }
    // The rest of a product is no term, and the same terms are no change.
    await put('reasoned', { ...example, name: 'Renamed' }).expect(200);
    varsel.clock.advance({ minutes: 1 });
    await put('reasoned', { ...longer, reason: 'Annex B, 2 March' }).expect(200);
    await put('reasoned', { ...longer, reason: 'The same' }).expect(200);
    await put('reasoned', { ...longer, contractMinimum: null, reason: 'Contract ended' }).expect(200);
    const who = { recordedBy: expect.stringMatching(/^Test admin \(key /), id: expect.any(String) };
    expect(await recordOf('reasoned')).toEqual([
      { ...who, terms, contractMinimum, reason: null, recordedAt: '2026-03-02T09:00:00.000Z' },
      {
        ...who,
        terms: longer.terms,
        contractMinimum,
        reason: 'Annex B, 2 March',
        recordedAt: '2026-03-02T09:01:00.000Z',
      },
      {
        ...who,
        terms: longer.terms,
        contractMinimum: null,
        reason: 'Contract ended',
        recordedAt: '2026-03-02T09:01:00.000Z',
      },
    ]);
    const refusal = varsel.database.owner.query(`update product_terms set reason = 'Another' where reason is not null`);
    await expect(refusal).rejects.toThrow('records are append-only');
  });

  test('say what they mean for the next announcement, before and after a change', async () => {
    const ten = {
      lastDay: '2026-03-12',
      deadline: '2026-03-12T23:00:00.000Z',
      earliestPlannedActivation: '2026-03-13',
      lastDayToAnswer: '2026-04-01',
    };
    expect((await put('told', example)).body.nextAnnouncement).toEqual({ before: null, after: ten });
    const thirty = {
      lastDay: '2026-04-01',
      deadline: '2026-04-01T22:00:00.000Z',
      earliestPlannedActivation: '2026-04-02',
      lastDayToAnswer: '2026-04-01',
    };
    const changed = await put('told', withTerms({ objectionWindowDays: 30 }, { reason: 'Thirty days' }));
    expect(changed.body.nextAnnouncement).toEqual({ before: ten, after: thirty });
    await haveControllers(varsel, [aController(4, { products: ['told'] })]);
    const refused = await varsel
      .api()
      .post('/v1/changes')
      .send(
        anAnnouncement({
          product: 'told',
          plannedActivationOn: Temporal.PlainDate.from('2026-04-01'),
          subProcessor: varsel.newCompany(),
        }),
      );
    expect(refused.body).toMatchObject({ code: 'planned-date-too-early', earliest: '2026-04-02' });
  });

  test('are refused below the contract by the database itself, and so is what would be announced under others', async () => {
    const { pool } = varsel.database;
    await expect(pool.query(`update products set objection_window_days = 9 where id = 'truetalk'`)).rejects.toThrow(
      'products_keep_their_contract',
    );
    const id = await announceAnother(varsel, { product: 'truetalk' });
    // As the owner: the application writes no transaction, which a copy has too.
    const copy = (fields: string) =>
      varsel.database.owner.query(
        `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'name_key', uuidv7(),
           'registration_key', uuidv7(), 'version', 0) || $2)).* from changes c where id = $1`,
        [id, fields],
      );
    for (const below of [
      '{"objection_window_days": 9}',
      '{"time_zone": "Pacific/Kiritimati"}',
      '{"approval_answer_days": 7}',
      '{"approval_effective_after_hours": 0}',
    ]) {
      await expect(copy(below)).rejects.toThrow('a change is announced on the terms of its product (D6)');
    }
    await copy('{}');
  });
});
