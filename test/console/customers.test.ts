import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { announceAnother, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { workbook } from '../support/workbook.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let admin: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aController(2)]);
  admin = await signIn(varsel, { role: 'admin', name: 'Anne Holm' });
  await admin.get('/console?lang=en').expect(200);
});
afterAll(() => varsel.close());

const show = async (externalId: string) => (await varsel.api().get(`/v1/controllers/${externalId}`)).body;
/** The value of a field of a form. */
const fieldOf = (page: string, name: string) =>
  new RegExp(`name="${name}"[^>]*? value="([^"]*)"`).exec(page)?.[1]?.replaceAll('&quot;', '"') ?? '';
const mailsAbout = (externalId: string) =>
  rows<{ email: string }>(
    varsel.database.pool,
    `select m.email from messages m join controllers c on c.id = m.controller_id where c.external_id = $1 order by m.id`,
    [externalId],
  );

test('customers are searched by what is known of them, and who only reads is not offered to change them', async () => {
  const reader = await signIn(varsel, { role: 'reader' });
  const { text } = await reader.get('/console/customers?q=10000002').expect(200);
  expect(text).toContain('href="/console/customers/kunde-2"');
  expect(text).not.toContain('href="/console/customers/kunde-1"');
  expect(text).not.toContain('/console/customers/new');
  await reader.get('/console/customers/new').expect(403);
  await reader.post('/console/customers/kunde-1/edit', { name: 'Ny' }).expect(403);
  expect((await reader.get('/console/customers/kunde-1').expect(200)).text).not.toContain('/edit');
  expect((await reader.get('/console/customers/no-such?lang=en')).status).toBe(404);
  expect((await admin.get('/console/customers?q=nowhere&lang=en')).text).toContain('No customers fit the search.');
});

test('a list is read page by page', async () => {
  await haveControllers(
    varsel,
    Array.from({ length: 60 }, (_, index) => aController(100 + index)),
  );
  const first = await admin.get('/console/customers').expect(200);
  const next = /href="(\/console\/customers\?[^"]*cursor=[^"]*)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&');
  const second = await admin.get(next ?? '').expect(200);
  const named = (page: string) => [...page.matchAll(/href="\/console\/customers\/(kunde-\d+)"/g)].map(([, id]) => id);
  expect(new Set([...named(first.text), ...named(second.text)]).size).toBe(62);
  expect([named(first.text).length, named(second.text).length]).toEqual([50, 12]);
});

test('a customer is created with its first contact once, and one that exists is not written over', async () => {
  const form = {
    externalId: 'ny-1',
    name: 'Ny Kunde A/S',
    registrationNumber: '10000003',
    products: ['truetalk'],
    'terms-truetalk': '2026-03',
    metadata: 'EAN: 5790000000001\nSælger: Åse: Ørum',
    contactName: 'Åse Ørum',
    email: 'dpo@ny.example',
    language: 'da',
    mayApprove: 'true',
    once: 'first',
  };
  await admin.post('/console/customers/new', form).expect(303).expect('location', '/console/customers/ny-1');
  expect(await show('ny-1')).toMatchObject({
    name: 'Ny Kunde A/S',
    products: ['truetalk'],
    termsVersions: { truetalk: '2026-03' },
    metadata: { EAN: '5790000000001', Sælger: 'Åse: Ørum' },
    contacts: [{ name: 'Åse Ørum', email: 'dpo@ny.example', mayApprove: true }],
  });
  await admin.post('/console/customers/new', form).expect(303);
  const again = await admin.post('/console/customers/new', { ...form, name: 'En anden', once: 'second' }).expect(412);
  expect(again.text).toContain('There is a customer with this number already.');
  expect(fieldOf(again.text, 'name')).toBe('En anden');
  expect(await show('ny-1')).toMatchObject({ name: 'Ny Kunde A/S' });
});

test('faults stand beside their fields in words, with all that was typed', async () => {
  const { text } = await admin
    .post('/console/customers/new?lang=da', {
      externalId: 'a b',
      name: 'Kunde',
      email: 'nowhere',
      metadata: 'uden kolon',
    })
    .expect(400);
  for (const words of [
    'Skriv et kundenummer',
    'Skriv et registreringsnummer',
    'Skriv en e-mailadresse',
    'Skriv højst 20 linjer',
  ])
    expect(text).toContain(words);
  expect(text).toContain('href="#externalId"');
  expect([fieldOf(text, 'externalId'), fieldOf(text, 'email')]).toEqual(['a b', 'nowhere']);
  expect(text).toContain('uden kolon</textarea>');
  expect(text).toMatch(/<title>Fejl: /);
});

