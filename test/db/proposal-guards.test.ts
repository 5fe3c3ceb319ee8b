import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cancelProposal } from '../../src/commands/decide-proposal.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { Proposal } from '../../src/domain/proposal.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { approveProposed, as, asksTwoFor, proposeAct, somebody } from '../support/proposing.ts';
import { announce, notifyAll, seed } from '../support/seed.ts';

/*
 * What the database refuses of proposals, and of acts that take two (D60, D61): as the owner, so that the guards refuse and not
 * the grants.
 */

const START = '2026-03-02T09:00:00Z';
const SOON = '2026-03-02T10:00:00Z';
const LATE = '2026-03-09T09:00:00Z';
const AFTER_WINDOWS = '2026-03-20T09:00:00Z';

let database: TestDatabase;
let eva: string;
let ole: string;
let objected: string;
let open: string;
beforeAll(async () => {
  database = await createDatabase();
  const { pool } = database;
  await seed(pool, 2, START);
  eva = await somebody(pool, 'Eva', 'officer');
  ole = await somebody(pool, 'Ole', 'approver');
  const plannedActivationOn = Temporal.PlainDate.from('2026-03-13');
  open = (await announce(pool, START, { subProcessor: aSubProcessor(50), plannedActivationOn })).id;
  objected = (await announce(pool, START, { subProcessor: aSubProcessor(51), plannedActivationOn })).id;
  await notifyAll(pool, open, 2, START);
  await notifyAll(pool, objected, 2, START);
  await sql(
    `insert into objections (change_id, controller_id, channel, reasons, received_at, recorded_at, recorded_by, status)
     select $1, id, 'letter', 'Nej', $2, $2, 'test', 'pending' from controllers where external_id = 'kunde-1'`,
    objected,
    SOON,
  );
  await asksTwoFor(pool, SOON, 'announcement', 'activation', 'invalid', 'terms');
});
afterAll(() => database.close());
let companies = 0;
beforeEach(() => {
  companies += 1;
});

const sql = async (text: string, ...parameters: unknown[]) => (await database.owner.query(text, parameters)).rows;
const proposed = (overrides = {}) =>
  proposeAct(
    database.pool,
    { kind: 'announcement', announcement: anAnnouncement({ subProcessor: aSubProcessor(companies), ...overrides }) },
    as(eva, START),
  );
