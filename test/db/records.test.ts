import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { contentOf, recordMailTo, takeMailOf } from '../support/mails.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { acceptNotice, announce, at, controllerId, notifyAll, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const DAY_AFTER = '2026-03-03T09:00:00Z';
const DEADLINE = '2026-03-12T23:00:00Z';
const PLANNED = Temporal.Now.plainDateISO().add({ days: 30 });

let database: TestDatabase;
let numbers = 6000;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 2, ANNOUNCED);
});
afterAll(() => database.close());

/** As the owner, so that the guards refuse and not the grants. */
const sql = (text: string, parameters: unknown[] = []) => database.owner.query(text, parameters);

async function aChange(): Promise<string> {
  const { id } = await announce(database.pool, ANNOUNCED, {
    subProcessor: aSubProcessor((numbers += 1)),
    plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
  });
  return id;
}

async function anObjection(changeId: string): Promise<string> {
  const received = {
    changeId,
    controllerId: await controllerId(database.pool, 'kunde-1'),
    channel: 'link',
    from: { name: null, email: null },
    reasons: 'Vi er uenige i overførslen',
    receivedAt: Temporal.Instant.from(DAY_AFTER),
  } as const;
  const { objection } = await inTransaction(database.pool, (tx) => fileObjection(tx, received, at(DAY_AFTER)));
  return objection.id;
}

describe('A window', () => {
  const open = (changeId: string, notifiedAt: string, deadline: string) =>
    sql(
      `update objection_windows set notified_at = $2, deadline = $3 where change_id = $1 and external_id = 'kunde-1'`,
      [changeId, notifiedAt, deadline],
    );
  const aLetter = (changeId: string, arrivedOn: string, recordedAt = DAY_AFTER) =>
    sql(
      `insert into letters (change_id, controller_id, arrived_on, reference, recorded_at, recorded_by)
       select change_id, controller_id, $2, 'RR 1', $3, 'sql' from objection_windows
       where change_id = $1 and external_id = 'kunde-1'`,
      [changeId, arrivedOn, recordedAt],
    );

  test('opens with no invented dates: a notice was accepted at that moment, or a letter arrived on that day (D8, D13)', async () => {
    const id = await aChange();
    await expect(open(id, ANNOUNCED, DEADLINE)).rejects.toThrow('opens by a notice that was accepted');
    await aLetter(id, '2026-03-03');
    await expect(open(id, ANNOUNCED, DEADLINE)).rejects.toThrow('opens by a notice that was accepted');
    expect(await open(id, '2026-03-02T23:00:00Z', '2026-03-13T23:00:00Z')).toMatchObject({ rowCount: 1 });
  });

  test('opens with its ten days, the day of the notification not counted (D9)', async () => {
    const id = await aChange();
    await aLetter(id, '2026-03-03');
    await expect(open(id, '2026-03-02T23:00:00Z', DEADLINE)).rejects.toThrow('has 10 days');
  });

  test('opens by no notice of another controller, of another kind, or that has bounced (D12)', async () => {
    const id = await aChange();
    await acceptNotice(database.pool, id, 'kunde-2', ANNOUNCED);
    await expect(open(id, ANNOUNCED, DEADLINE)).rejects.toThrow('opens by a notice that was accepted');
    const another = await aChange();
    const { messageId } = await acceptNotice(database.pool, another, 'kunde-1', ANNOUNCED);
    await recordMailTo(database.pool, messageId, `bounce ${messageId}`, Temporal.Instant.from(DAY_AFTER));
    await takeMailOf(database.pool, messageId, {
      takenAs: 'report',
      knownBy: 'RFC 3464',
      content: contentOf(''),
      reports: [{ action: 'failed', status: '5.1.1', diagnostic: null, recipients: [] }],
    });
    await expect(open(another, ANNOUNCED, DEADLINE)).rejects.toThrow('opens by a notice that was accepted');
  });

  test('stands again by no restoration without a proof (D30)', async () => {
    const id = await aChange();
    await sql(
      `with stated as (
         insert into arrival_statements (message_id, change_id, controller_id, evidence, recorded_at, recorded_by)
         select m.id, m.change_id, m.controller_id, 'x', '2026-03-01T09:00Z', 'sql' from messages m join controllers c
           on c.id = m.controller_id where m.change_id = $1 and c.external_id = 'kunde-1' returning *
       )
       insert into window_restorations (window_id, notified_at, deadline, statement_id, recorded_at, recorded_by)
       select w.id, $2, $3, s.id, s.recorded_at, 'sql' from stated s join objection_windows w using (change_id, controller_id)`,
      [id, ANNOUNCED, DEADLINE],
    );
    await expect(open(id, ANNOUNCED, DEADLINE)).rejects.toThrow('opens by a notice that was accepted');
  });

  test('is written closed, for a controller that counts', async () => {
    const id = await aChange();
    for (const [columns, values] of [
      ['notified_at, deadline', `'${ANNOUNCED}', '${DEADLINE}'`],
      ['left_at', `'${ANNOUNCED}'`],
    ]) {
      await expect(
        sql(
          `insert into objection_windows (change_id, controller_id, external_id, created_at, ${columns})
           select $1, id, 'x', $2, ${values} from controllers limit 1`,
          [id, ANNOUNCED],
        ),
      ).rejects.toThrow('append-only (D28)');
    }
  });

  test('is left only with an agreement that ended at that moment (D7)', async () => {
    const id = await aChange();
    await expect(
      sql(`update objection_windows set left_at = $2 where change_id = $1 and external_id = 'kunde-1'`, [
        id,
        DAY_AFTER,
      ]),
    ).rejects.toThrow(/counts \(D7\)/);
    // Every agreement ended, by nobody, so that no window is left to close.
    await expect(
      inTransaction(database.owner, async (tx) => {
        await tx.query('update agreements set ended_at = $1', [DAY_AFTER]);
        await tx.query('update objection_windows set left_at = $2 where change_id = $1', [id, DAY_AFTER]);
      }),
    ).rejects.toThrow('with who ended it on record');
    await expect(
      inTransaction(database.owner, async (tx) => {
        await tx.query('update agreements set ended_at = $1', [DAY_AFTER]);
        await tx.query('update objection_windows set left_at = $2 where change_id = $1', [id, ANNOUNCED]);
      }),
    ).rejects.toThrow('has ended no agreement at');
  });

  test.each([
    ['before the announcement', '2026-03-01', DAY_AFTER],
    ['after it was recorded', '2026-03-04', DAY_AFTER],
  ])('is opened by no letter that arrived %s (D13)', async (_when, arrivedOn, recordedAt) => {
    await expect(aLetter(await aChange(), arrivedOn, recordedAt)).rejects.toThrow('to that of its record (D13)');
  });
});

