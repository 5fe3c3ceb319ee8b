import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readTimeStamp, timeStampRequest } from '../../src/evidence/time-stamp.ts';
import { needsOpenssl } from '../support/openssl.ts';
import { timeStampAuthority, type Stamping } from '../support/time-stamp-authority.ts';

const DATA = Buffer.from('varsel.example/seal/1\n12\n', 'utf8');
const SHA_256 = createHash('sha256').update(DATA).digest();
const authority = await timeStampAuthority();
const stamp = (how?: Stamping) => authority.stamp(timeStampRequest(SHA_256, 42n), how);

function inFolder(files: Record<string, Buffer | string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'varsel-time-stamp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

test('A time stamp says when, by whom, and under which root', async () => {
  const stamped = await readTimeStamp(await stamp(), DATA);
  expect(stamped).toMatchObject({ nonce: 42n, authority: 'CN=Prøvestempel', root: { subject: 'CN=Prøverod' } });
  expect(stamped.at.toString()).toBe('2026-03-02T09:00:00Z');
});

test('OpenSSL reads the request, and takes the time stamp', async (context) => {
  needsOpenssl(context);
  const request = timeStampRequest(SHA_256, 42n);
  const files = { data: DATA, request, response: await authority.stamp(request), 'root.pem': authority.root };
  const cwd = inFolder(files);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd, encoding: 'utf8', stdio: 'pipe' });
  expect(openssl('ts', '-query', '-in', 'request', '-text')).toContain('Nonce: 0x2A');
  const verify = ['ts', '-verify', '-in', 'response', '-CAfile', 'root.pem', '-attime', '1772442000'];
  expect(openssl(...verify, '-queryfile', 'request')).toContain('Verification: OK');
  expect(openssl(...verify, '-data', 'data')).toContain('Verification: OK');
});

test.each<[string, Stamping, string]>([
  ['of something else', { imprint: Buffer.alloc(32, 1) }, `The time stamp is of ${'01'.repeat(32)}, not of`],
  ['that was refused', { status: 2 }, 'The service gave no time stamp: rejected, “ikke i dag”'],
  ['signed by another key', { forged: true }, 'The signature of the time stamp is wrong'],
  ['by a certificate for servers', { purpose: '1.3.6.1.5.5.7.3.1' }, 'not one for time stamps alone'],
  ['that names no certificate', { withoutSigningCertificate: true }, 'no signing certificate'],
  ['of before its certificate', { at: '2025-12-31T23:59:59Z' }, 'valid from 2026-01-01T00:00:00.000Z'],
])('A time stamp %s is refused', async (_, how, words) => {
  await expect(readTimeStamp(await stamp(how), DATA)).rejects.toThrow(words);
});

test('A response with bytes behind it, or one that is none, is refused', async () => {
  const whole = await stamp();
  await expect(readTimeStamp(Buffer.concat([whole, Buffer.of(0)]), DATA)).rejects.toThrow('it ends after');
  for (const hostile of [Buffer.alloc(0), Buffer.from('<html>'), Buffer.alloc(10_000, 0x30), whole.subarray(0, 900)]) {
    await expect(readTimeStamp(hostile, DATA)).rejects.toThrow('The response is no TimeStampResp');
  }
});

test('A byte of a time stamp that is altered is seen, but where it says nothing', async () => {
  const whole = await stamp();
  const honest = await readTimeStamp(whole, DATA);
  for (let position = 0; position < whole.length; position += 3) {
    const altered = Buffer.from(whole);
    altered[position] = (altered[position] ?? 0) ^ 1;
    const read = await readTimeStamp(altered, DATA).catch(() => null);
    // What is not signed by the service: which algorithm made the hash, versions, the root that it sends along.
    if (read !== null) expect({ ...read, root: honest.root }, `byte ${position}`).toEqual(honest);
  }
});
