import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { verifyRecord } from '../../src/evidence/verify-record.ts';
import { retentionKeeper } from '../../src/jobs/keep-retention.ts';
import { tablesWith } from '../support/dump.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import {
  aControllerOfTwo,
  announceAnother,
  haveControllers,
  leave,
  objectThrough,
  SUBJECTS,
  theMailTo,
  tokenOf,
  withdraw,
} from '../support/story.ts';
import { seal } from '../support/sealed.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

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
