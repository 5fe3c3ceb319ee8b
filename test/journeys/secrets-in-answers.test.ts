import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, operatorMails, returnAddressesOf } from '../support/inbound.ts';
import type { ReceivedMail } from '../support/mailbox.ts';
import {
  announce,
  haveControllers,
  objectionsOf,
  objectThrough,
  SUBJECTS,
  theMailTo,
  tokenOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * Whoever has a customer's link can object and withdraw in the customer's name, and whoever has a tag can answer. What people
 * and programs write back repeats both. The mail byte for byte keeps them, and nothing else does.
 */

const DPO = 'dpo@kunde-1.example';

let varsel: TestVarsel;
let changeId: string;
let notice: ReceivedMail;
let link: string;
let token: string;
let tag: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: ['varsel@telenor.example'] });
  await haveControllers(varsel, [aController(1)]);
  changeId = await announce(varsel);
  await varsel.deliver();
  notice = theMailTo(varsel, DPO, SUBJECTS.notice);
  token = tokenOf(varsel, DPO);
  link = `${varsel.url}/objections/${token}`;
  tag = /\+([a-z2-7]{42})@/.exec(returnAddressesOf(notice).reply)?.[1] ?? 'none';
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

/** All that officers, readers, consumers and the company see, and all that the database keeps besides the mails themselves. */
async function everythingShown(): Promise<string> {
  const officer = varsel.api('officer');
  const shown = await Promise.all(
    ['mails', 'answers', 'objections', 'controllers'].map((what) => officer.get(`/v1/changes/${changeId}/${what}`)),
  );
  const { rows: messages } = await varsel.database.pool.query<{ id: string }>('select id from messages');
  const notices = await Promise.all(messages.map(({ id }) => varsel.api('reader').get(`/v1/notices/${id}`)));
  const lists = [await officer.get('/v1/mails'), await officer.get('/v1/events')];
  const bodies = [...shown, ...notices, ...lists].map(({ body }) => body);
  const { rows } = await varsel.database.pool.query(
    `select (select jsonb_agg(to_jsonb(m) - 'sent_to' - 'envelope_from') from inbound_mails m) as mails,
       (select jsonb_agg(to_jsonb(b)) from bounces b) as bounces, (select jsonb_agg(to_jsonb(o)) from objections o) as objections,
       (select jsonb_agg(to_jsonb(a)) from answers a) as answers, (select jsonb_agg(to_jsonb(m)) from messages m) as messages,
       (select jsonb_agg(to_jsonb(a)) from message_attempts a) as attempts, (select jsonb_agg(to_jsonb(e)) from events e) as events,
       (select jsonb_agg(to_jsonb(s)) from arrival_statements s) as statements,
       (select jsonb_agg(to_jsonb(d)) from inbound_mail_decisions d) as decisions`,
  );
  const mails = (await operatorMails(varsel)).map(({ subject, text }) => `${subject}\n${text}`);
  return `${JSON.stringify([bodies, rows])}\n${mails.join('\n')}`.replaceAll(/\s|\\n|\\t|> ?/g, '');
}

async function expectNoSecrets(...spellings: string[]): Promise<void> {
  const everything = (await everythingShown()).toLowerCase();
  for (const secret of [token, tag, ...spellings]) expect(everything).not.toContain(secret.toLowerCase());
}

async function answers(): Promise<{ id: string; text: string; quoted: string; subject: string }[]> {
  return (await varsel.api('officer').get(`/v1/changes/${changeId}/answers`)).body.items;
}

const asPerson = () => ({ from: DPO, to: returnAddressesOf(notice).reply });

