import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { leafHash } from '../../src/evidence/merkle.ts';
import { createDatabase } from '../support/database.ts';

const DOCUMENT = readFileSync(new URL('../../docs/evidence.md', import.meta.url), 'utf8');
const shown = (name: string) => new RegExp(`^${name} {2,}(.*)$`, 'm').exec(DOCUMENT)?.[1] ?? '';

test('The example of docs/evidence.md is what PostgreSQL seals, and adds up', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const { pool, owner } = database;
  const key = Buffer.from(shown('key'), 'hex');
  const facts = JSON.parse(/\{.*\}/.exec(shown('line'))?.[0] ?? '{}') as Record<string, string>;
  const { reference } = JSON.parse(shown('person')) as { reference: string };
  const commitment = hash('sha256', Buffer.concat([key, Buffer.from(shown('person'))]), 'hex');
  const given: Record<string, string> = { ...facts, reference };
  const names = Object.keys(given);
  const client = await owner.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into letters (${names.join(', ')}) values (${names.map((_, place) => `$${place + 1}`).join(', ')})`,
      Object.values(given),
    );
    await client.query('select seal_rows(1, $1, $2)', [['letters'], [facts.id]]);
    await client.query('update sealed_rows set person_key = $1, person_hash = $2', [
      key,
      Buffer.from(commitment, 'hex'),
    ]);
  } finally {
    client.release(true);
  }
  const [sealed] = await rows<{ line: string; person_line: string }>(
    pool,
    `select * from sealed_lines('letters', $1)`,
    [[facts.id]],
  );
  expect(sealed).toMatchObject({ line: shown('line'), person_line: shown('person') });
  expect(shown('line').endsWith(` ${commitment}`)).toBe(true);
  expect(leafHash(shown('line')).toString('hex')).toBe(shown('leaf'));
});
