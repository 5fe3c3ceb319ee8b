import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController, aProduct } from '../support/examples.ts';
import {
  activate,
  announceAnother,
  changeNow,
  haveControllers,
  haveProduct,
  mailsTo,
  partOf,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * Who joins on terms that list an announced change has approved it by contract (D46): it is not asked, blocks nothing, and is told
 * of the activation. Everybody else who joins is asked.
 */

const START = '2026-03-02T09:00:00Z';
const GINTEL = '01980000-0000-7000-8000-000000000001';
const LISTED = '2026-03';

let varsel: TestVarsel;
/** Of each test its own, so that who joins is asked about the changes of no other. */
let product: string;
let stories = 0;
let joined = 100;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});
beforeEach(async () => {
  varsel.clock.set(START);
  stories += 1;
  product = `talk-${stories}`;
  await haveProduct(varsel, aProduct({ id: product }));
});

/** Has a new controller join on this version of the terms, and returns its number. */
async function join(version: string | null): Promise<number> {
  joined += 1;
  varsel.clock.advance({ minutes: 1 });
  await haveControllers(varsel, [aController(joined, { products: [product], termsVersions: { [product]: version } })]);
  await varsel.deliver();
  return joined;
}
const part = (id: string, number: number) => partOf(varsel, id, `kunde-${number}`);
const mailsOf = (number: number) => mailsTo(varsel, `dpo@kunde-${number}.example`).map(({ subject }) => subject);
const list = (id: string, termsVersion: unknown) =>
  varsel.api('officer').post(`/v1/changes/${id}/listed-in-terms`).send({ termsVersion });
const put = (number: number, version: string | null | undefined, more: object = {}, query = '') => {
  const { externalId, ...details } = aController(number, { products: [product] });
  const termsVersions = version === undefined ? undefined : { [product]: version };
  return varsel
    .api()
    .put(`/v1/controllers/${externalId}${query}`)
    .send({ ...details, termsVersions, ...more });
};
async function eventsOf(id: string): Promise<string[]> {
  const { rows } = await varsel.database.pool.query(
    'select type from events where change_id = $1 order by xact_id, position',
    [id],
  );
  return rows.map(({ type }) => type);
}

/** Announces a change that the terms list, for the controllers of now. */
const announceListed = (more: object = {}) => announceAnother(varsel, { product, listedInTerms: [LISTED], ...more });

