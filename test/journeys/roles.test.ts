import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { aSubProcessor, anAnnouncement } from '../support/examples.ts';
import { startMailbox, tokenIn } from '../support/mailbox.ts';
import { dataDirectory, endAll, startProcess, type VarselProcess } from './varsel-process.ts';

const ADMIN_API_KEY = 'an-admin-key-of-the-tests';
const SOON = { timeout: 30_000, interval: 50 };

afterAll(endAll);

async function start() {
  const database = await createDatabase('PT0S');
  const mailbox = await startMailbox();
  onTestFinished(async () => {
    await mailbox.close();
    await database.close();
  });
  const directory = await dataDirectory();
  const env = {
    DATABASE_URL: database.url,
    SMTP_URL: mailbox.smtpUrl,
    APP_SECRET: 'an app secret of the tests, of more than 32 bytes',
    ADMIN_API_KEY,
    DATA_DIR: directory,
  };
  return { env, mailbox, directory };
}

/** The address of a worker, once it has started. */
async function addressOf(worker: VarselProcess): Promise<string> {
  return vi.waitFor(() => /Health +(\S+)\/readyz/.exec(worker.output())?.[1] ?? expect.fail('not up'), SOON);
}

const announcement = () =>
  anAnnouncement({
    subProcessor: aSubProcessor(7),
    plannedActivationOn: Temporal.Now.plainDateISO('Europe/Copenhagen').add({ days: 30 }),
  });

test('Requests are answered by one process and mails are sent by another, which answers no requests', async () => {
  const { env, mailbox, directory } = await start();
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const keyFile = path.join(directory, 'dkim.pem');
  await writeFile(keyFile, privateKey);

  const api = startProcess({ ...env, ROLE: 'api' });
  const { url } = await api.up;
  const call = (address: string, init: RequestInit = {}) =>
    fetch(url + address, {
      ...init,
      headers: { authorization: `Bearer ${ADMIN_API_KEY}`, 'content-type': 'application/json' },
    });
  const announced = await call('/v1/changes', { method: 'POST', body: JSON.stringify(announcement()) });
  expect(announced.status).toBe(201);
  // This process reports no sending, because it sends nothing.
  expect(await (await call('/readyz')).json()).toEqual({ status: 'ready' });
  expect(await (await call('/metrics')).text()).not.toContain('varsel_mail_attempts_total');

  const worker = startProcess({
    ...env,
    ROLE: 'worker',
    PUBLIC_URL: 'https://varsel.example',
    DKIM_DOMAIN: 'telenor.example',
    DKIM_SELECTOR: 'varsel',
    DKIM_PRIVATE_KEY_FILE: keyFile,
  });
  const workerUrl = await addressOf(worker);
  await vi.waitFor(() => expect(mailbox.mails.length).toBeGreaterThanOrEqual(3), SOON);
  for (const mail of mailbox.mails) {
    expect(mail.text).toContain('https://varsel.example/objections/');
    expect((await call(`/objections/${tokenIn(mail)}`)).status).toBe(200);
    expect(mail.headers.get('dkim-signature')).toMatchObject({ params: { d: 'telenor.example', s: 'varsel' } });
  }

  expect(await (await fetch(`${workerUrl}/readyz`)).json()).toEqual({ status: 'ready', sending: 'sending' });
  expect((await fetch(`${workerUrl}/healthz`)).status).toBe(200);
  await vi.waitFor(async () => {
    const metrics = await (await fetch(`${workerUrl}/metrics`)).text();
    expect(metrics).toMatch(
      new RegExp(`^varsel_mail_attempts_total{outcome="accepted"} ${mailbox.mails.length}$`, 'm'),
    );
    expect(metrics).toMatch(/^varsel_mail_sending_state{state="sending"} 1$/m);
  }, SOON);
  for (const address of ['/v1/products', '/docs', '/register/truetalk', `/objections/${'x'.repeat(43)}`]) {
    const refused = await fetch(workerUrl + address, { headers: { authorization: `Bearer ${ADMIN_API_KEY}` } });
    expect(refused.status).toBe(404);
  }
  for (const running of [api, worker]) expect((await running.stop()).code).toBe(0);
});

test('A key for DKIM that cannot be used is found at the start, by its file and without what is in it', async () => {
  const { env, directory } = await start();
  const keyFile = path.join(directory, 'dkim.pem');
  await writeFile(keyFile, 'not a key, and secret');
  for (const file of [keyFile, `${keyFile}.missing`]) {
    const dkim = { DKIM_DOMAIN: 'telenor.example', DKIM_SELECTOR: 'varsel', DKIM_PRIVATE_KEY_FILE: file };
    const failed = startProcess({ ...env, ...dkim });
    failed.up.catch(() => undefined);
    const { code, stderr } = await failed.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Varsel could not start\. DKIM_PRIVATE_KEY_FILE \S+ cannot be used: [^\n]+\n$/);
    expect(stderr).toContain(file);
    expect(stderr).not.toContain('secret');
  }
});
