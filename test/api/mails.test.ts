import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, operatorMails, returnAddressesOf, sendRaw } from '../support/inbound.ts';
import { activate, announce, announceAnother, haveControllers, partOf, SUBJECTS, theMailTo } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const PERSON = 'dpo@kunde-1.example';
const OBJECTION = 'Vi gør indsigelse, fordi data sendes til USA.';
/** The company routes it to Varsel. It bears no tag. */
const FROM = 'varsel@telenor.example';
const ARRIVED = '2026-03-03T08:13:00.000Z';
const PLANNED = '2026-03-13T09:00:00Z';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const AUTOMATIC = `From: Dorthe Persson <${PERSON}>
Subject: Autosvar: Ikke til stede
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

Jeg er på ferie til den 20. marts.
`;

let varsel: TestVarsel;
let changeId: string;
let addresses: { bounce: string; reply: string };
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: [FROM] });
  await haveControllers(varsel, [aController(1), aController(2)]);
  changeId = await announce(varsel);
  await varsel.deliver();
  addresses = returnAddressesOf(theMailTo(varsel, PERSON, SUBJECTS.notice));
  varsel.clock.set(ARRIVED);
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

const officer = () => varsel.api('officer');
const mailsOf = async (query = '', id = changeId) =>
  (await officer().get(`/v1/changes/${id}/mails${query}`)).body.items;
const waiting = async () => (await officer().get('/v1/mails?attributed=false')).body.items;
const act = (id: string, action: string, body: object = {}) => officer().post(`/v1/mails/${id}/${action}`).send(body);
const refusal = async (sent: ReturnType<typeof act>) => {
  const { status, body } = await sent;
  return { status, code: body.code };
};
const unreadAnswers = async () => (await officer().get(`/v1/changes/${changeId}/answers?status=unread`)).body.items;

const toldSubjects = async () => (await operatorMails(varsel)).map(({ subject }) => subject);

/** Lets an automatic reply come in, and returns it. */
async function automatic(raw = AUTOMATIC) {
  expect(await mailIn(varsel, raw, { from: PERSON, to: addresses.reply })).toMatchObject({ code: 250 });
  const [found] = (await mailsOf('?takenAs=automatic')).slice(-1);
  return found;
}

/** Lets a mail come in that names nothing, and returns it. */
async function nameless(text = OBJECTION, from = `Dorthe Persson <${PERSON.toUpperCase()}>`) {
  const raw = `From: ${from}\nSubject: Underdatabehandler\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`;
  expect(await mailIn(varsel, raw, { from: PERSON, to: FROM })).toMatchObject({ code: 250 });
  const [found] = (await waiting()).slice(-1);
  return found;
}

async function activateChange(): Promise<void> {
  varsel.clock.set(PLANNED);
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
}

