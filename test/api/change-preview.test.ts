import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_CONTROLLERS } from '../../src/domain/sample.ts';
import { aController, anAnnouncement, aProduct } from '../support/examples.ts';
import { tokenIn } from '../support/mailbox.ts';
import {
  allBelowLeave,
  aControllerOfTwo,
  activate,
  announce,
  haveControllers,
  haveProduct,
  mailsTo,
  PLANNED_ON,
} from '../support/story.ts';
import { inIndia, withApprover } from '../support/answering.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const GINTEL = '01980000-0000-7000-8000-000000000001';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aControllerOfTwo(1), aController(2)]);
  await haveProduct(varsel, aProduct({ id: 'other', name: 'Other' }));
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

const post = (path: string, body: object) => varsel.api('officer').post(path).send(body);
async function preview(body: object): Promise<Response['body']> {
  const response = await post('/v1/changes/preview', body);
  expect(response.status, JSON.stringify(response.body)).toBe(200);
  return response.body;
}
/** An announcement of a company that no other test announces. */
const fresh = (overrides: object = {}) => ({
  ...anAnnouncement({ subProcessor: varsel.newCompany() }),
  ...overrides,
});

/** The number of rows in every table but those of the seals, which a job writes by itself. */
async function everything(): Promise<object> {
  const { rows } = await varsel.database.owner.query<{ name: string }>(
    `select format('%I', table_name) as name from information_schema.tables where table_schema = 'public'
       and table_name not in ('sealed_rows', 'seal_keys', 'seal_epochs', 'seal_tiles', 'checkpoints') order by 1`,
  );
  const counted = rows.map(async ({ name }) => {
    const sql = `select count(*) as rows, coalesce(sum(hashtext(t::text)), 0) as texts from ${name} t`;
    return [name, (await varsel.database.owner.query(sql)).rows[0]] as const;
  });
  const { api_keys: _, ...counts } = Object.fromEntries(await Promise.all(counted));
  return counts;
}

