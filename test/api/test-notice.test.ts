import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { readConfig } from '../../src/config/config.ts';
import { refuseTestAddress } from '../../src/preview/test-notice.ts';
import { Refused } from '../../src/domain/refused.ts';
import { aController, anAnnouncement } from '../support/examples.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const GINTEL = '01980000-0000-7000-8000-000000000001';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const EVA = { email: 'Eva@Telenor.example', name: 'Eva Lund', language: 'da' as const };

let varsel: TestVarsel;
let pages: Pages;
beforeAll(async () => {
  varsel = await startVarsel(START);
  pages = pagesOf(varsel);
  await haveControllers(varsel, [aController(1)]);
});
afterAll(() => varsel.close());

const send = (to: object, announcement: object = anAnnouncement()) =>
  varsel.api('officer').post('/v1/changes/preview/notice').send({ announcement, to });
async function sent(to: object, announcement?: object): Promise<Response['body']> {
  const response = await send(to, announcement);
  expect(response.status, JSON.stringify(response.body)).toBe(200);
  return response.body;
}
const pathOf = (address: string) => address.replace(varsel.url, '');

describe('a test notice', () => {
  test('goes out at once to its one reader, marked so that nobody takes it for a notice, and is on record', async () => {
    const { id, hash, ...body } = await sent(EVA);
    expect(body).toEqual({
      outcome: 'accepted',
      responseCode: 250,
      response: expect.stringMatching(/^250 /),
      subject: expect.stringMatching(/^PRØVE: TrueTalk: ny underdatabehandler Nordlys/),
      samplePage: `${varsel.url}/samples/${hash}?lang=da`,
    });
    const [mail, ...more] = varsel.mailbox.mails;
    expect(more).toEqual([]);
    expect(mail?.envelope).toEqual({ from: 'varsel@telenor.example', to: ['Eva@Telenor.example'] });
    expect(mail?.subject).toBe(body.subject);
    expect(mail?.attachments).toEqual([]);
    expect(mail?.text).toMatch(/^\*\*\* PRØVE – DETTE ER INGEN UNDERRETNING \*\*\*/);
    expect(mail?.html).toMatch(/<body[^>]*>\s*<table[^>]*>.*?PRØVE – dette er ingen underretning/s);
    expect(mail?.text).toContain(body.samplePage);
    expect(mail?.text).not.toContain('/objections/');
    const { pool } = varsel.database;
    expect(await rows(pool, 'select id, content_hash, email, name, language from test_notices')).toEqual([
      { id, content_hash: hash, ...EVA },
    ]);
    const acts = await rows<{ actor: string }>(
      pool,
      `select actor, subject, details from audit_log where action = 'test-notice.sent'`,
    );
    expect(acts).toEqual([
      {
        actor: expect.stringMatching(/^key [0-9a-f-]{36}$/),
        subject: 'truetalk',
        details: { testNotice: id, hash, outcome: 'accepted', responseCode: 250 },
      },
    ]);
    // Nobody else has been told of anything, and no window has opened.
    await varsel.deliver();
    expect(varsel.mailbox.mails.length).toBe(1);
    expect(await rows(pool, 'select from changes')).toEqual([]);
  });

  test('in English is a TEST', async () => {
    const { subject } = await sent({ ...EVA, language: 'en', email: 'sam@telenor.example' });
    expect(subject).toMatch(/^TEST: TrueTalk: new sub-processor Nordlys/);
    expect(varsel.mailbox.to('sam@telenor.example')[0]?.text).toMatch(/^\*\*\* TEST – THIS IS NOT A NOTICE \*\*\*/);
  });

  test('goes to the listed domains alone, however they are spelt', async () => {
    for (const email of ['eva@PRØVE.example', 'eva@xn--prve-hra.example']) {
      expect((await sent({ ...EVA, email })).outcome).toBe('accepted');
    }
    for (const email of ['dpo@kunde-1.example', 'eva@sub.telenor.example', 'eva@telenor.example.evil.example']) {
      expect(await send({ ...EVA, email })).toMatchObject({
        status: 422,
        body: { code: 'test-address-not-allowed', errors: [{ path: 'to.email' }] },
      });
    }
    expect((await send({ ...EVA, email: 'eva@telenor.example,dpo@kunde-1.example' })).status).toBe(400);
  });

  test('goes nowhere unless a domain is configured, and says how one is', () => {
    const sendingWith = (env: Record<string, string>) => ({
      domains: readConfig(env).testMailDomains,
      send: () => Promise.reject(new Error('sent')),
    });
    const nowhere = sendingWith({ SMTP_URL: 'smtp://127.0.0.1:2599' });
    expect(() => refuseTestAddress(EVA, nowhere)).toThrow(Refused);
    expect(() => refuseTestAddress(EVA, nowhere)).toThrow('TEST_MAIL_DOMAINS=telenor.example');
    // The embedded mailbox of a trial passes nothing on.
    expect(() => refuseTestAddress({ ...EVA, email: 'eva@firma.dk' }, sendingWith({}))).not.toThrow();
  });

  test('is sent once for an idempotency key, and is for who can announce', async () => {
    const mails = varsel.mailbox.mails.length;
    const repeat = () => send(EVA).set('Idempotency-Key', 'once');
    const [first, second] = [await repeat(), await repeat()];
    expect(second.body).toEqual(first.body);
    expect(varsel.mailbox.mails.length).toBe(mails + 1);
    const asReader = varsel
      .api('reader')
      .post('/v1/changes/preview/notice')
      .send({ announcement: anAnnouncement(), to: EVA });
    expect((await asReader).status).toBe(403);
  });

  test('tells what the mail server said of it, and is not tried again', async () => {
    varsel.mailbox.refuse('gone@telenor.example', { code: 550, message: '5.1.1 No such person' });
    expect(await sent({ ...EVA, email: 'gone@telenor.example' })).toMatchObject({
      outcome: 'failed',
      responseCode: 550,
      response: expect.stringContaining('No such person'),
    });
    varsel.mailbox.refuse('gone@telenor.example', null);
    await varsel.deliver();
    expect(varsel.mailbox.to('gone@telenor.example')).toEqual([]);
  });

  test('is refused where it cannot be written, and only there', async () => {
    const replacing = (replaces: string) => anAnnouncement({ kind: 'replacement', replaces });
    expect((await send(EVA, replacing(UNKNOWN_ID))).body).toMatchObject({
      code: 'entry-unknown',
      errors: [{ path: 'replaces' }],
    });
    expect((await send(EVA, { ...anAnnouncement(), product: 'none' })).body.code).toBe('not-found');
    // Too early a day is no reason: there may be time to mend it.
    const early = { ...replacing(GINTEL), plannedActivationOn: '2026-03-03' };
    expect((await sent(EVA, early)).subject).toContain('erstatter underdatabehandler Gintel AS');
  });

  test('is one of thirty within an hour, also of those that are sent at once', async () => {
    varsel.clock.set('2026-03-02T12:00:00Z');
    await varsel.database.pool.query(
      `insert into test_notices (product_id, content_hash, content, email, name, language, created_at, created_by)
       select product_id, content_hash, content, email, name, language, '2026-03-02T11:30:00Z', 'test'
       from (select * from test_notices limit 1) one, generate_series(1, 28)`,
    );
    const responses = await Promise.all(Array.from({ length: 5 }, () => send(EVA)));
    expect(responses.filter(({ status }) => status === 200).length).toBe(2);
    expect(responses.filter(({ status }) => status === 429).length).toBe(3);
    expect(responses.find(({ status }) => status === 429)?.body.code).toBe('test-notice-limit');
    varsel.clock.set('2026-03-02T13:30:00Z');
    expect((await sent(EVA)).outcome).toBe('accepted');
  });
});

