import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as products from '../../src/api/products.ts';
import type { ConsoleDependencies } from '../../src/console/dependencies.ts';
import { showProduct } from '../../src/console/settings/products.ts';
import type { Visit } from '../../src/console/visit.ts';
import { insertPersonRole } from '../../src/db/person-roles.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { aController, aProduct } from '../support/examples.ts';
import { startReceiver } from '../support/receiver.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { announce, announceAnother, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const SETTINGS = '/console/settings';

let varsel: TestVarsel;
let admin: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1)]);
  admin = await inEnglish('admin', 'Anne Holm');
});
afterAll(() => varsel.close());

/** Somebody who has chosen English. */
async function inEnglish(role: 'officer' | 'admin', name?: string): Promise<SignedInPerson> {
  const person = await signIn(varsel, { role, ...(name !== undefined && { name }) });
  await person.get('/console?lang=en').expect(200);
  return person;
}

const fieldOf = (page: string, name: string) =>
  new RegExp(`name="${name}"[^>]*? value="([^"]*)"`).exec(page)?.[1]?.replaceAll('&quot;', '"') ?? '';
const codeIn = (page: string) => /<pre class="copied"[^>]*>([^<]*)<\/pre>/.exec(page)?.[1] ?? '';

test('everybody is shown the settings that their role may see, and no other', async () => {
  const linksFor = async (role: 'reader' | 'officer' | 'admin') => {
    const { text } = await (await signIn(varsel, { role })).get(SETTINGS).expect(200);
    return [...text.matchAll(/href="\/console\/settings\/(\w+)"/g)].map(([, name]) => name);
  };
  expect(await linksFor('reader')).toEqual(['products']);
  expect(await linksFor('officer')).toEqual(['products', 'retention', 'evidence']);
  expect(await linksFor('admin')).toEqual(['products', 'webhooks', 'keys', 'retention', 'audit', 'evidence']);
});

test('a key is shown once, works, and is refused once it is revoked', async () => {
  const form = { name: 'Kontraktsystemet', role: 'scopes', scopes: ['products:read'], products: 'truetalk', once: 'a' };
  const created = await admin.post(`${SETTINGS}/keys/new`, form).expect(200);
  const key = codeIn(created.text);
  expect(key).toMatch(/^varsel_/);
  const ask = () => varsel.customer().get('/v1/products/truetalk').set('authorization', `Bearer ${key}`);
  await ask().expect(200);
  const again = await admin.post(`${SETTINGS}/keys/new`, form).expect(200);
  expect([codeIn(again.text), again.text.includes('was shown once')]).toEqual(['', true]);
  const { text } = await admin.get(`${SETTINGS}/keys`).expect(200);
  expect(text).not.toContain(key);
  const revoke =
    /Kontraktsystemet<[^]*?href="([^"]*\/revoke)">Revoke<span class="unseen">: Kontraktsystemet</.exec(text)?.[1] ?? '';
  await admin.get(revoke).expect(200);
  await ask().expect(200);
  await admin.post(revoke).expect(303);
  await ask().expect(401);
  const wrong = await admin.post(`${SETTINGS}/keys/new`, { name: 'x', expiresAt: '2020-01-01' }).expect(400);
  expect(wrong.text).toContain('Choose either a role');
});

test('a webhook is created, tested, corrected, turned off and deleted, and its secret is shown once', async () => {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const form = { url: receiver.url, events: 'change.*\nobjection.received', rateLimit: '5', once: 'hook' };
  const created = await admin.post(`${SETTINGS}/webhooks/new`, form).expect(200);
  expect(codeIn(created.text)).toMatch(/^whsec_/);
  const path = /href="(\/console\/settings\/webhooks\/[0-9a-f-]{36})"/.exec(created.text)?.[1] ?? '';
  const tested = await admin.post(`${path}/test`).expect(200);
  expect(tested.text).toContain('The receiver accepted the test.');
  expect(receiver.received).toHaveLength(1);
  const rotated = await admin.post(`${path}/rotate`, { revokePrevious: 'true' }).expect(200);
  expect(codeIn(rotated.text)).toMatch(/^whsec_/);
  expect(codeIn(rotated.text)).not.toBe(codeIn(created.text));
  const wrong = await admin.post(`${path}/edit`, { ...form, url: 'ftp://x', events: 'nothing' });
  expect([
    wrong.status >= 400,
    wrong.text.includes('id="url-error"') || wrong.text.includes('id="events-error"'),
  ]).toEqual([true, true]);
  await admin.post(`${path}/edit`, { ...form, events: '*', description: 'Kontrakter' }).expect(303);
  await admin.post(`${path}/disable`).expect(303);
  const off = await admin.get(path).expect(200);
  for (const words of ['Turn it on again', '<dd>All</dd>', 'Kontrakter']) expect(off.text).toContain(words);
  const replay = await admin.post(`${path}/replay`, { since: '2026-03-01' }).expect(409);
  expect(replay.text).toContain('The webhook is off.');
  await admin.post(`${path}/enable`, { catchUp: 'true' }).expect(303);
  await admin.post(`${path}/replay`, { since: '2026-03-01' }).expect(303);
  expect((await admin.get(path)).text).toContain('Sent again');
  await admin.post(`${path}/delete`).expect(303);
  await admin.get(path).expect(404);
});

