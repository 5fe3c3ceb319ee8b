import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { inTransaction } from '../../src/db/postgres.ts';
import { claimMessages } from '../support/claim.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { activate, announce, haveControllers, SUBJECTS, theMailTo } from '../support/story.ts';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, operatorMails, returnAddressesOf, mailIn, sendRaw } from '../support/inbound.ts';
import { talkTo, type SmtpTalk } from '../support/smtp-talk.ts';
import { INBOUND_DOMAIN, startVarsel, type TestVarsel } from '../support/varsel.ts';

const MAX_BYTES = 2_000_000;
const PERSON = 'dpo@kunde-1.example';

let varsel: TestVarsel;
let addresses: { bounce: string; reply: string };
let changeId: string;
let numbers = 0;
const talks: SmtpTalk[] = [];

/** Varsel with one notice that has been accepted, and with what its mail says to write back to. */
async function aNoticedController(settings: Parameters<typeof startVarsel>[1]): Promise<TestVarsel> {
  const started = await startVarsel('2026-03-02T09:00:00Z', settings);
  await haveControllers(started, [aController(1)]);
  changeId = await announce(started);
  await started.deliver();
  addresses = returnAddressesOf(theMailTo(started, PERSON, SUBJECTS.notice));
  return started;
}

beforeAll(async () => {
  varsel = await aNoticedController({ maxBytes: MAX_BYTES, maxPerMessage: 10_000 });
});
afterAll(() => varsel.close());
afterEach(() => {
  for (const each of talks.splice(0)) each.close();
});

async function talk(port = varsel.inboundPort, from?: string): Promise<SmtpTalk> {
  const started = await talkTo(port, from);
  talks.push(started);
  return started;
}

const anotherAnswer = () => anAnswer(`Svar nummer ${(numbers += 1)}.`);
const send = (raw: string | Buffer, to: string | string[] = addresses.reply, from = PERSON) =>
  mailIn(varsel, raw, { from, to });
const recorded = async (): Promise<number> =>
  (await varsel.database.pool.query('select count(*)::int as count from inbound_mails')).rows[0].count;

/** What was written down of the last mail that came. */
async function lastAnswer(): Promise<{ text: string; subject: string; known_by: string; raw: Buffer }> {
  await varsel.readMails();
  const { rows } = await varsel.database.pool.query(
    `select m.text, m.subject, m.known_by, c.raw
     from inbound_mails m join inbound_contents c on c.sha256 = m.sha256 join answers a on a.inbound_mail_id = m.id
     order by m.id desc limit 1`,
  );
  return rows[0];
}

