import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { composeMessage } from '../../src/mail/compose.ts';
import { senderOf, type Mailbox } from '../../src/mail/sender.ts';
import { createMailTransport, type OutgoingMail } from '../../src/mail/transport.ts';
import { contentWith, ID, outgoing, SENDER, sourceOf } from './example-content.ts';
import { factsFor } from './example-facts.ts';

interface Arrival {
  readonly mailFrom: string;
  readonly rcptTo: string[];
  readonly mail: ParsedMail;
  readonly source: string;
}

async function start() {
  const arrivals: Arrival[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const source = Buffer.concat(chunks);
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom ? mailFrom.address : '';
          void simpleParser(source).then((mail) => {
            arrivals.push({
              mailFrom: from,
              rcptTo: rcptTo.map(({ address }) => address),
              mail,
              source: source.toString(),
            });
            done();
          });
        });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const transport = createMailTransport({
    smtpUrl: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    connections: 4,
  });
  onTestFinished(async () => {
    await transport.close();
    await new Promise<void>((resolve) => server.close(resolve));
  });
  return { transport, arrivals };
}

function aMail({
  messageId = ID,
  to = { name: 'Dorthe Persson', address: 'dpo@kunde.example' },
  ...rest
}: Partial<Pick<OutgoingMail, 'messageId' | 'content' | 'returnPath'>> & { to?: Mailbox } = {}): OutgoingMail {
  return outgoing(messageId, to, rest);
}

function mailboxes(field: AddressObject | AddressObject[] | undefined) {
  return [field ?? []].flat().flatMap(({ value }) => value.map(({ name, address }) => ({ name, address })));
}

test('A mail arrives as it was composed, with its headers and both parts', async () => {
  const { transport, arrivals } = await start();
  const message = composeMessage(factsFor('notice'));
  const envelope = { messageId: ID, to: 'dpo@kunde.example', returnPath: SENDER.address };
  const result = await transport.send({ ...envelope, content: sourceOf(factsFor('notice')) });
  expect(result).toEqual({
    outcome: 'accepted',
    responseCode: 250,
    response: expect.stringMatching(/^250 /),
    tls: null,
  });

  const { mailFrom, rcptTo, mail } = arrivals[0] ?? expect.fail('nothing arrived');
  expect({ mailFrom, rcptTo }).toEqual({ mailFrom: 'varsel@telenor.example', rcptTo: ['dpo@kunde.example'] });
  expect(mailboxes(mail.from)).toEqual([{ name: 'Telenor Databeskyttelse', address: 'varsel@telenor.example' }]);
  expect(mailboxes(mail.replyTo)).toEqual([
    { name: 'Indsigelser hos Telenor A/S', address: 'indsigelse@telenor.example' },
  ]);
  expect(mailboxes(mail.to)).toEqual([{ name: 'Dorthe Persson', address: 'dpo@kunde.example' }]);
  expect(mail.messageId).toBe(`<${ID}@telenor.example>`);
  expect(mail.headers.get('x-notice-id')).toBe(ID);
  expect(mail.headers.has('auto-submitted')).toBe(false);
  expect(mail.headers.get('x-auto-response-suppress')).toBe('OOF, AutoReply');
  expect([...mail.headers.keys()].filter((name) => /unsubscribe|x-mailer|^list/.test(name))).toEqual([]);
  expect(mail.subject).toBe(message.subject);
  expect(mail.text).toBe(message.text);
  expect(mail.html).toBe(message.html);
  expect(mail.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
    ['frist.ics', 'text/calendar'],
  ]);
  expect(mail.attachments[0]?.content.toString()).toBe(message.attachments[0]?.content);
});

test('A mail sent again carries the same Message-ID, and another message another one', async () => {
  const { transport, arrivals } = await start();
  await transport.send(aMail());
  await transport.send(aMail());
  await transport.send(aMail({ messageId: ID.replace(/1$/, '2') }));
  const [first, second, third] = arrivals.map(({ mail }) => mail.messageId);
  expect(first).toBe(second);
  expect(third).not.toBe(first);
});

test.each([
  'Ond\r\nBcc: evil@evil.example',
  'Ond\r\n\r\nHele mailen',
  '"Ond" <evil@evil.example>',
  'evil@evil.example, Dorthe',
  'Gruppe: evil@evil.example;',
  '\\" <evil@evil.example>, "',
  '=?utf-8?q?evil?= (kommentar)',
  'Åse Ærø-Østergård '.repeat(20).trim(),
  '',
])('The name %j changes neither the recipient nor the message', async (name) => {
  const { transport, arrivals } = await start();
  expect(await transport.send(aMail({ to: { name, address: 'dpo@kunde.example' } }))).toMatchObject({
    outcome: 'accepted',
  });
  const { rcptTo, mail } = arrivals[0] ?? expect.fail('nothing arrived');
  expect(rcptTo).toEqual(['dpo@kunde.example']);
  expect(mailboxes(mail.to).map(({ address }) => address)).toEqual(['dpo@kunde.example']);
  expect(mail.bcc).toBeUndefined();
  expect(mail.text).toBe('Hej\n');
});

