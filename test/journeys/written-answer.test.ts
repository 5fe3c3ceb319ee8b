import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, operatorMails, returnAddressesOf, mailIn } from '../support/inbound.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  activate,
  announce,
  changeNow,
  DEADLINE,
  eventsOf,
  haveControllers,
  mailsTo,
  objectThrough,
  partOf,
  SUBJECTS,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

const OBJECTION = 'Vi gør indsigelse, fordi vi er uenige i overførslen til en ny leverandør.';

let varsel: TestVarsel;
let changeId: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await haveControllers(varsel, [aController(1)]);
  changeId = await announce(varsel);
  await varsel.deliver();
  await varsel.remember();
});
afterEach(async () => {
  await expectDerived(varsel.database);
  await varsel.restore();
});
afterAll(() => varsel.close());

/** A person answers the notice to kunde-1. */
async function answer(text: string, from?: string): Promise<void> {
  const { reply } = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
  const sent = await mailIn(varsel, anAnswer(text, from), { from: 'dpo@kunde-1.example', to: reply });
  expect(sent.code).toBe(250);
}

async function answers(): Promise<{ id: string; status: string; text: string }[]> {
  const { body } = await varsel.api('officer').get(`/v1/changes/${changeId}/answers`);
  return body.items;
}

/** The id of the only answer there is. */
async function theAnswer(): Promise<string> {
  const [found, ...more] = await answers();
  if (found === undefined || more.length > 0) throw new Error('expected one answer');
  return found.id;
}

const classify = (id: string, body: object) => varsel.api('officer').post(`/v1/answers/${id}/classify`).send(body);

