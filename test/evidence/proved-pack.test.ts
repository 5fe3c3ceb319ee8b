import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findChange } from '../../src/db/changes.ts';
import { inSnapshot, oneRow, rows } from '../../src/db/postgres.ts';
import { anchorer } from '../../src/evidence/anchorer.ts';
import { evidencePack } from '../../src/evidence/pack.ts';
import { sealRecord } from '../../src/evidence/seal-record.ts';
import { verifyPack } from '../../src/evidence/verify-pack.ts';
import { movableClock } from '../support/clock.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { mailMarks } from '../support/mails.ts';
import { needsOpenssl } from '../support/openssl.ts';
import { scratchFile } from '../support/scratch.ts';
import { SEAL_KEYS } from '../support/seal-key.ts';
import { publicPem } from '../support/synthetic-pack.ts';
import { timeStampAuthority } from '../support/time-stamp-authority.ts';
import { shellWith, unpacked } from '../support/unpacked.ts';

const { privateKey } = SEAL_KEYS.current;
const TRUST = { sealKey: publicPem(privateKey) };
const clock = movableClock('2026-04-02T09:00:00Z');
const service = await (await timeStampAuthority()).listen();
const errors: object[] = [];
const running = new AbortController().signal;
const log = { info: () => undefined, warn: () => undefined, error: (details: object) => void errors.push(details) };

let database: TestDatabase;
let changeId: string;
beforeAll(async () => {
  database = await createDatabase();
  changeId = await fillEveryTable(database);
});
afterAll(async () => {
  await database.close();
  await service.close();
});
beforeEach(() => {
  errors.length = 0;
  service.respond({ at: clock.now().toString() });
});

/** Transactions of other tests on the same server may keep the horizon back. */
async function sealAll(): Promise<void> {
  const sealing = {
    pool: database.pool,
    clock: clock.now,
    log,
    sealKeys: SEAL_KEYS,
    publicUrl: 'https://varsel.example',
  };
  await expect
    .poll(async () => {
      await sealRecord(sealing, { waitMs: 1000 });
      return (await oneRow<{ left: number }>(database.owner, 'select count(*) as left from unsealed_rows(null, null)'))
        .left;
    })
    .toBe(0);
}

const packed = (isRedacted = false) =>
  inSnapshot(database.pool, async (db) => {
    const change = await findChange(db, changeId);
    if (change === null) throw new Error('the change is on record');
    const pack = await evidencePack(db, { change, controller: null, isRedacted }, { sealKey: privateKey, mailMarks });
    return Buffer.concat(await Array.fromAsync(pack.bytes));
  });

async function findingsIn(zip: Buffer) {
  const { name } = await scratchFile(zip);
  const found = await Array.fromAsync(verifyPack(name, TRUST));
  return {
    wrong: found.filter(({ is }) => is === 'wrong').map(({ words }) => words),
    said: found.map(({ words }) => words).join('\n'),
  };
}

const anchor = () =>
  anchorer({ pool: database.pool, clock: clock.now, log, registry: new Registry(), timeStampUrl: service.url })(
    running,
  );
const stamps = () =>
  rows<{ size: number }>(database.pool, 'select size from checkpoint_timestamps where epoch = 2 order by size');

test('The rows of a pack are proved', async () => {
  await sealAll();
  const { wrong, said } = await findingsIn(await packed());
  expect(wrong).toEqual([]);
  expect(said).toMatch(
    /epoch 2: \d{2,} rows stand in the tree of \d+ under the checkpoint, of \d{2,} with what they say/,
  );
  expect(said).not.toContain('not sealed yet');
});

test('verify.sh finds them proved too', async (context) => {
  needsOpenssl(context);
  await sealAll();
  const ran = await shellWith(unpacked(await packed()), 'varsel-*/verify.sh');
  expect(ran).toContain('This pack is as it was made, and its rows stand in the sealed record.');
  expect(ran).not.toContain('WRONG');
});

test('A redacted pack is proved just the same, without a key of what is of persons', async () => {
  const { wrong, said } = await findingsIn(await packed(true));
  expect(wrong).toEqual([]);
  expect(said).toContain('of 0 with what they say of persons');
  expect(said).toContain('it is redacted');
});

