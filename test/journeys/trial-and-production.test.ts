import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { processesOn } from '../support/processes.ts';
import { SEAL_KEY_FILE } from '../support/seal-key.ts';
import { dataDirectory, endAll, startProcess, type VarselProcess } from './varsel-process.ts';

afterAll(endAll);

const SOON = { timeout: 20_000, interval: 50 };
const ADMIN_API_KEY = 'varsel_qL8w-Zt3XkYd0VnR5bGmJcTe7hA';
const TRIAL_LINE = /^This is a trial and not production: .*$/gm;

/** What production needs, on this database. Nothing takes its mails. */
const productionOn = (database: { DATABASE_URL: string; DATABASE_OWNER_URL: string }) => ({
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://varsel.example',
  ...database,
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'Telenor A/S <varsel@telenor.example>',
  MAIL_REPLY_TO: 'indsigelse@telenor.example',
  APP_SECRET: '6f1c0c7e2b9a4d5381e7b0a94cd2f36e',
  ADMIN_API_KEY,
  SEAL_KEY_FILE,
});

/** A database that is empty, as an operator gives it, with a role that owns it and one for the application. */
async function emptyDatabase() {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  await database.owner.query('drop schema public cascade; create schema public');
  return { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl };
}

async function query(databaseUrl: string, sql: string) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const tablesIn = ({ DATABASE_OWNER_URL }: { DATABASE_OWNER_URL: string }) =>
  query(DATABASE_OWNER_URL, `select tablename from pg_tables where schemaname = 'public'`);

/** The local addresses that processes listen on for TCP, as the kernel writes them: in hexadecimal, with the port. */
async function listeningAddresses(pids: readonly number[]): Promise<string[]> {
  const inodes = new Set<string>();
  for (const pid of pids) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  }
  const LISTENING = '0A';
  const lines = (await readFile('/proc/net/tcp', 'utf8')) + (await readFile('/proc/net/tcp6', 'utf8'));
  return lines
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, ...rest]) => state === LISTENING && inodes.has(rest[5] ?? ''))
    .map(([, address = '']) => address);
}

const ended = async (started: VarselProcess) => {
  const { code, stdout, stderr } = await started.ended;
  return { code, stdout, stderr };
};

describe('A trial', () => {
  test('says in one line that it is one, listens on this machine alone, and keeps its mails to itself', async () => {
    const dataDir = await dataDirectory();
    const running = startProcess({ DATA_DIR: dataDir, TRIAL: '' });
    const { url, apiKey, mailbox, curl } = await running.up;
    expect(running.output().match(TRIAL_LINE)).toEqual([
      'This is a trial and not production: it has example controllers, and mails go to its own mailbox and to nobody else.',
    ]);
    const listening = await listeningAddresses([running.child.pid ?? 0, ...(await processesOn(dataDir))]);
    // Requests, mail that comes back, the mailbox and its page, PostgreSQL.
    expect(listening.length).toBe(5);
    expect(listening.filter((address) => !address.startsWith('0100007F:'))).toEqual([]);

    const body = /-d '([^]*)'/.exec(curl)?.[1] ?? '';
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    expect((await fetch(`${url}/v1/changes`, { method: 'POST', headers, body })).status).toBe(201);
    await vi.waitFor(async () => expect(await (await fetch(`${mailbox}/api/email`)).json()).toHaveLength(4), SOON);
    const directory = path.join(dataDir, 'mailbox');
    const modeOf = async (name: string) => ((await stat(name)).mode & 0o777).toString(8);
    expect(await modeOf(directory)).toBe('700');
    const files = (await readdir(directory, { withFileTypes: true, recursive: true })).filter((each) => each.isFile());
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) expect(await modeOf(path.join(file.parentPath, file.name))).toBe('600');
    expect((await running.stop()).code).toBe(0);
  });

  test('is one on a database of somebody else only where TRIAL=true says so', async () => {
    const database = await emptyDatabase();
    const env = { ...database, DATA_DIR: await dataDirectory(), CLOCK_OFFSET: 'P11D', ADMIN_API_KEY };
    const refused = await ended(startProcess({ ...env, TRIAL: '' }));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^ {2}CLOCK_OFFSET is set: production runs on the real clock$/m);
    expect(refused.stderr).toMatch(/^ {2}TRIAL is not set: .*TRIAL=true/m);
    expect(await tablesIn(database)).toEqual([]);

    const trial = startProcess({ ...env, TRIAL: 'true' });
    await trial.up;
    expect(trial.output().match(TRIAL_LINE)).toHaveLength(1);
    expect(await query(database.DATABASE_URL, 'select external_id from controllers order by 1')).toHaveLength(3);
    expect((await trial.stop()).code).toBe(0);
  });

  test.each(['Production', 'prod', 'production '])(
    'is none by mistake: NODE_ENV=%j starts nothing and makes nothing',
    async (NODE_ENV) => {
      const database = await emptyDatabase();
      const dataDir = path.join(await dataDirectory(), 'data');
      const env = { ...productionOn(database), NODE_ENV, DATA_DIR: dataDir };
      expect(await ended(startProcess(env))).toEqual({
        code: 1,
        stdout: '',
        stderr:
          'Varsel could not start. The configuration cannot be used:\n' +
          `  NODE_ENV is ${JSON.stringify(NODE_ENV)}: expected production, development, test, or nothing\n`,
      });
      expect((await ended(startProcess({ NODE_ENV, DATA_DIR: dataDir }))).code).toBe(1);
      expect(await tablesIn(database)).toEqual([]);
      await expect(stat(dataDir)).rejects.toThrow('ENOENT');
    },
  );
});

describe('Production', () => {
  test('begins on an empty database with nothing made up, and says nothing of a trial', async () => {
    const database = await emptyDatabase();
    const running = startProcess(productionOn(database));
    await running.up;
    expect(running.output()).not.toMatch(/trial/i);
    expect(await query(database.DATABASE_URL, 'select id from products')).toEqual([]);
    expect(await query(database.DATABASE_URL, 'select id from controllers')).toEqual([]);
    expect(await query(database.DATABASE_URL, 'select name, role from api_keys')).toEqual([
      { name: 'First key', role: 'admin' },
    ]);
    expect((await running.stop()).code).toBe(0);
  });

  test('opens no inspector on SIGUSR1, and goes on', async () => {
    const running = startProcess(productionOn(await emptyDatabase()));
    await running.up;
    const pid = running.child.pid ?? 0;
    const before = await listeningAddresses([pid]);
    const [port] = before.map((address) => Number.parseInt(address.replace(/.*:/, ''), 16));
    running.child.kill('SIGUSR1');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(await listeningAddresses([pid])).toEqual(before);
    const { code, stderr } = await running.stop();
    // Node says there that its debugger listens.
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
