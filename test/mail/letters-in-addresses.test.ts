import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type AddressObject } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { dkimSigner, type DkimSigner } from '../../src/mail/dkim.ts';
import { createMailTransport } from '../../src/mail/transport.ts';
import { signatureHolds } from '../support/dkim-check.ts';
import { startFaultySmtpServer } from '../support/faulty-smtp-server.ts';
import { outgoing, SENDER } from './example-content.ts';
import { signed } from '../../src/mail/sender.ts';

const ID = '019ac0de-0000-7000-8000-000000000001';
const NAME = 'Jørgen Ærø, DPO';

function transportTo(smtpUrl: string, dkim: DkimSigner | null = null) {
  const transport = createMailTransport({
    smtpUrl,
    connections: 1,
  });
  onTestFinished(() => transport.close());
  return async (address: string) => {
    const mail = outgoing(ID, { name: NAME, address });
    return transport.send({ ...mail, ...(await signed({ ...SENDER, dkim }, mail.content)) });
  };
}

/** The dialogue and the content, to a server that offers what is given. */
async function startWith(offers: string) {
  const server = await startFaultySmtpServer({ ehlo: `250-faulty.example\r\n250 ${offers}` });
  onTestFinished(() => server.stop());
  return { server, send: transportTo(server.url) };
}

async function start(options: SMTPServerOptions = {}, dkim: DkimSigner | null = null) {
  const sources: Buffer[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    ...options,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        sources.push(Buffer.concat(chunks));
        done();
      });
    },
  });
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => smtp.close(resolve)));
  const send = transportTo(`smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`, dkim);
  return { sources, send };
}

const recipientsIn = async (source: Buffer) =>
  ((await simpleParser(source)).to as AddressObject).value.map(({ name, address }) => ({ name, address }));

test.each(['jørgen@kunde.example', 'jørgen@ærø.dk', 'почта@пример.рф'])(
  '%s is written to as it stands, where the mail server offers SMTPUTF8',
  async (address) => {
    const { server, send } = await startWith('SMTPUTF8');
    expect(await send(address)).toMatchObject({ outcome: 'accepted' });
    const inBytes = Buffer.from(address).toString('latin1');
    expect(server.commands.slice(1, 3)).toEqual([
      'MAIL FROM:<varsel@telenor.example> SMTPUTF8',
      `RCPT TO:<${inBytes}>`,
    ]);

    const { sources, send: sendToReal } = await start();
    expect(await sendToReal(address)).toMatchObject({ outcome: 'accepted' });
    const [source = Buffer.of()] = sources;
    expect(await recipientsIn(source)).toEqual([{ name: NAME, address }]);
    expect(source.toString()).toContain(`<${address}>`);
  },
);

test.each(['PIPELINING', 'SMTPUTF8'])(
  'An address whose domain alone has other letters is written in punycode, also to a server that offers %s',
  async (offers) => {
    const { server, send } = await startWith(offers);
    expect(await send('dpo@ærø.dk')).toMatchObject({ outcome: 'accepted' });
    expect(server.commands.slice(1, 3)).toEqual(['MAIL FROM:<varsel@telenor.example>', 'RCPT TO:<dpo@xn--r-3fa9c.dk>']);
    const { sources, send: sendToReal } = await start({ hideSMTPUTF8: true });
    expect(await sendToReal('dpo@ærø.dk')).toMatchObject({ outcome: 'accepted' });
    expect(sources[0]?.toString('latin1')).not.toMatch(/[^\t\r\n -~]/);
    expect(sources[0]?.toString()).toContain('<dpo@xn--r-3fa9c.dk>');
  },
);

test('Where the mail server offers no SMTPUTF8, the contact fails, with the letters named, and nothing is sent', async () => {
  const { server, send } = await startWith('PIPELINING');
  expect(await send('jørgen.åkjær@ærø.dk')).toEqual({
    outcome: 'failed',
    responseCode: null,
    response: 'The mail server cannot carry the letters "øåæ" in the address: it does not offer SMTPUTF8.',
    tls: null,
  });
  expect(server.commands).toHaveLength(1);
  // The next message goes over the same connection.
  expect(await send('dpo@kunde.example')).toMatchObject({ outcome: 'accepted' });
  expect(server.connections()).toBe(1);
});

test('A signature by DKIM holds over a header with letters', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const { sources, send } = await start({}, dkimSigner({ domain: 'telenor.example', selector: 'varsel', privateKey }));
  expect(await send('jørgen@kunde.example')).toMatchObject({ outcome: 'accepted' });
  const source = sources[0]?.toString() ?? '';
  expect(signatureHolds(source, publicKey)).toBe(true);
  expect(await recipientsIn(sources[0] ?? Buffer.of())).toEqual([{ name: NAME, address: 'jørgen@kunde.example' }]);
});
