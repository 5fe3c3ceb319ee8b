import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { newestCheckpoint, sealKeys as keysOnRecord, type Checkpoint } from '../../src/db/seals.ts';
import { checkpointLine, readCheckpoint } from '../../src/domain/checkpoint.ts';
import { MerkleTree } from '../../src/evidence/merkle.ts';
import { sealRecord, type SealingOptions } from '../../src/evidence/seal-record.ts';
import { sealedTree } from '../../src/evidence/sealed-tree.ts';
import { verifyRecord } from '../../src/evidence/verify-record.ts';
import { isSuccessor, newSealKey, sealKeysFrom, type SealKeys } from '../../src/security/seal-keys.ts';
import { openNote } from '../../src/security/signed-note.ts';
import { movableClock } from '../support/clock.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { SEAL_KEYS } from '../support/seal-key.ts';
import { seed } from '../support/seed.ts';

const START = '2026-03-02T09:00:00Z';
const clock = movableClock(START);
let database: TestDatabase;
let logged: { level: string; message: string; details: object }[] = [];

beforeEach(async () => {
  logged = [];
  database = await createDatabase();
  onTestFinished(() => database.close());
});

const at = (level: string) => (details: object, message: string) => void logged.push({ level, message, details });

async function seal(options: SealingOptions & { keys?: SealKeys } = {}): Promise<Checkpoint> {
  const { keys = SEAL_KEYS, ...rest } = options;
  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  const { pool } = database;
  const sealing = { pool, clock: clock.now, log, sealKeys: keys, publicUrl: 'https://varsel.example/om' };
  const checkpoint = await sealRecord(sealing, rest);
  if (checkpoint === null) throw new Error('a checkpoint was expected');
  return checkpoint;
}

/** Seals until so many rows are in the tree: transactions of other tests on the same server may keep the horizon back. */
async function sealUpTo(size: number, options: Parameters<typeof seal>[0] = {}): Promise<Checkpoint> {
  await expect.poll(async () => (await seal(options)).size).toBe(size);
  return seal(options);
}

/** Writes facts: so many acts on record, in one transaction. */
const act = (count: number) =>
  database.pool.query(
    `insert into audit_log (at, actor, action, subject, details)
     select $1, 'test', 'key.created', place::text, '{}' from generate_series(1, $2) as place`,
    [START, count],
  );

const leaves = () =>
  rows<{ epoch: number; position: number; hash: Buffer; key: string }>(
    database.pool,
    'select epoch, position, hash, row_key as key from sealed_rows order by epoch, position',
  );

