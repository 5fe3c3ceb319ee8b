import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSession } from '../../src/commands/sign-in.ts';
import { changeTextsIn } from '../../src/console/change/texts.ts';
import { problemInWords } from '../../src/console/problem-words.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { csrfTokenOf } from '../../src/security/sessions.ts';
import { inIndia } from '../support/answering.ts';
import { aController } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { announceAnother, haveControllers, objectionsOf, partOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const PDF = Buffer.from('%PDF-1.7\n\u0000scannet brev');
const t = changeTextsIn('da');

let varsel: TestVarsel;
let officer: SignedInPerson;
let id: string;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aController(2), aController(3)]);
  id = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  officer = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
  await officer.get('/console?lang=da').expect(200);
});
afterAll(() => varsel.close());

interface Chosen {
  readonly field?: string;
  readonly name?: string;
  readonly content: Buffer;
}

/** Sends a form with a file as a browser does. */
function upload(address: string, fields: Record<string, string>, file?: Chosen, who = officer) {
  let request = who.browser.post(address).set('accept-language', 'da').field('csrf', who.csrf);
  for (const [name, value] of Object.entries(fields)) request = request.field(name, value);
  if (file === undefined) return request;
  return request.attach(file.field ?? 'scan', file.content, file.name ?? 'brev.pdf');
}
const storyOf = (number: number) => `/console/changes/${id}/controllers/kunde-${number}`;
const scansOf = async (number: number) =>
  (await varsel.api('officer').get(`/v1/changes/${id}/scans?controller=kunde-${number}`).expect(200)).body.items;
const fileLinks = (page: string) =>
  [...page.matchAll(/href="(\/console\/changes\/[^"]*\/scans\/[^"]*)"/g)].map(([, to = '']) => to);
const fileAt = (address: string, who = officer) => who.get(address).responseType('blob');

test('a letter is recorded with its scan in one form, once, and the story links to it', async () => {
  const fields = { arrivedOn: '2026-03-02', reference: 'RR 1', once: 'brev' };
  const file = { field: 'letterScan', content: PDF };
  for (const click of ['first', 'second']) {
    const { status, headers } = await upload(`${storyOf(1)}/letter`, fields, file);
    expect({ status, to: headers['location'] }, click).toEqual({ status: 303, to: storyOf(1) });
  }
  const { letters } = await partOf(varsel, id, 'kunde-1');
  expect(letters).toMatchObject([{ reference: 'RR 1' }]);
  expect(await scansOf(1)).toMatchObject([
    { letterId: letters[0].id, mediaType: 'application/pdf', addedBy: expect.stringMatching(/^Eva Lund \(person /) },
  ]);
  const { text } = await officer.get(storyOf(1)).expect(200);
  expect(text).toContain('Hent det scannede (PDF, 1 kB)');
  const [link = ''] = fileLinks(text);
  const { body, headers } = await fileAt(link).expect(200);
  expect(Buffer.from(body as Buffer)).toEqual(PDF);
  expect(headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': expect.stringMatching(/^attachment; filename="[0-9a-f-]{36}\.pdf"$/),
    'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'/),
    'x-content-type-options': 'nosniff',
  });
  // Under another change there is no such file, and a reader sees neither file nor form.
  const other = await announceAnother(varsel);
  expect((await officer.get(link.replace(id, other))).status).toBe(404);
  const reader = await signIn(varsel, { role: 'reader' });
  expect((await reader.get(link)).status).toBe(403);
  const { text: read } = await reader.get(storyOf(1)).expect(200);
  expect(fileLinks(read)).toEqual([]);
  expect(read).not.toContain('type="file"');
});

