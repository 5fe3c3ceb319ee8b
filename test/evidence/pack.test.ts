import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChange } from '../../src/db/changes.ts';
import { inSnapshot, oneRow, rows } from '../../src/db/postgres.ts';
import { evidencePack } from '../../src/evidence/pack.ts';
import type { PackOf } from '../../src/evidence/pack-of.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { mailMarks } from '../support/mails.ts';
import { fileIn, shellWith, unpacked, type UnpackedFile } from '../support/unpacked.ts';

const TOOLS = { sealKey: generateKeyPairSync('ed25519').privateKey, mailMarks };

let database: TestDatabase;
let changeId: string;
beforeAll(async () => {
  database = await createDatabase();
  changeId = await fillEveryTable(database);
});
afterAll(() => database.close());

async function packed(of: Partial<PackOf> = {}, id = changeId): Promise<Buffer> {
  return inSnapshot(database.pool, async (db) => {
    const change = await findChange(db, id);
    if (change === null) throw new Error('the change is on record');
    const pack = await evidencePack(db, { change, controller: null, isRedacted: false, ...of }, TOOLS);
    return Buffer.concat(await Array.fromAsync(pack.bytes));
  });
}

const controllerOf = async (externalId: string) => ({
  externalId,
  id: (await oneRow<{ id: string }>(database.pool, 'select id from controllers where external_id = $1', [externalId]))
    .id,
});
const foundIn = (files: readonly UnpackedFile[], ...words: string[]) =>
  files.flatMap(({ path, content }) =>
    words.filter((word) => content.includes(word)).map((word) => `${path}: ${word}`),
  );