describe('the addresses of a notice', () => {
  test('carry its tag, in a local part that every mail system takes', () => {
    const [bounceLocal = ''] = addresses.bounce.split('@');
    const [replyLocal = ''] = addresses.reply.split('@');
    expect(bounceLocal).toMatch(/^bounce\+[a-z2-7]{42}$/);
    expect(replyLocal).toMatch(/^reply\+[a-z2-7]{42}$/);
    expect(bounceLocal.length).toBeLessThanOrEqual(64);
    expect(addresses.reply.split('@')[1]).toBe(INBOUND_DOMAIN);
  });

  test('are known in capitals, too', async () => {
    expect(await send(anotherAnswer(), addresses.reply.toUpperCase())).toMatchObject({ code: 250 });
  });

  test('are the only ones that anybody has: what is forged is refused for good', async () => {
    const before = await recorded();
    const tag = /\+(\w+)@/.exec(addresses.reply)?.[1] ?? '';
    const flipped = `${tag.slice(0, 30)}${tag[30] === 'a' ? 'b' : 'a'}${tag.slice(31)}`;
    const ofAnotherSecret = inboundTags('another secret of more than thirty-two bytes').tagOf(randomUUID());
    const ofNoMessage = inboundTags('a secret of the tests, of more than 32 bytes').tagOf(randomUUID());
    for (const address of [
      `reply+${flipped}@${INBOUND_DOMAIN}`,
      `reply+${ofAnotherSecret}@${INBOUND_DOMAIN}`,
      `reply+${ofNoMessage}@${INBOUND_DOMAIN}`,
      `reply+${tag}x@${INBOUND_DOMAIN}`,
      `reply+${tag.slice(1)}@${INBOUND_DOMAIN}`,
      `reply@${INBOUND_DOMAIN}`,
      `other+${tag}@${INBOUND_DOMAIN}`,
      `reply+${tag}@other.example`,
      `reply+${tag}@sub.${INBOUND_DOMAIN}`,
      `"reply+${tag}@${INBOUND_DOMAIN}"@other.example`,
      `postmaster@${INBOUND_DOMAIN}`,
    ]) {
      const smtp = await talk();
      const [, , answer] = await smtp.envelope(PERSON, address);
      expect(answer, address).toMatch(/^5\d\d /);
      smtp.close();
    }
    expect(await recorded()).toBe(before);
  });

  test('are not to be guessed: a connection that tries many is closed', async () => {
    const smtp = await talk();
    await smtp.envelope(PERSON);
    const answers = [];
    for (let tries = 0; tries < 25; tries += 1) {
      answers.push((await smtp.say(`RCPT TO:<reply+${'a'.repeat(42)}@${INBOUND_DOMAIN}>`)).slice(0, 3));
    }
    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => '550'));
    expect(answers[20]).toBe('421');
  });

  test('of two notices in one mail both get it', async () => {
    const other = await announce(varsel, {
      subProcessor: { ...(await subProcessorOf(changeId)), name: 'Søndre Data ApS', registrationNumber: '41000001' },
    });
    await varsel.deliver();
    const mails = varsel.mailbox.to(PERSON);
    const second = mails.find((mail) => mail.subject?.includes('Søndre Data'));
    if (second === undefined) throw new Error('no second notice');
    const { reply } = returnAddressesOf(second);
    expect(reply).not.toBe(addresses.reply);
    expect(await send(anotherAnswer(), [addresses.reply, reply])).toMatchObject({ code: 250 });
    const { body } = await varsel.api('officer').get(`/v1/changes/${other}/answers`);
    expect(body.items).toHaveLength(1);
  });
});

const subProcessorOf = async (id: string) => (await varsel.api().get(`/v1/changes/${id}`)).body.subProcessor;

