import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Registry } from 'prom-client';
import { createWebhook } from '../../src/commands/manage-webhooks.ts';
import { recordEvents } from '../../src/commands/record-events.ts';
import { prepareDatabase } from '../../src/db/prepare-database.ts';
import { connectionOptions } from '../../src/db/connection-options.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { sealingWatch } from '../../src/evidence/sealer.ts';
import { startJobs } from '../../src/jobs/schedule.ts';
import { senderOf } from '../../src/mail/sender.ts';
import { createMailTransport } from '../../src/mail/transport.ts';
import { signEvent, type EventToSign } from '../../src/webhooks/signature.ts';
import { announce, seed } from '../support/seed.ts';
import { readingUnderTest } from '../support/mails.ts';
import { SEAL_KEYS } from '../support/seal-key.ts';
import { webhooksUnderTest } from '../support/webhooks.ts';
import { median, percentile, secondsOf } from './figures.ts';
import type { Measurement, Setting } from './measurement.ts';
import { startReceiver } from './receiver.ts';
import { freePort } from './varsel.ts';

/** Posts under way to one endpoint, as in Varsel. */
const CONNECTIONS = 4;
const TIMED_EVENTS = 300;
const BETWEEN_EVENTS_MS = 10;
const clock = systemClock;

/** Deliveries end to end with PostgreSQL, beside signed POSTs alone with the same bodies to the same receiver. */
export const webhooks: Measurement = {
  about:
    'Deliveries a second of N events to one endpoint, and of N/10 events to each of ten, from the moment they are enabled until\n' +
    `all are recorded as delivered; beside it the same signed bodies posted by undici alone, ${CONNECTIONS} under way to each endpoint.\n` +
    `delay: from the commit of an event to its first byte at the receiver, ${TIMED_EVENTS} events to ten endpoints, one each ${BETWEEN_EVENTS_MS} ms;\n` +
    'beside a hanging one: to nine, while the tenth answers nothing.',
  sizes: [10_000],
  rounds: 3,

  async measure(count, { rounds, parts, say }) {
    const receiver = await startReceiver(parts);
    const here = await install(parts);
    const figures = { one: [] as number[], alone: [] as number[], ten: [] as number[], tenAlone: [] as number[] };
    const delays = { healthy: [] as number[], beside: [] as number[] };
    for (let round = 1; round <= rounds; round += 1) {
      for (const [endpoints, measured, baseline] of [
        [1, figures.one, figures.alone],
        [10, figures.ten, figures.tenAlone],
      ] as const) {
        const urls = Array.from({ length: endpoints }, (_, index) => `${receiver.url}/${index}`);
        const ids = await here.endpoints(urls, false);
        await here.happen(count / endpoints);
        await rows(here.pool, 'vacuum analyze');
        measured.push(count / (await secondsOf(() => here.deliverAll(ids))));
        await expectCount(receiver, count);
        const events = await here.events(count / endpoints);
        baseline.push(count / (await secondsOf(() => postAlone(urls, events))));
        await expectCount(receiver, count);
        await here.remove(ids);
      }
      const paths = Array.from({ length: 10 }, (_, index) => `${receiver.url}/${index}`);
      delays.healthy.push(...(await delaysOf(paths)));
      delays.beside.push(...(await delaysOf([...paths.slice(1), `${receiver.url}/hang`])));
      say(
        `webhooks ${count}, round ${round}: one ${figures.one.at(-1)?.toFixed(0)}/s (alone ${figures.alone.at(-1)?.toFixed(0)}/s), ` +
          `ten ${figures.ten.at(-1)?.toFixed(0)}/s (alone ${figures.tenAlone.at(-1)?.toFixed(0)}/s)`,
      );
    }

    async function delaysOf(urls: readonly string[]): Promise<number[]> {
      const ids = await here.endpoints(urls, true);
      const written = new Map<string, number>();
      for (let number = 0; number < TIMED_EVENTS; number += 1) {
        for (const id of await here.happen(1)) written.set(id, performance.timeOrigin + performance.now());
        await sleep(BETWEEN_EVENTS_MS);
      }
      await here.settled(ids, urls.filter((url) => !url.endsWith('/hang')).length * TIMED_EVENTS);
      const { arrivals } = await receiver.report();
      await here.remove(ids);
      return arrivals.flatMap(([key, at]) => {
        const since = written.get(key.split(' ')[0] ?? '');
        return since === undefined ? [] : [Math.max(0, at - since)];
      });
    }

    return {
      deliveries: count,
      'one/s': figures.one,
      'alone/s': figures.alone,
      ratio: median(figures.one) / median(figures.alone),
      'ten/s': figures.ten,
      'ten alone/s': figures.tenAlone,
      'ratio of ten': median(figures.ten) / median(figures.tenAlone),
      'delay p50 ms': percentile(delays.healthy, 0.5),
      'p99 ms': percentile(delays.healthy, 0.99),
      'p99 beside a hanging one': percentile(delays.beside, 0.99),
      'ratio of p99': percentile(delays.beside, 0.99) / percentile(delays.healthy, 0.99),
    };
  },
};