describe('an answer', () => {
  test('that quotes its link in any spelling shows none, and the mail itself has them all', async () => {
    const encoded = [...Buffer.from(link)].map((byte) => `%${byte.toString(16)}`).join('');
    const broken = `${link.slice(0, -20)}=\n${link.slice(-20)}`;
    const gateway = `https://gateway.example/?url=${encoded}&data=1`;
    const raw = anAnswer(
      [
        `Vi gør indsigelse, se ${link} og ${gateway}.`,
        `> ${broken.replace('=\n', '\n> ')}`,
        `Skriv til reply+${tag.toUpperCase()}@svar.telenor.example.`,
      ].join('\n'),
    );
    expect(await mailIn(varsel, raw, asPerson())).toMatchObject({ code: 250 });
    const [answer] = await answers();
    expect(answer?.text).toContain('Vi gør indsigelse, se [link removed] og [link removed].');
    expect(answer?.text).toContain('Skriv til [address removed].');
    await expectNoSecrets(encoded.slice(-40), token.slice(-20));
    const { body } = await varsel.api('officer').get(`/v1/answers/${answer?.id}/mail`);
    expect(Buffer.from(body.base64, 'base64').toString()).toContain(token);

    await varsel.api('officer').post(`/v1/answers/${answer?.id}/classify`).send({ decision: 'objection' });
    const [objection] = await objectionsOf(varsel, changeId);
    expect(objection?.reasons).toContain('Vi gør indsigelse, se [link removed]');
    await varsel.deliver();
    await expectNoSecrets(token.slice(-20));
  });

  test('that has it in its subject, its sender and the name of a file shows none', async () => {
    const raw = `From: "Svar ${link}" <reply+${tag}@svar.telenor.example>
Subject: SV: ${link}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/plain

Nej.
--B
Content-Type: application/pdf; name="${token}.pdf"
Content-Disposition: attachment; filename="${token}.pdf"

PDF
--B--
`;
    expect(await mailIn(varsel, raw, asPerson())).toMatchObject({ code: 250 });
    expect(await answers()).toMatchObject([{ text: 'Nej.', subject: 'SV: [link removed]' }]);
    await expectNoSecrets();
  });

  test('to an address that names nothing is attributed by the link that is then cut out of it', async () => {
    const html = Buffer.from(`<p>Vi siger nej.</p><a href="${link}">Varsel</a>`).toString('base64');
    const raw = `From: Dorthe <${DPO}>
Subject: Nordlys
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="B"

--B
Content-Type: text/plain

Denne mail er i HTML.
--B
Content-Type: text/html
Content-Transfer-Encoding: base64

${html}
--B--
`;
    expect(await mailIn(varsel, raw, { from: DPO, to: 'varsel@telenor.example' })).toMatchObject({ code: 250 });
    const [answer, ...more] = await answers();
    expect(more).toEqual([]);
    expect(answer?.text).toContain('Vi siger nej.');
    expect(answer?.text).toContain('[link removed]');
    await expectNoSecrets();
  });
});

test('a report repeats our return path, and its reason is kept without it', async () => {
  const { bounce } = returnAddressesOf(notice);
  const raw = aBounce(DPO).replaceAll('no such user', `${bounce} may not send to this user, see ${link}`);
  expect(await mailIn(varsel, raw, { from: '', to: bounce })).toMatchObject({ code: 250 });
  const { rows } = await varsel.database.pool.query<{ diagnostic: string }>('select diagnostic from bounces');
  expect(rows).toEqual([{ diagnostic: '550 5.1.1 [address removed] may not send to this user, see [link removed]' }]);
  await expectNoSecrets();
});

test('a report that returns the whole notice as it came shows none, whatever their encoding', async () => {
  const { bounce } = returnAddressesOf(notice);
  const report = `From: MAILER-DAEMON@mx.kunde-1.example
Subject: failure notice
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hi. This is the qmail-send program at mx.kunde-1.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<${DPO}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <${bounce}>
`;
  const [calendar] = notice.attachments;
  const encoded = calendar?.content.toString('base64').match(/.{1,76}/g) ?? [];
  expect(Buffer.from(encoded.join(''), 'base64').toString().replaceAll('\r\n ', '')).toContain(token);
  const raw = `${report}Content-Transfer-Encoding: base64\n\n${encoded.join('\n')}\n--=_mixed--\n`;
  expect(await mailIn(varsel, raw, { from: '', to: bounce })).toMatchObject({ code: 250 });
  const { rows } = await varsel.database.pool.query<{ text: string; effect: string }>(
    'select m.text, b.effect from bounces b join inbound_mails m on m.id = b.inbound_mail_id',
  );
  expect(rows).toMatchObject([{ effect: 'reopened', text: expect.stringContaining('base64\n\n[link removed]') }]);
  const left = rows[0]?.text.match(/[A-Za-z0-9+/]{8,}/g)?.map((each) => Buffer.from(each, 'base64').toString()) ?? [];
  expect(left.join('')).not.toContain(token.slice(0, 12));
  await expectNoSecrets();
});

