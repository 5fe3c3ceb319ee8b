import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCsv } from '../support/csv.ts';
import { aController, aProduct } from '../support/examples.ts';
import { announceAnother, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* What a product's terms say of approval (D46): places, switches, days to answer, hours to take effect. */

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
});
afterAll(() => varsel.close());

const { id: _id, ...example } = aProduct();
const { objectionWindowDays, timeZone, rollForward } = example.terms;
/** What a caller sends that knows nothing of approval. */
const windowsOnly = { ...example, terms: { objectionWindowDays, timeZone, rollForward } };
const put = (id: string, body: object, query = '') => varsel.api().put(`/v1/products/${id}${query}`).send(body);
const withTerms = (changed: object, reason: string | null = 'Annex C') => ({
  ...example,
  terms: { ...example.terms, ...changed },
  reason,
});

describe('the terms of a product', () => {
  test('demand approval where nothing is said of it, and list no place', async () => {
    expect((await put('silent', windowsOnly).expect(201)).body.terms).toEqual({
      ...windowsOnly.terms,
      placesNeedApproval: true,
      activitiesNeedApproval: true,
      replacementsNeedApproval: false,
      approvalAnswerDays: 30,
      approvalEffectiveAfterHours: 24,
      places: [],
    });
  });

  test('keep what they say of approval where a request says nothing of it: nobody loosens a promise by not repeating it', async () => {
    await put('kept', withTerms({ replacementsNeedApproval: true, approvalAnswerDays: 60 })).expect(201);
    const { body } = await put('kept', windowsOnly).expect(200);
    expect(body.terms).toEqual({ ...example.terms, replacementsNeedApproval: true, approvalAnswerDays: 60 });
    expect(body.warnings).toEqual([]);
  });

  test('change for a reason, on record, with a warning of each thing that needs no approval any more', async () => {
    await put('loosened', example).expect(201);
    const places = [...example.terms.places, { company: 'Gintel AS', country: 'IN' }];
    const loosened = { placesNeedApproval: false, approvalEffectiveAfterHours: 0, places };
    expect((await put('loosened', withTerms(loosened, null))).body.code).toBe('terms-reason-required');
    const tried = await put('loosened', withTerms(loosened), '?dryRun=true').expect(200);
    expect(tried.body.warnings).toHaveLength(3);
    const { body } = await put('loosened', withTerms(loosened)).expect(200);
    expect(body.warnings).toEqual(tried.body.warnings);
    expect(body.warnings).toContainEqual({ code: 'terms-loosened', message: expect.stringContaining('Gintel AS: IN') });
    expect(body.nextAnnouncement.after.lastDayToAnswer).toBe('2026-04-01');

    const record = await varsel.api('reader').get('/v1/products/loosened/terms').expect(200);
    expect(record.body.items).toMatchObject([
      { terms: example.terms, reason: null },
      { terms: { ...example.terms, ...loosened }, reason: 'Annex C' },
    ]);
    const asCsv = await varsel.api('reader').get('/v1/products/loosened/terms').set('accept', 'text/csv').expect(200);
    const [names, , last] = parseCsv(asCsv.text.replace(/^\uFEFF/, ''), ';');
    const cell = (name: string) => last?.[names?.indexOf(name) ?? -1];
    expect(cell('terms.placesNeedApproval')).toBe('false');
    expect(cell('terms.approvalEffectiveAfterHours')).toBe('0');
    expect(cell('terms.places.country')).toContain('IN');
  });

  test('that change the order of places alone change nothing', async () => {
    await put('ordered', example).expect(201);
    await put('ordered', withTerms({ places: example.terms.places.toReversed() }, null)).expect(200);
  });

  test.each<[string, object, string, RegExp]>([
    [
      'a place twice',
      {
        places: [
          { company: 'Gintel AS', country: 'NO' },
          { company: 'GINTEL  AS', country: 'NO' },
        ],
      },
      'terms.places.1',
      /^Expected each place once: 0 has Gintel AS in NO already$/,
    ],
    [
      'a country that there is none of',
      { places: [{ company: 'Gintel AS', country: 'XX' }] },
      'terms.places.0.country',
      /ISO 3166/,
    ],
    ['a place of nobody', { places: [{ company: ' ', country: 'NO' }] }, 'terms.places.0.company', /Expected text/],
    ['half a day to answer', { approvalAnswerDays: 7.5 }, 'terms.approvalAnswerDays', /./],
    ['a word for true', { placesNeedApproval: 'yes' }, 'terms.placesNeedApproval', /boolean/],
    ['null for what stands', { places: null }, 'terms.places', /array/],
  ])('with %s are refused', async (_fault, changed, path, message) => {
    const { status, body } = await put('truetalk', withTerms(changed));
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ path, message: expect.stringMatching(message) }],
    });
  });

  test.each([{ approvalAnswerDays: 6 }, { approvalAnswerDays: 366 }, { approvalEffectiveAfterHours: 721 }])(
    'out of range are refused, and the range is told: %o',
    async (changed) => {
      const [path] = Object.keys(changed);
      expect(await put('truetalk', withTerms(changed))).toMatchObject({
        status: 422,
        body: {
          code: 'terms-out-of-range',
          errors: [{ path: `terms.${path}`, message: expect.stringMatching(/^Expected \d+ to \d+/) }],
        },
      });
    },
  );

  test('that are not on record are refused by the database, and a change keeps those that it was announced on', async () => {
    const { pool } = varsel.database;
    for (const changed of ['places_need_approval = false', 'approval_answer_days = 7', `places = '[]'`]) {
      await expect(pool.query(`update products set ${changed} where id = 'truetalk'`)).rejects.toThrow(
        'on record (D9, D28)',
      );
    }
    await put('fixed', withTerms({ approvalAnswerDays: 14 })).expect(201);
    await haveControllers(varsel, [aController(9, { products: ['fixed'] })]);
    const id = await announceAnother(varsel, { product: 'fixed' });
    await put('fixed', withTerms({ approvalAnswerDays: 60 })).expect(200);
    const { rows } = await pool.query('select approval_answer_days as days from changes where id = $1', [id]);
    expect(rows).toEqual([{ days: 14 }]);
  });
});
