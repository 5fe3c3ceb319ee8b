import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { recordMailTo } from '../support/mails.ts';
import { acceptNotice, announce, controllerId, seed } from '../support/seed.ts';

/*
 * What the database asks of a change by its regime (D40): as the owner, so that the guards refuse and not the grants.
 */

const ANNOUNCED = '2026-03-02T09:00:00Z';
const TODAY = Temporal.PlainDate.from('2026-03-02');

let database: TestDatabase;
let atlassian: string;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 2, ANNOUNCED);
  const { rows } = await sql(`select id from register_entries where name = 'Atlassian'`);
  atlassian = rows[0].id;
});
afterAll(() => database.close());
// One change at a time touches the entry.
beforeEach(withdrawAll);

async function withdrawAll(): Promise<void> {
  await sql(`update changes set status = 'withdrawn', withdrawn_at = announced_at, withdrawn_by = 'test',
    withdrawal_reason = '{"da": "Test"}' where status = 'announced'`);
}

const sql = (text: string, parameters: unknown[] = []) => database.owner.query(text, parameters);

/** A removal, which only informs; or one that shall need more. */
async function removal(regime = { objection: false, approval: false }): Promise<string> {
  const plannedActivationOn = regime.objection ? TODAY.add({ days: 11 }) : TODAY;
  const change = { kind: 'removal', removes: atlassian, subProcessor: null, plannedActivationOn, regime } as const;
  return (await announce(database.pool, ANNOUNCED, change)).id;
}

const activate = (id: string, at = ANNOUNCED) =>
  sql(
    `update changes set status = 'activated', activated_at = $2, activated_on = ($2::timestamptz at time zone 'UTC')::date,
       activated_by = 'sql' where id = $1`,
    [id, at],
  );
/** A reply to the notice to kunde-1 that nobody has read. */
async function receiveMail(id: string): Promise<void> {
  const { rows } = await sql(
    `select m.id from messages m join controllers c on c.id = m.controller_id where m.change_id = $1 and c.external_id = 'kunde-1'`,
    [id],
  );
  await recordMailTo(database.pool, rows[0].id, 'Nej tak', Temporal.Instant.from(ANNOUNCED));
}
const partOf = async (id: string) =>
  (
    await sql(`select notified_at, deadline from objection_windows where change_id = $1 and external_id = 'kunde-1'`, [
      id,
    ])
  ).rows[0];

describe('A change that only informs', () => {
  test('is activated although nobody is notified and a mail is unread', async () => {
    const id = await removal();
    await receiveMail(id);
    await expect(activate(id)).resolves.toMatchObject({ rowCount: 1 });
  });

  test('is not activated before its day', async () => {
    const id = await removal();
    await expect(activate(id, '2026-03-01T09:00:00Z')).rejects.toThrow(
      /planned date has not come|before it was announced/,
    );
  });

  test('is notified without a deadline, also after its activation, and gets none by any other way', async () => {
    const id = await removal();
    await activate(id);
    await acceptNotice(database.pool, id, 'kunde-1', ANNOUNCED);
    expect(await partOf(id)).toEqual({ notified_at: expect.anything(), deadline: null });
    await expect(
      sql(`update objection_windows set deadline = '2026-04-01' where change_id = $1 and external_id = 'kunde-1'`, [
        id,
      ]),
    ).rejects.toThrow(/D8, D11/);
    await expect(
      sql(
        `update objection_windows set notified_at = $2, deadline = '2026-04-01' where change_id = $1 and notified_at is null`,
        [id, ANNOUNCED],
      ),
    ).rejects.toThrow(/D40/);
  });

  test('takes no objection that is pending', async () => {
    const id = await removal();
    const pending = sql(
      `insert into objections (change_id, controller_id, channel, reasons, received_at, recorded_at, recorded_by, status)
       values ($1, $2, 'link', 'Nej', $3, $3, 'sql', 'pending')`,
      [id, await controllerId(database.pool, 'kunde-1'), ANNOUNCED],
    );
    await expect(pending).rejects.toThrow(/no time to object/);
  });
});

test('A change needs no less than its elements do (D39)', async () => {
  const asking = await removal({ objection: true, approval: true });
  const copy = (changed: object) =>
    sql(
      `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'status', 'announced', 'version', 0,
         'withdrawn_at', null, 'withdrawn_by', null, 'withdrawal_reason', null) || $2::jsonb)).*
       from changes c where id = $1`,
      [asking, JSON.stringify(changed)],
    );
  await expect(copy({ objection: false })).rejects.toThrow(/D39/);
  await expect(copy({ approval: false })).rejects.toThrow(/D39/);
  const stricter = { objection: false, approval: true };
  await expect(copy({ stricter, objection: false })).resolves.toMatchObject({ rowCount: 1 });
});

describe('A change that controllers are asked about', () => {
  test('is planned for a day after its windows where it has time to object, and from its own day where not', async () => {
    const plannedOn = (id: string, day: string) =>
      sql(
        `insert into changes select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'planned_activation_on', $2::date,
           'status', 'announced', 'withdrawn_at', null, 'withdrawn_by', null, 'withdrawal_reason', null))).*
         from changes c where id = $1`,
        [id, day],
      );
    const objecting = await removal({ objection: true, approval: false });
    await expect(plannedOn(objecting, '2026-03-12')).rejects.toThrow(/D4/);
    await expect(plannedOn(objecting, '2026-03-13')).resolves.toMatchObject({ rowCount: 1 });
    await withdrawAll();
    const asking = await removal({ objection: false, approval: true });
    await expect(plannedOn(asking, '2026-03-01')).rejects.toThrow(/D4/);
    await expect(plannedOn(asking, '2026-03-02')).resolves.toMatchObject({ rowCount: 1 });
  });

  test('has a deadline for who is notified of it, and is not activated before', async () => {
    const id = await removal({ objection: true, approval: false });
    await expect(activate(id, '2026-03-20T09:00:00Z')).rejects.toThrow(/not notified/);
    await expect(
      sql(`update objection_windows set notified_at = $2 where change_id = $1`, [id, ANNOUNCED]),
    ).rejects.toThrow(/D40/);
  });

  test('is notified without a deadline where it needs approval alone, and silence activates nothing', async () => {
    const id = await removal({ objection: false, approval: true });
    await acceptNotice(database.pool, id, 'kunde-1', ANNOUNCED);
    expect(await partOf(id)).toEqual({ notified_at: expect.anything(), deadline: null });
    await expect(activate(id, '2026-03-20T09:00:00Z')).rejects.toThrow(/has not approved/);
  });
});
