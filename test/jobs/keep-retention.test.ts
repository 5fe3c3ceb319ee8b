import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { classifyAnswer } from '../../src/commands/classify-answer.ts';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { placeHold, releaseHold } from '../../src/commands/place-hold.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { KEPT_ROWS } from '../../src/db/kept-rows.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { readableRows } from '../../src/db/retention.ts';
import { retentionKeeper } from '../../src/jobs/keep-retention.ts';
import { fillOnce, type FilledDatabases, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { contentOf, recordMailTo, takeMailOf } from '../support/mails.ts';
import { rememberRows } from '../support/remembered-rows.ts';
import { acceptNotice, announce, at, controllerId, notifyAll } from '../support/seed.ts';

// What `fillEveryTable` has done: announced on the 2nd, withdrawn one change and ended the agreement of kunde-3 on the 3rd.
const ANNOUNCED = '2026-03-02T09:00:00Z';
const ENDED = '2026-03-03T09:00:00Z';
const KEPT_UNTIL = '2030-03-03T09:00:00Z';

let databases: FilledDatabases<void>;
beforeAll(async () => {
  databases = await fillOnce(async (empty) => {
    await fillEveryTable(empty);
    await empty.pool
      .query(`update legal_holds set released_at = '${ENDED}', released_by = 'test', release_reason = 'Forlig'
      where released_at is null`);
  });
});
afterAll(() => databases.close());

let database: TestDatabase;
/** What nearly all tests use, one after another. */
let shared: TestDatabase;
let restore: () => Promise<void>;
beforeAll(async () => {
  shared = await databases.copy();
  restore = await rememberRows(shared.owner);
});
beforeEach(() => {
  database = shared;
});
afterEach(() => restore());
afterAll(() => shared.close());

const before = (instant: string) => Temporal.Instant.from(instant).subtract({ milliseconds: 1 }).toString();

/** Runs the job at an instant, which succeeds. */
async function night(instant: string): Promise<void> {
  expect(await runAt(instant)).toEqual({ failure: null, failed: 0, errors: [] });
}

/** Runs the job at an instant, and returns what it counted and logged. */
async function runAt(instant: string) {
  // Nobody sends here, and what waits to be sent is not emptied.
  await database.pool.query(`update messages set status = 'cancelled' where status = 'pending'`);
  const registry = new Registry();
  const errors: object[] = [];
  const log = { warn: () => undefined, error: (details: object) => void errors.push(details) };
  const clock = () => Temporal.Instant.from(instant);
  const run = retentionKeeper({ pool: database.pool, clock, log, registry }, new AbortController().signal);
  const failure = await run().then(
    () => null,
    (error: unknown) => error,
  );
  const metrics = await registry.getMetricsAsJSON();
  const failed = metrics.find(({ name }) => name === 'varsel_retention_failed')?.values[0]?.value;
  return { failure, failed, errors };
}

/** How many rows still tell of somebody, by table. */
async function telling(): Promise<Record<string, number>> {
  const told: Record<string, number> = {};
  for (const { table, tells } of await readableRows(database.pool)) {
    const { count } = await oneRow<{ count: number }>(database.pool, `select count(*) from ${table} t where ${tells}`);
    told[table] = count;
  }
  return told;
}

/** How many rows of a table about a change still tell of somebody. */
async function tellingOf(table: string, changeId: string, externalId?: string): Promise<number> {
  const { tells = '' } = (await readableRows(database.pool)).find((each) => each.table === table) ?? {};
  const { count } = await oneRow<{ count: number }>(
    database.pool,
    `select count(*) from ${table} t join controllers c on c.id = t.controller_id
     where t.change_id = $1 and ($2::text is null or c.external_id = $2) and (${tells})`,
    [changeId, externalId ?? null],
  );
  return count;
}

/** Withdraws what is open, and reads what is unread, as if it had been done at once. */
async function endEverything(): Promise<void> {
  await database.owner.query(`alter table changes disable trigger user;
    update changes set status = 'withdrawn', withdrawn_at = announced_at, withdrawn_by = 'x', withdrawal_reason = '{}'
    where status = 'announced';
    alter table changes enable trigger user;
    alter table answers disable trigger user;
    update answers set status = 'not-an-objection';
    alter table answers enable trigger user`);
}

/** The change about the company of this number. */
async function changeOf(number: number): Promise<string> {
  const name = `%Hosting ${number} ApS%`;
  return (await oneRow<{ id: string }>(database.pool, 'select id from changes where companies like $1', [name])).id;
}

test('Every column that tells of persons has a time when it ends', async () => {
  const columns = await rows<{ table: string }>(
    database.pool,
    `select distinct table_name as table from record_columns where until is null and part in ('person', 'moving-person')`,
  );
  const missing = columns.filter(({ table }) => KEPT_ROWS.every((kept) => kept.table !== table));
  expect(missing, 'say in src/db/kept-rows.ts when it ends').toEqual([]);
});

describe('A case', () => {
  test('that ended with its change is emptied four years later, to the minute, and no other is', async () => {
    const [open, withdrawn] = [await changeOf(1), await changeOf(3)];
    const told = await telling();
    await night(before(KEPT_UNTIL));
    expect(await tellingOf('messages', withdrawn)).toBeGreaterThan(3);
    expect(await tellingOf('objections', withdrawn)).toBe(1);
    expect({ ...(await telling()), ...timed(told) }).toEqual(told);

    await night(KEPT_UNTIL);
    expect(await tellingOf('messages', withdrawn)).toBe(0);
    expect(await tellingOf('objections', withdrawn)).toBe(0);
    const messages = await rows(
      database.pool,
      `select distinct m.email, m.name from messages m join controllers c on c.id = m.controller_id
       where m.change_id = $1 and c.external_id = 'kunde-1'`,
      [withdrawn],
    );
    const kunde = await controllerId(database.pool, 'kunde-1');
    expect(messages).toEqual([{ email: `kontakt-1@${kunde}.invalid`, name: 'Kontakt 1 hos Kunde 1 A/S' }]);
    const objection = await oneRow(
      database.pool,
      'select reasons, from_name as "fromName", status, number > 0 as "isNumbered" from objections where change_id = $1',
      [withdrawn],
    );
    expect(objection).toEqual({ reasons: '[erased]', fromName: null, status: 'resolved', isNumbered: true });
    expect(await tellingOf('messages', open)).toBeGreaterThan(3);
    const erasures = await rows<{ by: string }>(
      database.pool,
      `select by, because, at::text from erasures where at >= $1`,
      [KEPT_UNTIL],
    );
    expect(erasures.length).toBeGreaterThan(1);
    expect(erasures).toContainEqual({ by: 'system', because: 'retention', at: '2030-03-03 09:00:00+00' });
  });

  /** What ends by days, and is not of this test. */
  function timed(told: Record<string, number>): Record<string, number> {
    const ofDays = [
      'audit_log',
      'webhook_attempts',
      'operator_mails',
      'test_notices',
      'api_keys',
      'idempotency_keys',
    ].concat(['announcement_drafts', 'sessions', 'kept_forms']);
    return Object.fromEntries(ofDays.map((table) => [table, told[table] ?? 0]));
  }

  test('that ended with its agreement is emptied, and those of other controllers are kept as long as the entry is in the register', async () => {
    const activated = await changeOf(2);
    await night(before(KEPT_UNTIL));
    expect(await tellingOf('messages', activated, 'kunde-3')).toBeGreaterThan(0);
    await night('2060-01-01T00:00:00Z');
    expect(await tellingOf('messages', activated, 'kunde-3')).toBe(0);
    expect(await tellingOf('letters', activated, 'kunde-3')).toBe(0);
    expect(await tellingOf('messages', activated, 'kunde-1')).toBeGreaterThan(0);
    expect(await tellingOf('letters', activated, 'kunde-1')).toBe(1);
  });

  test('whose entry has left the register is emptied four years after that day, with its contact person', async () => {
    const { pool } = database;
    const activated = await changeOf(2);
    const entry = await oneRow<{ id: string }>(pool, 'select id from register_entries where change_id = $1', [
      activated,
    ]);
    const removal = await announce(pool, '2027-05-03T09:00:00Z', {
      kind: 'removal',
      removes: entry.id,
      plannedActivationOn: Temporal.PlainDate.from('2027-06-01'),
    });
    await inTransaction(pool, (tx) => activateChange(tx, removal.id, at('2027-06-01T09:00:00Z')));
    const contact = `select contact_person is not null as told from register_entries where id = $1`;

    await night('2031-05-31T21:59:59Z');
    expect(await tellingOf('messages', activated, 'kunde-1')).toBeGreaterThan(0);
    expect(await oneRow(pool, contact, [entry.id])).toEqual({ told: true });
    await night('2031-05-31T22:00:00Z');
    expect(await tellingOf('messages', activated, 'kunde-1')).toBe(0);
    expect(await oneRow(pool, contact, [entry.id])).toEqual({ told: false });
    // Its own mails went out after that day, and are kept from their own.
    expect(await tellingOf('messages', removal.id)).toBeGreaterThan(0);
    await night('2031-06-01T09:00:00Z');
    expect(await tellingOf('messages', removal.id)).toBe(0);
  });

  test('of an announced change is kept, however long ago the agreement ended', async () => {
    const open = await changeOf(1);
    await night('2060-01-01T00:00:00Z');
    expect(await tellingOf('messages', open, 'kunde-3')).toBeGreaterThan(0);
  });

  test('with an unread answer is kept until it has been read', async () => {
    const { pool } = database;
    const open = await changeOf(1);
    await inTransaction(pool, (tx) => withdrawChange(tx, open, { da: 'Fejl' }, at('2026-03-21T09:00:00Z')));
    await night('2060-01-01T00:00:00Z');
    expect(await tellingOf('inbound_mails', open, 'kunde-2')).toBeGreaterThan(0);
    expect(await tellingOf('messages', open, 'kunde-2')).toBeGreaterThan(0);
    expect(await tellingOf('messages', open, 'kunde-1')).toBe(0);
    const unread = await rows<{ id: string }>(pool, `select id from answers where status = 'unread'`);
    for (const { id } of unread) {
      const decision = { decision: 'not-an-objection', explanation: 'Et spørgsmål' } as Parameters<
        typeof classifyAnswer
      >[2];
      await inTransaction(pool, (tx) => classifyAnswer(tx, id, decision, at('2060-01-01T00:00:00Z')));
    }
    await night('2060-01-02T00:00:00Z');
    expect(await tellingOf('inbound_mails', open, 'kunde-2')).toBe(0);
    const { raw } = await oneRow<{ raw: number }>(
      pool,
      `select max(octet_length(raw)) as raw from inbound_contents where sha256 in (
         select sha256 from inbound_mails where change_id = $1 and taken_as = 'answer')`,
      [open],
    );
    expect(raw).toBe(0);
  });
});

describe('A legal hold', () => {
  const hold = (given: { changeId?: string; controller?: string; until?: string }) =>
    inTransaction(database.pool, (tx) =>
      placeHold(
        tx,
        {
          changeId: given.changeId ?? null,
          controller: given.controller ?? null,
          reason: 'Retssag',
          until: given.until === undefined ? null : Temporal.Instant.from(given.until),
        },
        at('2029-01-01T09:00:00Z'),
      ),
    );

  test('of a controller keeps its cases and no other, until it is released', async () => {
    const withdrawn = await changeOf(3);
    const { id } = await hold({ controller: 'kunde-1' });
    await night(KEPT_UNTIL);
    expect(await tellingOf('messages', withdrawn, 'kunde-1')).toBeGreaterThan(0);
    expect(await tellingOf('messages', withdrawn, 'kunde-2')).toBe(0);
    await inTransaction(database.pool, (tx) => releaseHold(tx, id, 'Forlig', at('2031-01-01T09:00:00Z')));
    await night('2031-01-01T09:00:01Z');
    expect(await tellingOf('messages', withdrawn, 'kunde-1')).toBe(0);
  });

  test('of a change keeps all its cases, until its day', async () => {
    const withdrawn = await changeOf(3);
    await hold({ changeId: withdrawn, until: '2032-01-01T00:00:00Z' });
    const told = await tellingOf('messages', withdrawn);
    await night(before('2032-01-01T00:00:00Z'));
    expect(await tellingOf('messages', withdrawn)).toBe(told);
    await night('2032-01-01T00:00:00Z');
    expect(await tellingOf('messages', withdrawn)).toBe(0);
  });

  test('is not passed by an emptying under way: placing it waits, and who waits finds it', async () => {
    const { pool } = database;
    const emptying = await pool.connect();
    await emptying.query('begin');
    await emptying.query(`select pg_advisory_xact_lock_shared(hashtextextended('legal-holds', 0))`);
    let isPlaced = false;
    const placing = hold({ controller: 'kunde-1' }).then(() => (isPlaced = true));
    await expect
      .poll(async () => (await rows(pool, `select from pg_locks where locktype = 'advisory' and not granted`)).length)
      .toBe(1);
    expect(isPlaced).toBe(false);
    await emptying.query('commit');
    emptying.release();
    await placing;
    expect(isPlaced).toBe(true);
  });
});

describe('By days', () => {
  test.each([
    [
      'technical data',
      '2026-05-31T09:00:00Z',
      { webhook_attempts: 0, operator_mails: 0, test_notices: 0, announcement_drafts: 0 },
    ],
    ['stored responses', '2026-03-09T09:00:00Z', { idempotency_keys: 0 }],
    ['the names of keys', '2027-03-20T09:00:00Z', { api_keys: 1 }],
    ['sessions', '2027-03-02T17:00:00Z', { sessions: 0 }],
    ['forms that could not be sent', '2026-03-03T09:00:00Z', { kept_forms: 0 }],
  ])('%s end on their day', async (_what, end, expected) => {
    await database.owner.query(`update operator_mails set status = 'failed', created_at = '${ANNOUNCED}'`);
    await database.owner.query(`alter table webhook_attempts disable trigger user`);
    await database.owner.query(`update webhook_attempts set response = 'Hej fra Dorthe'`);
    await database.owner.query(`alter table webhook_attempts enable trigger user`);
    const told = await telling();
    const tables = Object.keys(expected);
    const of = (all: Record<string, number>) => Object.fromEntries(tables.map((table) => [table, all[table]]));
    await night(before(end));
    expect(of(await telling())).toEqual(of(told));
    await night(end);
    expect(of(await telling())).toEqual(expected);
  });

  test('a person of the company is emptied four years after it was disabled', async () => {
    const [signingIn] = await rows<{ id: string }>(database.pool, 'select id from people');
    await night('2060-01-01T00:00:00Z');
    expect((await telling())['people']).toBe(1);
    await database.owner.query(`insert into people (name, email, created_at, created_by, disabled_at, disabled_by)
      values ('Bo Lind', 'bo@telenor.example', '${ANNOUNCED}', 'test', '${ENDED}', 'test')`);
    await night(before(KEPT_UNTIL));
    expect((await telling())['people']).toBe(2);
    await night(KEPT_UNTIL);
    expect(await rows(database.pool, `select id, name from people where email <> '[erased]'`)).toEqual([
      { id: signingIn?.id, name: 'Anne Holm' },
    ]);
  });

  test('an automatic mail is emptied 90 days after it was judged, once its change is not open', async () => {
    const { pool } = database;
    const [open, other] = [await changeOf(1), await announced(7)];
    const verdict = { takenAs: 'automatic', knownBy: 'Auto-Submitted' } as const;
    for (const change of [open, other]) {
      const { messageId } = await acceptNotice(pool, change, 'kunde-1', ENDED).catch(async () =>
        oneRow<{ messageId: string }>(
          pool,
          `select m.id as "messageId" from messages m join controllers c on c.id = m.controller_id
           where m.change_id = $1 and m.kind = 'notice' and c.external_id = 'kunde-1'`,
          [change],
        ),
      );
      await recordMailTo(pool, messageId, `Jeg er på ferie ${change}`, Temporal.Instant.from('2026-03-20T09:00:00Z'));
      await takeMailOf(pool, messageId, { content: contentOf('Jeg er på ferie'), ...verdict });
    }
    await inTransaction(pool, (tx) => withdrawChange(tx, other, { da: 'Fejl' }, at('2026-03-21T09:00:00Z')));
    const texts = async () =>
      rows(pool, `select change_id as change, text from inbound_mails where taken_as = 'automatic' order by change_id`);
    const [ofOpen, ofOther] = [
      { change: open, text: 'Jeg er på ferie' },
      { change: other, text: 'Jeg er på ferie' },
    ];
    await night('2026-06-18T08:59:59Z');
    expect(await texts()).toEqual([ofOpen, ofOther]);
    await night('2026-06-18T09:00:00Z');
    expect(await texts()).toEqual([ofOpen, { ...ofOther, text: '[erased]' }]);
    const contents = await rows<{ raw: string }>(
      pool,
      `select convert_from(raw, 'UTF8') as raw from inbound_contents natural join inbound_mails where taken_as = 'automatic'
       order by change_id`,
    );
    expect(contents.map(({ raw }) => raw)).toEqual([`Jeg er på ferie ${open}`, '']);
  });

  async function announced(number: number): Promise<string> {
    const subProcessor = aSubProcessor(number);
    const plannedActivationOn = Temporal.PlainDate.from('2026-04-13');
    const change = await announce(database.pool, ENDED, { subProcessor, plannedActivationOn });
    await notifyAll(database.pool, change.id, 2, ENDED);
    return change.id;
  }
});

test('A customer that has left is emptied, with its contacts, once no open change tells it anything', async () => {
  const { pool } = database;
  const named = () =>
    oneRow(
      pool,
      `select name, (select count(*) from contacts where controller_id = controllers.id) as contacts
       from controllers where external_id = 'kunde-3'`,
    );
  await night('2060-01-01T00:00:00Z');
  expect(await named()).toEqual({ name: 'Kunde 3 A/S', contacts: 1 });
  await endEverything();
  await night(before(KEPT_UNTIL));
  expect(await named()).toEqual({ name: 'Kunde 3 A/S', contacts: 1 });
  await night(KEPT_UNTIL);
  expect(await named()).toEqual({ name: '[erased]', contacts: 0 });
});

test('What a product keeps longer is kept longer, and what concerns no product for the longest of all', async () => {
  const { pool } = database;
  await pool.query(
    `update products set retention = retention || '{"caseYears": 6, "technicalDays": 200}' where id = 'truetalk'`,
  );
  const withdrawn = await changeOf(3);
  const told = await telling();
  await night(before('2032-03-03T09:00:00Z'));
  expect(await tellingOf('messages', withdrawn)).toBeGreaterThan(3);
  expect((await telling())['messages']).toBe(told['messages']);
  await night('2032-03-03T09:00:00Z');
  expect(await tellingOf('messages', withdrawn)).toBe(0);
});

test('A run that fails is told, and keeps no other table from its turn', async () => {
  // Its own, because it takes rights away.
  database = await databases.copy();
  onTestFinished(() => database.close());
  const { role } = await oneRow<{ role: string }>(database.pool, 'select current_user::text as role');
  await database.owner.query(`revoke all on letters from ${role}`);
  const { failure, failed, errors } = await runAt(KEPT_UNTIL);
  expect(failure).toBeInstanceOf(AggregateError);
  expect(failed).toBe(1);
  // Scans of letters end with them.
  expect(errors).toMatchObject([{ table: 'letters' }, { table: 'scans' }]);
  const mails = await rows<{ body: string }>(
    database.pool,
    `select body from operator_mails where kind = 'retention-failed'`,
  );
  expect(mails).toEqual([{ body: expect.stringContaining('- letters') }]);
  expect(await tellingOf('messages', await changeOf(3))).toBe(0);
  await database.owner.query(`grant select on letters to ${role}`);
  await night(KEPT_UNTIL);
});

test('What acts name of persons is kept for the years of a case, and a pseudonym knows its address for no longer', async () => {
  const { pool } = database;
  const addresses = () => rows<{ email: string | null }>(pool, 'select email from pseudonyms where email is not null');
  const acts = async () => (await telling())['audit_log'];
  expect(await acts()).toBe(4);
  await night(before('2030-03-02T09:00:00Z'));
  expect(await acts()).toBe(4);
  await night('2030-03-02T09:00:00Z');
  expect(await acts()).toBe(1);
  await night(KEPT_UNTIL);
  expect(await acts()).toBe(0);
  // Open cases have them still.
  expect((await addresses()).length).toBeGreaterThan(1);
  for (const externalId of ['kunde-1', 'kunde-2', 'kunde-4']) {
    await inTransaction(pool, (tx) => endAgreement(tx, externalId, 'truetalk', at('2030-04-01T09:00:00Z')));
  }
  await endEverything();
  await night('2060-01-01T00:00:00Z');
  expect(await addresses()).toEqual([]);
});
