import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import type { Announcement } from '../../src/domain/change.ts';
import type { SubProcessor } from '../../src/domain/register.ts';
import { aController, anAnnouncement, aProduct, aSubProcessor } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import {
  allBelowLeave,
  announceAnother,
  changeNow,
  eventsOf,
  haveControllers,
  haveProduct,
  withdraw,
} from '../support/story.ts';
import { tokenIn } from '../support/mailbox.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
/** The deadline of a window that opens at START: midnight in Copenhagen after 10 days. */
const DEADLINE = '2026-03-12T23:00:00.000Z';
const PLANNED_DAY = '2026-04-15T08:00:00Z';
const GINTEL = '01980000-0000-7000-8000-000000000001';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;

beforeAll(async () => {
  varsel = await startVarsel(START);
  const contacts = [
    { email: 'dpo@kunde-1.example', name: 'Dorthe Persson', language: 'da' as const },
    { email: 'it@kunde-1.example', name: 'Ian Thomson', language: 'en' as const },
  ];
  await haveControllers(varsel, [aController(1, { contacts }), aController(2), aController(3)]);
  await haveProduct(varsel, aProduct({ id: 'other', name: 'Other' }));
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

/** An announcement of a company that no other test announces. */
function newAnnouncement(overrides: object = {}, subProcessor: Partial<SubProcessor> = {}): Announcement {
  return anAnnouncement({ subProcessor: varsel.newCompany(subProcessor), ...overrides });
}

const post = (announcement: object) => varsel.api('officer').post('/v1/changes').send(announcement);

/** The id of a new change. */
const announced = (overrides: object = {}) => announceAnother(varsel, overrides);

const show = (id: string) => changeNow(varsel, id);
const activate = (id: string) => varsel.api('officer').post(`/v1/changes/${id}/activate`);

describe('an announcement', () => {
  test('gets 201, where it is, and the change as the contract spells it', async () => {
    const announcement = newAnnouncement({
      kind: 'replacement',
      replaces: GINTEL,
      children: await allBelowLeave(varsel, GINTEL),
    });
    const response = await post(announcement);
    const { id } = response.body;
    expect(response.status).toBe(201);
    expect(response.headers.location).toBe(`/v1/changes/${id}`);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(response.body).toEqual({
      id,
      product: 'truetalk',
      kind: 'replacement',
      status: 'announced',
      version: 1,
      announcedAt: '2026-03-02T09:00:00.000Z',
      announcedBy: expect.stringMatching(/^Test officer \(key /),
      heldUntil: null,
      toldSince: '2026-03-02T09:00:00.000Z',
      plannedActivationOn: '2026-04-15',
      activatedAt: null,
      activatedBy: null,
      withdrawnAt: null,
      withdrawnBy: null,
      withdrawalReason: null,
      subProcessor: announcement.subProcessor,
      replaces: GINTEL,
      companies: [announcement.subProcessor?.name],
      amends: null,
      removes: null,
      entries: [],
      children: announcement.children,
      regime: { objection: true, approval: false },
      elements: expect.arrayContaining([
        expect.objectContaining({ element: 'company', from: 'Gintel AS', clause: 'B.2' }),
      ]),
      wordingOnly: [],
      wordingConfirmedAt: null,
      wordingConfirmedBy: null,
      scope: 'all',
      separation: null,
      upstream: null,
      announceNoLaterThan: null,
      listedInTerms: [],
      supersedes: null,
      reason: announcement.reason,
      objectionWindowDays: 10,
      controllers: { total: 3, notified: 0, windowsOpen: 0 },
      notices: { total: 4, accepted: 0, pending: 4, failed: 0, cancelled: 0 },
      sending: { startedAt: '2026-03-02T09:00:00.000Z', perSecond: 0, secondsLeft: null },
      objections: { total: 0, pending: 0 },
      approvals: null,
      answers: { total: 0, unread: 0 },
      lastDeadline: null,
      activations: { count: 0, controllers: 0 },
      activation: {
        shownOnly: [],
        allowed: false,
        earliestAt: null,
        blockers: [
          { code: 'controllers-not-notified', count: 3, controllers: ['kunde-1', 'kunde-2', 'kunde-3'] },
          { code: 'planned-date-not-reached', plannedActivationOn: '2026-04-15' },
        ],
      },
    });
    expect((await varsel.api('reader').get(response.headers.location ?? '')).body).toEqual(response.body);
    await withdraw(varsel, id);
  });

  test('writes a window for every controller, a notice for every contact and one event, by whom it was', async () => {
    const id = await announced();
    const { pool } = varsel.database;
    const { body } = await varsel.api('reader').get(`/v1/changes/${id}/controllers`).expect(200);
    const written = (body.items as { externalId: string; deadline: null; notices: Record<string, string>[] }[]).map(
      ({ externalId, deadline, notices }) => ({
        externalId,
        deadline,
        notices: notices.map(({ email, status }) => `${email} ${status}`).sort(),
      }),
    );
    expect(written).toEqual([
      {
        externalId: 'kunde-1',
        deadline: null,
        notices: ['dpo@kunde-1.example pending', 'it@kunde-1.example pending'],
      },
      { externalId: 'kunde-2', deadline: null, notices: ['dpo@kunde-2.example pending'] },
      { externalId: 'kunde-3', deadline: null, notices: ['dpo@kunde-3.example pending'] },
    ]);
    expect(await eventsOf(varsel, id)).toEqual(['change.announced']);
    const { announced_by } = await oneRow<{ announced_by: string }>(
      pool,
      'select announced_by from changes where id = $1',
      [id],
    );
    expect(announced_by).toMatch(/^key [0-9a-f-]{36}$/);
  });

  test('takes texts in Danish alone, a chain, and every kind of transfer basis', async () => {
    const locations = [
      { country: 'DK', transferBasis: null },
      { country: 'NO', transferBasis: null },
      { country: 'US', transferBasis: { article: '45' as const, decision: 'DPF', certifiedAs: 'Nordlys Inc.' } },
      { country: 'GB', transferBasis: { article: '45' as const, decision: '2021/1772' } },
      { country: 'IN', transferBasis: { article: '46' as const, instrument: 'SCC' as const } },
      { country: 'BR', transferBasis: { article: '46' as const, instrument: 'BCR' as const } },
    ];
    const response = await post(
      newAnnouncement({ reason: { da: 'Kun dansk' } }, { locations, parentId: GINTEL, processing: { da: 'Drift' } }),
    );
    expect(response.status).toBe(201);
    expect(response.body.subProcessor).toMatchObject({ locations, parentId: GINTEL, processing: { da: 'Drift' } });
    expect(response.body.reason).toEqual({ da: 'Kun dansk' });
  });

  test('can be planned for the day after the last day of a window opened today, and for no earlier one', async () => {
    const early = newAnnouncement({ plannedActivationOn: '2026-03-12' });
    const refused = await post(early);
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'planned-date-too-early',
        earliest: '2026-03-13',
        errors: [{ path: 'plannedActivationOn' }],
      },
    });
    expect((await post({ ...early, plannedActivationOn: refused.body.earliest })).status).toBe(201);
  });

  test('counts the days in the time zone of the product', async () => {
    // Half an hour before midnight UTC it is the next day in Copenhagen.
    varsel.clock.set('2026-03-02T23:30:00Z');
    expect((await post(newAnnouncement({ plannedActivationOn: '2026-03-13' }))).body).toMatchObject({
      code: 'planned-date-too-early',
      earliest: '2026-03-14',
    });
  });

  test('may supersede a withdrawn change of the same product, and no other', async () => {
    const first = await announced();
    const again = newAnnouncement({ supersedes: first });
    expect(await post(again)).toMatchObject({ status: 422, body: { code: 'superseded-change-unknown' } });
    await withdraw(varsel, first);
    expect(await post({ ...again, supersedes: UNKNOWN_ID })).toMatchObject({
      status: 422,
      body: { code: 'superseded-change-unknown', errors: [{ path: 'supersedes' }] },
    });
    expect(await post(again)).toMatchObject({ status: 201, body: { supersedes: first } });
  });

  test('of an unknown product gets 404', async () => {
    expect(await post(newAnnouncement({ product: 'nowhere' }))).toMatchObject({
      status: 404,
      body: { code: 'not-found', detail: 'There is no product nowhere.' },
    });
  });

  test('is refused while a controller of the product has no contact', async () => {
    await haveControllers(varsel, [aController(4)]);
    const { pool } = varsel.database;
    await pool.query(
      `delete from contacts where controller_id = (select id from controllers where external_id = 'kunde-4')`,
    );
    const announcement = newAnnouncement();
    const refused = await post(announcement);
    expect(refused).toMatchObject({ status: 422, body: { code: 'controllers-without-contact' } });
    expect(refused.body.detail).toContain('kunde-4');
    // The caller can look at the controller that the refusal names.
    expect((await varsel.api('reader').get('/v1/controllers/kunde-4')).body).toMatchObject({ contacts: [] });
    expect((await varsel.api('reader').get('/v1/controllers')).status).toBe(200);
    await varsel.api().delete('/v1/controllers/kunde-4/products/truetalk').expect(204);
    expect((await post(announcement)).status).toBe(201);
  });

  test.each([
    ['of the United States without a basis', { country: 'US', transferBasis: null }, 'missing'],
    ['of the United States, art. 45, no certified company', { country: 'US', transferBasis: dpf() }, 'invalid'],
    ['of the United States, art. 45, a blank company', { country: 'US', transferBasis: dpf('\u200b') }, null],
    ['of India by an adequacy decision that does not exist', { country: 'IN', transferBasis: decision() }, 'invalid'],
    ['of Japan by the decision for Britain', { country: 'JP', transferBasis: decision('2021/1772') }, 'invalid'],
    [
      'of Germany with a needless basis',
      { country: 'DE', transferBasis: { article: '46', instrument: 'SCC' } },
      'invalid',
    ],
    ['of Iceland with a needless basis', { country: 'IS', transferBasis: decision() }, 'invalid'],
    ['of Switzerland without a basis', { country: 'CH', transferBasis: null }, 'missing'],
  ])('is refused for a place %s', async (_place, location, what) => {
    const before = await countChanges();
    const response = await post(
      newAnnouncement({}, { locations: [{ country: 'DK', transferBasis: null }, location as never] }),
    );
    const path = 'subProcessor.locations.1.transferBasis';
    if (what === null) {
      expect(response).toMatchObject({ status: 400, body: { errors: [{ path: `${path}.certifiedAs` }] } });
    } else {
      expect(response).toMatchObject({
        status: 422,
        body: { code: `transfer-basis-${what}`, errors: [{ path, message: response.body.detail }] },
      });
    }
    expect(await countChanges()).toBe(before);
  });

  function dpf(certifiedAs?: string) {
    return { article: '45', decision: 'DPF', ...(certifiedAs !== undefined && { certifiedAs }) };
  }
  function decision(named = '2099/1') {
    return { article: '45', decision: named };
  }

  test('is refused for a parent that is not in the register', async () => {
    expect(await post(newAnnouncement({}, { parentId: UNKNOWN_ID }))).toMatchObject({
      status: 422,
      body: { code: 'parent-unknown', errors: [{ path: 'subProcessor.parentId' }] },
    });
  });

  test.each([
    ['its name', { name: '  gintel   as ' }],
    ['its registration number, written otherwise', { registrationNumber: '983953271', country: 'NO' }],
  ])('is refused for a company that is in the register already, told by %s', async (_by, company) => {
    expect(await post(newAnnouncement({}, company))).toMatchObject({
      status: 409,
      body: { code: 'already-in-register' },
    });
  });

  test('is refused while the same sub-processor is announced for the product', async () => {
    const announcement = newAnnouncement();
    const { body } = await post(announcement).expect(201);
    const again = await post(announcement);
    expect(again).toMatchObject({ status: 409, body: { code: 'change-already-announced' } });
    expect(again.body.detail).toContain(body.id);
    // For another product it is a change of its own.
    expect((await post({ ...announcement, product: 'other' })).status).toBe(201);
  });

  test('of the same sub-processor that come at once: one wins, the others are refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const announcement = newAnnouncement();
      const responses = await Promise.all([1, 2, 3, 4].map(() => post(announcement)));
      expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409, 409]);
      for (const { status, body } of responses) {
        if (status === 409) expect(body.code).toBe('change-already-announced');
      }
      const [counted] = await rows<{ count: number }>(
        varsel.database.pool,
        'select count(*) from changes where name_key = lower($1)',
        [announcement.subProcessor?.name ?? ''],
      );
      expect(counted?.count).toBe(1);
    }
  });

  const countChanges = async () =>
    (await oneRow<{ count: number }>(varsel.database.pool, 'select count(*) from changes')).count;
});

