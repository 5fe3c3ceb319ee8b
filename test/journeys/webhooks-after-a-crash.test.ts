import { expect, onTestFinished, test } from 'vitest';
import { createWebhook } from '../../src/commands/manage-webhooks.ts';
import { recordEvents } from '../../src/commands/record-events.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { createDatabase } from '../support/database.ts';
import { startReceiver } from '../support/receiver.ts';
import { announce, seed } from '../support/seed.ts';
import { dataDirectory, endAll, startProcess } from './varsel-process.ts';

const EVENTS = 1_200;
/**
 * The most deliveries that a process can have made and not recorded: four posts under way, and twelve outcomes not yet
 * written.
 */
const IN_FLIGHT = 16;

test('kill -9 in the middle of 1,200 deliveries loses none, and doubles no more than were in flight', async () => {
  const database = await createDatabase('PT0S');
  onTestFinished(() => database.close());
  onTestFinished(endAll);
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const { pool } = database;
  const now = Temporal.Now.instant().round('millisecond');
  await seed(pool, 1, now.toString());
  const planned = now.toZonedDateTimeISO('UTC').toPlainDate().add({ days: 30 });
  const { id } = await announce(pool, now.toString(), { plannedActivationOn: planned });
  const settings = { events: ['change.announced'], products: null, description: null, rateLimit: null, enabled: true };
  const by = { at: now, actor: 'test' };
  await inTransaction(pool, (tx) => createWebhook(tx, { ...settings, url: receiver.url }, by));
  for (let written = 0; written < EVENTS; written += 400) {
    await inTransaction(pool, (tx) =>
      recordEvents(
        tx,
        id,
        now,
        Array.from({ length: 400 }, () => ({ type: 'change.announced' as const })),
      ),
    );
  }

  const env = {
    DATABASE_URL: database.url,
    // The owner moves the clock of a trial.
    DATABASE_OWNER_URL: database.ownerUrl,
    DATA_DIR: await dataDirectory(),
    // Nothing listens there: no mail is part of this.
    SMTP_URL: 'smtp://127.0.0.1:9',
    ADMIN_API_KEY: 'admin-key-of-the-tests',
    APP_SECRET: 'a secret of the tests, of more than 32 bytes',
    WEBHOOK_ALLOW_PRIVATE: 'true',
  };
  const ids = () => receiver.received.map(({ headers }) => String(headers['webhook-id']));
  const running = startProcess(env);
  await expect.poll(() => receiver.received.length, { timeout: 120_000, interval: 1 }).toBeGreaterThan(300);
  const { signal } = await running.stop('SIGKILL');
  expect(signal).toBe('SIGKILL');
  const { left } = await oneRow<{ left: number }>(
    pool,
    `select count(*) as left from webhook_deliveries where status = 'pending'`,
  );
  // The process was killed in the middle of its deliveries.
  expect(left).toBeGreaterThan(0);
  // The lease of the killed process ends by itself, some seconds after the next one has started.
  startProcess(env);
  const delivered = () =>
    oneRow<{ count: number }>(pool, `select count(*) from webhook_deliveries where status = 'delivered'`);
  await expect.poll(async () => (await delivered()).count, { timeout: 180_000, interval: 500 }).toBe(EVENTS);

  const arrived = new Map<string, number>();
  for (const each of ids()) arrived.set(each, (arrived.get(each) ?? 0) + 1);
  const written = await rows<{ id: string }>(
    pool,
    `select e.id from events e join webhook_deliveries d on d.event_id = e.id`,
  );
  expect([...arrived.keys()].sort()).toEqual(written.map((event) => event.id).sort());
  expect(receiver.received.length - EVENTS).toBeLessThanOrEqual(IN_FLIGHT);
}, 360_000);
