import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, onTestFinished, test, vi, type MockInstance } from 'vitest';
import { startMailbox, type Mailbox } from '../../src/embedded/mailbox.ts';

/** One that several tests use, because its start costs more than they do. The last of them stops it. */
let shared: Mailbox;
let write: MockInstance<typeof process.stdout.write>;

beforeAll(async () => {
  write = vi.spyOn(process.stdout, 'write');
  shared = await startMailbox({ smtpPort: 0, webPort: 0 });
});
afterAll(async () => {
  write.mockRestore();
  await shared.stop();
});

test('A mail that was sent is listed and readable at the web address, which is a page; it prints nothing', async () => {
  await send(shared, 'Varsel om ny underdatabehandler');
  expect(write).not.toHaveBeenCalled();
  write.mockRestore();

  const [mail] = await mailsIn(shared);
  expect(mail).toMatchObject({ subject: 'Varsel om ny underdatabehandler', text: 'Hej\n' });
  const source = await fetch(`${shared.webUrl}/api/email/${mail?.id}/source`);
  expect(await source.text()).toContain('To: dpo@controller.example');
  const page = await fetch(shared.webUrl, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<title>MailDev');
});

test('Mails outlive a restart in a directory of their own, and otherwise leave nothing behind', async () => {
  const directory = await temporaryDirectory();
  const first = await start({ directory });
  await send(first, 'kept');
  await first.stop();
  expect(await mailsIn(await start({ directory }))).toMatchObject([{ subject: 'kept' }]);

  const elsewhere = await temporaryDirectory();
  vi.stubEnv('TMPDIR', elsewhere);
  onTestFinished(() => void vi.unstubAllEnvs());
  const passing = await start();
  await send(passing, 'forgotten');
  expect(await readdir(elsewhere)).toHaveLength(1);
  await passing.stop();
  expect(await readdir(elsewhere)).toEqual([]);
});

test('Neither port is open to other machines', async () => {
  const { smtpUrl, webUrl } = shared;
  for (const url of [smtpUrl, webUrl]) {
    // Another address of this same machine: a server that listens on all addresses responds there.
    await expect(once(connect(Number(new URL(url).port), '127.0.0.2'), 'connect')).rejects.toThrow();
  }
});

test('A port in use is named with its purpose and its variable, and nothing stays open', async () => {
  const taken = await listen();
  await expect(startMailbox({ smtpPort: taken.port, webPort: 0 })).rejects.toThrow(
    `Port ${taken.port} for the SMTP server of the embedded mailbox is already in use. Choose another with MAILBOX_SMTP_PORT.`,
  );

  const free = await listen();
  await new Promise((resolve) => free.server.close(resolve));
  await expect(startMailbox({ smtpPort: free.port, webPort: taken.port })).rejects.toThrow(
    `Port ${taken.port} for the web page of the embedded mailbox is already in use. Choose another with MAILBOX_PORT.`,
  );
  await listen(free.port);
});

test('stop() waits for no browser, no web socket and no pooled SMTP connection, and frees both ports', async () => {
  const transport = await send(shared, 'pooled');
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const [response] = await once(get(shared.webUrl, { agent }), 'response');
  await once(response.resume(), 'end');
  const socket = new WebSocket(`${shared.webUrl.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const cutOff = new Promise((resolve) => socket.addEventListener('close', resolve));

  await shared.stop();
  await shared.stop();
  await cutOff;
  await expect(transport.verify()).rejects.toThrow('ECONNREFUSED');
  await listen(Number(new URL(shared.smtpUrl).port));
  await listen(Number(new URL(shared.webUrl).port));
  // Left to itself, the SMTP server waits 30 s for its connections, and the web server forever.
}, 20_000);

async function start(options: { directory?: string } = {}): Promise<Mailbox> {
  const mailbox = await startMailbox({ smtpPort: 0, webPort: 0, ...options });
  onTestFinished(() => mailbox.stop());
  return mailbox;
}

async function send({ smtpUrl }: Mailbox, subject: string) {
  const transport = createTransport({ url: smtpUrl, pool: true });
  onTestFinished(() => transport.close());
  await transport.sendMail({ from: 'varsel@truetalk.example', to: 'dpo@controller.example', subject, text: 'Hej' });
  return transport;
}

async function mailsIn({ webUrl }: Mailbox): Promise<{ id: string; subject: string; text: string }[]> {
  return JSON.parse(await (await fetch(`${webUrl}/api/email`)).text());
}

async function listen(wanted = 0): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return { server, port: address.port };
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'varsel-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
