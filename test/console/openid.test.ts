import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertPerson } from '../../src/db/people.ts';
import { insertPersonRole } from '../../src/db/person-roles.ts';
import { inTransaction, row, rows } from '../../src/db/postgres.ts';
import { Browsing, type VisitedPage } from '../support/browsing.ts';
import { startHostileProvider, type HostileProvider } from '../support/hostile-provider.ts';
import { signIn } from '../support/signed-in.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let provider: HostileProvider;
let varsel: TestVarsel;
beforeAll(async () => {
  provider = await startHostileProvider();
  varsel = await startVarsel(START, null, 'silent', {
    openId: {
      issuer: provider.issuer,
      clientId: provider.client.id,
      clientSecret: { value: provider.client.secret },
      acr: [],
      acrs: [],
      rolesClaim: 'groups',
      roles: [
        { value: 'jura', role: 'officer', product: 'truetalk' },
        { value: 'drift', role: 'admin', product: null },
        { value: 'senere', role: 'reader', product: 'not-made-yet' },
      ],
    },
  });
});
beforeEach(() => varsel.clock.set(START));
afterEach(() => provider.be());
afterAll(async () => {
  await varsel.close();
  await provider.close();
});

type Claims = Readonly<Record<string, unknown>>;

let subjects = 0;
/** Somebody whom nobody knows yet, in the group of the lawyers. */
function somebody(claims: Claims = {}) {
  subjects += 1;
  return {
    sub: `subject-${subjects}`,
    name: `Medarbejder ${subjects}`,
    email: `medarbejder-${subjects}@firma.example`,
    groups: ['jura'],
    ...claims,
  };
}

/** Goes to the provider from an address of Varsel; the address that the provider is asked with. */
async function goToProvider(browsing: Browsing, address = '/console/sign-in/openid'): Promise<URL> {
  const { url } = await browsing.visit(varsel.url + address, (to) => to.origin === provider.issuer);
  expect(url.origin).toBe(provider.issuer);
  return url;
}

/** Signs in at the provider with these claims, and comes back. */
async function signInAs(
  claims: Claims,
  browsing = new Browsing(),
  address?: string,
): Promise<VisitedPage & { browsing: Browsing }> {
  const asked = await goToProvider(browsing, address);
  return { ...(await browsing.visit(provider.signIn(asked, claims))), browsing };
}

/** Who is signed in in a browser, as the API says. */
async function whoIsIn(browsing: Browsing) {
  const page = await browsing.visit(`${varsel.url}/v1/me`);
  if (page.status === 401) return null;
  return (JSON.parse(page.text) as { person: { id: string; name: string; roles: object[] } }).person;
}

const personWith = ({ sub }: Claims) =>
  row<{ id: string; name: string; email: string; issuer: string }>(
    varsel.database.pool,
    'select id, name, email, issuer from people where subject = $1',
    [sub as string],
  );

const sessionsOf = ({ sub }: Claims) =>
  rows<{ id: string; method: string; factors: string; ended: boolean }>(
    varsel.database.pool,
    `select s.id, method, to_char(factors_at at time zone 'UTC', 'HH24:MI:SS') as factors, ended_at is not null as ended
     from sessions s join people p on p.id = s.person_id where subject = $1 order by s.id`,
    [sub as string],
  );

const rolesOf = (personId: string) =>
  rows(
    varsel.database.pool,
    `select role, product_id as product, source, ended_at is not null as ended from person_roles
     where person_id = $1 order by id`,
    [personId],
  );

/** A person who was here before the provider said anything. */
const aPerson = (email: string) =>
  inTransaction(varsel.database.pool, async (tx) => {
    const by = { at: varsel.clock.now(), actor: 'system' };
    const person = await insertPerson(tx, { name: 'Anne Holm', email }, by);
    await insertPersonRole(tx, { personId: person.id, role: 'reader', product: null, source: 'given' }, by);
    return person;
  });

/** The page says so, is one of a failure, and nobody is signed in. */
async function expectNotIn(page: VisitedPage & { browsing: Browsing }, heading: string, status = 403) {
  expect([page.status, /<h1>(.*)<\/h1>/.exec(page.text)?.[1]]).toEqual([status, heading]);
  expect(page.text).toContain('<title>Fejl: ');
  expect(await whoIsIn(page.browsing)).toBeNull();
}

