import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Announcement } from '../../src/domain/change.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { TRUETALK_REGISTER, trueTalk } from '../../src/examples/truetalk.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { secondsOf } from './figures.ts';
import { SEAL_KEY_FILE } from '../support/seal-key.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const APP_SECRET = 'a secret of the benchmarks, of more than 32 bytes';
export const API_KEY = 'the-admin-key-of-all-the-benchmarks';
const START_WITHIN_MS = 30_000;
const CALL_WITHIN_MS = 900_000;
/** Slower than this is a fault, not a figure. */
const SLOWEST_MAILS_PER_SECOND = 50;

/** Varsel as production runs it, in a process of its own, on a PostgreSQL of its own whose commits are durable. */
export interface BenchedVarsel {
  readonly url: string;
  readonly pid: number;
  readonly databaseUrl: string;
  /** The database, to look at outcomes. */
  readonly db: pg.Pool;
  /** Imports so many controllers of TrueTalk with one contact each. Returns the seconds it took. */
  importControllers(count: number): Promise<number>;
  /** Writes so many controllers of TrueTalk with one contact each by plain SQL, where importing them would take long. */
  seedControllers(count: number): Promise<void>;
  /** Waits until what a change writes for every controller is written. */
  untilWritten(changeId: string): Promise<void>;
  /** Announces a new change to all of them. */
  announce(): Promise<{ changeId: string; seconds: number }>;
  /** Proposes an announcement; its proposal's id. */
  propose(announcement: Announcement): Promise<string>;
  /** Waits until no message is left to send, and makes sure that as many of the change are recorded as accepted. */
  untilAllAccepted(changeId: string, expected: number): Promise<void>;
  /** The path of a message's link. */
  linkOf(messageId: string): string;
}

