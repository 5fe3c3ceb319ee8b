import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { csrfTokenOf } from '../../src/security/sessions.ts';
import { aController } from '../support/examples.ts';
import { linkFor } from '../support/passkeys.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* Requests that no page of ours sends: by another site, by another person, by a program, or twice at the same moment. */

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let admin: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1)]);
});
afterAll(() => varsel.close());
beforeEach(async () => {
  varsel.clock.set(START);
  admin = await signIn(varsel);
});

let holds = 0;
const aHold = () => ({
  about: 'controller',
  controller: 'kunde-1',
  reason: `Sag ${(holds += 1)}`,
  once: `form-${holds}`,
});
const HOLD = '/console/settings/retention/holds/new';
const heldFor = async (reason: string) =>
  rows(varsel.database.pool, 'select placed_by from legal_holds where reason = $1', [reason]);

describe('a cookie', () => {
  const withCookie = (cookie: string) => varsel.customer().get('/console').set('cookie', cookie);

  test('that comes twice, under the name of an address over https, or with more behind it, is none', async () => {
    const { value } = admin.cookie;
    await withCookie(`varsel=${value}`).expect(200);
    await withCookie(`varsel-language=da; varsel=${value}`).expect(200);
    for (const cookie of [
      `varsel=${value}; varsel=${value}`,
      `varsel=${'x'.repeat(43)}; varsel=${value}`,
      `__Host-varsel=${value}`,
      `varsel=${value}x`,
      `varsel="${value}"`,
      `varsel=`,
      `Varsel=${value}`,
    ]) {
      expect((await withCookie(cookie)).status, cookie).toBe(303);
    }
    const both = varsel.customer().get('/v1/me').set('cookie', `varsel=${value}; varsel=${value}`);
    await both.expect(401);
  });
});

describe('a form', () => {
  test.each<[string, (own: SignedInPerson, other: SignedInPerson) => object]>([
    ['without a token', () => ({ csrf: '' })],
    ['with the token of another session', (_own, other) => ({ csrf: other.csrf })],
    ['with a token twice', ({ csrf }) => ({ csrf: [csrf, csrf] })],
    ['with what the token is made of', ({ cookie }) => ({ csrf: cookie.value })],
    ['with the token of a session that is none', () => ({ csrf: csrfTokenOf('') })],
  ])('%s is not taken', async (_what, csrfOf) => {
    const form = aHold();
    const { status, text } = await admin.post(HOLD, { ...form, ...csrfOf(admin, await signIn(varsel)) });
    expect([status, text.includes('sec-')]).toEqual([403, false]);
    expect(await heldFor(form.reason)).toEqual([]);
  });

  test('from another site or a page beside it is not taken, with a token neither', async () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      const form = aHold();
      await admin.post(HOLD, form).set('sec-fetch-site', site).expect(403);
      expect(await heldFor(form.reason), site).toEqual([]);
    }
  });

  test('that is no form is not read', async () => {
    const form = aHold();
    for (const [type, body] of [
      ['application/json', JSON.stringify({ ...form, csrf: admin.csrf })],
      ['text/plain', `csrf=${admin.csrf}&reason=${form.reason}`],
    ] as const) {
      const { status } = await admin.browser.post(HOLD).set('content-type', type).send(body);
      expect(status, type).toBe(400);
    }
    expect(await heldFor(form.reason)).toEqual([]);
    await admin.browser.post('/console/sign-out').expect(403);
    await admin.browser.post(HOLD).expect(403);
  });

  test('is done once under its own key, by whoever it was shown to, and nothing else is', async () => {
    const form = aHold();
    const sent = await Promise.all([admin.post(HOLD, form), admin.post(HOLD, form)]);
    expect(sent.map(({ status }) => status)).toContain(303);
    await admin.post(HOLD, form).expect(303);
    expect(await heldFor(form.reason)).toHaveLength(1);
    // Another form under that key, and that key of another person.
    const other = { ...aHold(), once: form.once };
    await admin.post(HOLD, other).expect(422);
    expect(await heldFor(other.reason)).toEqual([]);
    const person = await signIn(varsel);
    await person.post(HOLD, other).expect(303);
    expect(await heldFor(other.reason)).toEqual([{ placed_by: `person ${person.id}` }]);
  });

  test.each(['x'.repeat(5_000), 'a\0b', 'nøgle', 'a b'])('with a key that is none is told so: %.20j', async (once) => {
    const form = { ...aHold(), once };
    const { status, text } = await admin.post(HOLD, form);
    expect(status, text).toBe(400);
    expect(await heldFor(form.reason)).toEqual([]);
  });

  test('with fields twice, none, very many or very long is answered, and nothing is half done', async () => {
    const before = await oneRow(varsel.database.pool, 'select count(*)::int as count from people');
    for (const fields of [
      { name: ['En', 'To'], email: ['a@x.example', 'b@x.example'], role: ['reader', 'admin'], products: ['*', '*'] },
      {},
      { name: 'x'.repeat(1_000_000), email: `${'x'.repeat(1_000)}@telenor.example`, role: 'constructor' },
      {
        name: 'Linje\r\nBcc: alle@telenor.example',
        email: 'x@telenor.example\r\nBcc: y@telenor.example',
        role: 'reader',
      },
      Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`felt${index}`, '__proto__'])),
    ] as Record<string, string | string[]>[]) {
      const { status, text } = await admin.post('/console/people/new', fields);
      // The first of two: an address of a mailbox, invited as a reader of all products.
      expect([303, 400, 422], text.slice(0, 500)).toContain(status);
    }
    const { count } = await oneRow<{ count: number }>(
      varsel.database.pool,
      'select count(*)::int as count from people',
    );
    expect(count).toBe((before as { count: number }).count + 1);
    await varsel.deliver();
    expect(varsel.mailbox.to('alle@telenor.example')).toEqual([]);
    expect(varsel.mailbox.to('a@x.example')).toHaveLength(1);
  });

  test('what takes fresh factors asks for them, whichever page sends it, and has kept what was typed', async () => {
    varsel.clock.advance({ minutes: 16 });
    const { status, text } = await admin.post('/console/settings/keys/new', {
      name: 'Til lønsystemet',
      role: 'reader',
    });
    expect(status).toBe(403);
    expect(text).toContain('action="/console/settings/keys/new"');
    expect(text).toContain('name="name" value="Til lønsystemet"');
    const made = await admin.post('/console/settings/keys/new', {
      name: 'Til lønsystemet',
      role: 'reader',
      confirmed: 'yes',
    });
    expect([made.status, made.text.includes('varsel_')]).toEqual([200, true]);
  });
});

