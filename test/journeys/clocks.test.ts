import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { measureClock, moveClock } from '../../src/db/installation.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { readConfig } from '../../src/config/config.ts';
import { faultOf, systemClock } from '../../src/domain/clock.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { startService } from '../../src/service.ts';
import { measuredClock } from '../../src/service/measured-clock.ts';
import { compareTimeZones } from '../../src/service/time-zones.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aProduct, aSubProcessor } from '../support/examples.ts';
import { sendRaw } from '../support/inbound.ts';
import { startMailbox } from '../support/mailbox.ts';
import { announce, at, notifyAll, seed } from '../support/seed.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { startSkewed, type SkewedProcess } from '../support/skewed-processes.ts';
import { SEAL_KEY_FILE } from '../support/seal-key.ts';
import { APP_SECRET } from '../support/webhooks.ts';

const ADMIN_API_KEY = 'varsel_wB7m-Zt3XkYd0VnR5bGhJcTe9qL';
const ANNOUNCED = '2026-03-02T09:00:00Z';
const DEADLINE = Temporal.Instant.from('2026-03-12T23:00:00Z');
const SOON = { timeout: 60_000, interval: 50 };

const envOf = (database: TestDatabase, smtpUrl = 'smtp://127.0.0.1:1') => ({
  TRIAL: 'true',
  DATABASE_URL: database.url,
  DATABASE_OWNER_URL: database.ownerUrl,
  SMTP_URL: smtpUrl,
  APP_SECRET,
  ADMIN_API_KEY,
});

