import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import type { GateFacts } from '../../src/domain/gate.ts';
import { approve } from '../support/approving.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { announce, at, notifyAll, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const ACTIVATED = '2026-03-20T09:00:00Z';
const plannedActivationOn = Temporal.PlainDate.from('2026-03-13');

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 3, ANNOUNCED);
});
afterAll(() => database.close());

interface Row {
  readonly activation_id: string | null;
  readonly at: Temporal.Instant;
  readonly facts: GateFacts;
}

const gateOf = (changeId: string) =>
  oneRow<Row>(database.pool, 'select activation_id, at, facts from gate_facts where change_id = $1', [changeId]);
const activate = (changeId: string) =>
  inTransaction(database.pool, (tx) => activateChange(tx, changeId, at(ACTIVATED), Temporal.Instant.from(ACTIVATED)));

test('What the gate saw is on record with the activation (D54)', async () => {
  const { pool } = database;
  const change = await announce(pool, ANNOUNCED, { subProcessor: aSubProcessor(1), plannedActivationOn });
  await notifyAll(pool, change.id, 3, ANNOUNCED);
  await activate(change.id);
  const { activation_id, at: when, facts } = await gateOf(change.id);
  expect([activation_id, when.toString()]).toEqual([null, ACTIVATED]);
  expect(facts).toMatchObject({
    format: 'varsel/gate/1',
    judgedAt: '2026-03-20T09:00:00.000Z',
    regime: { objection: true, approval: false },
    controllers: { total: 3, notified: 3, windowsOpen: 0 },
    latestDeadline: '2026-03-12T23:00:00.000Z',
    objections: { total: 0, pending: 0 },
    approvals: null,
    approvalsHash: null,
    registerVersions: [],
    blockers: [],
  });
  expect(facts.contentHash).toMatch(/^[0-9a-f]{64}$/);
  const migrations = await rows<{ line: string }>(
    pool,
    `select name || ' ' || sha256 as line from migrations order by name collate "C"`,
  );
  const lines = migrations.map(({ line }) => `${line}\n`).join('');
  expect(facts.software.migrations).toBe(createHash('sha256').update(lines).digest('hex'));
});

test('Of a wave it names the approvals that it rests on', async () => {
  const { pool } = database;
  const change = await announce(pool, ANNOUNCED, {
    subProcessor: aSubProcessor(2, {
      locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
    }),
    plannedActivationOn,
    scope: 'each',
    separation: { da: 'Egen database' },
  });
  await notifyAll(pool, change.id, 3, ANNOUNCED);
  await approve({ database: { pool } }, change.id, ['kunde-1'], ANNOUNCED);
  await activate(change.id);
  const { activation_id, facts } = await gateOf(change.id);
  const wave = await oneRow<{ id: string }>(pool, 'select id from activations where change_id = $1', [change.id]);
  expect(activation_id).toBe(wave.id);
  expect(facts.approvals).toMatchObject({ approved: 1, none: 2 });
  const approval = await oneRow<{ id: string; content_hash: string }>(
    pool,
    'select id, content_hash from approvals where change_id = $1',
    [change.id],
  );
  const line = `${approval.id} ${approval.content_hash}\n`;
  expect(facts.approvalsHash).toEqual({ count: 1, sha256: createHash('sha256').update(line).digest('hex') });
});

test('Nothing is put on record of an activation that did not happen, nor a second time', async () => {
  const { pool } = database;
  const change = await announce(pool, ANNOUNCED, { subProcessor: aSubProcessor(3), plannedActivationOn });
  const insert = (id: string, when: string) =>
    rows(pool, `insert into gate_facts (change_id, at, facts) values ($1, $2, '{}')`, [id, when]);
  await expect(insert(change.id, ACTIVATED)).rejects.toThrow('no activation is on record');
  await notifyAll(pool, change.id, 3, ANNOUNCED);
  await activate(change.id);
  await expect(insert(change.id, ANNOUNCED)).rejects.toThrow('no activation is on record');
  await expect(insert(change.id, ACTIVATED)).rejects.toThrow('gate_facts_change_id_activation_id_key');
});
