import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oneRow } from '../../src/db/postgres.ts';
import { aController, aProduct } from '../support/examples.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { signIn, signInAgain, type SignedInPerson } from '../support/signed-in.ts';
import {
  announceAnother,
  changeBody,
  changeNow,
  haveControllers,
  haveProduct,
  PLANNED_ON,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* What happens to people in browsers: they click twice, come second, have two tabs, and lose a role in the middle of a form. */

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let receiver: Receiver;
let anne: SignedInPerson;
let bo: SignedInPerson;
beforeAll(async () => {
  [varsel, receiver] = await Promise.all([startVarsel(START), startReceiver()]);
  await haveControllers(varsel, [aController(1), aController(2)]);
});
afterAll(() => Promise.all([varsel.close(), receiver.close()]));
beforeEach(async () => {
  varsel.clock.set(START);
  [anne, bo] = await Promise.all([signIn(varsel, { name: 'Anne Holm' }), signIn(varsel, { name: 'Bo Friis' })]);
});

const pool = () => varsel.database.pool;
const counted = async (what: string, values: readonly string[] = []) =>
  (await oneRow<{ count: number }>(pool(), `select count(*) from ${what}`, [...values])).count;
const fieldOf = (page: string, name: string) =>
  new RegExp(`name="${name}"[^>]*? value="([^"]*)"`).exec(page)?.[1]?.replaceAll('&quot;', '"') ?? '';
const inDanish = async (person: SignedInPerson, address: string, fields: Parameters<SignedInPerson['post']>[1] = {}) =>
  person.post(address, fields).set('accept-language', 'da');
const aContact = (name: string) => ({
  contactName: name,
  email: `${name.toLowerCase()}@kunde.example`,
  language: 'da',
});

describe('A form of which the page was shown to a session before this one', () => {
  const typed = { name: 'Ny & "Kunde"', externalId: 'ny-tab' };
  /** Another tab of the browser, in which the person has signed in anew meanwhile. */
  const fromOldTab = async (headers: { 'sec-fetch-site'?: string }) => {
    const again = await signInAgain(varsel, anne);
    const sent = again.post('/console/customers/new', { ...typed, csrf: anne.csrf }).set({ ...headers });
    return {
      again,
      ...(await sent.then(({ status, headers: { location = '' }, text }) => ({ status, location, text }))),
    };
  };

  test('is shown again with all that was typed, and nothing is done', async () => {
    const { again, status, location } = await fromOldTab({ 'sec-fetch-site': 'same-origin' });
    expect([status, location]).toEqual([303, expect.stringMatching(/^\/console\/kept\//)]);
    const { text } = await again.get(location).set('accept-language', 'da').expect(200);
    expect(text).toContain('Intet er sendt endnu');
    expect(fieldOf(text, 'name')).toBe('Ny &amp; "Kunde"');
    expect(await counted(`controllers where external_id = 'ny-tab'`)).toBe(0);
    const once = fieldOf(text, 'once');
    // What it lacked stands beside its fields. From there it is not what was kept any more.
    const lacking = await again.post('/console/customers/new', { ...typed, once }).expect(400);
    expect(fieldOf(lacking.text, 'once')).not.toBe(once);
    expect((await again.get('/console')).text).not.toContain('/console/kept/');
  });

  test('is refused where the browser does not say that it is ours, and nothing of it is kept or shown', async () => {
    for (const headers of [{}, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      const { status, text } = await fromOldTab(headers);
      expect([status, text.includes('ny-tab')]).toEqual([403, false]);
    }
    expect(await counted('kept_forms where person_id = $1', [anne.id])).toBe(0);
  });
});

test('A form that is kept is forgotten by who does not mean it any more, and by nobody else', async () => {
  varsel.clock.advance({ minutes: 31 });
  const { headers } = await anne.post('/console/customers/new', { name: 'Glemt' }).expect(303);
  const kept = new URL(headers['location'] ?? '', varsel.url).searchParams.get('to') ?? '';
  const again = await signInAgain(varsel, anne);
  const other = await signInAgain(varsel, bo);
  await other.post(kept).expect(303);
  expect((await again.get('/console/changes')).text).toContain(`action="${kept}"`);
  await again.post(kept).expect(303);
  expect((await again.get('/console/changes')).text).not.toContain(kept);
});

describe('Who may not do it any more is told so, and reads what was typed:', () => {
  test('a role that was taken away', async () => {
    const { body } = await varsel.api().get(`/v1/people/${anne.id}`);
    await varsel.api().delete(`/v1/people/${anne.id}/roles/${body.roles[0].id}`).expect(200);
    const { status, text } = await inDanish(anne, '/console/customers/new', {
      name: 'Tabt <A/S>',
      externalId: 'tabt-1',
    });
    expect(status).toBe(403);
    for (const words of [
      'Det har du ikke adgang til',
      'Det, du havde skrevet',
      'Tabt &lt;A/S&gt;</textarea>',
      'tabt-1',
    ])
      expect(text).toContain(words);
    expect(await counted(`controllers where external_id = 'tabt-1'`)).toBe(0);
  });

  test('a thing that is gone, or of a product that is not theirs', async () => {
    await anne.post('/console/customers/kunde-1/contacts/new', aContact('Gone')).expect(303);
    const { body } = await varsel.api().get('/v1/controllers/kunde-1/contacts');
    const { id } = body.items.at(-1);
    const address = `/console/customers/kunde-1/contacts/${id}`;
    await bo.post(`${address}/remove`).expect(303);
    const late = await inDanish(anne, address, aContact('Rettet'));
    expect([late.status, late.text.includes('rettet@kunde.example</textarea>')]).toEqual([404, true]);
    await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet' }));
    const of = await signIn(varsel, { role: 'officer', products: ['andet'] });
    const withdrawal = await inDanish(of, `/console/changes/${await announceAnother(varsel)}/withdraw`, {
      da: 'Min grund',
    });
    expect([withdrawal.status, withdrawal.text.includes('Min grund</textarea>')]).toEqual([404, true]);
  });

  test('somebody who is disabled is signed out', async () => {
    await varsel.api().delete(`/v1/people/${bo.id}`).expect(200);
    await bo.post('/console/customers/new', { name: 'X' }).expect(303);
    await bo.get('/console').expect(303);
  });
});

test('Factors that have lapsed are asked for by every form whose act takes them, and what was typed is done then', async () => {
  varsel.clock.advance({ minutes: 16 });
  const form = { name: 'Kontraktsystemet', role: 'reader', once: 'lapsed' };
  const asked = await inDanish(anne, '/console/settings/keys/new', form);
  expect(asked.status).toBe(403);
  expect(fieldOf(asked.text, 'name')).toBe('Kontraktsystemet');
  expect(asked.text).toContain('name="confirmed"');
  expect(asked.text).not.toContain('Det, du havde skrevet');
  const done = await inDanish(anne, '/console/settings/keys/new', { ...form, confirmed: 'yes' });
  expect([done.status, done.text.includes('varsel_')]).toEqual([200, true]);
  expect(await counted(`api_keys where name = 'Kontraktsystemet'`)).toBe(1);
});

describe('Two clicks at once do it once, and are answered the same:', () => {
  test.each<[what: string, address: string, fields: Record<string, string>, rows: string]>([
    [
      'a customer',
      '/console/customers/new',
      { externalId: 'to-1', name: 'To', registrationNumber: '10000099', products: 'truetalk', ...aContact('To') },
      `controllers where external_id = 'to-1'`,
    ],
    [
      'a contact',
      '/console/customers/kunde-2/contacts/new',
      aContact('Dobbelt'),
      `contacts where email = 'dobbelt@kunde.example'`,
    ],
    [
      'an invitation',
      '/console/people/new',
      { name: 'Ib', email: 'ib@telenor.example', role: 'reader', products: '*' },
      `people where email = 'ib@telenor.example'`,
    ],
    [
      'a hold',
      '/console/settings/retention/holds/new',
      { controller: 'kunde-2', reason: 'To gange' },
      `legal_holds where reason = 'To gange'`,
    ],
    [
      'a webhook',
      '/console/settings/webhooks/new',
      { url: 'receiver', events: '*' },
      `webhooks where url like 'http:%'`,
    ],
    [
      'a draft',
      '/console/announce',
      { product: 'truetalk', kind: 'replacement' },
      `announcement_drafts where fields ->> 'kind' = 'replacement'`,
    ],
  ])('%s', async (_what, address, fields, where) => {
    const clicks = await Promise.all(
      [1, 2].map(() =>
        inDanish(anne, address, { ...fields, ...(fields['url'] && { url: receiver.url }), once: `two-${address}` }),
      ),
    );
    const [one, other] = clicks.map(({ status, headers }) => ({ status, to: headers['location'] }));
    expect(one?.status, clicks[0]?.text).toBeLessThan(400);
    expect(other).toEqual(one);
    expect(await counted(where)).toBe(1);
  });

  test('a draft that is thrown away', async () => {
    const { headers } = await anne.post('/console/announce', { product: 'truetalk', kind: 'addition' }).expect(303);
    const draft = /^\/console\/announce\/[0-9a-f-]{36}/.exec(headers['location'] ?? '')?.[0];
    for (const once of ['first', 'second']) {
      const { status, headers: answered } = await anne.post(`${draft}/discard`, { once });
      expect([status, answered['location']]).toEqual([303, '/console/announce?discarded=1']);
    }
  });
});

describe('Nobody undoes unseen what another has corrected, also where the form was refused for something else before:', () => {
  test('a customer', async () => {
    const address = '/console/customers/kunde-1/edit';
    const { text } = await anne.get(address);
    const form = {
      name: 'Annes navn',
      registrationNumber: '10000001',
      products: 'truetalk',
      version: fieldOf(text, 'version'),
    };
    await bo.post(address, { ...form, name: 'Bos navn' }).expect(303);
    const wrong = await anne.post(address, { ...form, registrationNumber: '' });
    expect(wrong.status).toBeGreaterThanOrEqual(400);
    const second = await anne.post(address, { ...form, version: fieldOf(wrong.text, 'version') });
    expect(second.status).toBe(412);
    expect((await varsel.api().get('/v1/controllers/kunde-1')).body.name).toBe('Bos navn');
    await anne.post(address, { ...form, version: fieldOf(second.text, 'version') }).expect(303);
  });

  test('a contact', async () => {
    const { body } = await varsel.api().get('/v1/controllers/kunde-2/contacts');
    const address = `/console/customers/kunde-2/contacts/${body.items[0].id}`;
    const version = fieldOf((await anne.get(address)).text, 'version');
    await bo.post(address, { ...aContact('Bos'), version }).expect(303);
    const wrong = await anne.post(address, { ...aContact('Annes'), email: 'ingen', version });
    expect(wrong.status).toBeGreaterThanOrEqual(400);
    const second = await anne.post(address, { ...aContact('Annes'), version: fieldOf(wrong.text, 'version') });
    expect(second.status).toBe(412);
    expect((await varsel.api().get('/v1/controllers/kunde-2/contacts')).body.items[0].name).toBe('Bos');
  });

  test('a webhook', async () => {
    const { body } = await varsel
      .api()
      .post('/v1/webhooks')
      .send({ url: `${receiver.url}/een`, events: ['*'] });
    const address = `/console/settings/webhooks/${body.id}/edit`;
    const form = { url: body.url as string, events: '*', version: fieldOf((await anne.get(address)).text, 'version') };
    await bo.post(address, { ...form, description: 'Bos' }).expect(303);
    const wrong = await inDanish(anne, address, { ...form, events: '', description: 'Annes' });
    expect(wrong.status).toBe(412);
    expect(wrong.text).toContain('Nogen har rettet webhooken');
    expect((await varsel.api().get(`/v1/webhooks/${body.id}`)).body.description).toBe('Bos');
    await anne.post(address, { ...form, description: 'Annes', version: fieldOf(wrong.text, 'version') }).expect(303);
  });

  test('a product', async () => {
    const address = '/console/settings/products/truetalk/edit';
    const formIn = (page: string) =>
      Object.fromEntries(
        [...page.matchAll(/<input id="(\w+)" name="\w+" type="(?:text|number|email)" value="([^"]*)"/g)].map(
          ([, name = '', value = '']) => [name, value],
        ),
      );
    const { text } = await anne.get(address);
    const places = { places: 'Telenor A/S, DK', placesNeedApproval: 'true', reason: 'Tillæg' };
    const form = {
      ...formIn(text),
      ...places,
      objectionPostal: 'Annes vej 1',
      version: fieldOf(text, 'version'),
      step: 'save',
    };
    const first = await bo.post(address, { ...form, objectionPostal: 'Bos vej 1' });
    expect(first.status, first.text).toBe(303);
    const wrong = await anne.post(address, { ...form, windowDays: 'ti' });
    expect(wrong.status).toBe(400);
    const second = await anne.post(address, { ...form, version: fieldOf(wrong.text, 'version') });
    expect(second.status).toBe(412);
    expect((await varsel.api().get('/v1/products/truetalk')).body.objectionAddress.postal).toBe('Bos vej 1');
  });
});

describe('A proposal that is open in two browsers', () => {
  const proposed = async () => {
    const officer = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
    const announcement = changeBody({ subProcessor: varsel.newCompany() });
    const { body } = await officer
      .call('post', '/v1/proposals')
      .send({ kind: 'announcement', announcement })
      .expect(201);
    return { page: `/console/proposals/${body.id}`, hash: body.hash as string, name: announcement_name(body) };
  };
  const announcement_name = (body: { act: { announcement: { subProcessor: { name: string } } } }) =>
    body.act.announcement.subProcessor.name;

  test('is approved by one of two who approve at once; the other reads by whom', async () => {
    const { page, hash, name } = await proposed();
    const both = await Promise.all([anne, bo].map((who) => inDanish(who, `${page}/approve`, { hash, once: who.id })));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([303, 409]));
    const second = both.find(({ status }) => status === 409);
    expect(second?.text).toMatch(/Godkendt af (Anne Holm|Bo Friis)/);
    expect(await counted('changes where companies = $1', [name])).toBe(1);
  });

  test('is not rejected any more, and the reason that was typed can be copied', async () => {
    const { page, hash } = await proposed();
    await anne.post(`${page}/approve`, { hash }).expect(303);
    const { status, text } = await inDanish(bo, `${page}/reject`, { 'reject-reason': 'Begrundelsen er "tynd"' });
    expect(status).toBe(409);
    expect(text).toContain('Det, du havde skrevet');
    expect(text).toContain('Begrundelsen er &quot;tynd&quot;</textarea>');
  });

  test('and that has lapsed meanwhile is not approved, and the page says when it lapsed', async () => {
    const { page, hash, name } = await proposed();
    varsel.clock.advance({ hours: 24 * 7 + 1 });
    const later = await signInAgain(varsel, anne);
    const { status, text } = await inDanish(later, `${page}/approve`, { hash });
    expect(status).toBe(409);
    expect(text).toContain('Forslaget bortfaldt');
    expect(text).not.toContain('name="hash"');
    expect(await counted('changes where companies = $1', [name])).toBe(0);
  });
});

describe('A change whose page is open', () => {
  test('and that is withdrawn meanwhile is not activated, and the page says so', async () => {
    const id = await announceAnother(varsel, { plannedActivationOn: PLANNED_ON });
    await varsel.deliver();
    varsel.clock.set(`${PLANNED_ON}T09:00:00Z`);
    const later = await signInAgain(varsel, anne);
    const address = `/console/changes/${id}/activate`;
    expect((await later.get(address)).text).toContain(`action="${address}"`);
    await withdraw(varsel, id);
    const { status, text } = await inDanish(later, address, { once: 'late' });
    expect(status).toBe(409);
    expect(text).not.toContain(`action="${address}"`);
    expect(await changeNow(varsel, id)).toMatchObject({ status: 'withdrawn' });
  });

  test('is activated by one of two who do it at once', async () => {
    const id = await announceAnother(varsel, { plannedActivationOn: PLANNED_ON });
    await varsel.deliver();
    varsel.clock.set(`${PLANNED_ON}T09:00:00Z`);
    const [hers, his] = await Promise.all([signInAgain(varsel, anne), signInAgain(varsel, bo)]);
    const both = await Promise.all([hers, his].map((who) => inDanish(who, `/console/changes/${id}/activate`)));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([303, 409]));
    expect(await counted(`events where type = 'change.activated' and change_id = $1`, [id])).toBe(1);
  });
});
