import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endAgreements } from '../../src/commands/end-agreement.ts';
import { activateChange } from '../../src/commands/activate-change.ts';
import { createApiKey } from '../../src/commands/api-keys.ts';
import { cancelProposal, rejectProposal } from '../../src/commands/decide-proposal.ts';
import { giveRole } from '../../src/commands/person-roles.ts';
import { invitePerson } from '../../src/commands/invite-person.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { recordLetter } from '../../src/commands/notify-controller.ts';
import { resolveObjection } from '../../src/commands/resolve-objection.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { markTrial } from '../../src/db/installation.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { actorWithKey } from '../../src/domain/author.ts';
import type { Role } from '../../src/domain/permission.ts';
import type { Proposal } from '../../src/domain/proposal.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aController, anAnnouncement, aProduct, aSubProcessor } from '../support/examples.ts';
import { approveProposed, as, asksTwoFor, proposeAct, somebody } from '../support/proposing.ts';
import { announce, at, controllerId, seed } from '../support/seed.ts';

const START = '2026-03-02T09:00:00Z';
const SOON = '2026-03-02T10:00:00Z';
const AFTER_WINDOWS = '2026-03-20T09:00:00Z';
const TOO_LATE = '2026-03-09T09:00:00Z';

let database: TestDatabase;
let eva: string;
let ole: string;
let companies = 0;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 3, START);
  eva = await somebody(database.pool, 'Eva', 'officer');
  ole = await somebody(database.pool, 'Ole', 'approver');
});
afterAll(() => database.close());
beforeEach(() => {
  companies += 1;
});

const sql = async (text: string, ...parameters: unknown[]) => (await database.owner.query(text, parameters)).rows;
const anAct = (overrides = {}) => ({
  kind: 'announcement',
  announcement: anAnnouncement({ subProcessor: aSubProcessor(companies), ...overrides }),
});
const proposing = (overrides = {}) => proposeAct(database.pool, anAct(overrides), as(eva, START));
const approving = (proposal: Proposal, who = ole, when = SOON) =>
  approveProposed(database.pool, proposal, as(who, when));
const changesOf = () =>
  sql(`select announced_by, content_hash from changes where companies = $1`, aSubProcessor(companies).name);