describe('Sealing', () => {
  test('seals every row of the record once, and signs the root of their hashes', async () => {
    await seed(database.pool, 3, START);
    const first = await seal();
    expect(await rows(database.pool, 'select from unsealed_rows(null, null)')).toEqual([]);
    const sealed = await leaves();
    const tree = new MerkleTree();
    for (const [place, { position, hash }] of sealed.entries()) {
      expect(position).toBe(place);
      tree.append(hash);
    }
    expect(first).toMatchObject({ epoch: 1, size: sealed.length, root: tree.root().toString('base64') });
    const text = openNote(first.note, first.origin, SEAL_KEYS.current.publicKey);
    expect(text).toBe(`${first.origin}\n${first.size}\n${first.root}\n`);
    expect(readCheckpoint(text)).toMatchObject({ origin: expect.stringMatching(/^varsel\.example\/1-[0-9a-f]{16}$/) });
    expect(logged).toEqual([
      { level: 'info', message: 'the record is sealed up to here', details: { checkpoint: checkpointLine(first) } },
    ]);
    // Nothing was written since.
    expect(await seal()).toEqual(first);
    await act(2);
    const second = await sealUpTo(first.size + 2);
    expect(second.epoch).toBe(1);
    expect((await leaves()).slice(0, first.size)).toEqual(sealed);
    expect(await newestCheckpoint(database.pool)).toEqual(second);
  });

  test('goes on over tiles and batches: every stored hash is that of its leaves', async () => {
    await act(25_000);
    const first = await seal();
    expect(first.size).toBe(25_000);
    await act(45_000);
    const second = await sealUpTo(70_000);
    const hashes = (await leaves()).map(({ hash }) => hash);
    const tree = new MerkleTree();
    const expected: string[] = [];
    for (const [place, hash] of hashes.entries()) {
      tree.append(hash, 0, ({ level, index }, node) => {
        if (level % 8 === 0) expected.push(`${level} ${index} ${node.toString('hex')}`);
      });
      if (place === 24_999) expect(tree.root().toString('base64')).toBe(first.root);
    }
    expect(tree.root().toString('base64')).toBe(second.root);
    const tiles = await rows<{ tile: string }>(
      database.pool,
      `select level || ' ' || index || ' ' || encode(hash, 'hex') as tile from seal_tiles`,
    );
    expect(tiles.map(({ tile }) => tile).sort()).toEqual(expected.sort());
    expect(tiles.length).toBe(273 + 1);
    const stored = sealedTree(database.pool, 1);
    for (const size of [1, 255, 256, 257, 25_000, 65_536, 65_537, 70_000]) {
      const prefix = new MerkleTree();
      for (const hash of hashes.slice(0, size)) prefix.append(hash);
      expect((await stored.treeOf(size)).root(), String(size)).toEqual(prefix.root());
    }
    const part = new MerkleTree();
    for (const hash of hashes.slice(3 * 1024, 4 * 1024)) part.append(hash);
    expect(await stored.hashOf({ level: 10, index: 3 })).toEqual(part.root());
    await expect(stored.hashOf({ level: 10, index: 69 })).rejects.toThrow('hashes of sealed rows are missing');
  });

  test('leaves out what a transaction writes that still runs, and what was written after that one began', async () => {
    await act(1);
    await seal();
    const early = await database.pool.connect();
    await early.query('begin');
    await early.query(
      `insert into audit_log (at, actor, action, subject, details) values ($1, 'test', 'early', '1', '{}')`,
      [START],
    );
    await act(1);
    try {
      expect((await seal()).size).toBe(1);
    } finally {
      await early.query('commit');
      early.release();
    }
    await sealUpTo(3);
  });

  test('is done by one process at a time; others say that they did not', async () => {
    await act(30_000);
    const log = { info: at('info'), warn: at('warn'), error: at('error') };
    const sealing = {
      pool: database.pool,
      clock: clock.now,
      log,
      sealKeys: SEAL_KEYS,
      publicUrl: 'https://varsel.example',
    };
    const results = await Promise.all([sealRecord(sealing), sealRecord(sealing), sealRecord(sealing)]);
    expect(results.filter((each) => each !== null).map(({ size }) => size)).toEqual([30_000]);
    // Who waits has what the other sealed.
    await act(20_000);
    await expect
      .poll(async () => {
        const [first, second] = await Promise.all([seal({ waitMs: 60_000 }), seal({ waitMs: 60_000 })]);
        return [first.size, second.size];
      })
      .toEqual([50_000, 50_000]);
  });

  test('stops between two batches, and goes on from there without a gap', async () => {
    await act(12_000);
    const stopping = AbortSignal.abort();
    await expect(seal({ stopping })).rejects.toThrow('a checkpoint was expected');
    expect((await seal()).size).toBe(12_000);
  });
});

describe('A new key', () => {
  const [older, newer] = [newSealKey(), newSealKey()];

  test('is signed by the one that it replaces, and each note by the key of its time', async () => {
    await act(1);
    const first = await seal({ keys: sealKeysFrom(older) });
    await act(1);
    const second = await sealUpTo(2, { keys: sealKeysFrom(newer + older) });
    await act(1);
    const third = await sealUpTo(3, { keys: sealKeysFrom(newer) });
    const [one, two, ...none] = await keysOnRecord(database.pool);
    expect(none).toEqual([]);
    if (!one || !two?.signature) throw new Error('two keys were expected');
    expect(isSuccessor(two.id, one.publicKey, two.signature)).toBe(true);
    expect([first.keyId, second.keyId, third.keyId]).toEqual([one.id, two.id, two.id]);
    for (const [checkpoint, { publicKey }] of [
      [first, one],
      [second, two],
      [third, two],
    ] as const) {
      expect(openNote(checkpoint.note, checkpoint.origin, publicKey)).toContain(checkpoint.root);
    }
    // A process that still has the old one seals nothing.
    await act(1);
    await expect(seal({ keys: sealKeysFrom(older) })).rejects.toThrow('was replaced');
  });

  test('that nobody signed is on record as such, and alarms', async () => {
    await act(1);
    await seal({ keys: sealKeysFrom(older) });
    await seal({ keys: sealKeysFrom(newer) });
    expect((await keysOnRecord(database.pool)).map(({ signature }) => signature)).toEqual([null, null]);
    expect(logged.find(({ level }) => level === 'error')?.message).toContain('which the one before it has not signed');
  });
});

