import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { resolveObjection } from '../../src/commands/resolve-objection.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { InboundVerdict } from '../../src/domain/inbound-mail.ts';
import { contentOf, recordMailTo, recordUntaggedMail, takeMailOf } from '../support/mails.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { acceptNotice, announce, at, controllerId, notifyAll, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const AFTER = '2026-03-20T09:00:00Z';

let database: TestDatabase;
let numbers = 5000;

beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 2, ANNOUNCED);
});
afterAll(() => database.close());

/** As the owner, so that the guards refuse and not the grants (test/db/database-roles.test.ts). */
const sql = (text: string, parameters: unknown[] = []) => database.owner.query(text, parameters);

/** A change whose windows closed without objection. */
async function aQuietChange(): Promise<string> {
  const change = await announce(database.pool, ANNOUNCED, {
    subProcessor: aSubProcessor((numbers += 1)),
    plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
  });
  await notifyAll(database.pool, change.id, 2, ANNOUNCED);
  return change.id;
}

async function object(changeId: string, reasons: string | null = 'Vi er uenige i overførslen'): Promise<string> {
  const filed = await inTransaction(database.pool, async (tx) =>
    fileObjection(
      tx,
      {
        changeId,
        controllerId: await controllerId(database.pool, 'kunde-1'),
        channel: 'link',
        from: { name: null, email: null },
        reasons,
        receivedAt: Temporal.Instant.from('2026-03-03T09:00:00Z'),
      },
      at('2026-03-03T09:00:00Z'),
    ),
  );
  return filed.objection.id;
}

/** The company of the change $1, under the key $2, with facts that differ by $3. */
const ENTERING = `with entering as (select uuidv7() as id, product_id, contact_persons,
    sub_processor || $3::jsonb as facts from changes where id = $1)
  insert into register_entries (id, entry_id, product_id, name, name_key, registration_number, registration_key, address, country,
    contact_person, processing, personal_data, locations, active, change_id)
  select id, id, product_id, facts ->> 'name', $2, facts ->> 'registrationNumber', $2, facts ->> 'address', facts ->> 'country',
    coalesce(nullif(facts -> 'contactPerson', 'null'), contact_persons -> 'sub_processor/contactPerson'), facts -> 'processing', facts -> 'personalData', facts -> 'locations', daterange('2026-03-20', null), $1
  from entering`;

const activateBySql = (id: string, when = AFTER) =>
  sql(
    `update changes set status = 'activated', activated_at = $2, activated_on = ($2::timestamptz at time zone 'UTC')::date,
       activated_by = 'sql' where id = $1`,
    [id, when],
  );