describe('An announcement that is proposed (D60)', () => {
  test('is on record, tells nobody, and is announced in the transaction of its approval', async () => {
    const proposal = await proposing();
    expect(proposal).toMatchObject({ kind: 'announcement', product: 'truetalk', controllers: 3, decisions: [] });
    expect(proposal.proposedBy).toBe(`Eva (${eva})`);
    expect(await changesOf()).toEqual([]);

    const approved = await approving(proposal);
    expect(approved.decisions).toMatchObject([{ decision: 'approved', by: `Ole (${ole})`, byOnePerson: false }]);
    const [change] = await changesOf();
    expect(change.announced_by).toBe(ole);
    const made = approved.decisions[0]?.made;
    expect(await sql(`select count(*)::int from objection_windows where change_id = $1`, made)).toEqual([{ count: 3 }]);
    expect(await sql(`select content_hash from proposals where id = $1`, proposal.id)).toEqual([
      { content_hash: change.content_hash },
    ]);
  });

  test('is told by mail to who may approve it, and to nobody else', async () => {
    const other = await somebody(database.pool, `Other${companies}`, 'approver', null);
    await sql(
      `insert into products select (jsonb_populate_record(p, '{"id": "other"}')).* from products p where id = 'truetalk' on conflict do nothing`,
    ).catch(() => []);
    const proposal = await proposing();
    const mails = await sql(
      `select recipient, subject, body from operator_mails where kind = 'proposal' and page = $1 order by recipient`,
      `/console/proposals/${proposal.id}`,
    );
    expect(mails.map(({ recipient }) => recipient)).toEqual([
      `ole@telenor.example`,
      `other${companies}@telenor.example`,
    ]);
    expect(mails[0].subject).toBe('Forslag til godkendelse (TrueTalk): at varsle en ændring');
    const { name } = aSubProcessor(companies);
    // A name without the id of the record, and what it is about.
    expect(mails[0].body).toMatch(
      new RegExp(`^Eva foreslår for TrueTalk at varsle en ændring: ny underdatabehandler ${name}\\.\n`),
    );
    await sql(`update people set disabled_at = $2, disabled_by = 'test' where 'person ' || id = $1`, other, START);
  });

  test('is approved by nobody who proposed it, with a key of theirs neither', async () => {
    const own = await inTransaction(database.pool, (tx) =>
      createApiKey(
        tx,
        {
          name: 'Ole',
          role: 'officer',
          scopes: null,
          products: null,
          hash: Buffer.from(`ole ${companies}`),
          expiresAt: null,
        },
        at(START),
      ),
    );
    await expect(approving(await proposing(), eva)).rejects.toMatchObject({ code: 'second-person-needed' });
    companies += 1000;
    const withKey = await proposeAct(database.pool, anAct(), as(actorWithKey(own.id), START));
    await sql(`update api_keys set owner_id = $2 where id = $1`, own.id, ole.slice('person '.length));
    await expect(approving(withKey)).rejects.toMatchObject({ code: 'second-person-needed' });
    expect(await changesOf()).toEqual([]);
  });

  test('is decided by nobody whose role has ended meanwhile', async () => {
    const proposal = await proposing();
    const former = await somebody(database.pool, `Former${companies}`, 'approver');
    await sql(
      `update person_roles set ended_at = $2, ended_by = 'test' where 'person ' || person_id = $1`,
      former,
      START,
    );
    await expect(approving(proposal, former)).rejects.toMatchObject({ code: 'second-person-needed' });
    const rejecting = inTransaction(database.pool, (tx) => rejectProposal(tx, proposal.id, 'Nej', as(former, SOON)));
    await expect(rejecting).rejects.toMatchObject({ code: 'second-person-needed' });
    await approving(proposal);
  });

  test('is refused at once where it would be refused, with the same code', async () => {
    await expect(proposing({ plannedActivationOn: Temporal.PlainDate.from('2026-03-05') })).rejects.toMatchObject({
      code: 'planned-date-too-early',
    });
  });

  test('is not approved with another hash, a second time, or after seven days', async () => {
    const proposal = await proposing();
    await expect(approving({ ...proposal, hash: '0'.repeat(64) })).rejects.toMatchObject({ code: 'proposal-outdated' });
    await expect(approving(proposal, ole, TOO_LATE)).rejects.toMatchObject({ code: 'proposal-expired' });
    await approving(proposal);
    await expect(approving(proposal)).rejects.toMatchObject({ code: 'proposal-decided' });
    expect(await changesOf()).toHaveLength(1);
  });

  test('asks anew where the product, or the register that it compares with, has changed since', async () => {
    const proposal = await proposing();
    await inTransaction(database.pool, (tx) => saveProduct(tx, aProduct({ name: 'TrueTalk Plus' }), at(SOON)));
    await expect(approving(proposal)).rejects.toMatchObject({
      code: 'proposal-outdated',
      details: {
        errors: [{ path: 'announcer.productName', message: 'Proposed was "TrueTalk", found "TrueTalk Plus"' }],
      },
    });
    await inTransaction(database.pool, (tx) => saveProduct(tx, aProduct(), at(SOON)));

    const [{ id: entry }] = await sql(`select id from register_entries where name = 'Atlassian'`);
    const removal = { kind: 'removal', removes: entry, subProcessor: null, plannedActivationOn: '2026-03-02' };
    const removing = await proposing(removal);
    const [{ address }] = await sql(`select address from register_entries where id = $1`, entry);
    await sql(
      `set session_replication_role = replica; update register_entries set address = 'Elsewhere' where name = 'Atlassian'; set session_replication_role = origin`,
    );
    await expect(approving(removing)).rejects.toMatchObject({
      code: 'proposal-outdated',
      details: { errors: [{ path: 'effects.0.from.company.address' }] },
    });
    await sql(
      `set session_replication_role = replica; update register_entries set address = '${address}' where name = 'Atlassian'; set session_replication_role = origin`,
    );
    await expect(approving(removing)).resolves.toMatchObject({ decisions: [{ decision: 'approved' }] });
  });

  test('lets the number of controllers differ by ten, and not by eleven', async () => {
    const proposal = await proposing();
    const join = (from: number, to: number) =>
      inTransaction(database.pool, (tx) =>
        saveControllers(
          tx,
          Array.from({ length: to - from + 1 }, (_, index) => aController(from + index)),
          at(START),
        ),
      );
    await join(101, 111);
    await expect(approving(proposal)).rejects.toMatchObject({
      code: 'proposal-outdated',
      details: { errors: [{ path: 'controllers', message: 'Proposed was 3, found 14' }] },
    });
    await inTransaction(database.pool, (tx) => endAgreements(tx, ['kunde-111'], 'truetalk', at(SOON)));
    await expect(approving(proposal)).resolves.toMatchObject({ controllers: 3 });
  });

  test('is rejected for a reason, or cancelled by who made it, and then done no more', async () => {
    const rejected = await proposing();
    await inTransaction(database.pool, (tx) => rejectProposal(tx, rejected.id, 'Forkert begrundelse', as(ole, SOON)));
    await expect(approving(rejected)).rejects.toMatchObject({ code: 'proposal-decided' });
    const cancelled = await proposing();
    const cancel = (who: string) =>
      inTransaction(database.pool, (tx) => cancelProposal(tx, cancelled.id, 'Udskudt', as(who, SOON)));
    await expect(cancel(ole)).rejects.toMatchObject({ code: 'second-person-needed' });
    expect((await cancel(eva)).decisions).toMatchObject([{ decision: 'cancelled', reason: 'Udskudt' }]);
    await expect(approving(cancelled)).rejects.toMatchObject({ code: 'proposal-decided' });
    expect(await changesOf()).toEqual([]);
  });

  test('is cancelled by either of the two while it is held, and nobody is told; afterwards by nobody', async () => {
    const held = await approving(await proposing({ holdMinutes: 60 }));
    const third = await somebody(database.pool, `Third${companies}`, 'approver');
    const cancel = (who: string) =>
      inTransaction(database.pool, (tx) => cancelProposal(tx, held.id, 'Fejl i navnet', as(who, SOON)));
    await expect(cancel(third)).rejects.toMatchObject({ code: 'second-person-needed' });
    expect((await cancel(eva)).decisions.map(({ decision }) => decision)).toEqual(['approved', 'cancelled']);
    const made = held.decisions[0]?.made;
    expect(
      await sql(
        `select status, told_since, withdrawn_by, withdrawal_reason ->> 'da' as reason from changes where id = $1`,
        made,
      ),
    ).toEqual([{ status: 'withdrawn', told_since: null, withdrawn_by: eva, reason: 'Fejl i navnet' }]);
    expect(await sql(`select from messages where change_id = $1`, made)).toEqual([]);
    await expect(cancel(ole)).rejects.toMatchObject({ code: 'proposal-decided' });

    companies += 100;
    const told = await approving(await proposing());
    await expect(
      inTransaction(database.pool, (tx) => cancelProposal(tx, told.id, 'Fortrudt', as(ole, SOON))),
    ).rejects.toMatchObject({ code: 'proposal-decided' });
    await sql(`update people set disabled_at = $2, disabled_by = 'test' where 'person ' || id = $1`, third, START);
  });

  test('is approved by one person in a trial, which is on record', async () => {
    await markTrial(database.owner, true);
    const admin = await somebody(database.pool, `Anne${companies}`, 'admin', null);
    const proposal = await proposeAct(database.pool, anAct(), as(admin, START));
    expect((await approving(proposal, admin)).decisions).toMatchObject([{ decision: 'approved', byOnePerson: true }]);
    await markTrial(database.owner, false);
    await sql(`update people set disabled_at = $2, disabled_by = 'test' where 'person ' || id = $1`, admin, START);
  });
});

