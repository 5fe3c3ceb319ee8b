import { readFileSync } from 'node:fs';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { inboundAddresses } from '../../src/inbound/addresses.ts';
import { startListener, type InboundSettings, type Listener } from '../../src/inbound/listener.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { announce, haveControllers, SUBJECTS, theMailTo } from '../support/story.ts';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, returnAddressesOf } from '../support/inbound.ts';
import { talkTo, type SmtpTalk } from '../support/smtp-talk.ts';
import { INBOUND_DOMAIN, startVarsel, type TestVarsel } from '../support/varsel.ts';
import { APP_SECRET } from '../support/webhooks.ts';

const PERSON = 'dpo@kunde-1.example';
const LISTED = 'varsel@telenor.example';
/** Addresses of clients: on loopback every 127.x.y.z is one. */
const [ONE, ANOTHER, RELAY] = ['127.0.0.2', '127.0.0.3', '127.0.1.1'];
const SETTINGS: InboundSettings = {
  host: '127.0.0.1',
  port: 0,
  maxBytes: 1_000_000,
  maxConnections: 50,
  maxConnectionsPerClient: 10,
  trusted: ['127.0.1.0/24'],
  maxPerMessage: 1_000,
  maxUntagged: 1_000,
  maxUntaggedPerClient: 1_000,
  tls: null,
};

let varsel: TestVarsel;
let addresses: { bounce: string; reply: string };
let numbers = 0;
const talks: SmtpTalk[] = [];

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await haveControllers(varsel, [aController(1)]);
  await announce(varsel);
  await varsel.deliver();
  addresses = returnAddressesOf(theMailTo(varsel, PERSON, SUBJECTS.notice));
});
afterAll(() => varsel.close());
afterEach(() => {
  for (const each of talks.splice(0)) each.close();
});

/** A listener of its own on the same database, with limits of its own. */
async function listen(settings: Partial<InboundSettings> = {}, connectionMs?: number): Promise<Listener> {
  const listener = await startListener(
    { ...SETTINGS, ...settings },
    {
      pool: varsel.database.pool,
      clock: varsel.clock.now,
      addresses: inboundAddresses(INBOUND_DOMAIN, inboundTags(APP_SECRET), [LISTED]),
      log: { warn: () => undefined, error: () => undefined },
    },
    connectionMs,
  );
  onTestFinished(async () => {
    for (const each of talks.splice(0)) each.close();
    await listener.stop();
  });
  return listener;
}

async function talk(port: number, from: string): Promise<SmtpTalk> {
  const started = await talkTo(port, from);
  talks.push(started);
  return started;
}

const code = (reply: string | undefined) => (reply ?? '').slice(0, 3);
const crlf = (text: string) => text.replaceAll(/\r?\n/g, '\r\n');
const anotherMail = (bytes = 0) =>
  crlf(anAnswer(`Svar nummer ${(numbers += 1)}.\n${`${'x'.repeat(98)}\n`.repeat(bytes / 100)}`));
const recorded = async (): Promise<number> =>
  (await varsel.database.pool.query('select count(*)::int as count from inbound_mails')).rows[0].count;

/** Sends one mail over a connection that is open. The codes of RCPT and of the mail itself, where it got so far. */
async function mailOver(smtp: SmtpTalk, to: string[] = [addresses.reply], mail = anotherMail()): Promise<string[]> {
  const [, , ...admitted] = await smtp.envelope(PERSON, ...to);
  const codes = admitted.map(code);
  if (!codes.includes('250')) return codes;
  await smtp.say('DATA');
  return [...codes, code(await smtp.say(`${mail}\r\n.`))];
}

/** Sends one mail of so many bytes over a connection of its own. */
async function mailFrom(port: number, from: string, bytes = 0): Promise<string[]> {
  const smtp = await talk(port, from);
  const codes = await mailOver(smtp, [addresses.reply], anotherMail(bytes));
  smtp.close();
  return codes;
}

/** Begins a mail of so many bytes and does not end it. */
async function begin(port: number, from: string, bytes: number): Promise<SmtpTalk> {
  const smtp = await talk(port, from);
  await smtp.envelope(PERSON, addresses.reply);
  await smtp.say('DATA');
  await new Promise<void>((sent) => smtp.socket.write(anotherMail(bytes), () => sent()));
  return smtp;
}

