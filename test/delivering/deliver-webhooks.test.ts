import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { changeWebhook, createWebhook, replayEvents } from '../../src/commands/manage-webhooks.ts';
import { recordTest } from '../../src/commands/record-deliveries.ts';
import { recordEvents } from '../../src/commands/record-events.ts';
import { eventsAfter } from '../../src/db/events.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { listDeliveries, type DeliveryOnRecord } from '../../src/db/webhook-deliveries.ts';
import { claimWebhook, findWebhook, type WebhookSettings, type WebhookWithBacklog } from '../../src/db/webhooks.ts';
import { queueReplayStep } from '../../src/db/webhook-replays.ts';
import type { WebhookDeliverer } from '../../src/delivering/deliver-webhooks.ts';
import { webhookPoster } from '../../src/webhooks/attempt.ts';
import { movableClock, type MovableClock } from '../support/clock.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startMailbox } from '../support/mailbox.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { announce, at, seed } from '../support/seed.ts';
import { startWorkingProcess, type WorkingProcess, type WorkingProcessOptions } from '../support/working-process.ts';

const NINE = '2026-03-02T09:00:00Z';
const DAY = 24;
/** The address of MAIL_REPLY_TO, unless it is configured. */
const COMPANY = 'indsigelse@telenor.example';
const FAILING = /^Varsel: A webhook is failing/;
const ENDING = /less than a day/;
const DISABLED = /disabled/;

interface Installation {
  readonly clock: MovableClock;
  readonly database: TestDatabase;
  readonly changeId: string;
  /** A process of which the test runs the job that delivers, stopped when the test ends. */
  process(options?: Pick<WorkingProcessOptions, 'broken'>): DeliveringProcess;
  receiver(): Promise<Receiver>;
  webhook(url: string, settings?: Partial<WebhookSettings>): Promise<string>;
  /** Writes so many events of the change. */
  happen(count?: number): Promise<void>;
  /** The deliveries of an endpoint, newest first, as the API lists them. */
  deliveries(webhookId: string): Promise<DeliveryOnRecord[]>;
  /** How many of them stand in each status. */
  counts(webhookId: string): Promise<Record<string, number>>;
  /** An endpoint, as the API shows it. */
  endpoint(webhookId: string): Promise<WebhookWithBacklog | null>;
  /** The mails that the company has got. */
  mails(): Promise<{ subject: string; body: string }[]>;
}

interface DeliveringProcess extends WebhookDeliverer, Pick<WorkingProcess, 'logged'> {
  /** Reports endpoints that fail, and disables those that have failed for too long. */
  follow(): Promise<void>;
}

