import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { aBounce, anAnswer, returnAddressesOf, sendRaw } from '../support/inbound.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { createDatabase } from '../support/database.ts';
import { startMailbox, tokenIn } from '../support/mailbox.ts';
import { anAnnouncement } from '../support/examples.ts';
import { dataDirectory, endAll, startProcess } from './varsel-process.ts';

const ADMIN_API_KEY = 'an-admin-key-of-the-tests-that-nobody-may-see';

afterAll(endAll);

/** Begins a request and hangs up before it is complete, or before its response. */
async function hangUp(url: string, request: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write(request, resolve));
  socket.destroy();
}

const decoded = (text: string) =>
  text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** A process with the most verbose log, an announced change and its notices sent. */
async function notifying(settings: Readonly<Record<string, string>>) {
  const [database, mailbox] = await Promise.all([createDatabase('PT0S'), startMailbox()]);
  const running = startProcess({
    LOG_LEVEL: 'trace',
    DATABASE_URL: database.url,
    SMTP_URL: mailbox.smtpUrl,
    DATA_DIR: await dataDirectory(),
    ADMIN_API_KEY,
    ...settings,
  });
  onTestFinished(async () => {
    await running.stop();
    await Promise.all([database.close(), mailbox.close()]);
  });
  const { url, inboundPort } = await running.up;
  const plannedActivationOn = Temporal.Now.plainDateISO('Europe/Copenhagen').add({ days: 30 }).toString();
  await fetch(`${url}/v1/changes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...anAnnouncement(), plannedActivationOn }),
  });
  await vi.waitFor(() => expect(mailbox.mails.length).toBeGreaterThan(2), { timeout: 20_000 });
  return { running, url, inboundPort, database, mailbox };
}

test('no token of a link is logged, however talkative the log and whatever goes wrong', async () => {
  const { running, url, database, mailbox } = await notifying({
    APP_SECRET: 'an-app-secret-of-the-tests-that-nobody-may-see',
  });
  const tokens = mailbox.mails.map(tokenIn);
  const [token = ''] = tokens;
  const link = `${url}/objections/${token}`;
  const statuses: number[] = [];
  const problems: string[] = [];
  const ask = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(address, { redirect: 'manual', ...init });
    statuses.push(answer.status);
    const body = await answer.text();
    if (/json/.test(answer.headers.get('content-type') ?? '')) problems.push(body);
    return answer;
  };
  const send = (address: string, fields: string | Record<string, string>) =>
    ask(address, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { referer: link, cookie: token, 'x-request-id': token },
    });

  await ask(link);
  await ask(`${link}?lang=en`, { method: 'HEAD' });
  await send(link, { reasons: '-' });
  const filed = await send(link, { reasons: 'USA' });
  const receipt = `${url}${filed.headers.get('location')}`;
  for (const address of [receipt, `${receipt}/withdraw`, `${link}/none`, `${link}/${token}`]) await ask(address);
  const percent = (text: string) => [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('');
  const spellings = [
    `/ob%6Aections/${percent(token)}`,
    `/objections%2F${token}`,
    `/OBJECTIONS/${token}x`,
    `/x%3D${token}`,
    `/x%3D${percent(percent(token))}`,
    `/objections/${token}/%zz`,
    `/v1/changes/${token}`,
    `/v1/events?since=${token}`,
  ];
  for (const spelt of spellings) {
    await ask(`${url}${spelt}`, { headers: { authorization: `Bearer ${ADMIN_API_KEY}` } });
    await ask(`${url}${spelt}`, { method: 'POST', headers: { accept: 'application/json' } });
  }
  await send(`${receipt}/withdraw`, {});
  await send(`${receipt}/withdraw`, { code: '12345678' });
  await send(`${receipt}/keep`, { confirmed: 'yes' });
  await send(link, 'reasons=a&reasons=b');
  await send(link, { reasons: 'x'.repeat(2_200_000) });
  for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded; charset=latin1']) {
    await ask(link, { method: 'POST', body: `{"reasons": ${token}`, headers: { 'content-type': type } });
  }
  await ask(link, { method: 'PUT' });
  const lost = objectionLinks('an-app-secret-of-the-tests-that-nobody-may-see').tokenOf(randomUUID());
  tokens.push(lost);
  for (let times = 0; times < 3; times += 1) await send(`${url}/objections/${lost}`, { reasons: 'USA' });
  await database.owner.query('alter table objections rename to objections_elsewhere');
  await ask(link);
  await send(link, { reasons: 'USA' });
  await ask(link, { headers: { accept: 'application/json' } });
  await database.owner.query('alter table objections_elsewhere rename to objections');
  const head = `POST /objections/${token} HTTP/1.1\r\nHost: localhost\r\n`;
  const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n';
  await hangUp(url, head);
  await hangUp(url, `${head}${form}reasons=`);
  await hangUp(url, `GET /objections/${token} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await hangUp(url, `GET /objections/${token} HTTP/1.1\r\nHost: local host\r\nContent-Length: x\r\n\r\n`);
  for (let times = 0; times < 40; times += 1) await send(link, { reasons: '' });

  expect(new Set(statuses)).toEqual(new Set([200, 202, 303, 400, 404, 405, 409, 413, 415, 422, 429, 500]));
  await vi.waitFor(() => expect(running.output()).toContain('a page failed'), { timeout: 20_000 });
  const { stdout, stderr } = await running.stop();
  expect(stdout.split('\n').length).toBeGreaterThan(statuses.length);
  expect(stdout.split('\n').filter((line) => line.includes('was the database restored'))).toHaveLength(1);
  const shown = [stdout, stderr, ...problems].flatMap((text) => [text, decoded(text), decoded(decoded(text))]);
  expect(problems.length).toBeGreaterThan(spellings.length);
  expect(tokens.filter((each) => shown.some((text) => text.includes(each)))).toEqual([]);
});

test('no tag of an address is logged, nor a line of a mail, whatever goes wrong with what comes back', async () => {
  const { running, inboundPort, database, mailbox } = await notifying({
    INBOUND_DOMAIN: 'svar.telenor.example',
    INBOUND_SMTP_PORT: '0',
  });
  const [mail] = mailbox.mails;
  if (mail === undefined) throw new Error('no notice');
  const { reply, bounce } = returnAddressesOf(mail);
  const codes: number[] = [];
  const send = async (raw: string, from: string, to: string) =>
    codes.push((await sendRaw(inboundPort, raw, { from, to })).code);

  await send(anAnswer('Vi gør indsigelse mod Ringsted'), 'dpo@kunde.example', reply);
  await send(anAnswer('Ringsted'), 'dpo@kunde.example', reply.replace('+', '+x'));
  // PostgreSQL's error contains the row that violates a constraint.
  for (const table of ['inbound_mails', 'answers', 'bounces']) {
    await database.owner.query(`alter table ${table} add constraint never check (id is null) not valid`);
    await send(anAnswer(`Ringsted og ${table}`), 'dpo@kunde.example', reply);
    await send(aBounce('dpo@ringsted.example'), '', bounce);
    await database.owner.query(`alter table ${table} drop constraint never`);
  }
  expect(new Set(codes)).toEqual(new Set([250, 451, 550]));
  await vi.waitFor(() => expect(running.output()).toContain('a mail could not be recorded'), { timeout: 20_000 });
  const { stdout, stderr } = await running.stop();
  const tag = /\+([a-z2-7]{42})@/.exec(reply)?.[1] ?? 'no tag';
  for (const secret of [tag, 'Ringsted', 'ringsted']) {
    expect(`${stdout}${stderr}`.split('\n').filter((line) => line.includes(secret))).toEqual([]);
  }
});

test('the mail server stands in the log, and the password for it does not, whether or not it can be used', async () => {
  const mailbox = await startMailbox();
  onTestFinished(() => mailbox.close());
  const startWith = async (smtpUrl: string) => {
    const running = startProcess({ LOG_LEVEL: 'trace', SMTP_URL: smtpUrl, DATA_DIR: await dataDirectory() });
    onTestFinished(async () => void (await running.stop()));
    await running.up;
    return running;
  };
  const open = await startWith(mailbox.smtpUrl);
  await expect.poll(() => open.output(), { timeout: 20_000 }).toContain('the mail server can be reached');
  expect(open.output()).toMatch(/"mailServer":\{"tls":null,"size":\w+,"pipelining":true,"smtpUtf8":true\}/);

  const password = 'hunter2-of-the-mail-server';
  const clear = await startWith(mailbox.smtpUrl.replace('://', `://varsel:${password}@`));
  await expect.poll(() => clear.output(), { timeout: 20_000 }).toContain('the mail server cannot be used');
  expect(clear.output()).toContain('SMTP_ALLOW_CLEAR_AUTH');
  const away = await startWith(`smtp://varsel:${password}@127.0.0.1:1`);
  await expect.poll(() => away.output(), { timeout: 20_000 }).toContain('the mail server cannot be used');
  for (const each of [clear, away]) expect(each.output()).not.toContain(password);
}, 90_000);