describe('a mail', () => {
  test('that comes twice is taken once, and its raw content kept once for all notices', async () => {
    const raw = anotherAnswer();
    const before = await recorded();
    expect(await send(raw)).toMatchObject({ code: 250 });
    expect(await send(raw)).toMatchObject({ code: 250 });
    expect(await recorded()).toBe(before + 1);
  });

  test.each(['taro..suzuki.@mobile.example', 'svc@srv_mail.kunde.local', 'søren@bækken.example', 'a@localhost'])(
    'from %s is taken as from anybody: the grammar of addresses is not what makes an answer',
    async (sender) => {
      const smtp = await talk();
      await smtp.envelope(sender, addresses.reply);
      await smtp.say('DATA');
      expect(await smtp.say(`${anotherAnswer().replaceAll('\n', '\r\n')}\r\n.`)).toMatch(/^250 /);
      const { rows } = await varsel.database.pool.query(
        'select envelope_from from inbound_mails order by id desc limit 1',
      );
      expect(rows).toEqual([{ envelope_from: sender }]);
    },
  );

  test('that is larger than the limit is refused before it is sent, where its size is told', async () => {
    const smtp = await talk();
    await smtp.say('EHLO mx.example');
    expect(await smtp.say(`MAIL FROM:<${PERSON}> SIZE=${MAX_BYTES + 1}`)).toMatch(/^552 /);
  });

  test('of 200 MB that does not tell its size is refused for good, and takes no room until it ends', async () => {
    const before = await recorded();
    const smtp = await talk();
    await smtp.envelope(PERSON, addresses.reply);
    expect(await smtp.say('DATA')).toMatch(/^354/);
    const megabyte = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(1_000));
    for (let sent = 0; sent < 200; sent += 1) {
      if (!smtp.socket.write(megabyte))
        await new Promise<void>((resolve) => smtp.socket.once('drain', () => resolve()));
    }
    // The listener holds four of the largest mails at once: these three, and nearly another.
    for (const from of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) {
      const other = await talk(varsel.inboundPort, from);
      await other.envelope(PERSON, addresses.reply);
      await other.say('DATA');
      await new Promise<void>((sent) => other.socket.write(megabyte.subarray(0, 990_000), () => sent()));
      await new Promise<void>((sent) => other.socket.write(megabyte.subarray(0, 990_000), () => sent()));
    }
    expect(await send(`${anotherAnswer()}${`${'x'.repeat(998)}\n`.repeat(1_500)}`)).toMatchObject({ code: 250 });
    expect(await smtp.say('\r\n.')).toMatch(/^552 /);
    expect(await recorded()).toBe(before + 1);
    expect(await send(anotherAnswer())).toMatchObject({ code: 250 });
  }, 60_000);

  test('gets its response from Exim too, which sends QUIT behind it and closes its side where PIPELINING is offered', async () => {
    const exim = await talk();
    let offers = '';
    exim.socket.on('data', (text) => (offers += String(text)));
    await exim.envelope(PERSON, addresses.reply);
    expect(await exim.say('DATA')).toMatch(/^354/);
    const mail = `${anotherAnswer().replaceAll('\n', '\r\n')}\r\n.\r\n`;
    if (/PIPELINING/i.test(offers)) exim.socket.end(`${mail}QUIT\r\n`);
    else exim.socket.write(mail);
    expect(await exim.reply()).toBe('250 2.0.0 On record');
  });

  test('whose connection ends before it does is not recorded', async () => {
    const before = await recorded();
    const smtp = await talk();
    await smtp.envelope(PERSON, addresses.reply);
    await smtp.say('DATA');
    smtp.socket.write(anotherAnswer().replaceAll('\n', '\r\n'));
    await new Promise<void>((resolve) => smtp.socket.end(() => resolve()));
    await smtp.reply();
    expect(await send(anotherAnswer())).toMatchObject({ code: 250 });
    expect(await recorded()).toBe(before + 1);
  });

  const part = (body: string) => `--b\r\nContent-Type: text/plain\r\n\r\n${body}\r\n`;
  const head = (type: string) =>
    `From: ${PERSON}\r\nSubject: =?utf-8?B?invalid\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n`;
  const nested = (depth: number) => {
    const levels = Array.from({ length: depth }, (_, level) => level);
    return (
      head('multipart/mixed; boundary=b0') +
      levels.map((level) => `\r\n--b${level}\r\nContent-Type: multipart/mixed; boundary=b${level + 1}\r\n`).join('') +
      `\r\n--b${depth}\r\nContent-Type: text/plain\r\n\r\nVi gør indsigelse\r\n`
    );
  };

  test.each([
    ['10,000 parts', `${head('multipart/mixed; boundary=b')}\r\n${part('x').repeat(10_000)}--b--\r\n`],
    ['multiparts nested 200 deep', nested(200)],
    ['multiparts nested 20,000 deep', nested(20_000)],
    ['20,000 headers', `${head('text/plain')}${'X-Bomb: 1\r\n'.repeat(20_000)}\r\nVi gør indsigelse\r\n`],
    ['a header of a megabyte', `${head('text/plain')}X-Bomb: ${'a'.repeat(1_100_000)}\r\n\r\nVi gør indsigelse\r\n`],
    ['a folded header of 50,000 lines', `${head('text/plain')}X-Bomb: 1\r\n${' 1\r\n'.repeat(50_000)}\r\nhej\r\n`],
    ['one line of a megabyte', `${head('text/plain')}\r\n${'a'.repeat(1_500_000)}\r\n`],
    ['HTML nested 100,000 deep', `${head('text/html')}\r\n${'<div>'.repeat(100_000)}hej\r\n`],
    ['many addresses', `From: ${'a@b.example, '.repeat(50_000)}c@d.example\r\n\r\nhej\r\n`],
    ['a charset that nobody knows', `${head('text/plain; charset="x-klingon"')}\r\nVi g\xf8r indsigelse\r\n`],
    ['UTF-7', `${head('text/plain; charset=utf-7')}\r\n+ADw-script+AD4-\r\n`],
    [
      'invalid UTF-8',
      Buffer.concat([
        Buffer.from(`${head('text/plain; charset=utf-8')}\r\n`),
        Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0x0d, 0x0a]),
      ]),
    ],
    ['NUL bytes', `${head('text/plain; charset=utf-8')}X-Nul: a\u0000b\r\n\r\nVi g\u0000r indsigelse\u0000\r\n`],
    ['broken base64', `${head('text/plain')}Content-Transfer-Encoding: base64\r\n\r\n!!!! ====\r\n`],
    ['an endless boundary', `${head(`multipart/mixed; boundary="${'b'.repeat(5_000)}"`)}\r\n--b\r\n\r\nhej\r\n`],
    ['no header', `\r\nVi gør indsigelse\r\n`],
    ['nothing at all', ``],
    [
      'header names of the language itself',
      `__proto__: x\r\nconstructor: y\r\nContent-Type: text/plain\r\n\r\nhej\r\n`,
    ],
    [
      'a quotation of 190,000 lines',
      `${head('text/plain')}\r\nNej.\r\nOn Monday x wrote:\r\n${'\r\n'.repeat(190_000)}`,
    ],
    [
      'a quotation mark for every letter',
      `${head('text/plain')}\r\n${'> '.repeat(200_000)}\r\n${'On '.repeat(100_000)}wrote:\r\n`,
    ],
    [
      'regular expressions’ bait',
      `${head('text/plain')}\r\n${'<a@'.repeat(100_000)}\r\n${'_'.repeat(200_000)}x\r\n${'Fra: a\r\n'.repeat(20_000)}`,
    ],
  ])(
    'of %s is kept as it is, for a person to read, and the next one is read as ever',
    async (_name, raw) => {
      const before = await recorded();
      const crlf = typeof raw === 'string' ? Buffer.from(raw, 'utf8') : raw;
      expect(await send(crlf)).toMatchObject({ code: 250 });
      expect(await recorded()).toBe(before + 1);
      expect((await lastAnswer()).raw.toString('latin1').trimEnd()).toBe(crlf.toString('latin1').trimEnd());
      expect(await send(anotherAnswer())).toMatchObject({ code: 250 });
      expect((await lastAnswer()).text).toContain(`Svar nummer ${numbers}.`);
    },
    30_000,
  );

  test.each([
    ['\\n.\\n', '\n.\n'],
    ['\\n.\\r\\n', '\n.\r\n'],
    ['\\r\\n.\\n', '\r\n.\n'],
    ['\\r.\\r', '\r.\r'],
    ['\\r\\n.\\r', '\r\n.\r'],
    ['\\r.\\r\\n', '\r.\r\n'],
    ['\\n.\\r', '\n.\r'],
    ['\\r\\n\\0.\\r\\n', '\r\n\u0000.\r\n'],
    ['\\r\\n..\\r\\n', '\r\n..\r\n'],
  ])('does not end at %s: what follows it is no command', async (_name, ending) => {
    const before = await recorded();
    const smtp = await talk();
    await smtp.envelope(PERSON, addresses.reply);
    await smtp.say('DATA');
    const smuggled = `MAIL FROM:<x@evil.example>\r\nRCPT TO:<${addresses.bounce}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx`;
    smtp.socket.write(`Subject: ${(numbers += 1)}\r\n\r\nfirst${ending}${smuggled}\r\n.\r\n`);
    expect(await smtp.reply()).toMatch(/^250 /);
    expect(await smtp.say('NOOP')).toMatch(/^250 /);
    expect(await recorded()).toBe(before + 1);
    const { raw } = await lastAnswer();
    expect(raw.toString()).toContain('RCPT TO');
    expect(raw.toString()).toContain('Subject: smuggled');
  });

  test('of our own that comes back is kept and never answered', async () => {
    // What the company is told of the mails above goes out first.
    await varsel.deliver();
    const before = varsel.mailbox.mails.length;
    const mails = await operatorMails(varsel);
    const own = `From: Telenor A/S <varsel@telenor.example>
X-Notice-Id: ${randomUUID()}
Auto-Submitted: auto-generated
Subject: Ny underdatabehandler til TrueTalk

I kan gøre indsigelse.
`;
    expect(await send(own, addresses.reply, addresses.bounce)).toMatchObject({ code: 250 });
    const { rows } = await varsel.database.pool.query('select taken_as from inbound_mails order by id desc limit 1');
    expect(rows).toEqual([{ taken_as: 'automatic' }]);
    await varsel.deliver();
    expect(varsel.mailbox.mails).toHaveLength(before);
    expect(await operatorMails(varsel)).toEqual(mails);
  });
});

