import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/evidence/findings.ts';
import { timeStampRequest } from '../../src/evidence/time-stamp.ts';
import { verifyPack, type PackTrust } from '../../src/evidence/verify-pack.ts';
import { scratchFile } from '../support/scratch.ts';
import { checkpointOf, publicPem, SEAL_KEY, syntheticPack, type Synthetic } from '../support/synthetic-pack.ts';
import { timeStampAuthority } from '../support/time-stamp-authority.ts';

const TRUSTED = { sealKey: publicPem(SEAL_KEY) };
const USUAL: Synthetic = { size: 21, shown: [0, 1, 4, 5, 6, 20] };

async function findingsIn(zip: Buffer, trust: PackTrust = TRUSTED): Promise<Finding[]> {
  const { name } = await scratchFile(zip);
  return Array.fromAsync(verifyPack(name, trust));
}
const faultsIn = async (zip: Buffer, trust?: PackTrust) =>
  (await findingsIn(zip, trust)).filter((finding) => finding.is === 'wrong').map(({ words }) => words);
const withFile = (name: string, change: (content: string) => string): Synthetic => ({
  ...USUAL,
  alter: (file) => (file.path.endsWith(name) ? { ...file, content: change(file.content.toString()) } : file),
});

test('A pack is found to be as it was made, and what it proves is said', async () => {
  const found = await findingsIn(await syntheticPack(USUAL));
  expect(
    found.map(({ is, words }) => `${is}: ${words.replaceAll(/[0-9a-f]{64}/g, 'HEX').replace(/[\w+/]{43}=/, 'ROOT')}`),
  ).toEqual([
    'right: 8 files, each as the manifest has it; every byte of the ZIP is as Varsel writes it',
    'right: the pack is signed by the key HEX',
    'right: epoch 1: the checkpoint varsel.example/seals/1 21 ROOT, signed by the key HEX',
    'note: epoch 1: no time stamp from outside; its time is what Varsel says',
    'right: epoch 1: 6 rows stand in the tree of 21 under the checkpoint, of 4 with what they say of persons',
    'right: 1 mails and scans are byte for byte what was sealed when they went out or came in',
  ]);
});

