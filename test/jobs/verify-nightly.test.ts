import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { nightlyVerifier } from '../../src/jobs/verify-nightly.ts';
import { createDatabase } from '../support/database.ts';
import { SEAL_KEYS } from '../support/seal-key.ts';
import { seal, unguarded } from '../support/sealed.ts';
import { announce, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const stopping = new AbortController().signal;

test('The record is verified once a night, and an alarm sounds until nothing is wrong any more', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const { pool, owner, url: databaseUrl } = database;
  await seed(pool, 2, ANNOUNCED);
  await announce(pool, ANNOUNCED);
  await seal(pool, Temporal.Instant.from(ANNOUNCED));
  const logged: object[] = [];
  const log = {
    warn: () => undefined,
    error: (details: object, message: string) => void logged.push({ ...details, message }),
  };
  const registry = new Registry();
  let now = Temporal.Instant.from(ANNOUNCED);
  const verify = nightlyVerifier({ pool, databaseUrl, clock: () => now, log, registry, sealKeys: SEAL_KEYS });
  const at = async (instant: string) => {
    now = Temporal.Instant.from(instant);
    await verify(stopping);
  };
  const past = async () =>
    (await rows<{ faults: number }>(pool, 'select faults from verifications order by id')).map(({ faults }) => faults);
  const gauge = async () => (await registry.getSingleMetric('varsel_record_faults')?.get())?.values[0]?.value;
  const mails = () =>
    rows<{ subject: string; body: string }>(pool, 'select subject, body from operator_mails order by id');

  await at(ANNOUNCED);
  await at('2026-03-03T01:59:59Z');
  expect(await past()).toEqual([0]);
  expect(await gauge()).toBe(0);

  await unguarded(
    owner,
    `update controllers set created_at = created_at - interval '1 day' where external_id = 'kunde-1'`,
  );
  await unguarded(
    owner,
    `update objection_windows set notified_at = created_at, deadline = created_at + interval '1 day'
    where external_id = 'kunde-2'`,
  );
  await at('2026-03-03T02:00:00Z');
  await at('2026-03-03T09:00:00Z');
  expect(await past()).toEqual([0, 2]);
  expect(await gauge()).toBe(2);
  const [mail] = await mails();
  expect(await mails()).toHaveLength(1);
  expect(mail?.subject).toBe('The record is not as it was sealed: 2 faults');
  expect(mail?.body).toMatch(/- altered: controllers \S+ is not as it was sealed/);
  expect(mail?.body).toMatch(/- state: objection_windows \S+: notified_at is \S+, and empty follows from the record/);
  expect(logged).toEqual([
    expect.objectContaining({ faults: 2, message: 'the record is not as it was sealed' }),
    expect.objectContaining({ message: 'a fault of the record' }),
    expect.objectContaining({ message: 'a fault of the record' }),
  ]);

  await unguarded(
    owner,
    `update controllers set created_at = created_at + interval '1 day' where external_id = 'kunde-1'`,
  );
  await unguarded(
    owner,
    `update objection_windows set notified_at = null, deadline = null where external_id = 'kunde-2'`,
  );
  await at('2026-03-04T02:00:00Z');
  expect(await past()).toEqual([0, 2, 0]);
  expect(await gauge()).toBe(0);
  expect(await mails()).toHaveLength(1);
});

test('Two processes verify once a night', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const { pool, url: databaseUrl } = database;
  await seed(pool, 2, ANNOUNCED);
  const log = { warn: () => undefined, error: () => undefined };
  const clock = () => Temporal.Instant.from(ANNOUNCED);
  const verifiers = [1, 2].map(() =>
    nightlyVerifier({ pool, databaseUrl, clock, log, registry: new Registry(), sealKeys: SEAL_KEYS }),
  );
  await Promise.all(verifiers.map((verify) => verify(stopping)));
  expect(await rows(pool, 'select from verifications')).toHaveLength(1);
});
