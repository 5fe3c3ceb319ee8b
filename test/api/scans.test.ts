import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneRow } from '../../src/db/postgres.ts';
import { verifyPack } from '../../src/evidence/verify-pack.ts';
import { verifyRecord } from '../../src/evidence/verify-record.ts';
import { inIndia } from '../support/answering.ts';
import { tablesWith } from '../support/dump.ts';
import { aController, aProduct } from '../support/examples.ts';
import { scratchFolder } from '../support/scratch.ts';
import { seal } from '../support/sealed.ts';
import { announceAnother, haveControllers, haveProduct, leave, partOf, withdraw } from '../support/story.ts';
import { fileIn, unpacked, type UnpackedFile } from '../support/unpacked.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const PDF = Buffer.from('%PDF-1.7\n\u0000scannet brev');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const MAIL = Buffer.from('From: Dorthe Persson <dpo@anden-postkasse.example>\r\nSubject: Nej\r\n\r\nVi siger nej.\r\n');

let varsel: TestVarsel;
let change: string;
/** What is recorded of kunde-1, by the field that names it. */
let letterId: string;
let objectionId: string;
let approvalId: string;

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await haveControllers(varsel, [aController(1), aController(2)]);
  change = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  const officer = varsel.api('officer');
  const came = {
    controller: 'kunde-1',
    channel: 'letter',
    receivedAt: '2026-03-02T09:00:00Z',
    from: { name: 'Dorthe Persson', email: 'direktion@kunde-1.example' },
  };
  const letter = { arrivedOn: '2026-03-02', reference: 'RR 1' };
  await officer.post(`/v1/changes/${change}/controllers/kunde-1/notice-by-letter`).send(letter).expect(201);
  letterId = (await partOf(varsel, change, 'kunde-1')).letters[0].id;
  const reasons = 'Vi er uenige i overførslen';
  const objected = await officer.post(`/v1/changes/${change}/objections`).send({ ...came, reasons });
  objectionId = objected.body.id;
  const refused = await officer.post(`/v1/changes/${change}/approvals`).send({ ...came, decision: 'refusal' });
  approvalId = refused.body.id;
  expect([objected.status, refused.status]).toEqual([201, 201]);
});
afterAll(() => varsel.close());

const add = (body: object, { to = change, by = varsel.api('officer') } = {}) =>
  by.post(`/v1/changes/${to}/scans`).send(body);
const inBase64 = (content: Buffer) => ({ base64: content.toString('base64') });
const listed = async (query = '') =>
  (await varsel.api('officer').get(`/v1/changes/${change}/scans${query}`).expect(200)).body.items;

async function packOf(query = ''): Promise<{ zip: Buffer; files: UnpackedFile[] }> {
  const { body } = await varsel.api('officer').get(`/v1/changes/${change}/evidence${query}`).responseType('blob');
  return { zip: body as Buffer, files: unpacked(body as Buffer) };
}

test('a scan stands with the letter, the objection or the answer that it is of, as its first bytes say', async () => {
  for (const [of, content, mediaType] of [
    [{ letterId }, PDF, 'application/pdf'],
    [{ objectionId }, JPEG, 'image/jpeg'],
    [{ objectionId }, MAIL, 'message/rfc822'],
    [{ approvalId }, PNG, 'image/png'],
  ] as const) {
    const { status, body, headers } = await add({ ...of, ...inBase64(content) });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toMatchObject({
      letterId: null,
      objectionId: null,
      approvalId: null,
      ...of,
      controller: 'kunde-1',
      mediaType,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      addedAt: '2026-03-02T09:00:00.000Z',
    });
    const kept = (
      await varsel
        .api('officer')
        .get(headers['location'] ?? '')
        .expect(200)
    ).body;
    expect(Buffer.from(kept.base64, 'base64')).toEqual(content);
  }
  expect((await listed()).map(({ mediaType }: { mediaType: string }) => mediaType)).toEqual([
    'application/pdf',
    'image/jpeg',
    'message/rfc822',
    'image/png',
  ]);
  expect(await listed('?controller=kunde-2')).toEqual([]);
  const acts = (await varsel.api().get('/v1/audit?action=scan.added').expect(200)).body.items;
  expect(acts).toHaveLength(4);
  expect(acts[0].details).toMatchObject({ change, controller: 'kunde-1' });
});