describe('a replacement', () => {
  const replacing = async (replaces: string | null, product = 'truetalk') => {
    const children = replaces === null ? [] : await allBelowLeave(varsel, replaces);
    return post(newAnnouncement({ product, kind: 'replacement', replaces, children }));
  };
  const entryNamed = async (name: string, product = 'truetalk'): Promise<string> => {
    const { body } = await varsel.api('reader').get(`/v1/products/${product}/register`);
    return body.entries.find((entry: { name: string }) => entry.name === name).id;
  };

  test('names the entry it replaces, which an addition does not', async () => {
    const missing = await replacing(null);
    expect(missing).toMatchObject({ status: 400, body: { errors: [{ path: 'replaces' }] } });
    const needless = await post(newAnnouncement({ kind: 'addition', replaces: GINTEL }));
    expect(needless).toMatchObject({ status: 400, body: { errors: [{ path: 'replaces' }] } });
  });

  test('names it in small or capital letters', async () => {
    const entry = await entryNamed('Google');
    const response = await replacing(entry.toUpperCase());
    expect(response).toMatchObject({ status: 201, body: { replaces: entry } });
    await withdraw(varsel, response.body.id);
  });

  test('of an entry that nobody knows is refused', async () => {
    expect(await replacing(UNKNOWN_ID)).toMatchObject({
      status: 422,
      body: { code: 'entry-unknown', errors: [{ path: 'replaces' }] },
    });
  });

  test('of an entry of another product is refused', async () => {
    expect(await replacing(await entryNamed('Atlassian'), 'other')).toMatchObject({
      status: 422,
      body: { code: 'entry-unknown' },
    });
  });

  test('of an entry that is being replaced already is refused until that change is withdrawn', async () => {
    const entry = await entryNamed('Atlassian');
    const first = await replacing(entry);
    expect(first.status).toBe(201);
    expect(await replacing(entry)).toMatchObject({ status: 409, body: { code: 'change-already-announced' } });
    await withdraw(varsel, first.body.id);
    const second = await replacing(entry);
    expect(second.status).toBe(201);
    await withdraw(varsel, second.body.id);
  });

  test('of an entry that has left the register is refused', async () => {
    const entry = await entryNamed('Userflow Inc.');
    const { body } = await replacing(entry);
    await varsel.deliver();
    varsel.clock.set(PLANNED_DAY);
    await activate(body.id).expect(200);
    const late = { ...newAnnouncement({ kind: 'replacement', replaces: entry }), plannedActivationOn: '2026-06-01' };
    expect(await post(late)).toMatchObject({ status: 422, body: { code: 'entry-unknown' } });
  });
});

