import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { passkeyTextsIn } from '../../src/console/passkeys/texts.ts';
import { signInTextsIn } from '../../src/console/signing-in/texts.ts';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { csrfTokenOf, hashSecret, newSecret } from '../../src/security/sessions.ts';
import { anotherApp } from '../support/another-app.ts';
import { Authenticator, type Misdeeds } from '../support/authenticator.ts';
import { linkFor } from '../support/passkeys.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const da = passkeyTextsIn('da');

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

const ORIGIN = () => new URL(varsel.url).origin;

/** Registers another passkey of a person who is signed in, as their browser would. */
async function register(person: SignedInPerson, name = 'Telefon', misdeeds?: Misdeeds) {
  const authenticator = new Authenticator(ORIGIN());
  const { body: options } = await person.get('/console/passkeys/new/options').expect(200);
  const answer = await person.post('/console/passkeys/new', { name, passkey: authenticator.create(options, misdeeds) });
  return { authenticator, answer };
}

async function signInOptions() {
  return (await varsel.customer().get('/console/sign-in/passkey').expect(200)).body;
}
const sendPasskey = (passkey: string, to = '') =>
  varsel.customer().post('/console/sign-in/passkey').type('form').send({ passkey, to });

/** The session that a response begins, as the header of a request. */
const cookieOf = ({ headers }: { headers: Record<string, string> }) =>
  [headers['set-cookie'] ?? []].flat()[0]?.split(';')[0] ?? '';

const passkeysOf = (person: SignedInPerson) => person.call('get', '/v1/me/passkeys').expect(200);
const acts = async (person: SignedInPerson) =>
  (await varsel.api().get(`/v1/audit?actor=person ${person.id}`).expect(200)).body.items.map(
    ({ action }: { action: string }) => action,
  );