test('What was emptied is not in a pack, and everything else is proved as before', async () => {
  const { key } = await oneRow<{ key: string }>(
    database.pool,
    'select id::text as key from messages where change_id = $1 order by id limit 1',
    [changeId],
  );
  const { id } = await oneRow<{ id: string }>(database.pool, 'select id from erasures limit 1');
  await rows(database.owner, `select empty_rows_anyway($1, 'messages', $2)`, [id, [key]]);
  const { wrong, said } = await findingsIn(await packed());
  expect(wrong).toEqual([]);
  expect(said).toContain('epoch 2: what 1 rows say of persons is not in the pack: it was erased, or is cut out');
});

test('The newest checkpoint is stamped once a day, and stands stamped in packs', async () => {
  await anchor();
  await anchor();
  expect(await stamps()).toHaveLength(1);
  expect(service.requests).toHaveLength(1);
  const { wrong, said } = await findingsIn(await packed());
  expect(wrong).toEqual([]);
  expect(said).toContain(`the checkpoint was there at ${clock.now().toString()}, stamped by CN=Prøvestempel`);
});

test('A service that gives no time stamp is an alarm, is asked again later, and nothing waits for it', async () => {
  await rows(
    database.pool,
    `insert into audit_log (at, actor, action, subject, details) values ($1, 'test', 'key.created', 'x', '{}')`,
    [clock.now()],
  );
  await sealAll();
  clock.set('2026-04-03T09:00:01Z');
  service.respond({ status: 2 });
  const job = anchorer({
    pool: database.pool,
    clock: clock.now,
    log,
    registry: new Registry(),
    timeStampUrl: service.url,
  });
  await job(running);
  expect(errors).toEqual([
    expect.objectContaining({ fault: 'The service gave no time stamp: rejected, “ikke i dag”' }),
  ]);
  clock.set('2026-04-03T09:10:00Z');
  service.respond({ at: clock.now().toString() });
  await job(running);
  expect(await stamps()).toHaveLength(1);
  clock.set('2026-04-03T09:15:02Z');
  service.respond({ at: clock.now().toString() });
  await job(running);
  expect(await stamps()).toHaveLength(2);
});

test('Rows that are sealed and stand under no checkpoint yet are named as unsealed', async () => {
  const { key } = await oneRow<{ key: string }>(
    database.pool,
    `insert into audit_log (at, actor, action, subject, details) values ($1, 'test', 'change.announced', $2, '{}')
     returning position::text as key`,
    [clock.now(), changeId],
  );
  await rows(database.pool, `select seal_rows(2, '{audit_log}', $1)`, [[key]]);
  const { wrong, said } = await findingsIn(await packed());
  expect(wrong).toEqual([]);
  expect(said).toContain(`not sealed yet when this pack was made: audit_log ${key}`);
  await sealAll();
  expect((await findingsIn(await packed())).said).not.toContain('not sealed yet');
});

test('No pack is made of what says otherwise of persons than it was sealed with', async () => {
  await rows(database.owner, 'alter table objections disable trigger user');
  const alter = (reasons: string) =>
    oneRow<{ id: string }>(
      database.owner,
      'update objections set reasons = $2 where id = (select id from objections where change_id = $1 order by id limit 1) returning id',
      [changeId, reasons],
    );
  const { reasons } = await oneRow<{ reasons: string }>(
    database.pool,
    'select reasons from objections where change_id = $1 order by id limit 1',
    [changeId],
  );
  const { id } = await alter('Noget andet');
  await expect(packed()).rejects.toThrow(new RegExp(`the row ${id} of objections, .* says otherwise of persons`));
  await alter(reasons);
  await rows(database.owner, 'alter table objections enable trigger user');
  await packed();
});

test('No pack is made of a row that is not as it was sealed', async () => {
  await rows(database.owner, 'alter table changes disable trigger user');
  await rows(database.owner, `update changes set reason = '{"da":"Noget andet"}' where id = $1`, [changeId]);
  await expect(packed()).rejects.toThrow(`the row ${changeId} of changes, at`);
});