describe('An agreement', () => {
  const join = (externalId: string) =>
    sql(
      `with joined as (
         insert into controllers (external_id, name, registration_number, created_at, updated_at)
         values ($1, 'Udenom', '1', $2, $2) returning id
       )
       insert into agreements (controller_id, product_id, started_at) select id, 'truetalk', $2 from joined`,
      [externalId, ANNOUNCED],
    );

  test('has a window for each announced change when it begins, or does not begin (D7)', async () => {
    await aChange();
    await expect(join('udenom-1')).rejects.toThrow('joins without a window for an announced change (D7)');
    expect((await sql(`select from controllers where external_id = 'udenom-1'`)).rowCount).toBe(0);
  });

  test('waits for an announcement under way, which does not see it', async () => {
    const own = await createDatabase();
    try {
      await seed(own.pool, 1, ANNOUNCED);
      let joining: Promise<unknown> = Promise.resolve();
      await inTransaction(own.pool, async (tx) => {
        await tx.query(`select from products where id = 'truetalk' for no key update`);
        joining = own.owner.query(
          `with joined as (
             insert into controllers (external_id, name, registration_number, created_at, updated_at)
             values ('udenom', 'Udenom', '1', $1, $1) returning id
           )
           insert into agreements (controller_id, product_id, started_at) select id, 'truetalk', $1 from joined`,
          [ANNOUNCED],
        );
        joining.catch(() => undefined);
        await untilLockWaiters(own.owner);
      });
      await joining;
    } finally {
      await own.close();
    }
  });

  test('does not begin with its end, nor end before it began', async () => {
    await expect(
      sql(
        `insert into agreements (controller_id, product_id, started_at, ended_at)
         select id, 'truetalk', $1, $2 from controllers limit 1`,
        [ANNOUNCED, DAY_AFTER],
      ),
    ).rejects.toThrow('append-only (D28)');
    await expect(sql(`update agreements set ended_at = started_at - interval '1 second'`)).rejects.toThrow(
      'ends after it began',
    );
  });
});