/** An installation with a database and a clock of its own, where a change is announced. */
async function install(): Promise<Installation> {
  const clock = movableClock(NINE);
  const database = await createDatabase();
  const { pool } = database;
  await seed(pool, 1, NINE);
  const { id: changeId } = await announce(pool, NINE);
  const mailbox = await startMailbox();
  const ends: (() => Promise<unknown>)[] = [() => database.close(), () => mailbox.close()];
  onTestFinished(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const begin = (options: Pick<WorkingProcessOptions, 'broken'> = {}) => {
    const working = startWorkingProcess({ database, clock, smtpUrl: mailbox.smtpUrl, ...options });
    ends.push(() => working.close());
    return working;
  };
  let reporting: WorkingProcess | undefined;
  const deliveries = (webhookId: string) =>
    listDeliveries(pool, { webhookId, status: null, eventId: null, before: null, limit: 10_000 });
  return {
    clock,
    database,
    changeId,
    process(options) {
      const { jobs, logged } = begin(options);
      return { ...jobs.each.deliverer, logged, follow: () => jobs.each.followWebhooks() };
    },
    async receiver() {
      const receiver = await startReceiver();
      ends.push(() => receiver.close());
      return receiver;
    },
    async webhook(url, settings = {}) {
      const given = { url, events: ['*'], products: null, description: null, rateLimit: null, enabled: true };
      const created = await inTransaction(pool, (tx) => createWebhook(tx, { ...given, ...settings }, at(NINE)));
      return created.id;
    },
    happen: (count = 1) =>
      inTransaction(pool, async (tx) => {
        const happened = Array.from({ length: count }, () => ({ type: 'change.announced' as const }));
        await recordEvents(tx, changeId, clock.now(), happened);
      }),
    deliveries,
    async counts(webhookId) {
      const byStatus = Map.groupBy(await deliveries(webhookId), ({ status }) => status);
      return Object.fromEntries([...byStatus].map(([status, alike]) => [status, alike.length]));
    },
    endpoint: (webhookId) => findWebhook(pool, webhookId),
    async mails() {
      reporting ??= begin();
      await reporting.jobs.each.sendOperatorMails();
      return mailbox.to(COMPANY).map(({ subject = '', text = '' }) => ({ subject, body: text }));
    },
  };
}

const replaySinceNine = ({ database, clock }: Installation, id: string) =>
  inTransaction(database.pool, (tx) =>
    replayEvents(tx, id, { since: Temporal.Instant.from(NINE), eventIds: null }, { at: clock.now(), actor: 'test' }),
  );
const subjects = async (here: Installation) =>
  (await here.mails()).map(({ subject }) => [FAILING, ENDING, DISABLED].find((kind) => kind.test(subject)) ?? subject);
const eventIds = ({ received }: Receiver) => received.map(({ headers }) => String(headers['webhook-id']));

describe('Deliveries', () => {
  test('of 300 events arrive once each by two processes on one database, and never more than four at a time', async () => {
    const here = await install();
    const receivers = await Promise.all([here.receiver(), here.receiver(), here.receiver()]);
    const under = receivers.map(() => ({ way: 0, most: 0, four: Promise.withResolvers<void>() }));
    const ids: string[] = [];
    for (const [index, receiver] of receivers.entries()) {
      ids.push(await here.webhook(receiver.url));
      const counter = under[index];
      if (counter === undefined) throw new Error('no counter');
      receiver.respond(async (response) => {
        counter.way += 1;
        counter.most = Math.max(counter.most, counter.way);
        if (counter.way === 4) counter.four.resolve();
        // Nobody gets a response before four wait for one, however slow the machine is.
        await counter.four.promise;
        await sleep(1);
        counter.way -= 1;
        response.writeHead(204).end();
      });
    }
    await here.happen(300);
    const processes = [here.process(), here.process()];
    await Promise.all(processes.map((each) => each.idle()));
    for (const [index, receiver] of receivers.entries()) {
      expect(await here.counts(ids[index] ?? '')).toEqual({ delivered: 300 });
      expect(eventIds(receiver)).toHaveLength(300);
      expect(new Set(eventIds(receiver)).size).toBe(300);
    }
    expect(under.map(({ most }) => most)).toEqual([4, 4, 4]);
    for (const id of ids) {
      const attempts = (await here.deliveries(id)).flatMap((delivery) => delivery.attempts);
      expect(attempts).toHaveLength(300);
    }
  });

  test('to an endpoint that hangs hold up no other', async () => {
    const here = await install();
    const [hanging, healthy] = [await here.receiver(), await here.receiver()];
    hanging.respond(() => undefined);
    const stuck = await here.webhook(hanging.url);
    const well = await here.webhook(healthy.url);
    await here.happen(50);
    // The hanging posts do not end before this test does.
    const deliverer = here.process({
      broken({ webhooks, stops }) {
        const poster = webhookPoster(webhooks.targets, { deadlineMs: 600_000 });
        stops.add(() => poster.close());
        return { webhooks: { ...webhooks, poster } };
      },
    });
    await deliverer.sweep();
    await expect.poll(() => here.counts(well), { interval: 5 }).toEqual({ delivered: 50 });
    await here.happen(50);
    await deliverer.sweep();
    await expect.poll(() => here.counts(well), { interval: 5 }).toEqual({ delivered: 100 });
    expect(await here.counts(stuck)).toEqual({ pending: 100 });
    expect(hanging.received).toHaveLength(4);
    // Its posts fail at once, and the process can stop.
    await hanging.close();
  });

  test('do not wait for a post under way to the same endpoint that takes long', async () => {
    const here = await install();
    const receiver = await here.receiver();
    const slow = Promise.withResolvers<void>();
    receiver.respond(async (response, _request, count) => {
      if (count === 1) await slow.promise;
      response.writeHead(204).end();
    });
    const id = await here.webhook(receiver.url);
    await here.happen();
    const deliverer = here.process();
    await deliverer.sweep();
    await expect.poll(() => receiver.received.length, { interval: 5 }).toBe(1);
    for (let number = 1; number <= 3; number += 1) {
      await here.happen(2);
      await deliverer.sweep();
      await expect.poll(() => here.counts(id), { interval: 5 }).toEqual({ delivered: 2 * number, pending: 1 });
    }
    slow.resolve();
    await deliverer.idle();
    expect(await here.counts(id)).toEqual({ delivered: 7 });
    expect(receiver.received).toHaveLength(7);
  });

  test('wait for the record: no more than a dozen attempts, and those under way, are not on record', async () => {
    const here = await install();
    const receiver = await here.receiver();
    const id = await here.webhook(receiver.url);
    await here.happen(60);
    const deliverer = here.process();
    await inTransaction(here.database.owner, async (tx) => {
      await rows(tx, 'lock table webhook_attempts in access exclusive mode');
      await deliverer.sweep();
      await expect.poll(() => receiver.received.length, { timeout: 5_000, interval: 5 }).toBeGreaterThanOrEqual(12);
      await sleep(100);
      expect(receiver.received.length).toBeLessThanOrEqual(12 + 4);
    });
    await deliverer.idle();
    expect(await here.counts(id)).toEqual({ delivered: 60 });
    expect(receiver.received).toHaveLength(60);
  });

  test('keep the endpoint’s rate limit, also over several sweeps', async () => {
    const here = await install();
    const receiver = await here.receiver();
    await here.webhook(receiver.url, { rateLimit: 20 });
    const deliverer = here.process();
    const started = performance.now();
    for (let round = 0; round < 3; round += 1) {
      await here.happen(4);
      await deliverer.idle();
    }
    const times = receiver.received.map(({ at: instant }) => instant);
    expect(times).toHaveLength(12);
    // The eleven after the first take a twentieth of a second each; timers may come a little early.
    expect((times.at(-1) ?? 0) - started).toBeGreaterThan((11 * 1000) / 20 - 30);
  });

  test('that a process left when it disappeared are taken over when its lease has ended, and not before', async () => {
    const here = await install();
    const receiver = await here.receiver();
    const id = await here.webhook(receiver.url);
    await here.happen(3);
    const now = here.clock.now();
    const lease = { now, leaseId: randomUUID(), leasedUntil: now.add({ seconds: 30 }) };
    expect(await claimWebhook(here.database.pool, lease)).toMatchObject({ id });
    const deliverer = here.process();
    here.clock.advance({ seconds: 29 });
    await deliverer.idle();
    expect(receiver.received).toEqual([]);
    here.clock.advance({ seconds: 1 });
    await deliverer.idle();
    expect(await here.counts(id)).toEqual({ delivered: 3 });
  });

  test('are retried on schedule for 75 hours, then given up, and can be replayed', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond(500);
    const id = await here.webhook(receiver.url);
    await here.happen();
    const deliverer = here.process();
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await deliverer.idle();
      expect(receiver.received).toHaveLength(attempt);
      const [delivery] = await here.deliveries(id);
      const next = delivery?.nextAttemptAt ?? null;
      if (attempt === 10) expect(next).toBeNull();
      else {
        if (next === null) throw new Error('no further attempt');
        const nearly = next.subtract({ milliseconds: 1 });
        here.clock.set(nearly.toString());
        await deliverer.idle();
        expect(receiver.received).toHaveLength(attempt);
        here.clock.set(next.toString());
      }
    }
    expect(await here.counts(id)).toEqual({ failed: 1 });
    expect(here.clock.now().since(NINE).total('hours')).toBeGreaterThan(60);
    expect(here.clock.now().since(NINE).total('hours')).toBeLessThan(92);
  });

  test('go to a paused endpoint only when the pause is over, as its Retry-After says', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond((response) => void response.writeHead(429, { 'retry-after': '600' }).end());
    const id = await here.webhook(receiver.url);
    await here.happen(20);
    const deliverer = here.process();
    await deliverer.idle();
    // Those under way when the first response came.
    const asked = receiver.received.length;
    expect(asked).toBeLessThanOrEqual(4);
    receiver.respond(204);
    here.clock.advance({ seconds: 599 });
    await deliverer.idle();
    expect(receiver.received).toHaveLength(asked);
    here.clock.advance({ seconds: 1 });
    await deliverer.idle();
    here.clock.advance({ minutes: 6 });
    await deliverer.idle();
    expect(await here.counts(id)).toEqual({ delivered: 20 });
  });

  test('of a replay go behind new events', async () => {
    const here = await install();
    const receiver = await here.receiver();
    const id = await here.webhook(receiver.url);
    await here.happen(5);
    const deliverer = here.process();
    await deliverer.idle();
    const old = new Set(eventIds(receiver));
    await replaySinceNine(here, id);
    here.clock.advance({ minutes: 1 });
    await here.happen(5);
    receiver.respond(async (response) => {
      await sleep(5);
      response.writeHead(204).end();
    });
    await deliverer.idle();
    const order = eventIds(receiver)
      .slice(5)
      .map((eventId) => (old.has(eventId) ? 'again' : 'new'));
    // The announcement and the five.
    expect(order.filter((each) => each === 'again').length).toBeGreaterThanOrEqual(5);
    expect(order.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'new'));
  });
});

