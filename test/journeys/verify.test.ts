import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSealKey } from '../../src/security/seal-keys.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { SEAL_KEY_FILE } from '../support/seal-key.ts';
import { seal, unguarded } from '../support/sealed.ts';
import { announce, seed } from '../support/seed.ts';
import { dataDirectory, endAll, startProcess } from './varsel-process.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createDatabase();
  folder = await dataDirectory();
  await seed(database.pool, 2, ANNOUNCED);
  await announce(database.pool, ANNOUNCED);
  const { note, origin, size, root } = await seal(database.pool, Temporal.Instant.from(ANNOUNCED));
  await copyFile(SEAL_KEY_FILE, path.join(folder, 'key.pem'));
  await writeFile(path.join(folder, 'other.pem'), newSealKey());
  await writeFile(path.join(folder, 'note.txt'), note);
  await writeFile(path.join(folder, 'lines.txt'), `${origin} ${size} ${root}\n`);
  await writeFile(path.join(folder, 'other.txt'), `${origin} ${size} ${Buffer.alloc(32).toString('base64')}\n`);
});
afterAll(async () => {
  await endAll();
  await database.close();
});

/** Runs `npm run verify` with these arguments. */
async function verify(...args: readonly string[]) {
  const given = args.map((each) => (each.startsWith('--') ? each : path.join(folder, each)));
  const { code, stdout, stderr } = await startProcess({ DATABASE_URL: database.url }, 'src/verify.ts', given).ended;
  return { code, stdout, stderr };
}

test('A record that nobody has touched is as it was sealed: 0', async () => {
  const { code, stdout } = await verify('--key', 'key.pem', '--checkpoint', 'note.txt', '--checkpoint', 'lines.txt');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^The record is as it was sealed: \d+ sealed rows .*\n$/),
  });
});

test('What nobody has given is named', async () => {
  const { code, stdout } = await verify();
  expect(code).toBe(0);
  expect(stdout).toContain('No key was given');
  expect(stdout).toContain('No checkpoint from outside was given');
});

test('Another key and another checkpoint are faults: 1', async () => {
  const { code, stdout } = await verify('--key', 'other.pem', '--checkpoint', 'other.txt');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^key: checkpoints are signed with the key \S+, and \S+ was expected$/m);
  expect(stdout).toMatch(/^witness: the checkpoint held outside, .*, is of another history/m);
  expect(stdout).toMatch(/^The record is NOT as it was sealed: 2 faults \(key 1, witness 1\)/m);
});

test('A row that was altered is named: 1', async () => {
  await unguarded(
    database.owner,
    `update controllers set created_at = created_at - interval '1 day' where external_id = 'kunde-1'`,
  );
  const { code, stdout } = await verify('--key', 'key.pem', '--checkpoint', 'note.txt');
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringMatching(/^altered: controllers \S+ is not as it was sealed\n/),
  });
});

test('A file that is no checkpoint, and a database that is not there, cannot be verified: 2', async () => {
  expect(await verify('--checkpoint', 'key.pem')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^The record could not be verified\. origin, size and root, a line each, were expected/,
    ),
  });
  const { code } = await startProcess({ DATABASE_URL: 'postgres://127.0.0.1:1/x' }, 'src/verify.ts').ended;
  expect(code).toBe(2);
});