describe('the mails about a change', () => {
  test('have the automatic ones among them, with their words and without a tag, which are no answers and block nothing', async () => {
    const found = await automatic();
    expect(found).toMatchObject({
      takenAs: 'automatic',
      knownBy: expect.any(String),
      changeId,
      controller: 'kunde-1',
      messageId: (await partOf(varsel, changeId, 'kunde-1')).notices[0].id,
      answerId: null,
      sentTo: 'reply@svar.telenor.example',
      envelopeFrom: PERSON,
      from: { name: 'Dorthe Persson', email: PERSON },
      subject: 'Autosvar: Ikke til stede',
      text: 'Jeg er på ferie til den 20. marts.',
      receivedAt: ARRIVED,
      decisions: [],
      candidates: [],
    });
    expect((await officer().get(`/v1/mails/${found.id}`)).body).toEqual(found);
    expect((await officer().get(`/v1/changes/${changeId}/answers`)).body.items).toEqual([]);
    await activateChange();
  });

  test('are listed page by page as they came, all or those of one kind', async () => {
    await automatic();
    await mailIn(varsel, anAnswer(OBJECTION), { from: PERSON, to: addresses.reply });
    await mailIn(varsel, aBounce(PERSON), { from: '', to: addresses.bounce });
    expect((await mailsOf()).map(({ takenAs }: { takenAs: string }) => takenAs)).toEqual([
      'automatic',
      'answer',
      'report',
    ]);
    const list = `/v1/changes/${changeId}/mails`;
    const page = (await officer().get(`${list}?limit=2`)).body;
    const rest = (await officer().get(`${list}?limit=2&cursor=${page.nextCursor}`)).body;
    expect([...page.items, ...rest.items]).toEqual(await mailsOf());
    expect(rest.nextCursor).toBeNull();
    for (const takenAs of ['automatic', 'answer', 'report']) {
      expect(await mailsOf(`?takenAs=${takenAs}`)).toMatchObject([{ takenAs }]);
    }
    expect(await mailsOf('?takenAs=repeated')).toEqual([]);
    expect((await officer().get(`${list}?takenAs=spam`)).status).toBe(400);
    expect((await officer().get(`/v1/changes/${UNKNOWN_ID}/mails`)).body.code).toBe('not-found');
    const other = await announceAnother(varsel);
    expect(await mailsOf('', other)).toEqual([]);
  });

  test('tell which answer they became', async () => {
    await mailIn(varsel, anAnswer(OBJECTION), { from: PERSON, to: addresses.reply });
    const [answer] = await unreadAnswers();
    expect(await mailsOf()).toMatchObject([{ answerId: answer.id }]);
  });

  test('are kept byte for byte', async () => {
    const { id } = await automatic();
    const { body } = await officer().get(`/v1/mails/${id}/raw`);
    const raw = Buffer.from(body.base64, 'base64');
    expect(raw.toString('utf8')).toBe(AUTOMATIC.replaceAll('\n', '\r\n'));
    expect(body.sha256).toBe(createHash('sha256').update(raw).digest('hex'));
  });

  test('have no words and are not decided about before a program has read them', async () => {
    await sendRaw(varsel.inboundPort, 'From: a@b.example\n\nHej\n', { from: PERSON, to: FROM });
    const { body } = await officer().get('/v1/mails');
    expect(body.items).toMatchObject([{ takenAs: null, text: '', changeId: null, sentTo: FROM }]);
    const { id } = body.items[0];
    const named = { changeId, controller: 'kunde-1' };
    expect(await refusal(act(id, 'attribute', named))).toEqual({ status: 409, code: 'mail-being-read' });
    expect(await refusal(act(id, 'dismiss', { explanation: 'Spam' }))).toEqual({
      status: 409,
      code: 'mail-being-read',
    });
    expect(await refusal(act(id, 'answer'))).toEqual({ status: 409, code: 'mail-being-read' });
  });
});

describe('an automatic mail that an officer calls an answer', () => {
  test('is an unread answer from when it arrived, blocks, and can become an objection', async () => {
    const { id } = await automatic();
    varsel.clock.set(PLANNED);
    await varsel.deliver();
    const { status, body } = await act(id, 'answer', { explanation: 'En person har skrevet den.' });
    expect({ status, body }).toEqual({
      status: 200,
      body: { mailId: id, answerId: expect.any(String), changeId, controller: 'kunde-1', isIncident: false },
    });
    expect((await officer().get(`/v1/mails/${id}`)).body).toMatchObject({
      takenAs: 'answer',
      answerId: body.answerId,
      decisions: [
        {
          decision: 'answer',
          explanation: 'En person har skrevet den.',
          changeId: null,
          controller: null,
          decidedAt: '2026-03-13T09:00:00.000Z',
          decidedBy: expect.stringContaining('Test officer'),
        },
      ],
    });
    expect(await unreadAnswers()).toMatchObject([
      { id: body.answerId, receivedAt: ARRIVED, controller: 'kunde-1', text: 'Jeg er på ferie til den 20. marts.' },
    ]);
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', answers: [body.answerId] }]);
    const [told] = await operatorMails(varsel);
    expect(told?.subject).toContain('kunde-1 has answered the notice');
    expect(told?.text).toContain(`${varsel.url}/v1/answers/${body.answerId}`);
    const classified = await officer()
      .post(`/v1/answers/${body.answerId}/classify`)
      .send({ decision: 'objection', reasons: OBJECTION });
    expect(classified.body.objection).toMatchObject({ status: 'pending', receivedAt: ARRIVED });
    expect(await mailsOf('?takenAs=automatic')).toEqual([]);
  });

  test('is an incident after an activation that it came before, and none where it came after', async () => {
    const { id } = await automatic();
    await activateChange();
    const late = await automatic(AUTOMATIC.replace('ferie', 'kursus'));
    expect((await act(id, 'answer')).body).toMatchObject({ isIncident: true });
    expect((await act(late.id, 'answer')).body).toMatchObject({ isIncident: false });
    expect(await toldSubjects()).toEqual([
      expect.stringMatching(/^Incident: kunde-1 had answered/),
      expect.stringMatching(/^kunde-1 has answered/),
    ]);
  });

  test('is called so once, also under an idempotency key, and no other mail is', async () => {
    const { id } = await automatic();
    const once = await act(id, 'answer').set('idempotency-key', 'one');
    const again = await act(id, 'answer').set('idempotency-key', 'one');
    expect(again.body).toEqual(once.body);
    expect(await refusal(act(id, 'answer'))).toEqual({ status: 409, code: 'mail-not-automatic' });
    expect(await unreadAnswers()).toHaveLength(1);
    await mailIn(varsel, aBounce(PERSON, { action: 'delayed' }), { from: '', to: addresses.bounce });
    const [report] = await mailsOf('?takenAs=report');
    expect(await refusal(act(report.id, 'answer'))).toEqual({ status: 409, code: 'mail-not-automatic' });
    const unattributed = await nameless();
    expect(await refusal(act(unattributed.id, 'answer'))).toEqual({ status: 409, code: 'mail-not-automatic' });
    expect(await refusal(act(UNKNOWN_ID, 'answer'))).toEqual({ status: 404, code: 'not-found' });
    expect((await act(id, 'answer', { force: true })).status).toBe(400);
  });
});