describe('plain SQL that goes around the application', () => {
  test('can activate a change that nothing blocks, so the refusals below have the reason they give', async () => {
    await expect(activateBySql(await aQuietChange())).resolves.toMatchObject({ rowCount: 1 });
  });

  test('cannot activate a change over a pending objection', async () => {
    const id = await aQuietChange();
    await object(id);
    await expect(activateBySql(id)).rejects.toThrow(/an objection is pending/);
  });

  test('cannot activate a change whose windows are open, or whose planned date has not come', async () => {
    const id = await aQuietChange();
    await expect(activateBySql(id, '2026-03-12T22:59:59.999Z')).rejects.toThrow(/window is open/);
    const later = await announce(database.pool, ANNOUNCED, {
      subProcessor: aSubProcessor((numbers += 1)),
      plannedActivationOn: Temporal.PlainDate.from('2026-04-15'),
    });
    await expect(activateBySql(later.id)).rejects.toThrow(/not notified/);
    await notifyAll(database.pool, later.id, 2, ANNOUNCED);
    await expect(activateBySql(later.id)).rejects.toThrow(/planned date/);
  });

  test('cannot insert a change that is activated from the start', async () => {
    const id = await aQuietChange();
    await expect(
      sql(
        `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'name_key', 'x',
           'registration_key', 'x', 'status', 'activated', 'activated_at', now(), 'activated_on', now()::date))).* from changes c where id = $1`,
        [id],
      ),
    ).rejects.toThrow(/begins as announced/);
  });

  test.each([
    [`set sub_processor = sub_processor || '{"name": "Anden"}'`],
    [`set reason = '{"da": "En anden grund"}'`],
    [`set planned_activation_on = planned_activation_on + 1`],
    [`set objection_window_days = 1`],
    [`set time_zone = 'UTC'`],
    [`set announced_at = announced_at - interval '1 day'`],
    [`set version = version - 1`],
  ])('cannot change an announced change: %s', async (assignment) => {
    const id = await aQuietChange();
    await expect(sql(`update changes ${assignment} where id = $1`, [id])).rejects.toThrow(/\(D6\)|only rises/);
  });

  test('cannot bring a withdrawn change back, or move what is said of its end', async () => {
    const id = await aQuietChange();
    await inTransaction(database.pool, (tx) => withdrawChange(tx, id, { da: 'Fejl' }, at(AFTER)));
    await expect(
      sql(`update changes set status = 'announced', withdrawn_at = null where id = $1`, [id]),
    ).rejects.toThrow(/final/);
    await expect(sql(`update changes set withdrawal_reason = '{}' where id = $1`, [id])).rejects.toThrow(/final/);
    await expect(
      sql(
        `insert into objection_windows (change_id, controller_id, external_id)
           select $1, id, 'again' from controllers limit 1`,
        [id],
      ),
    ).rejects.toThrow();
    await expect(
      sql(
        `insert into objections (change_id, controller_id, channel, reasons, received_at, recorded_at, recorded_by, status)
         select $1, id, 'link', 'USA', $2, $2, 'sql', 'pending' from controllers limit 1`,
        [id, AFTER],
      ),
    ).rejects.toThrow(/has ended/);
  });

  test('cannot take a deadline back, restart a window, or move its controller', async () => {
    const id = await aQuietChange();
    for (const assignment of [
      `set deadline = deadline - interval '1 second'`,
      `set deadline = null, notified_at = null`,
      `set notified_at = notified_at + interval '1 day', deadline = deadline + interval '1 day'`,
      `set external_id = 'anden'`,
    ]) {
      await expect(sql(`update objection_windows ${assignment} where change_id = $1`, [id])).rejects.toThrow(/D8|D28/);
    }
  });

  test('cannot rewrite an objection, or move it on without a decision on record', async () => {
    const id = await aQuietChange();
    const objection = await object(id);
    for (const assignment of [
      `set reasons = 'Noget andet'`,
      `set received_at = received_at + interval '30 days'`,
      `set status = 'resolved'`,
      `set status = 'rejected', rejected_for = 'window-closed'`,
    ]) {
      await expect(sql(`update objections ${assignment} where id = $1`, [objection])).rejects.toThrow(/D19|D28/);
    }
    const attempt = await object(id, null);
    await expect(sql(`update objections set status = 'pending' where id = $1`, [attempt])).rejects.toThrow();
  });

  test.each([
    'changes',
    'register_entries',
    'objection_windows',
    'fan_outs',
    'objections',
    'objection_decisions',
    'messages',
    'message_attempts',
    'letters',
    'events',
    'audit_log',
    'agreements',
    'controllers',
    'products',
    'api_keys',
    'answers',
    'answer_decisions',
    'webhooks',
    'webhook_deliveries',
    'webhook_attempts',
    'operator_mails',
  ])('cannot delete or truncate %s', async (table) => {
    await expect(sql(`delete from ${table}`)).rejects.toThrow(/append-only/);
    await expect(sql(`truncate ${table} cascade`)).rejects.toThrow(/append-only/);
  });

  test.each([
    ['objection_decisions', `outcome = 'invalid'`],
    ['message_attempts', `outcome = 'accepted'`],
    ['letters', `reference = 'x'`],
    ['events', `type = 'x'`],
    ['audit_log', `actor = 'x'`],
  ])('cannot update %s', async (table, assignment) => {
    await expect(sql(`update ${table} set ${assignment}`)).rejects.toThrow(/append-only/);
  });

  test('cannot change the register but by the activation of a change', async () => {
    await expect(sql(`update register_entries set name = 'Anden'`)).rejects.toThrow(/D21/);
    await expect(
      sql(`update register_entries set active = daterange(lower(active), '2026-06-01') where name = 'Gintel AS'`),
    ).rejects.toThrow(/D21/);
    const insert = (changeId: string | null) =>
      sql(
        `insert into register_entries (product_id, name, name_key, address, country, processing, personal_data, locations,
           active, change_id)
         values ('truetalk', 'Udenom', 'udenom', 'x', 'DK', '{}', '{}', '[]', daterange('2026-03-20', null), $1)`,
        [changeId],
      );
    await expect(insert(null)).rejects.toThrow(/D21/);
    await expect(insert(await aQuietChange())).rejects.toThrow(/D21/);
    await expect(sql(`update products set register_loaded_at = null`)).rejects.toThrow(/D21/);
  });

  test('cannot list a company twice on one day', async () => {
    const id = await aQuietChange();
    await activateBySql(id);
    await expect(sql(ENTERING, [id, 'gintel as', '{}'])).rejects.toThrow(/exclusion/);
    await expect(sql(ENTERING, [id, 'som en anden', '{"address": "x"}'])).rejects.toThrow(/D21/);
    const another = '{"contactPerson": {"name": "En anden", "email": "en@anden.example"}}';
    await expect(sql(ENTERING, [id, 'som en anden', another])).rejects.toThrow(/D21/);
    await sql(ENTERING, [id, 'som en anden', '{}']);
    await expect(sql(ENTERING, [id, 'og en til', '{}'])).rejects.toThrow(/unique/);
  });

  test('cannot activate a change before each of its controllers has a window, or say that they have, or stop at some', async () => {
    const id = await aQuietChange();
    const { rows } = await sql('select reached, created_at from fan_outs where change_id = $1', [id]);
    const another = await announce(database.pool, ANNOUNCED, {
      subProcessor: aSubProcessor((numbers += 1)),
      plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
    });
    // A change without windows, as an announcement to very many controllers leaves it at first.
    const unwritten = await sql(
      `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'name_key', uuidv7(),
         'registration_key', uuidv7()))).* from changes c where id = $1 returning id`,
      [another.id],
    );
    const [{ id: changeId }] = unwritten.rows;
    const begin = (finished: string | null) =>
      sql(
        `insert into fan_outs (change_id, kind, created_at, reached, controllers_left, notices_left, finished_at)
         values ($1, 'notice', $2, $3, $4, $4, $5)`,
        [changeId, ANNOUNCED, rows[0].reached, finished === null ? 2 : 0, finished],
      );
    await expect(begin(ANNOUNCED)).rejects.toThrow(/no window yet/);
    await begin(null);
    await expect(activateBySql(changeId)).rejects.toThrow(/no window and no notice yet/);
    for (const [assignment, refusal] of [
      [`finished_at = created_at, controllers_left = 0, notices_left = 0`, /no window yet/],
      [`stopped_at = created_at`, /every controller is to be notified/],
      [`reached = '00000000-0000-0000-0000-000000000000'`, /only goes forward/],
      [`controllers_left = controllers_left + 1`, /only goes forward/],
    ] as const) {
      await expect(sql(`update fan_outs set ${assignment} where change_id = $1`, [changeId])).rejects.toThrow(refusal);
    }
    await expect(sql(`update fan_outs set finished_at = null where change_id = $1`, [id])).rejects.toThrow(/ends once/);
  });

  test('and an objection that commits while SQL activates is never passed over', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await aQuietChange();
      const [objected, activated] = await Promise.allSettled([object(id), activateBySql(id)]);
      const { rows } = await sql(
        `select status, (select count(*)::int from objections where change_id = $1 and status = 'pending') as pending
         from changes where id = $1`,
        [id],
      );
      expect(objected.status).toBe('fulfilled');
      expect(rows[0]).toEqual(
        activated.status === 'fulfilled' ? { status: 'activated', pending: 0 } : { status: 'announced', pending: 1 },
      );
    }
  });
});

