import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController } from '../support/examples.ts';
import { needsOpenssl } from '../support/openssl.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { announceAnother, haveControllers, SUBJECTS, theMailTo, tokenOf } from '../support/story.ts';
import { fileIn, shellWith, unpacked, type UnpackedFile } from '../support/unpacked.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let change: string;
beforeAll(async () => {
  varsel = await startVarsel(START, {});
  await haveControllers(varsel, [
    { ...aController(1), reference: 'KUNDEMAPPE-77', metadata: { note: 'Betaler sent' } },
    aController(2),
  ]);
  change = await announceAnother(varsel);
  await varsel.deliver();
  for (const number of [1, 2]) {
    await varsel
      .customer()
      .post(`/objections/${tokenOf(varsel, `dpo@kunde-${number}.example`)}`)
      .set('content-type', 'application/json')
      .send({ reasons: `Grunde fra nummer ${number}` })
      .expect(201);
  }
  await varsel.deliver();
});
afterAll(() => varsel.close());

const binary = (response: NodeJS.ReadableStream, done: (error: Error | null, body: Buffer) => void) => {
  const pieces: Buffer[] = [];
  response.on('data', (piece: Buffer) => pieces.push(piece));
  response.on('end', () => done(null, Buffer.concat(pieces)));
};
async function packOf(query = ''): Promise<UnpackedFile[]> {
  const { body } = await varsel
    .api('officer')
    .get(`/v1/changes/${change}/evidence${query}`)
    .buffer(true)
    .parse(binary as never)
    .expect(200)
    .expect('content-type', 'application/zip');
  return unpacked(body as Buffer);
}
async function shareOf(number: number): Promise<UnpackedFile[]> {
  const { body } = await varsel
    .customer()
    .post(`/objections/${tokenOf(varsel, `dpo@kunde-${number}.example`)}/documentation`)
    .buffer(true)
    .parse(binary as never)
    .expect(200)
    .expect('content-type', 'application/zip');
  return unpacked(body as Buffer);
}
const foundIn = (files: readonly UnpackedFile[], ...words: string[]) =>
  files.flatMap(({ path, content }) =>
    words.filter((word) => content.includes(word)).map((word) => `${path}: ${word}`),
  );

