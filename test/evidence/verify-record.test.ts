import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import pg from 'pg';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { sealedBatch } from '../../src/db/verifying.ts';
import { verifyRecord, type Verifying } from '../../src/evidence/verify-record.ts';
import { newSealKey, sealKeysFrom, type SealKeys } from '../../src/security/seal-keys.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { connectionOptions, MIGRATION } from '../../src/db/connection-options.ts';
import { aController } from '../support/examples.ts';
import { announce, at, seed } from '../support/seed.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { SEAL_KEYS as KEYS } from '../support/seal-key.ts';
import { seal as sealAt, unguarded } from '../support/sealed.ts';
import { fillEveryTable } from '../support/every-table.ts';

const NOW = Temporal.Instant.from('2026-03-25T09:00:00Z');
const OTHERS = sealKeysFrom(newSealKey());
const AT = '2026-03-02T09:00:00Z';

const THE_WHOLE_CHAIN = ['sealed_rows', 'seal_tiles', 'checkpoints', 'seal_epochs', 'seal_keys'].map(
  (table) => `delete from ${table}`,
);

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await fillEveryTable(database);
  // Seals that were put there by hand would be in the way of the first tree.
  await unguarded(database.owner, ...THE_WHOLE_CHAIN);
  await seal();
});
afterAll(() => database.close());

const seal = (pool: pg.Pool = database.pool, keys?: SealKeys) => sealAt(pool, NOW, keys);

/** The faults of the record, but for states: what every table has here was partly written past the commands. */
async function faultsOf(db: pg.Pool | pg.PoolClient, verifying?: Verifying): Promise<string[]> {
  const { faults } = await verifyRecord(db, verifying);
  return faults.filter(({ kind }) => kind !== 'state').map(({ kind, message }) => `${kind}: ${message}`);
}

