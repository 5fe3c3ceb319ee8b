import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zipOfBag, type PackFile } from '../../src/evidence/bag.ts';
import { piecesOf, readZipStrictly } from '../../src/evidence/strict-zip.ts';
import { scratchFile } from '../support/scratch.ts';

async function* payload(files: Record<string, string>): AsyncGenerator<PackFile> {
  for (const [name, content] of Object.entries(files)) yield { path: `data/${name}`, content };
}

async function aZip(files: Record<string, string>): Promise<Buffer> {
  const bag = {
    folder: 'varsel-1',
    at: Temporal.Instant.from('2026-11-29T17:00:04Z'),
    payload: payload(files),
    info: () => [],
    tags: () => [],
    sign: (manifest: Buffer) => ({ path: 'signature.bin', content: createHash('sha256').update(manifest).digest() }),
  };
  return Buffer.concat(await Array.fromAsync(zipOfBag(bag)));
}

test('The files of a pack are read with their hashes, and their content from their place', async () => {
  const { file } = await scratchFile(await aZip({ 'LÆS-MIG.html': '<p>Læs mig</p>', empty: '' }));
  const entries = await Array.fromAsync(readZipStrictly(file));
  expect(entries.slice(0, 2).map(({ name, sha256 }) => [name, sha256])).toEqual([
    ['varsel-1/data/LÆS-MIG.html', createHash('sha256').update('<p>Læs mig</p>').digest('hex')],
    ['varsel-1/data/empty', createHash('sha256').digest('hex')],
  ]);
  expect(entries.at(-1)?.name).toBe('varsel-1/signature.bin');
  const [first = { offset: 0, bytes: 0 }] = entries;
  expect(Buffer.concat(await Array.fromAsync(piecesOf(file, first))).toString()).toBe('<p>Læs mig</p>');
});

test('A byte that is altered anywhere in the ZIP is found', async () => {
  const zip = await aZip({ 'a.txt': 'én', 'folder/b.txt': 'to', empty: '' });
  const { file, become } = await scratchFile(zip);
  for (let at = 0; at < zip.length; at += 1) {
    const altered = Buffer.from(zip);
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
    await become(altered);
    await expect(Array.fromAsync(readZipStrictly(file)), `byte ${at}`).rejects.toThrow();
  }
});

test('Bytes that come or go anywhere in the ZIP are found', async () => {
  const zip = await aZip({ 'a.txt': 'én', 'folder/b.txt': 'to' });
  const { file, become } = await scratchFile(zip);
  const places = fc.tuple(fc.nat(zip.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(places, async ([at, removed, added]) => {
      const altered = Buffer.concat([zip.subarray(0, at), added, zip.subarray(at + removed)]);
      fc.pre(!altered.equals(zip));
      await become(altered);
      await expect(Array.fromAsync(readZipStrictly(file))).rejects.toThrow();
    }),
    { numRuns: 500 },
  );
});

test('What is wrong is said with its place', async () => {
  const zip = await aZip({ 'a.txt': 'én' });
  const { file, become } = await scratchFile(zip);
  await become(Buffer.concat([zip, Buffer.from('more')]));
  await expect(Array.fromAsync(readZipStrictly(file))).rejects.toThrow('4 bytes stand behind the end of the ZIP');
  const renamed = Buffer.from(zip);
  renamed.write('b.txt', zip.indexOf('a.txt'));
  await become(renamed);
  await expect(Array.fromAsync(readZipStrictly(file))).rejects.toThrow(
    'in the directory at the end, is 97; Varsel writes 98',
  );
  await become(zip.subarray(0, 20));
  await expect(Array.fromAsync(readZipStrictly(file))).rejects.toThrow('the ZIP ends at byte 20');
});