describe('Who signs in through the provider', () => {
  test('is made a person, with the roles of its groups, and comes to where it wanted', async () => {
    const claims = somebody();
    const { url, status, browsing } = await signInAs(
      claims,
      new Browsing(),
      `/console/sign-in/openid?to=${encodeURIComponent('/console?lang=en')}`,
    );
    expect([url.pathname + url.search, status]).toEqual(['/console?lang=en', 200]);
    const person = await personWith(claims);
    expect(person).toMatchObject({ name: claims.name, email: claims.email, issuer: provider.issuer });
    expect(await whoIsIn(browsing)).toMatchObject({
      id: person?.id,
      roles: [{ role: 'officer', products: ['truetalk'] }],
    });
    // The provider said that the factors were given 30 seconds before.
    expect(await sessionsOf(claims)).toMatchObject([{ method: 'openid', factors: '08:59:30', ended: false }]);
    const acts = await rows(
      varsel.database.pool,
      `select action, actor, details from audit_log where actor = $1 or subject = $2 order by at, action`,
      [`person ${person?.id}`, person?.id ?? ''],
    );
    expect(acts).toEqual([
      { action: 'person.added', actor: 'system', details: { source: 'provider' } },
      { action: 'session.started', actor: `person ${person?.id}`, details: { method: 'openid' } },
    ]);
    // What the browser kept for the answer is gone, and the session's cookie is there.
    expect([...browsing.cookiesFor(varsel.url).keys()].toSorted()).toEqual(['varsel', 'varsel-language']);
  });

  test('is the same person the next time, has what the groups are worth then, and one session in one browser', async () => {
    const claims = somebody({ groups: ['jura', 'senere'] });
    const { browsing } = await signInAs(claims);
    const other = await signInAs(claims);
    const person = await personWith(claims);
    expect(await whoIsIn(other.browsing)).toMatchObject({ id: person?.id });
    await signInAs({ ...claims, groups: ['drift'], email: 'gift@firma.example' }, browsing);
    expect(await whoIsIn(browsing)).toMatchObject({ id: person?.id, roles: [{ role: 'admin', products: null }] });
    // Also where it is signed in already.
    expect(await whoIsIn(other.browsing)).toMatchObject({ roles: [{ role: 'admin', products: null }] });
    expect(await rolesOf(person?.id ?? '')).toEqual([
      { role: 'officer', product: 'truetalk', source: 'provider', ended: true },
      { role: 'admin', product: null, source: 'provider', ended: false },
    ]);
    expect((await sessionsOf(claims)).map(({ ended }) => ended)).toEqual([true, false, false]);
  });

  test('is made once, where it signs in twice at a time', async () => {
    const claims = somebody();
    const browsers = [new Browsing(), new Browsing(), new Browsing()];
    const pages = await Promise.all(browsers.map((browsing) => signInAs(claims, browsing)));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await rows(varsel.database.pool, 'select id from people where subject = $1', [claims.sub])).toHaveLength(1);
    expect(await sessionsOf(claims)).toHaveLength(3);
  });

  test('does not get in without a role, and is not made: none by default', async () => {
    for (const groups of [undefined, [], ['kantine'], ['senere']]) {
      const claims = somebody({ groups });
      await expectNotIn(await signInAs(claims), 'Du har ingen rolle i Varsel');
      expect(await personWith(claims)).toBeNull();
    }
    const claims = somebody();
    await signInAs(claims);
    await expectNotIn(await signInAs({ ...claims, groups: [] }), 'Du har ingen rolle i Varsel');
    // The roles are ended all the same.
    expect(await rolesOf((await personWith(claims))?.id ?? '')).toMatchObject([{ role: 'officer', ended: true }]);
  });

  test('keeps the roles that a person gave', async () => {
    const claims = somebody({ email_verified: true });
    const { id } = await aPerson(claims.email);
    await signInAs(claims);
    const { browsing } = await signInAs({ ...claims, groups: [] });
    expect(await whoIsIn(browsing)).toMatchObject({ id, roles: [{ role: 'reader', products: null }] });
  });

  test('may not any more where its access is closed here, as itself or under another name', async () => {
    const claims = somebody();
    const { browsing } = await signInAs(claims);
    await rows(varsel.database.owner, `update people set disabled_at = $2, disabled_by = 'test' where subject = $1`, [
      claims.sub,
      varsel.clock.now(),
    ]);
    await expectNotIn(await signInAs(claims, browsing), 'Din adgang er lukket');
    await expectNotIn(await signInAs({ ...claims, sub: `${claims.sub}-new` }), 'Din adgang er lukket');
    // Invited anew it is another person, whom the provider calls the same.
    const { id } = await aPerson(claims.email);
    expect(await whoIsIn((await signInAs(claims, browsing)).browsing)).toMatchObject({ id });
  });
});

