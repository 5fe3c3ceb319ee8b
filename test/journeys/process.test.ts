import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { startService } from '../../src/service.ts';
import { startAskingMailbox } from '../sending/asking-mailbox.ts';
import { createDatabase } from '../support/database.ts';
import { startFaultySmtpServer } from '../support/faulty-smtp-server.ts';
import { processesOn } from '../support/processes.ts';
import { SEAL_KEY_FILE } from '../support/seal-key.ts';
import { allOutput, dataDirectory, endAll, startProcess, type Ended, type Greeting } from './varsel-process.ts';

const APP_SECRET = 'an-app-secret-of-the-tests-that-nobody-may-see';
const ADMIN_API_KEY = 'an-admin-key-of-the-tests-that-nobody-may-see';
/** Every secret and token of these runs. None of them may be printed. */
const secrets = new Set([APP_SECRET, ADMIN_API_KEY]);

afterAll(endAll);

// Exit code 0 after a signal proves that the process ended within 10 s: after 10 s it exits with code 1.
const SOON = { timeout: 60_000, interval: 50 };
/** What a process held that has ended is taken up when its leases are over. */
const AFTER_LEASES = { timeout: 100_000, interval: 500 };

interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly to: readonly { readonly address: string }[];
}

async function mailsIn(mailbox: string): Promise<Mail[]> {
  return (await fetch(`${mailbox}/api/email`)).json() as Promise<Mail[]>;
}

function tokenOf({ text }: Mail): string {
  const token = /\/objections\/([\w-]+)/.exec(text)?.[1];
  if (token === undefined) throw new Error(`no link in ${text}`);
  secrets.add(token);
  return token;
}

