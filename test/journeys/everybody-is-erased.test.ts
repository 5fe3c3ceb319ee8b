import { Registry } from 'prom-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { verifyRecord } from '../../src/evidence/verify-record.ts';
import { retentionKeeper } from '../../src/jobs/keep-retention.ts';
import { columnsWith, tablesWith } from '../support/dump.ts';
import { aProduct } from '../support/examples.ts';
import { pagesOf } from '../support/pages.ts';
import { startReceiver } from '../support/receiver.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import {
  aControllerOfTwo,
  activate,
  allBelowLeave,
  announce,
  announceAnother,
  entryNamed,
  haveControllers,
  haveProduct,
  leave,
  objectThrough,
  SUBJECTS,
  theMailTo,
  tokenOf,
  withdraw,
} from '../support/story.ts';
import { seal } from '../support/sealed.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { DPO as APPROVER, MARK, OFFICERS, tellOfPersons } from './persons-story.ts';

const DPO = 'dpo@kunde-1.example';
/** What only persons of this story say, and are called. */
const MARKERS = [
  DPO,
  'ciso@kunde-1.example',
  'dpo@kunde-2.example',
  'Dorthe Persson',
  'Alice Brown',
  'Kunde 1 A/S',
  '10000001',
  'Vi vil ikke have vores opkald der',
  'Ring til mig i morgen',
  'De takker for sidst',
  'Signe Lund',
  'privacy@nordlys.example',
];

/** Retention's night, in the product's own way. */
async function night({ database, clock }: TestVarsel): Promise<void> {
  const log = { warn: () => undefined, error: () => undefined };
  const run = { pool: database.pool, clock: clock.now, log, registry: new Registry() };
  await retentionKeeper(run, new AbortController().signal)();
}

const markersLeft = async (varsel: TestVarsel) => {
  const left: string[] = [];
  for (const marker of MARKERS) {
    for (const table of await tablesWith(varsel.database, marker)) left.push(`${marker} in ${table}`);
  }
  return left;
};

test('Once all is over nobody is left in any table, nor comes back by what the record still shows', async () => {
  const varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  onTestFinished(() => varsel.close());
  await haveControllers(varsel, [aControllerOfTwo(1), aControllerOfTwo(2)]);
  const id = await announceAnother(varsel);
  await varsel.deliver();
  await objectThrough(varsel, tokenOf(varsel, DPO), 'Vi vil ikke have vores opkald der');
  const { reply } = returnAddressesOf(theMailTo(varsel, DPO, SUBJECTS.notice));
  await mailIn(varsel, anAnswer('Ring til mig i morgen'), { from: DPO, to: reply });
  await varsel.readMails();
  const [answer] = (await varsel.api('officer').get(`/v1/changes/${id}/answers`)).body.items;
  await varsel
    .api('officer')
    .post(`/v1/answers/${answer.id}/classify`)
    .send({ decision: 'not-an-objection', explanation: 'De takker for sidst' })
    .expect(200);
  await seal(varsel.database.pool, varsel.clock.now());
  // One of them asks to be forgotten while its case goes on: most is kept.
  await varsel.api().post('/v1/persons/erase').send({ email: DPO, reason: 'Asked for it' }).expect(200);
  await withdraw(varsel, id);
  await varsel.deliver();
  for (const controller of ['kunde-1', 'kunde-2']) await leave(varsel, controller);
  await varsel.deliver();
  const before = await markersLeft(varsel);
  for (const marker of MARKERS)
    expect(
      before.filter((left) => left.startsWith(marker)),
      marker,
    ).not.toEqual([]);
  const facts = `select (select count(*) from messages) as messages, (select count(*) from objections) as objections,
    (select count(*) from message_attempts) as attempts, (select count(*) from audit_log) as acts`;
  const kept = await oneRow(varsel.database.pool, facts);

  await seal(varsel.database.pool, varsel.clock.now());
  varsel.clock.set('2030-03-04T09:00:00Z');
  await night(varsel);
  await night(varsel);

  expect(await markersLeft(varsel)).toEqual([]);
  expect(await oneRow(varsel.database.pool, facts), 'what happened is kept').toEqual(kept);
  const names = await rows<{ name: string }>(varsel.database.pool, `select distinct name from messages`);
  expect(names.map(({ name }) => name).toSorted()).toEqual([
    'Kontakt 1 hos kunde-1',
    'Kontakt 1 hos kunde-2',
    'Kontakt 2 hos kunde-1',
    'Kontakt 2 hos kunde-2',
  ]);
  for (const path of [
    `/v1/changes/${id}`,
    `/v1/changes/${id}/controllers`,
    `/v1/changes/${id}/objections`,
    `/v1/changes/${id}/answers`,
    `/v1/changes/${id}/mails`,
    '/v1/controllers/kunde-1',
    '/v1/audit?limit=200',
    '/v1/events',
  ]) {
    const { text } = await varsel.api().get(path).expect(200);
    expect(
      MARKERS.filter((marker) => text.includes(marker)),
      path,
    ).toEqual([]);
  }
  await seal(varsel.database.pool, varsel.clock.now());
  const verified = await verifyRecord(varsel.database.pool);
  expect(verified.faults).toEqual([]);
  expect(verified.erased).toBeGreaterThan(20);
});