test('An officer gets the pack, sealed up to then', async () => {
  // Sealing stays below every transaction that runs in the cluster, also of other files (decision 16).
  const files = await vi.waitFor(
    async () => {
      const found = await packOf();
      expect(fileIn(found, 'data/proof/unsealed.txt').toString()).toBe('');
      return found;
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(fileIn(files, 'bag-info.txt').toString()).toMatch(/^Varsel-Checkpoint: \S+ /m);
  const { record } = JSON.parse(fileIn(files, 'data/controllers/kunde-1/timeline.json').toString());
  expect(Object.keys(record)).toContain('message_contents');
  // The mails are the bytes whose hash the sealed attempt has.
  const mails = files.filter(({ path }) => path.includes('/notices/'));
  expect(mails.length).toBeGreaterThanOrEqual(4);
  const attempts = await rows<{ hash: string }>(
    varsel.database.pool,
    `select encode(mail_sha256, 'hex') as hash from message_attempts`,
  );
  for (const { content } of mails) {
    expect(attempts.map(({ hash }) => hash)).toContain(createHash('sha256').update(content).digest('hex'));
  }
});

test('verify.sh finds the pack right', async (context) => {
  needsOpenssl(context);
  const said = await shellWith(await packOf(), 'bash varsel-*/verify.sh');
  expect(said).toContain('This pack is as it was made, and its rows stand in the sealed record.');
});

test('A HEAD makes none', async () => {
  const { headers } = await varsel.api('officer').head(`/v1/changes/${change}/evidence`).expect(200);
  expect(headers).toMatchObject({ 'content-type': 'application/zip', 'varsel-pack-controllers': '2' });
});

test('A controller’s share has nothing of another, and no link, and so has what its contact downloads', async () => {
  const tokens = [1, 2].map((number) => tokenOf(varsel, `dpo@kunde-${number}.example`));
  for (const [number, other] of [
    [1, 2],
    [2, 1],
  ] as const) {
    for (const files of [await packOf(`?controller=kunde-${number}`), await shareOf(number)]) {
      expect(fileIn(files, 'data/LÆS-MIG.html').toString()).toContain(`Grunde fra nummer ${number}`);
      expect(foundIn(files, `kunde-${other}`, `Kunde ${other}`, `Grunde fra nummer ${other}`, ...tokens)).toEqual([]);
      const mails = files.filter(({ path }) => path.endsWith('.eml'));
      expect(mails.length).toBeGreaterThan(0);
      expect(mails.every(({ content }) => content.includes('cut-out'))).toBe(true);
    }
  }
});

test('What the company has noted of a customer is for officers, and in no share', async () => {
  const noted = ['KUNDEMAPPE-77', 'Betaler sent'];
  const [whole, ...shares] = [await packOf(), await packOf('?controller=kunde-1'), await shareOf(1)];
  const timeline = fileIn(whole, 'data/controllers/kunde-1/timeline.json');
  for (const word of noted) expect(timeline.includes(word)).toBe(true);
  for (const share of shares) expect(foundIn(share, ...noted)).toEqual([]);
});

test('A controller’s share has no address that an answer was sent to', async () => {
  const { reply } = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
  await mailIn(varsel, anAnswer('Vi har et spørgsmål'), { from: 'dpo@kunde-1.example', to: reply });
  await varsel.readMails();
  const [tag = ''] = reply.split('@');
  for (const files of [await packOf('?controller=kunde-1'), await shareOf(1), await packOf('?redacted=true')]) {
    const secret = tag.slice(tag.indexOf('+') + 1);
    expect(foundIn(files, secret, secret.toUpperCase(), Buffer.from(secret).toString('hex'))).toEqual([]);
    const [folder] = files[0]?.path.split('/') ?? [];
    expect(await shellWith(files, `cd ${folder} && bash verify.sh`)).toContain('This pack is as it was made');
  }
  expect(fileIn(await shareOf(1), 'data/LÆS-MIG.html').toString()).toContain('Vi har et spørgsmål');
});

test('A redacted pack has no mail and nothing of persons', async () => {
  const files = await packOf('?redacted=true');
  expect(foundIn(files, 'Grunde fra', '@kunde-1.example', '@kunde-2.example')).toEqual([]);
  expect(files.filter(({ path }) => path.endsWith('.eml'))).toEqual([]);
});

test('The link’s page offers it, and a link of a former contact gets none', async () => {
  const token = tokenOf(varsel, 'dpo@kunde-1.example');
  const { text } = await varsel.customer().get(`/objections/${token}`).set('accept', 'text/html').expect(200);
  expect(text).toContain('Hent jeres dokumentation');
  const { body } = await varsel.api('admin').get('/v1/controllers/kunde-1/contacts').expect(200);
  const contact = body.items.find(({ email }: { email: string }) => email === 'dpo@kunde-1.example');
  await varsel
    .api('admin')
    .post('/v1/controllers/kunde-1/contacts')
    .send({ name: 'Ny', email: 'ny@kunde-1.example', language: 'da' })
    .expect(201);
  await varsel
    .api('admin')
    .delete(`/v1/controllers/kunde-1/contacts/${contact.id}`)
    .expect((response) => {
      expect(response.status).toBeLessThan(300);
    });
  await varsel.customer().post(`/objections/${token}/documentation`).expect(404);
});

test('A change or a controller that is not there is not found', async () => {
  await varsel.api('officer').get('/v1/changes/01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b/evidence').expect(404);
  await varsel.api('officer').get(`/v1/changes/${change}/evidence?controller=kunde-9`).expect(404);
  await varsel.api('reader').get(`/v1/changes/${change}/evidence`).expect(403);
});

test('An external id of any letters and signs makes names that every system and header takes', async () => {
  const externalId = '..<漢字>"\'&|*:-';
  const { contacts, ...rest } = aController(3);
  await haveControllers(varsel, [{ ...rest, externalId, name: '<b onclick="x">Øst & Vest</b>', contacts }]);
  await varsel.deliver();
  const token = tokenOf(varsel, 'dpo@kunde-3.example');
  const { body, headers } = await varsel
    .customer()
    .post(`/objections/${token}/documentation`)
    .buffer(true)
    .parse(binary as never)
    .expect(200);
  expect(headers['content-disposition']).toBe(`attachment; filename="varsel-${change}-____________-.zip"`);
  const share = unpacked(body as Buffer);
  expect(fileIn(share, 'data/LÆS-MIG.html').toString()).toContain(
    '&lt;b onclick=&quot;x&quot;&gt;Øst &amp; Vest&lt;/b&gt;',
  );
  const [folder] = share[0]?.path.split('/') ?? [];
  expect(await shellWith(share, `cd '${folder}' && ./verify.sh`)).toContain('This pack is as it was made');
});