describe('what is our own fault is asked for again later', () => {
  test('when the database cannot record the mail, which is taken once it can', async () => {
    const { owner } = varsel.database;
    const before = await recorded();
    const raw = anotherAnswer();
    await owner.query('alter table inbound_contents rename to contents_away');
    expect(await sendRaw(varsel.inboundPort, raw, { from: PERSON, to: addresses.reply })).toMatchObject({ code: 451 });
    await owner.query('alter table contents_away rename to inbound_contents');
    expect(await recorded()).toBe(before);
    expect(await send(raw)).toMatchObject({ code: 250 });
    expect(await recorded()).toBe(before + 1);
  });

  test('when the database is away altogether', async () => {
    const smtp = await talk();
    await smtp.envelope(PERSON);
    const elsewhere = new URL(varsel.database.ownerUrl);
    const name = elsewhere.pathname.slice(1);
    elsewhere.pathname = '/postgres';
    const operator = new pg.Client(elsewhere.href);
    await operator.connect();
    await operator.query(`alter database ${name} with allow_connections false`);
    await operator.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    try {
      expect(await smtp.say(`RCPT TO:<${addresses.reply}>`)).toMatch(/^451 /);
    } finally {
      await operator.query(`alter database ${name} with allow_connections true`);
      await operator.end();
    }
    // Connections of the pool that were ended are found out one by one.
    const asked = () => smtp.say(`RCPT TO:<${addresses.reply}>`);
    await expect.poll(asked, { timeout: 20_000 }).toMatch(/^250 /);
  });

  test('but blocks unread when its notice is just being handed over: the bounce waits for the acceptance', async () => {
    const fresh = await startVarsel('2026-03-02T09:00:00Z', {});
    onTestFinished(() => fresh.close());
    await haveControllers(fresh, [aController(1)]);
    const id = await announce(fresh);
    const now = fresh.clock.now();
    const [claimed] = await inTransaction(fresh.database.pool, (tx) =>
      claimMessages(tx, { now, leaseId: randomUUID(), limit: 1 }),
    );
    const tag = inboundTags('a secret of the tests, of more than 32 bytes').tagOf(claimed?.id ?? '');
    const to = `bounce+${tag}@${INBOUND_DOMAIN}`;
    expect(await mailIn(fresh, aBounce(PERSON), { from: '', to })).toMatchObject({ code: 250 });
    const blockers = (await activate(fresh, id)).map(({ code }) => code);
    expect(blockers).toContain('mails-being-read');
    const over = await fresh
      .api('officer')
      .post(`/v1/notices/${claimed?.id}/bounce`)
      .send({ action: 'failed', evidence: {} });
    expect({ status: over.status, code: over.body.code }).toEqual({ status: 409, code: 'notice-in-flight' });
    // Its lease ends, it is sent, and the report is heard.
    fresh.clock.advance({ minutes: 6 });
    await fresh.deliver();
    fresh.clock.advance({ minutes: 1 });
    await fresh.readMails();
    const { body } = await fresh.api('reader').get(`/v1/changes/${id}/controllers`);
    expect(body.items[0]).toMatchObject({ state: 'awaiting-notice' });
  });
});