async function call(
  { url, apiKey }: Pick<Greeting, 'url' | 'apiKey'>,
  method: string,
  address: string,
  body?: unknown,
) {
  const isLines = typeof body === 'string';
  const response = await fetch(`${url}${address}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body !== undefined && { 'content-type': isLines ? 'application/x-ndjson' : 'application/json' }),
    },
    ...(body !== undefined && { body: isLines ? body : JSON.stringify(body) }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- read as a caller without types would
  return { status: response.status, body: (await response.json()) as any };
}

const customers = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      externalId: `proces-${index + 1}`,
      name: `Proceskunde ${index + 1} A/S`,
      registrationNumber: String(30_000_000 + index),
      products: ['truetalk'],
      contacts: [{ email: `dpo@proces-${index + 1}.example`, name: 'Dorthe Persson', language: 'da' }],
    }),
  ).join('\n');

/** An announcement of a company other than the greeting's example. */
function announcement(name: string, plannedActivationOn: string) {
  return {
    product: 'truetalk',
    kind: 'addition',
    subProcessor: {
      name,
      registrationNumber: `nr. ${name}`,
      address: 'Havnegade 1, 8000 Aarhus C',
      country: 'DK',
      contactPerson: { name: 'Signe Lund', email: 'privacy@nordlys.example' },
      processing: { da: 'Drift af servere' },
      personalData: { da: 'Navn' },
      locations: [{ country: 'DK', transferBasis: null }],
    },
    reason: { da: 'Driften samles' },
    plannedActivationOn,
  };
}

const inDays = (days: number) => Temporal.Now.plainDateISO('Europe/Copenhagen').add({ days }).toString();

/** Expects one message on stderr, without a stack, and nothing started. */
function expectRefusal({ code, stdout, stderr }: Ended, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^Varsel could not start\. [^\n]+\n$/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).not.toContain('Varsel is running');
  expect(code).toBe(1);
}

/** Expects that a start in this process refuses what `main.ts` has the same function start, in one line, without a secret. */
async function expectRefusedStart(env: Readonly<Record<string, string>>, message: RegExp): Promise<void> {
  const ports = { PORT: '0', MAILBOX_PORT: '0', MAILBOX_SMTP_PORT: '0', INBOUND_SMTP_PORT: '0' };
  const config = readConfig({ TRIAL: 'true', LOG_LEVEL: 'silent', ...ports, ...env });
  const said = await startService(config, systemClock).then(
    () => 'it has started',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  expect(said).toMatch(message);
  expect(said).not.toContain('\n');
  for (const secret of secrets) expect(said).not.toContain(secret);
}

async function occupiedPort(): Promise<number> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function externalDatabase(): Promise<string> {
  const database = await createDatabase('PT0S');
  onTestFinished(() => database.close());
  return database.url;
}

async function query(databaseUrl: string, sql: string, values: readonly string[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return await client.query(sql, [...values]);
  } finally {
    await client.end();
  }
}

async function mailServer(meanwhile?: Parameters<typeof startAskingMailbox>[0]) {
  const mailbox = await startAskingMailbox(meanwhile);
  onTestFinished(() => mailbox.close());
  return mailbox;
}

describe('On an empty folder, with nothing configured', () => {
  let dataDir: string;
  let running: ReturnType<typeof startProcess>;
  let first: Greeting;
  let changeId: string;
  let token: string;
  let tokens: string[];

  const restart = async (env: Record<string, string> = {}) => {
    running = startProcess({ DATA_DIR: dataDir, ...env });
    return running.up;
  };

  test('the first start prints where API, docs, register and mailbox are, the key, and a call to try', async () => {
    dataDir = await dataDirectory();
    first = await restart();
    expect(first.apiKey).toMatch(/^varsel_[\w-]{43}$/);
    expect((await fetch(`${first.url}/docs`)).status).toBe(200);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    const page = await fetch(first.mailbox, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>');
    expect(first.curl).toContain(`${first.url}/v1/changes`);
    const register = await fetch(first.register, { headers: { accept: 'text/html' } });
    expect(await register.text()).toContain('Gintel AS');
  });

  test('log lines stand before and after the greeting, and none in it', () => {
    const stdout = running.output();
    const [block = ''] = /^Varsel is running\.\nThis is a trial [^]*?\}'$/m.exec(stdout) ?? [];
    expect(block.split('\n').filter((line) => line.startsWith('{"level"'))).toEqual([]);
    const labels = ['Console', 'API', 'Docs', 'Register', 'Mailbox', 'Inbound', 'Sign in', 'API key'];
    const rows = block.split('\n').slice(3, 3 + labels.length);
    expect(rows.map((row) => row.slice(2, 11).trimEnd())).toEqual(labels);
  });

  test('that very call announces a change to the three example controllers, and their mails show up in the mailbox', async () => {
    const { stdout, stderr, status } = spawnSync('bash', ['-c', first.curl], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const change = JSON.parse(stdout);
    expect(change).toMatchObject({ status: 'announced', controllers: { total: 3 }, notices: { total: 4 } });
    changeId = change.id;
    await vi.waitFor(async () => expect(await mailsIn(first.mailbox)).toHaveLength(4), SOON);
    const mails = await mailsIn(first.mailbox);
    expect(mails.flatMap(({ to }) => to.map(({ address }) => address)).sort()).toEqual([
      'dpo@havneby.example',
      'it@havneby.example',
      'kontakt@lindegaarden.example',
      'privacy@nordvind.example',
    ]);
    tokens = mails.map(tokenOf);
    expect(new Set(tokens).size).toBe(4);
    const notice = mails.find(({ to }) => to[0]?.address === 'dpo@havneby.example');
    if (notice === undefined) throw new Error('no notice to dpo@havneby.example');
    token = tokenOf(notice);
    expect(notice.text).toContain(`${first.url}/objections/${token}`);
  });

  test('a customer objects through the link, and what is asked for in odd spellings leaves no link in the log', async () => {
    expect((await fetch(`${first.url}/objections/${token}`)).status).toBe(200);
    const objected = await fetch(`${first.url}/objections/${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reasons: 'Vi kender ikke leverandøren', name: 'Dorthe' }),
    });
    expect(objected.status).toBe(201);
    const { id } = (await objected.json()) as { id: string };
    for (const address of [
      `/objections/${token}/${id}`,
      `/objections/${token}/${id}/withdraw`,
      `/objections/${token}?lang=en`,
      `/objections/${token}.`,
      `/objections//${token}`,
      `//objections/${token}`,
      `/%6Fbjections/${token}`,
      `/Objections/${token}`,
      `/varsel/objections/${token}`,
      `/objections/%20${token}`,
      `/objections/${token}%zz`,
      `/objections/${token}%00`,
      `/${token}`,
      `/?link=/objections/${token}`,
    ]) {
      await (await fetch(`${first.url}${address}`)).text();
    }
    // A proxy client sends the whole address.
    const { port } = new URL(first.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`GET ${first.url}/objections/${token} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await once(socket.resume(), 'close');
  });

  test('a second process on the same folder ends with one clear line, and the first goes on', async () => {
    const second = await startProcess({ DATA_DIR: dataDir }).ended;
    expectRefusal(second, /already running on .*DATA_DIR/);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });

  test('SIGTERM ends it within 10 s, with code 0 and no orphan', async () => {
    await vi.waitFor(async () => expect(await mailsIn(first.mailbox)).toHaveLength(6), SOON);
    expect(await processesOn(dataDir)).not.toEqual([]);
    const ended = await running.stop();
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    expect(await processesOn(dataDir)).toEqual([]);
  });

  test('a restart keeps the data, the key, the links and the mails', async () => {
    const again = await restart();
    expect(again.apiKey).toBe(first.apiKey);
    const { status, body } = await call(again, 'GET', `/v1/changes/${changeId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'announced',
      controllers: { total: 3, notified: 3, windowsOpen: 3 },
      objections: { total: 1, pending: 1 },
    });
    const page = await fetch(`${again.url}/objections/${token}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Nordlys Hosting ApS');
    const mails = await mailsIn(again.mailbox);
    expect(mails).toHaveLength(6);
    expect(mails.map(tokenOf)).toEqual(expect.arrayContaining(tokens));
  });

  test('kill -9 in the middle of an announcement loses nothing, and CLOCK_OFFSET=P11D finds its windows closed', async () => {
    const { url, apiKey, mailbox } = await running.up;
    const imported = await call({ url, apiKey }, 'POST', '/v1/controllers/import', customers(80));
    expect(imported.body).toMatchObject({ created: 80, rejected: [] });
    const second = await call({ url, apiKey }, 'POST', '/v1/changes', announcement('Vega Data A/S', inDays(30)));
    expect(second.body.notices).toMatchObject({ total: 84, accepted: 0 });
    // Some messages are being sent, most are still pending.
    await vi.waitFor(async () => expect((await mailsIn(mailbox)).length).toBeGreaterThan(10), { ...SOON, interval: 1 });
    const killed = await running.stop('SIGKILL');
    expect(killed.signal).toBe('SIGKILL');

    const moved = await restart({ CLOCK_OFFSET: 'P11D' });
    expect(running.output()).toMatch(/Clock {4}\S+ \(CLOCK_OFFSET=P11D\)/);
    await vi.waitFor(async () => {
      const { body } = await call(moved, 'GET', `/v1/changes/${second.body.id}`);
      expect(body.notices).toEqual({ total: 84, accepted: 84, pending: 0, failed: 0, cancelled: 0 });
      expect(body.controllers).toMatchObject({ total: 83, notified: 83 });
    }, SOON);
    const notices = (await mailsIn(moved.mailbox)).filter(({ subject }) => subject.includes('Vega Data A/S'));
    notices.forEach(tokenOf);
    expect(new Set(notices.flatMap(({ to }) => to.map(({ address }) => address))).size).toBe(84);
    const firstChange = (await call(moved, 'GET', `/v1/changes/${changeId}`)).body;
    // The 80 controllers who came meanwhile were notified of the first change too, and have windows of their own.
    expect(firstChange).toMatchObject({ controllers: { total: 83 }, objections: { pending: 1 } });
    const own = await call(moved, 'GET', `/v1/changes/${changeId}/controllers?state=closed`);
    expect(own.body.items.map(({ externalId }: { externalId: string }) => externalId)).toEqual(
      expect.arrayContaining(['kunde-1001', 'kunde-1002', 'kunde-1003']),
    );
    expect((await running.stop()).code).toBe(0);
    expect(await processesOn(dataDir)).toEqual([]);
  });

  test('SIGTERM during the first start ends it too, and leaves no orphan', async () => {
    const fresh = await dataDirectory();
    const starting = startProcess({ DATA_DIR: fresh });
    await vi.waitFor(async () => expect(await processesOn(fresh)).not.toEqual([]), { ...SOON, interval: 10 });
    const { code, stderr } = await starting.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await processesOn(fresh)).toEqual([]);
  });
});

describe('What cannot be started ends with code 1 and one clear line', () => {
  test('a PORT in use, and what was started for it has been stopped again', async () => {
    const port = await occupiedPort();
    const env = { DATA_DIR: await dataDirectory(), PORT: String(port) };
    expectRefusal(await startProcess(env).ended, new RegExp(`Port ${port} .* in use.*PORT`));
    expect(await processesOn(env.DATA_DIR)).toEqual([]);
  });

  test('a MAILBOX_PORT in use', async () => {
    const port = await occupiedPort();
    const env = { DATA_DIR: await dataDirectory(), DATABASE_URL: await externalDatabase(), MAILBOX_PORT: String(port) };
    await expectRefusedStart(env, new RegExp(`Port ${port} .*in use.*MAILBOX_PORT`));
  });

  test('a MAILBOX_SMTP_PORT in use', async () => {
    const port = await occupiedPort();
    const env = {
      DATA_DIR: await dataDirectory(),
      DATABASE_URL: await externalDatabase(),
      MAILBOX_SMTP_PORT: String(port),
    };
    await expectRefusedStart(env, new RegExp(`Port ${port} .*in use.*MAILBOX_SMTP_PORT`));
  });

  test('a DATA_DIR that is a file, whether the database is embedded or not', async () => {
    const file = path.join(await dataDirectory(), 'file');
    await writeFile(file, '');
    await expectRefusedStart({ DATA_DIR: file }, /a file is in its place.*DATA_DIR/);
    const env = { DATA_DIR: file, DATABASE_URL: await externalDatabase() };
    await expectRefusedStart(env, /a file is in its place.*DATA_DIR/);
  });

  test('a HOST that is none of this machine', async () => {
    const env = { DATA_DIR: await dataDirectory(), DATABASE_URL: await externalDatabase(), HOST: '192.0.2.1' };
    await expectRefusedStart(env, /Cannot listen on HOST 192\.0\.2\.1/);
  });

  test.each([
    ['where nothing listens', (url: URL) => (url.port = '1'), /database cannot be reached.*ECONNREFUSED.*DATABASE_URL/],
    [
      'of an unknown host',
      (url: URL) => (url.hostname = 'nowhere.invalid'),
      /database cannot be reached.*DATABASE_URL/,
    ],
    [
      'with a wrong password',
      (url: URL) => (url.password = 'hunter2-is-wrong'),
      /password authentication failed.*DATABASE_URL/,
    ],
    [
      'of no database',
      (url: URL) => (url.pathname = '/no_such_database'),
      /"no_such_database" does not exist.*DATABASE_URL/,
    ],
  ])('a DATABASE_URL %s', async (_name, spoil, message) => {
    const url = new URL(await externalDatabase());
    secrets.add(url.password);
    spoil(url);
    secrets.add(url.password);
    const env = { DATA_DIR: await dataDirectory(), DATABASE_URL: url.href };
    await expectRefusedStart(env, message);
  });
});

describe('A configuration that cannot be used ends with code 1, every fault named at once, and no secret', () => {
  const faultsOf = async (env: Record<string, string>): Promise<string[]> => {
    const { code, stdout, stderr } = await startProcess(env).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const [heading, ...faults] = stderr.trimEnd().split('\n');
    expect(heading).toBe('Varsel could not start. The configuration cannot be used:');
    for (const fault of faults) expect(fault).toMatch(/^ {2}[A-Z_]+ is /);
    return faults.map((fault) => /^ {2}([A-Z_]+)/.exec(fault)?.[1] ?? fault);
  };

  test('production with nothing set', async () => {
    expect((await faultsOf({ NODE_ENV: 'production' })).sort()).toEqual([
      'ADMIN_API_KEY',
      'APP_SECRET',
      'DATABASE_URL',
      'MAIL_FROM',
      'MAIL_REPLY_TO',
      'PUBLIC_URL',
      'SEAL_KEY_FILE',
      'SMTP_URL',
    ]);
  });

  const PRODUCTION = {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://varsel.example',
    DATABASE_URL: 'postgres://varsel:a-password-that-nobody-may-see@127.0.0.1:1/varsel',
    SMTP_URL: 'smtp://varsel:a-password-that-nobody-may-see@127.0.0.1:1',
    MAIL_FROM: 'Telenor A/S <varsel@telenor.example>',
    MAIL_REPLY_TO: 'indsigelse@telenor.example',
    APP_SECRET,
    ADMIN_API_KEY,
    SEAL_KEY_FILE: '/run/seal-key.pem',
  };
  secrets.add('a-password-that-nobody-may-see');

  test('production with a moved clock or with webhooks to private addresses', async () => {
    const both = { ...PRODUCTION, CLOCK_OFFSET: 'P11D', WEBHOOK_ALLOW_PRIVATE: 'true' };
    expect(await faultsOf(both)).toEqual(['CLOCK_OFFSET', 'WEBHOOK_ALLOW_PRIVATE']);
    expect(await faultsOf({ ...both, PORT: 'http' })).toEqual(['PORT', 'CLOCK_OFFSET', 'WEBHOOK_ALLOW_PRIVATE']);
  });

  test('malformed values, none of them repeated where it may hold a password', async () => {
    const env = {
      DATABASE_URL: 'mysql://varsel:a-password-that-nobody-may-see@db/varsel',
      SMTP_URL: 'varsel:a-password-that-nobody-may-see@mail',
      APP_SECRET: 'too-short-a-secret',
      ADMIN_API_KEY: 'short key',
    };
    secrets.add(env.APP_SECRET).add(env.ADMIN_API_KEY);
    expect(await faultsOf(env)).toEqual(['DATABASE_URL', 'SMTP_URL', 'APP_SECRET', 'ADMIN_API_KEY']);
  });
});

describe('On a database and a mail server of its own', () => {
  /** The environment of a process that shares a database with others. */
  const sharing = (DATABASE_URL: string, SMTP_URL: string) => ({
    DATABASE_URL,
    SMTP_URL,
    APP_SECRET,
    ADMIN_API_KEY,
    // With keys of their own they would alarm by mail: a key that the one before it has not signed.
    SEAL_KEY_FILE,
  });

  test('two processes that start at the same moment share the work, and nobody gets two notices', async () => {
    const DATABASE_URL = await externalDatabase();
    const [left, right] = [await mailServer(), await mailServer()];
    const processes = await Promise.all(
      [left, right].map(async ({ smtpUrl }) => {
        const env = { ...sharing(DATABASE_URL, smtpUrl), DATA_DIR: await dataDirectory() };
        const started = startProcess(env);
        return { started, ...(await started.up), apiKey: ADMIN_API_KEY };
      }),
    );
    const [one, other] = processes;
    if (one === undefined || other === undefined) throw new Error('two were started');
    await call(one, 'POST', '/v1/controllers/import', customers(300));
    const { body: change } = await call(other, 'POST', '/v1/changes', announcement('Vega Data A/S', inDays(30)));
    expect(change.notices.total).toBe(304);
    await vi.waitFor(async () => {
      const { body } = await call(one, 'GET', `/v1/changes/${change.id}`);
      expect(body.notices).toEqual({ total: 304, accepted: 304, pending: 0, failed: 0, cancelled: 0 });
    }, SOON);
    const arrived = [...left.taken, ...right.taken].map(({ messageId }) => messageId);
    expect(arrived).toHaveLength(304);
    expect(new Set(arrived).size).toBe(304);
    expect(left.taken.length).toBeGreaterThan(0);
    expect(right.taken.length).toBeGreaterThan(0);

    // PostgreSQL restarts while the processes run; they go on when it is back.
    await query(
      DATABASE_URL,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
    );
    for (const process of processes) {
      await vi.waitFor(async () => expect((await fetch(`${process.url}/readyz`)).status).toBe(200), SOON);
    }
    await call(one, 'POST', '/v1/changes', announcement('Altair Data A/S', inDays(30)));
    await vi.waitFor(() => expect(left.taken.length + right.taken.length).toBe(608), SOON);
    // The other signals that end a process; SIGHUP is below.
    expect(await one.started.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' });
    expect(await other.started.stop('SIGUSR2')).toMatchObject({ code: 0, stderr: '' });
  });

  test('SIGTERM ends it within 10 s while the mail server is silent, and the next process sends what is left', async () => {
    const DATABASE_URL = await externalDatabase();
    const silent = await startFaultySmtpServer({ afterDot: 'silence' });
    onTestFinished(() => silent.stop());
    const silentUrl = silent.url.replace(/\?.*/, '');
    const running = startProcess({
      ...sharing(DATABASE_URL, silentUrl),
      DATA_DIR: await dataDirectory(),
      SMTP_CONNECTIONS: '10',
    });
    const { url } = await running.up;
    const api = { url, apiKey: ADMIN_API_KEY };
    await call(api, 'POST', '/v1/controllers/import', customers(40));
    const { body: change } = await call(api, 'POST', '/v1/changes', announcement('Vega Data A/S', inDays(30)));
    await vi.waitFor(() => expect(silent.arrivals.length).toBeGreaterThanOrEqual(10), SOON);
    const ended = await running.stop();
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    // Only messages that were being sent wait for their lease to end. Another process can send the rest at once.
    const { rows } = await query(
      DATABASE_URL,
      `select count(*) filter (where status = 'in-flight')::int as held,
         count(*) filter (where status = 'pending' and attempts = 0)::int as free from messages where change_id = $1`,
      [change.id],
    );
    expect(rows[0].held).toBeGreaterThanOrEqual(1);
    expect(rows[0].held).toBeLessThanOrEqual(10);
    expect(rows[0].held + rows[0].free).toBe(44);

    const mailbox = await mailServer();
    const next = startProcess({ ...sharing(DATABASE_URL, mailbox.smtpUrl), DATA_DIR: await dataDirectory() });
    const { url: nextUrl } = await next.up;
    await vi.waitFor(async () => {
      const { body } = await call({ ...api, url: nextUrl }, 'GET', `/v1/changes/${change.id}`);
      expect(body.notices).toEqual({ total: 44, accepted: 44, pending: 0, failed: 0, cancelled: 0 });
    }, AFTER_LEASES);
    const arrived = mailbox.taken.map(({ messageId }) => messageId);
    expect(new Set(arrived).size).toBe(44);
    expect(arrived).toHaveLength(44);
    expect((await next.stop()).code).toBe(0);
  });

  test('the call that is printed works with the key in the environment; SIGTERM lets a request end, and waits for none that has come by half', async () => {
    const mailbox = await mailServer();
    const env = { ...sharing(await externalDatabase(), mailbox.smtpUrl), DATA_DIR: await dataDirectory() };
    const running = startProcess(env);
    const { url, curl } = await running.up;
    const { stdout } = spawnSync('bash', ['-c', curl], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ADMIN_API_KEY },
    });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'announced', controllers: { total: 3 } });

    const imports = () => running.output().split('"url":"/v1/controllers/import"').length - 1;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/controllers/import HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ADMIN_API_KEY}\r\n` +
        'Content-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n{"externalId":',
    );
    await vi.waitFor(() => expect(imports()).toBe(1), SOON);
    const lines = `${customers(50)}\n`;
    const halfWay = lines.indexOf('\n') * 20;
    const toldToEnd = Promise.withResolvers<void>();
    async function* upload() {
      yield Buffer.from(lines.slice(0, halfWay));
      await toldToEnd.promise;
      yield Buffer.from(lines.slice(halfWay));
    }
    const response = fetch(`${url}/v1/controllers/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_API_KEY}`, 'content-type': 'application/x-ndjson' },
      body: upload(),
      duplex: 'half',
    });
    await vi.waitFor(() => expect(imports()).toBe(2), SOON);
    const ended = running.stop();
    // The process has received the signal, and accepts no new connection.
    await vi.waitFor(async () => await expect(fetch(`${url}/healthz`)).rejects.toThrow(), SOON);
    toldToEnd.resolve();
    expect(await (await response).json()).toMatchObject({ created: 50, updated: 0, unchanged: 0, rejected: [] });
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

