import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { moveClock } from '../../src/db/installation.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { startSkewed, type SkewedProcess } from '../support/skewed-processes.ts';
import type { Setting } from './measurement.ts';
import { startSink } from './sink.ts';
import { API_KEY, APP_SECRET } from './varsel.ts';

export const PROCESSES = 3;
export const CLOCKS_APART_MS = 10_000;
const CONCURRENCY = 6;
/** What the addresses end in that mail comes back to. */
export const DOMAIN = 'svar.telenor.example';

/** The status of a request that no connection came free for, or no lock, in time. Nothing was done. */
export const NOT_SERVED = 503;

/** A response: when it was asked for and came, in milliseconds of the epoch by the database's time. */
export interface Response {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly askedMs: number;
  readonly answeredMs: number;
}

interface Sender {
  readonly type?: string;
  readonly key?: string;
}

/** Varsel in several processes on one database, whose time is moved from deadline to deadline. */
export interface Installation {
  readonly db: pg.Pool;
  /** The database's time. */
  now(): number;
  /** How far it is ahead of the machine's. */
  movedMs(): number;
  /**
   * Sends a request to any of the processes. A machine that cannot keep up responds with 503 and has done nothing. Rejects where
   * the response is a fault of ours.
   */
  call(method: string, address: string, body?: unknown, as?: Sender): Promise<Response>;
  /** The key of a second officer. */
  readonly secondKey: string;
  /** How many requests were not served. */
  notServed(): number;
  /** The port of any process that takes mail. */
  mailPort(): number;
  /** Sets the database's time, and each process's clock to another wrong one, and waits until they know. */
  moveTo(instantMs: number): Promise<void>;
}

export async function install(parts: Setting['parts']): Promise<Installation> {
  const directory = await mkdtemp(path.join(tmpdir(), 'varsel-storm-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, 'postgres'),
    settings: { track_commit_timestamp: 'on' },
  });
  parts.defer(() => postgres.stop());
  const sink = await startSink(parts);
  let moves = 0;
  /** Half of the clocks are ahead and half behind, and after a move the other half: each is set by a second at least. */
  const wrongBy = (index: number) =>
    ((index + moves) % 2 === 0 ? 1 : -1) * Math.round(between(500, CLOCKS_APART_MS / 2));
  const processes: SkewedProcess[] = [];
  for (let index = 0; index < PROCESSES; index += 1) {
    const started = await startSkewed(wrongBy(index), {
      TRIAL: 'true',
      DATABASE_URL: postgres.url,
      DATABASE_OWNER_URL: postgres.ownerUrl,
      SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      APP_SECRET,
      ADMIN_API_KEY: API_KEY,
      INBOUND_DOMAIN: DOMAIN,
      INBOUND_SMTP_PORT: '0',
      INBOUND_TRUSTED: '127.0.0.1',
    });
    parts.defer(() => started.end());
    processes.push(started);
  }
  const db = new pg.Pool({ connectionString: postgres.ownerUrl, max: 2 });
  db.on('error', () => undefined);
  parts.defer(() => db.end());

  let movedMs = 0;
  let notServed = 0;
  const now = () => Date.now() + movedMs;
  const any = () => processes[Math.floor(between(0, PROCESSES))] as SkewedProcess;
  return {
    db,
    now,
    movedMs: () => movedMs,
    secondKey: await secondKey(any().url),
    async call(method, address, body, as = {}) {
      const askedMs = now();
      const { status, text } = await send(any().url, method, address, body, as);
      if (status === NOT_SERVED) notServed += 1;
      else if (status >= 500) throw new Error(`${method} ${address} → ${status}: ${text}`);
      return { status, body: text === '' ? {} : JSON.parse(text), askedMs, answeredMs: now() };
    },
    notServed: () => notServed,
    mailPort: () => any().mailPort,
    async moveTo(instantMs) {
      moves += 1;
      movedMs = instantMs - Date.now();
      await moveClock(db, Temporal.Duration.from({ milliseconds: movedMs }));
      await Promise.all(processes.map((each, index) => each.setClock(wrongBy(index))));
    },
  };
}

async function secondKey(url: string): Promise<string> {
  const { status, text } = await send(url, 'POST', '/v1/keys', { name: 'Second officer', role: 'officer' }, {});
  if (status !== 201) throw new Error(`no second key: ${text}`);
  return JSON.parse(text).key;
}

async function send(
  url: string,
  method: string,
  address: string,
  body: unknown,
  { type = 'application/json', key = API_KEY }: Sender,
) {
  const response = await fetch(url + address, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Any number between these two. */
export const between = (from: number, to: number) => from + Math.random() * (to - from);

/** Sends a request until it is served. Returns its body; rejects where it is refused. */
export async function succeed(installation: Installation, ...request: Parameters<Installation['call']>) {
  let response = await installation.call(...request);
  while (response.status === NOT_SERVED) response = await installation.call(...request);
  const { status, body } = response;
  if (status >= 300) throw new Error(`${request[0]} ${request[1]} → ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Does the work for all, a few at a time. */
export async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