test('A person who is erased is nobody’s at the provider any more, and what was done stays', async () => {
  const claims = somebody();
  await signInAs(claims);
  const person = await personWith(claims);
  await varsel.database.owner.query(`select empty_rows_anyway(uuidv7(), 'people', $1)`, [[person?.id]]);
  expect(await personWith(claims)).toBeNull();
  const { rows: left } = await varsel.database.owner.query('select name, email, subject from people where id = $1', [
    person?.id,
  ]);
  expect(left).toEqual([{ name: '[erased]', email: '[erased]', subject: '[erased]' }]);
});

describe('An address', () => {
  test('makes somebody the person who is here already only where the provider vouches for it, and then for good', async () => {
    const claims = somebody();
    const { id } = await aPerson(claims.email.toUpperCase());
    await expectNotIn(await signInAs({ ...claims, email_verified: false }), 'Vi kan ikke se, at adressen er din');
    await expectNotIn(
      await signInAs({ ...claims, email_verified: undefined, groups: ['drift'] }),
      'Vi kan ikke se, at adressen er din',
    );
    expect(await rolesOf(id)).toHaveLength(1);
    const { browsing } = await signInAs(claims);
    expect(await whoIsIn(browsing)).toMatchObject({ id, name: 'Anne Holm' });
    await expectNotIn(await signInAs({ ...claims, sub: 'somebody-else' }), 'Mailadressen er en andens');
    const steal = `update people set subject = 'somebody-else' where id = '${id}'`;
    await expect(varsel.database.pool.query(steal)).rejects.toThrow('append-only');
    // Known by its subject from now on, whatever the address is.
    const later = await signInAs({ ...claims, email: 'ny@firma.example', email_verified: undefined });
    expect(await whoIsIn(later.browsing)).toMatchObject({ id });
  });
});

describe('Without proof nobody gets in, and the page says what the administrator must set:', () => {
  test.each([
    ['two factors', { amr: ['pwd'] }, 'To faktorer er ikke bevist', 'amr=[&quot;pwd&quot;]', 'amr = mfa'],
    ['their time', { auth_time: undefined }, 'Tidspunktet for dit login mangler', 'auth_time=–', 'auth_time'],
    ['of today', { auth_time: 1_000 }, 'Dit login er for gammelt', 'auth_time=1000', 'max_age'],
    ['an address', { email: undefined }, 'Din mailadresse mangler', 'email=–', 'email'],
    [
      'the groups',
      { groups: undefined, _claim_names: { groups: 'x' } },
      'Dine grupper mangler',
      'groups=–',
      'OIDC_ROLES_CLAIM=roles',
    ],
  ])('%s', async (_, claims, heading, found, advice) => {
    const page = await signInAs(somebody(claims));
    await expectNotIn(page, heading);
    expect(page.text.replaceAll('&#34;', '&quot;')).toContain(`<code>${found}`);
    expect(page.text.slice(page.text.indexOf('Til administratoren'))).toContain(advice);
  });

  test('in English, too', async () => {
    const browsing = new Browsing();
    await browsing.visit(`${varsel.url}/console/sign-in?lang=en`);
    const { text } = await signInAs(somebody({ amr: [] }), browsing);
    expect(text).toMatch(/<html lang="en">[^]*Two factors are not proved[^]*For the administrator[^]*amr = mfa/);
  });
});