test('A pack has what was planned, whom it was told to, and what they said, in both languages', async () => {
  const files = unpacked(await packed());
  for (const [name, words] of [
    [
      'data/LÆS-MIG.html',
      ['Hvad der blev planlagt', 'dag 10, sidste dag, til dagens udgang', 'afvist: fristen var udløbet'],
    ],
    ['data/README.html', ['What was planned', 'day 10, last day, until it ends', 'rejected: the deadline had passed']],
  ] as const) {
    const page = fileIn(files, name).toString();
    for (const said of [...words, 'Vi er uenige', 'For sent', 'Et svar', 'Bekræftet i telefonen', 'kunde-4']) {
      expect(page, name).toContain(said);
    }
  }
  const page = fileIn(files, 'data/README.html').toString();
  const linked = Array.from(page.matchAll(/href="(controllers\/[^"]+\.eml)"/g), ([, link]) => `data/${link}`);
  const mailsOf = files.map(({ path }) => path.replace(/^[^/]+\//, '')).filter((path) => path.endsWith('.eml'));
  expect(linked.toSorted()).toEqual(mailsOf.toSorted());
  expect(page).toContain('Notice to dpo@kunde-1.example: ');
  const { timeline, record } = JSON.parse(fileIn(files, 'data/controllers/kunde-1/timeline.json').toString());
  expect(timeline.map(({ what }: { what: string }) => what)).toEqual(
    expect.arrayContaining(['agreement', 'message', 'attempt', 'report', 'arrival', 'objection']),
  );
  expect(record.objections[0]).toMatchObject({ persons: { reasons: 'Vi er uenige' }, state: { status: 'pending' } });
  const mails = files.filter(({ path }) => path.includes('/mails/'));
  expect(mails.map(({ content }) => content.toString())).toContain('Et svar');
  expect(fileIn(files, 'data/audit.ndjson').toString()).toContain('agreement.ended');
  expect(fileIn(files, 'data/events.ndjson').toString()).toContain('change.announced');
});

test('docs/evidence.md names every file of a pack', async () => {
  const document = readFileSync(new URL('../../docs/evidence.md', import.meta.url), 'utf8');
  const named = document.slice(document.indexOf('### How to read one'), document.indexOf('### How to verify one'));
  const names = unpacked(await packed())
    .map(({ path }) => /\/data\/(.*)/.exec(path)?.[1])
    .filter((path) => path !== undefined)
    .map((path) =>
      path
        .replace(/^controllers\/[^/]+/, 'controllers/<id>')
        .replace(/notices\/.*\.eml$/, 'notices/<id>-<n>.eml')
        .replace(/mails\/.*\.eml$/, 'mails/<id>.eml')
        .replace(/epoch-\d+/, 'epoch-<n>'),
    )
    .map((path) => (path.endsWith('.pem') ? path.slice(path.lastIndexOf('/') + 1) : path));
  expect([...new Set(names)].filter((name) => !named.includes(`\`${name}\``))).toEqual([]);
});

test('Its manifests are what sha256sum reads', async () => {
  const said = await shellWith(
    unpacked(await packed()),
    'cd varsel-* && sha256sum --strict -c manifest-sha256.txt tagmanifest-sha256.txt && cat bag-info.txt',
  );
  expect(said.match(/: OK$/gm)?.length).toBeGreaterThan(20);
  expect(said).toContain(`External-Identifier: ${changeId}`);
});

test('The same record gives the same bytes', async () => {
  expect((await packed()).equals(await packed())).toBe(true);
});

test('What the gate saw is in the pack, and the register before and after', async () => {
  const { id } = await oneRow<{ id: string }>(
    database.pool,
    `select id from changes where status = 'activated' and scope = 'all' limit 1`,
  );
  const files = unpacked(await packed({}, id));
  const [gate] = JSON.parse(fileIn(files, 'data/gate.json').toString());
  expect(gate.facts.facts).toMatchObject({ blockers: [], controllers: { notified: 3 } });
  expect(fileIn(files, 'data/LÆS-MIG.html').toString()).toContain('Intet stod i vejen');
  const [before, after] = ['before', 'after'].map((when) =>
    JSON.parse(fileIn(files, `data/register-${when}.json`).toString()).map(({ name }: { name: string }) => name),
  );
  const { companies } = await oneRow<{ companies: string }>(
    database.pool,
    'select companies from changes where id = $1',
    [id],
  );
  expect(after).toContain(companies);
  expect(before).not.toContain(companies);
});

test('An approval is told with its words and from when it has effect, and a letter with its day', async () => {
  const { approved, written } = await oneRow<{ approved: string; written: string }>(
    database.pool,
    `select (select change_id from approvals where effective_at is not null limit 1) as approved,
            (select change_id from letters limit 1) as written`,
  );
  const page = fileIn(unpacked(await packed({}, approved)), 'data/README.html').toString();
  expect(page).toMatch(/Approval no\. \d+ (through the link|by e-mail|by letter) from [^<]+, [^<]+</);
  expect(page).toMatch(/Approval no\. \d+ took effect/);
  expect(page).toContain('That the customer does not answer is no approval.');
  const withLetter = fileIn(unpacked(await packed({}, written)), 'data/LÆS-MIG.html').toString();
  expect(withLetter).toMatch(/Brev, som kom frem \w+dag den \d+\. \w+ \d{4}, noteret/);
});

test('Who proposed, approved, announced and activated is told, by name in a whole pack, by id alone in others', async () => {
  const { pool } = database;
  const { id: person } = await oneRow<{ id: string }>(pool, 'select id from people order by id limit 1');
  await rows(
    pool,
    `insert into proposals (kind, product_id, subject, content_hash, content, hash, proposed_at, proposed_by, expires_at)
     select 'activation', product_id, id, content_hash, '{"act": {}, "outcome": {}}', repeat('a', 64), announced_at, $2,
       announced_at + interval '168 hours' from changes where id = $1`,
    [changeId, `person ${person}`],
  );
  await rows(
    pool,
    `insert into proposals (kind, product_id, subject, content, hash, proposed_at, proposed_by, expires_at)
     select 'invalid', c.product_id, o.id, '{"act": {}, "outcome": {}}', repeat('b', 64), o.received_at, $2,
       o.received_at + interval '168 hours'
     from objections o join changes c on c.id = o.change_id join controllers k on k.id = o.controller_id
     where c.id = $1 and k.external_id = 'kunde-1' limit 1`,
    [changeId, `person ${person}`],
  );
  const { name } = await oneRow<{ name: string }>(pool, 'select name from people where id = $1', [person]);
  const whole = unpacked(await packed());
  const page = fileIn(whole, 'data/README.html').toString();
  expect(page).toContain(`${name} (person ${person}) proposed to activate the change`);
  const [, story = ''] = page.split('<h3 id="kunde-1">');
  expect(story.split('<h3 ')[0]).toContain(`${name} (person ${person}) proposed to resolve the objection as invalid`);
  expect(page).toMatch(/Change announced by [^<]+/);
  expect(page).toContain('on which the customer was first notified');
  const proposals = fileIn(whole, 'data/proposals.ndjson').toString();
  expect(proposals).toContain(`"proposed_by":"person ${person}"`);
  expect(proposals, 'the terms of the product').toContain('"kind":"terms"');
  const redacted = unpacked(await packed({ isRedacted: true }));
  expect(fileIn(redacted, 'data/README.html').toString()).toContain(
    `an officer (person ${person}) proposed to activate the change`,
  );
  const share = unpacked(await packed({ controller: await controllerOf('kunde-1') }));
  const shared = fileIn(share, 'data/LÆS-MIG.html').toString();
  expect(shared).toContain('Ændringen annonceret af');
  expect(shared).toContain('fra den dag, I først blev underrettet');
  for (const files of [redacted, share]) expect(foundIn(files, `${name} (person`, `${name} (key`)).toEqual([]);
  expect(foundIn(share, `person ${person}) har foreslået`)).toEqual([]);
});

test('The share of a controller has nothing of another', async () => {
  const files = unpacked(await packed({ controller: await controllerOf('kunde-1') }));
  expect(fileIn(files, 'data/LÆS-MIG.html').toString()).toContain('Vi er uenige');
  expect(foundIn(files, 'kunde-2', 'kunde-3', 'kunde-4', 'Et svar')).toEqual([]);
  const names = files.map(({ path }) => path);
  expect(names.filter((name) => /\/(mails|events|audit|proposals|gate)/.test(name))).toEqual([]);
  expect(fileIn(files, 'bag-info.txt').toString()).toContain('Varsel-Share-Of: kunde-1');
});

test('A redacted pack has nothing of persons, and no mail', async () => {
  const files = unpacked(await packed({ isRedacted: true }));
  expect(foundIn(files, 'dpo@kunde-1.example', 'Vi er uenige', 'For sent', 'Et svar', 'Bekræftet i telefonen')).toEqual(
    [],
  );
  expect(files.filter(({ path }) => path.endsWith('.eml'))).toEqual([]);
  expect(fileIn(files, 'data/controllers/kunde-1/timeline.json').toString()).toContain('"objections"');
});