const send = (url: string, path: string, body: object = {}) =>
  fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ADMIN_API_KEY}`,
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify(body),
  });

const activate = (url: string, changeId: string) => send(url, `/v1/changes/${changeId}/activate`);

/** How far the machine's clock is ahead of the database's, in milliseconds. */
const aheadOf = async ({ pool }: TestDatabase) =>
  (await inTransaction(pool, (tx) => measureClock(tx, systemClock))).aheadMs;

describe('Two processes on one database, one clock half a minute ahead and one as far behind', () => {
  let database: TestDatabase;
  let ahead: SkewedProcess;
  let behind: SkewedProcess;
  let wrongByMs = 30_000;

  beforeAll(async () => {
    database = await createDatabase();
    await seed(database.pool, 2, ANNOUNCED);
    const env = { ...envOf(database), ROLE: 'api' };
    ahead = await startSkewed(30_000, env);
    behind = await startSkewed(-30_000, env);
  });
  afterAll(async () => {
    await ahead.end();
    await behind.end();
    await database.close();
  });

  /** Moves the database's time. Somebody also sets both machines' clocks, so that both processes measure anew. */
  async function itIs(instant: Temporal.Instant): Promise<void> {
    await moveClock(database.owner, systemClock().until(instant));
    wrongByMs += 500;
    await Promise.all([ahead.setClock(wrongByMs), behind.setClock(-wrongByMs)]);
  }

  /** Waits until so long after the deadline, by the database's time. */
  async function until(afterDeadlineMs: number): Promise<void> {
    const now = systemClock().epochMilliseconds - (await aheadOf(database));
    await sleep(DEADLINE.epochMilliseconds + afterDeadlineMs - now);
  }

  /** Changes whose windows close at the deadline, with the links of one of their controllers. */
  async function changes(from: number): Promise<{ id: string; path: string }[]> {
    const found = [];
    for (let number = from; number < from + 5; number += 1) {
      const { id } = await announce(database.pool, ANNOUNCED, {
        subProcessor: aSubProcessor(number),
        plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
      });
      await notifyAll(database.pool, id, 2, ANNOUNCED);
      const notice = await oneRow<{ id: string }>(
        database.pool,
        `select id from messages where change_id = $1 and kind = 'notice' order by id limit 1`,
        [id],
      );
      found.push({ id, path: `/objections/${objectionLinks(APP_SECRET).tokenOf(notice.id)}` });
    }
    return found;
  }

  test('no activation slips past the last moments, and every objection in time is taken', async () => {
    await moveClock(database.owner, Temporal.Duration.from('P100Y'));
    const five = await changes(6100);
    await itIs(DEADLINE.subtract({ seconds: 20 }));
    // By a clock that is half a minute ahead, all windows have closed.
    expect(await Promise.all(five.map(async ({ id }) => (await activate(ahead.url, id)).status))).toEqual(
      five.map(() => 409),
    );
    const filed = await Promise.all(
      five.map(async ({ path }) => (await send(ahead.url, path, { reasons: 'Vi siger nej til USA' })).status),
    );
    expect(filed).toEqual(five.map(() => 201));
    await until(0);
    const answers = await Promise.all(five.map(async ({ id }) => (await activate(ahead.url, id)).json()));
    expect(answers).toEqual(
      five.map(() => expect.objectContaining({ blockers: [expect.objectContaining({ code: 'objections-pending' })] })),
    );
  });

  test('no objection is in time by a clock that is behind, and no activation is dated before its windows closed', async () => {
    await moveClock(database.owner, Temporal.Duration.from('P100Y'));
    const five = await changes(6200);
    await itIs(DEADLINE.subtract({ seconds: 4 }));
    await until(200);
    const filed = await Promise.all(
      five.map(async ({ path }) => (await send(behind.url, path, { reasons: 'Vi siger nej til USA' })).json()),
    );
    expect(filed).toEqual(five.map(() => expect.objectContaining({ code: 'window-closed' })));
    const activated = await Promise.all(five.map(async ({ id }) => (await activate(behind.url, id)).json()));
    for (const { status, activatedAt } of activated as { status: string; activatedAt: string }[]) {
      expect(status).toBe('activated');
      // The activation has waited for objections of the last moment.
      expect(DEADLINE.until(activatedAt).total('seconds')).toBeGreaterThan(4.9);
    }
  });

  test('each says that its clock is corrected, and by how much', () => {
    for (const each of [ahead, behind])
      expect(each.log()).toContain('the clock differs from the database’s, and is corrected');
  });
});

test('A worker 6 minutes ahead sends no copy, and opens no window in the future', async () => {
  const database = await createDatabase('PT0S');
  const mailbox = await startMailbox();
  const now = systemClock();
  await seed(database.pool, 3, now.toString());
  const { id } = await announce(database.pool, now.toString(), {
    plannedActivationOn: now.toZonedDateTimeISO('Europe/Copenhagen').toPlainDate().add({ days: 30 }),
  });
  const worker = await startSkewed(360_000, {
    ...envOf(database, mailbox.smtpUrl),
    ROLE: 'worker',
    PUBLIC_URL: 'http://127.0.0.1:1',
  });
  onTestFinished(async () => {
    await worker.end();
    await mailbox.close();
    await database.close();
  });
  const windows = () =>
    rows<{ opened: boolean; in_future: boolean }>(
      database.pool,
      `select notified_at is not null as opened, coalesce(notified_at > clock_timestamp(), false) as in_future
       from objection_windows where change_id = $1`,
      [id],
    );
  await vi.waitFor(
    async () => expect(await windows()).toEqual(Array.from({ length: 3 }, () => ({ opened: true, in_future: false }))),
    SOON,
  );
  const notices = mailbox.mails.filter(({ subject }) => subject?.includes('underdatabehandler'));
  expect(new Set(notices.map(({ messageId }) => messageId)).size).toBe(notices.length);
});

describe('A process whose clock cannot be trusted', () => {
  test('is not ready and decides nothing, and goes on when its clock has been measured', async () => {
    const database = await createDatabase();
    const mailbox = await startMailbox();
    let aheadMs = 0;
    const config = readConfig({
      ...envOf(database, mailbox.smtpUrl),
      PORT: '0',
      INBOUND_DOMAIN: 'svar.telenor.example',
      INBOUND_SMTP_PORT: '0',
      INBOUND_ADDRESSES: 'indsigelse@telenor.example',
      LOG_LEVEL: 'silent',
    });
    const service = await startService(config, () => systemClock().add({ milliseconds: aheadMs }));
    onTestFinished(async () => {
      await service.stop();
      await mailbox.close();
      await database.close();
    });
    const { url } = service;
    const port = Number(new URL(service.inbound?.url ?? '').port);
    const mail = 'From: dpo@kunde.example\nSubject: Spørgsmål\n\nHvornår?\n';
    const statuses = async () => [
      (await fetch(`${url}/readyz`)).status,
      (await fetch(`${url}/v1/products`, { headers: { authorization: `Bearer ${ADMIN_API_KEY}` } })).status,
      (await fetch(`${url}/objections/a-link`)).status,
      (await sendRaw(port, mail, { from: 'dpo@kunde.example', to: 'indsigelse@telenor.example' })).code,
    ];
    expect(await statuses()).toEqual([200, 200, 404, 250]);
    // Nobody answers how late it is.
    await rows(database.owner, 'alter function current_instant() rename to forgotten_instant');
    aheadMs = 5_000;
    expect(await statuses()).toEqual([503, 503, 503, 451]);
    const problem = await (await fetch(`${url}/readyz`)).json();
    expect(problem).toMatchObject({ errors: [{ path: 'clock', message: expect.stringContaining('clock was set') }] });
    await rows(database.owner, 'alter function forgotten_instant() rename to current_instant');
    await vi.waitFor(async () => expect(await statuses()).toEqual([200, 200, 404, 250]), SOON);
    expect(Math.abs(service.clock().since(systemClock()).total('milliseconds'))).toBeLessThan(1_500);
  });
});

describe('A database of a trial whose clock is moved', () => {
  test('is refused in production, and followed in trials', async () => {
    const database = await createDatabase('P11D');
    onTestFinished(() => database.close());
    const settings = { ...envOf(database), PORT: '0', LOG_LEVEL: 'silent' };
    const production = {
      ...settings,
      NODE_ENV: 'production',
      TRIAL: '',
      PUBLIC_URL: 'https://varsel.telenor.example',
      MAIL_FROM: 'Telenor A/S <varsel@telenor.example>',
      MAIL_REPLY_TO: 'indsigelse@telenor.example',
      SEAL_KEY_FILE,
    };
    await expect(startService(readConfig(production), systemClock)).rejects.toThrow(
      'The database belongs to a trial whose clock is moved by 11 days; a database of production was expected.',
    );
    const service = await startService(readConfig({ ...settings, ROLE: 'api', CLOCK_OFFSET: 'P3D' }), systemClock);
    const hours = service.clock().since(systemClock()).total('hours');
    await service.stop();
    expect(hours).toBeGreaterThan(71.9);
    expect(hours).toBeLessThan(72.1);
  });
});

test('In production a clock has a fault while the database’s is moved, and follows it nowhere', async () => {
  const database = await createDatabase('PT0S');
  onTestFinished(() => database.close());
  let aheadMs = 0;
  const measured = measuredClock(() => systemClock().add({ milliseconds: aheadMs }), { mayBeMoved: false });
  onTestFinished(() => measured.stop());
  const log = { warn: () => undefined, error: () => undefined };
  await measured.start(database.pool, log);
  expect(faultOf(measured.clock)).toBeNull();
  await moveClock(database.owner, Temporal.Duration.from('PT1H'));
  // A clock that was set is measured at once.
  aheadMs = 5_000;
  await vi.waitFor(() => expect(faultOf(measured.clock)).toContain('is moved by 01:00:00'), SOON);
  await moveClock(database.owner, new Temporal.Duration());
  await vi.waitFor(() => expect(faultOf(measured.clock)).toBeNull(), SOON);
  expect(Math.abs(measured.clock().since(systemClock()).total('seconds'))).toBeLessThan(2);
});

describe('At a start, Node’s and PostgreSQL’s time zones are compared', () => {
  test('and a zone whose days they begin at different instants is an error that names the first day', async () => {
    const database = await createDatabase();
    onTestFinished(() => database.close());
    const { pool } = database;
    const now = Temporal.Instant.from('2026-11-29T12:00:00Z');
    const logged: { details: object; message: string }[] = [];
    const log = (details: object, message: string) => void logged.push({ details, message });
    const compare = () => compareTimeZones(pool, now, { warn: log, error: log });
    await inTransaction(pool, (tx) => saveProduct(tx, aProduct({ contractMinimum: null }), at(ANNOUNCED)));
    await compare();
    expect(logged).toEqual([]);
    // To PostgreSQL, CET is winter time all the year.
    const inCet = { ...aProduct(), terms: { ...aProduct().terms, timeZone: 'CET' }, contractMinimum: null };
    await inTransaction(pool, (tx) => saveProduct(tx, inCet, at(ANNOUNCED), 'Vintertid hele året'));
    await compare();
    expect(logged).toEqual([
      {
        details: expect.objectContaining({ timeZone: 'CET', first: '2027-03-29' }),
        message: expect.stringContaining('disagree on when days begin'),
      },
    ]);
  });
});
