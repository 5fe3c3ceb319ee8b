import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectionOptions, limitedTo } from '../../src/db/connection-options.ts';
import { listenForNotifications } from '../../src/db/notification-listener.ts';
import { inTransaction, rows, wasNotServed } from '../../src/db/postgres.ts';
import { createDatabase } from '../support/database.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';

/** As in the product, only sooner. */
const SOONER = limitedTo({ statementSeconds: 1, idleInTransactionSeconds: 1 });

/** A database, and a way to it that can go silent. */
async function start() {
  const database = await createDatabase();
  const proxy = await startProxy(() => Number(new URL(database.url).port));
  const ends: (() => Promise<unknown>)[] = [() => database.close(), () => proxy.close()];
  onTestFinished(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return {
    proxy,
    direct: database.pool,
    pool: (options: pg.PoolConfig = {}): pg.Pool => {
      const pool = new pg.Pool({ ...connectionOptions(through(proxy, database.url)), ...SOONER, ...options });
      pool.on('error', () => undefined);
      ends.push(() => pool.end());
      return pool;
    },
    url: through(proxy, database.url),
  };
}

function through({ port }: Proxy, databaseUrl: string): string {
  return Object.assign(new URL(databaseUrl), { port: String(port) }).href;
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error,
  );

test('A statement that takes too long is ended by PostgreSQL, was not served, and its transaction has done nothing', async () => {
  const { pool } = await start();
  const limited = pool();
  const error = await errorOf(
    inTransaction(limited, async (tx) => {
      await rows(tx, `update products set name = 'half done'`);
      await rows(tx, 'select pg_sleep(60)');
    }),
  );
  expect(error).toMatchObject({ code: '57014' });
  expect(wasNotServed(error)).toBe(true);
  expect(await rows(limited, `select from products where name = 'half done'`)).toEqual([]);
});

test('A statement that nobody answers ends, also in a transaction, and its connection is used no more', async () => {
  const { pool, proxy } = await start();
  const limited = pool({ max: 1 });
  await rows(limited, 'select 1');
  proxy.goSilent('open');
  expect(await errorOf(rows(limited, 'select 1'))).toMatchObject({ message: 'Query read timeout' });
  expect(await rows(limited, 'select 1 as one')).toEqual([{ one: 1 }]);
  const error = await errorOf(
    inTransaction(limited, async (tx) => {
      proxy.goSilent('open');
      await rows(tx, 'select 1');
    }),
  );
  expect(error).toMatchObject({ message: 'Query read timeout' });
  expect(await rows(limited, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('A connection that is not accepted, and one of the pool that does not come free, are not waited for without end', async () => {
  const { pool, proxy } = await start();
  proxy.goSilent('all');
  const limited = pool({ max: 1, connectionTimeoutMillis: 300 });
  expect(wasNotServed(await errorOf(rows(limited, 'select 1')))).toBe(true);
  proxy.speak();
  // On a busy machine a good connection may take longer than the limit; it is asked for again.
  const held = await vi.waitFor(() => limited.connect(), 10_000);
  expect(wasNotServed(await errorOf(rows(limited, 'select 1')))).toBe(true);
  held.release();
});

test('What a process had locked that can no longer be heard is free after a while', async () => {
  const { pool, proxy, direct } = await start();
  const vanished = await pool({ max: 1 }).connect();
  vanished.on('error', () => undefined);
  await vanished.query('begin');
  await vanished.query('select pg_advisory_xact_lock(1)');
  proxy.goSilent('all');
  const waiting = rows(direct, 'select pg_advisory_xact_lock(1)');
  await untilLockWaiters(direct);
  await waiting;
  vanished.release(true);
});

test('A listener that no longer hears connects anew, and hears what is said from then on', async () => {
  const { proxy, direct, url } = await start();
  const warnings: string[] = [];
  let heard = 0;
  const log = { warn: (_: object, message: string) => void warnings.push(message), error: () => undefined };
  const listener = listenForNotifications(url, { something: () => (heard += 1) }, log);
  onTestFinished(() => listener.stop());
  // Once when listening begins.
  await expect.poll(() => heard).toBe(1);
  await rows(direct, 'notify something');
  await expect.poll(() => heard).toBe(2);
  proxy.goSilent('open');
  await rows(direct, 'notify something');
  await expect.poll(() => heard, { timeout: 100_000 }).toBe(3);
  await rows(direct, 'notify something');
  await expect.poll(() => heard).toBe(4);
  expect(warnings).toEqual(['the connection that listens for new messages was lost']);
});

test('A listener whose database stays away says so once, and stops at once', async () => {
  const warnings: string[] = [];
  const log = { warn: (_: object, message: string) => void warnings.push(message), error: () => undefined };
  const listener = listenForNotifications('postgres://nobody@127.0.0.1:1/nowhere', {}, log);
  await expect.poll(() => warnings.length).toBe(1);
  await listener.stop();
});