describe('A replay', () => {
  test('that takes long to be queued holds up no delivery', async () => {
    const here = await install();
    const { pool } = here.database;
    const receiver = await here.receiver();
    const slow = await here.webhook(receiver.url, { events: ['change.activated'] });
    const well = await here.webhook(receiver.url);
    const listed = () => eventsAfter(pool, { after: null, product: null, limit: 1 });
    await expect.poll(listed).toHaveLength(1);
    const [event] = await listed();
    const eventId = event?.id ?? '';
    await inTransaction(pool, (tx) => replayEvents(tx, slow, { since: null, eventIds: [eventId] }, at(NINE)));
    const deliverer = here.process();
    await inTransaction(pool, async (tx) => {
      // What is queued for the endpoint waits for this.
      await rows(tx, 'select from webhooks where id = $1 for update', [slow]);
      const first = deliverer.sweep();
      await here.happen();
      void deliverer.sweep();
      await expect.poll(() => here.counts(well), { interval: 5 }).toEqual({ delivered: 1 });
      await tx.query('commit');
      await first;
    });
    await deliverer.idle();
    expect(await here.counts(slow)).toEqual({ delivered: 1 });
  });

  test('that was interrupted between two steps goes on where it stopped, and queues each event once', async () => {
    const here = await install();
    const receiver = await here.receiver();
    await here.happen(1200);
    const id = await here.webhook(receiver.url);
    await replaySinceNine(here, id);
    const step = () => inTransaction(here.database.pool, (tx) => queueReplayStep(tx, here.clock.now(), 500));
    expect(await step()).toBe(true);
    expect(await here.counts(id)).toEqual({ pending: 500 });
    // Two processes at once, as after a restart of one of them.
    const processes = [here.process(), here.process()];
    await Promise.all(processes.map((each) => each.idle()));
    const found = await here.counts(id);
    expect(found).toEqual({ delivered: 1201 });
    expect(new Set(eventIds(receiver)).size).toBe(1201);
    expect(await step()).toBe(false);
  });
});

