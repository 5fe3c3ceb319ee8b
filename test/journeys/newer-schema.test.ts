import { cp, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startMailbox } from '../support/mailbox.ts';
import { dataDirectory, endAll, startProcess } from './varsel-process.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SOON = { timeout: 60_000, interval: 50 };
const NEWER =
  'The database holds migration 999_later.sql, which this version of Varsel does not know: run a newer one.';

afterAll(endAll);

async function start(): Promise<{ database: TestDatabase; env: Record<string, string> }> {
  const database = await createDatabase('PT0S');
  const mailbox = await startMailbox();
  onTestFinished(async () => {
    await mailbox.close();
    await database.close();
  });
  const env = {
    DATABASE_URL: database.url,
    SMTP_URL: mailbox.smtpUrl,
    APP_SECRET: 'an app secret of the tests, of more than 32 bytes',
    ADMIN_API_KEY: 'an-admin-key-of-the-tests',
  };
  return { database, env: { ...env, DATA_DIR: await dataDirectory() } };
}

const readiness = async (url: string) => {
  const response = await fetch(`${url}/readyz`);
  const { errors } = (await response.json()) as { errors?: unknown };
  return { status: response.status, errors };
};

test('An old worker beside a newer schema stops and says why; an old API is not ready, and says why', async () => {
  const { database, env } = await start();
  const worker = startProcess({ ...env, ROLE: 'worker', PUBLIC_URL: 'http://varsel.example' });
  const api = startProcess({ ...env, ROLE: 'api' });
  const { url } = await api.up;
  await vi.waitFor(() => expect(worker.output()).toContain('/readyz'), SOON);
  await database.owner.query(`insert into migrations values ('999_later.sql', 'of that text', now())`);
  expect(await worker.ended).toMatchObject({ code: 1, stderr: `Varsel stops. ${NEWER}\n` });
  expect(await readiness(url)).toEqual({ status: 503, errors: [{ path: 'migrations', message: NEWER }] });
  expect((await api.stop()).code).toBe(0);
});

test('A file that is put beside the migrations while a process runs leaves it ready', async () => {
  const { env } = await start();
  const copy = await dataDirectory();
  for (const part of ['src', 'sql', 'emails', 'package.json'])
    await cp(path.join(ROOT, part), path.join(copy, part), { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  const running = startProcess(env, path.join(copy, 'src/main.ts'));
  const { url } = await running.up;
  await writeFile(path.join(copy, 'sql/999_later.sql'), 'select 1;');
  expect(await readiness(url)).toEqual({ status: 200, errors: undefined });
  expect((await running.stop()).code).toBe(0);
});