/** The rows of what a form changes: what, from, to. */
const changesIn = (text: string) =>
  [...(/<section aria-labelledby="changes">(.*?)<\/section>/s.exec(text)?.[1] ?? '').matchAll(/<tr.*?<\/tr>/gs)].map(
    ([row]) => [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = '']) => cell),
  );

test('new terms say what they mean before they are saved, and are not written over another’s', async () => {
  const edit = `${SETTINGS}/products/truetalk/edit`;
  const page = await admin.get(edit).expect(200);
  const fields = (text: string) => ({
    ...Object.fromEntries(
      [...text.matchAll(/<input id="(\w+)" name="\w+" type="(?:text|number|email)" value="([^"]*)"/g)].map(
        ([, name, value]) => [name, value],
      ),
    ),
    objectionPostal: 'Telenor A/S, Frederikskaj 8, 2450 København SV',
    places: 'Telenor A/S, DK\nGintel AS, no',
    placesNeedApproval: 'true',
    version: fieldOf(text, 'version'),
  });
  const form = { ...fields(page.text), windowDays: '14', reason: 'Tillæg af 1. marts' };
  const tried = await admin.post(edit, { ...form, step: 'first' }).expect(200);
  for (const words of ['Nothing has been saved yet.', '16 March 2026', '12 March 2026'])
    expect(tried.text).toContain(words);
  // The page of a form, whatever it says, is had in the other language from its address.
  expect(tried.text).toContain(`<a href="${edit}?lang=da" lang="da"`);
  expect(changesIn(tried.text)).toContainEqual(['Days to object', '10', '14']);
  // The fields are folded away, with the button that comes first, which Enter presses; what is saved stands right above what saves it.
  const [, folded = '', below = ''] =
    /<details>\n<summary>Correct what you typed<(.*?)<\/details>(.*?)<\/form>/s.exec(tried.text) ?? [];
  expect(folded).toMatch(/name="windowDays".*<button [^>]*name="step" value="first">See what it means/s);
  expect(below).toMatch(/16 March 2026.*<button type="submit" name="step" value="save">Save</s);
  expect(below).not.toMatch(/<(input|textarea|select)/);
  const two = await admin.post(edit, {
    ...form,
    secondPerson: ['announcement'],
    step: 'first',
  });
  expect(changesIn(two.text)).toContainEqual(['Two people', '–', 'To announce a change']);
  const terms = async () => (await varsel.api().get('/v1/products/truetalk')).body.terms;
  expect(await terms()).toMatchObject({ objectionWindowDays: 10 });
  const short = await admin.post(edit, { ...form, windowDays: '3', step: 'save' });
  expect(short.status).toBeGreaterThanOrEqual(400);
  expect(short.text).toContain('id="windowDays-error"');
  const saved = await admin.post(edit, { ...form, step: 'save' }).expect(303);
  expect((await admin.get(saved.headers['location'] ?? '')).text).toContain('Saved.');
  expect(await terms()).toMatchObject({
    objectionWindowDays: 14,
    places: [{}, { company: 'Gintel AS', country: 'NO' }],
  });
  const late = await admin.post(edit, { ...form, windowDays: '20', step: 'save' }).expect(412);
  expect(late.text).toContain('Somebody has edited the product');
  expect((await admin.get(`${SETTINGS}/products/truetalk`)).text).toContain('Tillæg af 1. marts');
});

test('the audit log is searched by who, what and when', async () => {
  const { text } = await admin.get(`${SETTINGS}/audit?actor=Anne&action=product.saved`).expect(200);
  // Two may have the same name: the details have the id.
  expect(text).toMatch(new RegExp(`<td[^>]*>Anne Holm</td>[^]*<pre[^>]*>[^<]*\\(person ${admin.id}\\)`));
  expect(text).toMatch(/<td[^>]*>Terms of the product saved/);
  expect((await admin.get(`${SETTINGS}/audit?actor=nobody`)).text).toContain('No acts fit the search.');
  const wrong = await admin.get(`${SETTINGS}/audit?from=2026-02-30`).expect(400);
  expect(wrong.text).toContain('id="from-error"');
});