describe('A database that was restored', () => {
  test('goes on in a new tree, which names the newest checkpoint that it knows, and seals what was not', async () => {
    await act(3);
    const first = await seal();
    await act(2);
    // As in another cluster: its transactions have begun anew below those of the rows.
    await database.owner.query(`alter table seal_epochs disable trigger append_only;
      update seal_epochs set identity = 'another'; alter table seal_epochs enable trigger append_only;
      alter table audit_log disable trigger append_only; update audit_log set xact_id = xact_id + 1000000000;
      alter table audit_log enable trigger append_only`);
    const second = await seal();
    expect(second).toMatchObject({ epoch: 2, size: 2 });
    expect(second.origin).not.toBe(first.origin);
    const text = openNote(second.note, second.origin, SEAL_KEYS.current.publicKey);
    expect(text).toBe(`${second.origin}\n2\n${second.root}\nafter ${checkpointLine(first)}\n`);
    expect(readCheckpoint(text).previous).toBe(checkpointLine(first));
    expect(logged.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'the database was restored, or another has taken over: its record is sealed in a new tree from here',
        details: { origin: second.origin, previous: checkpointLine(first) },
      },
    ]);
    await act(1);
    expect(await sealUpTo(3)).toMatchObject({ epoch: 2 });
  });

  test('does so too where only a process still knows what it has lost', async () => {
    await act(3);
    const kept = await seal();
    await act(2);
    const lost = await sealUpTo(5);
    await database.owner.query(`alter table checkpoints disable trigger append_only;
      alter table sealed_rows disable trigger append_only;
      delete from checkpoints where size = 5; delete from sealed_rows where position > 2;
      alter table checkpoints enable trigger append_only; alter table sealed_rows enable trigger append_only`);
    const next = await seal({ published: lost });
    expect(next).toMatchObject({ epoch: 2, size: 2 });
    expect(readCheckpoint(openNote(next.note, next.origin, SEAL_KEYS.current.publicKey)).previous).toBe(
      checkpointLine(lost),
    );
    expect(kept.epoch).toBe(1);
  });

  test('covers in the new tree what had been sealed, and was in no checkpoint yet', async () => {
    await act(3);
    await seal();
    const before = await act(2).then(leaves);
    await database.pool.query(
      `select seal_rows(1, array_agg(table_name), array_agg(row_key)) from unsealed_rows(null, null)`,
    );
    const sealed = await leaves();
    expect(sealed.length).toBe(before.length + 2);
    await database.owner.query(`alter table seal_epochs disable trigger append_only;
      update seal_epochs set identity = 'another'; alter table seal_epochs enable trigger append_only`);
    await act(1);
    const next = await seal();
    expect(next).toMatchObject({ epoch: 2, size: 3 });
    const after = await leaves();
    expect(after.map(({ epoch, position }) => `${epoch} ${position}`)).toEqual([
      '1 0',
      '1 1',
      '1 2',
      '2 0',
      '2 1',
      '2 2',
    ]);
    expect(after.slice(0, 5).map(({ hash }) => hash)).toEqual(sealed.map(({ hash }) => hash));
    const tree = new MerkleTree();
    for (const { hash } of after.slice(3)) tree.append(hash);
    expect(tree.root().toString('base64')).toBe(next.root);
  });

  test('as a copy of itself is another database', async () => {
    const { identity } = await oneRow<{ identity: string }>(database.pool, 'select database_identity() as identity');
    const other = await createDatabase();
    onTestFinished(() => other.close());
    const copied = await oneRow<{ identity: string }>(other.pool, 'select database_identity() as identity');
    expect(copied.identity).not.toBe(identity);
    expect(
      (await oneRow<{ identity: string }>(database.owner, 'select database_identity() as identity')).identity,
    ).toBe(identity);
  });
});