describe('A controller that joins on terms that list a change', () => {
  test('is not asked, counts as notified, blocks nothing, and is told of the activation; who joins on others is asked', async () => {
    const id = await announceListed();
    const [byContract, asked, unknown] = [await join(LISTED), await join('2025-01'), await join(null)];
    expect(mailsOf(byContract)).toEqual([]);
    expect([mailsOf(asked).length, mailsOf(unknown).length]).toEqual([1, 1]);
    expect(await part(id, byContract)).toMatchObject({
      state: 'told',
      approval: { state: 'contract', answerBy: null },
      notifiedAt: '2026-03-02T09:01:00.000Z',
      deadline: null,
      notices: [],
    });
    expect(await changeNow(varsel, id)).toMatchObject({
      listedInTerms: [LISTED],
      controllers: { total: 3, notified: 3, windowsOpen: 2 },
    });
    expect(await eventsOf(id)).toEqual(expect.arrayContaining(['controller.joined']));

    varsel.clock.set('2026-04-15T09:00:00Z');
    await varsel.deliver();
    expect(await activate(varsel, id)).toEqual([]);
    await varsel.deliver();
    expect(mailsOf(byContract)).toEqual([expect.stringContaining('gennemført')]);
  });

  test('does not starve a change: it is activated on the day that one more joins', async () => {
    const id = await announceListed();
    await varsel.deliver();
    varsel.clock.set('2026-04-15T09:00:00Z');
    await varsel.deliver();
    await join(LISTED);
    expect(await activate(varsel, id)).toEqual([]);
  });

  test('whose contacts change is still asked nothing, and nobody of it is untold', async () => {
    const id = await announceListed();
    const number = await join(LISTED);
    const contacts = [{ email: `ny@kunde-${number}.example`, name: 'Ny Person', language: 'da' }];
    await put(number, undefined, { contacts }).expect(200);
    await varsel.deliver();
    expect(mailsTo(varsel, `ny@kunde-${number}.example`)).toEqual([]);
    const { activation } = await changeNow(varsel, id);
    expect(activation.blockers.map(({ code }: { code: string }) => code)).not.toContain('contacts-untold');
  });

  test('that is put on other terms is asked after all, with its whole window, and told once', async () => {
    const id = await announceListed();
    const number = await join(LISTED);
    varsel.clock.advance({ days: 3 });
    const tried = await put(number, '2025-01', {}, '?dryRun=true').expect(200);
    expect(tried.body).toMatchObject({ dryRun: true, updated: 1, mails: 1 });
    expect(mailsOf(number)).toEqual([]);
    const before = (await changeNow(varsel, id)).version;
    await put(number, '2025-01').expect(200);
    expect((await changeNow(varsel, id)).version).toBe(before + 1);
    await varsel.deliver();
    expect(await part(id, number)).toMatchObject({
      notifiedAt: '2026-03-05T09:01:00.000Z',
      deadline: '2026-03-15T23:00:00.000Z',
    });
    // Back on the terms that list it, it has been asked all the same.
    await put(number, LISTED).expect(200);
    expect((await part(id, number)).deadline).toBe('2026-03-15T23:00:00.000Z');
  });

  test('hears nothing of a change that is withdrawn', async () => {
    const id = await announceListed();
    const [byContract, asked] = [await join(LISTED), await join(null)];
    await withdraw(varsel, id);
    await varsel.deliver();
    expect(mailsOf(byContract)).toEqual([]);
    expect(mailsOf(asked)).toHaveLength(2);
  });

  test('while the change is held is not asked when the hold ends', async () => {
    const id = await announceListed({ holdMinutes: 60 });
    const [byContract, asked] = [await join(LISTED), await join(null)];
    varsel.clock.advance({ minutes: 61 });
    await varsel.deliver();
    expect((await part(id, byContract)).notices).toEqual([]);
    expect((await part(id, asked)).notices).toHaveLength(1);
  });

  test('and leaves counts no more; who joins anew on other terms is asked', async () => {
    const id = await announceListed();
    const number = await join(LISTED);
    const { total } = (await changeNow(varsel, id)).controllers;
    await varsel.api().delete(`/v1/controllers/kunde-${number}/products/${product}`).expect(204);
    expect((await changeNow(varsel, id)).controllers.total).toBe(total - 1);
    await put(number, '2025-01').expect(200);
    expect((await part(id, number)).notices).toHaveLength(1);
  });

  test('has approved where approval is asked for, and is in the wave of a change for each', async () => {
    product = 'truetalk';
    const before = await join(LISTED);
    varsel.clock.advance({ minutes: 1 });
    const gintel = (await varsel.api('reader').get('/v1/products/truetalk/register')).body.entries.find(
      ({ id }: { id: string }) => id === GINTEL,
    );
    const { name, registrationNumber, address, country, parentId, personalData, locations } = gintel;
    const id = await announceListed({
      kind: 'amendment',
      amends: GINTEL,
      scope: 'each',
      separation: { da: 'Data for de øvrige ligger i et adskilt miljø; driftschefen står inde for det.' },
      subProcessor: {
        name,
        registrationNumber,
        address,
        country,
        parentId,
        personalData,
        locations,
        contactPerson: { name: 'Kari Nordmann', email: 'privacy@gintel.example' },
        processing: { da: 'Bistår med support, fejlretning og statistik' },
      },
      plannedActivationOn: '2026-03-03',
    });
    const number = await join(LISTED);
    expect(mailsOf(number)).toEqual([]);
    expect(await part(id, number)).toMatchObject({ approval: { state: 'contract', answerBy: null } });
    // What it says in writing stands over its contract, and its contract over what it takes back.
    const standing = async () => (await part(id, number)).approval.state;
    const refusal = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/approvals`)
      .send({
        controller: `kunde-${number}`,
        decision: 'refusal',
        channel: 'letter',
        receivedAt: varsel.clock.now(),
        from: {},
      })
      .expect(201);
    expect(await standing()).toBe('refused');
    const back = { explanation: 'Brev af 2. marts' };
    await varsel.api('officer').post(`/v1/approvals/${refusal.body.id}/withdraw`).send(back).expect(200);
    expect(await standing()).toBe('contract');

    varsel.clock.set('2026-03-03T09:00:00Z');
    await varsel.deliver();
    const { status, body } = await varsel.api('officer').post(`/v1/changes/${id}/activate`);
    expect(status, JSON.stringify(body)).toBe(200);
    const waves = await varsel.api('reader').get(`/v1/changes/${id}/activations`);
    expect(JSON.stringify(waves.body)).toContain(`kunde-${number}`);
    expect(JSON.stringify(waves.body)).not.toContain(`kunde-${before}`);
    // What is in force for it is not asked about any more.
    await put(number, '2025-01').expect(200);
    await varsel.deliver();
    expect(await standing()).toBe('contract');
    expect((await part(id, number)).notices).toEqual([]);
  });
});

describe('That terms list a change', () => {
  test('can be said later, on record, for who joins from then on; who was asked stays asked', async () => {
    const id = await announceAnother(varsel, { product });
    const asked = await join(LISTED);
    const before = await changeNow(varsel, id);
    expect(before.listedInTerms).toEqual([]);
    const { body } = await list(id, LISTED).expect(200);
    expect(body).toMatchObject({ listedInTerms: [LISTED], version: before.version + 1 });
    expect((await eventsOf(id)).at(-1)).toBe('change.listed-in-terms');
    expect((await list(id, LISTED).expect(200)).body.version).toBe(before.version + 1);
    const byContract = await join(LISTED);
    expect((await part(id, asked)).notices).toHaveLength(1);
    expect((await part(id, byContract)).notices).toEqual([]);
    const { rows } = await varsel.database.pool.query(
      'select terms_version as version, listed_by as "by" from listed_in_terms where change_id = $1',
      [id],
    );
    expect(rows).toEqual([{ version: LISTED, by: expect.stringMatching(/^key [0-9a-f-]{36}$/) }]);
  });

  test('is refused as anything but one line of text', async () => {
    const id = await announceAnother(varsel, { product });
    for (const version of [' ', null, 7, 'x'.repeat(201), 'to\nlinjer']) {
      expect(await list(id, version)).toMatchObject({ status: 400, body: { errors: [{ path: 'termsVersion' }] } });
    }
  });

  test('twice in one announcement is refused, and so is it of no change and of one that has ended', async () => {
    const twice = await varsel
      .api('officer')
      .post('/v1/changes')
      .send({ listedInTerms: [LISTED, LISTED] });
    expect(twice.body.errors).toContainEqual({ path: 'listedInTerms', message: 'Expected each version once' });
    await list('01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b', LISTED).expect(404);
    const id = await announceAnother(varsel, { product });
    await varsel
      .api('officer')
      .post(`/v1/changes/${id}/withdraw`)
      .send({ reason: { da: 'Fejl' } })
      .expect(200);
    expect((await list(id, LISTED).expect(409)).body.code).toBe('change-ended');
  });
});

describe('The version of the terms that an agreement is on', () => {
  test('is kept where it is left out, taken off with null, and in the audit log', async () => {
    const number = await join(LISTED);
    expect((await put(number, undefined).expect(200)).body.termsVersions).toEqual({ [product]: LISTED });
    const patched = await varsel
      .api()
      .patch(`/v1/controllers/kunde-${number}`)
      .send({ termsVersions: { [product]: '2026-09' } });
    expect(patched).toMatchObject({ status: 200, body: { termsVersions: { [product]: '2026-09' } } });
    expect((await put(number, null).expect(200)).body.termsVersions).toEqual({});
    const { rows } = await varsel.database.pool.query(
      `select details #>> array['after', 'termsVersions', $2] as version from audit_log where subject = $1 order by position`,
      [`kunde-${number}`, product],
    );
    expect(rows.map(({ version }) => version)).toEqual([LISTED, '2026-09', null]);
  });

  test('of a product that there is no agreement for is refused, and the products are named', async () => {
    const message = `Expected a product that the controller has an agreement for: ${product}`;
    const refused = await put(1, undefined, { termsVersions: { andet: LISTED } });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'termsVersions.andet', message }] } });
  });

  test('comes from a column of a spreadsheet, where a blank cell says nothing', async () => {
    const number = await join(LISTED);
    const rows = [
      `kundenummer;navn;cvr;produkter;e-mail;termsVersions.${product}`,
      `kunde-${number};Kunde ${number} A/S;${10_000_000 + number};${product};dpo@kunde-${number}.example;`,
      `kunde-900;Kunde 900 A/S;10000900;${product};dpo@kunde-900.example;2026-09`,
      `kunde-901;Kunde 901 A/S;10000901;${product};dpo@kunde-901.example;${'x'.repeat(201)}`,
    ];
    const { body } = await varsel
      .api()
      .post('/v1/controllers/import')
      .set('content-type', 'text/csv')
      .send(rows.join('\r\n'))
      .expect(200);
    expect(body.rejected).toMatchObject([{ line: 4, errors: [{ path: `termsVersions.${product}` }] }]);
    const versions = async (wanted: number) =>
      (await varsel.api('reader').get(`/v1/controllers/kunde-${wanted}`)).body.termsVersions;
    expect([await versions(number), await versions(900)]).toEqual([{ [product]: LISTED }, { [product]: '2026-09' }]);
  });
});