test('an objection by reply blocks until an officer has read it, is one from the moment it arrived, and is acknowledged', async () => {
  varsel.clock.set('2026-03-03T08:13:00Z');
  await answer(OBJECTION);
  const [unread, ...more] = await answers();
  if (unread === undefined) throw new Error('no answer');
  expect(more).toEqual([]);
  expect(unread).toMatchObject({
    changeId,
    controller: 'kunde-1',
    from: { name: 'Dorthe Persson', email: 'dpo@kunde-1.example' },
    subject: 'SV: Ny underdatabehandler til TrueTalk',
    text: `${OBJECTION}\n\nMed venlig hilsen\nDorthe Persson`,
    quoted: expect.stringContaining('I kan gøre indsigelse senest'),
    receivedAt: '2026-03-03T08:13:00.000Z',
    status: 'unread',
    decision: null,
  });
  expect(await changeNow(varsel, changeId)).toMatchObject({
    answers: { total: 1, unread: 1 },
    activation: { allowed: false, earliestAt: null },
  });
  const [told] = await operatorMails(varsel);
  expect(told?.subject).toContain('kunde-1');
  expect(told?.text).toContain(OBJECTION);
  expect(told?.text).toContain(`${varsel.url}/v1/answers/${unread.id}`);
  expect((await varsel.api('officer').get(`/v1/answers/${unread.id}`)).body).toEqual(unread);

  // Everything else is ready, but the answer is unread.
  varsel.clock.set('2026-03-16T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([{ code: 'answers-unread', count: 1, answers: [unread.id] }]);

  const classified = await classify(unread.id, { decision: 'objection' });
  expect(classified.status, JSON.stringify(classified.body)).toBe(200);
  const { objection } = classified.body;
  expect(objection).toMatchObject({
    channel: 'email',
    from: { name: 'Dorthe Persson', email: 'dpo@kunde-1.example' },
    reasons: `${OBJECTION}\n\nMed venlig hilsen\nDorthe Persson`,
    receivedAt: '2026-03-03T08:13:00.000Z',
    status: 'pending',
  });
  expect(classified.body.answer).toMatchObject({
    status: 'objection',
    decision: { explanation: null, objectionId: objection.id, decidedBy: expect.stringContaining('Test officer') },
  });
  await varsel.deliver();
  const receipt = theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.received);
  expect(wordsOf(receipt)).toContain(OBJECTION);
  expect(await activate(varsel, changeId)).toEqual([
    { code: 'objections-pending', count: 1, objections: [objection.id] },
  ]);
  await varsel
    .api('officer')
    .post(`/v1/objections/${objection.id}/resolve`)
    .send({ outcome: 'accommodated', explanation: 'Flyttes til Danmark' });
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('an answer that is no objection lets the change go on, with an explanation only', async () => {
  await answer('Tak for beskeden.');
  const id = await theAnswer();
  const without = await classify(id, { decision: 'not-an-objection' });
  expect({ status: without.status, code: without.body.code }).toEqual({ status: 422, code: 'explanation-required' });
  const read = await classify(id, { decision: 'not-an-objection', explanation: 'De takker for beskeden.' });
  expect(read.status).toBe(200);
  expect(read.body).toMatchObject({
    answer: { status: 'not-an-objection', decision: { explanation: 'De takker for beskeden.', objectionId: null } },
    objection: null,
  });
  varsel.clock.set('2026-03-16T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
  const objections = await varsel.api('reader').get(`/v1/changes/${changeId}/objections`);
  expect(objections.body.items).toEqual([]);
});

describe('An answer is classified anew until its change has ended', () => {
  const refused = async (id: string, body: object) => {
    const { status, body: problem } = await classify(id, body);
    return { status, code: problem.code };
  };
  const types = async () => (await eventsOf(varsel, changeId)).slice(2);
  const RIGHT = { decision: 'objection', explanation: 'Fejlklik: de gør indsigelse.' };
  const ANEW = { ...RIGHT, insteadOf: 'not-an-objection' };
  const WRONG = { decision: 'not-an-objection', explanation: 'Jeg læste det som en kvittering.' };

  test('so that a misclick loses no objection: it is filed as received when the mail came, also after the deadline', async () => {
    varsel.clock.set('2026-03-12T22:59:00Z');
    await answer(OBJECTION);
    const id = await theAnswer();
    varsel.clock.set('2026-03-16T09:00:00Z');
    await varsel.deliver();
    expect((await classify(id, WRONG)).status).toBe(200);
    expect(await refused(id, WRONG)).toEqual({ status: 409, code: 'answer-already-classified' });
    const without = { ...ANEW, explanation: null };
    expect(await refused(id, without)).toEqual({ status: 422, code: 'explanation-required' });

    const { body } = await classify(id, ANEW);
    expect(body.objection).toMatchObject({ status: 'pending', receivedAt: '2026-03-12T22:59:00.000Z' });
    expect(body.answer).toMatchObject({
      status: 'objection',
      decision: { explanation: RIGHT.explanation, objectionId: body.objection.id },
      earlierDecisions: [
        {
          status: 'not-an-objection',
          explanation: WRONG.explanation,
          objectionId: null,
          decidedAt: '2026-03-16T09:00:00.000Z',
          decidedBy: expect.stringContaining('Test officer'),
        },
      ],
    });
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'objections-pending' }]);
    expect(await types()).toEqual([
      'answer.received',
      'change.windows-closed',
      'answer.classified',
      'objection.received',
      'answer.classified',
    ]);
    await varsel.deliver();
    expect(wordsOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.received))).toContain(OBJECTION);
  });

  test('and no pending objection is lost: the one that it was is resolved as invalid and told, and can be made anew', async () => {
    await answer('Tak for beskeden.');
    const id = await theAnswer();
    const { body: first } = await classify(id, { decision: 'objection' });
    const { body } = await classify(id, { ...WRONG, insteadOf: 'objection' });
    expect(body.objection).toMatchObject({
      id: first.objection.id,
      status: 'resolved',
      resolution: { outcome: 'invalid', explanation: WRONG.explanation },
    });
    // What a person wrote stays so, and proves that the controller was notified.
    expect(body.answer).toMatchObject({
      status: 'not-an-objection',
      decision: { writtenByPerson: true, objectionId: null },
    });
    expect(await types()).toEqual([
      'answer.received',
      'objection.received',
      'answer.classified',
      'objection.resolved',
      'answer.classified',
    ]);
    await varsel.deliver();
    expect(mailsTo(varsel, 'dpo@kunde-1.example', SUBJECTS.resolved)).toHaveLength(1);

    const { body: second } = await classify(id, ANEW);
    expect(second.objection).toMatchObject({ status: 'pending', receivedAt: first.objection.receivedAt });
    expect(second.objection.id).not.toBe(first.objection.id);
    expect(second.answer.earlierDecisions.map(({ status }: { status: string }) => status)).toEqual([
      'objection',
      'not-an-objection',
    ]);
  });

  test('and of two who open it unread, the second takes no objection away', async () => {
    await answer(OBJECTION);
    const id = await theAnswer();
    const [seen] = await Promise.all([RIGHT, WRONG].map((body) => refused(id, body)));
    // Whoever came first: the other is told, and says what it is now to classify it anew.
    const { status } = (await varsel.api('officer').get(`/v1/answers/${id}`)).body;
    expect(status).toBe(seen?.status === 200 ? 'objection' : 'not-an-objection');
    expect(await refused(id, status === 'objection' ? WRONG : RIGHT)).toEqual({
      status: 409,
      code: 'answer-already-classified',
    });
  });

  test('and not after that, when it is classified for the first time only', async () => {
    await answer('Tak for beskeden.');
    const id = await theAnswer();
    await classify(id, WRONG);
    varsel.clock.set('2026-03-16T09:00:00Z');
    await varsel.deliver();
    expect(await activate(varsel, changeId)).toEqual([]);
    expect(await refused(id, ANEW)).toEqual({ status: 409, code: 'change-ended' });
    await answer('Vi gør indsigelse.');
    const late = (await answers()).find((each) => each.status === 'unread');
    expect((await classify(late?.id ?? '', WRONG)).status).toBe(200);
  });
});