describe('Nothing more is signed', () => {
  const tamper = (sql: string) =>
    database.owner.query(`set session_replication_role = replica; ${sql}; set session_replication_role = origin`);

  test.each([
    ['a sealed row was taken away', 'delete from sealed_rows where position = 4', 'rows were taken away'],
    ['a hash is another', `update sealed_rows set hash = sha256('') where position = 1`, 'sealed rows have the root'],
    ['a checkpoint is another', `update checkpoints set root = sha256('')`, 'sealed rows have the root'],
    [
      'a note is another',
      `update checkpoints set note = replace(note, e'\\n5\\n', e'\\n4\\n')`,
      'does not fit the text',
    ],
  ])('where %s', async (_, sql, message) => {
    await act(5);
    await seal();
    await tamper(sql);
    await act(1);
    await expect(seal()).rejects.toThrow(message);
    expect((await newestCheckpoint(database.pool))?.size).toBe(5);
  });
});

test('The application writes no hash of a row, and no transaction but its own', async () => {
  const { pool } = database;
  await act(1);
  await seal();
  await expect(pool.query(`update sealed_rows set hash = sha256('')`)).rejects.toThrow('permission denied');
  await expect(
    pool.query(`insert into sealed_rows (epoch, position, table_name, row_key, version, hash)
      values (1, 1, 'audit_log', '2', 1, sha256(''))`),
  ).rejects.toThrow('permission denied');
  await expect(
    pool.query(`insert into audit_log (at, actor, action, subject, details, xact_id)
      values ('${START}', 'test', 'late', '1', '{}', 1)`),
  ).rejects.toThrow('permission denied');
  for (const table of ['checkpoints', 'seal_epochs', 'seal_keys', 'seal_tiles']) {
    await expect(pool.query(`delete from ${table}`), table).rejects.toThrow('permission denied');
    await expect(database.owner.query(`delete from ${table}`), table).rejects.toThrow('append-only (D28)');
  }
});

describe('An erasure beside the sealing', () => {
  /** An act that names somebody, written after everything else was sealed. */
  async function anUnsealedAct(): Promise<{ epoch: number; key: string }> {
    await seed(database.pool, 1, START);
    const { epoch } = await seal();
    const { key } = await oneRow<{ key: string }>(
      database.pool,
      `insert into audit_log (at, actor, action, subject, details, persons)
       values ($1, 'test', 'key.created', 'x', '{"name":null}', '{"name":"Dorthe"}') returning position::text as key`,
      [START],
    );
    return { epoch, key };
  }

  test('waits for seals that are being made, and deletes the keys of those', async () => {
    const { epoch, key } = await anUnsealedAct();
    const sealing = await database.pool.connect();
    await sealing.query('begin');
    await sealing.query(`select seal_rows($1, '{audit_log}', $2)`, [epoch, [key]]);
    const erasing = inTransaction(database.pool, async (tx) => {
      const { id } = await oneRow<{ id: string }>(
        tx,
        `insert into erasures (at, by, because, rows) values ($1, 'test', 'request', 1) returning id`,
        [START],
      );
      await rows(tx, `select empty_rows($1, 'audit_log', $2)`, [id, [key]]);
      return 'erased' as const;
    });
    expect(await Promise.race([erasing, sleep(300)])).not.toBe('erased');
    await sealing.query('commit');
    sealing.release();
    await erasing;
    expect(
      await oneRow(
        database.pool,
        `select person_key as key, erasure_id is not null as "isErased", persons
         from sealed_rows s join audit_log a on a.position::text = s.row_key
         where s.table_name = 'audit_log' and s.row_key = $1`,
        [key],
      ),
    ).toEqual({ key: null, isErased: true, persons: {} });
  });

  test('keeps rows from being sealed until it is over', async () => {
    const { epoch, key } = await anUnsealedAct();
    const erasing = await database.pool.connect();
    await erasing.query('begin');
    await erasing.query(
      `insert into erasures (id, at, by, because, rows) values (uuidv7(), $1, 'test', 'request', 1)`,
      [START],
    );
    await erasing.query(`select empty_rows((select id from erasures order by id desc limit 1), 'audit_log', $1)`, [
      [key],
    ]);
    const sealing = rows(database.pool, `select seal_rows($1, '{audit_log}', $2)`, [epoch, [key]]).then(
      () => 'sealed' as const,
    );
    expect(await Promise.race([sealing, sleep(300)])).not.toBe('sealed');
    await erasing.query('commit');
    erasing.release();
    await sealing;
    const { faults } = await verifyRecord(database.pool);
    expect(faults.filter(({ kind }) => kind !== 'state')).toEqual([]);
  });
});
