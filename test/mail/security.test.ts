import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { signed } from '../../src/mail/sender.ts';
import { dkimSigner } from '../../src/mail/dkim.ts';
import { openSession } from '../../src/mail/smtp-session.ts';
import { createMailTransport, type MailSettings } from '../../src/mail/transport.ts';
import { startFaultySmtpServer } from '../support/faulty-smtp-server.ts';
import { signatureHolds } from '../support/dkim-check.ts';
import { ID, outgoing, SENDER, sourceOf } from './example-content.ts';
import { factsFor } from './example-facts.ts';

/** The certificate is the server's own: `trust` says that it will do. */
async function start(
  server: SMTPServerOptions,
  settings: Partial<MailSettings> = {},
  trust = '?tls.rejectUnauthorized=false',
  credentials = '',
) {
  const sources: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    ...server,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        sources.push(Buffer.concat(chunks).toString('latin1'));
        done();
      });
    },
  });
  // Ignores clients that break off.
  smtp.on('error', () => undefined);
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  const { port } = smtp.server.address() as AddressInfo;
  const transport = createMailTransport({
    smtpUrl: `${server.secure ? 'smtps' : 'smtp'}://${credentials}127.0.0.1:${port}${trust}`,
    connections: 1,
    ...settings,
  });
  onTestFinished(async () => {
    await transport.close();
    await new Promise<void>((resolve) => smtp.close(resolve));
  });
  const to = { name: 'Ærø, DPO', address: 'dpo@kunde.example' };
  return { sources, transport, send: () => transport.send(outgoing(ID, to)) };
}

describe('A signature by DKIM', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const dkim = dkimSigner({ domain: 'telenor.example', selector: 'varsel', privateKey });

  test.each(['da', 'en'] as const)('holds at the receiving end, and for nothing else (%s)', async (language) => {
    const { sources, transport } = await start({ disabledCommands: ['STARTTLS'] });
    const mail = sourceOf(factsFor('notice', { language, contactName: 'Ærø, DPO' }));
    const { content, dkim: signature } = await signed({ ...SENDER, dkim }, mail);
    expect(content).toBe(`${signature}${mail}`);
    const envelope = { messageId: ID, to: 'dpo@kunde.example', returnPath: SENDER.address };
    expect(await transport.send({ ...envelope, content })).toMatchObject({ outcome: 'accepted' });
    const [source = ''] = sources;
    expect(source).toMatch(/^DKIM-Signature: .*d=telenor\.example;.*s=varsel;/s);
    expect(signatureHolds(source, publicKey)).toBe(true);
    for (const [found, altered] of [
      ['objections/AZq7x0bQ', 'objections/AZq7x0bX'],
      ['<indsigelse@', '<somebody@'],
      ['To: ', 'To: Mallory, '],
    ] as const) {
      expect(source).toContain(found);
      expect(signatureHolds(source.replaceAll(found, altered), publicKey)).toBe(false);
    }
  });

  test('is not promised with a key that cannot sign', () => {
    const { privateKey: edwards } = generateKeyPairSync('ed25519');
    const pem = edwards.export({ type: 'pkcs8', format: 'pem' });
    for (const bad of ['', 'not a key', publicKey, pem]) {
      expect(() => dkimSigner({ domain: 'telenor.example', selector: 'varsel', privateKey: bad })).toThrow();
    }
  });
});

describe('The connection that a message went over', () => {
  test.each<[string, SMTPServerOptions, Partial<MailSettings>]>([
    ['STARTTLS, where the server offers it', {}, {}],
    ['STARTTLS, where it is required', {}, { requireTls: true }],
    ['TLS from the start', { secure: true }, { requireTls: true }],
  ])('is on record with its protocol and cipher: %s', async (_name, server, settings) => {
    const { sources, send } = await start(server, settings);
    expect(await send()).toMatchObject({
      outcome: 'accepted',
      tls: expect.stringMatching(/^TLSv1\.[23] \w+$/),
    });
    expect(sources).toHaveLength(1);
  });

  test('is on record as not encrypted, where it was not', async () => {
    const { send } = await start({ disabledCommands: ['STARTTLS'] });
    expect(await send()).toMatchObject({ outcome: 'accepted', tls: null });
  });

  test('carries nothing where it must be encrypted and is not: our side is at fault, and no recipient', async () => {
    for (const server of [{ disabledCommands: ['STARTTLS'] }, { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }]) {
      const { sources, send } = await start(server, { requireTls: true });
      expect(await send()).toMatchObject({ outcome: 'deferred', tls: null });
      expect(sources).toEqual([]);
    }
  });

  describe('has no password on it that others could read', () => {
    const onAuth: SMTPServerOptions['onAuth'] = ({ username }, _session, done) => done(null, { user: username });

    test.each<[string, SMTPServerOptions]>([
      ['refuses STARTTLS', { disabledCommands: ['STARTTLS'], allowInsecureAuth: true, onAuth }],
      [
        'does not offer STARTTLS, or somebody took it out',
        { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], onAuth },
      ],
      ['offers neither STARTTLS nor AUTH', { hideSTARTTLS: true, disabledCommands: ['STARTTLS', 'AUTH'], onAuth }],
    ])('where the server %s: nothing is sent at all, and our side is at fault', async (_what, server) => {
      const logIns: string[] = [];
      const seen: SMTPServerOptions = {
        ...server,
        onAuth: ({ method }, _session, done) => {
          logIns.push(method);
          done(null, { user: 'x' });
        },
      };
      for (const trust of ['', '?ignoreTLS=true', '?requireTLS=false', '?opportunisticTLS=true']) {
        const { sources, send } = await start(seen, {}, trust, 'varsel:hunter2@');
        const result = await send();
        expect(result).toMatchObject({
          outcome: 'deferred',
          tls: null,
          response: expect.stringMatching(/does not encrypt .*SMTP_ALLOW_CLEAR_AUTH/),
        });
        expect(JSON.stringify(result)).not.toContain('hunter2');
        expect(sources).toEqual([]);
      }
      expect(logIns).toEqual([]);
    });

    test('where the connection was made without encryption by anybody', async () => {
      const server = await startFaultySmtpServer({ ehlo: '250-faulty.example\r\n250 AUTH PLAIN' });
      onTestFinished(() => server.stop());
      const [host, port] = ['127.0.0.1', Number(new URL(server.url).port)];
      const open = openSession({ host, port, auth: { user: 'varsel', pass: 'hunter2' }, allowClearAuth: false });
      await expect(open).rejects.toThrow(/no password is sent/);
      expect(server.commands).toEqual([expect.stringMatching(/^EHLO/)]);
    });

    test('but is logged in over an encrypted one, and over another where that is allowed', async () => {
      const encrypted = await start({ onAuth }, {}, undefined, 'varsel:hunter2@');
      expect(await encrypted.send()).toMatchObject({
        outcome: 'accepted',
        tls: expect.stringMatching(/^TLS/),
      });
      const clear: SMTPServerOptions = {
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth,
        authOptional: false,
      };
      const allowed = await start(clear, { allowClearAuth: true }, '', 'varsel:hunter2@');
      expect(await allowed.send()).toMatchObject({ outcome: 'accepted', tls: null });
    });
  });

  test('carries nothing to a server whose certificate nobody vouches for', async () => {
    const { sources, send } = await start({}, {}, '');
    expect(await send()).toMatchObject({ outcome: 'deferred', tls: null });
    expect(sources).toEqual([]);
  });
});
