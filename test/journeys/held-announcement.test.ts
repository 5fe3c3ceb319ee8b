import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController, aProduct } from '../support/examples.ts';
import { operatorMails } from '../support/inbound.ts';
import {
  aControllerOfTwo,
  activate,
  announce,
  changeBody,
  changeNow,
  eventsOf,
  haveControllers,
  haveProduct,
  leave,
  PLANNED_ON,
  subjectsTo,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const HELD_UNTIL = '2026-03-02T10:00:00.000Z';
/** A second later: the clock of another process may be ahead by as much (D29). */
const TOLD = '2026-03-02T10:00:01.000Z';

let varsel: TestVarsel;
let products = 0;
beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});

/** A product of its own with these controllers, at the beginning of the story. */
async function aStory(numbers: readonly number[], overrides: Partial<ReturnType<typeof aProduct>> = {}) {
  varsel.clock.set(ANNOUNCED);
  const product = `held-${(products += 1)}`;
  await haveProduct(varsel, aProduct({ id: product, ...overrides }));
  await haveControllers(
    varsel,
    numbers.map((number) => aController(number, { products: [product] })),
  );
  return product;
}

/** Every form of the public register of a product. */
async function everythingPublic(product: string): Promise<string> {
  const forms = ['', '.json', '.csv', '.atom'].map((form) => varsel.customer().get(`/register/${product}${form}`));
  return (await Promise.all(forms)).map(({ text }) => text).join('\n');
}

const officer = () => varsel.api('officer');

describe('An announcement that is held (D33)', () => {
  test('is on record and tells nobody; when the hold ends, those are told who are controllers then', async () => {
    varsel.clock.set(ANNOUNCED);
    await haveControllers(varsel, [aControllerOfTwo(1), aController(2), aController(3)]);
    const company = varsel.newCompany();
    const body = changeBody({ holdMinutes: 60, subProcessor: company });
    const { status, body: held } = await officer().post('/v1/changes').send(body);
    expect(status).toBe(201);
    const blockers = [
      { code: 'announcement-held', heldUntil: HELD_UNTIL },
      { code: 'planned-date-not-reached', plannedActivationOn: PLANNED_ON },
    ];
    expect(held).toMatchObject({
      status: 'announced',
      version: 0,
      announcedAt: '2026-03-02T09:00:00.000Z',
      heldUntil: HELD_UNTIL,
      toldSince: null,
      controllers: { total: 0, notified: 0 },
      notices: { total: 0 },
      sending: null,
      lastDeadline: null,
      activation: { allowed: false, earliestAt: null, blockers },
    });
    const { id } = held;
    expect(await changeNow(varsel, id)).toEqual(held);
    expect(await activate(varsel, id)).toEqual(blockers);
    const again = await officer().post('/v1/changes').send(body);
    expect(again).toMatchObject({ status: 409, body: { code: 'change-already-announced' } });
    const part = `/v1/changes/${id}/controllers/kunde-1`;
    await officer().post(`${part}/resend`).expect(404);
    await officer().post(`${part}/notice-by-letter`).send({ arrivedOn: '2026-03-02', reference: 'RR 1' }).expect(404);

    await haveControllers(varsel, [
      aController(2, { contacts: [{ email: 'ny@kunde-2.example', name: 'Ny', language: 'da' }] }),
      aController(4),
    ]);
    await leave(varsel, 'kunde-3');
    for (const still of [ANNOUNCED, '2026-03-02T10:00:00.999Z']) {
      varsel.clock.set(still);
      await varsel.deliver();
      expect(varsel.mailbox.mails).toEqual([]);
      expect(await eventsOf(varsel, id)).toEqual([]);
      expect(await changeNow(varsel, id)).toEqual(held);
      expect(await everythingPublic('truetalk')).not.toContain(company.name);
    }

    varsel.clock.set(TOLD);
    await varsel.deliver();
    await varsel.deliver();
    expect(varsel.mailbox.mails.flatMap(({ envelope }) => envelope.to).toSorted()).toEqual([
      'ciso@kunde-1.example',
      'dpo@kunde-1.example',
      'dpo@kunde-4.example',
      'ny@kunde-2.example',
    ]);
    expect(await eventsOf(varsel, id)).toEqual(['change.announced', 'change.notified']);
    expect(await changeNow(varsel, id)).toMatchObject({
      version: 2,
      announcedAt: '2026-03-02T09:00:00.000Z',
      heldUntil: HELD_UNTIL,
      toldSince: TOLD,
      controllers: { total: 3, notified: 3, windowsOpen: 3 },
      lastDeadline: '2026-03-12T23:00:00.000Z',
      activation: { earliestAt: '2026-03-12T23:00:00.000Z' },
    });
    const { body: register } = await varsel.customer().get('/register/truetalk.json');
    expect(register.plannedChanges).toMatchObject([{ id, announcedAt: TOLD }]);
  });

  test('and withdrawn while it is, says so on record and nowhere else, and can be superseded', async () => {
    const product = await aStory([11]);
    const company = varsel.newCompany();
    const id = await announce(varsel, { product, subProcessor: company, holdMinutes: 60 });
    varsel.clock.set(TOLD);
    // The hold has ended, and no process has told anybody yet.
    await withdraw(varsel, id);
    await varsel.deliver();
    expect(await changeNow(varsel, id)).toMatchObject({
      status: 'withdrawn',
      withdrawnAt: TOLD,
      heldUntil: HELD_UNTIL,
      toldSince: null,
      version: 0,
      controllers: { total: 0 },
    });
    await officer()
      .post(`/v1/changes/${id}/withdraw`)
      .send({ reason: { da: 'Fejl' } })
      .expect(409);
    expect(subjectsTo(varsel, 'dpo@kunde-11.example')).toEqual([]);
    expect(await eventsOf(varsel, id)).toEqual([]);
    expect(await everythingPublic(product)).not.toContain(company.name);

    const next = await announce(varsel, { product, subProcessor: company, supersedes: id });
    await varsel.deliver();
    expect(await eventsOf(varsel, next)).toEqual(['change.announced', 'change.notified']);
    expect(subjectsTo(varsel, 'dpo@kunde-11.example')).toHaveLength(1);
    expect(await everythingPublic(product)).not.toContain(id);
  });

  test('counts its days from the end of the hold (D4), and keeps its terms whatever becomes of the product’s', async () => {
    const product = await aStory([21]);
    // 23:30 in Copenhagen.
    varsel.clock.set('2026-03-02T22:30:00Z');
    const body = changeBody({ product, subProcessor: varsel.newCompany(), holdMinutes: 60 });
    const refused = await officer().post('/v1/changes').send(body);
    expect(refused).toMatchObject({ status: 422, body: { code: 'planned-date-too-early', earliest: '2026-03-14' } });
    const { body: preview } = await officer().post('/v1/changes/preview').send(body).expect(200);
    expect(preview).toMatchObject({
      earliestPlannedActivationOn: '2026-03-14',
      refusals: [{ code: 'planned-date-too-early' }],
    });
    expect(refused.body.detail).toContain('A window opened on 2026-03-03 is open to the end of 2026-03-13');
    const { body: held } = await officer()
      .post('/v1/changes')
      .send({ ...body, plannedActivationOn: '2026-03-14' });
    const terms = { ...aProduct().terms, objectionWindowDays: 30 };
    const { id: _id, ...longer } = aProduct({ terms });
    await varsel
      .api()
      .put(`/v1/products/${product}`)
      .send({ ...longer, reason: 'Thirty days' })
      .expect(200);
    varsel.clock.set('2026-03-02T23:31:00Z');
    await varsel.deliver();
    expect(await changeNow(varsel, held.id)).toMatchObject({
      objectionWindowDays: 10,
      lastDeadline: '2026-03-13T23:00:00.000Z',
    });
  });

  test('loses no controller that has no contact when the hold ends: it blocks, and the company is told', async () => {
    const product = await aStory([31, 32]);
    const id = await announce(varsel, { product, subProcessor: varsel.newCompany(), holdMinutes: 60 });
    // The API keeps the last contact of a controller.
    await varsel.database.pool.query(`delete from contacts where email = 'dpo@kunde-32.example'`);
    varsel.clock.set(TOLD);
    await varsel.deliver();
    expect(await activate(varsel, id)).toContainEqual({
      code: 'controllers-not-notified',
      count: 1,
      controllers: ['kunde-32'],
    });
    expect(await operatorMails(varsel)).toMatchObject([
      { subject: expect.stringContaining('without a contact'), text: expect.stringContaining('kunde-32') },
    ]);
  });
});

