import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aController, anAnnouncement } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  const { externalId, ...body } = aController(1);
  await varsel.api().put(`/v1/controllers/${externalId}`).send(body).expect(201);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

async function faults(): Promise<{ path: string; message: string }[]> {
  const { status, body } = await varsel.customer().get('/readyz');
  expect({ status, code: body.code }).toEqual(
    body.errors ? { status: 503, code: 'not-ready' } : { status: 200, code: undefined },
  );
  return body.errors ?? [];
}

const announce = () =>
  varsel
    .api()
    .post('/v1/changes')
    .send(anAnnouncement({ subProcessor: varsel.newCompany() }));

/** Ends all connections, so that new ones are made. */
async function reconnect(): Promise<void> {
  await varsel.database.pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
  );
}

test('A process whose database is read-only is not ready, and refuses what would be written with 503', async () => {
  const { owner, url } = varsel.database;
  const name = new URL(url).pathname.slice(1);
  await owner.query(`alter database "${name}" set default_transaction_read_only = on`);
  await reconnect();
  await expect.poll(faults).toEqual([{ path: 'database', message: 'The database is read-only' }]);
  expect(await announce()).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  expect((await varsel.api().get('/v1/products')).status).toBe(200);
  await owner.query(`alter database "${name}" reset default_transaction_read_only`);
  await reconnect();
  await expect.poll(faults).toEqual([]);
});

test('A process is not ready beside a schema that is newer than its code, or is another one', async () => {
  const { owner } = varsel.database;
  await owner.query(`insert into migrations values ('999_later.sql', 'of that text', now())`);
  await owner.query(`update migrations set sha256 = sha256 || ' altered' where name = 'guards.sql'`);
  expect(await faults()).toEqual([
    { path: 'migrations', message: 'guards.sql was applied as another version of Varsel has it' },
    {
      path: 'migrations',
      message:
        'The database holds migration 999_later.sql, which this version of Varsel does not know: run a newer one.',
    },
  ]);
  await owner.query(`delete from migrations where name = '999_later.sql'`);
  await owner.query(`update migrations set sha256 = replace(sha256, ' altered', '')`);
  expect(await faults()).toEqual([]);
});

test('A process that cannot claim or record for half a minute is not ready, and is again when it can', async () => {
  const { owner } = varsel.database;
  await announce().expect(201);
  // Claiming alone needs it.
  await owner.query('revoke update (lease_id) on messages from varsel_application');
  await expect(varsel.deliver()).rejects.toThrow('messages');
  expect(await faults()).toEqual([]);
  varsel.clock.advance({ seconds: 30 });
  const told = await faults();
  await owner.query('grant update (lease_id) on messages to varsel_application');
  expect(told).toMatchObject([{ path: 'sending' }]);
  await varsel.deliver();
  expect(await faults()).toEqual([]);
});

test('A process is not ready when mail is due and has not been taken up for ten minutes', async () => {
  await varsel.deliver();
  varsel.clock.advance({ hours: 1 });
  expect(await faults()).toEqual([]);
  await announce().expect(201);
  varsel.clock.advance({ minutes: 9, seconds: 59 });
  expect(await faults()).toEqual([]);
  varsel.clock.advance({ seconds: 1 });
  expect(await faults()).toEqual([{ path: 'sending', message: 'Mail is due, and none has been taken up for minutes' }]);
  await varsel.deliver();
  expect(await faults()).toEqual([]);
});