test('a log that cannot be written ends nothing: requests are served, mails sent, and a signal ends it with code 0', async () => {
  const DATABASE_URL = await externalDatabase();
  const { taken, smtpUrl } = await mailServer();
  const port = await freePort();
  const full = await open('/dev/full', 'w');
  onTestFinished(() => full.close());
  const env = { DATABASE_URL, SMTP_URL: smtpUrl, APP_SECRET, ADMIN_API_KEY, DATA_DIR: await dataDirectory() };
  const running = startProcess({ ...env, PORT: String(port) }, 'src/main.ts', [], full.fd);
  const api = { url: `http://127.0.0.1:${port}`, apiKey: ADMIN_API_KEY };
  await vi.waitFor(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200), SOON);
  await call(api, 'POST', '/v1/changes', announcement('Vega Data A/S', inDays(30)));
  await vi.waitFor(() => expect(taken).toHaveLength(4), SOON);
  expect(await running.stop('SIGHUP')).toMatchObject({ code: 0, stderr: '' });
});

test('npm start and npm run demo run what these tests run', async () => {
  const { scripts } = JSON.parse(await readFile(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(scripts.start).toBe(
    'exec node --disable-sigusr1 --max-semi-space-size=8 --require ./src/require-node-26.cjs src/main.ts',
  );
  expect(scripts.demo).toBe('exec node --require ./src/require-node-26.cjs src/demo.ts');
});

test('the demo tells the whole story as it should be', async () => {
  const { code, stdout, stderr } = await startProcess({}, 'src/demo.ts').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Every step was as told.');
  expect(stdout).toMatch(/\(by change [0-9a-f-]{36}\)\n.*\n.*\n {5}Assists with support and fault correction\n/);
  expect(stdout).toMatch(/^ {5}Gintel AS,.*\n {7}└ Atlassian,.*\n {5}Userflow Inc\.,.*\n {7}└ Google,/m);
});

test('the demo tells it with more customers than its mailbox keeps mails, and how far the notices are', async () => {
  const { code, stdout, stderr } = await startProcess({}, 'src/demo.ts', ['--controllers', '1001']).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('1001 created, 0 rejected');
  expect(stdout).toMatch(/^ {3}[\d,]+ of 1,0\d\d notices · \d+\/s/m);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toContain('Every step was as told.');
}, 600_000);

test.each(['1', 'many', '1000001', '1.5'])(
  'the demo says how it is called when it is asked for %s controllers',
  async (count) => {
    const { code, stdout, stderr } = await startProcess({}, 'src/demo.ts', ['--controllers', count]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--controllers N');
  },
);

test('none of these runs has printed a secret or the token of a link', () => {
  // Links are looked for in the log alone: the demo quotes a mail with its link on purpose.
  const printed = allOutput();
  for (const secret of secrets) expect(printed.includes(secret) ? secret : 'not printed').toBe('not printed');
  const logged = printed.split('\n').filter((line) => line.startsWith('{'));
  expect(logged.length).toBeGreaterThan(20);
  expect(logged.filter((line) => /objections\/+(?!\[token\])[\w-]{20,}/i.test(line))).toEqual([]);
});