describe('a preview', () => {
  test('says what would happen, and writes nothing and mails nobody', async () => {
    const [before, mails] = [await everything(), varsel.mailbox.mails.length];
    const response = await post('/v1/changes/preview', fresh()).set('Idempotency-Key', 'see-first');
    expect(response).toMatchObject({
      status: 200,
      body: {
        regime: { objection: true, approval: false },
        controllers: { total: 2, withoutContact: 0, withoutApprover: null },
        notices: { total: 3, byLanguage: { da: 2, en: 1 } },
        earliestPlannedActivationOn: PLANNED_ON,
        refusals: [],
        warnings: [],
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    expect(response.body.messages.map(({ kind, language }: Record<string, string>) => `${kind} ${language}`)).toEqual([
      'notice da',
      'reminder da',
      'change-activated da',
      'notice en',
      'reminder en',
      'change-activated en',
    ]);
    await varsel.deliver();
    expect(await everything()).toEqual(before);
    expect(varsel.mailbox.mails.length).toBe(mails);
  });

  test('tells every refusal at once, and shows no mail that cannot be written', async () => {
    const announced = await announce(varsel, { subProcessor: varsel.newCompany(), plannedActivationOn: '2026-04-15' });
    const { rows: withoutContact } = await varsel.database.owner.query(
      `insert into controllers (external_id, name, registration_number, created_at, updated_at)
       select 'silent', 'Silent', '1', now(), now() returning id`,
    );
    await varsel.database.owner.query(
      `insert into agreements (controller_id, product_id, started_at) select $1, 'other', now()`,
      [withoutContact[0].id],
    );
    const locations = [
      { country: 'US', transferBasis: null },
      { country: 'DK', transferBasis: { article: '46', instrument: 'SCC' } },
    ];
    const found = await preview({
      ...anAnnouncement(),
      product: 'other',
      kind: 'replacement',
      // Of another product.
      replaces: GINTEL,
      subProcessor: varsel.newCompany({ parentId: UNKNOWN_ID, locations: locations as never }),
      plannedActivationOn: '2026-03-03',
      supersedes: announced,
    });
    expect(found.refusals.map(({ code, path }: Record<string, string>) => [code, path])).toEqual([
      ['transfer-basis-missing', 'subProcessor.locations.0.transferBasis'],
      ['transfer-basis-invalid', 'subProcessor.locations.1.transferBasis'],
      ['entry-unknown', 'replaces'],
      ['parent-unknown', 'subProcessor.parentId'],
      ['superseded-change-unknown', 'supersedes'],
      ['planned-date-too-early', 'plannedActivationOn'],
      ['controllers-without-contact', null],
    ]);
    expect(found.messages).toEqual([]);
    expect(found.controllers).toEqual({ total: 1, withoutContact: 1, withoutApprover: null });
    expect(found.notices).toEqual({ total: 0, byLanguage: { da: 0, en: 0 } });
  });

  test('of a change that needs approval says how many have nobody who may approve, and warns of it (D42)', async () => {
    const india = fresh({ subProcessor: inIndia(varsel.newCompany()) });
    const nobody = await preview(india);
    expect(nobody.controllers.withoutApprover).toBe(nobody.controllers.total);
    await haveControllers(varsel, [withApprover(1)]);
    const found = await preview(india);
    expect(found.controllers.withoutApprover).toBe(found.controllers.total - 1);
    expect(found.warnings.find(({ code }: { code: string }) => code === 'nobody-may-approve').message).toMatch(
      /^1 controller has no contact who may approve/,
    );
  });

  test('of a product without controllers shows both languages, and says that nobody would be told', async () => {
    await haveProduct(varsel, aProduct({ id: 'empty', name: 'Empty' }));
    const found = await preview(fresh({ product: 'empty' }));
    expect(found.warnings.map(({ code }: { code: string }) => code)).toEqual(['nobody-to-notify']);
    expect(new Set(found.messages.map(({ language }: { language: string }) => language))).toEqual(
      new Set(['da', 'en']),
    );
  });

  test('is for who can announce, of products that exist, in the words of an announcement', async () => {
    expect((await varsel.api('reader').post('/v1/changes/preview').send(fresh())).status).toBe(403);
    expect((await post('/v1/changes/preview', fresh({ product: 'none' }))).body.code).toBe('not-found');
    const unknown = await post('/v1/changes/preview', { ...fresh(), expect: { hash: 'x', controllers: 1 } });
    expect(unknown.body).toMatchObject({ code: 'invalid-request', errors: [{ path: 'expect' }] });
  });

  test('shows the mails that then go out, word for word but for whom they are to', async () => {
    const children = await allBelowLeave(varsel, GINTEL);
    const body = { ...fresh({ kind: 'replacement', replaces: GINTEL, children }), product: 'truetalk' };
    const { messages, hash, controllers } = await preview(body);
    const expected = { hash, controllers: controllers.total };
    const { body: change } = await post('/v1/changes', { ...body, expect: expected }).expect(201);
    const from = varsel.mailbox.mails.length;
    await varsel.deliver();
    varsel.clock.set('2026-03-10T09:00:00Z');
    // The windows that are near their end are found in one round, and the reminders go out in the next.
    await varsel.deliver();
    await varsel.deliver();
    varsel.clock.set('2026-04-15T09:00:00Z');
    expect(await activate(varsel, change.id)).toEqual([]);
    await varsel.deliver();
    for (const [language, email, name] of [
      ['da', 'dpo@kunde-1.example', 'Dorthe Persson 1'],
      ['en', 'ciso@kunde-1.example', 'Alice Brown 1'],
    ] as const) {
      const sent = mailsTo(varsel, email)
        .filter((mail) => varsel.mailbox.mails.indexOf(mail) >= from)
        .filter((mail) => new RegExp(body.subProcessor.name).test(mail.subject ?? ''));
      const shown = messages.filter((each: { language: string }) => each.language === language);
      expect(sent.map(({ subject = '' }) => subject.replace(/ \[VS-[\w-]+\]$/, ''))).toEqual(
        shown.map(({ subject }: { subject: string }) => subject.replace(' [VS-0000-0000]', '')),
      );
      const sample = SAMPLE_CONTROLLERS[language];
      for (const [index, mail] of sent.entries()) {
        const [own = ''] = /VS-[\w-]+/.exec(mail.subject ?? '') ?? [];
        const link = `${varsel.url}/objections/${tokenIn(mail)}`;
        const sampleLink = `${varsel.url}/samples/${hash}?lang=${language}`;
        const madeOut = (text: string) =>
          text
            .replaceAll(sampleLink, link)
            .replaceAll(sample.name, 'Kunde 1 A/S')
            .replaceAll(sample.contact.name, name)
            .replaceAll(sample.reference, own);
        expect(mail.text).toBe(madeOut(shown[index].text));
        expect(mail.html).toBe(madeOut(shown[index].html));
      }
      expect(sent.length).toBe(3);
    }
  });

  test('of an announcement that is held shows what goes out when the hold ends', async () => {
    const body = { ...fresh(), holdMinutes: 3 * 24 * 60 };
    const { messages, earliestPlannedActivationOn, hash } = await preview(body);
    expect(earliestPlannedActivationOn).toBe('2026-03-16');
    const from = varsel.mailbox.mails.length;
    await post('/v1/changes', { ...body, expect: { hash, controllers: 2 } }).expect(201);
    await varsel.deliver();
    expect(varsel.mailbox.mails.length).toBe(from);
    varsel.clock.set('2026-03-05T09:01:00Z');
    await varsel.deliver();
    await varsel.deliver();
    const notice = varsel.mailbox.mails
      .slice(from)
      .find(
        (mail) => mail.envelope.to.includes('dpo@kunde-1.example') && mail.subject?.includes(body.subProcessor.name),
      );
    expect(notice?.subject?.replace(/ \[.*/, '')).toBe(messages[0].subject.replace(/ \[.*/, ''));
    expect(notice?.subject).toContain('senest 15. marts 2026');
  });
});

describe('an announcement that expects what was previewed', () => {
  test('is made while that is so, and the change on record has the same hash', async () => {
    const body = fresh();
    const { hash } = await preview(body);
    await post('/v1/changes', { ...body, expect: { hash, controllers: 12 } }).expect(201);
  });

  test('is refused when the announcement is another, and when the number of controllers is', async () => {
    const body = fresh();
    const { hash } = await preview(body);
    const other = await post('/v1/changes', {
      ...body,
      reason: { da: 'En anden grund' },
      expect: { hash, controllers: 13 },
    });
    expect(other).toMatchObject({
      status: 409,
      body: { code: 'preview-outdated', errors: [{ path: 'expect.hash' }, { path: 'expect.controllers' }] },
    });
    expect(other.body.detail).toContain('Expected 13 controllers, found 2');
    const found = await varsel.database.pool.query(`select from changes where sub_processor ->> 'name' = $1`, [
      body.subProcessor.name,
    ]);
    expect(found.rowCount).toBe(0);
  });

  test.each([
    ['terms', { terms: { objectionWindowDays: 14, timeZone: 'Europe/Copenhagen', rollForward: false } }],
    ['name', { name: 'Other by another name' }],
    ['processor', { processor: { ...aProduct().processor, address: 'Et andet sted 1' } }],
    ['objection address', { objectionAddress: { ...aProduct().objectionAddress, postal: 'Et andet sted 2' } }],
  ])(
    'is refused when the %s of its product changed meanwhile, and made after another preview',
    async (what, changed) => {
      const id = what.replace(' ', '-');
      const save = (product: object) => {
        const { id: _, ...details } = { ...aProduct(), ...product };
        return varsel
          .api()
          .put(`/v1/products/${id}`)
          .send({ ...details, reason: 'En ny aftale' });
      };
      await save({}).expect(201);
      const body = fresh({ product: id });
      const seen = await preview(body);
      await save(changed).expect(200);
      const expecting = ({ hash, controllers }: Response['body']) =>
        post('/v1/changes', { ...body, expect: { hash, controllers: controllers.total } });
      expect(await expecting(seen)).toMatchObject({
        status: 409,
        body: { code: 'preview-outdated', errors: [{ path: 'expect.hash' }] },
      });
      expect((await expecting(await preview(body))).status).toBe(201);
    },
  );
});

describe('what your own sub-processor has told you (D45)', () => {
  const upstream = {
    noticeReceivedOn: '2026-02-20',
    objectBy: '2026-03-20',
    effectiveOn: '2026-05-01',
    reference: 'Gintel, mail of 20 February',
  };

  test('is in the preview and in the change, with the last day to announce', async () => {
    const body = fresh({ upstream, plannedActivationOn: '2026-05-01' });
    expect(await preview(body)).toMatchObject({ announceNoLaterThan: '2026-03-07', refusals: [] });
    expect((await preview(fresh())).announceNoLaterThan).toBeNull();
    const { body: made } = await post('/v1/changes', body).expect(201);
    expect(made).toMatchObject({ upstream, announceNoLaterThan: '2026-03-07' });
  });

  test('is warned of where it cannot be kept', async () => {
    const late = { ...upstream, objectBy: '2026-03-10' };
    const { warnings, refusals } = await preview(fresh({ upstream: late, plannedActivationOn: '2026-04-15' }));
    expect(refusals).toEqual([]);
    expect(warnings.filter(({ code }: { code: string }) => code.startsWith('upstream'))).toEqual([
      { code: 'upstream-deadline-missed', message: expect.stringContaining('2026-03-12, after 2026-03-10') },
      { code: 'upstream-effective-later', message: expect.stringContaining('2026-05-01') },
    ]);
  });

  test.each<[object, number, string]>([
    [{ ...upstream, objectBy: '2026-02-30' }, 400, 'upstream.objectBy'],
    [{ ...upstream, effectiveOn: '2027-02-29' }, 400, 'upstream.effectiveOn'],
    [{ ...upstream, effectiveOn: undefined }, 400, 'upstream.effectiveOn'],
    [{ ...upstream, noticeReceivedOn: '2026-03-03' }, 422, 'upstream.noticeReceivedOn'],
    [{ ...upstream, objectBy: '2026-05-02' }, 422, 'upstream.objectBy'],
  ])('with days that cannot be is refused: %o', async (faulty, status, path) => {
    const refused = await post('/v1/changes', fresh({ upstream: faulty }));
    expect({ status: refused.status, errors: refused.body.errors }).toMatchObject({ status, errors: [{ path }] });
  });

  test('keeps the change from being activated until it is effective, by the product’s calendar, and the database does too', async () => {
    const id = await announce(varsel, {
      subProcessor: varsel.newCompany(),
      plannedActivationOn: '2026-04-15',
      upstream,
    });
    await varsel.deliver();
    varsel.clock.set('2026-04-30T21:59:59Z');
    await varsel.deliver();
    expect(await activate(varsel, id)).toEqual([{ code: 'upstream-not-effective', effectiveOn: '2026-05-01' }]);
    const { body } = await varsel.api('reader').get(`/v1/changes/${id}`);
    expect(body.activation.earliestAt).toBe('2026-04-30T22:00:00.000Z');
    const { pool } = varsel.database;
    await expect(
      pool.query(
        `update changes set status = 'activated', activated_at = '2026-04-30T21:59:59Z', activated_on = '2026-04-30',
           activated_by = 'test' where id = $1`,
        [id],
      ),
    ).rejects.toThrow('upstream it is not effective (D45)');
    varsel.clock.set('2026-04-30T22:00:00Z');
    expect(await activate(varsel, id)).toEqual([]);
  });
});
