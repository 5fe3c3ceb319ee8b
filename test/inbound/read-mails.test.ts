import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { activate, announce, DEADLINE, haveControllers, haveProduct, SUBJECTS, theMailTo } from '../support/story.ts';
import { aController, aProduct } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, operatorMails, returnAddressesOf, sendRaw } from '../support/inbound.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const PERSON = 'dpo@kunde-1.example';
/** The company routes it to Varsel. It bears no tag. */
const FROM = 'varsel@telenor.example';
/** The objection address of another product, which the company routes to Varsel as well. */
const OTHERS = 'andet@telenor.example';
const ABSENT = `From: ${PERSON}
Subject: Autosvar: Ikke til stede
Auto-Submitted: auto-replied

Jeg er på ferie til den 20. marts.
`;

let varsel: TestVarsel;
let changeId: string;
let addresses: { bounce: string; reply: string };

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: [FROM, OTHERS] });
  await haveControllers(varsel, [aController(1)]);
  changeId = await announce(varsel);
  await varsel.deliver();
  addresses = returnAddressesOf(theMailTo(varsel, PERSON, SUBJECTS.notice));
  varsel.clock.set(DEADLINE);
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

/** Sends a mail that nobody reads before the test says so. */
async function arrive(raw: string, to = addresses.reply): Promise<void> {
  expect(await sendRaw(varsel.inboundPort, raw, { from: PERSON, to })).toMatchObject({ code: 250 });
}
const version = async (): Promise<number> => (await varsel.api('reader').get(`/v1/changes/${changeId}`)).body.version;

describe('a mail that is on record and that nobody has read', () => {
  test('blocks its change at once, without a version or an event of its own, and as an answer until it is classified', async () => {
    const before = await version();
    await arrive(anAnswer('Vi gør indsigelse, fordi data sendes til USA.'));
    expect(await activate(varsel, changeId)).toEqual([{ code: 'mails-being-read', count: 1 }]);
    expect(await version()).toBe(before);
    await varsel.readMails();
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
  });

  test('stops blocking when it turns out to be no answer', async () => {
    await arrive(ABSENT);
    expect(await activate(varsel, changeId)).toEqual([{ code: 'mails-being-read', count: 1 }]);
    await varsel.readMails();
    expect(await activate(varsel, changeId)).toEqual([]);
  });

  test('is not lost by a restart before it was read', async () => {
    await arrive(anAnswer('Vi gør indsigelse, fordi data sendes til USA.'));
    await varsel.restart();
    expect(await activate(varsel, changeId)).toEqual([{ code: 'mails-being-read', count: 1 }]);
    await varsel.readMails();
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
  });

  test('is one however often its mail system sends it, and an answer once', async () => {
    const raw = anAnswer('Vi gør indsigelse, fordi data sendes til USA.');
    await arrive(raw);
    await arrive(raw);
    expect(await activate(varsel, changeId)).toEqual([{ code: 'mails-being-read', count: 1 }]);
    await varsel.readMails();
    await arrive(raw);
    await varsel.readMails();
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
  });

  test('may come before a withdrawal and be read after it', async () => {
    await arrive(anAnswer('Vi gør indsigelse, fordi data sendes til USA.'));
    const reason = { da: 'Udsat', en: 'Postponed' };
    const { status } = await varsel.api('officer').post(`/v1/changes/${changeId}/withdraw`).send({ reason });
    expect(status).toBe(200);
    await varsel.readMails();
    const { body } = await varsel.api('officer').get(`/v1/changes/${changeId}/answers`);
    expect(body.items).toMatchObject([{ status: 'unread', receivedAt: DEADLINE }]);
  });

  test('counts from when it came, however late it is read', async () => {
    varsel.clock.set('2026-03-12T22:59:59Z');
    await arrive(anAnswer('Vi gør indsigelse, fordi data sendes til USA.'));
    varsel.clock.set('2026-03-14T09:00:00Z');
    await varsel.readMails();
    const { body } = await varsel.api('officer').get(`/v1/changes/${changeId}/answers`);
    expect(body.items).toMatchObject([{ receivedAt: '2026-03-12T22:59:59.000Z' }]);
    const classified = await varsel
      .api('officer')
      .post(`/v1/answers/${body.items[0].id}/classify`)
      .send({ decision: 'objection' });
    expect(classified.body.objection).toMatchObject({ status: 'pending' });
  });

  test('stays with a person when it can never be taken', async () => {
    await arrive(anAnswer('Vi gør indsigelse, fordi data sendes til USA.'));
    const { owner } = varsel.database;
    onTestFinished(async () => void (await owner.query('alter table inbound_mails drop constraint broken')));
    // Whatever is read in it cannot be written down; that it cannot be read can.
    await owner.query(`alter table inbound_mails add constraint broken check (subject is null or subject = '')`);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await activate(varsel, changeId)).toEqual([{ code: 'mails-being-read', count: 1 }]);
      await varsel.readMails();
      varsel.clock.advance({ minutes: 1 });
    }
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
    const { body } = await varsel.api('officer').get(`/v1/changes/${changeId}/answers`);
    expect(body.items).toMatchObject([{ text: '[This mail could not be read by a program. It is kept as it came.]' }]);
  });

  test('is read again when the database was away at the wrong moment', async () => {
    await arrive(anAnswer('Vi gør indsigelse, fordi data sendes til USA.'));
    const { owner } = varsel.database;
    await owner.query('alter table answers rename to answers_away');
    await varsel.readMails();
    await owner.query('alter table answers_away rename to answers');
    expect(await activate(varsel, changeId)).toEqual([{ code: 'mails-being-read', count: 1 }]);
    varsel.clock.advance({ minutes: 1 });
    await varsel.readMails();
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
  });
});