describe('A decision', () => {
  interface Decision {
    readonly decision?: string;
    readonly outcome?: string | null;
    readonly explanation?: string;
    readonly decidedAt?: string;
    readonly decidedBy?: string;
  }
  const decide = (
    objection: string,
    {
      decision = 'resolved',
      outcome = 'accommodated',
      explanation = 'Bekræftet skriftligt',
      decidedAt = '2026-03-04T09:00:00Z',
      decidedBy = 'Officer',
    }: Decision = {},
  ) =>
    sql(
      `insert into objection_decisions (objection_id, decision, outcome, explanation, decided_at, decided_by)
       values ($1, $2, $3, $4, $5, $6)`,
      [objection, decision, outcome, explanation, decidedAt, decidedBy],
    );

  test.each<[string, Decision, string]>([
    ['by nobody', { decidedBy: ' ' }, 'who made it'],
    ['before the objection was recorded', { decidedAt: '2026-03-03T08:58:00Z' }, 'after what it is about'],
    ['as change-withdrawn while the change is announced', { outcome: 'change-withdrawn' }, 'cannot be decided as'],
    ['as agreement-ended while the agreement runs', { outcome: 'agreement-ended' }, 'cannot be decided as'],
    ['as invalid without an explanation', { outcome: 'invalid', explanation: '  ' }, 'objection_decisions_evidence'],
    ['as accepted late, which it was not', { decision: 'accepted-late', outcome: null }, 'cannot be decided as'],
  ])('resolves no objection %s (D19)', async (_name, decision, refusal) => {
    const objection = await anObjection(await aChange());
    await expect(decide(objection, decision)).rejects.toThrow(refusal);
    expect(await decide(objection)).toMatchObject({ rowCount: 1 });
  });

  test('calls no answer an objection that was made to another change, and is made once', async () => {
    const id = await aChange();
    const { messageId } = await acceptNotice(database.pool, id, 'kunde-1', ANNOUNCED);
    await recordMailTo(database.pool, messageId, `answer ${messageId}`, Temporal.Instant.from(DAY_AFTER));
    const taken = await takeMailOf(database.pool, messageId, {
      takenAs: 'answer',
      knownBy: 'nothing else',
      content: contentOf('Vi gør indsigelse'),
    });
    const other = await anObjection(await aChange());
    const own = await anObjection(id);
    const classify = (objection: string, decidedAt: string) =>
      sql(
        `insert into answer_decisions (answer_id, decision, written_by_person, objection_id, decided_at, decided_by)
         values ($1, 'objection', true, $2, $3, 'Officer')`,
        [(taken as { id: string }).id, objection, decidedAt],
      );
    await expect(classify(other, '2026-03-04T09:00:00Z')).rejects.toThrow('of its controller to its change');
    await expect(classify(own, ANNOUNCED)).rejects.toThrow('after what it is about');
    expect(await classify(own, '2026-03-04T09:00:00Z')).toMatchObject({ rowCount: 1 });
  });
});