describe('An answer is for the browser that asked, once, and for ten minutes:', () => {
  /** A browser on its way back, and the address that it is sent to. */
  async function onTheWayBack(claims: Claims = somebody()) {
    const browsing = new Browsing();
    return { browsing, callback: provider.signIn(await goToProvider(browsing), claims) };
  }

  test('the browser of somebody else is not signed in by it', async () => {
    const { callback } = await onTheWayBack();
    const times = provider.exchanges.length;
    const stranger = new Browsing();
    await expectNotIn({ ...(await stranger.visit(callback)), browsing: stranger }, 'Log ind igen');
    const asking = await onTheWayBack();
    await expectNotIn({ ...(await asking.browsing.visit(callback)), ...asking }, 'Log ind igen');
    // The provider was not even asked.
    expect(provider.exchanges).toHaveLength(times);
  });

  test('a cookie that the browser has altered, or has twice, is none', async () => {
    const { browsing, callback } = await onTheWayBack();
    const cookies = browsing.cookiesFor(varsel.url);
    const sealed = cookies.get('varsel-openid') ?? '';
    cookies.set('varsel-openid', `${sealed.slice(0, -3)}AAA`);
    await expectNotIn({ ...(await browsing.visit(callback)), browsing }, 'Log ind igen');
    cookies.set('varsel-openid', `${sealed}; varsel-openid=x`);
    await expectNotIn({ ...(await browsing.visit(callback)), browsing }, 'Log ind igen');
  });

  test('ten minutes later it is too late', async () => {
    const early = await onTheWayBack();
    varsel.clock.advance({ minutes: 9, seconds: 59 });
    expect((await early.browsing.visit(early.callback)).status).toBe(200);
    const late = await onTheWayBack();
    varsel.clock.advance({ minutes: 10 });
    await expectNotIn({ ...(await late.browsing.visit(late.callback)), ...late }, 'Log ind igen');
  });

  test('it begins one session, also where the provider takes its code again', async () => {
    const claims = somebody();
    const { browsing, callback } = await onTheWayBack(claims);
    const thief = new Browsing();
    for (const [name, value] of browsing.cookiesFor(varsel.url)) thief.cookiesFor(varsel.url).set(name, value);
    provider.be({ forgets: true });
    const pages = await Promise.all([browsing.visit(callback), thief.visit(callback)]);
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200, 403]));
    expect(await sessionsOf(claims)).toHaveLength(1);
    expect(pages.find(({ status }) => status === 403)?.text).toContain('er brugt én gang allerede');
  });

  test('it is used up for good, also once the session that it began has answered again', async () => {
    const claims = somebody();
    const { browsing, callback } = await onTheWayBack(claims);
    const thief = new Browsing();
    for (const [name, value] of browsing.cookiesFor(varsel.url)) thief.cookiesFor(varsel.url).set(name, value);
    provider.be({ forgets: true });
    await browsing.visit(callback);
    const asked = await goToProvider(browsing, '/console/sign-in/openid?confirm');
    expect((await browsing.visit(provider.signIn(asked, claims))).text).toContain('<h1>Det er bekræftet</h1>');
    expect((await thief.visit(callback)).text).toContain('er brugt én gang allerede');
    expect(await sessionsOf(claims)).toHaveLength(1);
  });

  test('it leads into the console, wherever it was told to', async () => {
    for (const to of [
      'https://evil.example/',
      '//evil.example/console',
      '/console/../v1/me',
      '/consoles',
      '\\\\evil',
      'javascript:0',
    ]) {
      const { url } = await signInAs(
        somebody(),
        new Browsing(),
        `/console/sign-in/openid?to=${encodeURIComponent(to)}`,
      );
      expect(url.href).toBe(`${varsel.url}/console`);
    }
  });

  test('a hostile one signs nobody in', async () => {
    for (const hostility of [
      { signature: 'none' },
      { signature: 'of a stranger' },
      { claims: { nonce: 'x' } },
    ] as const) {
      const claims = somebody();
      const { browsing, callback } = await onTheWayBack(claims);
      provider.be(hostility);
      await expectNotIn({ ...(await browsing.visit(callback)), browsing }, 'Svaret kan ikke godtages', 502);
      expect(await personWith(claims)).toBeNull();
      provider.be();
    }
  });

  test('a refusal is told by its code alone', async () => {
    const { browsing, callback } = await onTheWayBack();
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    callback.searchParams.set('error_description', 'Ring til 12345678');
    const page = await browsing.visit(callback);
    await expectNotIn({ ...page, browsing }, 'Du blev ikke logget ind');
    expect(page.text).toContain('<code>access_denied</code>');
    expect(page.text).not.toContain('12345678');
  });
});