test('an objection that arrived after the deadline is rejected with it, on the record, and can be accepted late', async () => {
  varsel.clock.set(DEADLINE);
  await answer(OBJECTION);
  const id = await theAnswer();
  expect((await activate(varsel, changeId)).map(({ code }) => code)).toContain('answers-unread');
  const { status, body } = await classify(id, { decision: 'objection' });
  expect(status).toBe(200);
  expect(body.objection).toMatchObject({ status: 'rejected', rejectedFor: 'window-closed', receivedAt: DEADLINE });
  await varsel.deliver();
  expect(wordsOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.rejected))).toContain('12. marts 2026');
  const late = await varsel
    .api('officer')
    .post(`/v1/objections/${body.objection.id}/accept-late`)
    .send({ explanation: 'Mailen var forsinket.' });
  expect(late.body).toMatchObject({ status: 'pending' });
  expect((await activate(varsel, changeId)).map(({ code }) => code)).toContain('objections-pending');
});

test('one that came in time counts, though it is read after the deadline', async () => {
  varsel.clock.set('2026-03-12T22:59:59.999Z');
  await answer(OBJECTION);
  varsel.clock.set('2026-03-20T09:00:00Z');
  const id = await theAnswer();
  expect((await classify(id, { decision: 'objection' })).body.objection).toMatchObject({ status: 'pending' });
});

/** A mail with this text only. */
const withoutSignature = (text: string) =>
  `From: dpo@kunde-1.example\nSubject: Indsigelse\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`;

test('an objection that states nothing is rejected for that (D15), and one whose reasons are in a letter attached is not', async () => {
  const { reply } = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
  for (const text of ['Nej.', 'Se vedhæftede']) {
    await mailIn(varsel, withoutSignature(text), { from: 'dpo@kunde-1.example', to: reply });
  }
  const [first, second] = await answers();
  expect((await classify(first?.id ?? '', { decision: 'objection' })).body.objection).toMatchObject({
    status: 'rejected',
    rejectedFor: 'reasons-required',
    reasons: 'Nej.',
  });
  const read = await classify(second?.id ?? '', { decision: 'objection', reasons: OBJECTION });
  expect(read.body.objection).toMatchObject({ status: 'pending', reasons: OBJECTION });
  expect(read.body.answer).toMatchObject({ text: 'Se vedhæftede' });
});

test('who answers from another address answers for the controller whose notice it was', async () => {
  await answer(OBJECTION, '"Jensen, Advokat" <advokat@firma.example>');
  const [found] = await answers();
  expect(found).toMatchObject({
    controller: 'kunde-1',
    from: { name: 'Jensen, Advokat', email: 'advokat@firma.example' },
  });
});