describe('an ill-formed announcement', () => {
  const errorsOf = async (body: object): Promise<{ path: string; message: string }[]> => {
    const response = await post(body);
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    return response.body.errors;
  };

  test('is told every field that is missing', async () => {
    expect((await errorsOf({})).map(({ path }) => path).sort()).toEqual(
      ['kind', 'plannedActivationOn', 'product', 'reason'].sort(),
    );
    const { subProcessor: _left, reason: _out, ...rest } = newAnnouncement();
    expect((await errorsOf(rest)).map(({ path }) => path).sort()).toEqual(['reason', 'subProcessor']);
    expect((await errorsOf({ ...newAnnouncement(), subProcessor: {} })).map(({ path }) => path).sort()).toEqual(
      [
        'address',
        'contactPerson',
        'country',
        'locations',
        'name',
        'personalData',
        'processing',
        'registrationNumber',
      ].map((field) => `subProcessor.${field}`),
    );
  });

  const company = aSubProcessor(99);
  test.each<[string, object, string]>([
    ['an unknown field', { force: true }, 'force'],
    ['an unknown field further down', { subProcessor: { ...company, cvr: '1' } }, 'subProcessor.cvr'],
    ['an unknown language', { reason: { da: 'x', de: 'y' } }, 'reason.de'],
    ['a text without Danish', { reason: { en: 'English only' } }, 'reason.da'],
    ['a text that is a string', { reason: 'Fordi' }, 'reason'],
    ['a number for a text', { subProcessor: { ...company, name: 7 } }, 'subProcessor.name'],
    ['an array for an object', { subProcessor: [company] }, 'subProcessor'],
    [
      'an object for an array',
      { subProcessor: { ...company, locations: { country: 'DK' } } },
      'subProcessor.locations',
    ],
    ['no place of processing', { subProcessor: { ...company, locations: [] } }, 'subProcessor.locations'],
    ['null for what must be there', { subProcessor: null }, 'subProcessor'],
    ['an empty name', { subProcessor: { ...company, name: '' } }, 'subProcessor.name'],
    ['a name of white space', { subProcessor: { ...company, name: ' \u00a0\ufeff ' } }, 'subProcessor.name'],
    [
      'a name of invisible characters',
      { subProcessor: { ...company, name: '\u200b\u2060\u3164' } },
      'subProcessor.name',
    ],
    ['a reason of invisible characters', { reason: { da: '\u200b\u200e' } }, 'reason.da'],
    ['a name on two lines', { subProcessor: { ...company, name: 'Nord\nlys' } }, 'subProcessor.name'],
    ['a name with U+0000', { subProcessor: { ...company, name: 'Nord\u0000lys' } }, 'subProcessor.name'],
    ['a name with half a surrogate pair', { subProcessor: { ...company, name: 'Nord\ud800lys' } }, 'subProcessor.name'],
    ['a reason with U+0000', { reason: { da: 'x\u0000y' } }, 'reason.da'],
    ['a reason with half a surrogate pair', { reason: { da: 'x\udc00y' } }, 'reason.da'],
    ['a name that is too long', { subProcessor: { ...company, name: 'x'.repeat(201) } }, 'subProcessor.name'],
    ['a reason that is too long', { reason: { da: 'x'.repeat(5001) } }, 'reason.da'],
    [
      'a registration number without a letter or digit',
      { subProcessor: { ...company, registrationNumber: '--' } },
      'subProcessor.registrationNumber',
    ],
    ['a country in small letters', { subProcessor: { ...company, country: 'dk' } }, 'subProcessor.country'],
    ['a country that does not exist', { subProcessor: { ...company, country: 'ZZ' } }, 'subProcessor.country'],
    ['a country of three letters', { subProcessor: { ...company, country: 'DNK' } }, 'subProcessor.country'],
    ['an unknown kind', { kind: 'merger' }, 'kind'],
    ['a replaced entry that is no UUID', { kind: 'replacement', replaces: 'gintel' }, 'replaces'],
    ['a superseded change that is no UUID', { supersedes: 17 }, 'supersedes'],
    ['a product in capitals', { product: 'TrueTalk' }, 'product'],
    [
      'a transfer basis of another article',
      { subProcessor: { ...company, locations: [{ country: 'US', transferBasis: { article: '49' } }] } },
      'subProcessor.locations.0.transferBasis.article',
    ],
    [
      'a transfer basis with a field of the other article',
      {
        subProcessor: {
          ...company,
          locations: [{ country: 'US', transferBasis: { article: '46', instrument: 'SCC', certifiedAs: 'x' } }],
        },
      },
      'subProcessor.locations.0.transferBasis.certifiedAs',
    ],
    ...['2026-02-30', '2026-13-01', '2026-4-15', '15-04-2026', '2026-04-15T00:00:00Z', '0000-01-01', '', 20260415].map(
      (day): [string, object, string] => [
        `the planned date ${JSON.stringify(day)}`,
        { plannedActivationOn: day },
        'plannedActivationOn',
      ],
    ),
  ])('is told of %s, and nothing is written', async (_fault, fields, path) => {
    const count = 'select count(*) from changes';
    const before = await oneRow(varsel.database.pool, count);
    const errors = await errorsOf({ ...newAnnouncement(), ...fields });
    expect(errors).toContainEqual({ path, message: expect.stringMatching(/\S/) });
    expect(await oneRow(varsel.database.pool, count)).toEqual(before);
  });

  test.each([
    ['a line break', 'privacy@nordlys.example\r\nBcc: alle@kunde.example'],
    ['a comma', 'privacy@nordlys.example,alle@kunde.example'],
    ['a comment', 'privacy(hemmelig)@nordlys.example'],
    ['quotes', '"privacy"@nordlys.example'],
  ])('is told of a contact address with %s', async (_what, address) => {
    const contactPerson = { name: 'Signe Lund', email: address };
    const errors = await errorsOf({ ...newAnnouncement(), subProcessor: { ...company, contactPerson } });
    expect(errors).toContainEqual({
      path: 'subProcessor.contactPerson.email',
      message: expect.stringContaining('Expected an address'),
    });
  });
});