test('Whichever rows of a tree of whatever size are in a pack, they are proved', async () => {
  const trees = fc
    .integer({ min: 1, max: 70 })
    .chain((size) => fc.tuple(fc.constant(size), fc.uniqueArray(fc.nat(size - 1), { minLength: 1 })));
  await fc.assert(
    fc.asyncProperty(trees, async ([size, positions]) => {
      const shown = positions.sort((one, other) => one - other);
      expect(await faultsIn(await syntheticPack({ size, shown }))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('What is not in a pack is said: persons, mails as they were, rows without a seal, a key from elsewhere', async () => {
  const zip = await syntheticPack({
    ...withFile('.eml', (mail) => mail.replace('Kære', 'K')),
    hidden: [0, 4],
    info: [
      ['Varsel-Share-Of', 'kunde-1'],
      ['Varsel-Redacted', 'yes'],
    ],
    unsealed: 'letters 7\n',
  });
  const found = await findingsIn(zip, {});
  const notes = found.filter(({ is }) => is === 'note').map(({ words }) => words);
  expect(notes).toEqual([
    'the key came with the pack: compare it with the one that you have from elsewhere, or give that one',
    'epoch 1: no time stamp from outside; its time is what Varsel says',
    'epoch 1: what 2 rows say of persons is not in the pack: it was erased, or is cut out',
    'data/notices/1-1.eml is not byte for byte what went out or came in: links and tags are cut out, or no seal covers it',
    'this is the share of kunde-1: what concerns other controllers alone is not in it',
    'it is redacted: what is of persons is not in it, and no mail',
    'not sealed yet when this pack was made: letters 7',
  ]);
  expect(found.filter(({ is }) => is === 'wrong')).toEqual([]);
});

test('A byte that is altered anywhere in a pack is found', async () => {
  const zip = await syntheticPack(USUAL);
  const { name, become } = await scratchFile(zip);
  const alterations = fc.tuple(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(alterations, async ([at, difference]) => {
      const altered = Buffer.from(zip);
      altered[at] = (altered[at] ?? 0) ^ difference;
      await become(altered);
      const found = await Array.fromAsync(verifyPack(name, TRUSTED));
      expect(found.map(({ is }) => is)).toContain('wrong');
    }),
    { numRuns: 500 },
  );
});

test('Whoever alters a pack and makes its manifests anew has no key to sign it', async () => {
  const forger = generateKeyPairSync('ed25519').privateKey;
  const faults = await faultsIn(await syntheticPack({ ...USUAL, key: forger }));
  expect(faults).toEqual([
    expect.stringMatching(/^the pack is signed by the key \w{64}, and the one that was given is/),
  ]);
  // With the company's checkpoint in a pack that somebody else has signed.
  const ours = checkpointOf(USUAL);
  const mixed = await syntheticPack({
    ...USUAL,
    key: forger,
    alter: (file) => (file.path.endsWith('checkpoint.txt') ? { ...file, content: ours } : file),
  });
  expect(await faultsIn(mixed)).toEqual([
    expect.stringContaining('and the one that was given is'),
    expect.stringContaining('epoch 1: checkpoint.txt is not signed by seal-key.pem: no signature of varsel.example'),
  ]);
});

test.each<[string, string, (content: string) => string, string]>([
  ['alters a row', 'lines.txt', (text) => text.replace('"0 –', '"9 –'), 'rows and nodes have the root'],
  ['leaves a row out', 'lines.txt', (text) => text.replace(/^4 .*\n/m, ''), 'the row at 5 is not proved'],
  ['adds a row', 'lines.txt', (text) => `${text}21 x 1 {} -\n`, 'rows and nodes make a tree of 22'],
  ['swaps rows', 'lines.txt', (text) => text.replace(/^(5 .*\n)(6 .*\n)/m, '$2$1'), 'the row at 6 is not proved'],
  ['gives a row twice', 'lines.txt', (text) => text.replace(/^(5 .*\n)/m, '$1$1'), 'the row at 5 is not proved'],
  ['writes a row that is none', 'lines.txt', (text) => `${text}more\n`, 'expected a position and a sealed line'],
  ['alters what is said of a person', 'persons.txt', (text) => text.replace('Åse', 'Ase'), 'what persons.txt has at 0'],
  [
    'gives a person another key',
    'persons.txt',
    (text) => text.replace(/ \w{64} /, ` ${'0'.repeat(64)} `),
    'at 0 is not',
  ],
  [
    'adds a person',
    'persons.txt',
    (text) => `${text}7 ${'0'.repeat(64)} {"a":"b"}\n`,
    'persons.txt has 7, which is no row',
  ],
  ['alters a node', 'nodes.txt', (text) => text.replace(/ [0-9a-f]{64}/, ` ${'0'.repeat(64)}`), 'have the root'],
  ['leaves a node out', 'nodes.txt', (text) => text.replace(/^.*\n/, ''), 'is not proved'],
  ['adds a node', 'nodes.txt', (text) => `${text}0 21 ${'0'.repeat(64)}\n`, 'make a tree of 22'],
  ['signs no checkpoint', 'checkpoint.txt', (text) => text.replace('\n21\n', '\n22\n'), 'does not fit the text'],
  ['has no key', 'epoch-1/seal-key.pem', () => 'none', 'seal-key.pem is no Ed25519 key'],
])('A thief of the key who %s is found by the tree', async (_, name, change, words) => {
  const faults = await faultsIn(await syntheticPack(withFile(name, change)));
  expect(faults).toEqual([expect.stringContaining(words)]);
});

test('A time stamp is of the checkpoint that it stands beside', async () => {
  const authority = await timeStampAuthority();
  const stampOf = (text: string) => authority.stamp(timeStampRequest(createHash('sha256').update(text).digest(), 1n));
  const honest = await findingsIn(await syntheticPack({ ...USUAL, timeStamp: await stampOf(checkpointOf(USUAL)) }));
  expect(honest.map(({ words }) => words).join('\n')).toMatch(
    /the checkpoint was there at 2026-03-02T09:00:00Z, stamped by CN=Prøvestempel, under CN=Prøverod/,
  );
  const other = await syntheticPack({ ...USUAL, timeStamp: await stampOf('another checkpoint') });
  expect(await faultsIn(other)).toEqual([expect.stringContaining('epoch 1: timestamp.tsr: The time stamp is of')]);
});

test('A checkpoint of a later epoch names the last one before it', async () => {
  const found = await findingsIn(await syntheticPack({ ...USUAL, after: 'varsel.example/0 7 c29tZSByb290' }));
  expect(found).toContainEqual({
    is: 'note',
    words: 'epoch 1 goes on after varsel.example/0 7 c29tZSByb290: the database was restored or moved there',
  });
  expect(found.filter(({ is }) => is === 'wrong')).toEqual([]);
});

test('A ZIP that is dated or named anew throughout is found by what is signed', async () => {
  const zip = await syntheticPack(USUAL);
  const renamed = Buffer.from(zip.toString('latin1').replaceAll('varsel-1/', 'varsel-2/'), 'latin1');
  expect(await faultsIn(renamed)).toEqual(['bag-info.txt says Varsel-Folder: varsel-1, and the ZIP varsel-2']);
  const [time, date] = [zip.subarray(10, 12).toString('latin1'), zip.subarray(12, 14).toString('latin1')];
  const later = String.fromCharCode(date.charCodeAt(0) + 1) + date.slice(1);
  const dated = Buffer.from(zip.toString('latin1').replaceAll(time + date, time + later), 'latin1');
  expect(await faultsIn(dated)).toEqual([
    'bag-info.txt says Varsel-Dated: 2026-11-29T17:00:05Z, and the ZIP 2026-11-30T17:00:04Z',
  ]);
});

test('A file too many, too few, or in another place is found', async () => {
  const other = await syntheticPack({
    ...USUAL,
    alter: (file) => (file.path.endsWith('nodes.txt') ? { ...file, path: 'data/proof/epoch-1/nodes' } : file),
  });
  expect(await faultsIn(other)).toEqual(['epoch 1: nodes.txt is missing']);
  const none = await syntheticPack({
    ...USUAL,
    alter: (file) => ({ ...file, path: file.path.replace('proof/', 'proofs/') }),
  });
  expect(await faultsIn(none)).toEqual([
    'data/proof/ holds no epoch: no row of the pack is proved',
    'data/proof/unsealed.txt is missing',
  ]);
  await expect(faultsIn(Buffer.from('no ZIP at all'))).resolves.toEqual([expect.stringContaining('the ZIP ends')]);
});