test('what is to be kept is placed and released with a reason, and a month says what is emptied', async () => {
  const officer = await inEnglish('officer');
  const path = `${SETTINGS}/retention`;
  const neither = await officer.post(`${path}/holds/new`, { reason: 'Sag' }).expect(400);
  expect(neither.text).toContain('id="change-error"');
  const unknown = await officer.post(`${path}/holds/new`, { controller: 'nobody', reason: 'Sag' });
  expect([unknown.status, unknown.text.includes('No customer fits that.')]).toEqual([400, true]);
  await officer
    .post(`${path}/holds/new`, { controller: 'kunde 1 a', reason: 'Sag om pris', until: '2027-01-31' })
    .expect(303);
  const { body } = await varsel.api().get('/v1/legal-holds');
  expect(body.items).toMatchObject([{ controller: 'kunde-1', until: '2027-01-31T23:00:00.000Z' }]);
  const page = await officer.get(path).expect(200);
  expect(page.text).toContain('>Kunde 1 A/S</a>');
  const release = /href="([^"]*\/release)"/.exec(page.text)?.[1] ?? '';
  await officer.post(release, { reason: '' }).expect(400);
  await officer.post(release, { reason: 'Forlig' }).expect(303);
  expect((await officer.get(path)).text).toContain('There is no legal hold.');
  expect((await officer.get(`${path}?ended=true`)).text).toContain('Sag om pris');
  expect((await officer.get(`${path}?month=2030-12`).expect(200)).text).toContain('What is erased in December 2030');
  expect((await officer.get(`${path}?month=soon`).expect(400)).text).toContain('id="month-error"');
});

test('an evidence pack is downloaded whole, for one customer, or not of one that was told nothing', async () => {
  const officer = await inEnglish('officer');
  const id = await announce(varsel, { plannedActivationOn: '2026-04-01' });
  await varsel.deliver();
  expect((await officer.get(`${SETTINGS}/evidence`).expect(200)).text).toContain(`<option value="${id}"`);
  const pack = (query: string) => officer.get(`${SETTINGS}/evidence/pack?change=${id}${query}`).buffer(true);
  const whole = await pack('').expect(200);
  expect(whole.headers).toMatchObject({ 'content-type': 'application/zip' });
  expect((await pack('&controller=Kunde+1+A&redacted=true').expect(200)).headers['content-disposition']).toContain(
    '.zip',
  );
  expect((await pack('&controller=nobody').expect(400)).text).toContain('id="controller-error"');
});

test('who reads one product and has the mails of another is offered the changes of that one', async () => {
  const { id: _id, ...other } = aProduct({ name: 'Andet' });
  await varsel.api().put('/v1/products/andet').send(other).expect(201);
  const person = await signIn(varsel, { role: 'reader', products: ['andet'] });
  await inTransaction(varsel.database.pool, (tx) =>
    insertPersonRole(
      tx,
      { personId: person.id, role: 'officer', product: 'truetalk', source: 'given' },
      { at: varsel.clock.now(), actor: 'system' },
    ),
  );
  const change = await announceAnother(varsel);
  expect((await person.get(`${SETTINGS}/evidence`).expect(200)).text).toContain(`value="${change}"`);
  const pack = `/console/settings/evidence/pack?change=${change}`;
  expect((await person.browser.head(pack).expect(200)).headers['content-disposition']).toMatch(
    /^attachment; filename=/,
  );
});

test.each([
  [{ isTrial: false, secondPerson: [] }, true],
  [{ isTrial: false, secondPerson: ['announcement'] }, true],
  [{ isTrial: false, secondPerson: ['announcement', 'activation'] }, false],
  [{ isTrial: true, secondPerson: [] }, false],
] as const)(
  'two people are recommended where one alone could tell everybody in production: %o',
  async (given, isTold) => {
    const product = aProduct({ secondPerson: given.secondPerson });
    const visit = {
      language: 'da',
      params: { product: product.id },
      query: {},
      may: () => true,
      ask: async (operation: object) => (operation === products.get ? product : { items: [], nextCursor: null }),
    } as unknown as Visit;
    const shown = await showProduct.show(visit, { isTrial: given.isTrial } as ConsoleDependencies);
    const told = 'model' in shown ? JSON.stringify(shown.model) : '';
    expect(told.includes('at mindst de to ting kræver to personer')).toBe(isTold);
  },
);