describe('What a product asks two people for (D61)', () => {
  test('is refused to one, and done when another has approved it: announcement, activation, invalid', async () => {
    const { id: changeId } = await announce(database.pool, START, {
      subProcessor: aSubProcessor(companies),
      plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
    });
    await notifyEach(changeId);
    await inTransaction(database.pool, async (tx) =>
      fileObjection(
        tx,
        {
          changeId,
          controllerId: await controllerId(database.pool, 'kunde-1'),
          channel: 'letter',
          from: { name: null, email: null },
          reasons: 'Vi er uenige i overførslen',
          receivedAt: Temporal.Instant.from(SOON),
        },
        at(SOON),
      ),
    );
    const [{ id: objection }] = await sql(`select id from objections where change_id = $1`, changeId);
    await asksTwoFor(database.pool, SOON, 'announcement', 'activation', 'invalid');

    const alone = { code: 'second-person-needed' };
    await expect(announce(database.pool, SOON, { subProcessor: aSubProcessor(companies + 500) })).rejects.toMatchObject(
      alone,
    );
    const invalid = { outcome: 'invalid', explanation: 'Ikke fra kunden', mailId: null } as const;
    await expect(
      inTransaction(database.pool, (tx) => resolveObjection(tx, objection, invalid, as(eva, SOON))),
    ).rejects.toMatchObject(alone);

    const proposed = await proposeAct(
      database.pool,
      { kind: 'invalid', objection, explanation: 'Ikke fra kunden' },
      as(eva, SOON),
    );
    // What is of persons stands apart (D48).
    expect(await sql(`select content -> 'act' as act, persons from proposals where id = $1`, proposed.id)).toEqual([
      {
        act: { kind: 'invalid', objection, explanation: null, mailId: null },
        persons: { 'act/explanation': 'Ikke fra kunden' },
      },
    ]);
    await approving(proposed);
    expect(await sql(`select status from objections where id = $1`, objection)).toEqual([{ status: 'resolved' }]);

    const activate = () => inTransaction(database.pool, (tx) => activateChange(tx, changeId, as(eva, AFTER_WINDOWS)));
    await expect(activate()).rejects.toMatchObject(alone);
    const activation = { kind: 'activation', change: changeId };
    await expect(proposeAct(database.pool, activation, as(eva, SOON))).rejects.toMatchObject({
      code: 'activation-blocked',
    });
    const late = await proposeAct(database.pool, activation, as(eva, AFTER_WINDOWS));
    await approving(late, ole, AFTER_WINDOWS);
    expect(await sql(`select status, activated_by from changes where id = $1`, changeId)).toEqual([
      { status: 'activated', activated_by: ole },
    ]);
    await twoTakeOff();
  });

  test('also are the terms themselves, and that an act takes two no more, whatever the setting is', async () => {
    const save = (overrides: Parameters<typeof aProduct>[0], reason: string | null = null) =>
      inTransaction(database.pool, (tx) => saveProduct(tx, aProduct(overrides), as(eva, SOON), reason));
    await asksTwoFor(database.pool, SOON, 'announcement');
    await expect(save({ secondPerson: [] })).rejects.toMatchObject({ code: 'second-person-needed' });
    // What is not asked for is done by one, and what is left out stands.
    await save({ holdMinutes: 30, secondPerson: ['announcement', 'terms'] });
    await expect(save({ holdMinutes: 0, secondPerson: ['announcement', 'terms'] })).rejects.toMatchObject({
      code: 'second-person-needed',
    });
    await expect(save({ holdMinutes: 30, secondPerson: ['announcement', 'terms'] })).resolves.toBeDefined();
    await twoTakeOff();
    const [{ hold_minutes, second_person }] = await sql(
      `select hold_minutes, second_person from products where id = 'truetalk'`,
    );
    expect({ hold_minutes, second_person }).toEqual({ hold_minutes: 0, second_person: [] });
  });
});

