import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { zipOfBag, type Bag, type PackFile } from '../../src/evidence/bag.ts';
import { Spool } from '../../src/evidence/spool.ts';
import { StoredZip } from '../../src/evidence/stored-zip.ts';
import { fileIn, shellWith, unpacked } from '../support/unpacked.ts';

const AT = Temporal.Instant.from('2026-11-29T17:00:03Z');
const PAYLOAD: PackFile[] = [
  { path: 'data/LÆS-MIG.html', content: '<p>Læs mig</p>' },
  { path: 'data/empty.txt', content: '' },
  { path: 'data/proof/lines.txt', content: pieces('0 a', '\n1 b') },
];

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function* listed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function zipped(payload: readonly PackFile[], changes: Partial<Bag> = {}): Promise<Buffer> {
  const bag: Bag = {
    folder: 'varsel-1',
    at: AT,
    payload: listed(payload),
    info: async () => [['Source-Organization', 'Telenor A/S\nDenmark']],
    tags: () => [{ path: 'checkpoint.txt', content: 'origin\n' }],
    sign: (manifest) => ({ path: 'signature.bin', content: createHash('sha256').update(manifest).digest() }),
    ...changes,
  };
  return Buffer.concat(await Array.fromAsync(zipOfBag(bag)));
}

/** Streams are read once: a payload of its own for each pack. */
const again = () =>
  PAYLOAD.map((file) => (file.path.endsWith('lines.txt') ? { ...file, content: pieces('0 a', '\n1 b') } : file));

test('A bag lists every file with its hash, and is signed last', async () => {
  const files = unpacked(await zipped(PAYLOAD));
  expect(files.map((file) => file.path)).toEqual([
    'varsel-1/data/LÆS-MIG.html',
    'varsel-1/data/empty.txt',
    'varsel-1/data/proof/lines.txt',
    'varsel-1/manifest-sha256.txt',
    'varsel-1/bag-info.txt',
    'varsel-1/bagit.txt',
    'varsel-1/checkpoint.txt',
    'varsel-1/tagmanifest-sha256.txt',
    'varsel-1/signature.bin',
  ]);
  expect(fileIn(files, 'data/proof/lines.txt').toString()).toBe('0 a\n1 b');
  expect(fileIn(files, 'bag-info.txt').toString()).toBe(
    'Source-Organization: Telenor A/S\n  Denmark\nVarsel-Folder: varsel-1\nVarsel-Dated: 2026-11-29T17:00:03Z\nPayload-Oxum: 22.3\n',
  );
  expect(fileIn(files, 'bagit.txt').toString()).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
  const manifest = fileIn(files, 'tagmanifest-sha256.txt');
  expect(manifest.toString().match(/\S+$/gm)).toEqual([
    'manifest-sha256.txt',
    'bag-info.txt',
    'bagit.txt',
    'checkpoint.txt',
  ]);
  expect(fileIn(files, 'signature.bin')).toEqual(createHash('sha256').update(manifest).digest());
});

test('sha256sum reads its manifests', async () => {
  const said = await shellWith(
    unpacked(await zipped(again())),
    'cd varsel-1 && sha256sum --strict -c manifest-sha256.txt tagmanifest-sha256.txt',
  );
  expect(said.match(/: OK$/gm)).toHaveLength(7);
});

test('The same files give the same bytes', async () => {
  expect((await zipped(again())).equals(await zipped(again()))).toBe(true);
});

test('A path that not every system can have, or that stands twice, is refused', async () => {
  for (const name of ['data/../x', 'data/a\\b', 'data/100%', 'data/x.', 'data//x', 'data/a:b', 'x.txt']) {
    await expect(zipped([{ path: name, content: '' }]), name).rejects.toThrow('expected a path');
  }
  const twice = ['data/Kunde.json', 'data/kunde.json'].map((path) => ({ path, content: '' }));
  await expect(zipped(twice)).rejects.toThrow('expected each path once');
});

test('More than 65,535 files, and files past 4 GiB, are found by ZIP64', async () => {
  await using directory = await Spool.open();
  const zip = new StoredZip(AT, directory);
  for (let number = 0; number < 65_600; number += 1) await zip.begin(`f/${number}`, { bytes: 0, crc: 0 });
  const many = Buffer.concat(await Array.fromAsync(zip.end()));
  const [end64, end32] = [many.length - 22 - 20 - 56, many.length - 22];
  expect([many.readUInt32LE(end64), many.readBigUInt64LE(end64 + 32)]).toEqual([0x06064b50, 65_600n]);
  expect([many.readUInt32LE(end32), many.readUInt16LE(end32 + 10)]).toEqual([0x06054b50, 0xffff]);

  await using far = await Spool.open();
  const large = new StoredZip(AT, far);
  const before = await large.begin('large', { bytes: 0x1_0000_0001, crc: 0 });
  expect(before.readBigUInt64LE(30 + 'large'.length + 4)).toBe(0x1_0000_0001n);
  await large.begin('after', { bytes: 1, crc: 0 });
  const end = Buffer.concat(await Array.fromAsync(large.end()));
  const after = end.indexOf('after');
  expect(end.readUInt32LE(after - 4)).toBe(0xffffffff);
  expect(end.readBigUInt64LE(after + 'after'.length + 4)).toBe(BigInt(before.length) + 0x1_0000_0001n);
});