test('two people do not undo each other’s corrections', async () => {
  const [mine, theirs] = [
    await admin.get('/console/customers/kunde-1/edit'),
    await admin.get('/console/customers/kunde-1/edit'),
  ];
  const form = (page: string, name: string) => ({
    name,
    registrationNumber: '10000001',
    products: 'truetalk',
    version: fieldOf(page, 'version'),
  });
  await admin.post('/console/customers/kunde-1/edit', form(theirs.text, 'Kunden A/S')).expect(303);
  const refused = await admin.post('/console/customers/kunde-1/edit?lang=en', form(mine.text, 'Min A/S')).expect(412);
  expect(refused.text).toContain('Somebody has corrected the customer');
  expect(fieldOf(refused.text, 'name')).toBe('Min A/S');
  expect(await show('kunde-1')).toMatchObject({ name: 'Kunden A/S' });
  await admin.post('/console/customers/kunde-1/edit', form(refused.text, 'Min A/S')).expect(303);
  expect(await show('kunde-1')).toMatchObject({ name: 'Min A/S' });
});

test('contacts are added, corrected and removed, and who is new is told of announced changes', async () => {
  await announceAnother(varsel);
  const contact = { contactName: 'Bo', email: 'bo@kunde-2.example', language: 'en', mayApprove: 'true' };
  await admin.post('/console/customers/kunde-2/contacts/new', contact).expect(303);
  expect((await mailsAbout('kunde-2')).map(({ email }) => email)).toContain('bo@kunde-2.example');
  const twice = await admin.post('/console/customers/kunde-2/contacts/new', contact).expect(400);
  expect(twice.text).toContain('id="email-error"');
  const { contacts } = await show('kunde-2');
  const bo = `/console/customers/kunde-2/contacts/${contacts[1].id}`;
  const page = await admin.get(bo).expect(200);
  const version = fieldOf(page.text, 'version');
  await admin.post(bo, { ...contact, contactName: 'Bo Berg', mayApprove: '', version }).expect(303);
  expect((await show('kunde-2')).contacts[1]).toMatchObject({ name: 'Bo Berg', mayApprove: false });
  await admin.post(`${bo}/remove`, { version }).expect(412);
  await admin.post(`${bo}/remove`, { version: fieldOf((await admin.get(bo)).text, 'version') }).expect(303);
  const last = `/console/customers/kunde-2/contacts/${contacts[0].id}`;
  const kept = await admin.post(`${last}/remove`).expect(409);
  expect(kept.text).toContain('this is its last contact');
  expect((await show('kunde-2')).contacts).toHaveLength(1);
});

test('ending an agreement says first what it means', async () => {
  await haveControllers(varsel, [aController(9)]);
  const { text } = await admin.get('/console/customers/kunde-9/products/truetalk/leave').expect(200);
  expect(text).toContain('action="/console/customers/kunde-9/products/truetalk/leave"');
  expect(await show('kunde-9')).toMatchObject({ products: ['truetalk'] });
  await admin.post('/console/customers/kunde-9/products/truetalk/leave').expect(303);
  expect(await show('kunde-9')).toMatchObject({ products: [] });
});

const HEADER = ['Kundenummer', 'Navn', 'CVR', 'Produkter', 'E-mail', 'Kontakt', 'Må godkende'];
/** Sends a form with files as a browser does. */
function upload(address: string, fields: Record<string, string>, file?: { name: string; content: Buffer }) {
  let request = admin.browser.post(address).field('csrf', admin.csrf);
  for (const [name, value] of Object.entries(fields)) request = request.field(name, value);
  return file === undefined ? request : request.attach('file', file.content, file.name);
}
const KEPT = ['kept', 'fileName', 'hash', 'columns', 'endMissing', 'once'];
const keptIn = (page: string) => Object.fromEntries(KEPT.map((name) => [name, fieldOf(page, name)]));