describe('at the same moment', () => {
  test('a link signs in once', async () => {
    const link = await linkFor(varsel, admin);
    const sent = await Promise.all(Array.from({ length: 6 }, () => varsel.customer().post(link)));
    expect(sent.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(sent.filter(({ status }) => status === 410)).toHaveLength(5);
  });

  test('two who invite an address make one person of it', async () => {
    const colleague = { name: 'Bo Friis', email: 'bo@telenor.example', role: 'reader' };
    const invited = await Promise.all(
      Array.from({ length: 6 }, () => admin.call('post', '/v1/people').send(colleague)),
    );
    expect(invited.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(invited.filter(({ body }) => body.code === 'person-exists')).toHaveLength(5);
  });

  test('two who end a session have ended it once', async () => {
    const { sessionId } = await signIn(varsel, { role: 'reader' });
    const ended = await Promise.all(Array.from({ length: 6 }, () => admin.call('delete', `/v1/sessions/${sessionId}`)));
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await varsel.api().get(`/v1/audit?subject=${sessionId}&action=session.ended`);
    expect(body.items).toHaveLength(1);
  });
});

describe('a session', () => {
  test('is in no cache: neither a page nor what the API tells it', async () => {
    for (const address of ['/console', '/console/me', '/v1/me', '/v1/products/truetalk', '/v1/people'])
      expect((await admin.call('get', address).expect(200)).headers['cache-control'], address).toBe('no-store');
  });

  test('ends to the microsecond', async () => {
    const ends = async (column: string, at: string) => {
      await rows(varsel.database.owner, `update sessions set ${column} = $2 where id = $1`, [admin.sessionId, at]);
      return (await admin.call('get', '/v1/me')).status;
    };
    varsel.clock.set('2026-03-02T09:30:00Z');
    expect(await ends('seen_at', '2026-03-02T09:00:00.000001Z')).toBe(200);
    expect(await ends('seen_at', '2026-03-02T09:00:00Z')).toBe(401);
    expect(await ends('seen_at', '2026-03-02T09:30:00Z')).toBe(200);
    expect(await ends('expires_at', '2026-03-02T09:30:00.000001Z')).toBe(200);
    expect(await ends('expires_at', '2026-03-02T09:30:00Z')).toBe(401);
  });

  test('is written by the application for eight hours at most, and for none that are to come', async () => {
    const insert = (startedAt: string, hours: string) =>
      rows(
        varsel.database.pool,
        `insert into sessions (person_id, hash, method, started_at, expires_at, seen_at, user_agent)
         values ($1, sha256(random()::text::bytea), 'link', $2, $2::timestamptz + $3::interval, $2, 'psql')`,
        [admin.id, startedAt, hours],
      );
    await insert(START, '8 hours');
    await expect(insert(START, '8 hours 1 microsecond')).rejects.toThrow(/sessions_end/);
    await expect(insert('2326-03-02T09:00:00Z', '8 hours')).rejects.toThrow(/later than the database's time/);
  });
});