describe('Mails about a message', () => {
  test('are counted when they are sent: what is only announced keeps nobody out', async () => {
    const { port } = await listen({ maxPerMessage: 2 });
    const noisy = await talk(port, ONE);
    for (let rounds = 0; rounds < 60; rounds += 1) {
      expect((await noisy.envelope(PERSON, addresses.reply)).map(code)).toEqual(['250', '250', '250']);
      await noisy.say('RSET');
    }
    // One that is never ended is none either.
    for (let rounds = 0; rounds < 3; rounds += 1) (await begin(port, ONE, 200)).close();
    const contact = await talk(port, ANOTHER);
    expect(await mailOver(contact)).toEqual(['250', '250']);
    expect(await mailOver(contact)).toEqual(['250', '250']);
    expect(await mailOver(contact)).toEqual(['450']);
  });

  test('are counted when they have been taken: what failed with us keeps nobody out', async () => {
    const { port } = await listen({ maxPerMessage: 1 });
    const contact = await talk(port, ONE);
    const mail = anotherMail();
    await varsel.database.owner.query('alter table inbound_mails rename to inbound_mails_away');
    const codes = [];
    for (let tries = 0; tries < 3; tries += 1) codes.push(await mailOver(contact, [addresses.reply], mail));
    await varsel.database.owner.query('alter table inbound_mails_away rename to inbound_mails');
    expect(codes).toEqual(codes.map(() => ['250', '451']));
    expect(await mailOver(contact, [addresses.reply], mail)).toEqual(['250', '250']);
    expect(await mailOver(contact)).toEqual(['450']);
  });

  test('that are too many are refused at their address alone: the mail’s other recipients get it', async () => {
    const { port } = await listen({ maxPerMessage: 1 });
    await announce(varsel, {
      subProcessor: {
        ...(await varsel.api().get('/v1/changes')).body.items[0].subProcessor,
        name: 'Søndre Data ApS',
        registrationNumber: '41000001',
      },
    });
    await varsel.deliver();
    const second = varsel.mailbox.to(PERSON).find((mail) => mail.subject?.includes('Søndre Data'));
    if (second === undefined) throw new Error('no second notice');
    const contact = await talk(port, ONE);
    expect(await mailOver(contact)).toEqual(['250', '250']);
    const before = await recorded();
    expect(await mailOver(contact, [addresses.reply, returnAddressesOf(second).reply])).toEqual(['450', '250', '250']);
    expect(await recorded()).toBe(before + 1);
  });
});

describe('Connections', () => {
  test('of one client are so many at once: of sixty it gets its own, and others are served', async () => {
    const { port } = await listen();
    const many = await Promise.all(Array.from({ length: 60 }, () => talk(port, ONE)));
    const refused = many.filter(({ greeting }) => code(greeting) !== '220');
    expect(many.length - refused.length).toBe(10);
    for (const { greeting } of refused) {
      expect(greeting).toBe('421 4.7.0 Too many connections from your address, try again later');
    }
    expect(await mailFrom(port, ANOTHER)).toEqual(['250', '250']);
  });

  test('that have ended make room for the client’s next ones, also after STARTTLS', async () => {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(path.join(import.meta.dirname, name)));
    if (cert === undefined || key === undefined) throw new Error('no certificate');
    const { port } = await listen({ maxConnectionsPerClient: 1, tls: { cert, key } });
    const open = async () => {
      const smtp = await talk(port, ONE);
      if (code(smtp.greeting) === '220') return smtp;
      expect(code(smtp.greeting)).toBe('421');
      return null;
    };
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await expect.poll(async () => code((await open())?.greeting ?? '') === '220').toBe(true);
      const smtp = talks.at(-1);
      if (smtp === undefined) throw new Error('no connection');
      expect(await open()).toBeNull();
      await smtp.say('EHLO mx.example');
      expect(code(await smtp.say('STARTTLS'))).toBe('220');
      const secure = connectTls({ socket: smtp.socket.removeAllListeners('data'), ca: cert, servername: 'localhost' });
      await new Promise<void>((resolve) => secure.once('secureConnect', () => resolve()));
      expect(await open()).toBeNull();
      secure.destroy();
    }
  });

  test('of all clients together leave some to the trusted', async () => {
    const { port } = await listen({ maxConnections: 10 });
    const others = await Promise.all(Array.from({ length: 9 }, (_, index) => talk(port, `127.0.2.${index + 1}`)));
    const refused = others.filter(({ greeting }) => code(greeting) !== '220');
    expect(refused.map(({ greeting }) => greeting)).toEqual(['421 4.7.0 Too many connections, try again later']);
    const relay = await talk(port, RELAY);
    expect(await mailOver(relay)).toEqual(['250', '250']);
    expect((await talk(port, RELAY)).greeting).toMatch(/^220 /);
    // Those that are kept are all that they have.
    expect((await talk(port, RELAY)).greeting).toMatch(/^421 /);
  });

  test('of the trusted are not counted by client, also where IPv6 maps their address', async () => {
    const { port } = await listen({ host: '::', maxConnectionsPerClient: 2 });
    const many = await Promise.all(Array.from({ length: 20 }, () => talk(port, RELAY)));
    expect(many.map(({ greeting }) => code(greeting))).toEqual(many.map(() => '220'));
    const others = await Promise.all(Array.from({ length: 3 }, () => talk(port, ONE)));
    expect(others.map(({ greeting }) => code(greeting)).toSorted()).toEqual(['220', '220', '421']);
  });

  test('that only trickle are closed, with a response, and another mail is taken', async () => {
    const { port } = await listen({ maxConnectionsPerClient: 1 }, 1_000);
    const relay = await talk(port, RELAY);
    const slow = await talk(port, ONE);
    slow.socket.write(`EHLO mx.example\r\nMAIL FROM:<${PERSON}>\r\nRCPT TO:<${addresses.reply}>\r\nDATA\r\n`);
    const trickle = setInterval(() => slow.socket.write('x'), 20);
    onTestFinished(() => clearInterval(trickle));
    const replies = [];
    do replies.push(await slow.reply());
    while (!/^(?:421|$)/.test(replies.at(-1) ?? ''));
    expect(replies.at(-1)).toBe('421 4.4.2 This connection lasts too long, try again later');
    await expect.poll(async () => (await talk(port, ONE)).greeting).toMatch(/^220 /);
    // A relay keeps its connection for as many mails as it has.
    expect(await mailOver(relay)).toEqual(['250', '250']);
  });

  test('of a trusted client are not closed for unknown addresses: it brings the mails of many', async () => {
    const { port } = await listen();
    const smtp = await talk(port, RELAY);
    for (let tries = 0; tries < 30; tries += 1) {
      expect((await smtp.envelope(PERSON, `nobody@${INBOUND_DOMAIN}`)).map(code)).toEqual(['250', '250', '550']);
      await smtp.say('RSET');
    }
    expect(await mailOver(smtp)).toEqual(['250', '250']);
  });
});