test('the same request under one key adds one scan', async () => {
  const before = (await listed()).length;
  const body = { letterId, ...inBase64(PDF) };
  const [first, again] = [
    await add(body).set('Idempotency-Key', 'brev-1'),
    await add(body).set('Idempotency-Key', 'brev-1'),
  ];
  expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
  expect(await listed()).toHaveLength(before + 1);
});

test('what is none of what is taken is refused with what was found, and nothing is kept', async () => {
  const before = (await listed()).length;
  for (const content of ['<html><script>', 'PK\u0003\u0004', 'GIF89a', ' %PDF-1.7', 'Hej: ikke en mail', 'From here']) {
    const { status, body } = await add({ letterId, ...inBase64(Buffer.from(content)) });
    expect({ status, code: body.code }, content).toEqual({ status: 422, code: 'scan-not-readable' });
    expect(body.detail).toContain(Buffer.from(content).subarray(0, 8).toString('hex'));
    expect(body.errors).toMatchObject([{ path: 'base64' }]);
  }
  const none = await add({ letterId, base64: '' });
  const noBase64 = await add({ letterId, base64: 'a b' });
  const two = await add({ letterId, objectionId, ...inBase64(PDF) });
  expect([none.status, noBase64.status, two.status]).toEqual([400, 400, 400]);
  expect(await listed()).toHaveLength(before);
});

test('it is added to what its change has alone, by who may, and read by officers of the product', async () => {
  const other = await announceAnother(varsel);
  expect((await add({ objectionId, ...inBase64(PDF) }, { to: other })).status).toBe(404);
  const nobody = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
  expect((await add({ objectionId: nobody, ...inBase64(PDF) })).status).toBe(404);
  expect((await add({ objectionId, ...inBase64(PDF) }, { by: varsel.api('reader') })).status).toBe(403);
  const [{ id }] = await listed();
  expect((await varsel.api('reader').get(`/v1/scans/${id}`)).status).toBe(403);
  await haveProduct(varsel, { ...aProduct(), id: 'smartring', name: 'Smart Ring' });
  const made = await varsel
    .api()
    .post('/v1/keys')
    .send({ name: 'Ur', role: 'officer', products: ['smartring'] });
  const stranger = varsel.api().set('Authorization', `Bearer ${made.body.key}`);
  for (const address of [`/v1/scans/${id}`, `/v1/changes/${change}/scans`])
    expect((await stranger.get(address)).status, address).toBe(404);
  expect((await add({ objectionId, ...inBase64(PDF) }, { by: stranger })).status).toBe(404);
});

test('nobody writes a scan into another case, or alters one, with the password of the application', async () => {
  const { pool } = varsel.database;
  const another = `insert into scans (change_id, controller_id, objection_id, media_type, sha256, bytes, content, added_at, added_by)
    select change_id, (select id from controllers where external_id = 'kunde-2'), objection_id, media_type, sha256, bytes, content,
      added_at, added_by from scans where objection_id is not null limit 1`;
  await expect(pool.query(another)).rejects.toThrow(/D66/);
  await expect(pool.query(`update scans set media_type = 'image/png'`)).rejects.toThrow();
  const otherBytes = another
    .replace(/\(select id.*?'kunde-2'\)/, 'controller_id')
    .replace('bytes, content,\n', `bytes, 'x',\n`);
  await expect(pool.query(otherBytes)).rejects.toThrow(/check constraint/);
});