describe('a change', () => {
  test('that nobody knows gets 404 on every address of it, and so is an id that is none', async () => {
    const calls = (id: string) => {
      const api = varsel.api();
      return Promise.all([
        api.get(`/v1/changes/${id}`),
        api.get(`/v1/changes/${id}/controllers`),
        api.get(`/v1/changes/${id}/objections`),
        api.post(`/v1/changes/${id}/activate`),
        api.post(`/v1/changes/${id}/withdraw`).send({ reason: { da: 'x' } }),
        api.post(`/v1/changes/${id}/controllers/kunde-1/resend`),
        api
          .post(`/v1/changes/${id}/controllers/kunde-1/notice-by-letter`)
          .send({ arrivedOn: '2026-03-02', reference: 'x' }),
        api
          .post(`/v1/changes/${id}/objections`)
          .send({ controller: 'kunde-1', reasons: 'x', channel: 'email', receivedAt: START, from: {} }),
      ]);
    };
    for (const id of [UNKNOWN_ID, 'nope', '1', `${UNKNOWN_ID}0`, "'; drop table changes; --", '%00', '__proto__']) {
      for (const response of await calls(encodeURIComponent(id))) {
        expect(response).toMatchObject({ status: 404, body: { code: 'not-found' } });
      }
    }
  });

  test('is found under its id in capital letters too', async () => {
    const id = await announced();
    expect(await varsel.api('reader').get(`/v1/changes/${id.toUpperCase()}`)).toMatchObject({
      status: 200,
      body: { id },
    });
    expect((await varsel.api('reader').get(`/v1/changes/${id.toUpperCase()}/controllers`)).body.items).toHaveLength(3);
    expect(await activate(id.toUpperCase())).toMatchObject({ status: 409, body: { code: 'activation-blocked' } });
  });

  test('counts what is delivered, and tells the last deadline once every controller is notified', async () => {
    varsel.mailbox.refuse('dpo@kunde-3.example', { code: 550, message: '5.1.1 No such user' });
    const id = await announced();
    await varsel.deliver();
    expect(await show(id)).toMatchObject({
      controllers: { total: 3, notified: 2, windowsOpen: 2 },
      notices: { total: 4, accepted: 3, pending: 0, failed: 1, cancelled: 0 },
      lastDeadline: null,
      activation: {
        allowed: false,
        earliestAt: null,
        blockers: [
          { code: 'controllers-not-notified', count: 1, controllers: ['kunde-3'] },
          { code: 'objection-windows-open', count: 2, lastDeadline: DEADLINE },
          { code: 'planned-date-not-reached', plannedActivationOn: '2026-04-15' },
        ],
      },
    });
    varsel.mailbox.refuse('dpo@kunde-3.example', null);
    varsel.clock.advance({ hours: 24 });
    await varsel.api('officer').post(`/v1/changes/${id}/controllers/kunde-3/resend`).expect(202);
    await varsel.deliver();
    const change = await show(id);
    expect(change).toMatchObject({
      controllers: { total: 3, notified: 3, windowsOpen: 3 },
      lastDeadline: '2026-03-13T23:00:00.000Z',
      activation: { allowed: false, earliestAt: '2026-04-14T22:00:00.000Z' },
    });
  });

  test('raises its version by one with every event', async () => {
    const id = await announced();
    await varsel.deliver();
    await withdraw(varsel, id);
    expect(await eventsOf(varsel, id)).toEqual(['change.announced', 'change.notified', 'change.withdrawn']);
    expect((await show(id)).version).toBe(3);
  });

  test('is listed newest first, by product and by status', async () => {
    const older = await announced({ product: 'other' });
    const newer = await announced({ product: 'other' });
    await withdraw(varsel, older);
    const idsOf = async (query: string): Promise<string[]> => {
      const { body } = await varsel.api('reader').get(`/v1/changes?${query}`).expect(200);
      return body.items.map(({ id }: { id: string }) => id);
    };
    const ofOther = await idsOf('product=other');
    expect(ofOther.slice(0, 2)).toEqual([newer, older]);
    expect(await idsOf('product=other&status=withdrawn')).toEqual([older]);
    expect(await idsOf('product=other&status=announced')).not.toContain(older);
    expect((await varsel.api('reader').get('/v1/changes?product=nowhere')).status).toBe(404);
    expect((await varsel.api('reader').get('/v1/changes?status=planned')).body).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'status' }],
    });
  });
});