describe('A message', () => {
  test('is accepted, or fails, by an attempt on record (D28)', async () => {
    const id = await aChange();
    const set = (assignment: string) => sql(`update messages set ${assignment} where change_id = $1`, [id]);
    await expect(set(`status = 'accepted', accepted_at = '${ANNOUNCED}'`)).rejects.toThrow('of an attempt on record');
    await expect(set(`status = 'failed'`)).rejects.toThrow('of an attempt on record');
    await sql(
      `insert into message_attempts (message_id, started_at, finished_at, outcome)
       select id, $2, $2, 'accepted' from messages where change_id = $1`,
      [id, ANNOUNCED],
    );
    await expect(set(`status = 'accepted', accepted_at = '${DAY_AFTER}'`)).rejects.toThrow('of an attempt on record');
    expect(await set(`status = 'accepted', accepted_at = '${ANNOUNCED}'`)).toMatchObject({ rowCount: 2 });
  });

  test('is not written with an outcome', async () => {
    await expect(
      sql(
        `insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at, status,
           accepted_at)
         select kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at, 'accepted', $2
         from messages where change_id = $1`,
        [await aChange(), ANNOUNCED],
      ),
    ).rejects.toThrow('append-only (D28)');
  });
});

test('A key keeps its role and its hash, and a revoked one stays revoked', async () => {
  await sql(
    `insert into api_keys (name, role, hash, created_at, created_by) values ('x', 'reader', '\\x01', $1, 'sql')`,
    [ANNOUNCED],
  );
  for (const assignment of [`role = 'admin'`, `hash = '\\x02'`, `expires_at = null`, `name = 'y'`]) {
    await expect(sql(`update api_keys set ${assignment}`)).rejects.toThrow('append-only (D28)');
  }
  await sql(`update api_keys set revoked_at = $1, revoked_by = 'sql'`, [DAY_AFTER]);
  for (const assignment of ['revoked_at = null, revoked_by = null', `revoked_by = 'y'`]) {
    await expect(sql(`update api_keys set ${assignment}`)).rejects.toThrow('append-only (D28)');
  }
  await sql('update api_keys set last_used_at = $1', [DAY_AFTER]);
});

test.each([
  ['before its change was announced', '2026-03-02T08:59:59Z', DAY_AFTER],
  ['after it was recorded', '2026-03-03T09:00:01Z', DAY_AFTER],
])('An objection that an officer records was not received %s (D17)', async (_when, receivedAt, recordedAt) => {
  await expect(
    sql(
      `insert into objections (change_id, controller_id, channel, reasons, received_at, recorded_at, recorded_by, status)
       select $1, id, 'email', 'USA', $2, $3, 'sql', 'pending' from controllers limit 1`,
      [await aChange(), receivedAt, recordedAt],
    ),
  ).rejects.toThrow('from the announcement on, and before it is recorded (D17)');
});

test.each([
  'objection_window_days = 30',
  'roll_forward = true',
  'contract_window_days = 5',
  'contract_window_days = null, contract_time_zone = null',
])('A product has the terms that are on record, and not by plain SQL %s (D9)', async (assignment) => {
  await expect(sql(`update products set ${assignment}`)).rejects.toThrow('the terms that are on record (D9, D28)');
});

test.each([
  ['objection_window_days', 6],
  ['objection_window_days', 366],
  ['contract_window_days', 6],
])('Terms are of 7 to 365 days from now on, and not with %s = %i (D9)', async (column, days) => {
  const columns = 'product_id, objection_window_days, time_zone, roll_forward, recorded_at, recorded_by';
  const terms = { objection_window_days: 10, contract_window_days: 10, [column]: days };
  await expect(
    sql(
      `insert into product_terms (${columns}, contract_window_days) select ${columns.replace('objection_window_days', '$1')},
         $2 from product_terms limit 1`,
      [terms.objection_window_days, terms.contract_window_days],
    ),
  ).rejects.toThrow(`product_terms_${column}_check`);
});

test('A change says nothing of an end that it has not had, and no milestone is told anew', async () => {
  const id = await aChange();
  for (const assignment of [`withdrawn_by = 'x'`, `activated_by = 'x'`, `withdrawal_reason = '{}'`]) {
    await expect(sql(`update changes set ${assignment} where id = $1`, [id])).rejects.toThrow('of another end (D24)');
  }
  for (const column of [
    'notified_event_at',
    'deadline_approaching_event_at',
    'answers_approaching_event_at',
    'windows_closed_event_at',
  ]) {
    await sql(`update changes set ${column} = $2 where id = $1`, [id, ANNOUNCED]);
    await expect(sql(`update changes set ${column} = null where id = $1`, [id])).rejects.toThrow('append-only (D28)');
  }
});

