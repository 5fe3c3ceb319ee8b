import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { rows } from '../../src/db/postgres.ts';
import { startService } from '../../src/service.ts';
import { createDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { startMailbox } from '../support/mailbox.ts';
import { startProxy } from '../support/proxy.ts';
import { announce, seed } from '../support/seed.ts';
import { APP_SECRET } from '../support/webhooks.ts';

const ADMIN_API_KEY = 'admin-key-of-the-tests';
const CONTROLLERS = 3;
/** Far longer than it takes: a busy machine is not at fault. */
const AGAIN = { timeout: 100_000, interval: 100 };

const clock = () => Temporal.Now.instant().round({ smallestUnit: 'millisecond', roundingMode: 'floor' });

/** A process that answers and one that works, both beyond a proxy of their database. */
async function start() {
  const database = await createDatabase('PT0S');
  const mailbox = await startMailbox();
  const proxy = await startProxy(() => Number(new URL(database.url).port));
  const ends: (() => Promise<unknown>)[] = [() => database.close(), () => mailbox.close(), () => proxy.close()];
  onTestFinished(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const up = async (ROLE: string) => {
    const config = readConfig({
      TRIAL: 'true',
      ROLE,
      PORT: '0',
      PUBLIC_URL: 'http://varsel.example',
      DATABASE_URL: url.href,
      SMTP_URL: mailbox.smtpUrl,
      APP_SECRET,
      ADMIN_API_KEY,
      LOG_LEVEL: 'silent',
    });
    const service = await startService(config, clock);
    ends.push(() => service.stop());
    return async (address: string) => {
      const headers = { authorization: `Bearer ${ADMIN_API_KEY}` };
      return (await fetch(service.url + address, { headers })).status;
    };
  };
  const { pool } = database;
  await seed(pool, CONTROLLERS, clock().toString());
  const [api, worker] = [await up('api'), await up('worker')];
  let changes = 0;
  return {
    proxy,
    mailbox,
    api,
    worker,
    pool,
    /** Announces a change past the silence, and waits until its notices have arrived. */
    announceAndWait: async () => {
      changes += 1;
      const plannedActivationOn = Temporal.Now.plainDateISO('Europe/Copenhagen').add({ days: 40 });
      await announce(pool, clock().toString(), { subProcessor: aSubProcessor(changes), plannedActivationOn });
      await expect.poll(() => mailbox.mails.length, AGAIN).toBe(CONTROLLERS * changes);
    },
  };
}

test('After the host of the database has vanished and another address answers, the API and the worker go on by themselves', async () => {
  const { proxy, api, worker, announceAndWait, pool } = await start();
  expect(await api('/v1/products')).toBe(200);
  await announceAndWait();
  proxy.goSilent('open');
  await Promise.all([announceAndWait(), expect.poll(() => api('/v1/products'), AGAIN).toBe(200)]);
  await expect.poll(() => worker('/readyz'), AGAIN).toBe(200);
  const left = () => rows(pool, `select from messages where status <> 'accepted'`);
  await expect.poll(left, AGAIN).toEqual([]);
});

test('While the database answers nothing the processes say so, and when it does again they go on by themselves', async () => {
  const { proxy, api, worker, announceAndWait } = await start();
  await announceAndWait();
  proxy.goSilent('all');
  await Promise.all([
    expect.poll(() => api('/readyz'), AGAIN).toBe(503),
    expect.poll(() => worker('/readyz'), AGAIN).toBe(503),
  ]);
  expect(await api('/healthz')).toBe(200);
  expect(await api('/v1/products')).toBeGreaterThanOrEqual(500);
  proxy.speak();
  await Promise.all([
    announceAndWait(),
    expect.poll(() => api('/readyz'), AGAIN).toBe(200),
    expect.poll(() => worker('/readyz'), AGAIN).toBe(200),
  ]);
  expect(await api('/v1/products')).toBe(200);
});