describe('An endpoint that fails', () => {
  test('is reported when it begins to, a day before it is disabled, and when it is', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond(500);
    const id = await here.webhook(receiver.url, { description: 'Contract system' });
    const other = await here.receiver();
    await here.webhook(other.url, { events: ['webhook.*'] });
    const deliverer = here.process();
    const pass = async (duration: Temporal.DurationLike) => {
      here.clock.advance(duration);
      await here.happen();
      await deliverer.idle();
      await deliverer.follow();
    };
    await pass({ seconds: 0 });
    expect(await here.mails()).toEqual([]);
    await pass({ minutes: 1 });
    expect(await subjects(here)).toEqual([FAILING]);
    await pass({ hours: 4 * DAY - 1 });
    expect(await here.mails()).toHaveLength(1);
    await pass({ hours: 1 });
    expect(await subjects(here)).toEqual([FAILING, ENDING]);
    await pass({ hours: 23 });
    expect(await here.mails()).toHaveLength(2);
    expect(await here.endpoint(id)).toMatchObject({ enabled: true });
    await pass({ hours: 1 });
    expect(await subjects(here)).toEqual([FAILING, ENDING, DISABLED]);
    expect(await here.endpoint(id)).toMatchObject({ enabled: false, disabledBecause: 'failing' });
    const [first, second, third] = await here.mails();
    expect(first?.subject).toBe(`Varsel: A webhook is failing: http://127.0.0.1:${receiver.port}`);
    expect(first?.body).toMatch(`Webhook ${id} (Contract system)`);
    expect(first?.body).toMatch('disabled at 2026-03-07T09:00:00.000Z');
    expect(second?.subject).toMatch('less than a day');
    expect(third?.body).toMatch('Its events are kept');
    await deliverer.idle();
    expect(other.received.map(({ body }) => JSON.parse(body))).toEqual([
      {
        type: 'webhook.disabled',
        timestamp: expect.any(String),
        data: {
          eventId: expect.any(String),
          checkpoint: null,
          webhook: {
            id,
            url: new URL(receiver.url).origin,
            because: 'failing',
            failingSince: '2026-03-02T09:00:00.000Z',
          },
        },
      },
    ]);
  });

  test('is disabled after five days also where nothing was sent to it meanwhile', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond(500);
    const id = await here.webhook(receiver.url);
    await here.happen(2);
    const deliverer = here.process();
    await deliverer.idle();
    here.clock.advance({ hours: 5 * DAY });
    await deliverer.follow();
    expect(await here.endpoint(id)).toMatchObject({ enabled: false, disabledBecause: 'failing' });
  });

  test('is well again after one success, and its days count anew', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond(500);
    const id = await here.webhook(receiver.url);
    await here.happen(2);
    const deliverer = here.process();
    await deliverer.idle();
    here.clock.advance({ hours: 4 * DAY });
    receiver.respond(204);
    await deliverer.idle();
    expect(await here.endpoint(id)).toMatchObject({ failingSince: null });
    expect(await here.counts(id)).toEqual({ delivered: 2 });
    receiver.respond(500);
    await here.happen();
    await deliverer.idle();
    expect(await subjects(here)).toEqual([FAILING]);
    await here.happen();
    await deliverer.idle();
    expect(await subjects(here)).toEqual([FAILING, FAILING]);
    here.clock.advance({ hours: 3 * DAY });
    await deliverer.follow();
    expect(await here.endpoint(id)).toMatchObject({ enabled: true });
    expect(await subjects(here)).toEqual([FAILING, FAILING]);
  });

  test('once, and succeeds at the retry, is not reported', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond((response, _request, count) => void response.writeHead(count === 1 ? 500 : 204).end());
    const id = await here.webhook(receiver.url);
    await here.happen();
    const deliverer = here.process();
    await deliverer.idle();
    here.clock.advance({ seconds: 6 });
    await deliverer.idle();
    expect(await here.counts(id)).toEqual({ delivered: 1 });
    expect(await here.mails()).toEqual([]);
  });

  test('gets one post at a time until it succeeds', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond(500);
    await here.webhook(receiver.url);
    await here.happen();
    const deliverer = here.process();
    await deliverer.idle();
    let way = 0;
    let most = 0;
    receiver.respond(async (response) => {
      way += 1;
      most = Math.max(most, way);
      await sleep(2);
      way -= 1;
      response.writeHead(500).end();
    });
    await here.happen(10);
    await deliverer.idle();
    expect(receiver.received).toHaveLength(11);
    expect(most).toBe(1);
  });

  test('keeps its events while it is disabled, and gets all of them when it is enabled again, given up ones too', async () => {
    const here = await install();
    const receiver = await here.receiver();
    receiver.respond(500);
    const id = await here.webhook(receiver.url);
    const deliverer = here.process();
    await here.happen(3);
    // The first ones use their schedule up before the five days are over.
    for (let hour = 0; hour < 5 * DAY; hour += 2) {
      await deliverer.idle();
      here.clock.advance({ hours: 2 });
      await deliverer.follow();
    }
    await here.happen(2);
    expect(await here.endpoint(id)).toMatchObject({ enabled: false });
    expect(await here.counts(id)).toEqual({ failed: 3, pending: 2 });
    receiver.respond(204);
    const by = { at: here.clock.now(), actor: 'test' };
    // Who enables it tests it first.
    const tested = { startedAt: by.at, durationMs: 1, address: '127.0.0.1', status: 204, error: null, response: '' };
    await inTransaction(here.database.pool, (tx) => recordTest(tx, id, { ...tested, deliveryId: null }, true));
    await inTransaction(here.database.pool, (tx) => changeWebhook(tx, id, { enabled: true }, by));
    await deliverer.idle();
    expect(await here.counts(id)).toEqual({ delivered: 5 });
  });
});