test('a file that is none is told beside its field, with what was typed and which file to choose again, and nothing is recorded', async () => {
  for (const [content, words] of [
    [Buffer.from('<script>'), 'Filen er ikke en PDF'],
    [Buffer.alloc(0), 'Filen er tom'],
    [Buffer.concat([PDF, Buffer.alloc(10 * 1024 ** 2)]), 'Filen er for stor'],
  ] as const) {
    const fields = { arrivedOn: '2026-03-02', reference: 'RR <2>' };
    const file = { field: 'letterScan', content, name: 'mit "brev".pdf' };
    const { status, text } = await upload(`${storyOf(2)}/letter`, fields, file);
    expect({ status, text }).toMatchObject({ status: 400, text: expect.stringContaining(words) });
    expect(text).toContain('value="RR &lt;2&gt;"');
    expect(text).toMatch(/Vælg »mit .*brev.*\.pdf« igen/);
    expect(text).toContain('href="#letterScan"');
  }
  const early = await upload(
    `${storyOf(2)}/letter`,
    { arrivedOn: '2026-02-01', reference: 'RR 2' },
    { field: 'letterScan', content: PDF },
  );
  expect(early.status).toBe(422);
  expect(early.text).toContain('Vælg »brev.pdf« igen');
  expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({ letters: [] });
  expect(await scansOf(2)).toEqual([]);
});

test('an objection that came by letter is recorded with its scan, which stands where it is decided', async () => {
  const form = {
    what: 'objection',
    channel: 'letter',
    receivedOn: '2026-03-02',
    receivedAt: '09:59',
    name: 'Dorthe Persson',
    words: 'Vi er uenige i overførslen til Indien.',
    once: 'indsigelse',
  };
  // Before it was announced, in the time of the product.
  const early = await upload(`${storyOf(2)}/record`, form, { content: PDF });
  expect(early.status).toBe(422);
  for (const words of [problemInWords('received-at-out-of-range', 'da'), 'value="09:59"', 'Vælg »brev.pdf« igen'])
    expect(early.text).toContain(words);
  varsel.clock.set('2026-03-03T09:00:00Z');
  const again = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
  const right = { ...form, receivedAt: '10:30', once: 'igen' };
  for (const click of ['first', 'second']) {
    const { headers } = await upload(`${storyOf(2)}/record`, right, { content: PDF }, again).expect(303);
    expect(headers['location'], click).toBe(`${storyOf(2)}?said=recorded`);
  }
  const objections = (await objectionsOf(varsel, id)).filter(({ controller }) => controller === 'kunde-2');
  expect(objections).toMatchObject([
    { channel: 'letter', status: 'pending', receivedAt: '2026-03-02T09:30:00.000Z', reasons: form.words },
  ]);
  expect(await scansOf(2)).toMatchObject([{ objectionId: objections[0]?.id }]);
  const { text } = await again.get(`/console/inbox/objections/${objections[0]?.id}`).expect(200);
  expect(fileLinks(text)).toHaveLength(1);
  officer = again;
});

test('an objection that does not count is on record as an attempt, with its scan, and the page says so', async () => {
  const form = {
    what: 'objection',
    channel: 'email',
    receivedOn: '2026-03-03',
    receivedAt: '09:00',
    name: '',
    words: '',
  };
  const mail = Buffer.from('From: dpo@kunde-3.example\r\nSubject: Nej\r\n\r\n');
  const { headers } = await upload(`${storyOf(3)}/record`, form, { content: mail, name: 'nej.eml' }).expect(303);
  expect(headers['location']).toBe(`${storyOf(3)}?said=attempted`);
  const { text } = await officer.get(headers['location'] ?? '').expect(200);
  expect(text).toContain(t.record.attempted);
  expect(text).toContain('Hent det scannede (e-mail, 1 kB)');
  expect(await scansOf(3)).toMatchObject([{ mediaType: 'message/rfc822', objectionId: expect.any(String) }]);
});