describe('How long an announcement is held', () => {
  test('its product says, and it can say otherwise', async () => {
    const product = await aStory([41], { holdMinutes: 30 });
    const heldUntil = async (overrides: object) =>
      (await changeNow(varsel, await announce(varsel, { product, subProcessor: varsel.newCompany(), ...overrides })))
        .heldUntil;
    expect(await heldUntil({})).toBe('2026-03-02T09:30:00.000Z');
    expect(await heldUntil({ holdMinutes: 1 })).toBe('2026-03-02T09:01:00.000Z');
    expect(await heldUntil({ holdMinutes: 10_080, plannedActivationOn: '2026-03-20' })).toBe(
      '2026-03-09T09:00:00.000Z',
    );
    const atOnce = await announce(varsel, { product, subProcessor: varsel.newCompany(), holdMinutes: 0 });
    expect(await changeNow(varsel, atOnce)).toMatchObject({
      version: 1,
      heldUntil: null,
      toldSince: '2026-03-02T09:00:00.000Z',
      controllers: { total: 1 },
    });
  });

  test('is none unless told, stands where nothing is said, and is at most a week', async () => {
    const product = await aStory([]);
    const { id: _id, holdMinutes: _none, ...silent } = aProduct();
    const put = (body: object) => varsel.api().put(`/v1/products/${product}`).send(body);
    const answer = await put({ ...silent, holdMinutes: 10_080 }).expect(200);
    expect(answer.body.nextAnnouncement).toMatchObject({
      before: { earliestPlannedActivation: '2026-03-13' },
      after: { earliestPlannedActivation: '2026-03-20' },
    });
    expect((await put(silent).expect(200)).body.holdMinutes).toBe(10_080);
    for (const holdMinutes of [-1, 10_081, 1.5, '60', null]) {
      await put({ ...silent, holdMinutes }).expect(400);
      await officer()
        .post('/v1/changes')
        .send({ ...changeBody({ product }), holdMinutes })
        .expect(400);
    }
  });
});