const decide = (
  { id }: Pick<Proposal, 'id'>,
  decision: string,
  { by = ole, at = SOON, made = null as string | null, one = false } = {},
) =>
  sql(
    `insert into proposal_decisions (proposal_id, decision, decided_at, decided_by, reason, made, by_one_person)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    id,
    decision,
    at,
    by,
    decision === 'approved' ? null : 'x',
    made,
    one,
  );

test('What takes two is not written by one: a change, an activation, an outcome invalid', async () => {
  const copy = `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'version', 0,
      'name_key', 'another', 'registration_key', null, 'announced_at', $2::timestamptz, 'told_since', $2::timestamptz,
      'notified_event_at', null))).* from changes c where id = $1`;
  await expect(sql(copy, open, SOON)).rejects.toThrow(/announcement of product truetalk takes two/);
  await expect(
    sql(
      `update changes set status = 'activated', activated_at = $2, activated_on = '2026-03-20', activated_by = 'sql' where id = $1`,
      open,
      AFTER_WINDOWS,
    ),
  ).rejects.toThrow(/activation of product truetalk takes two/);
  await expect(
    sql(
      `with decided as (insert into objection_decisions (objection_id, decision, outcome, explanation, decided_at, decided_by)
         select id, 'resolved', 'invalid', 'x', $2, 'sql' from objections where change_id = $1)
       select`,
      objected,
      SOON,
    ).then(() => sql(`update objections set status = 'resolved' where change_id = $1`, objected)),
  ).rejects.toThrow(/invalid of product truetalk takes two/);
});

test('Nor are its terms, nor what takes two', async () => {
  const update = (set: string) => sql(`update products set ${set}, updated_at = $1 where id = 'truetalk'`, SOON);
  await expect(update(`second_person = '{announcement}'`)).rejects.toThrow(/changed by two/);
  await expect(update('hold_minutes = 5')).rejects.toThrow(/changed by two/);
  await expect(update('hold_minutes = hold_minutes')).resolves.toEqual([]);
});

test('A proposal stands for seven days, as it was written', async () => {
  const { id } = await proposed();
  await expect(sql(`update proposals set hash = repeat('0', 64) where id = $1`, id)).rejects.toThrow(/append-only/);
  await expect(sql(`delete from proposal_decisions`)).rejects.toThrow(/append-only/);
  await expect(
    sql(
      `insert into proposals (kind, product_id, content, hash, proposed_at, proposed_by, expires_at)
       values ('terms', 'truetalk', '{}', repeat('0', 64), $1, 'x', $1::timestamptz + interval '1 year')`,
      START,
    ),
  ).rejects.toThrow(/seven days/);
});

test('It is decided by a person who may, who is not who proposed it, in its time, and once', async () => {
  const proposal = await proposed();
  await expect(decide(proposal, 'approved', { by: eva, made: open })).rejects.toThrow(/by a person who may approve/);
  const key = 'key 01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
  await expect(decide(proposal, 'approved', { by: key, made: open })).rejects.toThrow(/by a person who may approve/);
  const own = await proposeAct(
    database.pool,
    { kind: 'announcement', announcement: anAnnouncement({ subProcessor: aSubProcessor(companies + 100) }) },
    as(ole, START),
  );
  await expect(decide(own, 'approved', { made: open })).rejects.toThrow(/by another person/);
  await expect(decide(own, 'approved', { made: open, one: true })).rejects.toThrow(/by another person/);
  await expect(decide(proposal, 'rejected', { at: LATE })).rejects.toThrow(/expired or was decided/);
  await expect(decide(proposal, 'cancelled')).rejects.toThrow(/by who proposed it/);
  await decide(proposal, 'rejected');
  await expect(decide(proposal, 'approved', { made: open })).rejects.toThrow(/expired or was decided/);
  await expect(decide(proposal, 'cancelled', { by: eva })).rejects.toThrow(/expired or was decided/);
});

test('An approval has what it did: what was proposed, of that moment', async () => {
  await expect(decide(await proposed(), 'approved', { made: open })).rejects.toThrow(/was not done/);
  const activation = await sql(
    `insert into proposals (kind, product_id, subject, content_hash, content, hash, proposed_at, proposed_by, expires_at)
     select 'activation', 'truetalk', id, content_hash, '{}', repeat('0', 64), $2, $3, $2::timestamptz + interval '168 hours'
     from changes where id = $1 returning id`,
    open,
    START,
    eva,
  );
  await expect(decide(activation[0], 'approved', { made: open })).rejects.toThrow(/was not done/);
});

test('One that was approved is cancelled with its change, and only while that is held', async () => {
  const told = await approveProposed(database.pool, await proposed(), as(ole, SOON));
  await expect(decide(told, 'cancelled', { by: eva })).rejects.toThrow(/while that is held/);
  companies += 200;
  const held = await approveProposed(database.pool, await proposed({ holdMinutes: 60 }), as(ole, SOON));
  await expect(decide(held, 'cancelled', { by: eva })).rejects.toThrow(/with its change, while that is held/);
  await inTransaction(database.pool, (tx) => cancelProposal(tx, held.id, 'Fejl', as(ole, SOON)));
});

test('A role is approved by who has it, and is the one that was proposed', async () => {
  const person = await somebody(database.pool, 'Ida', 'reader');
  const id = person.replace('person ', '');
  const admin = await somebody(database.pool, 'Bo', 'admin');
  const role = (given: string) =>
    proposeAct(database.pool, { kind: 'role', person: id, role: given, product: 'truetalk' }, as(admin, START));
  const give = `with given as (insert into person_roles (person_id, role, product_id, source, given_at, given_by)
       values ($1, 'admin', 'truetalk', 'given', $2, $3) returning id)
     insert into proposal_decisions (proposal_id, decision, decided_at, decided_by, made)
     select $4, 'approved', $2, $3, id::text from given`;
  const forAdmin = await role('admin');
  await expect(sql(give, id, SOON, ole, forAdmin.id)).rejects.toThrow(/gives more than who approves it has/);
  const forOfficer = await role('officer');
  await expect(sql(give, id, SOON, ole, forOfficer.id)).rejects.toThrow(/what it proposes was not done/);
  await approveProposed(database.pool, forOfficer, as(ole, SOON));
});