test('An endpoint that responds 410 Gone is disabled at once, with a mail about it, and keeps its events', async () => {
  const here = await install();
  const receiver = await here.receiver();
  receiver.respond(410);
  const id = await here.webhook(`${receiver.url}?key=known-to-admins`);
  const other = await here.receiver();
  await here.webhook(other.url, { events: ['webhook.*'] });
  await here.happen(10);
  const deliverer = here.process();
  await deliverer.idle();
  await deliverer.idle();
  expect(await here.endpoint(id)).toMatchObject({ enabled: false, disabledBecause: 'gone' });
  expect(await subjects(here)).toEqual([DISABLED]);
  expect(receiver.received.length).toBeLessThanOrEqual(4);
  expect(await here.counts(id)).toEqual({ pending: 10 });
  const { origin } = new URL(receiver.url);
  expect(other.received.map(({ body }) => JSON.parse(body))).toEqual([
    {
      type: 'webhook.disabled',
      timestamp: expect.any(String),
      data: {
        eventId: expect.any(String),
        checkpoint: null,
        webhook: { id, url: origin, because: 'gone', failingSince: expect.any(String) },
      },
    },
  ]);
});

test('An endpoint that is disabled or deleted while it is served gets no more than what is under way', async () => {
  const here = await install();
  const receiver = await here.receiver();
  const id = await here.webhook(receiver.url);
  receiver.respond(async (response, _request, count) => {
    if (count === 40) {
      const by = { at: here.clock.now(), actor: 'test' };
      await inTransaction(here.database.pool, (tx) => changeWebhook(tx, id, { enabled: false }, by));
    }
    response.writeHead(204).end();
  });
  await here.happen(1000);
  await here.process().idle();
  // The page that had been fetched, what was left of the one before, and what was under way.
  expect(receiver.received.length).toBeLessThan(40 + 64 + 24 + 4);
  const { pending = 0, delivered = 0 } = await here.counts(id);
  expect(pending + delivered).toBe(1000);
  expect(delivered).toBe(receiver.received.length);
});

test('An endpoint that cannot be served is released and served anew, and the fault is logged', async () => {
  const here = await install();
  const receiver = await here.receiver();
  const id = await here.webhook(receiver.url);
  await here.happen(5);
  let faults = 1;
  const deliverer = here.process({
    broken: ({ webhooks }) => ({
      webhooks: {
        ...webhooks,
        secretOf(...version) {
          if (faults-- > 0) throw new Error('no secret');
          return webhooks.secretOf(...version);
        },
      },
    }),
  });
  await deliverer.idle();
  await deliverer.stop();
  expect(deliverer.logged.map(({ message }) => message)).toEqual(['an endpoint could not be served']);
  expect(await here.counts(id)).toEqual({ delivered: 5 });
  expect(receiver.received).toHaveLength(5);
  // Nobody holds it: another process serves it at once.
  await here.happen();
  await here.process().idle();
  expect(receiver.received).toHaveLength(6);
});
