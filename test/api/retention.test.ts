import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aController, aProduct } from '../support/examples.ts';
import { announce, haveControllers, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
/** Withdrawn on 3 March 2026. */
let withdrawn: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aController(1), aController(2)]);
  withdrawn = await announce(varsel, { subProcessor: varsel.newCompany() });
  await varsel.deliver();
  varsel.clock.set('2026-03-03T09:00:00Z');
  await varsel
    .api('officer')
    .post(`/v1/changes/${withdrawn}/withdraw`)
    .send({ reason: { da: 'Fejl' } })
    .expect(200);
  await varsel.deliver();
});
afterAll(() => varsel.close());

interface Act {
  readonly action: string;
  readonly details: { readonly change: string; readonly reason: string };
}

const officer = () => varsel.api('officer');
const hold = async (given: object, status = 201) =>
  (await officer().post('/v1/legal-holds').send(given).expect(status)).body;
const preview = async (month?: string) =>
  (
    await officer()
      .get(`/v1/retention/preview${month === undefined ? '' : `?month=${month}`}`)
      .expect(200)
  ).body;
const rowsOf = (body: { classes: { class: string; rows: number }[] }, name: string) =>
  body.classes.find((each) => each.class === name)?.rows;

describe('The preview', () => {
  test('says what would go in a month, with the cases, when they ended and why', async () => {
    const found = await preview('2030-03');
    expect(found).toMatchObject({ month: '2030-03', from: '2030-02-28T23:00:00.000Z', to: '2030-03-31T22:00:00.000Z' });
    expect(found.cases).toEqual([
      {
        change: withdrawn,
        product: 'truetalk',
        because: 'change-withdrawn',
        endedFrom: '2026-03-03T09:00:00.000Z',
        endedTo: '2026-03-03T09:00:00.000Z',
        cases: 2,
        held: 0,
        controllers: ['kunde-1', 'kunde-2'],
      },
    ]);
    // Two notices and two mails of the withdrawal, and their attempts.
    expect(rowsOf(found, 'case')).toBe(8);
    expect(rowsOf(found, 'register')).toBe(1);
    expect((await preview('2030-02')).cases).toEqual([]);
    expect((await preview('2030-04')).cases).toEqual([]);
    expect(rowsOf(await preview('2030-04'), 'case')).toBe(0);
  });

  test('is of the next month unless told', async () => {
    expect((await preview()).month).toBe('2026-04');
  });

  test.each(['2030-13', '2030', '0000-01', 'april'])('refuses the month %s', async (month) => {
    const { body } = await officer().get(`/v1/retention/preview?month=${month}`).expect(400);
    expect(body).toMatchObject({ errors: [{ path: 'month', message: 'Expected a month like 2030-12' }] });
  });

  test('says what a legal hold keeps', async () => {
    const placed = await hold({ controller: 'kunde-2', reason: 'Retssag' });
    const found = await preview('2030-03');
    expect(found.cases).toMatchObject([{ cases: 2, held: 1 }]);
    expect(rowsOf(found, 'case')).toBe(4);
    // What was told to who is held is told of this company.
    expect(rowsOf(found, 'register')).toBe(0);
    await officer().post(`/v1/legal-holds/${placed.id}/release`).send({ reason: 'Forlig' }).expect(200);
    expect(rowsOf(await preview('2030-03'), 'case')).toBe(8);
  });
});

