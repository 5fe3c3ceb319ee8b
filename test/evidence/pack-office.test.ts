import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChange } from '../../src/db/changes.ts';
import { oneRow } from '../../src/db/postgres.ts';
import type { PackOf } from '../../src/evidence/pack-of.ts';
import { packOffice } from '../../src/evidence/pack-office.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { mailMarks } from '../support/mails.ts';

let database: TestDatabase;
let of: PackOf;
beforeAll(async () => {
  database = await createDatabase();
  const change = await findChange(database.pool, await fillEveryTable(database));
  if (change === null) throw new Error('the change is on record');
  of = { change, controller: null, isRedacted: false };
});
afterAll(() => database.close());

function officeThatTells() {
  const told: object[] = [];
  const office = packOffice({
    pool: database.pool,
    seal: async () => undefined,
    sealKey: generateKeyPairSync('ed25519').privateKey,
    mailMarks,
    log: { info: (details) => void told.push(details) },
    toldEveryMs: 5,
  });
  return { office, told };
}

/** Connections that read a snapshot for somebody who has not taken all of it. */
async function snapshots(): Promise<number> {
  const { count } = await oneRow<{ count: number }>(
    database.owner,
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`,
  );
  return count;
}

test('How far a pack has come is logged while it is made, and no longer', async () => {
  const { office, told } = officeThatTells();
  const { content, controllers } = await office.open(of);
  await expect
    .poll(() => told.at(-1))
    .toEqual({ change: of.change.id, controllers: 0, files: 0, ofControllers: controllers });
  let last: object = {};
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    await setImmediate();
    last = told.at(-1) ?? last;
  }
  expect(bytes).toBeGreaterThan(0);
  expect(last).toMatchObject({ ofControllers: controllers });
  expect(Object.values(last)).not.toEqual(Object.values(told[0] ?? {}));
  const { length } = told;
  await expect.poll(snapshots).toBe(0);
  expect(told.length).toBe(length);
});

test('A client that goes away ends the making, and gives its connection back', async () => {
  const { office, told } = officeThatTells();
  const { content } = await office.open(of);
  await once(content, 'readable');
  expect(content.read()).not.toBeNull();
  expect(await snapshots()).toBe(1);
  content.destroy();
  await expect.poll(snapshots).toBe(0);
  const { length } = told;
  await expect.poll(() => content.closed).toBe(true);
  expect(told.length).toBe(length);
});

test('One who asks and never reads gives it back too', async () => {
  const { office } = officeThatTells();
  const { content } = await office.open(of);
  expect(await snapshots()).toBe(1);
  content.destroy();
  await expect.poll(snapshots).toBe(0);
});