describe('the controllers of a change', () => {
  const list = async (id: string, query = '') =>
    (await varsel.api('reader').get(`/v1/changes/${id}/controllers${query}`).expect(200)).body.items;

  test('are listed with their windows, notices and objections, as the contract spells them', async () => {
    varsel.mailbox.refuse('dpo@kunde-2.example', { code: 550, message: '5.1.1 No such user' });
    const id = await announced();
    await varsel.deliver();
    varsel.mailbox.refuse('dpo@kunde-2.example', null);
    const objection = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/objections`)
      .send({ controller: 'kunde-1', reasons: 'USA', channel: 'email', receivedAt: START, from: {} });
    const items = await list(id);
    expect(items.map((each: { externalId: string }) => each.externalId)).toEqual(['kunde-1', 'kunde-2', 'kunde-3']);
    expect(items[0]).toEqual({
      externalId: 'kunde-1',
      name: 'Kunde 1 A/S',
      reference: expect.stringMatching(/^VS-[0-9A-Z]{4}-[0-9A-Z]{4}$/),
      state: 'open',
      notifiedAt: '2026-03-02T09:00:00.000Z',
      deadline: DEADLINE,
      approval: null,
      notices: expect.arrayContaining(
        ['dpo@kunde-1.example', 'it@kunde-1.example'].map((email) => ({
          id: expect.any(String),
          email,
          status: 'accepted',
          attempts: 1,
          acceptedAt: '2026-03-02T09:00:00.000Z',
          lastError: null,
          response: expect.stringMatching(/^250/),
        })),
      ),
      letters: [],
      objections: [objection.body.id],
      answers: [],
      contacts: { total: 2, untold: [] },
    });
    expect(items[1]).toEqual({
      externalId: 'kunde-2',
      name: 'Kunde 2 A/S',
      reference: expect.stringMatching(/^VS-/),
      state: 'awaiting-notice',
      notifiedAt: null,
      deadline: null,
      approval: null,
      notices: [
        {
          id: expect.any(String),
          email: 'dpo@kunde-2.example',
          status: 'failed',
          attempts: 1,
          acceptedAt: null,
          lastError: expect.stringContaining('No such user'),
          response: expect.stringContaining('No such user'),
        },
      ],
      letters: [],
      objections: [],
      answers: [],
      contacts: { total: 1, untold: [{ id: expect.any(String), email: 'dpo@kunde-2.example' }] },
    });
  });

  test('are listed by state', async () => {
    varsel.mailbox.refuse('dpo@kunde-2.example', { code: 550, message: '5.1.1 No such user' });
    const id = await announced();
    await varsel.deliver();
    varsel.mailbox.refuse('dpo@kunde-2.example', null);
    const idsOf = async (state: string) =>
      (await list(id, `?state=${state}`)).map((each: { externalId: string }) => each.externalId);
    expect(await idsOf('open')).toEqual(['kunde-1', 'kunde-3']);
    expect(await idsOf('awaiting-notice')).toEqual(['kunde-2']);
    expect(await idsOf('closed')).toEqual([]);
    varsel.clock.set(DEADLINE);
    expect(await idsOf('closed')).toEqual(['kunde-1', 'kunde-3']);
    expect(await varsel.api('reader').get(`/v1/changes/${id}/controllers?state=lost`)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ path: 'state' }] },
    });
  });
});

describe('a notice by letter', () => {
  const letter = (id: string, body: object, controller = 'kunde-1') =>
    varsel.api('officer').post(`/v1/changes/${id}/controllers/${controller}/notice-by-letter`).send(body);

  test('opens the window by the day it arrived, and is on record with its reference', async () => {
    const id = await announced();
    varsel.clock.set('2026-03-06T12:00:00Z');
    const response = await letter(id, { arrivedOn: '2026-03-05', reference: 'PostNord RR123456785DK' });
    expect(response).toMatchObject({
      status: 201,
      body: { externalId: 'kunde-1', state: 'open', deadline: '2026-03-15T23:00:00.000Z' },
    });
    expect(
      await rows(
        varsel.database.pool,
        'select arrived_on::text, reference, recorded_by from letters where change_id = $1',
        [id],
      ),
    ).toEqual([
      {
        arrived_on: '2026-03-05',
        reference: 'PostNord RR123456785DK',
        recorded_by: expect.stringMatching(/^key /),
      },
    ]);
  });

  test('neither moves nor restarts a window that is open', async () => {
    const id = await announced();
    await varsel.deliver();
    varsel.clock.set('2026-03-06T12:00:00Z');
    const response = await letter(id, { arrivedOn: '2026-03-06', reference: 'x' });
    expect(response).toMatchObject({ status: 201, body: { deadline: DEADLINE } });
  });

  test.each(['2026-03-01', '2026-03-03'])(
    'cannot have arrived on %s, announced and recorded on 2 March',
    async (day) => {
      const id = await announced();
      expect(await letter(id, { arrivedOn: day, reference: 'x' })).toMatchObject({
        status: 422,
        body: { code: 'arrival-date-out-of-range', errors: [{ path: 'arrivedOn' }] },
      });
    },
  );

  test.each([
    [{ arrivedOn: '2026-02-30', reference: 'x' }, 'arrivedOn'],
    [{ arrivedOn: '0000-03-02', reference: 'x' }, 'arrivedOn'],
    [{ arrivedOn: '2026-03-02', reference: '' }, 'reference'],
    [{ arrivedOn: '2026-03-02' }, 'reference'],
    [{ arrivedOn: '2026-03-02', reference: 'x', deadline: '2026-03-03' }, 'deadline'],
  ])('that says %j is refused', async (body, path) => {
    const id = await announced();
    expect(await letter(id, body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  test('is refused for a controller that the change is not about, and once the change has ended', async () => {
    const id = await announced();
    const body = { arrivedOn: '2026-03-02', reference: 'x' };
    expect(await letter(id, body, 'nobody')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    await withdraw(varsel, id);
    expect(await letter(id, body)).toMatchObject({ status: 409, body: { code: 'change-ended' } });
  });
});

describe('a notice sent again', () => {
  const resend = (id: string, controller = 'kunde-2') =>
    varsel.api('officer').post(`/v1/changes/${id}/controllers/${controller}/resend`);
  /** The mails to an address that are one of these notices: other changes are told to it as well. */
  const mailsOf = (notices: { id: string }[], email: string) =>
    varsel.mailbox.to(email).filter((mail) => notices.some(({ id }) => tokenIn(mail) === varsel.links.tokenOf(id)));

  test('goes to the contacts as they are now, and leaves the window where it was', async () => {
    const id = await announced();
    await varsel.deliver();
    const contacts = [{ email: 'ny@kunde-2.example', name: 'Nynne', language: 'da' as const }];
    await haveControllers(varsel, [aController(2, { contacts })]);
    varsel.clock.advance({ days: 2 });
    const response = await resend(id);
    expect(response.status).toBe(202);
    expect(response.body.notices.map(({ email, status }: Record<string, string>) => [email, status])).toEqual([
      ['dpo@kunde-2.example', 'accepted'],
      // Who is new has been told already (D35), and is told once.
      ['ny@kunde-2.example', 'cancelled'],
      ['ny@kunde-2.example', 'pending'],
    ]);
    await varsel.deliver();
    expect(mailsOf(response.body.notices, 'ny@kunde-2.example')).toHaveLength(1);
    expect((await show(id)).lastDeadline).toBe(DEADLINE);
    await haveControllers(varsel, [aController(2)]);
  });

  test('takes the place of one that is still waiting', async () => {
    const id = await announced();
    const response = await resend(id);
    expect(response.body.notices.map(({ status }: { status: string }) => status).sort()).toEqual([
      'cancelled',
      'pending',
    ]);
    await varsel.deliver();
    expect(mailsOf(response.body.notices, 'dpo@kunde-2.example')).toHaveLength(1);
  });

  test('is refused for a controller that the change is not about, and once the change has ended', async () => {
    const id = await announced();
    expect(await resend(id, 'nobody')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    await withdraw(varsel, id);
    expect(await resend(id)).toMatchObject({ status: 409, body: { code: 'change-ended' } });
  });
});

describe('an activation', () => {
  test('is refused with every blocker at once', async () => {
    const id = await announced();
    varsel.mailbox.refuse('dpo@kunde-3.example', { code: 550, message: '5.1.1 No such user' });
    await varsel.deliver();
    varsel.mailbox.refuse('dpo@kunde-3.example', null);
    const { body: objection } = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/objections`)
      .send({ controller: 'kunde-1', reasons: 'USA', channel: 'letter', receivedAt: START, from: {} });
    expect(await activate(id)).toMatchObject({
      status: 409,
      body: {
        code: 'activation-blocked',
        blockers: [
          { code: 'controllers-not-notified', count: 1, controllers: ['kunde-3'] },
          { code: 'objection-windows-open', count: 2, lastDeadline: DEADLINE },
          { code: 'objections-pending', count: 1, objections: [objection.id] },
          { code: 'planned-date-not-reached', plannedActivationOn: '2026-04-15' },
        ],
      },
    });
    expect(await show(id)).toMatchObject({ status: 'announced', version: 3 });
  });

  test('is refused with the first 100 of what stands in its way, and how much that is', async () => {
    await haveProduct(varsel, aProduct({ id: 'many' }));
    const lines = Array.from({ length: 105 }, (_, index) =>
      JSON.stringify(aController(1000 + index, { products: ['many'] })),
    );
    await varsel
      .api()
      .post('/v1/controllers/import')
      .set('content-type', 'application/x-ndjson')
      .send(lines.join('\n'))
      .expect(200);
    const id = await announced({ product: 'many' });
    const expected = Array.from({ length: 100 }, (_, index) => `kunde-${1000 + index}`);
    expect((await activate(id)).body.blockers[0]).toEqual({
      code: 'controllers-not-notified',
      count: 105,
      controllers: expected,
    });
    await varsel.deliver();
    const filed: string[] = [];
    for (let number = 0; number < 102; number += 1) {
      const { body } = await varsel
        .api('officer')
        .post(`/v1/changes/${id}/objections`)
        .send({ controller: 'kunde-1000', reasons: 'USA', channel: 'letter', receivedAt: START, from: {} })
        .expect(201);
      filed.push(body.id);
    }
    expect((await activate(id)).body.blockers).toContainEqual({
      code: 'objections-pending',
      count: 102,
      objections: filed.slice(0, 100),
    });
  });

  test('is refused in the last millisecond before the deadline and allowed at it', async () => {
    const id = await announced({ plannedActivationOn: '2026-03-13' });
    await varsel.deliver();
    varsel.clock.set('2026-03-12T22:59:59.999Z');
    expect((await activate(id)).body.blockers.map(({ code }: { code: string }) => code)).toEqual([
      'objection-windows-open',
      'planned-date-not-reached',
    ]);
    varsel.clock.set(DEADLINE);
    expect((await show(id)).activation).toEqual({ allowed: true, earliestAt: DEADLINE, blockers: [], shownOnly: [] });
    expect((await activate(id)).status).toBe(200);
  });

  test('is judged five seconds after the deadline at the earliest, when objections of the last moment are on record', async () => {
    const waitOf = async (instant: string) => {
      const { length } = varsel.waits;
      const id = await announced({ plannedActivationOn: '2026-03-13' });
      await varsel.deliver();
      varsel.clock.set(instant);
      await activate(id);
      varsel.clock.set(START);
      return varsel.waits.slice(length);
    };
    expect(await waitOf('2026-03-12T22:59:59.999Z')).toEqual([]);
    expect(await waitOf(DEADLINE)).toEqual([5_000]);
    expect(await waitOf('2026-03-12T23:00:02.500Z')).toEqual([2_500]);
    expect(await waitOf('2026-03-12T23:00:05Z')).toEqual([]);
  });

  test('is refused where it was asked for before the deadline, and its wait for a lock ends after it', async () => {
    const id = await announced({ plannedActivationOn: '2026-03-13' });
    await varsel.deliver();
    const holder = await varsel.database.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select from changes where id = $1 for update', [id]);
      varsel.clock.set('2026-03-12T22:59:59.990Z');
      const activating = Promise.resolve(activate(id));
      await untilLockWaiters(varsel.database.pool);
      varsel.clock.set('2026-03-12T23:00:00.010Z');
      await holder.query('commit');
      expect((await activating).body.blockers.map(({ code }: { code: string }) => code)).toEqual([
        'objection-windows-open',
        'planned-date-not-reached',
      ]);
    } finally {
      holder.release();
    }
  });

  test('puts the sub-processor into the register from that day, and ends the change', async () => {
    const announcement = newAnnouncement();
    const { body } = await post(announcement);
    await varsel.deliver();
    varsel.clock.set(PLANNED_DAY);
    const response = await activate(body.id);
    expect(response).toMatchObject({
      status: 200,
      body: {
        status: 'activated',
        activatedAt: '2026-04-15T08:00:00.000Z',
        // The end of its windows is told first, and the entitlements after it.
        version: 5,
        activation: { allowed: false, earliestAt: null, blockers: [{ code: 'not-announced', status: 'activated' }] },
      },
    });
    const register = await varsel.api('reader').get('/v1/products/truetalk/register');
    expect(register.body.entries).toContainEqual({
      ...announcement.subProcessor,
      id: expect.any(String),
      activeFrom: '2026-04-15',
      activeUntil: null,
      factsFrom: '2026-04-15',
      changeId: body.id,
      forSome: false,
    });
    expect(await activate(body.id)).toMatchObject({
      status: 409,
      body: { code: 'activation-blocked', blockers: [{ code: 'not-announced', status: 'activated' }] },
    });
  });

  test('happens once, however many ask for it at once', async () => {
    const id = await announced();
    await varsel.deliver();
    varsel.clock.set(PLANNED_DAY);
    const responses = await Promise.all([1, 2, 3, 4].map(() => activate(id)));
    expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409]);
    const entries = await rows(varsel.database.pool, 'select from register_entries where change_id = $1', [id]);
    expect(entries).toHaveLength(1);
  });

  test('takes no body, an empty one, null or {}, under a JSON content type or none', async () => {
    const id = await announced();
    const blocked = { status: 409, body: { code: 'activation-blocked' } };
    expect(await activate(id)).toMatchObject(blocked);
    expect(await activate(id).set('content-type', 'application/json')).toMatchObject(blocked);
    expect(await activate(id).set('content-type', 'application/json').send('')).toMatchObject(blocked);
    expect(await activate(id).set('content-type', 'application/json').send('null')).toMatchObject(blocked);
    expect(await activate(id).send({})).toMatchObject(blocked);
  });

  test.each(['{"force":true}', '{"skip":["objections-pending"]}', '[]', 'true', '"force"'])(
    'takes no flag that would skip a rule: %s is refused',
    async (body) => {
      const id = await announced();
      expect(await activate(id).set('content-type', 'application/json').send(body)).toMatchObject({
        status: 400,
        body: { code: 'invalid-request' },
      });
      expect((await show(id)).version).toBe(1);
    },
  );
});