test('an approval says who and why; the person who confirms it has the scan before them', async () => {
  const form = {
    what: 'approval',
    channel: 'letter',
    receivedOn: '2026-03-03',
    receivedAt: '09:00',
    name: '',
    words: '',
  };
  const empty = await upload(`${storyOf(3)}/record`, { ...form, what: '', channel: '', receivedOn: 'i går' });
  expect(empty.status).toBe(400);
  expect(empty.text).toContain(t.record.chooseWhat);
  expect(empty.text).toContain('value="i går"');
  const unwritten = await upload(`${storyOf(3)}/record`, form);
  for (const field of ['name', 'words']) expect(unwritten.text).toContain(`href="#${field}"`);
  const written = { ...form, name: 'Dorthe Persson', role: 'Direktør', words: 'Vi godkender.' };
  const unfounded = await upload(`${storyOf(3)}/record`, written);
  expect(unfounded.text).toContain(problemInWords('authority-required', 'da'));
  await upload(
    `${storyOf(3)}/record`,
    { ...written, authority: 'Tegner selskabet, CVR 3. marts' },
    { content: PDF },
  ).expect(303);
  const { items } = (await varsel.api('reader').get(`/v1/changes/${id}/approvals`)).body;
  expect(items).toMatchObject([{ controller: 'kunde-3', status: 'unconfirmed', channel: 'letter' }]);
  const second = await signIn(varsel, { role: 'officer', name: 'Bo Holm' });
  const { text } = await second.get(`/console/inbox/approvals/${items[0].id}`).expect(200);
  const [link = ''] = fileLinks(text);
  expect(Buffer.from((await fileAt(link, second).expect(200)).body as Buffer)).toEqual(PDF);
});

test('what was scanned the day after is added to what is on record', async () => {
  const { text } = await officer.get(storyOf(1)).expect(200);
  const [, of = ''] = /<option value="(letterId [0-9a-f-]{36})"/.exec(text) ?? [];
  const none = await upload(`${storyOf(1)}/scans`, { of });
  expect({ status: none.status, text: none.text }).toMatchObject({
    status: 400,
    text: expect.stringContaining('Vælg en fil.'),
  });
  const strange = await upload(`${storyOf(1)}/scans`, { of: 'nothing else' }, { content: PDF });
  expect(strange.status).toBe(400);
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
  const { headers } = await upload(`${storyOf(1)}/scans`, { of }, { content: png }).expect(303);
  expect((await officer.get(headers['location'] ?? '')).text).toContain(t.story.scanned);
  expect(await scansOf(1)).toMatchObject([{ mediaType: 'application/pdf' }, { mediaType: 'image/png' }]);
});

test('what was typed when the session had ended is kept without the file, which has to be chosen again', async () => {
  const person = await signIn(varsel, { role: 'officer' });
  varsel.clock.advance({ minutes: 31 });
  const fields = { arrivedOn: '2026-03-03', reference: 'RR 77' };
  const sent = await upload(
    `${storyOf(2)}/letter`,
    fields,
    { field: 'letterScan', content: PDF, name: 'kvittering.pdf' },
    person,
  );
  const kept =
    new URL(sent.headers['location'] ?? '', varsel.url).searchParams.get('to') ?? expect.fail('it is not kept');
  const [{ form } = { form: {} }] = await rows<{ form: object }>(
    varsel.database.pool,
    'select form from kept_forms where person_id = $1',
    [person.id],
  );
  expect(form).toEqual({ ...fields, letterScan: 'kvittering.pdf' });
  const { secret } = await inTransaction(varsel.database.pool, (tx) =>
    startSession(tx, person.id, { method: 'openid', hasFactors: true, userAgent: 'test' }, varsel.clock.now()),
  );
  const back = { csrf: csrfTokenOf(secret), cookie: `varsel=${secret}` };
  const { text } = await varsel
    .customer()
    .get(kept)
    .set('cookie', back.cookie)
    .set('accept-language', 'da')
    .expect(200);
  expect(text).toContain('<strong>Intet er sendt endnu</strong>');
  expect(text).toContain('value="RR 77"');
  expect(text).toContain('Vælg »kvittering.pdf« igen');
  expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({ letters: [] });
  await varsel
    .customer()
    .post(`${storyOf(2)}/letter`)
    .set('cookie', back.cookie)
    .field({ ...fields, csrf: back.csrf, once: /name="once" value="(kept-[^"]+)"/.exec(text)?.[1] ?? '' })
    .attach('letterScan', PDF, 'kvittering.pdf')
    .expect(303);
  expect(await scansOf(2)).toMatchObject([{ letterId: null }, { letterId: expect.any(String) }]);
});