describe('a mail to an address without a tag', () => {
  const untagged = (text: string, headers = '') =>
    arrive(`From: ${PERSON}\r\nSubject: SV: Underdatabehandler\r\n${headers}\r\n${text}\r\n`, FROM);
  const blockers = async () => (await activate(varsel, changeId)).map(({ code }) => code);

  test('blocks every announced change while nobody has read it, and none when it names nothing', async () => {
    await untagged('Hvem er I?');
    expect(await blockers()).toEqual(['mails-being-read']);
    await varsel.readMails();
    expect(await blockers()).toEqual([]);
    expect(await operatorMails(varsel)).toMatchObject([{ subject: expect.stringContaining('names no change') }]);
  });

  test('blocks a change of another product than the one whose objection address it came to', async () => {
    const objectionAddress = { postal: 'Telenor A/S, 2450 København SV', email: OTHERS };
    await haveProduct(varsel, { ...aProduct(), id: 'andet', objectionAddress });
    const { messageId } = theMailTo(varsel, PERSON, SUBJECTS.notice);
    await arrive(`From: ${PERSON}\r\nIn-Reply-To: ${messageId}\r\nSubject: SV\r\n\r\nVi siger nej.\r\n`, OTHERS);
    expect(await blockers()).toEqual(['mails-being-read']);
    await varsel.readMails();
    expect(await blockers()).toEqual(['answers-unread']);
  });

  test('is an answer at the end of a long thread, whose ids look like ours', async () => {
    const { messageId } = theMailTo(varsel, PERSON, SUBJECTS.notice);
    const others = Array.from({ length: 40 }, () => `<${crypto.randomUUID().toUpperCase()}@mac.example>`);
    const headers = `In-Reply-To: ${others.at(-1)}\r\nReferences: ${[messageId, ...others].join('\r\n ')}\r\n`;
    await untagged('Vi gør indsigelse, fordi data sendes til USA.', headers);
    await varsel.readMails();
    expect(await blockers()).toEqual(['answers-unread']);
  });

  test('that is our own and comes to us, too, is told to nobody', async () => {
    await untagged('Hvem er I?');
    await varsel.deliver();
    const told = await operatorMails(varsel);
    const [own] = varsel.mailbox.mails.slice(-1);
    await arrive(`Message-ID: ${own?.messageId}\r\nSubject: x\r\n\r\nx\r\n`, FROM);
    await varsel.deliver();
    expect(await operatorMails(varsel)).toEqual(told);
  });

  test.each(['', 'Reference'])(
    'that a program answers to what the company was told is listed, and ends there %s',
    async (named) => {
      const reference = /VS-\w+-\w+/.exec(theMailTo(varsel, PERSON, SUBJECTS.notice).text ?? '')?.[0];
      await untagged(named === '' ? 'Hvem er I?' : `Hvad er ${reference}?`);
      await varsel.readMails();
      const told = await operatorMails(varsel);
      const [own] = told;
      const [answers, quoted] = [`In-Reply-To: ${own?.messageId}\r\n`, own?.text?.replaceAll(/\r?\n/g, '\r\n') ?? ''];
      await untagged(`Vi har oprettet sag 4711, og holdet ser på den.\r\n\r\n${quoted}`, answers);
      const bounce = `Subject: failure notice\r\n\r\nIt could not be delivered.\r\n\r\nMessage-ID: ${own?.messageId}\r\n\r\n${quoted}`;
      await mailIn(varsel, bounce, { from: '', to: FROM });
      await varsel.readMails();
      expect(await operatorMails(varsel)).toEqual(told);
      const { body } = await varsel.api('officer').get('/v1/mails?attributed=false');
      expect(body.items.slice(-2)).toMatchObject([
        { knownBy: 'an answer to our own mail to the company', text: expect.stringContaining('sag 4711') },
        { knownBy: 'an answer to our own mail to the company' },
      ]);
      expect(await blockers()).toEqual(named === '' ? [] : ['answers-unread']);
    },
  );

  test('is an answer by what it replies to', async () => {
    const { messageId } = theMailTo(varsel, PERSON, SUBJECTS.notice);
    await untagged('Vi gør indsigelse, fordi data sendes til USA.', `In-Reply-To: ${messageId}\r\n`);
    await varsel.readMails();
    expect(await blockers()).toEqual(['answers-unread']);
  });

  test('is an answer by what it replies to also where no program can read it', async () => {
    const { messageId } = theMailTo(varsel, PERSON, SUBJECTS.notice);
    const parts = Array.from(
      { length: 3_000 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}`,
    );
    await arrive(`From: ${PERSON}\r\nIn-Reply-To: ${messageId}\r\n${parts.join('\r\n')}\r\n`, FROM);
    await varsel.readMails();
    expect(await blockers()).toEqual(['answers-unread']);
    const { body } = await varsel.api('officer').get('/v1/mails');
    expect(body.items).toMatchObject([{ takenAs: 'answer', knownBy: 'unreadable', controller: 'kunde-1' }]);
  });

  test('is an answer by a tag or a link that it quotes', async () => {
    const { text = '' } = theMailTo(varsel, PERSON, SUBJECTS.notice);
    const link = /https?:\S+\/objections\/\S+/.exec(text)?.[0] ?? '';
    await untagged(`Vi gør indsigelse.\r\n\r\n> ${link}`);
    await varsel.readMails();
    expect(await blockers()).toEqual(['answers-unread']);
  });

  test('is taken once where its copy came by a tagged address', async () => {
    const { messageId } = theMailTo(varsel, PERSON, SUBJECTS.notice);
    const raw = `From: ${PERSON}\r\nSubject: SV: Underdatabehandler\r\nIn-Reply-To: ${messageId}\r\n\r\nNej.\r\n`;
    await mailIn(varsel, raw, { from: PERSON, to: addresses.reply });
    await arrive(raw, FROM);
    await varsel.readMails();
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
  });

  test('is a report of the notice that it returns', async () => {
    const { messageId } = theMailTo(varsel, PERSON, SUBJECTS.notice);
    const report = aBounce(PERSON).replace(
      '--B--',
      `--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: ${messageId}\n\n--B--`,
    );
    await arrive(report, FROM);
    await varsel.readMails();
    expect(await blockers()).toEqual(['controllers-not-notified']);
  });

  test('is taken so often within an hour from one client, and later again', async () => {
    const limited = await startVarsel('2026-03-02T09:00:00Z', { addresses: [FROM], maxUntaggedPerClient: 3 });
    onTestFinished(() => limited.close());
    const send = (text: string) => sendRaw(limited.inboundPort, `Subject: x\n\n${text}\n`, { from: PERSON, to: FROM });
    for (const number of [1, 2, 3]) expect(await send(`Nummer ${number}`)).toMatchObject({ code: 250 });
    expect(await send('Nummer 4')).toMatchObject({ code: 450 });
    limited.clock.advance({ minutes: 61 });
    expect(await send('Nummer 4')).toMatchObject({ code: 250 });
  });
});