describe('a withdrawal', () => {
  const withdrawWith = (id: string, body: object = { reason: { da: 'Leverandøren sprang fra' } }) =>
    varsel.api('officer').post(`/v1/changes/${id}/withdraw`).send(body);

  test('is final, keeps its reason, and tells every controller that was notified', async () => {
    const id = await announced();
    await varsel.deliver();
    const before = varsel.mailbox.to('dpo@kunde-1.example').length;
    expect(await withdrawWith(id)).toMatchObject({
      status: 200,
      body: {
        status: 'withdrawn',
        withdrawnAt: '2026-03-02T09:00:00.000Z',
        withdrawalReason: { da: 'Leverandøren sprang fra' },
        activation: { allowed: false, blockers: [{ code: 'not-announced', status: 'withdrawn' }] },
      },
    });
    await varsel.deliver();
    expect(varsel.mailbox.to('dpo@kunde-1.example')).toHaveLength(before + 1);
    expect(varsel.mailbox.to('dpo@kunde-1.example').at(-1)?.text).toContain('Leverandøren sprang fra');
    expect(await withdrawWith(id)).toMatchObject({ status: 409, body: { code: 'change-ended' } });
    varsel.clock.set(PLANNED_DAY);
    expect((await activate(id)).status).toBe(409);
  });

  test('takes notices that have not been sent out of the queue', async () => {
    const id = await announced();
    await withdrawWith(id).expect(200);
    const before = varsel.mailbox.mails.length;
    await varsel.deliver();
    expect(varsel.mailbox.mails).toHaveLength(before);
    const { body } = await varsel.api('reader').get(`/v1/changes/${id}/controllers`).expect(200);
    const notices = (body.items as { notices: { status: string }[] }[]).flatMap((each) => each.notices);
    expect(notices.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
  });

  test('ends pending objections as change-withdrawn and closes every window', async () => {
    const id = await announced();
    await varsel.deliver();
    const { body: objection } = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/objections`)
      .send({ controller: 'kunde-1', reasons: 'USA', channel: 'email', receivedAt: START, from: {} });
    expect((await withdrawWith(id)).body.objections).toEqual({ total: 1, pending: 0 });
    expect((await varsel.api('reader').get(`/v1/objections/${objection.id}`)).body).toMatchObject({
      status: 'resolved',
      resolution: { outcome: 'change-withdrawn', explanation: null, resolvedBy: 'system' },
    });
    const { body } = await varsel.api('reader').get(`/v1/changes/${id}/controllers`);
    expect(body.items.map(({ state }: { state: string }) => state)).toEqual(['closed', 'closed', 'closed']);
  });

  test.each([
    [{}, 'reason'],
    [{ reason: 'Fordi' }, 'reason'],
    [{ reason: { en: 'Because' } }, 'reason.da'],
    [{ reason: { da: ' ' } }, 'reason.da'],
    [{ reason: { da: 'x' }, force: true }, 'force'],
  ])('that says %j is refused', async (body, path) => {
    const id = await announced();
    expect(await withdrawWith(id, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ path }] },
    });
    expect((await show(id)).status).toBe('announced');
  });
});