describe('A change', () => {
  const announceBySql = async (overrides: object) =>
    sql(
      `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'name_key', uuidv7(),
         'registration_key', uuidv7()) || $2)).* from changes c where id = $1 returning id`,
      [await aChange(), JSON.stringify(overrides)],
    );

  test.each([{ objection_window_days: 1 }, { time_zone: 'Pacific/Kiritimati' }, { roll_forward: true }])(
    'is announced on the terms of its product and not with %j (D6)',
    async (overrides) => {
      await expect(announceBySql(overrides)).rejects.toThrow('on the terms of its product (D6)');
    },
  );

  test('is planned for a day after its windows (D4)', async () => {
    await expect(announceBySql({ planned_activation_on: '2026-03-12' })).rejects.toThrow('after the windows');
  });

  test('is activated only when windows have been written for everybody (D5, D20)', async () => {
    const { rows } = await announceBySql({});
    await expect(
      sql(
        `update changes set status = 'activated', activated_at = $2, activated_on = '2026-03-20', activated_by = 'sql'
         where id = $1`,
        [rows[0].id, '2026-03-20T09:00:00Z'],
      ),
    ).rejects.toThrow('controllers have no window and no notice yet (D5, D20)');
  });

  test('is activated over nothing that is in order, so the refusals above have the reason they give', async () => {
    const id = await aChange();
    await notifyAll(database.pool, id, 2, ANNOUNCED);
    expect(
      await sql(
        `update changes set status = 'activated', activated_at = $2, activated_on = '2026-03-20', activated_by = 'sql'
         where id = $1`,
        [id, '2026-03-20T09:00:00Z'],
      ),
    ).toMatchObject({ rowCount: 1 });
  });
});

describe('What is recorded now', () => {
  const now = Temporal.Now.instant();
  const audit = (on: TestDatabase, when: Temporal.Instant) =>
    on.pool.query(
      `insert into audit_log (at, actor, action, subject, details) values ($1, 'x', 'key.revoked', 'x', '{}')`,
      [when.toString()],
    );

  test('was not done the day before yesterday (D28)', async () => {
    const own = await createDatabase('PT0S');
    onTestFinished(() => own.close());
    await seed(own.pool, 1, now.toString());
    const before = now.subtract({ hours: 48 });
    await expect(audit(own, before)).rejects.toThrow('an act is recorded when it is done');
    await expect(announce(own.pool, before.toString(), { plannedActivationOn: PLANNED })).rejects.toThrow(
      'announced_at of',
    );
    const { id } = await announce(own.pool, now.toString(), { plannedActivationOn: PLANNED });
    for (const [statement, instants] of [
      [
        `insert into objections (change_id, controller_id, channel, reasons, received_at, recorded_at, recorded_by, status)
         select $1, id, 'link', 'USA', $2, $2, 'sql', 'pending' from controllers`,
        'recorded_at',
      ],
      [
        `update changes set status = 'withdrawn', withdrawn_at = $2, withdrawn_by = 'x', withdrawal_reason = '{}' where id = $1`,
        'withdrawn_at',
      ],
    ] as const) {
      await expect(own.pool.query(statement, [id, before.toString()])).rejects.toThrow(`${instants} of`);
    }
    await audit(own, now.subtract({ hours: 23 }));
  });

  test('is dated by its own clock in a trial', async () => {
    await audit(database, now.subtract({ hours: 48 }));
  });
});

test('An event takes no place in the feed that keeps its readers waiting', async () => {
  const insert = (place: string) =>
    database.pool.query(
      `insert into events (xact_id, type, at, data) values (${place}, 'webhook.enabled', '${ANNOUNCED}', '{}')`,
    );
  await expect(insert(`'9000000000'`)).rejects.toThrow('has the place of its transaction');
  await expect(insert(`((pg_current_xact_id()::text::bigint + 1)::text)::xid8`)).rejects.toThrow('has the place of');
  expect(await insert('pg_current_xact_id()')).toMatchObject({ rowCount: 1 });
});