/** Every GET of the API, for everything that there is. */
async function everyGet({ database: { pool } }: TestVarsel): Promise<string[]> {
  const known = await rows<{ kind: string; ids: string[] }>(
    pool,
    `select * from (values
       ('products', array(select id from products)), ('controllers', array(select external_id from controllers)),
       ('changes', array(select id::text from changes)), ('approvals', array(select id::text from approvals)),
       ('objections', array(select id::text from objections)), ('answers', array(select id::text from answers)),
       ('mails', array(select id::text from inbound_mails)), ('scans', array(select id::text from scans)), ('notices', array(select id::text from messages)),
       ('webhooks', array(select id::text from webhooks))) as known (kind, ids)`,
  );
  const reports = await rows<{ path: string }>(
    pool,
    `select '/v1/notices/' || message_id || '/reports/' || id || '/mail' as path from bounces where message_id is not null`,
  );
  const paths = ROUTES.api
    .filter(([method, path]) => method === 'GET' && !path.includes(':reportId'))
    .flatMap(([, path]) => {
      const all = path.replace(/:product$|:product(?=[/.])/, 'truetalk');
      const [, kind = '', param = ''] = /^\/v1\/(\w+)\/(:\w+)/.exec(all) ?? [];
      if (param === '') return [all];
      return (known.find((each) => each.kind === kind)?.ids ?? []).map((id) => all.replace(param, id));
    });
  return [...paths, ...reports.map(({ path }) => path)];
}

test(
  'Of a story with everything nobody is left anywhere, and the record is proved as before',
  { timeout: 600_000 },
  async () => {
    const lines: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
    onTestFinished(() => write.mockRestore());
    const varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: ['varsel@telenor.example'] }, 'trace');
    onTestFinished(() => varsel.close());
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const { pool } = varsel.database;
    const kinds = await tellOfPersons(varsel, receiver);
    await varsel.seal();
    await varsel.api().post('/v1/persons/erase').send({ email: APPROVER, reason: 'Asked for it' }).expect(200);

    // All of it ends: changes, agreements, the entry whose contact person was told, keys, and what is set now.
    varsel.mailbox.refuse(OFFICERS, null);
    for (const id of [kinds.addition, kinds.asking]) await withdraw(varsel, id);
    const { id: removes } = await entryNamed(varsel, 'Google');
    const children = await allBelowLeave(varsel, removes);
    const planned = { plannedActivationOn: '2026-04-21', subProcessor: null };
    const removal = await announce(varsel, { kind: 'removal', removes, children, ...planned });
    await varsel.deliver();
    await varsel.seal();
    varsel.clock.set('2026-04-22T09:00:00Z');
    await varsel.deliver();
    await varsel.seal();
    expect(await activate(varsel, removal)).toEqual([]);
    for (const controller of ['kunde-1', 'kunde-2']) await leave(varsel, controller);
    const { items: unread } = (await varsel.api().get('/v1/answers?status=unread')).body;
    for (const { id } of unread) {
      const said = { decision: 'not-an-objection', explanation: 'Zq takkede' };
      await varsel.api().post(`/v1/answers/${id}/classify`).send(said).expect(200);
    }
    for (const { id, name } of (await varsel.api().get('/v1/keys')).body.items) {
      if (MARK.test(name)) await varsel.api().delete(`/v1/keys/${id}`);
    }
    for (const { id } of (await varsel.api().get('/v1/webhooks')).body.items) {
      await varsel.api().patch(`/v1/webhooks/${id}`).send({ description: null }).expect(200);
    }
    await haveProduct(varsel, aProduct());
    for (let hours = 0; hours < 4; hours += 1) {
      varsel.clock.advance({ hours: 30 });
      await varsel.deliver();
      await varsel.seal();
    }
    const sealed = await verifyRecord(pool);
    expect(sealed.faults).toEqual([]);
    expect(sealed.sealed).toBeGreaterThan(100);

    varsel.clock.set('2031-06-01T09:00:00Z');
    await night(varsel);
    await night(varsel);
    // Customers who have left were emptied by the job; to ask for it once more does nothing else.
    for (const controller of ['kunde-1', 'kunde-2', 'kunde-3']) {
      expect((await varsel.api().get(`/v1/controllers/${controller}`).expect(200)).body.name).toBe('[erased]');
      await varsel.api().delete(`/v1/controllers/${controller}`).expect(204);
    }
    await varsel.deliver();
    await varsel.seal();

    expect(await columnsWith(varsel.database, MARK)).toEqual([]);
    const proved = await verifyRecord(pool);
    expect(proved.faults).toEqual([]);
    expect(proved.erased).toBeGreaterThan(100);

    const told: string[] = [];
    for (const path of await everyGet(varsel)) {
      const { status, body } = await varsel.api().get(path).responseType('blob');
      expect([200, 400, 404, 409, 410], `${path} ${body}`).toContain(status);
      if (MARK.test((body as Buffer).toString('latin1'))) told.push(path);
    }
    expect(told).toEqual([]);
    const pages = pagesOf(varsel);
    for (const { id } of await rows<{ id: string }>(pool, 'select id from messages')) {
      const link = `/objections/${varsel.links.tokenOf(id)}`;
      const page = await pages.get(link);
      expect(page.statusCode, link).toBe(200);
      expect(page.body, link).not.toMatch(/zq[ @-]|\[erased\]/i);
    }
    expect(receiver.received.length).toBeGreaterThan(20);
    expect(receiver.received.filter(({ body }) => MARK.test(body))).toEqual([]);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => MARK.test(line))).toEqual([]);
  },
);