describe('Unfinished mails', () => {
  const LARGE = 900_000;

  test('of one client take the room of one large mail: others have theirs', async () => {
    const { port } = await listen();
    for (let mails = 0; mails < 4; mails += 1) await begin(port, ONE, LARGE);
    // What a connection has written, the listener reads a little later.
    await expect.poll(async () => mailFrom(port, ONE, LARGE)).toEqual(['250', '452']);
    expect(await mailFrom(port, ANOTHER, LARGE)).toEqual(['250', '250']);
  });

  test('that are refused or given up leave their room', async () => {
    const { port } = await listen();
    const first = await begin(port, ONE, LARGE);
    await expect.poll(async () => mailFrom(port, ONE, LARGE)).toEqual(['250', '452']);
    first.close();
    await expect.poll(async () => mailFrom(port, ONE, LARGE)).toEqual(['250', '250']);
  });

  test('of all clients together leave the room of one to the trusted, who have as much as they need', async () => {
    const { port } = await listen();
    const begun = await Promise.all(['127.0.2.1', '127.0.2.2', '127.0.2.3'].map((from) => begin(port, from, LARGE)));
    await expect.poll(async () => mailFrom(port, ONE, LARGE)).toEqual(['250', '452']);
    expect(await mailFrom(port, RELAY, LARGE)).toEqual(['250', '250']);
    for (const each of begun) expect(code(await each.say('\r\n.'))).toBe('250');
    const relayed = await Promise.all([1, 2, 3, 4].map(() => begin(port, RELAY, LARGE)));
    await expect.poll(async () => mailFrom(port, ONE, LARGE)).toEqual(['250', '452']);
    for (const each of relayed) expect(code(await each.say('\r\n.'))).toBe('250');
  });
});

describe('Addresses', () => {
  test('that are listed are admitted, in every spelling, and no others', async () => {
    const { port } = await listen();
    const smtp = await talk(port, ONE);
    const spellings = [LISTED, LISTED.toUpperCase(), 'varsel+sag@telenor.example'];
    const others = ['varsel2@telenor.example', 'varsel@other.example', 'indsigelse@telenor.example'];
    const [, , ...answers] = await smtp.envelope(PERSON, ...spellings, ...others);
    expect(answers.map(code)).toEqual(['250', '250', '250', '550', '550', '550']);
  });

  test('that are listed do not keep a mail from the message that it is also sent to', async () => {
    const { port } = await listen({ maxUntagged: 1 });
    const smtp = await talk(port, ONE);
    const before = await recorded();
    for (let mails = 0; mails < 3; mails += 1) {
      expect(await mailOver(smtp, [LISTED, addresses.reply])).toEqual(['250', '250', '250']);
    }
    expect(await recorded()).toBe(before + 3);
  });

  test('that a relay rewrote with SRS still bring a report to its notice', async () => {
    const { port } = await listen();
    const [local = ''] = addresses.bounce.split('@');
    const rewritten = `SRS0=AbC1=QX=${INBOUND_DOMAIN}=${local}@relay.kunde.example`;
    const before = await recorded();
    const smtp = await talk(port, ONE);
    expect(await mailOver(smtp, [rewritten], crlf(aBounce(PERSON, { action: 'delayed', status: '4.4.1' })))).toEqual([
      '250',
      '250',
    ]);
    expect(await recorded()).toBe(before + 1);
    const { rows } = await varsel.database.pool.query('select sent_to from inbound_mails order by id desc limit 1');
    expect(rows).toEqual([{ sent_to: rewritten }]);
  });
});