test('a workbook is tried, shown with its differences, and imported as it was shown', async () => {
  await haveControllers(varsel, [aController(7)]);
  const content = workbook([
    HEADER,
    ['kunde-7', 'Kunde Syv A/S', 10000007, 'truetalk', 'dpo@kunde-7.example', 'Dorthe Persson 7', true],
    ['ark-1', 'Ny fra arket A/S', 10000015, 'truetalk', 'dpo@ark.example', 'Åse', false],
    ['ark-2', 'Uden mail A/S', 10000015, 'truetalk', null, null, null],
  ]);
  const tried = await upload('/console/customers/import', {}, { name: 'kunder.xlsx', content }).expect(200);
  expect(tried.text).toContain('Nothing has been saved or sent yet.');
  for (const words of [
    'Kunde 7 A/S',
    'Kunde Syv A/S',
    'Ny fra arket A/S',
    'may approve',
    'ark-2',
    'E-mail: A customer needs at least one contact.',
  ])
    expect(tried.text).toContain(words);
  expect((await varsel.api().get('/v1/controllers/ark-1')).status).toBe(404);
  const done = await upload('/console/customers/import/save', keptIn(tried.text)).expect(200);
  expect(done.text).toContain('The customers are imported');
  expect(await show('ark-1')).toMatchObject({ name: 'Ny fra arket A/S' });
  expect(await show('kunde-7')).toMatchObject({ name: 'Kunde Syv A/S', contacts: [{ mayApprove: true }] });
  // A second click gets the same answer, and does nothing.
  const again = await upload('/console/customers/import/save', keptIn(tried.text)).expect(200);
  expect(again.text).toContain('The customers are imported');
  // The same file to do something else with is another form.
  await upload('/console/customers/import/save', { ...keptIn(tried.text), endMissing: 'truetalk' }).expect(422);
  const acts = await varsel.api().get('/v1/audit?subject=ark-1');
  expect(acts.body.items).toMatchObject([{ action: 'controller.created', actor: `Anne Holm (person ${admin.id})` }]);
});

test('what would be done otherwise by now is shown anew, and not done', async () => {
  const content = Buffer.from(
    'Kundenr;Navn;CVR;Produkter;E-mail\r\ncsv-1;Csv Ét A/S;10000023;truetalk;dpo@csv.example\r\n',
  );
  const choices = { columns: 'externalId:Kundenr' };
  const tried = await upload('/console/customers/import', choices, { name: 'kunder.csv', content }).expect(200);
  await haveControllers(varsel, [aController(1, { externalId: 'csv-1' })]);
  const outdated = await upload('/console/customers/import/save', keptIn(tried.text)).expect(200);
  expect(outdated.text).toContain('is no longer what you saw');
  expect(await show('csv-1')).toMatchObject({ name: 'Kunde 1 A/S' });
  const next = { ...keptIn(outdated.text), once: 'another' };
  await upload('/console/customers/import/save', next).expect(200);
  expect(await show('csv-1')).toMatchObject({ name: 'Csv Ét A/S' });
});

test('a file that cannot be imported is refused with what to do', async () => {
  const refusal = async (file?: { name: string; content: Buffer }, fields = {}) => {
    const { status, text } = await upload('/console/customers/import?lang=en', fields, file);
    expect(status).toBe(400);
    return text;
  };
  expect(await refusal()).toContain('Choose a file.');
  expect(await refusal({ name: 'x.csv', content: Buffer.alloc(0) })).toContain('The file is empty.');
  expect(await refusal({ name: 'x.csv', content: Buffer.alloc(11 * 1024 ** 2, 65) })).toContain('larger than 10 MB');
  expect(await refusal({ name: 'x.xls', content: Buffer.from('d0cf11e0a1b11ae1', 'hex') })).toContain('cannot be read');
  expect(await refusal({ name: 'x.xlsx', content: Buffer.from('PK\u0003\u0004no') })).toContain('cannot be read');
  expect(await refusal({ name: 'x.csv', content: Buffer.from('Navn;By\nA;B') })).toContain('lacks columns');
  const rejected = await refusal({ name: 'x.xlsx', content: workbook([HEADER, ['a b', 'A', '1', 'truetalk', 'x']]) });
  expect(rejected).toContain('No row can be saved.');
  expect(rejected).toMatch(/<th[^>]*>2<\/th>/);
  expect(await refusal({ name: 'x.csv', content: Buffer.from('a') }, { columns: 'nothing' })).toContain(
    'Type field:column',
  );
});

test('whoever is for one product works with the customers of that one', async () => {
  const local = await signIn(varsel, { role: 'admin', products: ['truetalk'] });
  const { text } = await local.get('/console/customers?q=kunde-2&lang=en').expect(200);
  expect(text).toContain('href="/console/customers/kunde-2"');
  expect(text).not.toContain('href="/console/customers/kunde-1"');
  for (const address of ['customers/new', 'customers/import', 'register', 'settings/products', 'people/new'])
    expect((await local.get(`/console/${address}`).expect(200)).text, address).toContain('TrueTalk');
});
