import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { createMailTransport } from '../../src/mail/transport.ts';
import { startFaultySmtpServer, type SmtpScript } from '../support/faulty-smtp-server.ts';

function transportTo(smtpUrl: string) {
  const transport = createMailTransport({
    smtpUrl,
    connections: 2,
  });
  onTestFinished(() => transport.close());
  return transport;
}

async function startReal(options: SMTPServerOptions) {
  const smtp = new SMTPServer({ authOptional: true, ...options });
  smtp.on('error', () => undefined);
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => smtp.close(resolve)));
  const { port } = smtp.server.address() as AddressInfo;
  return transportTo(`smtp://127.0.0.1:${port}?tls.rejectUnauthorized=false`);
}

async function startScripted(script: SmtpScript) {
  const server = await startFaultySmtpServer(script);
  onTestFinished(() => server.stop());
  return { server, transport: transportTo(server.url) };
}

test('Of a mail server can be seen how it encrypts, how large a message may be, and what else it offers', async () => {
  const encrypting = await startReal({ size: 35_000_000 });
  expect(await encrypting.lookAtServer()).toEqual({
    tls: expect.stringMatching(/^TLSv1\.[23] \w+$/),
    size: 35_000_000,
    pipelining: true,
    smtpUtf8: true,
  });
  const plain = await startReal({ disabledCommands: ['STARTTLS'], hidePIPELINING: true, hideSMTPUTF8: true });
  expect(await plain.lookAtServer()).toEqual({ tls: null, size: null, pipelining: false, smtpUtf8: false });
});

test('A look sends no message, and leaves no connection behind', async () => {
  const { server, transport } = await startScripted({ ehlo: '250-faulty.example\r\n250 SIZE' });
  expect(await transport.lookAtServer()).toEqual({ tls: null, size: null, pipelining: false, smtpUtf8: false });
  expect(server.commands).toEqual([expect.stringMatching(/^EHLO/)]);
  await transport.close();
  await expect(transport.lookAtServer()).rejects.toThrow('The mail transport is closed.');
});

test.each<[string, SmtpScript]>([
  ['turns us away', { greeting: '554 5.7.1 blocked' }],
  ['is silent', { greeting: 'silence' }],
  ['hangs up', { ehlo: 'close' }],
])('A mail server that %s cannot be looked at', async (_what, script) => {
  const { transport } = await startScripted(script);
  await expect(transport.lookAtServer()).rejects.toThrow(/./);
});

test('A transport closes also while it looks at a mail server', async () => {
  const { transport } = await startScripted({ greeting: 'silence' });
  const looked = transport.lookAtServer().catch((error: unknown) => error);
  await transport.close();
  expect(await looked).toBeInstanceOf(Error);
});