/** What is found once the administrator has done this, which is then undone. */
async function foundAfter(statements: readonly string[], verifying?: Verifying): Promise<string[]> {
  const client = await database.owner.connect();
  try {
    await client.query(`begin; set local session_replication_role = replica`);
    for (const statement of statements) {
      expect((await client.query(statement)).rowCount, statement).toBeGreaterThan(0);
    }
    return await faultsOf(client, verifying);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const ONE = (table: string) => `id = (select id from ${table} order by id limit 1)`;

test('A record that nobody has touched is as it was sealed, and a reader of another role sees the same', async () => {
  const found = await verifyRecord(database.pool, { publicKey: KEYS.current.publicKey });
  expect(found.faults.filter(({ kind }) => kind !== 'state')).toEqual([]);
  expect(found).toMatchObject({ epochs: 1, checkpoints: 1, recent: 0 });
  const { length } = await rows(database.pool, 'select from sealed_rows');
  expect(found.sealed).toBe(length);
  expect(found.sealed).toBeGreaterThan(100);
});

test('Words that were put in the place of what an erasure is on record for are found', async () => {
  const row = 'select id from objections order by id limit 1';
  const erased = [
    `update sealed_rows set person_key = null, erasure_id = (select id from erasures limit 1)
     where table_name = 'objections' and row_key = (${row})::text`,
  ];
  const instead = (words: string) =>
    `update objections set reasons = '${words}', from_name = '[erased]', from_email = null where id = (${row})`;
  expect(await foundAfter([...erased, instead('[erased]')])).toEqual([]);
  expect(await foundAfter([...erased, instead('Vi er enige')])).toEqual([
    expect.stringMatching(/^person-altered: objections \S+ says otherwise of persons than it was sealed with$/),
  ]);
});

describe('An administrator who takes the guards off is found', () => {
  test.each([
    [
      'who alters a row',
      [`update letters set arrived_on = arrived_on - 1 where ${ONE('letters')}`],
      /^altered: letters \S+ is not as it was sealed$/,
    ],
    [
      'who alters what a row says of a person',
      [
        `update objections set reasons = 'Ingen' where reasons is not null and id = (select id from objections where reasons is not null limit 1)`,
      ],
      /^person-altered: objections \S+ says otherwise of persons/,
    ],
    ['who deletes a row', [`delete from letters where ${ONE('letters')}`], /^missing: letters \S+ is gone$/],
    [
      'who deletes a row with its seal',
      [
        `with gone as (delete from letters where ${ONE('letters')} returning id)
       delete from sealed_rows using gone where table_name = 'letters' and row_key = gone.id::text`,
      ],
      /^seal: of tree 1 seals are missing from leaf 0 on/,
    ],
    [
      'who takes away the newest rows with their seals',
      [
        `delete from events where id::text in (select row_key from sealed_rows where table_name = 'events')`,
        `delete from sealed_rows where position >= (select min(position) from sealed_rows where table_name = 'events')`,
      ],
      /^checkpoint: .* is signed, and \d+ sealed rows are there: the others were taken away$/,
    ],
    [
      'who adds a row into the past',
      [
        `insert into letters (change_id, controller_id, arrived_on, reference, recorded_at, recorded_by, xact_id)
       select change_id, controller_id, arrived_on, 'RR 2', recorded_at, recorded_by, horizon - 1 from letters, checkpoints limit 1`,
      ],
      /^added: letters \S+ is not sealed/,
    ],
    [
      'who adds a row of a transaction that has not come',
      [
        `insert into letters (change_id, controller_id, arrived_on, reference, recorded_at, recorded_by, xact_id)
       select change_id, controller_id, arrived_on, 'RR 2', recorded_at, recorded_by, xact_id + 1000000000 from letters limit 1`,
      ],
      /^added: letters \S+ is not sealed/,
    ],
    [
      'who empties a row and records no erasure',
      [
        `update sealed_rows set person_key = null where table_name = 'objections'`,
        `update objections set reasons = '[erased]' where reasons is not null`,
      ],
      /^emptied: objections \S+ has lost what it says of persons, and no erasure is on record$/,
    ],
    [
      'who alters a row and its seal',
      [
        `update letters set arrived_on = arrived_on - 1 where ${ONE('letters')}`,
        `update sealed_rows s set hash = leaf_hash(l.line) from letters, sealed_lines('letters', array[letters.id::text]) as l
       where letters.${ONE('letters')} and s.table_name = 'letters' and s.row_key = letters.id::text`,
      ],
      /^checkpoint: .* is signed, and the sealed rows have the root \S+$/,
    ],
    [
      'who alters a checkpoint',
      [`update checkpoints set root = sha256('x')`],
      /^checkpoint: .* is not what was signed/,
    ],
    [
      'who alters what was signed',
      [`update checkpoints set note = replace(note, 'varsel.telenor', 'varsel.telenør')`],
      /^checkpoint: .* is not signed as it stands/,
    ],
    [
      'who takes away a tree',
      [`update seal_epochs set number = 2`, `update sealed_rows set epoch = 2`, `update checkpoints set epoch = 2`],
      /^seal: tree 1 was expected, found 2$/,
    ],
  ])('%s', async (_who, statements, expected) => {
    expect(await foundAfter(statements)).toContainEqual(expect.stringMatching(expected));
  });
});

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly part: string;
  /** Of a row of the table that is sealed. */
  readonly key: string;
  /** Its position. */
  readonly from: number;
  readonly keyOf: string;
  readonly isKey: boolean;
}

/** Takes off what would refuse an altered value, until the transaction is rolled back. */
async function withoutChecks(client: pg.PoolClient): Promise<void> {
  await client.query(`do $$
    declare
      each record;
    begin
      for each in select conrelid::regclass as name, conname from pg_constraint
        where connamespace = current_schema()::regnamespace and contype in ('c', 'f', 'u', 'x') and conrelid <> 0
        order by contype
      loop
        execute format('alter table %s drop constraint %I', each.name, each.conname);
      end loop;
      for each in select indexrelid::regclass as name from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = current_schema()::regnamespace and indisunique and not indisprimary
      loop
        execute format('drop index %s', each.name);
      end loop;
      for each in select attrelid::regclass as name, attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = current_schema()::regnamespace and attidentity <> ''
      loop
        execute format('alter table %s alter column %I drop identity', each.name, each.attname);
      end loop;
    end $$`);
}

/** How a value of a type is made another one. */
const ANOTHER: Readonly<Record<string, string>> = {
  text: `coalesce(%, '') || 'x'`,
  uuid: 'gen_random_uuid()',
  boolean: 'not coalesce(%, false)',
  integer: 'coalesce(%, 0) + 1',
  bigint: 'coalesce(%, 0) + 1000',
  date: `coalesce(%, '2026-03-02') + 1`,
  'timestamp with time zone': `coalesce(%, '2026-03-02') + interval '1 millisecond'`,
  jsonb: `jsonb_build_array(%, 'x')`,
  json: `json_build_array(%, 'x')`,
  bytea: `coalesce(%, '') || '\\x00'`,
  'text[]': `array_append(%, 'x')`,
  'uuid[]': 'array_append(%, gen_random_uuid())',
};

test('Any one column of a sealed row of any table that is altered is found', async () => {
  const client = await database.owner.connect();
  try {
    await client.query('begin; set local session_replication_role = replica');
    await withoutChecks(client);
    const columns = await rows<Column>(
      client,
      `select c.table_name as table, c.column_name as column, format_type(a.atttypid, null) as type, c.part,
         s.row_key as key, s.position as from,
         key_expression(c.table_name) as "keyOf", a.attnum = any (i.indkey::smallint[]) as "isKey"
       from record_columns c join pg_attribute a on a.attrelid = c.table_name::regclass and a.attname = c.column_name
         join pg_index i on i.indrelid = a.attrelid and i.indisprimary
         left join lateral (select * from sealed_rows s where s.table_name = c.table_name order by position limit 1) as s on true
       where c.part in ('fact', 'person') and c.until is null order by 1, 2`,
    );
    expect(columns.filter(({ key }) => key === null)).toEqual([]);
    for (const { table, column, type, part, key, from, keyOf, isKey } of columns) {
      const name = `${table}.${column}`;
      const another = ANOTHER[type]?.replace('%', `"${column}"`);
      if (another === undefined) throw new Error(`${name} is of type ${type}: say how it is altered`);
      await client.query('savepoint before');
      const altered = await client.query(`update ${table} t set "${column}" = ${another} where ${keyOf} = $1`, [key]);
      expect(altered.rowCount, name).toBe(1);
      const { faults } = await sealedBatch(client, { epoch: 1, from, count: 1 });
      const fault = isKey ? 'missing' : part === 'fact' ? 'altered' : 'person-altered';
      expect(faults, name).toEqual([{ table, key, fault }]);
      await client.query('rollback to savepoint before');
    }
  } finally {
    await client.query('rollback');
    client.release();
  }
});

describe('What others hold finds what the database no longer shows', () => {
  /** A record of its own, which is sealed. */
  async function aRecord(clockOffset?: string, when = AT): Promise<TestDatabase> {
    const made = await createDatabase(clockOffset);
    onTestFinished(() => made.close());
    await seed(made.pool, 3, when);
    return made;
  }
  /** Another database with the same files, as a restored dump is. */
  async function copyOf({ url }: TestDatabase): Promise<pg.Pool> {
    const source = new URL(url).pathname.slice(1);
    const maintenance = new pg.Pool({
      connectionString: inject('templateOwnerUrl').replace(/[^/]*$/, 'postgres'),
      max: 1,
    });
    // A database that somebody is connected to cannot be copied. The pools connect anew when they are used.
    await maintenance.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [source]);
    await maintenance.query(`create database ${source}_copy template ${source} strategy file_copy`);
    const copy = new pg.Pool({ ...connectionOptions(`${url}_copy`, MIGRATION), max: 5 });
    onTestFinished(async () => {
      await copy.end();
      await maintenance.query(`drop database ${source}_copy`);
      await maintenance.end();
    });
    return copy;
  }
  test('a whole history that was written anew: a checkpoint that was published before', async () => {
    const { pool, owner } = await aRecord();
    const published = await seal(pool);
    // With the key, which was stolen, and with one of their own.
    for (const keys of [KEYS, OTHERS]) {
      await unguarded(
        owner,
        ...THE_WHOLE_CHAIN,
        `update controllers set external_id = 'kunde-9' where external_id = 'kunde-1'`,
      );
      await seal(pool, keys);
      expect(await faultsOf(pool)).toEqual([]);
      expect(await faultsOf(pool, { witnesses: [published] })).toEqual([
        expect.stringMatching(/^witness: A checkpoint is held of a tree that is not on record: /),
      ]);
      // Under the old name of the tree.
      await unguarded(owner, `update seal_epochs set origin = '${published.origin}'`);
      expect(await faultsOf(pool, { witnesses: [published] })).toContainEqual(
        expect.stringMatching(/^witness: the checkpoint held outside, .*, is of another history/),
      );
    }
  });

  test('a record from which the newest was taken away and that was sealed again: a checkpoint of more rows', async () => {
    const { pool, owner } = await aRecord();
    const first = await seal(pool);
    await inTransaction(pool, (tx) => saveControllers(tx, [aController(4)], at(AT)));
    const published = await seal(pool);
    await unguarded(
      owner,
      `delete from sealed_rows where position >= ${first.size}`,
      `delete from checkpoints where size > ${first.size}`,
      `delete from agreements where controller_id in (select id from controllers where external_id = 'kunde-4')`,
      `delete from contacts where controller_id in (select id from controllers where external_id = 'kunde-4')`,
      `delete from controllers where external_id = 'kunde-4'`,
      `delete from audit_log where subject = 'kunde-4'`,
    );
    expect(await faultsOf(pool, { witnesses: [first] })).toEqual([]);
    expect(await faultsOf(pool, { witnesses: [first, published] })).toEqual([
      `witness: the checkpoint held outside, ${published.origin} ${published.size} ${published.root}, is of more rows than the ${first.size} that are there`,
    ]);
  });

  test('a key that nobody has named: the key that is known outside, and the signature of the one before', async () => {
    const { pool } = await aRecord();
    await seal(pool);
    await inTransaction(pool, (tx) => saveControllers(tx, [aController(4)], at(AT)));
    await seal(pool, { ...OTHERS, replaced: null });
    expect(await faultsOf(pool, { publicKey: KEYS.current.publicKey })).toEqual([
      expect.stringMatching(/^key: the key \S+ was not signed by the one before it/),
      `key: checkpoints are signed with the key ${OTHERS.current.id}, and ${KEYS.current.id} was expected`,
    ]);
  });

  test('a key that the one before has named is no fault', async () => {
    const { pool } = await aRecord();
    await seal(pool);
    await inTransaction(pool, (tx) => saveControllers(tx, [aController(4)], at(AT)));
    await seal(pool, { ...OTHERS, replaced: KEYS.current });
    expect(await faultsOf(pool, { publicKey: OTHERS.current.publicKey })).toEqual([]);
  });

  test('what is of persons is emptied on record: every proof stays, and it is told how many', async () => {
    const { pool, owner } = await aRecord();
    await announce(pool, AT);
    const published = await seal(pool);
    const { id } = await oneRow<{ id: string }>(
      owner,
      `insert into erasures (at, by, because, rows) values ('${AT}', 'system', 'request', 1) returning id`,
    );
    const { keys } = await oneRow<{ keys: string[] }>(pool, 'select array_agg(id::text) as keys from messages');
    await rows(owner, `select empty_rows_anyway($1, 'messages', $2)`, [id, keys]);
    await seal(pool);
    const found = await verifyRecord(pool, { witnesses: [published] });
    expect(found.faults).toEqual([]);
    expect(found.erased).toBe(keys.length);
    expect(keys.length).toBe(3);
  });

  test('a row that says that it was written long ago, and was not', async () => {
    const now = systemClock();
    const { pool, owner } = await aRecord('PT0S', now.toString());
    await sealAt(pool, now);
    await unguarded(
      owner,
      `insert into audit_log (at, actor, action, subject, details) values (clock_timestamp() - interval '1 month', 'key x', 'notice.resent', 'kunde-1', '{}')`,
    );
    await sealAt(pool, now.add({ minutes: 1 }));
    expect(await faultsOf(pool)).toEqual([
      expect.stringMatching(/^backdated: audit_log \d+ says that it was written long before/),
    ]);
  });

  test('a database that was restored elsewhere is verified as it is, and goes on in a tree of its own', async () => {
    const record = await aRecord();
    const published = await seal(record.pool);
    const copy = await copyOf(record);
    expect(await faultsOf(copy, { witnesses: [published] })).toEqual([]);
    await inTransaction(copy, (tx) => saveControllers(tx, [aController(4)], at(AT)));
    // Not sealed yet, and of the copy.
    const before = await verifyRecord(copy, { witnesses: [published] });
    expect(before.faults).toEqual([]);
    expect(before.recent).toBeGreaterThan(0);
    const own = await seal(copy);
    expect(own.origin).not.toBe(published.origin);
    const found = await verifyRecord(copy, { witnesses: [published, own] });
    expect(found.faults).toEqual([]);
    expect(found).toMatchObject({ epochs: 2, checkpoints: 2, recent: 0 });
  });
});

