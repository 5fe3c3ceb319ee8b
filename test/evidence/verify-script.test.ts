import { createHash, generateKeyPairSync } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { timeStampRequest } from '../../src/evidence/time-stamp.ts';
import { needsOpenssl } from '../support/openssl.ts';
import { scratchFolder } from '../support/scratch.ts';
import { checkpointOf, publicPem, SEAL_KEY, syntheticPack, type Synthetic } from '../support/synthetic-pack.ts';
import { timeStampAuthority } from '../support/time-stamp-authority.ts';
import { unpacked } from '../support/unpacked.ts';

beforeEach(needsOpenssl);

const USUAL: Synthetic = { size: 21, shown: [0, 1, 4, 5, 6, 20] };

/** A pack, unpacked, and its own `verify.sh`. */
async function unpack(synthetic: Synthetic) {
  const folder = await scratchFolder();
  for (const file of unpacked(await syntheticPack(synthetic))) {
    await mkdir(path.join(folder, path.dirname(file.path)), { recursive: true });
    await writeFile(path.join(folder, file.path), file.content);
  }
  const inPack = (name: string) => path.join(folder, 'varsel-1', name);
  await writeFile(path.join(folder, 'key.pem'), publicPem(SEAL_KEY));
  return {
    inPack,
    /** Its exit code and what it says, with keys and hashes left out. */
    verify: async (...words: string[]) => {
      const run = promisify(execFile)('bash', ['varsel-1/verify.sh', '--key', 'key.pem', ...words], { cwd: folder });
      const { code, stdout, stderr } = await run.then(
        (result) => ({ code: 0, ...result }),
        (error: unknown) => error as { code: number; stdout: string; stderr: string },
      );
      return { code, said: (stdout + stderr).replaceAll(/\b[0-9a-f]{64}\b/g, 'HEX').replace(/[\w+/]{43}=/, 'ROOT') };
    },
  };
}

const wrongIn = (said: string) => said.split('\n').flatMap((line) => /^WRONG +(.*)/.exec(line)?.[1] ?? []);
const withFile = (name: string, change: (content: string) => string): Synthetic => ({
  ...USUAL,
  alter: (file) => (file.path.endsWith(name) ? { ...file, content: change(file.content.toString()) } : file),
});

test('verify.sh says that a pack is as it was made, and what it has found', async () => {
  const { verify } = await unpack({ ...USUAL, hidden: [4], unsealed: 'letters 7\n' });
  expect(await verify()).toEqual({
    code: 0,
    said: `ok      8 files, each with the hash of the manifest, and no other
ok      the signature of the manifests, by the key HEX
data/proof/epoch-1
ok      the checkpoint varsel.example/seals/1 21 ROOT, signed by the key HEX
ok      6 rows read; of 3 also what they say of persons
note    of 1 rows what they say of persons is not in the pack: erased, or cut out
ok      all of them stand in the tree under the checkpoint
note    1 rows of the pack were not sealed yet: data/proof/unsealed.txt names them
This pack is as it was made, and its rows stand in the sealed record.
`,
  });
});

test.each([
  { size: 1, shown: [0] },
  { size: 2, shown: [1] },
  { size: 7, shown: [6] },
  { size: 8, shown: [0, 7] },
  { size: 37, shown: [3, 17, 36], after: 'varsel.example/0 7 c29tZSByb290' },
  { size: 40, shown: Array.from({ length: 40 }, (_, position) => position) },
])('verify.sh proves the rows of a tree of $size', async (synthetic) => {
  const { verify } = await unpack(synthetic);
  const { code, said } = await verify();
  expect(wrongIn(said)).toEqual([]);
  expect(code).toBe(0);
});

test('verify.sh finds a byte that is altered in any file', async () => {
  const { inPack, verify } = await unpack(USUAL);
  const files = unpacked(await syntheticPack(USUAL)).map((file) => file.path.replace('varsel-1/', ''));
  for (const name of files.filter((file) => file !== 'verify.sh' && !file.endsWith('unsealed.txt'))) {
    const honest = await readFile(inPack(name));
    const altered = Buffer.from(honest);
    const at = Math.floor(altered.length / 2);
    altered[at] = (altered[at] ?? 0) ^ 1;
    await writeFile(inPack(name), altered);
    const { code, said } = await verify();
    expect(wrongIn(said), name).not.toEqual([]);
    expect(code, name).toBe(1);
    await writeFile(inPack(name), honest);
  }
  expect((await verify()).code).toBe(0);
});