/** The jobs of the product, in this process, on a PostgreSQL of its own whose commits are durable. */
async function install(parts: Setting['parts']) {
  const directory = await mkdtemp(path.join(tmpdir(), 'varsel-bench-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'postgres'), durable: true });
  parts.defer(() => postgres.stop());
  const { url: databaseUrl, ownerUrl } = postgres;
  await prepareDatabase({ databaseUrl, ownerUrl }, { at: clock(), allowOwner: false });
  const pool = new pg.Pool({ ...connectionOptions(postgres.url), max: 20 });
  // A connection that its pool has not quite let go of ends with PostgreSQL; the figures stand by then.
  pool.on('error', () => undefined);
  parts.defer(() => pool.end());
  await seed(pool, 1, clock().toString());
  const plannedActivationOn = clock().toZonedDateTimeISO('UTC').toPlainDate().add({ days: 30 });
  const { id: changeId } = await announce(pool, clock().toString(), { plannedActivationOn });
  await rows(pool, `update messages set status = 'cancelled'`);
  const { poster, secretOf } = webhooksUnderTest();
  parts.defer(() => poster.close());
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (details: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(details)}\n`),
  };
  const transport = createMailTransport({
    smtpUrl: `smtp://127.0.0.1:${await freePort()}`,
    connections: 1,
  });
  const jobs = startJobs(
    {
      pool,
      clock,
      transport,
      concurrency: 1,
      sender: senderOf({ from: 'varsel@telenor.example', replyTo: 'varsel@telenor.example' }),
      linkBase: '',
      tokenOf: (messageId) => messageId,
      tagOf: (messageId) => messageId,
      codeOf: (messageId) => messageId,
      referenceOf: (windowNumber) => windowNumber,
      signInSecretOf: (linkId) => linkId,
      poster,
      secretOf,
      ...readingUnderTest(),
      publicUrl: 'http://localhost',
      operatorAddress: 'indsigelse@telenor.example',
      log,
      giveUp: (reason) => log.error({}, reason),
      registry: new Registry(),
      sealKeys: SEAL_KEYS,
      sealing: sealingWatch(systemClock),
      timeStampUrl: null,
    },
    postgres.url,
  );
  parts.defer(() => jobs.stop());
  const settings = { events: ['change.announced'], products: null, description: null, rateLimit: null };
  const by = () => ({ at: clock(), actor: 'bench' });
  const delivered = async (ids: readonly string[]) =>
    (
      await oneRow<{ count: number }>(
        pool,
        `select count(*) from webhook_deliveries where webhook_id = any($1) and status = 'delivered'`,
        [ids],
      )
    ).count;
  const settled = async (ids: readonly string[], count: number) => {
    for (const end = performance.now() + 300_000; performance.now() < end;) {
      if ((await delivered(ids)) >= count) return;
      await sleep(20);
    }
    throw new Error(`${count} deliveries were expected, ${await delivered(ids)} were made`);
  };
  return {
    pool,
    settled,
    endpoints: (urls: readonly string[], enabled: boolean) =>
      Promise.all(
        urls.map(
          async (url) => (await inTransaction(pool, (tx) => createWebhook(tx, { ...settings, url, enabled }, by()))).id,
        ),
      ),
    remove: (ids: readonly string[]) =>
      rows(
        pool,
        `with gone as (update webhooks set deleted_at = $2, deleted_by = 'bench' where id = any($1))
         update webhook_deliveries set status = 'skipped', finished_at = $2 where webhook_id = any($1) and status = 'pending'`,
        [ids, clock()],
      ),
    /** Writes so many events, and returns the ids of the latest. */
    async happen(count: number): Promise<string[]> {
      const happened = { type: 'change.announced' as const };
      for (let left = count; left > 0; left -= 500) {
        const events = Array.from({ length: Math.min(left, 500) }, () => happened);
        await inTransaction(pool, (tx) => recordEvents(tx, changeId, clock(), events));
      }
      const latest = await rows<{ id: string }>(pool, 'select id from events order by position desc limit 1');
      return latest.map(({ id }) => id);
    },
    /** Enables the endpoints and waits until all that waits for them is delivered. */
    async deliverAll(ids: readonly string[]): Promise<void> {
      const { count } = await oneRow<{ count: number }>(
        pool,
        'select count(*) from webhook_deliveries where webhook_id = any($1)',
        [ids],
      );
      await rows(
        pool,
        'update webhooks set enabled = true, disabled_at = null, disabled_because = null where id = any($1)',
        [ids],
      );
      await rows(pool, `select pg_notify('varsel_deliveries', '')`);
      await settled(ids, count);
    },
    events: (count: number) =>
      rows<EventToSign>(pool, 'select id, type, at, data::text as data from events order by position desc limit $1', [
        count,
      ]),
  };
}

async function expectCount(receiver: Awaited<ReturnType<typeof startReceiver>>, count: number): Promise<void> {
  const { count: arrived } = await receiver.report();
  if (arrived !== count) throw new Error(`${count} events were expected, ${arrived} arrived`);
}

/** Signs and posts these events to each endpoint, with nothing before or after it. */
async function postAlone(urls: readonly string[], events: readonly EventToSign[]): Promise<void> {
  const { poster, secretOf } = webhooksUnderTest();
  const secret = secretOf('01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b', 1);
  await Promise.all(
    urls.map(async (url) => {
      const waiting = events.values();
      const lane = async () => {
        for (const event of waiting) await poster.post(url, signEvent(event, [secret], clock()), clock());
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, lane));
    }),
  );
  await poster.close();
}