/** Starts it with TrueTalk and its register and nothing else. Its mails go to `smtpPort`. */
export async function startVarsel(
  smtpPort: number,
  parts: AsyncDisposableStack,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchedVarsel> {
  const directory = await mkdtemp(path.join(tmpdir(), 'varsel-bench-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'postgres'), durable: true });
  parts.defer(() => postgres.stop());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // As `npm start` does.
  const child = spawn(process.execPath, ['--max-semi-space-size=8', 'src/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      NODE_OPTIONS: process.env.NODE_OPTIONS,
      NODE_ENV: 'production',
      PORT: String(port),
      // Nothing follows the links in its mails.
      PUBLIC_URL: 'https://varsel.example',
      DATABASE_URL: postgres.url,
      DATABASE_OWNER_URL: postgres.ownerUrl,
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      MAIL_FROM: 'Telenor A/S <varsel@telenor.example>',
      MAIL_REPLY_TO: 'indsigelse@telenor.example',
      APP_SECRET,
      ADMIN_API_KEY: API_KEY,
      SEAL_KEY_FILE,
      ...settings,
    },
  });
  parts.defer(() => end(child));
  await untilReady(url, child);
  const db = new pg.Pool({ connectionString: postgres.ownerUrl, max: 2 });
  db.on('error', () => undefined);
  parts.defer(() => db.end());

  const call = async (method: string, address: string, body: unknown, type = 'application/json') => {
    const response = await fetch(url + address, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': type },
      body: type === 'application/json' ? JSON.stringify(body) : (body as AsyncIterable<Buffer>),
      duplex: 'half',
      signal: AbortSignal.timeout(CALL_WITHIN_MS),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${method} ${address} → ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { id, ...terms } = trueTalk('indsigelse@telenor.example');
  await call('PUT', `/v1/products/${id}`, terms);
  await call('PUT', `/v1/products/${id}/register`, { entries: TRUETALK_REGISTER });

  let announced = 0;
  const links = objectionLinks(APP_SECRET);
  return {
    url,
    pid: child.pid ?? 0,
    databaseUrl: postgres.url,
    db,
    async importControllers(count) {
      let answer: Record<string, unknown> = {};
      const seconds = await secondsOf(async () => {
        answer = await call('POST', '/v1/controllers/import', ndjson(count), 'application/x-ndjson');
      });
      if (answer.created !== count) throw new Error(`${count} controllers were imported: ${JSON.stringify(answer)}`);
      return seconds;
    },
    async seedControllers(count) {
      await db.query(
        `with saved as (
           insert into controllers (external_id, external_id_key, name, registration_number, registration_key, created_at, updated_at)
           select 'kunde-' || n, 'kunde-' || n, 'Kunde ' || n || ' A/S', (10000000 + n)::text, 'DK:' || (10000000 + n),
             '2026-01-01Z', '2026-01-01Z'
           from generate_series(1, $1::int) n order by n returning id, external_id
         ), agreed as (
           insert into agreements (controller_id, product_id, started_at) select id, 'truetalk', '2026-01-01Z' from saved
         )
         insert into contacts (controller_id, position, email, name, language)
         select id, 1, 'dpo@' || external_id || '.example', 'Dorthe Persson', 'da' from saved`,
        [count],
      );
    },
    untilWritten: (changeId) => untilWritten(db, changeId),
    async announce() {
      announced += 1;
      const announcement = anAnnouncement({
        subProcessor: aSubProcessor(announced),
        plannedActivationOn: Temporal.Now.plainDateISO().add({ days: 60 }),
      });
      let answer: Record<string, unknown> = {};
      const seconds = await secondsOf(async () => {
        answer = await call('POST', '/v1/changes', announcement);
      });
      return { changeId: String(answer.id), seconds };
    },
    async propose(announcement) {
      return String((await call('POST', '/v1/proposals', { kind: 'announcement', announcement })).id);
    },
    async untilAllAccepted(changeId, expected) {
      // Sending may catch up with what writes the notices.
      await untilWritten(db, changeId);
      const deadline = performance.now() + 30_000 + (expected / SLOWEST_MAILS_PER_SECOND) * 1_000;
      while (await isSending(db)) {
        if (performance.now() > deadline) throw new Error(`${expected} messages were not sent in time`);
        // Asked more often, it would cost PostgreSQL a hundredth of its time.
        await sleep(100);
      }
      const { rows } = await db.query(
        `select count(*)::int from messages where change_id = $1 and status = 'accepted'`,
        [changeId],
      );
      if (rows[0].count !== expected) throw new Error(`${expected} messages expected, ${rows[0].count} were accepted`);
    },
    linkOf: (messageId) => `/objections/${links.tokenOf(messageId)}`,
  };
}

async function untilWritten(db: pg.Pool, changeId: string): Promise<void> {
  const deadline = performance.now() + CALL_WITHIN_MS;
  for (;;) {
    const running = await db.query('select from fan_outs where change_id = $1 and finished_at is null', [changeId]);
    if (running.rowCount === 0) return;
    if (performance.now() > deadline) throw new Error('a fan-out did not end in time');
    await sleep(25);
  }
}

/** Whether any message waits or is under way. In the order of the indexes of those, so that asking costs next to nothing. */
async function isSending(db: pg.Pool): Promise<boolean> {
  const { rowCount } = await db.query(
    `(select from messages where status = 'pending' order by (kind in ('notice', 'reminder', 'change-activated', 'change-withdrawn')), next_attempt_at, id limit 1)
     union all (select from messages where status = 'in-flight' order by leased_until limit 1)`,
  );
  return rowCount !== 0;
}

async function* ndjson(count: number): AsyncGenerator<Buffer> {
  const LINES = 200;
  for (let first = 1; first <= count; first += LINES) {
    const numbers = Array.from({ length: Math.min(LINES, count - first + 1) }, (_, index) => first + index);
    yield Buffer.from(numbers.map((number) => `${JSON.stringify(aController(number))}\n`).join(''));
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error('Varsel did not start');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