describe('A passkey', () => {
  test('is registered by who is signed in, is listed, and signs in (D59)', async () => {
    const person = await signIn(varsel, { role: 'officer' });
    const { authenticator, answer } = await register(person);
    const { body } = await passkeysOf(person);
    expect(body.items).toMatchObject([{ name: 'Telefon', isSynced: true, lastUsedAt: null }]);
    expect(answer.headers.location).toBe(`/console/passkeys?registered=${body.items[0].id}`);
    const listed = await person.get(answer.headers.location ?? '').expect(200);
    expect(listed.text).toContain(da.register.done('Telefon'));

    const entered = await sendPasskey(authenticator.get(await signInOptions()), '/console/passkeys');
    expect([entered.status, entered.headers.location]).toEqual([303, '/console/passkeys']);
    const cookie = cookieOf(entered);
    const { body: me } = await varsel.customer().get('/v1/me').set('cookie', cookie).expect(200);
    expect(me.person.id).toBe(person.id);
    expect((await passkeysOf(person)).body.items).toMatchObject([{ lastUsedAt: '2026-03-02T09:00:00.000Z' }]);
    expect(await acts(person)).toEqual(
      expect.arrayContaining(['passkey.registered', 'session.started', 'session.started']),
    );
    const session = await oneRow(
      varsel.database.pool,
      `select method, factors_at is not null as factors from sessions where person_id = $1 and method = 'passkey'`,
      [person.id],
    );
    expect(session).toEqual({ method: 'passkey', factors: true });
  });

  test('signs in once with what it signed, also where that is sent twice at a time', async () => {
    const person = await signIn(varsel);
    const { authenticator } = await register(person);
    const passkey = authenticator.get(await signInOptions());
    const answers = await Promise.all([sendPasskey(passkey), sendPasskey(passkey)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303, 422]));
    const again = await sendPasskey(passkey);
    expect(again.status).toBe(422);
    expect(again.text).toContain(da.fault.answered);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  test.each<[string, Misdeeds]>([
    ['at another address', { origin: 'https://evil.example' }],
    ['without proving who touches it', { isUnverified: true }],
    ['with another key', { isForged: true }],
    ['for another person', { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['for a challenge of nobody', { challenge: Buffer.alloc(38).toString('base64url') }],
  ])('signs nobody in %s', async (_how, misdeeds) => {
    const person = await signIn(varsel);
    const { authenticator } = await register(person);
    const { status, text, headers } = await sendPasskey(authenticator.get(await signInOptions(), misdeeds));
    expect([status, headers['set-cookie']]).toEqual([422, undefined]);
    expect(text).toContain(da.fault.notVerified);
  });

  test('that is not registered, is of somebody disabled, or was asked too long ago signs nobody in', async () => {
    const person = await signIn(varsel, { role: 'officer' });
    const { authenticator } = await register(person);
    const unknown = new Authenticator(ORIGIN());
    expect((await sendPasskey(unknown.get(await signInOptions()))).status).toBe(422);
    const late = authenticator.get(await signInOptions());
    varsel.clock.advance({ minutes: 5 });
    expect((await sendPasskey(late)).status).toBe(422);
    expect((await sendPasskey(authenticator.get(await signInOptions()))).status).toBe(303);
    await rows(varsel.database.owner, `update people set disabled_at = $1, disabled_by = 'test' where id = $2`, [
      varsel.clock.now(),
      person.id,
    ]);
    expect((await sendPasskey(authenticator.get(await signInOptions()))).status).toBe(422);
  });

  test('of somebody who is disabled is gone, and its removal on record', async () => {
    const person = await signIn(varsel, { role: 'officer' });
    await register(person);
    await register(person, 'Reserve');
    await varsel.api().delete(`/v1/people/${person.id}`).expect(200);
    expect(await rows(varsel.database.pool, 'select from passkeys where person_id = $1', [person.id])).toEqual([]);
    const removed = await varsel.api().get('/v1/audit?action=passkey.removed').expect(200);
    expect(removed.body.items.slice(0, 2)).toMatchObject([
      { at: '2026-03-02T09:00:00.000Z', actor: expect.stringContaining('Test admin') },
      { actor: expect.stringContaining('Test admin') },
    ]);
  });

  test('that counts signs in as long as it counts on, and a copy of it does not', async () => {
    const person = await signIn(varsel);
    const { authenticator } = await register(person, 'Nøgle', { counter: 1 });
    const use = async (counter: number) =>
      (await sendPasskey(authenticator.get(await signInOptions(), { counter }))).status;
    expect([await use(2), await use(5), await use(5), await use(3), await use(6)]).toEqual([303, 303, 422, 422, 303]);
  });

  test('is registered once, by who was asked, and not in the place of signing in', async () => {
    const [person, other] = [await signIn(varsel), await signIn(varsel)];
    const authenticator = new Authenticator(ORIGIN());
    const { body: options } = await person.get('/console/passkeys/new/options').expect(200);
    expect(options.user).toMatchObject({ displayName: expect.stringContaining('Medarbejder') });
    const passkey = authenticator.create(options);
    const stolen = await other.post('/console/passkeys/new', { name: 'Min', passkey });
    expect([stolen.status, (await passkeysOf(other)).body.items]).toEqual([422, []]);
    await person.post('/console/passkeys/new', { name: 'Min', passkey }).expect(303);
    const twice = await person.post('/console/passkeys/new', { name: 'Min', passkey }).expect(422);
    expect(twice.text).toContain(da.fault.answered);
    const { body: more } = await person.get('/console/passkeys/new/options').expect(200);
    expect(more.excludeCredentials).toHaveLength(1);
    const known = await person.post('/console/passkeys/new', { name: 'Igen', passkey: authenticator.create(more) });
    expect(known.text).toContain(da.fault.known);
    expect((await sendPasskey(authenticator.create(await signInOptions()))).status).toBe(422);
  });

  test('keeps the name that was typed where it is not registered', async () => {
    const person = await signIn(varsel);
    const { text } = await person.post('/console/passkeys/new', { name: 'Den grønne', passkey: '' }).expect(422);
    expect(text).toMatch(/<input id="name" name="name" type="text" value="Den grønne"/);
    expect(text).toContain(`<noscript><p class="error">${da.noScript}</p></noscript>`);
    expect(text).toContain(da.fault.none);
    expect(text).toContain('<title>Fejl: ');
    const nameless = await person.post('/console/passkeys/new', { name: ' ', passkey: '{}' }).expect(422);
    expect(nameless.text).toContain(da.register.nameWrong);
  });

  test('is named and removed by its person alone, and the last one stays', async () => {
    const [person, other] = [await signIn(varsel), await signIn(varsel)];
    const { authenticator } = await register(person, 'Gammel');
    const [{ id }] = (await passkeysOf(person)).body.items;
    for (const refused of [
      await other.call('patch', `/v1/me/passkeys/${id}`).send({ name: 'Min' }),
      await other.call('delete', `/v1/me/passkeys/${id}`),
      await varsel.api().delete(`/v1/me/passkeys/${id}`),
      await other.get(`/console/passkeys/${id}`),
    ])
      expect(refused.status).toBe(404);
    await person.post(`/console/passkeys/${id}`, { name: 'Telefon' }).expect(303);
    expect((await passkeysOf(person)).body.items).toMatchObject([{ name: 'Telefon' }]);
    const last = await person.call('delete', `/v1/me/passkeys/${id}`).expect(409);
    expect(last.body.code).toBe('last-passkey');
    expect((await person.get(`/console/passkeys/${id}`)).text).toContain(da.change.last);

    await register(person, 'Ny');
    await person.post(`/console/passkeys/${id}/remove`).expect(303, '');
    expect((await passkeysOf(person)).body.items).toMatchObject([{ name: 'Ny' }]);
    expect((await sendPasskey(authenticator.get(await signInOptions()))).status).toBe(422);
    expect(await acts(person)).toContain('passkey.removed');
  });

  test('of two that are removed at the same time one stays', async () => {
    const person = await signIn(varsel);
    await register(person, 'En');
    await register(person, 'To');
    const { items } = (await passkeysOf(person)).body;
    const removed = await Promise.all(
      items.map(({ id }: { id: string }) => person.call('delete', `/v1/me/passkeys/${id}`)),
    );
    expect(new Set(removed.map(({ status }) => status))).toEqual(new Set([204, 409]));
  });

  test('is removed to the last by who can sign in otherwise', async () => {
    const person = await signIn(varsel);
    await register(person);
    const [{ id }] = (await passkeysOf(person)).body.items;
    await rows(
      varsel.database.owner,
      `update people set issuer = 'https://idp.example', subject = $1 where id = $1::uuid`,
      [person.id],
    );
    await person.call('delete', `/v1/me/passkeys/${id}`).expect(204);
  });
});

test('the form to sign in is refused from another site, and leads to pages of the console alone', async () => {
  const person = await signIn(varsel);
  const { authenticator } = await register(person);
  const foreign = await sendPasskey(authenticator.get(await signInOptions())).set('sec-fetch-site', 'cross-site');
  expect([foreign.status, foreign.headers['set-cookie']]).toEqual([403, undefined]);
  const link = await linkFor(varsel, person);
  await varsel.customer().post(link).set('sec-fetch-site', 'cross-site').expect(403);
  for (const to of [
    'https://evil.example/',
    '//evil.example/console',
    '/v1/me',
    '/console/../v1/me',
    'javascript:1',
    '/consoles',
  ]) {
    const { headers } = await sendPasskey(authenticator.get(await signInOptions()), to).expect(303);
    expect(headers.location, to).toBe('/console');
  }
  const { text } = await varsel.customer().get(`/console/sign-in?to=${encodeURIComponent('/console/changes?q="x')}`);
  expect(text).toContain('name="to" value="/console/changes?q=%22x"');
  const signedIn = await person.get('/console/sign-in?to=/console/passkeys').expect(303);
  expect(signedIn.headers.location).toBe('/console/passkeys');
});

describe('Two factors of the last 15 minutes', () => {
  /** A person with a passkey whose factors were proved twenty minutes ago. */
  async function stale() {
    const person = await signIn(varsel);
    const { authenticator } = await register(person);
    await register(person, 'Reserve');
    const [{ id }] = (await passkeysOf(person)).body.items;
    varsel.clock.advance({ minutes: 20 });
    return { person, authenticator, id, remove: `/console/passkeys/${id}/remove` };
  }
  const proofBy = async (person: SignedInPerson, authenticator: Authenticator, misdeeds?: Misdeeds) =>
    authenticator.get((await person.get('/console/confirm/options').expect(200)).body, misdeeds);

  test('are asked for before what cannot be undone, which is then done with all that was typed', async () => {
    const { person, authenticator, remove } = await stale();
    const asked = await person.post(remove, { note: ['a"<', 'b'], once: 'x' }).expect(403);
    expect(asked.text).toContain(da.confirm.heading);
    expect(asked.text).toContain(`action="${remove}"`);
    for (const kept of ['name="note" value="a&quot;&lt;"', 'name="note" value="b"', 'name="once" value="x"'])
      expect(asked.text).toContain(kept);
    expect((await passkeysOf(person)).body.items).toHaveLength(2);

    const wrong = await person.post(remove, { proof: await proofBy(person, authenticator, { isUnverified: true }) });
    expect([wrong.status, wrong.text.includes(da.fault.notVerified)]).toEqual([403, true]);
    const none = await person.post(remove, { proof: '' });
    expect([none.status, none.text.includes(da.fault.none)]).toEqual([403, true]);
    expect((await passkeysOf(person)).body.items).toHaveLength(2);

    await person.post(remove, { proof: await proofBy(person, authenticator), once: 'x' }).expect(303);
    expect((await passkeysOf(person)).body.items).toHaveLength(1);
  });

  test('are asked of a session at the API as well, and hold for 15 minutes', async () => {
    const { person, authenticator, id } = await stale();
    const { body } = await person.call('delete', `/v1/me/passkeys/${id}`).expect(403);
    expect(body).toMatchObject({ code: 'factors-needed' });
    for (const [verb, address] of [
      ['post', `/v1/webhooks/${id}/rotate-secret`],
      ['delete', `/v1/webhooks/${id}`],
      ['delete', `/v1/keys/${id}`],
      ['post', `/v1/changes/${id}/close`],
      ['post', `/v1/legal-holds/${id}/release`],
    ] as const)
      expect((await person.call(verb, address).expect(403)).body, address).toMatchObject({ code: 'factors-needed' });
    const confirmed = await person.post('/console/confirm', {
      to: '/console/passkeys',
      proof: await proofBy(person, authenticator),
    });
    expect([confirmed.status, confirmed.headers.location]).toEqual([303, '/console/passkeys']);
    varsel.clock.advance({ minutes: 14, seconds: 59 });
    await person.get('/console/passkeys/new').expect(200);
    varsel.clock.advance({ seconds: 1 });
    const late = await person.get('/console/passkeys/new').expect(403);
    expect(late.text).toContain('name="to" value="/console/passkeys/new"');
  });

  test('are not proved by the passkey of another person, nor by what was signed to sign in', async () => {
    const { person, authenticator, remove } = await stale();
    const other = await signIn(varsel);
    const theirs = await register(other);
    const theirProof = await proofBy(other, theirs.authenticator);
    for (const proof of [
      theirProof,
      theirs.authenticator.get((await person.get('/console/confirm/options')).body),
      authenticator.get(await signInOptions()),
      authenticator.get((await other.get('/console/confirm/options')).body),
    ])
      await person.post(remove, { proof }).expect(403);
    expect((await passkeysOf(person)).body.items).toHaveLength(2);
  });

  test('are proved by a button in a trial, where somebody has no passkey, and by nothing else where somebody has', async () => {
    const person = await signIn(varsel);
    varsel.clock.advance({ minutes: 20 });
    const asked = await person.get('/console/passkeys/new').expect(403);
    expect(asked.text).toContain(da.confirm.trial.submit);
    await person.post('/console/confirm', { to: '/console/passkeys/new', confirmed: 'yes' }).expect(303);
    await person.get('/console/passkeys/new').expect(200);
    const { person: withPasskey, remove } = await stale();
    await withPasskey.post(remove, { confirmed: 'yes' }).expect(403);
  });
});

describe('Who came by a link and has proved one factor', () => {
  test('registers a passkey before anything else, through the API neither (D59)', async () => {
    const person = await signIn(varsel, { method: 'link', hasFactors: false });
    for (const address of ['/console', '/console/passkeys', '/console/confirm/options', '/console/no/such']) {
      const { status, headers } = await person.get(address);
      expect([status, headers.location], address).toEqual([303, '/console/passkeys/new']);
    }
    for (const call of [
      await person.call('get', '/v1/me'),
      await person.call('post', '/v1/keys').send({ name: 'Min', role: 'admin' }),
    ])
      expect([call.status, call.body.code]).toEqual([403, 'factors-needed']);
    const page = await person.get('/console/passkeys/new').expect(200);
    expect(page.text).toContain(da.register.first[0]);
    const { answer } = await register(person);
    expect([answer.status, answer.headers.location]).toEqual([303, '/console']);
    await person.get('/console').expect(200);
    await person.call('get', '/v1/me').expect(200);
  });

  test('is what anybody is in production who comes by a link, and there no button stands for a factor', async () => {
    const person = await signIn(varsel);
    const app = await anotherApp(varsel, { publicUrl: () => 'https://varsel.example' });
    onTestFinished(() => app.close());
    const page = await app.inject({ url: await linkFor(varsel, person) });
    expect(page.body).toContain(signInTextsIn('da').linkNext);
    const entered = await app.inject({ method: 'POST', url: await linkFor(varsel, person) });
    expect([entered.statusCode, entered.headers.location]).toEqual([303, '/console']);
    expect(entered.headers['set-cookie']).toMatch(/^__Host-varsel=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
    const start = await app.inject({ url: '/console', headers: { cookie } });
    expect([start.statusCode, start.headers.location]).toEqual([303, '/console/passkeys/new']);
    expect((await app.inject({ url: '/v1/me', headers: { cookie } })).statusCode).toBe(403);

    const [secret, csrf] = [cookie.replace(/^.*=/, ''), csrfTokenOf(cookie.replace(/^.*=/, ''))];
    await rows(varsel.database.owner, 'update sessions set factors_at = $1 where hash = $2', [
      varsel.clock.now().subtract({ minutes: 20 }),
      hashSecret(secret),
    ]);
    const asked = await app.inject({ url: '/console/passkeys/new', headers: { cookie } });
    expect([asked.statusCode, asked.body.includes(da.confirm.withoutPasskey)]).toEqual([403, true]);
    const confirmed = await app.inject({
      method: 'POST',
      url: '/console/confirm',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ csrf, confirmed: 'yes', to: '/console' }).toString(),
    });
    expect(confirmed.statusCode).toBe(403);
  });

  test('opens the link as often as mail systems do, and uses it up by its form', async () => {
    const person = await signIn(varsel, { name: 'Åse Bæk' });
    const link = await linkFor(varsel, person);
    for (let opened = 0; opened < 3; opened += 1) {
      const { text, headers } = await varsel.customer().get(link).expect(200);
      expect(text).toContain('Åse Bæk');
      expect(text).not.toContain('data-submit');
      expect(headers['referrer-policy']).toBe('same-origin');
      expect(headers['cache-control']).toBe('no-store');
    }
    const trial = await varsel.customer().get(await linkFor(varsel, person, 'first-administrator'));
    expect(trial.text).toContain('data-submit');
    const [one, two] = await Promise.all([varsel.customer().post(link), varsel.customer().post(link)]);
    expect(new Set([one.status, two.status])).toEqual(new Set([303, 410]));
    const gone = await varsel.customer().get(link).expect(410);
    expect(gone.text).toContain(signInTextsIn('da').usedHeading);
    expect(gone.text).not.toContain('Åse');
  });

  test('finds a link that has ended, or is somebody’s who is disabled, like one that never was', async () => {
    const person = await signIn(varsel);
    const link = await linkFor(varsel, person);
    varsel.clock.advance({ hours: 24 });
    const ended = await varsel.customer().get(link).expect(410);
    const never = await varsel.customer().get(`/console/sign-in/${newSecret()}`).expect(410);
    const bare = (text: string) => text.replaceAll(/\/console\/sign-in\/[\w-]{43}/g, '');
    expect(bare(ended.text)).toBe(bare(never.text));
    await varsel.customer().post(link).expect(410);
  });
});

test('an address that sends very much to sign in waits, and who is signed in does not', async () => {
  const person = await signIn(varsel);
  const send = () => varsel.customer().post(`/console/sign-in/${newSecret()}`);
  const answers = await Promise.all(Array.from({ length: 61 }, send));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([410, 429]));
  const { text, headers } = await send().expect(429);
  expect(headers['retry-after']).toMatch(/^\d+$/);
  expect(headers['ratelimit-policy']).toBe('"signing-in";q=60;w=60');
  expect(text).toContain('Vent et øjeblik');
  for (const spelt of ['/console/%73ign-in/x', '/%63onsole/sign-in/passkey', '/console/sign%2Din/x?y'])
    expect((await varsel.customer().post(spelt)).status, spelt).toBe(429);
  await varsel.customer().get('/console/sign-in').expect(200);
  await person.get('/console').expect(200);
});