test('what a mail provider reports and an officer types has none either', async () => {
  const officer = varsel.api('officer');
  const noticeId = varsel.links.messageIdOf(token);
  const { bounce } = returnAddressesOf(notice);
  const calls: [string, object][] = [
    [
      `notices/${noticeId}/bounce`,
      { action: 'failed', diagnostic: `550 <${bounce}> rejected`, evidence: { url: link } },
    ],
    [`notices/${noticeId}/reached`, { evidence: `De har åbnet ${link}` }],
    [
      `changes/${changeId}/objections`,
      {
        controller: 'kunde-1',
        reasons: `Se ${link}`,
        channel: 'letter',
        receivedAt: '2026-03-02T09:00:00Z',
        from: { name: link },
      },
    ],
  ];
  for (const [path, body] of calls) {
    const { status, body: response } = await officer.post(`/v1/${path}`).send(body);
    expect([200, 201], JSON.stringify(response)).toContain(status);
  }
  const [objection] = await objectionsOf(varsel, changeId);
  expect(objection).toMatchObject({ reasons: 'Se [link removed]', from: { name: '[link removed]' } });
  const resolved = await officer
    .post(`/v1/objections/${objection?.id}/resolve`)
    .send({ outcome: 'accommodated', explanation: `Bekræftet på ${link}` });
  expect(resolved.body.resolution).toMatchObject({ explanation: 'Bekræftet på [link removed]' });
  await varsel.deliver();
  await expectNoSecrets();
  for (const mail of varsel.mailbox.to(DPO)) {
    if (mail !== notice) expect(mail.text).not.toContain(token);
  }
});

test('reasons that somebody types have none either: through the link, by an officer, for an answer', async () => {
  const reasons = `Vi er uenige, se ${link}`;
  expect((await objectThrough(varsel, token, reasons)).status).toBe(201);
  const recorded = await varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/objections`)
    .send({ controller: 'kunde-1', reasons, channel: 'letter', receivedAt: '2026-03-02T09:00:00Z', from: {} });
  expect(recorded.status, JSON.stringify(recorded.body)).toBe(201);
  await mailIn(varsel, anAnswer('Se vedhæftede.'), asPerson());
  const [answer] = await answers();
  const classified = await varsel
    .api('officer')
    .post(`/v1/answers/${answer?.id}/classify`)
    .send({ decision: 'objection', reasons, explanation: `Fra ${link}` });
  expect(classified.status, JSON.stringify(classified.body)).toBe(200);
  const objections = await objectionsOf(varsel, changeId);
  expect(objections.map((each) => each.reasons)).toEqual(Array(3).fill('Vi er uenige, se [link removed]'));
  await varsel.deliver();
  await expectNoSecrets();
});

test('a problem that quotes an address has none, also where it is kept for an idempotency key', async () => {
  const address = `/v1/changes/${changeId}/controllers/${token}/resend`;
  for (const key of [null, 'first', 'first']) {
    const sent = varsel.api('officer').post(address);
    const { status, text } = await (key === null ? sent : sent.set('Idempotency-Key', key));
    expect(status).toBe(404);
    expect(text).toContain('removed');
    expect(text).not.toContain(token);
  }
  const { rows } = await varsel.database.pool.query<{ body: string }>('select body::text from idempotency_keys');
  expect(rows.filter(({ body }) => body.includes('removed'))).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(token);
});