test.each([
  `update sealed_rows set hash = sha256('x') where position = 7`,
  `update sealed_rows set version = 2 where position = 7`,
  `update sealed_rows set row_key = row_key || 'x' where table_name = 'events' and position = (
     select min(position) from sealed_rows where table_name = 'events')`,
  `update sealed_rows set table_name = 'nothing' where position = 7`,
  `update sealed_rows set position = 1000000 where position = 7`,
  `update sealed_rows set person_key = sha256('x') where position = (select min(position) from sealed_rows where person_key is not null)`,
  `update sealed_rows set person_hash = sha256('x') where position = (select min(position) from sealed_rows where person_key is not null)`,
  `delete from sealed_rows where position = 7`,
  `update sealed_rows set epoch = 2 where position = 7`,
  `update checkpoints set size = size - 1`,
  `update checkpoints set key_id = repeat('0', 64)`,
  `delete from seal_keys`,
  `update seal_keys set public_key = sha256('x'), id = encode(sha256(sha256('x')), 'hex')`,
  `update seal_epochs set origin = 'varsel.telenor.example/1-0000000000000000'`,
  `update seal_epochs set previous = 'varsel.telenor.example/0-0000000000000000 1 x'`,
])('An administrator who alters the seals is found: %s', async (statement) => {
  expect(await foundAfter([statement])).not.toEqual([]);
});
