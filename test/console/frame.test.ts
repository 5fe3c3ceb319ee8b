import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { ROUTES } from '../../src/app/routes.ts';
import { aController } from '../support/examples.ts';
import { signIn } from '../support/signed-in.ts';
import { changeBody, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

/** Every address of the console, with something in place of its parameters. */
const PAGES = ROUTES.console.map(([method, url]) => [method, url.replaceAll(/:\w+/g, 'x').replace('*', 'no/such')]);

test.each(PAGES)('signed out, %s %s tells nothing', async (method, url) => {
  const asked = varsel.customer()[method === 'GET' ? 'get' : 'post'](url ?? '');
  const { status, headers, text } = await asked.set('cookie', `varsel=${'x'.repeat(43)}`);
  expect([status, text]).toEqual([303, '']);
  expect(headers.location).toMatch(/^\/console\/sign-in(\?to=|$)/);
});

test('a session ends after eight hours, and after half an hour without use', async () => {
  const working = await signIn(varsel, { role: 'reader' });
  for (let minutes = 0; minutes < 8 * 60; minutes += 20) {
    await working.get('/console').expect(200);
    varsel.clock.advance({ minutes: 20 });
  }
  await working.get('/console').expect(303);
  const idle = await signIn(varsel, { role: 'reader' });
  varsel.clock.advance({ minutes: 29 });
  await idle.get('/console').expect(200);
  varsel.clock.advance({ minutes: 30 });
  await idle.get('/console').expect(303);
  await idle.call('get', '/v1/me').expect(401);
});

test('a page that refreshes itself before an empty chair is no use of a session', async () => {
  const idle = await signIn(varsel, { role: 'reader' });
  await idle.get('/console').expect(200);
  varsel.clock.advance({ minutes: 29 });
  const { text } = await idle.get('/console/work').set('accept-language', 'da').expect(200);
  expect(text).toContain('Intet venter på dig.');
  // Where nothing is on record, it says where to begin, of what a reader may see.
  expect(text).toContain('Ingen ændring er varslet endnu.');
  expect(text).toContain('href="/console/customers"');
  expect(text).not.toContain('href="/console/announce"');
  expect(text).not.toContain('<html');
  const proposer = await signIn(varsel, { role: 'officer' });
  const body = { kind: 'announcement', announcement: changeBody() };
  await proposer.call('post', '/v1/proposals').send(body).expect(201);
  expect((await idle.get('/console/work').expect(200)).text).not.toContain('Ingen ændring er varslet endnu.');
  varsel.clock.advance({ minutes: 2 });
  await idle.get('/console/work').expect(303);
});

test('a call of the API takes a session as it takes a key, and names the person on record', async () => {
  const officer = await signIn(varsel, { role: 'officer', name: 'Anne Holm' });
  const { body } = await officer.call('get', '/v1/me').expect(200);
  expect(body).toMatchObject({ key: null, person: { id: officer.id, roles: [{ role: 'officer', products: null }] } });
  await officer.browser.post('/v1/legal-holds').send({ controller: 'kunde-1', reason: 'Sag' }).expect(403);
  await officer.browser
    .post('/v1/legal-holds')
    .set('x-csrf-token', officer.csrf)
    .set('sec-fetch-site', 'cross-site')
    .send({ controller: 'kunde-1', reason: 'Sag' })
    .expect(403);
  await haveControllers(varsel, [aController(1)]);
  const { body: hold } = await officer
    .call('post', '/v1/legal-holds')
    .send({ controller: 'kunde-1', reason: 'Sag' })
    .expect(201);
  expect(hold.placedBy).toBe(`Anne Holm (person ${officer.id})`);
  const kept = await oneRow(varsel.database.pool, 'select placed_by from legal_holds where id = $1', [hold.id]);
  expect(kept).toEqual({ placed_by: `person ${officer.id}` });
});

test('a role is of a product, and one that is taken away counts no more at once', async () => {
  const other = { ...(await varsel.api().get('/v1/products/truetalk')).body, id: undefined };
  await varsel
    .api()
    .put('/v1/products/other')
    .send({ ...other, reason: 'Nyt produkt' });
  const reader = await signIn(varsel, { role: 'reader', products: ['truetalk'] });
  await reader.call('get', '/v1/products/truetalk').expect(200);
  await reader.call('get', '/v1/products/other').expect(403);
  await rows(varsel.database.owner, `update person_roles set ended_at = $1, ended_by = 'test' where person_id = $2`, [
    varsel.clock.now(),
    reader.id,
  ]);
  await reader.call('get', '/v1/products/truetalk').expect(403);
});

test('a person who may not sign in any more is signed out', async () => {
  // The last administrator stays (D57).
  await signIn(varsel);
  const person = await signIn(varsel);
  await person.get('/console').expect(200);
  await rows(varsel.database.owner, `update people set disabled_at = $1, disabled_by = 'test' where id = $2`, [
    varsel.clock.now(),
    person.id,
  ]);
  await person.get('/console').expect(303);
});

test('signing out ends the session, and takes a form of the session', async () => {
  const person = await signIn(varsel);
  await person.browser.post('/console/sign-out').type('form').send({}).expect(403);
  await person.get('/console').expect(200);
  const { headers } = await person.post('/console/sign-out').expect(200);
  expect(headers['set-cookie']).toEqual(['varsel=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0']);
  await person.get('/console').expect(303);
});

test('pages are in Danish and English, and keep the choice', async () => {
  const person = await signIn(varsel);
  const danish = await person.get('/console');
  expect(danish.text).toContain('<html lang="da">');
  const english = await person.get('/console?lang=en');
  expect(english.text).toContain('<html lang="en">');
  expect(english.headers['set-cookie']?.[0]).toMatch(/^varsel-language=en; Path=\/console; HttpOnly; SameSite=Lax/);
  const { text } = await person.get('/console').set('cookie', `varsel=${person.cookie.value}; varsel-language=en`);
  expect(text).toContain('<html lang="en">');
});

test('Where no identity provider is configured, nothing leads to one', async () => {
  expect((await varsel.customer().get('/console/sign-in')).text).not.toContain('/console/sign-in/openid');
  for (const address of ['sign-in/openid', 'sign-in/openid/callback?state=x&code=y', 'sign-out/openid']) {
    await varsel.customer().get(`/console/${address}`).expect(404);
  }
});