test('an outcome once recorded for a message stays', async () => {
  const id = await aQuietChange();
  await acceptNotice(database.pool, id, 'kunde-1', ANNOUNCED);
  await expect(
    sql(`update messages set status = 'pending', accepted_at = null where change_id = $1`, [id]),
  ).rejects.toThrow(/D28/);
  await expect(sql(`update messages set email = 'x@y.example' where change_id = $1`, [id])).rejects.toThrow(/D28/);
});

test('an application that resolves and activates is let through by every guard', async () => {
  const id = await aQuietChange();
  const objection = await object(id);
  await inTransaction(database.pool, (tx) =>
    resolveObjection(
      tx,
      objection,
      { outcome: 'withdrawn', explanation: 'I mailen af 3. marts', mailId: null },
      at(AFTER),
    ),
  );
  const activated = await inTransaction(database.pool, (tx) => activateChange(tx, id, at(AFTER)));
  expect(activated.status).toBe('activated');
});

describe('what comes back by mail', () => {
  const raw = Buffer.from('Subject: Svar\r\n\r\nVi gør indsigelse\r\n');
  let mails = 0;

  /** A change whose notice to kunde-1 was accepted. Only that notice opens the window. */
  async function anAcceptedNotice(): Promise<{ changeId: string; messageId: string }> {
    const change = await announce(database.pool, ANNOUNCED, { subProcessor: aSubProcessor((numbers += 1)) });
    const { messageId } = await acceptNotice(database.pool, change.id, 'kunde-1', ANNOUNCED);
    return { changeId: change.id, messageId };
  }

  async function receive(messageId: string, verdict: InboundVerdict) {
    const receivedAt = Temporal.Instant.from('2026-03-03T09:00:00Z');
    await recordMailTo(database.pool, messageId, `${raw.toString()}${(mails += 1)}`, receivedAt);
    return takeMailOf(database.pool, messageId, verdict);
  }
  const anAnswer: InboundVerdict = {
    takenAs: 'answer',
    knownBy: 'nothing else',
    content: contentOf('Vi gør indsigelse'),
  };
  const aBounce: InboundVerdict = {
    takenAs: 'report',
    knownBy: 'RFC 3464',
    content: contentOf(''),
    reports: [{ action: 'failed', status: '5.1.1', diagnostic: null, recipients: [] }],
  };
  const reopenBySql = (changeId: string) =>
    sql(
      `update objection_windows set notified_at = null, deadline = null
       where change_id = $1 and external_id = 'kunde-1'`,
      [changeId],
    );

  test('cannot activate a change over an answer that nobody has read', async () => {
    const changeId = await aQuietChange();
    const { rows } = await sql('select id from messages where change_id = $1 limit 1', [changeId]);
    await receive(rows[0].id, anAnswer);
    await expect(activateBySql(changeId)).rejects.toThrow('an answer is unread (D20)');
  });

  test('cannot read an answer, or write one as read, without a decision', async () => {
    const { messageId } = await anAcceptedNotice();
    await receive(messageId, anAnswer);
    await expect(sql(`update answers set status = 'not-an-objection'`)).rejects.toThrow('by a decision on record only');
    await expect(sql(`update answers set received_at = now()`)).rejects.toThrow('append-only (D28)');
    await expect(sql('delete from answers')).rejects.toThrow('append-only (D28)');
    const asRead = `insert into answers (inbound_mail_id, message_id, change_id, controller_id, received_at, status)
      select inbound_mail_id, message_id, change_id, controller_id, received_at, 'not-an-objection' from answers limit 1`;
    await expect(sql(asRead)).rejects.toThrow('unread until somebody has read it');
  });

  test('cannot activate a change over a mail that nobody has read, of its own or of nobody in particular', async () => {
    const changeId = await aQuietChange();
    const { rows } = await sql('select id from messages where change_id = $1 limit 1', [changeId]);
    const receivedAt = Temporal.Instant.from('2026-03-03T09:00:00Z');
    await recordMailTo(database.pool, rows[0].id, 'Til os', receivedAt);
    await expect(activateBySql(changeId)).rejects.toThrow('a mail that came in has not been read (D20)');
    const automatic = { takenAs: 'automatic', knownBy: 'Auto-Submitted', content: contentOf('') } as const;
    await takeMailOf(database.pool, rows[0].id, automatic);
    await recordUntaggedMail(database.pool, 'varsel@telenor.example', 'Til hvem?', receivedAt);
    await expect(activateBySql(changeId)).rejects.toThrow('a mail that came in has not been read (D20)');
  });

  test('cannot take a mail anew, or say what it is about, without a decision', async () => {
    const { messageId } = await anAcceptedNotice();
    await receive(messageId, anAnswer);
    await expect(
      sql(`update inbound_mails set taken_as = 'automatic' where message_id = $1`, [messageId]),
    ).rejects.toThrow('by a decision on record only');
    await expect(
      sql(`update inbound_mails set text = 'Vi er enige' where message_id = $1`, [messageId]),
    ).rejects.toThrow('by a decision on record only');
    await recordMailTo(database.pool, messageId, 'Endnu en', Temporal.Instant.from('2026-03-03T09:00:00Z'));
    await expect(
      sql('update inbound_mails set message_id = null where message_id = $1 and taken_as is null', [messageId]),
    ).rejects.toThrow('what it is about stands');
    const { messageId: another } = await anAcceptedNotice();
    await expect(
      sql('update inbound_mails set message_id = $2 where message_id = $1 and taken_as is null', [messageId, another]),
    ).rejects.toThrow('what it is about stands');
  });

  test('cannot change what came in', async () => {
    const { messageId } = await anAcceptedNotice();
    await receive(messageId, aBounce);
    for (const table of ['inbound_contents', 'inbound_mails', 'bounces']) {
      await expect(sql(`delete from ${table}`)).rejects.toThrow('append-only (D28)');
    }
    await expect(sql(`update bounces set effect = 'none'`)).rejects.toThrow('append-only (D28)');
    await expect(sql(`insert into inbound_contents values ('\\x00', '\\x01')`)).rejects.toThrow('check constraint');
  });

  test('revokes a notice by a bounce on record only', async () => {
    const { messageId } = await anAcceptedNotice();
    const revoke = () =>
      sql(`update messages set status = 'failed', accepted_at = null, last_error = 'x' where id = $1`, [messageId]);
    await expect(revoke()).rejects.toThrow('only a bounce on record revokes it (D12)');
    await expect(sql(`update messages set last_error = 'x' where id = $1`, [messageId])).rejects.toThrow('append-only');
    await expect(
      sql(`update messages set status = 'pending', accepted_at = null where id = $1`, [messageId]),
    ).rejects.toThrow('append-only (D28)');
    expect(await receive(messageId, aBounce)).toMatchObject({ effect: 'reopened' });
    await expect(sql(`update messages set status = 'pending' where id = $1`, [messageId])).rejects.toThrow(
      'append-only',
    );
  });

  test('closes no window as not notified while a notice stands, and none without a bounce on record', async () => {
    const { changeId, messageId } = await anAcceptedNotice();
    await expect(reopenBySql(changeId)).rejects.toThrow('only when no notice stands, on the record (D8, D12)');
    await expect(
      sql(
        `insert into bounces (message_id, change_id, controller_id, action, evidence, effect, accepted_at, window_id,
           notified_at, deadline, recorded_at, recorded_by)
         select $2, change_id, controller_id, 'failed', '{}', 'reopened', $3, id, notified_at, deadline, $3, 'sql'
         from objection_windows where change_id = $1 and external_id = 'kunde-1'`,
        [changeId, messageId, ANNOUNCED],
      ).then(() => reopenBySql(changeId)),
    ).rejects.toThrow('only when no notice stands, on the record (D8, D12)');
  });

  test('closes no window of a controller that was reached by letter, or of a change that has ended', async () => {
    const { changeId, messageId } = await anAcceptedNotice();
    await notifyAll(database.pool, changeId, 1, ANNOUNCED);
    expect(await receive(messageId, aBounce)).toMatchObject({ effect: 'revoked' });
    await expect(reopenBySql(changeId)).rejects.toThrow('only when no notice stands, on the record (D8, D12)');
    const ended = await anAcceptedNotice();
    await inTransaction(database.pool, (tx) =>
      withdrawChange(tx, ended.changeId, { da: 'Fortrudt' }, at('2026-03-03T09:00:00Z')),
    );
    expect(await receive(ended.messageId, aBounce)).toMatchObject({ effect: 'revoked' });
    await expect(reopenBySql(ended.changeId)).rejects.toThrow('only when no notice stands, on the record (D8, D12)');
  });

  /** A notice that has bounced, as plain SQL records it: only the proof, if any, keeps its window. */
  async function aBounceBySql(messageId: string, recipient: string | null = 'ib@kunde-1.example'): Promise<void> {
    await sql(
      `insert into bounces (message_id, change_id, controller_id, action, evidence, effect, accepted_at, window_id,
         notified_at, deadline, recorded_at, recorded_by, recipient)
       select m.id, w.change_id, w.controller_id, 'failed', '{}', 'reopened', m.accepted_at, w.id, w.notified_at, w.deadline,
         $2, 'sql', $3
       from messages m join objection_windows w using (change_id, controller_id) where m.id = $1`,
      [messageId, '2026-03-04T09:00:00Z', recipient],
    );
    await sql(`update messages set status = 'failed', accepted_at = null, last_error = 'x' where id = $1`, [messageId]);
  }

  const aStatement = (messageId: string, recordedAt: string) =>
    sql(
      `insert into arrival_statements (message_id, change_id, controller_id, evidence, recorded_at, recorded_by)
       select id, change_id, controller_id, 'Telefonisk bekræftet', $2, 'sql' from messages where id = $1`,
      [messageId, recordedAt],
    );

  const aReportOn = (messageId: string, action: string, recipient: string | null) =>
    sql(
      `insert into bounces (message_id, change_id, controller_id, action, evidence, effect, recorded_at, recorded_by, recipient)
       select id, change_id, controller_id, $2, '{}', 'none', $3, 'sql', $4 from messages where id = $1`,
      [messageId, action, '2026-03-03T10:00:00Z', recipient],
    );

  async function anAnswerThatIs(messageId: string, decision: string, writtenByPerson: boolean): Promise<void> {
    const taken = await receive(messageId, anAnswer);
    if (taken?.takenAs !== 'answer') throw new Error('no answer');
    await sql(
      `insert into answer_decisions (answer_id, decision, written_by_person, explanation, decided_at, decided_by)
       values ($1, $2, $3, 'x', $4, 'sql')`,
      [taken.id, decision, writtenByPerson, '2026-03-03T10:00:00Z'],
    );
  }

  type Given = { changeId: string; messageId: string };

  test('closes the window of a notice that bounced while nothing proves its arrival, so the refusals below have their reason', async () => {
    const { changeId, messageId } = await anAcceptedNotice();
    await aBounceBySql(messageId);
    expect(await reopenBySql(changeId)).toMatchObject({ rowCount: 1 });
  });

  test.each<[string, (given: Given) => Promise<unknown>]>([
    ['an attempt through a link', ({ changeId }) => object(changeId)],
    ['an attempt through a link that was rejected', ({ changeId }) => object(changeId, 'n/a')],
    ['an answer that a person wrote', ({ messageId }) => anAnswerThatIs(messageId, 'not-an-objection', true)],
    ['what an officer states', ({ messageId }) => aStatement(messageId, '2026-03-03T10:00:00Z')],
    [
      'a delivery to a member of an alias',
      ({ messageId }) => aReportOn(messageId, 'delivered', 'hans@kunde-1.example'),
    ],
  ])('closes no window over a proof of arrival: %s (D30)', async (_name, prove) => {
    const given = await anAcceptedNotice();
    await prove(given);
    await aBounceBySql(given.messageId);
    await expect(reopenBySql(given.changeId)).rejects.toThrow('only when no notice stands, on the record (D8, D12)');
  });

  test.each<[string, (given: Given) => Promise<unknown>]>([
    ['a mail that nobody has read', ({ messageId }) => receive(messageId, anAnswer)],
    ['an answer of a program', ({ messageId }) => anAnswerThatIs(messageId, 'not-an-objection', false)],
    ['a delivery of which nobody says to whom', ({ messageId }) => aReportOn(messageId, 'delivered', null)],
    ['a delivery to the alias', ({ messageId }) => aReportOn(messageId, 'delivered', 'DPO@kunde-1.example')],
    ['a delay of a member', ({ messageId }) => aReportOn(messageId, 'delayed', 'hans@kunde-1.example')],
    [
      'what an officer stated before the window was there',
      ({ messageId }) => aStatement(messageId, '2026-03-01T10:00Z'),
    ],
  ])('closes a window over what proves nothing: %s', async (_name, happen) => {
    const given = await anAcceptedNotice();
    await happen(given);
    await aBounceBySql(given.messageId);
    expect(await reopenBySql(given.changeId)).toMatchObject({ rowCount: 1 });
  });

  test.each([
    ['that very member', 'Hans@kunde-1.example'],
    ['nobody says whom', null],
  ])('closes a window over a delivery to a member where the notice failed for %s', async (_name, recipient) => {
    const { changeId, messageId } = await anAcceptedNotice();
    await aReportOn(messageId, 'delivered', 'hans@kunde-1.example');
    await aBounceBySql(messageId, recipient);
    expect(await reopenBySql(changeId)).toMatchObject({ rowCount: 1 });
  });

  test('makes no window stand again with less than it had', async () => {
    const { changeId, messageId } = await anAcceptedNotice();
    await aBounceBySql(messageId);
    await reopenBySql(changeId);
    await aStatement(messageId, '2026-03-05T10:00:00Z');
    const restore = async (deadline: string) => {
      await sql(
        `insert into window_restorations (window_id, notified_at, deadline, statement_id, recorded_at, recorded_by)
         select w.id, $2, $3, s.id, s.recorded_at, 'sql'
         from objection_windows w join arrival_statements s using (change_id, controller_id) where w.change_id = $1`,
        [changeId, ANNOUNCED, deadline],
      );
      return sql(
        `update objection_windows set notified_at = $2, deadline = $3 where change_id = $1 and external_id = 'kunde-1'`,
        [changeId, ANNOUNCED, deadline],
      );
    };
    await expect(restore('2026-03-12T22:59:59Z')).rejects.toThrow('it is not shorter than it stood (D11, D30)');
    expect(await restore('2026-03-12T23:00:00Z')).toMatchObject({ rowCount: 1 });
  });

  test('calls no objection an answer that no person wrote, and keeps what was stated and restored as it is', async () => {
    const { messageId } = await anAcceptedNotice();
    await expect(anAnswerThatIs(messageId, 'objection', false)).rejects.toThrow('check constraint');
    await aStatement(messageId, '2026-03-03T10:00:00Z');
    for (const table of ['arrival_statements', 'window_restorations']) {
      await expect(sql(`delete from ${table}`)).rejects.toThrow('append-only (D28)');
    }
    await expect(sql(`update arrival_statements set evidence = 'x'`)).rejects.toThrow('append-only (D28)');
  });
});
