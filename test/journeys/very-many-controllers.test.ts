import { expect, onTestFinished, test, vi } from 'vitest';
import { continueFanOuts } from '../../src/jobs/continue-fan-outs.ts';
import { createDatabase } from '../support/database.ts';
import { aController } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { announce, changeBody, changeNow } from '../support/story.ts';
import { dataDirectory, endAll, startProcess } from './varsel-process.ts';

/** Enough controllers that a fan-out has three steps, of 1,000, 2,000 and what is left. */
const VERY_MANY = 5_000;

async function importOver(varsel: TestVarsel, first: number, last: number): Promise<void> {
  const lines = Array.from({ length: last - first + 1 }, (_, index) => JSON.stringify(aController(first + index)));
  const { body } = await varsel
    .api()
    .post('/v1/controllers/import')
    .type('application/x-ndjson')
    .send(`${lines.join('\n')}\n`);
  expect(body).toMatchObject({ created: lines.length, rejected: [] });
}

test('a process that is killed in the middle of a fan-out leaves no controller out, and none twice', async () => {
  const database = await createDatabase('PT0S');
  onTestFinished(() => database.close());
  onTestFinished(endAll);
  const env = { DATA_DIR: await dataDirectory(), DATABASE_URL: database.url, SMTP_URL: 'smtp://127.0.0.1:9' };
  const first = startProcess(env);
  const { url, apiKey } = await first.up;
  await database.pool.query(
    `with saved as (
       insert into controllers (external_id, name, registration_number, created_at, updated_at)
       select 'stor-' || n, 'Kunde ' || n, n::text, now(), now() from generate_series(1, $1::int) n
       returning id, external_id
     ), agreed as (
       insert into agreements (controller_id, product_id, started_at) select id, 'truetalk', now() from saved
     )
     insert into contacts (controller_id, position, email, name, language)
     select id, 1, 'dpo@' || external_id || '.example', 'Dorthe Persson', 'da' from saved`,
    [VERY_MANY],
  );
  // In the middle of its last step, the fan-out reaches a controller that is locked, and waits.
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query(`select from controllers where external_id = 'stor-4000' for update`);
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const plannedActivationOn = Temporal.Now.plainDateISO().add({ days: 30 });
  const answer = await fetch(`${url}/v1/changes`, {
    method: 'POST',
    headers,
    body: JSON.stringify(changeBody({ plannedActivationOn })),
  });
  const announced = (await answer.json()) as { id: string; controllers: object; notices: { total: number } };
  const isWritten = async () => {
    const { rows } = await database.pool.query(
      `select finished_at is not null as finished, (select count(*)::int from objection_windows) as windows from fan_outs`,
    );
    return rows[0] as { finished: boolean; windows: number };
  };
  await vi.waitFor(async () => expect((await isWritten()).windows).toBeGreaterThan(1_000), {
    interval: 20,
    timeout: 20_000,
  });
  await first.stop('SIGKILL');
  await holder.query('rollback');
  holder.release();
  const left = await isWritten();
  expect(left.finished).toBe(false);
  expect(left.windows).toBeLessThan(VERY_MANY);

  const second = await startProcess(env).up;
  await vi.waitFor(async () => expect((await isWritten()).finished).toBe(true), { interval: 100, timeout: 60_000 });
  const { rows } = await database.pool.query(
    `select (select count(*)::int from agreements) as controllers, (select count(*)::int from contacts) as contacts,
       (select count(*)::int from objection_windows) as windows,
       (select count(distinct controller_id)::int from objection_windows) as "windowsOf",
       (select count(*)::int from messages where kind = 'notice') as notices,
       (select count(distinct (controller_id, email))::int from messages where kind = 'notice') as "noticesTo"`,
  );
  const { controllers, contacts, ...written } = rows[0];
  expect(written).toEqual({ windows: controllers, windowsOf: controllers, notices: contacts, noticesTo: contacts });
  expect(announced).toMatchObject({ controllers: { total: controllers, notified: 0 }, notices: { total: contacts } });
  const now = await fetch(`${second.url}/v1/changes/${announced.id}`, { headers });
  expect(await now.json()).toMatchObject({ controllers: announced.controllers, notices: { total: contacts } });
}, 120_000);