/** Every controller of the change is told by letter: its windows open. */
async function notifyEach(changeId: string): Promise<void> {
  const told = await sql(`select external_id from objection_windows where change_id = $1`, changeId);
  const arrivedOn = Temporal.PlainDate.from('2026-03-02');
  for (const { external_id: externalId } of told) {
    const letter = { changeId, externalId, arrivedOn, reference: 'test' };
    await inTransaction(database.pool, (tx) => recordLetter(tx, letter, at(START)));
  }
}

/** Nothing takes two any more: which takes two. */
async function twoTakeOff(): Promise<void> {
  const { id: _id, ...terms } = aProduct({ secondPerson: [] });
  const proposed = await proposeAct(
    database.pool,
    { kind: 'terms', product: 'truetalk', terms },
    as(eva, AFTER_WINDOWS),
  );
  await approving(proposed, ole, AFTER_WINDOWS);
}

test('A role that may do more than read takes two where its product asks for it, by an invitation too (D61)', async () => {
  const { pool } = database;
  const anne = await somebody(pool, 'Anne', 'admin', null);
  const evaId = eva.slice('person '.length);
  const give = (role: Role, product: string | null) =>
    inTransaction(pool, (tx) =>
      giveRole(tx, evaId, { role, products: product === null ? null : [product] }, as(anne, SOON)),
    );
  await asksTwoFor(pool, SOON, 'role');
  const alone = { code: 'second-person-needed' };
  await expect(give('approver', 'truetalk')).rejects.toMatchObject(alone);
  await expect(give('admin', null)).rejects.toMatchObject(alone);
  const link = { id: '01999a2e-6b20-7c11-9d52-3f4a5b6c7d8e', hash: Buffer.from('link') };
  const invite = (role: Role) =>
    inTransaction(pool, (tx) =>
      invitePerson(tx, { name: 'Bo Ny', email: 'bo@telenor.example', role, products: null }, link, as(anne, SOON)),
    );
  await expect(invite('approver')).rejects.toMatchObject(alone);
  await invite('reader');
  await expect(
    sql(
      `insert into person_roles (person_id, role, source, given_at, given_by) values ($1, 'admin', 'given', $2, 'sql')`,
      evaId,
      SOON,
    ),
  ).rejects.toThrow(/a role of all products takes two/);

  const act = { kind: 'role', person: evaId, role: 'approver', product: 'truetalk' };
  const proposal = await proposeAct(pool, act, as(anne, SOON));
  expect(proposal).toMatchObject({ subject: evaId, outcome: { name: 'Eva', roles: [{ role: 'officer' }] } });
  const { decisions } = await approving(proposal);
  const roles = await sql(
    `select id, given_by from person_roles where person_id = $1 and role = 'approver' and ended_at is null`,
    evaId,
  );
  expect(roles).toEqual([{ id: decisions[0]?.made, given_by: ole }]);
});
