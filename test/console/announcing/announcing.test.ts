import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Response } from 'supertest';
import { oneRow, rows } from '../../../src/db/postgres.ts';
import { aController, aProduct } from '../../support/examples.ts';
import { signIn, type SignedInPerson } from '../../support/signed-in.ts';
import { announce, entryNamed, haveControllers, haveProduct, PLANNED_ON } from '../../support/story.ts';
import { startVarsel, type TestVarsel } from '../../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let officer: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aController(2)]);
});
afterAll(() => varsel.close());
beforeEach(async () => {
  varsel.clock.set(START);
  officer = await signIn(varsel, { role: 'officer', name: 'Anne Holm' });
});

/** What is typed of a company, as the fields of its step. */
function companyFields({ name, registrationNumber, address, country }: ReturnType<TestVarsel['newCompany']>) {
  return {
    'subProcessor.name': name,
    'subProcessor.registrationNumber': registrationNumber ?? '',
    'subProcessor.address': address,
    'subProcessor.country': country,
    'subProcessor.contactPerson.name': 'Eva Lund',
    'subProcessor.contactPerson.email': 'eva@nordlys.example',
    'subProcessor.processing.da': 'Drift af servere',
    'subProcessor.personalData.da': 'Navne og telefonnumre',
  };
}

/** Begins a draft, and returns its address. */
async function begin(kind: string, who = officer): Promise<string> {
  const { headers } = await who.post('/console/announce', { product: 'truetalk', kind }).expect(303);
  return /^\/console\/announce\/[0-9a-f-]{36}/.exec(headers.location ?? '')?.[0] ?? '';
}

/** Sends the form of a step as its page has it, with these fields. */
async function send(draft: string, step: string, fields: Record<string, string>, act = 'next'): Promise<Response> {
  const { text } = await officer.get(`${draft}/${step}`).expect(200);
  const version = /name="version" value="(\d+)"/.exec(text)?.[1] ?? '';
  return officer.post(`${draft}/${step}`, { version, do: act, ...fields });
}

/** Types an addition whole. */
async function typed(company = varsel.newCompany()): Promise<string> {
  const draft = await begin('addition');
  await send(draft, 'company', companyFields(company));
  await send(draft, 'places', { 'places.0.country': 'DK' });
  await send(draft, 'reason', { 'reason.da': 'Billigere drift' });
  await send(draft, 'when', { plannedActivationOn: PLANNED_ON });
  return draft;
}