test('an announcement while controllers are imported reaches each of them once', async () => {
  const varsel = await startVarsel('2026-03-02T09:00:00Z');
  onTestFinished(() => varsel.close());
  await importOver(varsel, 1, 1_050);
  const [, changeId] = await Promise.all([
    importOver(varsel, 1_051, 2_050),
    (async () => {
      const id = await announce(varsel);
      await continueFanOuts({ pool: varsel.database.pool, clock: varsel.clock.now, stepSize: 50 });
      return id;
    })(),
    importOver(varsel, 2_051, 2_600),
  ]);
  await continueFanOuts({ pool: varsel.database.pool, clock: varsel.clock.now });
  const { rows } = await varsel.database.pool.query(
    `select k.external_id from controllers k
     where (select count(*) from objection_windows where controller_id = k.id) <> 1
       or (select count(*) from messages where controller_id = k.id) <> 1`,
  );
  expect(rows).toEqual([]);
  expect(await changeNow(varsel, changeId)).toMatchObject({
    controllers: { total: 2_600, notified: 0 },
    notices: { total: 2_600, pending: 2_600 },
  });
});

test('what the API says of a change is right while it is still being written, and while its notices go out', async () => {
  const varsel = await startVarsel('2026-03-02T09:00:00Z');
  onTestFinished(() => varsel.close());
  await importOver(varsel, 1, 1_100);
  const id = await announce(varsel);
  const listed = async (state = '') => {
    const found: { externalId: string; state: string; notices: object[] }[] = [];
    for (let cursor = ''; ;) {
      const page = await varsel.api('reader').get(`/v1/changes/${id}/controllers?limit=200${state}${cursor}`);
      found.push(...page.body.items);
      if (page.body.nextCursor === null) return found;
      cursor = `&cursor=${page.body.nextCursor}`;
    }
  };
  const all = await listed();
  expect(all.map(({ externalId }) => externalId)).toEqual(
    Array.from({ length: 1_100 }, (_, index) => `kunde-${index + 1}`).sort(),
  );
  expect(all.filter(({ notices }) => notices.length === 1)).toHaveLength(1_000);
  expect(await listed('&state=awaiting-notice')).toEqual(all);
  expect(await listed('&state=open')).toEqual([]);

  const objecting = await varsel.api('officer').post(`/v1/changes/${id}/objections`).send({
    controller: 'kunde-999',
    reasons: 'USA',
    channel: 'letter',
    receivedAt: '2026-03-02T09:00:00Z',
    from: {},
  });
  expect({ status: objecting.status, pending: objecting.body.status }).toEqual({ status: 201, pending: 'pending' });
  const activating = await varsel.api('officer').post(`/v1/changes/${id}/activate`);
  expect(activating.status).toBe(409);
  expect(activating.body.blockers[0]).toMatchObject({ code: 'controllers-not-notified', count: 1_100 });
  expect((await changeNow(varsel, id)).sending).toEqual({
    startedAt: '2026-03-02T09:00:00.000Z',
    perSecond: 0,
    secondsLeft: null,
  });

  // One contact's mail system asks the sender to retry.
  varsel.mailbox.refuse('dpo@kunde-7.example', { code: 450, message: 'later' });
  await varsel.deliver();
  varsel.clock.advance({ seconds: 50 });
  expect((await changeNow(varsel, id)).sending).toEqual({
    startedAt: '2026-03-02T09:00:00.000Z',
    perSecond: 22,
    secondsLeft: 1,
  });
  varsel.mailbox.refuse('dpo@kunde-7.example', null);
  varsel.clock.advance({ minutes: 2 });
  await varsel.deliver();
  const change = await changeNow(varsel, id);
  expect(change).toMatchObject({ controllers: { total: 1_100, notified: 1_100 }, sending: null });
  expect(change.lastDeadline).toBe('2026-03-12T23:00:00.000Z');
  expect((await listed('&state=open')).length).toBe(1_100);
}, 60_000);