describe('A legal hold', () => {
  test('is on record with who placed it, why and until when, and so is its release', async () => {
    const given = { change: withdrawn, reason: 'Tilsynssag', until: '2031-01-01T00:00:00Z' };
    const placed = await hold(given);
    expect(placed).toMatchObject({
      change: withdrawn,
      controller: null,
      reason: 'Tilsynssag',
      until: '2031-01-01T00:00:00.000Z',
      placedAt: '2026-03-03T09:00:00.000Z',
      placedBy: expect.stringMatching(/^Test officer \(key .*\)$/) as string,
      releasedAt: null,
    });
    const listed = async (filter: string) =>
      (await officer().get(`/v1/legal-holds?${filter}`).expect(200)).body.items.map(({ id }: { id: string }) => id);
    expect(await listed(`change=${withdrawn}&running=true`)).toEqual([placed.id]);
    expect(await listed('controller=kunde-1')).toEqual([]);
    const release = `/v1/legal-holds/${placed.id}/release`;
    const released = await officer().post(release).send({ reason: 'Sagen er afsluttet' }).expect(200);
    expect(released.body).toMatchObject({
      ...placed,
      releasedAt: '2026-03-03T09:00:00.000Z',
      releasedBy: placed.placedBy,
      releaseReason: 'Sagen er afsluttet',
    });
    expect(await listed(`change=${withdrawn}&running=true`)).toEqual([]);
    expect(await listed(`change=${withdrawn}&running=false`)).toContain(placed.id);
    const again = await officer().post(release).send({ reason: 'Igen' }).expect(409);
    expect(again.body.type).toMatch(/hold-already-released$/);
    const acts = await varsel.api().get(`/v1/audit?subject=${placed.id}`).expect(200);
    const said = acts.body.items.map(({ action, details: { change, reason } }: Act) => ({ action, change, reason }));
    expect(said.toSorted((one: Act, other: Act) => one.action.localeCompare(other.action))).toEqual([
      { action: 'legal-hold.placed', change: withdrawn, reason: 'Tilsynssag' },
      { action: 'legal-hold.released', change: withdrawn, reason: 'Sagen er afsluttet' },
    ]);
  });

  test.each([
    [{ reason: 'Sag' }, 400, 'change'],
    [{ reason: 'Sag', change: UNKNOWN_ID, controller: 'kunde-1' }, 400, 'change'],
    [{ controller: 'kunde-1' }, 400, 'reason'],
    [{ controller: 'kunde-1', reason: 'Sag', until: '2026-03-03T09:00:00Z' }, 400, 'until'],
    [{ controller: 'kunde-9', reason: 'Sag' }, 422, 'controller'],
    [{ change: UNKNOWN_ID, reason: 'Sag' }, 422, 'change'],
  ])('is refused where it is unclear: %j', async (given, status, path) => {
    const { errors } = await hold(given, status);
    expect(errors).toMatchObject([{ path }]);
  });

  test('that does not exist is not released', async () => {
    await officer().post(`/v1/legal-holds/${UNKNOWN_ID}/release`).send({ reason: 'Sag' }).expect(404);
  });
});

describe('The rules of a product', () => {
  test('are kept where they are left out, each by itself, and are on record', async () => {
    const { id, ...terms } = aProduct();
    const of = async () => (await varsel.api().get('/v1/products/truetalk').expect(200)).body.retention;
    const defaults = {
      caseYears: 4,
      automaticMailDays: 90,
      technicalDays: 90,
      storedResponseDays: 7,
      endedKeyDays: 365,
    };
    expect(await of()).toEqual(defaults);
    const { retention: _retention, ...silent } = terms;
    await varsel
      .api()
      .put(`/v1/products/${id}`)
      .send({ ...silent, retention: { caseYears: 6 } })
      .expect(200);
    expect(await of()).toEqual({ ...defaults, caseYears: 6 });
    expect((await preview('2032-03')).cases).toMatchObject([{ change: withdrawn, cases: 2 }]);
    expect((await preview('2030-03')).cases).toEqual([]);
    await varsel.api().put(`/v1/products/${id}`).send(silent).expect(200);
    expect(await of()).toEqual({ ...defaults, caseYears: 6 });
    const { body } = await varsel.api().get('/v1/audit?action=product.saved').expect(200);
    expect(body.items[1].details.retention).toEqual({ ...defaults, caseYears: 6 });
    await haveProduct(varsel, aProduct());
  });

  test.each([
    ['caseYears', 0],
    ['caseYears', 31],
    ['automaticMailDays', 29],
    ['technicalDays', 29],
    ['storedResponseDays', 0],
    ['endedKeyDays', 4000],
    ['forever', 1],
  ])('refuse %s %d', async (rule, value) => {
    const { id, retention: _retention, ...terms } = aProduct();
    const { body } = await varsel
      .api()
      .put(`/v1/products/${id}`)
      .send({ ...terms, retention: { [rule]: value } })
      .expect(400);
    expect(body.errors[0].path).toMatch(/^retention/);
  });
});