describe('The database refuses', () => {
  const sql = (statement: string, ...values: string[]) => varsel.database.pool.query(statement, values);

  test('to leave out somebody whose agreement lists nothing, or who was there before', async () => {
    const before = await join(LISTED);
    varsel.clock.advance({ minutes: 1 });
    const id = await announceListed();
    const asked = await join(null);
    for (const externalId of [`kunde-${before}`, `kunde-${asked}`]) {
      await expect(
        sql(
          `update objection_windows set by_contract = true, notified_at = created_at, deadline = null
           where change_id = $1 and external_id = $2`,
          id,
          externalId,
        ),
      ).rejects.toThrow(/\(D46\)|\(D8, D11\)|\(D8, D13\)/);
    }
  });

  test('to put somebody who is not asked on other terms without asking', async () => {
    await announceListed();
    const number = await join(LISTED);
    await expect(
      sql(
        `update agreements set terms_version = null where controller_id = (select id from controllers where external_id = $1)`,
        `kunde-${number}`,
      ),
    ).rejects.toThrow('(D46)');
  });

  test('to list a change that has ended', async () => {
    const id = await announceListed();
    await varsel
      .api('officer')
      .post(`/v1/changes/${id}/withdraw`)
      .send({ reason: { da: 'Fejl' } })
      .expect(200);
    await expect(sql(`insert into listed_in_terms values ($1, '2027', now(), 'test')`, id)).rejects.toThrow('(D46)');
  });
});