const hidden = (text: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';

/** Announces what the last step shows. */
async function announceShown(draft: string, more: Record<string, string> = {}): Promise<Response> {
  const { text } = await officer.get(`${draft}/review`).expect(200);
  const shown = { hash: hidden(text, 'hash'), controllers: hidden(text, 'controllers'), once: 'once-1' };
  return officer.post(`${draft}/announce`, { ...shown, ...more });
}

const changesOf = async (name: string) =>
  rows<{ id: string; by: string }>(
    varsel.database.pool,
    `select id, announced_by as by from changes where sub_processor ->> 'name' = $1`,
    [name],
  );

test('an addition is typed step by step, shown whole, and announced by the person', async () => {
  const company = varsel.newCompany({ country: 'DK' });
  const draft = await begin('addition');
  const next = async (step: string, fields: Record<string, string>) =>
    (await send(draft, step, fields)).headers.location;
  expect(await next('company', companyFields(company))).toBe(`${draft}/places`);
  expect(await next('places', { 'places.0.country': 'US', 'places.0.basis': 'SCC' })).toBe(`${draft}/reason`);
  expect(await next('reason', { 'reason.da': 'Billigere drift' })).toBe(`${draft}/when`);
  expect(await next('when', { plannedActivationOn: PLANNED_ON })).toBe(`${draft}/review`);
  const { text } = await officer.get(`${draft}/review?lang=da`).expect(200);
  for (const words of [
    'Kunderne får frist til at gøre indsigelse',
    `${company.name} som ny underdatabehandler (punkt B.2)`,
    'Sidste dag at gøre indsigelse</dt><dd>torsdag den 12. marts 2026',
    'Planlagt dato</dt><dd>fredag den 13. marts 2026',
    'USA: EU-Kommissionens standardkontraktbestemmelser',
    'Varsl 2 kunder nu',
  ])
    expect(text).toContain(words);
  const { headers } = await announceShown(draft);
  const [change] = await changesOf(company.name);
  expect(headers.location).toBe(`/console/changes/${change?.id}`);
  expect(change?.by).toBe(`person ${officer.id}`);
  const told = await oneRow(varsel.database.pool, `select count(*)::int as n from messages where change_id = $1`, [
    change?.id ?? null,
  ]);
  expect(told).toEqual({ n: 2 });
});

test('what is typed is kept from the first field, right or wrong, and for nobody else', async () => {
  const draft = await begin('addition');
  const wrong = await send(draft, 'company', {
    'subProcessor.name': 'Nordlys',
    'subProcessor.contactPerson.email': 'eva',
  });
  expect(wrong.status).toBe(422);
  const { text } = await officer.get(`${draft}/company`).expect(200);
  expect(text).toMatch(/name="subProcessor.name" type="text" value="Nordlys"/);
  expect(text).toMatch(/name="subProcessor.contactPerson.email" type="email" value="eva"/);
  expect((await officer.get('/console/announce')).text).toContain('Nordlys');
  const other = await signIn(varsel, { role: 'admin' });
  await other.get(`${draft}/company`).expect(404);
  await other.post(`${draft}/discard`).expect(303);
  expect((await other.get('/console/announce')).text).not.toContain('Nordlys');
  await officer.get(`${draft}/company`).expect(200);
});

test('faults stand beside their fields, in the words of the reader', async () => {
  const draft = await begin('addition');
  const fields = { 'subProcessor.address': `Vej 1\u200b`, 'subProcessor.contactPerson.email': 'eva' };
  const { text } = await send(draft, 'company', fields);
  for (const words of [
    '<a href="#subProcessor.name" autofocus>Skriv virksomhedens navn.</a>',
    'id="subProcessor.name-error"',
    'Skriv en e-mailadresse som navn@virksomhed.dk.',
    '»Registreret adresse« har et tegn, som ingen kan se (U+200B, tegn nummer 6).',
  ])
    expect(text).toContain(words);
  await officer.get(`${draft}/company?lang=en`);
  const version = hidden((await officer.get(`${draft}/company`)).text, 'version');
  const english = await officer.browser
    .post(`${draft}/company`)
    .set('accept-language', 'en')
    .type('form')
    .send({ csrf: officer.csrf, version, do: 'next' });
  expect(english.text).toContain('Type the name of the company.');
});

test('a rule refuses at the step that it is about, before the rest is typed', async () => {
  const places = async (fields: Record<string, string>) => (await send(await begin('addition'), 'places', fields)).text;
  expect(await places({ 'places.0.country': 'IN' })).toContain('ingen tilstrækkelighedsafgørelse: vælg');
  const draft = await begin('addition');
  await send(draft, 'company', companyFields(varsel.newCompany()));
  const refused = await send(draft, 'places', {
    'places.0.country': 'IN',
    'places.1.country': 'US',
    'places.1.basis': '45',
  });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(
    'Indien ligger uden for EØS og har ingen tilstrækkelighedsafgørelse: vælg SCC eller BCR.',
  );
  expect(refused.text).toContain('Data Privacy Framework gælder kun certificerede virksomheder');
  expect(refused.text).toContain('href="#places.1.basis"');
});

test('a company that a register has is looked up by its number, and need not be typed', async () => {
  await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet' }));
  const known = varsel.newCompany();
  await varsel
    .api()
    .put('/v1/products/andet/register')
    .send({ entries: [known] })
    .expect(201);
  const draft = await begin('addition');
  const { text } = await officer.get(`${draft}/company?find=${encodeURIComponent(known.registrationNumber ?? '')}`);
  expect(text).toContain('i registret for Andet');
  const act = /value="(use:andet:[0-9a-f-]{36})"/.exec(text)?.[1] ?? '';
  await send(draft, 'company', {}, act);
  expect((await officer.get(`${draft}/company`)).text).toContain(`value="${known.address}"`);
  expect((await send(draft, 'company', {})).headers.location).toBe(`${draft}/places`);
});

test('a company that is in this register already is amended instead', async () => {
  const draft = await begin('addition');
  const { text } = await officer.get(`${draft}/company?find=Gintel`);
  const act = /value="(amend:truetalk:[0-9a-f-]{36})"/.exec(text)?.[1] ?? '';
  await send(draft, 'company', {}, act);
  const page = await officer.get(`${draft}/company`);
  expect(page.text).toContain('value="Gintel AS"');
  const unchanged = await send(draft, 'company', {});
  expect(unchanged.status).toBe(422);
  expect(unchanged.text).toContain('Det er sådan i registret allerede');
  await send(draft, 'company', { 'subProcessor.address': 'Ny Vej 2, Trondheim' });
  await send(draft, 'reason', { 'reason.da': 'Flyttet' });
  await send(draft, 'when', { plannedActivationOn: '2026-03-02' });
  const review = await officer.get(`${draft}/review`);
  expect(review.text).toContain('Kunderne bliver orienteret');
  expect(review.text).not.toContain('Sidste dag at gøre indsigelse');
  expect(review.text).toContain('EDPB’s udtalelse 22/2024');
});

test('a removal asks what becomes of what is below, and announces it', async () => {
  const { body: register } = await varsel.api('reader').get('/v1/products/truetalk/register');
  const above = register.entries.find(({ parentId }: { parentId: string | null }) => parentId !== null).parentId;
  const draft = await begin('removal');
  const { status, text } = await send(draft, 'company', { entry: above });
  const below = [...text.matchAll(/name="(children\.[0-9a-f-]{36})"/g)].map(([, name]) => name ?? '');
  expect([status, below.length > 0]).toEqual([422, true]);
  await send(draft, 'company', Object.fromEntries(below.map((name) => [name, 'stays:'])));
  await send(draft, 'reason', { 'reason.da': 'Bruges ikke mere' });
  await send(draft, 'when', { plannedActivationOn: PLANNED_ON });
  const { headers } = await announceShown(draft);
  const id = headers.location?.split('/').at(-1) ?? '';
  const { body } = await varsel.api('reader').get(`/v1/changes/${id}`);
  expect(body).toMatchObject({ kind: 'removal', removes: above });
  expect(body.children).toHaveLength(below.length);
  await varsel
    .api()
    .post(`/v1/changes/${id}/withdraw`)
    .send({ reason: { da: 'Alligevel ikke' } })
    .expect(200);
  const again = await officer.post('/console/announce', { from: id }).expect(303);
  const anew = await officer.get(again.headers.location ?? '');
  expect(anew.text).toContain('Bruges ikke mere');
  const kept = await oneRow<{ fields: object }>(
    varsel.database.pool,
    `select fields from announcement_drafts where fields ->> 'supersedes' = $1`,
    [id],
  );
  expect(kept.fields).toMatchObject({
    kind: 'removal',
    entry: above,
    supersedes: id,
    'reason.da': 'Bruges ikke mere',
  });
});

test('who leaves is taken by every button and while typing, and who comes in takes its place in the chain', async () => {
  const register = await varsel.api('reader').get('/v1/products/truetalk/register');
  const below = register.body.entries.find(({ parentId }: { parentId: string | null }) => parentId !== null);
  for (const act of ['next', 'save']) {
    const draft = await begin('replacement');
    const { headers } = await send(draft, 'company', { entry: below.id, entryShown: '' }, act);
    expect(headers.location).toContain(`${draft}/company`);
    const { text } = await officer.get(`${draft}/company`);
    expect(text).toContain(`<option value="${below.id}" selected>`);
    expect(text).toContain(`<option value="${below.parentId}" selected>`);
  }
  const draft = await begin('replacement');
  const none = await send(draft, 'company', { entry: '', entryShown: '' });
  expect([none.status, none.text.match(/ autofocus>|<a href="#/g)?.length]).toEqual([422, 2]);
  await officer.post(`${draft}/company/keep`, { version: '2', entry: below.id, entryShown: '' }).expect(200);
  expect((await officer.get(`${draft}/company`)).text).toContain(`<option value="${below.id}" selected>`);
  const direct = { entry: below.id, entryShown: below.id, 'subProcessor.parentId': '' };
  await send(draft, 'company', direct, 'save');
  expect((await officer.get(`${draft}/company`)).text).not.toContain(`<option value="${below.parentId}" selected>`);
});

test('the facts of a company to amend are loaded by what is chosen, and never those of another one saved as its', async () => {
  const [google, gintel] = [await entryNamed(varsel, 'Google'), await entryNamed(varsel, 'Gintel AS')];
  const draft = await begin('amendment');
  await send(draft, 'company', { entry: google.id, entryShown: '' });
  expect((await officer.get(`${draft}/company`)).text).toContain('value="Google"');
  const typedOfGoogle = { 'subProcessor.name': 'Google', 'subProcessor.address': 'Vej 1' };
  await send(draft, 'company', { entry: gintel.id, entryShown: google.id, ...typedOfGoogle });
  const { text } = await officer.get(`${draft}/company`);
  expect([text.includes('value="Gintel AS"'), text.includes('value="Vej 1"')]).toEqual([true, false]);
});

test('all that is missing is listed at once, each step says what is right, and a draft opens at what it lacks', async () => {
  const draft = await begin('replacement');
  await send(draft, 'company', { entry: '', 'subProcessor.name': 'Nordlys', 'subProcessor.country': 'DK' }, 'save');
  const { text } = await officer.get(`${draft}/review`);
  const listed = [...text.matchAll(/\/[a-z]+#([A-Za-z.0-9]+)">/g)].map(([, field]) => field);
  // As the forms ask for it.
  expect(listed).toEqual([
    'entry',
    'subProcessor.registrationNumber',
    'subProcessor.address',
    'subProcessor.contactPerson.name',
    'subProcessor.contactPerson.email',
    'subProcessor.processing.da',
    'subProcessor.personalData.da',
    'places.0.country',
    'reason.da',
    'plannedActivationOn',
  ]);
  await send(draft, 'reason', { 'reason.da': 'Billigere' });
  const whole = varsel.newCompany({ country: 'DK' });
  await send(draft, 'company', companyFields(whole), 'save');
  const states = [...(await officer.get(`${draft}/reason`)).text.matchAll(/<span class="hint">\((\w+)\)/g)];
  expect(states.map(([, state]) => state)).toEqual(['udfyldt', 'mangler', 'mangler', 'udfyldt', 'mangler']);
  const link = new RegExp(`href="(${draft}[^"]*)"`).exec((await officer.get('/console/announce')).text)?.[1] ?? '';
  expect((await officer.get(link)).headers.location).toBe(`${draft}/company`);
});

test('only of a day that is far away it is asked whether that is right', async () => {
  const draft = await begin('addition');
  const early = await send(draft, 'when', { plannedActivationOn: '2026-03-03' });
  expect([early.status, early.text.includes('er for tidligt'), early.text.includes('id="farDate"')]).toEqual([
    422,
    true,
    false,
  ]);
  const far = await send(draft, 'when', { plannedActivationOn: '2029-03-03' });
  expect([far.status, far.text.includes('id="farDate"')]).toEqual([422, true]);
});

test('another basis is chosen for places of several companies at once', async () => {
  const draft = await begin('transfer-basis');
  const { text } = await officer.get(`${draft}/places`);
  const fields = [...text.matchAll(/<select id="(entries\.[0-9a-f-]{36}\.[A-Z]{2})"/g)].map(([, name]) => name ?? '');
  expect(fields.length).toBeGreaterThan(1);
  const none = await send(draft, 'places', {});
  expect(none.text).toContain('Vælg et nyt grundlag for mindst ét sted.');
  await send(draft, 'places', Object.fromEntries(fields.map((field) => [field, 'BCR'])));
  await send(draft, 'reason', { 'reason.da': 'Nye regler' });
  await send(draft, 'when', { plannedActivationOn: PLANNED_ON });
  const { headers } = await announceShown(draft);
  const id = headers.location?.split('/').at(-1) ?? '';
  const { body } = await varsel.api('reader').get(`/v1/changes/${id}`);
  expect(body.entries).toHaveLength(fields.length);
  await varsel
    .api()
    .post(`/v1/changes/${id}/withdraw`)
    .send({ reason: { da: 'Alligevel ikke' } })
    .expect(200);
});

test('the mails are shown as they will be, in a frame that runs nothing', async () => {
  const draft = await typed();
  const review = await officer.get(`${draft}/review`);
  const src = /<iframe class="mail" sandbox src="([^"]+)"/.exec(review.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const mail = await officer.get(`${draft}/${src}`).expect(200);
  expect(mail.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  expect(mail.text).toContain('underdatabehandler');
});

test('a test notice goes to the person alone, and its page can be opened', async () => {
  const draft = await typed();
  const before = varsel.mailbox.mails.length;
  const { headers } = await officer.post(`${draft}/test`).expect(303);
  const { text } = await officer.get(headers.location ?? '').expect(200);
  expect(text).toMatch(/Prøven er sendt til person-\d+@telenor\.example/);
  expect(varsel.mailbox.mails.length - before).toBe(1);
  const page = /href="([^"]*\/samples\/[^"]+)"/.exec(text)?.[1] ?? '';
  await varsel.customer().get(page).expect(200);
  expect(await changesOf('nobody')).toEqual([]);
});

test('what was not looked at is not announced', async () => {
  const draft = await typed();
  const { text } = await officer.get(`${draft}/review`);
  const seen = { hash: hidden(text, 'hash'), controllers: hidden(text, 'controllers') };
  await send(draft, 'reason', { 'reason.da': 'En anden begrundelse' });
  const refused = await announceShown(draft, seen);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('Noget er ændret, siden du så det igennem');
  expect(hidden(refused.text, 'hash')).not.toBe(seen.hash);
});

test('a second click and the back button find what was announced, and announce nothing anew', async () => {
  const company = varsel.newCompany();
  const draft = await typed(company);
  const { text } = await officer.get(`${draft}/review`);
  const form = { hash: hidden(text, 'hash'), controllers: hidden(text, 'controllers'), once: 'a-click' };
  const clicks = await Promise.all([officer.post(`${draft}/announce`, form), officer.post(`${draft}/announce`, form)]);
  const [change, ...more] = await changesOf(company.name);
  expect(more).toEqual([]);
  const led = `/console/changes/${change?.id}`;
  expect(clicks.some(({ headers }) => headers.location === led)).toBe(true);
  expect((await officer.post(`${draft}/announce`, form)).headers.location).toBe(led);
  expect((await officer.get(`${draft}/company`)).headers.location).toBe(led);
  expect((await officer.get('/console/announce')).text).not.toContain(company.name);
});

test('a window that is behind saves over nothing unseen, and loses nothing', async () => {
  const draft = await begin('addition');
  const version = hidden((await officer.get(`${draft}/reason`)).text, 'version');
  await officer.post(`${draft}/reason`, { version, do: 'save', 'reason.da': 'Fra det ene vindue' }).expect(303);
  const behind = await officer.post(`${draft}/reason`, { version, do: 'save', 'reason.da': 'Fra det andet' });
  expect(behind.status).toBe(409);
  expect(behind.text).toContain('Fra det andet');
  expect((await officer.get(`${draft}/reason`)).text).toContain('Fra det ene vindue');
});

test('a rule that is in the way is told with the way to it', async () => {
  const company = varsel.newCompany();
  await announce(varsel, { subProcessor: company });
  const draft = await typed(company);
  const { text } = await officer.get(`${draft}/review`);
  const [change] = await changesOf(company.name);
  expect(text).toContain(`${company.name} er allerede med i en ændring, der er varslet.`);
  expect(text).toContain(`href="/console/changes/${change?.id}"`);
  expect(text).not.toContain('name="hash"');
});

test('who may not announce is shown nothing of it, and of other products nothing', async () => {
  const reader = await signIn(varsel, { role: 'reader' });
  await reader.get('/console/announce').expect(403);
  await reader.post('/console/announce', { product: 'truetalk', kind: 'addition' }).expect(403);
  const other = await signIn(varsel, { role: 'officer', products: ['andet'] });
  const { headers } = await other.post('/console/announce', { product: 'truetalk', kind: 'addition' });
  await other.get(headers.location ?? '').expect(403);
});

test('announcing takes factors that were proved lately', async () => {
  const draft = await typed();
  varsel.clock.advance({ minutes: 20 });
  const refused = await announceShown(draft);
  expect(refused.status).toBe(403);
  expect(refused.headers.location).toBeUndefined();
});

test('a draft that nobody saves is deleted, and so is one that names who is erased', async () => {
  const draft = await begin('addition');
  await send(draft, 'company', { 'subProcessor.contactPerson.email': 'Erik@Nordlys.example' }, 'save');
  await varsel.api().post('/v1/persons/erase').send({ email: 'erik@nordlys.example', reason: 'Anmodning' }).expect(200);
  await officer.get(`${draft}/company`).expect(404);
});

test('what takes two people is proposed: another approves it, and nobody is told before that', async () => {
  const { body: product } = await varsel.api().get('/v1/products/truetalk');
  const { id: _id, ...terms } = product;
  const setTo = (secondPerson: string[], etag = {}) =>
    varsel
      .api()
      .put('/v1/products/andet')
      .set(etag)
      .send({ ...terms, name: 'Andet', secondPerson, reason: 'To personer' });
  expect((await setTo(['announcement'])).status).toBeLessThan(300);
  const company = varsel.newCompany();
  const { headers: begun } = await officer.post('/console/announce', { product: 'andet', kind: 'addition' });
  const draft = (begun.location ?? '').replace(/\/company$/, '');
  await send(draft, 'company', companyFields(company));
  await send(draft, 'places', { 'places.0.country': 'DK' });
  await send(draft, 'reason', { 'reason.da': 'Billigere drift' });
  await send(draft, 'when', { plannedActivationOn: PLANNED_ON });
  const { text } = await officer.get(`${draft}/review`);
  expect(text).toContain('Produktets vilkår kræver to personer');
  expect(text).not.toContain('hvis en anden skal se det igennem');
  expect(text).not.toContain(`${draft}/announce"`);
  const seen = { hash: hidden(text, 'hash'), controllers: hidden(text, 'controllers'), once: 'a-proposal' };
  expect((await officer.post(`${draft}/announce`, seen)).status).toBe(409);
  const outdated = await officer.post(`${draft}/propose`, { ...seen, hash: 'f'.repeat(64), once: 'another' });
  expect([outdated.status, outdated.text.includes('Noget er ændret')]).toEqual([409, true]);
  const { headers } = await officer.post(`${draft}/propose`, seen).expect(303);
  expect(headers.location).toMatch(/^\/console\/proposals\/[0-9a-f-]{36}$/);
  expect(await changesOf(company.name)).toEqual([]);
  await officer.get(headers.location ?? '').expect(200);
  expect((await officer.get(`${draft}/review`)).headers.location).toBe(headers.location);
  const approver = await signIn(varsel, { role: 'approver' });
  const proposal = headers.location?.replace('/console', '/v1') ?? '';
  const { body } = await approver.call('get', proposal).expect(200);
  await approver.call('post', `${proposal}/approve`).send({ hash: body.hash }).expect(200);
  expect(await changesOf(company.name)).toHaveLength(1);
});

test('what is being typed is saved as it stands, over its own version alone, and of a session that is over nothing is', async () => {
  const draft = await begin('addition');
  const keep = (step: string, fields: Record<string, string>) =>
    officer.post(`${draft}/${step}/keep`, fields).set('accept-language', 'da');
  const wrong = { 'subProcessor.contactPerson.email': 'eva', 'subProcessor.name': '  Nord ' };
  const saved = await keep('company', { version: '1', ...wrong }).expect(200);
  expect(saved.body).toEqual({ version: 2, said: 'Gemt kl. 10.00' });
  const older = await keep('company', { version: '1', 'subProcessor.name': 'Syd' }).expect(200);
  expect(older.body).toEqual({ version: null, said: expect.stringContaining('et andet vindue') });
  const fieldsNow = async () =>
    (
      await oneRow<{ fields: object }>(varsel.database.pool, 'select fields from announcement_drafts where id = $1', [
        draft.split('/').at(-1) ?? '',
      ])
    ).fields;
  const asTyped = { product: 'truetalk', kind: 'addition', 'subProcessor.name': 'Nord' };
  expect(await fieldsNow()).toEqual({ ...asTyped, 'subProcessor.contactPerson.email': 'eva' });
  await keep('review', { version: '2' }).expect(404);
  const somebodyElse = await signIn(varsel, { role: 'officer' });
  await somebodyElse.post(`${draft}/company/keep`, { version: '2', 'subProcessor.name': 'Vest' }).expect(404);
  // Without the token of its session it is one of another session, or of another site.
  await officer.browser.post(`${draft}/company/keep`).type('form').send({ version: '2' }).expect(303);
  varsel.clock.advance({ minutes: 31 });
  const lapsed = await keep('company', { version: '2', 'subProcessor.name': 'Øst' }).expect(303);
  expect(lapsed.headers.location).toMatch(/^\/console\/sign-in\b/);
  expect(await rows(varsel.database.pool, 'select id from kept_forms where person_id = $1', [officer.id])).toEqual([]);
  expect(await fieldsNow()).toMatchObject({ 'subProcessor.name': 'Nord' });
});