test('the officers’ pack has the scans and proves them; a redacted one and a share have none', async () => {
  await seal(varsel.database.pool, varsel.clock.now());
  const { zip, files } = await packOf();
  const scans = await listed();
  const endings: Record<string, string> = {
    'application/pdf': 'pdf',
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'message/rfc822': 'eml',
  };
  for (const { id, mediaType, sha256 } of scans) {
    const name = `scans/${id}.${endings[mediaType]}`;
    const content = fileIn(files, `data/controllers/kunde-1/${name}`);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    expect(fileIn(files, 'data/LÆS-MIG.html').toString()).toContain(`<a href="controllers/kunde-1/${name}">filen</a>`);
    expect(fileIn(files, 'data/README.html').toString()).toContain(
      `<a href="controllers/kunde-1/${name}">the file</a>`,
    );
  }
  const name = path.join(await scratchFolder(), 'pack.zip');
  await writeFile(name, zip);
  const findings = await Array.fromAsync(verifyPack(name));
  expect(findings.filter(({ is }) => is === 'wrong')).toEqual([]);
  // Every mail and every scan of it.
  const originals = files.filter(({ path: each }) => each.endsWith('.eml') || each.includes('/scans/'));
  const kinds = new Set(originals.map(({ content }) => createHash('sha256').update(content).digest('hex'))).size;
  expect(findings.map(({ words }) => words)).toContain(
    `${kinds} mails and scans are byte for byte what was sealed when they went out or came in`,
  );
  for (const query of ['?redacted=true', '?controller=kunde-1', '?controller=kunde-2']) {
    const without = (await packOf(query)).files;
    expect(
      without.filter(({ path: each, content }) => each.includes('/scans/') || content.includes('Vi siger nej.')),
      query,
    ).toEqual([]);
    // Their hashes are facts of the controller's own part.
    const timeline = without.find(({ path: each }) => each.endsWith('data/controllers/kunde-1/timeline.json'));
    expect(timeline?.content.includes(scans[0].sha256) ?? false, query).toBe(query !== '?controller=kunde-2');
  }
});

test('who asks for what is on record of them gets the scans, also of a picture that nobody can search', async () => {
  const { items } = (await varsel.api().post('/v1/persons/export').send({ email: 'direktion@kunde-1.example' })).body;
  const found = items.filter(({ what }: { what: string }) => what === 'scan');
  // Of the objection and of the refusal: the letter names nobody.
  expect(found).toHaveLength(3);
  expect(found.map(({ content }: { content: { content: string } }) => content.content.replaceAll('\n', ''))).toEqual(
    expect.arrayContaining([JPEG, MAIL, PNG].map((content) => content.toString('base64'))),
  );
  const other = (await varsel.api().post('/v1/persons/export').send({ email: 'dpo@anden-postkasse.example' })).body;
  expect(other.items.map(({ what }: { what: string }) => what)).toEqual(['scan']);
});

test('a scan ends with its case: its bytes go, and what it was stays proved', async () => {
  const { pool } = varsel.database;
  await withdraw(varsel, change);
  for (const controller of ['kunde-1', 'kunde-2']) await leave(varsel, controller);
  await varsel.deliver();
  const email = 'direktion@kunde-1.example';
  const kept = (await varsel.api().post('/v1/persons/erase').send({ email, reason: 'Asked for it' }).expect(200)).body;
  expect(kept.kept).toContainEqual(expect.objectContaining({ what: 'scan', count: 3, because: 'retention' }));
  await seal(pool, varsel.clock.now());
  varsel.clock.set('2030-03-04T09:00:00Z');
  const gone = (await varsel.api().post('/v1/persons/erase').send({ email, reason: 'Asked for it' }).expect(200)).body;
  expect(gone.erased).toContainEqual({ what: 'scan', count: 3 });
  expect(await tablesWith(varsel.database, 'Vi siger nej.')).toEqual([]);
  const scans = await listed();
  const [mail] = scans.filter(({ mediaType }: { mediaType: string }) => mediaType === 'message/rfc822');
  expect(mail).toMatchObject({ bytes: MAIL.length, sha256: createHash('sha256').update(MAIL).digest('hex') });
  const { status, body } = await varsel.api('officer').get(`/v1/scans/${mail.id}`);
  expect({ status, code: body.code }).toEqual({ status: 410, code: 'scan-erased' });
  const { left } = await oneRow<{ left: number }>(
    pool,
    `select count(*)::int as left from scans where content <> '' and letter_id is null`,
  );
  expect(left).toBe(0);
  const verified = await verifyRecord(pool);
  expect(verified.faults).toEqual([]);
});

// The last of all: packs of it would be large.
test('a scan of 10 MiB is kept, and one byte more is refused', async () => {
  const largest = Buffer.alloc(10 * 1024 ** 2, 'x');
  PDF.copy(largest);
  const { status, body } = await add({ approvalId, ...inBase64(largest) });
  expect({ status, bytes: body.bytes }).toEqual({ status: 201, bytes: largest.length });
  const more = await add({ approvalId, ...inBase64(Buffer.concat([largest, Buffer.from('x')])) });
  expect({ status: more.status, path: more.body.errors?.[0]?.path }).toEqual({ status: 400, path: 'base64' });
  const muchMore = await add({ approvalId, ...inBase64(Buffer.concat([largest, largest])) });
  expect(muchMore.status).toBe(413);
});