describe('Fresh factors', () => {
  const CONFIRM = '/console/sign-in/openid?confirm';

  test('are asked for anew, and the session goes on with them', async () => {
    const claims = somebody();
    const { browsing } = await signInAs(claims);
    varsel.clock.advance({ minutes: 20 });
    const asked = await goToProvider(browsing, CONFIRM);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      prompt: 'login',
      max_age: '900',
      login_hint: claims.email,
    });
    const { status, text } = await browsing.visit(provider.signIn(asked, claims));
    expect([status, text]).toEqual([200, expect.stringContaining('<h1>Det er bekræftet</h1>')]);
    expect(await sessionsOf(claims)).toMatchObject([{ factors: '09:19:30', ended: false }]);
    expect(await whoIsIn(browsing)).toMatchObject({ name: claims.name });
  });

  test('are asked for by the page that takes them, which keeps the form meanwhile', async () => {
    const claims = somebody();
    const { browsing } = await signInAs(claims);
    varsel.clock.advance({ minutes: 20 });
    const cookie = `varsel=${browsing.cookiesFor(varsel.url).get('varsel')}`;
    const { status, text } = await browsing.visit(`${varsel.url}/console/passkeys/new`);
    expect([status, text]).toEqual([
      403,
      expect.stringContaining('href="/console/sign-in/openid?confirm" target="_blank"'),
    ]);
    const fields = Object.fromEntries(
      [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name = '', value]) => [
        name,
        value,
      ]),
    );
    expect(fields).toMatchObject({ to: '/console/passkeys/new' });
    const goOn = () => varsel.customer().post('/console/confirm').set('cookie', cookie).type('form').send(fields);
    // Neither saying so nor the button of a trial is a proof.
    expect((await goOn()).status).toBe(403);
    expect((await goOn().send({ confirmed: 'yes' })).status).toBe(403);
    await signInAs(claims, browsing, CONFIRM);
    const { headers } = await goOn().expect(303);
    expect(headers.location).toBe('/console/passkeys/new');
  });

  test('are not those of somebody else, nor old ones, nor for who is not signed in', async () => {
    const [own, other] = [somebody(), somebody()];
    const { browsing } = await signInAs(own);
    await signInAs(other);
    varsel.clock.advance({ minutes: 20 });
    const colleague = await signInAs(other, browsing, CONFIRM);
    expect(colleague.text).toContain('<h1>Det var en anden</h1>');
    const stranger = somebody({ email: own.email });
    expect((await signInAs(stranger, browsing, CONFIRM)).text).toContain('<h1>Det var en anden</h1>');
    const old = { ...own, auth_time: Math.floor(Date.now() / 1000) - 16 * 60 - 5 };
    const page = await signInAs(old, browsing, CONFIRM);
    expect(page.text).toContain('<h1>Dit login er for gammelt</h1>');
    expect(page.text).toContain('href="/console/sign-in/openid?to=%2Fconsole&amp;confirm="');
    expect(await sessionsOf(own)).toMatchObject([{ factors: '08:59:30', ended: false }]);
    expect(await personWith(stranger)).toBeNull();
    const { url } = await new Browsing().visit(varsel.url + CONFIRM);
    expect(url.pathname).toBe('/console/sign-in');
  });

  test('are not for a session that has ended meanwhile', async () => {
    const claims = somebody();
    const { browsing } = await signInAs(claims);
    const asked = await goToProvider(browsing, CONFIRM);
    varsel.clock.advance({ minutes: 5 });
    await rows(varsel.database.owner, `update sessions set ended_at = $1, ended_by = 'test' where ended_at is null`, [
      varsel.clock.now(),
    ]);
    const page = await browsing.visit(provider.signIn(asked, claims));
    await expectNotIn({ ...page, browsing }, 'Log ind igen');
  });
});

test('A provider that is away keeps nobody else from anything', async () => {
  const person = await signIn(varsel);
  provider.be({ respond: { '/.well-known/openid-configuration': (response) => response.destroy() } });
  const browsing = new Browsing();
  const page = await browsing.visit(`${varsel.url}/console/sign-in/openid`);
  await expectNotIn({ ...page, browsing }, 'Login-tjenesten svarer ikke', 503);
  await person.get('/console').expect(200);
  expect((await browsing.visit(`${varsel.url}/console/sign-in`)).status).toBe(200);
  await varsel.customer().get('/readyz').expect(200);
});

test('Signing out leads on to the provider’s own signing out, for who came from there', async () => {
  const { browsing } = await signInAs(somebody());
  const secret = browsing.cookiesFor(varsel.url).get('varsel') ?? '';
  const { text } = await varsel.customer().get('/console').set('cookie', `varsel=${secret}`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1];
  const out = await varsel
    .customer()
    .post('/console/sign-out')
    .set('cookie', `varsel=${secret}`)
    .type('form')
    .send({ csrf });
  expect(out.text).toContain('href="/console/sign-out/openid"');
  const { url } = await browsing.visit(`${varsel.url}/console/sign-out/openid`, (to) => to.origin === provider.issuer);
  expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${varsel.url}/console/sign-in`);
  const byLink = await signIn(varsel, { method: 'link' });
  expect((await byLink.post('/console/sign-out')).text).not.toContain('/console/sign-out/openid');
});

test('One address does not have us ask the provider without end', async () => {
  const ask = () => varsel.customer().get('/console/sign-out/openid').redirects(0);
  const statuses = new Set<number>();
  for (let times = 0; times < 130; times += 1) statuses.add((await ask()).status);
  expect(statuses).toContain(429);
  expect((await ask()).headers['ratelimit-policy']).toBe('"asking-the-provider";q=120;w=60');
  // The answer to a question that was asked is heard all the same.
  await varsel.customer().get('/console/sign-in/openid/callback').expect(403);
});