describe('the listener', () => {
  test('admits so many mails for one notice an hour, and the others later', async () => {
    const limited = await aNoticedController({ maxPerMessage: 2 });
    onTestFinished(() => limited.close());
    const codes = [];
    for (let mails = 0; mails < 3; mails += 1) {
      const { code } = await mailIn(limited, anotherAnswer(), { from: PERSON, to: addresses.reply });
      codes.push(code);
    }
    expect(codes).toEqual([250, 250, 450]);
    limited.clock.advance({ minutes: 61 });
    expect(await mailIn(limited, anotherAnswer(), { from: PERSON, to: addresses.reply })).toMatchObject({
      code: 250,
    });
  });

  test('serves so many connections at once, and turns others away for a while', async () => {
    const limited = await aNoticedController({ maxConnections: 2 });
    onTestFinished(() => limited.close());
    await talk(limited.inboundPort);
    await talk(limited.inboundPort);
    const third = await talkTo(limited.inboundPort).then((started) => {
      talks.push(started);
      return started.reply();
    });
    expect(third).toBe('');
  });

  test('holds so much mail in memory at once, and asks for more of it later', async () => {
    const limited = await aNoticedController({ maxBytes: 1_000_000 });
    onTestFinished(() => limited.close());
    const half = `Subject: ${(numbers += 1)}\r\n\r\n${'x'.repeat(900)}`;
    const started = [];
    for (let mails = 0; mails < 5; mails += 1) {
      const smtp = await talk(limited.inboundPort, `127.0.0.${mails + 2}`);
      await smtp.envelope(PERSON, addresses.reply);
      await smtp.say('DATA');
      started.push(smtp);
    }
    const line = `${'y'.repeat(998)}\r\n`;
    for (const smtp of started)
      await new Promise<void>((sent) => smtp.socket.write(half + line.repeat(900), () => sent()));
    // The listener reads some of each in every turn, and has read all of it when another connection has had so many.
    const other = await talk(limited.inboundPort);
    for (let turns = 0; turns < 200; turns += 1) await other.say('NOOP');
    const replies = [];
    for (const smtp of started.toReversed()) replies.push((await smtp.say('\r\n.')).slice(0, 3));
    expect(replies.filter((code) => code === '452')).toHaveLength(1);
    expect(replies.filter((code) => code === '250')).toHaveLength(4);
    expect(await mailIn(limited, anotherAnswer(), { from: PERSON, to: addresses.reply })).toMatchObject({
      code: 250,
    });
  });

  test('offers STARTTLS where it has a certificate, and takes mail over it', async () => {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(import.meta.dirname, name));
    if (cert === undefined || key === undefined) throw new Error('no certificate');
    const secure = await aNoticedController({ tls: { cert, key } });
    onTestFinished(() => secure.close());
    const transport = createTransport({
      host: '127.0.0.1',
      port: secure.inboundPort,
      requireTLS: true,
      tls: { ca: readFileSync(cert), servername: 'localhost' },
    });
    const { response } = await transport.sendMail({
      raw: anotherAnswer(),
      envelope: { from: PERSON, to: addresses.reply },
    });
    transport.close();
    expect(response).toMatch(/^250 /);
    await secure.readMails();
    const { body } = await secure.api('officer').get(`/v1/changes/${changeId}/answers`);
    expect(body.items).toHaveLength(1);
  });
});