test('verify.sh finds files too many, too few, and links', async () => {
  const { inPack, verify } = await unpack(USUAL);
  await writeFile(inPack('data/notices/.hidden'), '');
  await writeFile(inPack('more.txt'), '');
  await rm(inPack('data/LÆS-MIG.html'));
  await symlink('/etc/hostname', inPack('data/link'));
  const { code, said } = await verify();
  expect(code).toBe(1);
  expect(wrongIn(said).slice(0, 4)).toEqual([
    'data/link is a link',
    expect.stringContaining('manifest-sha256.txt: sha256sum: '),
    'manifest-sha256.txt: data/LÆS-MIG.html: FAILED open or read',
    expect.stringContaining('manifest-sha256.txt: sha256sum: WARNING'),
  ]);
  expect(wrongIn(said).slice(4)).toEqual([
    'data/notices/.hidden is in the pack, and not in manifest-sha256.txt',
    'more.txt is in the pack, and not in tagmanifest-sha256.txt',
  ]);
});

test.each<[string, string, (content: string) => string, string]>([
  ['alters a row', 'lines.txt', (text) => text.replace('"0 –', '"9 –'), 'and the checkpoint says'],
  ['leaves a row out', 'lines.txt', (text) => text.replace(/^4 .*\n/m, ''), 'lacks a node beside the one at level 0'],
  ['adds a row', 'lines.txt', (text) => `${text}21 x 1 {} -\n`, 'expected a position from 21 to 20, found 21'],
  ['swaps rows', 'lines.txt', (text) => text.replace(/^(5 .*\n)(6 .*\n)/m, '$2$1'), 'from 7 to 20, found 5'],
  [
    'alters what is said of a person',
    'persons.txt',
    (text) => text.replace('Åse', 'Ase'),
    'at 0 is not what was sealed',
  ],
  [
    'adds a person',
    'persons.txt',
    (text) => `${text}7 ${'0'.repeat(64)} {}\n`,
    'nothing in lines.txt has the position 7',
  ],
  ['has a key that is none', 'persons.txt', (text) => text.replace(/ \w{64} /, ' %n '), 'expected a key of 64'],
  ['alters a node', 'nodes.txt', (text) => text.replace(/ [0-9a-f]{64}/, ` ${'0'.repeat(64)}`), 'the checkpoint says'],
  ['leaves a node out', 'nodes.txt', (text) => text.replace(/^.*\n/, ''), 'lacks'],
  ['adds a node', 'nodes.txt', (text) => `${text}9 0 ${'0'.repeat(64)}\n`, 'has nodes above the tree'],
  ['signs no checkpoint', 'checkpoint.txt', (text) => text.replace('\n21\n', '\n22\n'), 'is not signed by'],
])('verify.sh finds a thief of the key who %s', async (_, name, change, words) => {
  const { verify } = await unpack(withFile(name, change));
  const { code, said } = await verify();
  expect(wrongIn(said)).toContainEqual(expect.stringContaining(words));
  expect(code).toBe(1);
});

test('verify.sh knows a pack of another key', async () => {
  const { verify } = await unpack({ ...USUAL, key: generateKeyPairSync('ed25519').privateKey });
  const { code, said } = await verify();
  expect(wrongIn(said)).toContain('seal-key.pem is another key than the one that was given with --key');
  expect(code).toBe(1);
});

test('verify.sh takes a checkpoint of before the key was replaced, and says so', async () => {
  const { verify } = await unpack({ ...USUAL, epochKey: generateKeyPairSync('ed25519').privateKey });
  const { code, said } = await verify();
  expect(wrongIn(said)).toEqual([]);
  expect(said).toContain(
    'epoch-1/seal-key.pem is not the key that was given, but HEX, which the signature of the pack covers',
  );
  expect(code).toBe(0);
});

test('verify.sh checks a time stamp, by the services that the reader trusts', async () => {
  const [authority, another] = [await timeStampAuthority(), await timeStampAuthority()];
  const stampOf = (text: string) => authority.stamp(timeStampRequest(createHash('sha256').update(text).digest(), 1n));
  const { inPack, verify } = await unpack({ ...USUAL, timeStamp: await stampOf(checkpointOf(USUAL)) });
  await writeFile(inPack('../roots.pem'), authority.root);
  await writeFile(inPack('../others.pem'), another.root);
  const trusted = await verify('--tsa-ca', 'roots.pem');
  expect(trusted).toMatchObject({
    code: 0,
    said: expect.stringContaining('the time stamp of the checkpoint, Mar  2 09:00:00 2026 GMT'),
  });
  expect(await verify()).toMatchObject({ code: 0, said: expect.stringContaining('you say with --tsa-ca') });
  expect(wrongIn((await verify('--tsa-ca', 'others.pem')).said)).toEqual([
    expect.stringContaining('timestamp.tsr is no'),
  ]);

  const other = await unpack({ ...USUAL, timeStamp: await stampOf('another checkpoint') });
  expect(wrongIn((await other.verify()).said)).toEqual([expect.stringContaining('timestamp.tsr is no time stamp of')]);
});