test('an answer whose notice bounces before it is read proves nothing until then, and restores the window when it is', async () => {
  await answer(OBJECTION);
  const notice = theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice);
  const { bounce } = returnAddressesOf(notice);
  await mailIn(varsel, aBounce('dpo@kunde-1.example'), { from: '', to: bounce });
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'awaiting-notice' });
  const { body } = await classify(await theAnswer(), { decision: 'objection' });
  expect(body.objection).toMatchObject({ status: 'pending' });
  expect(body.answer.decision).toMatchObject({ writtenByPerson: true });
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'open', deadline: DEADLINE });
});

test('an answer of a controller that has left, whose notice had bounced, is classified and holds nothing up', async () => {
  await answer(OBJECTION);
  const { bounce } = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
  await mailIn(varsel, aBounce('dpo@kunde-1.example'), { from: '', to: bounce });
  expect((await varsel.api().delete('/v1/controllers/kunde-1/products/truetalk')).status).toBe(204);
  const { status, body } = await classify(await theAnswer(), { decision: 'objection' });
  expect({ status, answer: body.answer?.status }).toEqual({ status: 200, answer: 'objection' });
  expect(body.objection).toMatchObject({ status: 'rejected', rejectedFor: 'agreement-ended' });
  varsel.clock.set('2026-04-01T09:00:00Z');
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('an answer to a change that has ended is kept and told, and blocks nothing', async () => {
  await varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/withdraw`)
    .send({ reason: { da: 'Aftalen blev ikke til noget' } });
  await answer(OBJECTION);
  const id = await theAnswer();
  const [told] = await operatorMails(varsel);
  expect(told?.text).toContain('The change is withdrawn.\nSay what it is, an objection or not:\n');
  const { body } = await classify(id, { decision: 'objection' });
  expect(body.objection).toMatchObject({ status: 'rejected', rejectedFor: 'change-ended' });
});

test('a reply to any other mail about the change is an answer, too', async () => {
  varsel.clock.set('2026-03-10T09:00:00Z');
  await varsel.deliver();
  await varsel.deliver();
  const [, reminder] = mailsTo(varsel, 'dpo@kunde-1.example');
  if (reminder === undefined) throw new Error('no reminder');
  const { reply } = returnAddressesOf(reminder);
  await mailIn(varsel, anAnswer(OBJECTION), { from: 'dpo@kunde-1.example', to: reply });
  expect(await answers()).toHaveLength(1);
});

test('answers are listed page by page in the order they came, all or those of one status', async () => {
  for (const text of ['Svar 1', 'Svar 2', 'Svar 3']) await answer(text);
  const [first] = await answers();
  await classify(first?.id ?? '', { decision: 'not-an-objection', explanation: 'De takker.' });
  const list = `/v1/changes/${changeId}/answers`;
  const page = (await varsel.api('officer').get(`${list}?limit=2`)).body;
  const rest = (await varsel.api('officer').get(`${list}?limit=2&cursor=${page.nextCursor}`)).body;
  const texts = [...page.items, ...rest.items].map(({ text }: { text: string }) => text.split('\n')[0]);
  expect(texts).toEqual(['Svar 1', 'Svar 2', 'Svar 3']);
  expect(rest.nextCursor).toBeNull();
  expect((await varsel.api('officer').get(`${list}?status=unread`)).body.items).toHaveLength(2);
  const unknown = await varsel.api('officer').get('/v1/changes/01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b/answers');
  expect(unknown).toMatchObject({ status: 404, body: { code: 'not-found' } });
});

test('of the notice that it quotes nothing is shown first, and all that is written between its lines and below it', async () => {
  const notice = theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice);
  const lines = (notice.text ?? '').split('\n');
  const middle = Math.floor(lines.length / 2);
  const quotation = [...lines.slice(0, middle), 'Det er ikke rigtigt.', ...lines.slice(middle), 'Vi vender tilbage.'];
  const { reply } = returnAddressesOf(notice);
  const raw = anAnswer('Se nedenfor.').replace(/I kan gøre indsigelse senest.*\n/, `${quotation.join('\n')}\n`);
  await mailIn(varsel, raw, { from: 'dpo@kunde-1.example', to: reply });
  const { body } = await varsel.api('officer').get(`/v1/answers/${await theAnswer()}`);
  for (const words of ['Se nedenfor.', 'Det er ikke rigtigt.', 'Vi vender tilbage.']) {
    expect(body.text).toContain(words);
    expect(body.quoted).not.toContain(words);
  }
  expect(body.quoted).toContain('under behandling');
  for (const words of ['databehandler', 'Frist for', 'under behandling', 'Sendt:'])
    expect(body.text).not.toContain(words);
});

test('of the calendar that mutt quotes below the notice nothing is shown first, either', async () => {
  const { text, attachments } = theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice);
  const calendar = attachments.map(({ content }) => content.toString()).join('\n');
  expect(calendar).toContain('BEGIN:VCALENDAR');
  varsel.clock.set('2026-03-03T08:13:00Z');
  const quoted = (part = '') => part.trim().replaceAll(/^/gm, '> ');
  const { reply } = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
  const written = `${OBJECTION}\n\nOn Mon, Mar 02, 2026 at 10:00:00AM +0100, Telenor A/S wrote:\n${quoted(text)}\n\n${quoted(calendar)}`;
  const head = 'From: dpo@kunde-1.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n';
  expect(await mailIn(varsel, `${head}${written}\n`, { from: 'dpo@kunde-1.example', to: reply })).toMatchObject({
    code: 250,
  });
  const [found] = await answers();
  expect(found?.text).toBe(OBJECTION);
});

test('an objection that is written again, to its receipt, is shown as what it is; in a quoted receipt it is not', async () => {
  const reasons =
    'Nordlys Hosting har ikke dokumenteret sin kryptering i hvile.\nVi har desuden dårlige erfaringer med leverandøren fra et tidligere samarbejde, hvor der var to brud på datasikkerheden.';
  expect((await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-1.example'), reasons)).status).toBe(201);
  await varsel.deliver();
  const receipt = theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.received);
  const to = returnAddressesOf(receipt).reply;
  const quoted = (receipt.text ?? '').split('\n').map((line) => `> ${line}`);
  const said = [
    `Vi fastholder vores indsigelse:\n\n${reasons}`,
    `Vi fastholder vores indsigelse:\n\n${reasons.replaceAll(/^/gm, '> ')}`,
    `Tak.\n\nDen man. 2. mar. 2026 kl. 10.05 skrev Telenor A/S <varsel@telenor.example>:\n\n${quoted.join('\n')}`,
  ];
  for (const text of said)
    expect(await mailIn(varsel, anAnswer(text), { from: 'dpo@kunde-1.example', to })).toMatchObject({ code: 250 });
  const [again, marked, thanks] = (await answers()).map(({ text }) => text.replaceAll(/\s+/g, ' '));
  for (const shown of [again, marked]) {
    expect(shown).toContain('Vi fastholder vores indsigelse:');
    expect(shown).toContain('hvor der var to brud på datasikkerheden.');
  }
  expect(thanks).toContain('Tak.');
  expect(thanks).not.toContain('kryptering i hvile');
});

test('the mail is kept byte for byte, and an officer gets it with its attachments', async () => {
  await answer(OBJECTION);
  const id = await theAnswer();
  const { body } = await varsel.api('officer').get(`/v1/answers/${id}/mail`);
  expect(Buffer.from(body.base64, 'base64').toString('utf8')).toBe(anAnswer(OBJECTION).replaceAll('\n', '\r\n'));
});

test('a reader gets no answer: the mail quotes a link, through which it could object for the controller', async () => {
  const { reply } = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
  const link = `http://localhost/objections/${tokenOf(varsel, 'dpo@kunde-1.example')}`;
  const quoting = `${anAnswer(OBJECTION)}Brug linket ${link}\n`;
  await mailIn(varsel, quoting, { from: 'dpo@kunde-1.example', to: reply });
  const id = await theAnswer();
  const paths = [`/v1/changes/${changeId}/answers`, `/v1/answers/${id}`, `/v1/answers/${id}/mail`];
  for (const path of paths) {
    expect(await varsel.api('reader').get(path)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  }
  const { body: shown } = await varsel.api('officer').get(`/v1/answers/${id}`);
  expect(shown.quoted).toContain('Brug linket [link removed]');
  expect(JSON.stringify(shown)).not.toContain(link);
  const { body: mail } = await varsel.api('officer').get(`/v1/answers/${id}/mail`);
  expect(Buffer.from(mail.base64, 'base64').toString()).toContain(link);
});