describe('a mail that names no change', () => {
  test('waits in the list with who may have sent it, blocks nothing, and is told', async () => {
    const found = await nameless();
    expect(found).toMatchObject({
      takenAs: 'unattributed',
      changeId: null,
      controller: null,
      sentTo: FROM,
      text: OBJECTION,
      candidates: [
        {
          controller: 'kunde-1',
          name: expect.any(String),
          changes: [{ id: changeId, subProcessor: expect.any(String), status: 'announced' }],
        },
      ],
    });
    expect((await nameless('Hej', 'nobody@elsewhere.example')).candidates).toMatchObject([{ controller: 'kunde-1' }]);
    expect(await waiting()).toHaveLength(2);
    const [told, ...more] = await operatorMails(varsel);
    expect(told?.subject).toContain('names no change');
    expect(told?.text).toContain(`${varsel.url}/v1/mails/${found.id}`);
    expect(more).toHaveLength(1);
    await activateChange();
  });

  test('is listed page by page', async () => {
    for (const text of ['Et', 'To', 'Tre']) await nameless(text);
    const page = (await officer().get('/v1/mails?attributed=false&limit=2')).body;
    const rest = (await officer().get(`/v1/mails?attributed=false&limit=2&cursor=${page.nextCursor}`)).body;
    const texts = [...page.items, ...rest.items].map(({ text }: { text: string }) => text);
    expect(texts).toEqual(['Et', 'To', 'Tre']);
    expect(rest.nextCursor).toBeNull();
    await automatic();
    expect((await officer().get('/v1/mails')).body.items).toHaveLength(4);
    expect((await officer().get('/v1/mails?attributed=true')).body.items).toMatchObject([{ takenAs: 'automatic' }]);
    expect((await officer().get('/v1/mails?attributed=perhaps')).status).toBe(400);
  });

  test('blocks from the moment it is attributed, and is an answer from when it arrived', async () => {
    const { id } = await nameless();
    varsel.clock.set(PLANNED);
    await varsel.deliver();
    const said = { changeId, controller: 'kunde-1', explanation: 'Ringede og sagde det.' };
    const { status, body } = await act(id, 'attribute', said);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        takenAs: null,
        changeId,
        controller: 'kunde-1',
        messageId: null,
        candidates: [],
        decisions: [
          {
            decision: 'attributed',
            explanation: 'Ringede og sagde det.',
            changeId,
            controller: 'kunde-1',
            decidedBy: expect.stringContaining('Test officer'),
          },
        ],
      },
    });
    expect(await waiting()).toEqual([]);
    expect(await activate(varsel, changeId)).toEqual([{ code: 'mails-being-read', count: 1 }]);
    await varsel.readMails();
    const [answer] = await unreadAnswers();
    expect(answer).toMatchObject({ receivedAt: ARRIVED, controller: 'kunde-1', messageId: null, text: OBJECTION });
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
    const { objection } = (await officer().post(`/v1/answers/${answer.id}/classify`).send({ decision: 'objection' }))
      .body;
    expect(objection).toMatchObject({ status: 'pending', receivedAt: ARRIVED, reasons: OBJECTION });
  });

  test('can be attributed to the notice that it answers', async () => {
    const { id } = await nameless();
    const notice = (await partOf(varsel, changeId, 'kunde-1')).notices[0].id;
    expect((await act(id, 'attribute', { notice })).body).toMatchObject({ controller: 'kunde-1', messageId: notice });
    await varsel.readMails();
    expect(await unreadAnswers()).toMatchObject([{ messageId: notice, controller: 'kunde-1' }]);
  });

  test('is an incident when it is attributed after an activation that it came before', async () => {
    const { id } = await nameless();
    await activateChange();
    expect((await act(id, 'attribute', { changeId, controller: 'kunde-1' })).status).toBe(200);
    await varsel.readMails();
    expect(await toldSubjects()).toEqual([
      expect.stringContaining('names no change'),
      expect.stringMatching(/^Incident: kunde-1 had answered/),
    ]);
    expect(await unreadAnswers()).toMatchObject([{ receivedAt: ARRIVED }]);
  });

  test('is an answer when it is attributed, also where it looks automatic: the officer has seen it', async () => {
    expect(await mailIn(varsel, AUTOMATIC, { from: PERSON, to: FROM })).toMatchObject({ code: 250 });
    const [{ id }] = await waiting();
    // Nobody was told of a mail that looks automatic.
    expect(await toldSubjects()).toEqual([]);
    await act(id, 'attribute', { changeId, controller: 'kunde-1' });
    await varsel.readMails();
    expect(await unreadAnswers()).toMatchObject([{ text: 'Jeg er på ferie til den 20. marts.' }]);
    expect(await mailsOf('?takenAs=automatic')).toEqual([]);
    expect(await toldSubjects()).toEqual([expect.stringContaining('kunde-1 has answered the notice')]);
  });

  test('takes a notice back when it is a report and attributed', async () => {
    await mailIn(varsel, aBounce(PERSON), { from: '', to: FROM });
    const [{ id }] = await waiting();
    await act(id, 'attribute', { changeId, controller: 'kunde-1' });
    await varsel.readMails();
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'awaiting-notice' });
    expect(await mailsOf()).toMatchObject([{ id, takenAs: 'report' }]);
  });

  test('is gone from the list when it is dismissed, with a reason, and can be attributed after all', async () => {
    const { id } = await nameless('Køb billigt toner!', 'spam@elsewhere.example');
    expect((await act(id, 'dismiss')).status).toBe(400);
    const dismissed = await act(id, 'dismiss', { explanation: 'Reklame.' });
    expect(dismissed).toMatchObject({
      status: 200,
      body: { takenAs: 'dismissed', decisions: [{ decision: 'dismissed', explanation: 'Reklame.' }] },
    });
    expect(await waiting()).toEqual([]);
    expect((await officer().get('/v1/mails?takenAs=dismissed')).body.items).toMatchObject([{ id }]);
    expect(await refusal(act(id, 'dismiss', { explanation: 'Igen' }))).toEqual({
      status: 409,
      code: 'mail-already-dismissed',
    });
    expect((await act(id, 'attribute', { changeId, controller: 'kunde-2' })).status).toBe(200);
    await varsel.readMails();
    expect(await unreadAnswers()).toMatchObject([{ controller: 'kunde-2' }]);
    expect((await officer().get(`/v1/mails/${id}`)).body.decisions).toMatchObject([
      { decision: 'dismissed' },
      { decision: 'attributed', controller: 'kunde-2' },
    ]);
  });

  test('is attributed once, and what a mail is about stands', async () => {
    const { id } = await nameless();
    const said = { changeId, controller: 'kunde-1' };
    const once = await act(id, 'attribute', said).set('idempotency-key', 'one');
    expect((await act(id, 'attribute', said).set('idempotency-key', 'one')).body).toEqual(once.body);
    await varsel.readMails();
    for (const [action, body] of [
      ['attribute', said],
      ['attribute', { changeId, controller: 'kunde-2' }],
      ['dismiss', { explanation: 'Reklame.' }],
    ] as const) {
      expect(await refusal(act(id, action, body))).toEqual({ status: 409, code: 'mail-already-attributed' });
    }
    expect(await unreadAnswers()).toHaveLength(1);
    const tagged = await automatic();
    expect(await refusal(act(tagged.id, 'attribute', said))).toEqual({ status: 409, code: 'mail-already-attributed' });
  });

  test('is attributed to one of two controllers when two officers say so at once, and answered for once', async () => {
    const { id } = await nameless();
    const { id: program } = await automatic();
    const ends = await Promise.all([
      ...[1, 2].map((number) => act(id, 'attribute', { changeId, controller: `kunde-${number}` })),
      act(id, 'dismiss', { explanation: 'Reklame.' }),
      act(program, 'answer'),
      act(program, 'answer'),
    ]);
    const codes: string[] = ends.map(({ status, body }) => (status === 200 ? 'done' : body.code));
    expect(codes.slice(3).toSorted()).toEqual(['done', 'mail-not-automatic']);
    // A dismissed mail can still be attributed, so that one may come before the other.
    expect(codes.slice(0, 2).toSorted()).toEqual(['done', 'mail-being-read']);
    expect(['done', 'mail-being-read']).toContain(codes[2]);
    await varsel.readMails();
    expect(await unreadAnswers()).toHaveLength(2);
  });

  test('that comes again after it was attributed is a copy, which can be dismissed', async () => {
    const { id } = await nameless();
    const said = { changeId, controller: 'kunde-1' };
    await act(id, 'attribute', said);
    await varsel.readMails();
    const copy = await nameless();
    expect(copy.id).not.toBe(id);
    const { status, body } = await act(copy.id, 'attribute', said);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'mail-already-attributed' });
    expect(body.detail).toContain(id);
    expect((await act(copy.id, 'dismiss', { explanation: 'Kopi.' })).status).toBe(200);
    expect(await unreadAnswers()).toHaveLength(1);
  });

  test('is not about a change that was announced after it', async () => {
    const { id } = await nameless();
    varsel.clock.set('2026-03-04T09:00:00Z');
    const other = await announceAnother(varsel);
    const early = await refusal(act(id, 'attribute', { changeId: other, controller: 'kunde-1' }));
    expect(early).toEqual({ status: 422, code: 'received-at-out-of-range' });
    expect(await waiting()).toHaveLength(1);
  });

  test('is not of a controller that is not told of the change', async () => {
    await haveControllers(varsel, [{ ...aController(7), products: [] }]);
    const { id } = await nameless();
    for (const [body, code] of [
      [{ changeId, controller: 'kunde-7' }, 'controller-not-in-change'],
      [{ changeId, controller: 'nobody' }, 'controller-unknown'],
      [{ changeId: UNKNOWN_ID, controller: 'kunde-1' }, 'change-unknown'],
      [{ notice: UNKNOWN_ID }, 'notice-unknown'],
    ] as const) {
      expect(await refusal(act(id, 'attribute', body))).toEqual({ status: 422, code });
    }
    expect(await refusal(act(UNKNOWN_ID, 'attribute', { changeId, controller: 'kunde-1' }))).toMatchObject({
      code: 'not-found',
    });
    expect(await waiting()).toMatchObject([{ id, decisions: [] }]);
  });

  test('is attributed to nothing by a body that names nothing, or too much', async () => {
    const { id } = await nameless();
    for (const body of [
      {},
      { changeId: UNKNOWN_ID },
      { controller: 'kunde-1' },
      { changeId: UNKNOWN_ID, controller: 'kunde-1', notice: UNKNOWN_ID },
      { controller: 'kunde-1', notice: UNKNOWN_ID },
      { notice: "' or 1=1 --" },
      { notice: '\u0000' },
      { changeId: ['a'], controller: { a: 1 } },
      { notice: UNKNOWN_ID, takenAs: 'answer' },
      { notice: UNKNOWN_ID, explanation: 'a\u0000b' },
    ]) {
      expect(await refusal(act(id, 'attribute', body)), JSON.stringify(body)).toEqual({
        status: 400,
        code: 'invalid-request',
      });
    }
    expect(await waiting()).toHaveLength(1);
  });

  test('is nowhere under an id that is none', async () => {
    const nowhere = '00000000-0000-0000-0000-000000000000';
    for (const id of ['1', "'", '%00', '..%2f..', UNKNOWN_ID.slice(1), `${UNKNOWN_ID}0`, nowhere]) {
      for (const address of [`/v1/mails/${id}`, `/v1/mails/${id}/raw`, `/v1/changes/${id}/mails`]) {
        expect([400, 404], address).toContain((await officer().get(address)).status);
      }
      for (const [action, body] of [
        ['attribute', { notice: UNKNOWN_ID }],
        ['dismiss', { explanation: 'Reklame.' }],
        ['answer', {}],
      ] as const) {
        expect([400, 404], `${action} ${id}`).toContain((await act(id, action, body)).status);
      }
    }
  });
});