test('A subject cannot add headers', async () => {
  const { transport, arrivals } = await start();
  await transport.send(aMail({ content: contentWith({ subject: 'Underretning\r\nBcc: evil@evil.example\r\n\r\nx' }) }));
  expect(arrivals[0]?.mail.bcc).toBeUndefined();
  expect(arrivals[0]?.mail.text).toBe('Hej\n');
});

test('A mail may have a return path of its own', async () => {
  const { transport, arrivals } = await start();
  const own = { returnPath: 'bounce+a1b2@in.telenor.example' };
  expect(await transport.send(aMail(own))).toMatchObject({ outcome: 'accepted' });
  const { mailFrom, mail } = arrivals[0] ?? expect.fail('nothing arrived');
  expect(mailFrom).toBe(own.returnPath);
  expect(mailboxes(mail.from)).toEqual([{ name: 'Telenor Databeskyttelse', address: 'varsel@telenor.example' }]);

  const hostile = await transport.send(aMail({ returnPath: 'a@b.example> RCPT TO:<evil@evil.example' }));
  expect(hostile).toMatchObject({ outcome: 'failed', responseCode: null });
  expect(arrivals).toHaveLength(1);
});

test.each([
  'dpo@good.example\r\nBcc: evil@b.example',
  'dpo@good.example, evil@b.example',
  '<dpo@good.example>',
  'dpo@good.example (evil@b.example)',
  '"dpo evil"@good.example',
  'dpo@[127.0.0.1]',
  'dpo@gооd.example',
  'dpø\u202E@good.example',
  'dpo',
  '',
])('The address %j is refused without touching the network', async (address) => {
  const { transport, arrivals } = await start();
  const result = await transport.send(aMail({ to: { name: 'Dorthe', address } }));
  expect(result).toMatchObject({ outcome: 'failed', responseCode: null });
  expect(result.response).not.toMatch(/[\r\n]/);
  expect(arrivals).toEqual([]);
});

test.each(['dpo@127.1', 'dpo@0x7f.0x1'])(
  'The address %j, whose domain nodemailer would rewrite to an IP address, is refused without touching the network',
  async (address) => {
    const { transport, arrivals } = await start();
    const result = await transport.send(aMail({ to: { name: 'Dorthe', address } }));
    expect(result).toMatchObject({ outcome: 'failed', responseCode: null, response: expect.stringContaining(address) });
    expect(arrivals).toEqual([]);
  },
);

test.each(["o'brien+notice@kunde.example", "!#$%&'*/=?^_`{|}~-.a@kunde.example", 'DPO@Kunde.Example'])(
  'The unusual but usable address %j is reached as it is written',
  async (address) => {
    const { transport, arrivals } = await start();
    expect(await transport.send(aMail({ to: { name: 'Dorthe', address } }))).toMatchObject({ outcome: 'accepted' });
    expect(arrivals[0]?.rcptTo).toEqual([address]);
  },
);

test('Content cannot end the message early or lose a line', async () => {
  const { transport, arrivals } = await start();
  const text = `.\r\n..\n.\nMAIL FROM:<evil@evil.example>\n${'æøå '.repeat(3_000)}\nslut\n`;
  await transport.send(aMail({ content: contentWith({ text }) }));
  expect(arrivals).toHaveLength(1);
  expect(arrivals[0]?.mail.text).toBe(text.replaceAll('\r\n', '\n'));
  const longest = Math.max(...(arrivals[0]?.source.split('\r\n') ?? []).map((line) => line.length));
  expect(longest).toBeLessThan(999);
});

test.each([
  ['with dots that begin lines', 'Subject: x\r\n\r\n.\r\n..a\r\n.b', 'Subject: x\r\n\r\n.\r\n..a\r\n.b\r\n'],
  [
    'with lone line ends, which are mended',
    'Subject: x\r\n\r\na\n.\nb\r.\rc\r\n',
    'Subject: x\r\n\r\na\r\n.\r\nb\r\n.\r\nc\r\n',
  ],
])(
  'A finished message %s arrives whole, and the next one on the same connection, too',
  async (_name, content, arrived) => {
    const { transport, arrivals } = await start();
    for (let number = 0; number < 2; number += 1) {
      expect(await transport.send(aMail({ content }))).toMatchObject({ outcome: 'accepted' });
      expect(arrivals[number]?.source.endsWith(`X-Notice-Id: ${ID}\r\n${arrived}`)).toBe(true);
    }
  },
);

test('Paths and addresses in the content are text, and never read or fetched', async () => {
  const { transport, arrivals } = await start();
  const html = '<img src="file:///etc/passwd"><img src="data:text/plain;base64,SGVq">{"path":"/etc/passwd"}';
  await transport.send(aMail({ content: contentWith({ html, text: '{"path":"/etc/passwd"}' }) }));
  expect(arrivals[0]?.mail.text).toBe('{"path":"/etc/passwd"}');
});

test.each(['', 'Telenor', 'a@b', 'a@x.example, b@x.example', 'Telenor <a@x.example>, b@x.example'])(
  'The sender %j is refused at once, by the name of its setting',
  (from) => {
    expect(() => senderOf({ from, replyTo: 'b@telenor.example' })).toThrow(/"from"/);
    expect(() => senderOf({ from: 'a@telenor.example', replyTo: from })).toThrow(/"replyTo"/);
  },
);