describe('the page of a sample', () => {
  const announcement = anAnnouncement({ kind: 'replacement', replaces: GINTEL });
  let path: string;
  beforeAll(async () => {
    varsel.clock.set('2026-03-04T09:00:00Z');
    path = pathOf((await sent(EVA, announcement)).samplePage);
  });

  test.each([
    ['da', 'PRØVE', 'Eksempel A/S', 'Gør indsigelse', '10 dage tilbage'],
    ['en', 'SAMPLE', 'Sample Ltd', 'Object', '10 days left'],
  ])(
    'in %s is the customer’s page, marked, as on the day it was sent',
    async (language, mark, customer, form, left) => {
      varsel.clock.set('2026-03-30T09:00:00Z');
      const { statusCode, body, headers } = await pages.get(path.replace(/lang=.*/, `lang=${language}`));
      expect(statusCode).toBe(200);
      expect(body).toContain(`<title>${mark}: `);
      expect(body).toContain(`<aside class="sample"><p>${mark} – `);
      for (const words of [customer, form, left, announcement.subProcessor.name, 'Gintel AS', 'VS-0000-0000']) {
        expect(body).toContain(words);
      }
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    },
  );

  test('takes nothing: what is typed is neither filed nor kept, and it says so', async () => {
    const { pool } = varsel.database;
    const counted = () =>
      rows(pool, 'select (select count(*) from objections) as a, (select count(*) from audit_log) as b');
    const before = await counted();
    const { statusCode, body } = await pages.form(path, { reasons: 'Vi siger nej til <USA>', name: 'Eva Lund' });
    expect(statusCode).toBe(200);
    expect(body).toContain('<h1>Det var en prøve</h1>');
    expect(body).not.toContain('siger nej');
    expect(body).toContain(`href="${path}"`);
    expect(await counted()).toEqual(before);
  });

  test('shows what was sent, whatever becomes of the product', async () => {
    const { body: product } = await varsel.api().get('/v1/products/truetalk').expect(200);
    const { id: _, ...saved } = product;
    await varsel
      .api()
      .put('/v1/products/truetalk')
      .send({ ...saved, name: 'TrueTalk Nova' })
      .expect(200);
    expect((await pages.get(path)).body).not.toContain('Nova');
    await varsel.api().put('/v1/products/truetalk').send(saved).expect(200);
  });

  test('is the link of a preview once a test notice has been sent, and tells that nothing is kept until then', async () => {
    varsel.clock.set('2026-03-04T09:00:00Z');
    const other = anAnnouncement({ reason: { da: 'En anden grund' } });
    const { body } = await varsel.api('officer').post('/v1/changes/preview').send(other).expect(200);
    const [link = ''] = /\S+\/samples\/\S+/.exec(body.messages[0].text) ?? [];
    const { statusCode, body: none } = await pages.get(pathOf(link));
    expect(statusCode).toBe(404);
    expect(none).toContain('Her er ingen prøve at se');
    expect(none).toContain('There is no sample to see here');
    expect((await pages.form(pathOf(link), { reasons: 'x' })).statusCode).toBe(404);
    expect((await sent(EVA, other)).samplePage).toBe(link);
    expect((await pages.get(pathOf(link))).body).toContain('En anden grund');
    varsel.clock.set('2026-04-04T09:00:00Z');
    expect((await pages.get(pathOf(link))).statusCode).toBe(404);
  });

  test('is no address that can be guessed or that breaks', async () => {
    for (const hash of ['x', '%00', '%zz', '0'.repeat(64), '..%2F..', 'a'.repeat(600)]) {
      expect((await pages.get(`/samples/${hash}`)).statusCode).toBe(404);
    }
  });
});
