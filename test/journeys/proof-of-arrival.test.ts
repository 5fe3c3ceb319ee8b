import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, operatorMails, returnAddressesOf } from '../support/inbound.ts';
import {
  activate,
  announce,
  DEADLINE,
  eventsOf,
  haveControllers,
  leave,
  mailsTo,
  objectionsOf,
  objectThrough,
  partOf,
  REASONS,
  SUBJECTS,
  theMailTo,
  tokenOf,
  withdraw,
  wordsOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ADDRESS = 'dpo@kunde-1.example';
const HANS = 'hans@kunde-1.example';
const DORTHE = 'dorthe@kunde-1.example';
/** An address without a tag, which the company routes to Varsel. */
const UNTAGGED = 'varsel@telenor.example';
const NOTIFIED_AT = '2026-03-02T09:00:00.000Z';
const EVIDENCE = 'Dorthe Persson har bekræftet i telefonen, at hun har læst underretningen.';

let varsel: TestVarsel;
let changeId: string;
beforeAll(async () => {
  varsel = await startVarsel(NOTIFIED_AT, { addresses: [UNTAGGED] });
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

/** A report on the first notice comes back. `member`: the address that the alias passed it on to. */
async function report({ action = 'failed', member = ADDRESS, status = '5.1.1' } = {}): Promise<void> {
  const [notice] = mailsTo(varsel, ADDRESS, SUBJECTS.notice);
  if (notice === undefined) throw new Error('no notice');
  const raw = aBounce(ADDRESS, { action, status }).replace(
    `Final-Recipient: rfc822; ${ADDRESS}`,
    `Final-Recipient: rfc822; ${member}`,
  );
  expect(await mailIn(varsel, raw, { from: '', to: returnAddressesOf(notice).bounce })).toMatchObject({ code: 250 });
}

/** A person at the controller answers its notice. Returns the id of the answer. */
async function answer(text: string): Promise<string> {
  const { reply } = returnAddressesOf(theMailTo(varsel, ADDRESS, SUBJECTS.notice));
  await mailIn(varsel, anAnswer(text), { from: ADDRESS, to: reply });
  const { body } = await varsel.api('officer').get(`/v1/changes/${changeId}/answers`);
  return body.items[0].id;
}

const classify = (id: string, body: object) => varsel.api('officer').post(`/v1/answers/${id}/classify`).send(body);

const part = () => partOf(varsel, changeId, 'kunde-1');
const noticeId = async () => (await part()).notices[0].id as string;

async function stateReached(id?: string) {
  const about = id ?? (await noticeId());
  return varsel.api('officer').post(`/v1/notices/${about}/reached`).send({ evidence: EVIDENCE });
}

const effects = async () =>
  (await varsel.database.pool.query<{ effect: string }>('select effect from bounces order by id')).rows.map(
    ({ effect }) => effect,
  );

const STANDS = { state: 'open', notifiedAt: NOTIFIED_AT, deadline: DEADLINE };
const NOT_NOTIFIED = { state: 'awaiting-notice', notifiedAt: null, deadline: null };

test('a report that is forged after an objection through the link changes the record only', async () => {
  varsel.clock.set('2026-03-03T09:00:00Z');
  const objection = (await objectThrough(varsel, tokenOf(varsel, ADDRESS), REASONS)).body;
  varsel.clock.set('2026-03-04T09:00:00Z');
  await report();
  expect(await part()).toMatchObject({ ...STANDS, notices: [{ status: 'failed' }] });
  expect(await effects()).toEqual(['revoked']);
  expect(await objectionsOf(varsel, changeId)).toMatchObject([{ id: objection.id, status: 'pending' }]);
  // The failure is told, and nothing is told to be reached: it was all the time.
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'objection.received',
    'notice.bounced',
  ]);

  await varsel
    .api('officer')
    .post(`/v1/objections/${objection.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
  varsel.clock.set(DEADLINE);
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('an objection through the link of a notice that has bounced is pending, and the window stands as it stood', async () => {
  await report();
  expect(await part()).toMatchObject(NOT_NOTIFIED);
  varsel.clock.set('2026-03-05T09:00:00Z');
  const { status, body } = await objectThrough(varsel, tokenOf(varsel, ADDRESS), REASONS);
  expect({ status, body }).toMatchObject({ status: 201, body: { status: 'pending', rejectedFor: null } });
  expect(await part()).toMatchObject({ ...STANDS, notices: [{ status: 'failed' }] });
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'notice.bounced',
    'notice.reached',
    'objection.received',
  ]);
  const { rows } = await varsel.database.pool.query('select objection_id, recorded_at from window_restorations');
  expect(rows).toEqual([{ objection_id: body.id, recorded_at: Temporal.Instant.from('2026-03-05T09:00:00Z') }]);

  // The deadline that was told holds, so nobody has to be told another.
  await varsel.deliver();
  expect(mailsTo(varsel, ADDRESS, /senere frist/)).toEqual([]);

  // Whoever forges one more report gains nothing.
  await report({ status: '5.7.1' });
  expect(await part()).toMatchObject(STANDS);
  expect(await effects()).toEqual(['reopened', 'none']);
});

test('a window that stands again long after its deadline ends with the third day', async () => {
  await report();
  varsel.clock.set('2026-03-20T09:00:00Z');
  expect((await objectThrough(varsel, tokenOf(varsel, ADDRESS), REASONS)).status).toBe(201);
  expect(await part()).toMatchObject({ state: 'open', notifiedAt: NOTIFIED_AT, deadline: '2026-03-23T23:00:00.000Z' });
  expect(await activate(varsel, changeId)).toMatchObject([
    { code: 'objection-windows-open', count: 1 },
    { code: 'objections-pending', count: 1 },
  ]);
  // The contact was told an earlier deadline (D11).
  await varsel.deliver();
  const moved = theMailTo(varsel, ADDRESS, /senere frist/);
  expect(wordsOf(moved)).toContain('Ny frist for indsigelse: mandag den 23. marts 2026');
  expect(wordsOf(moved)).toContain('Tidligere oplyst frist: torsdag den 12. marts 2026');
  const [objection] = await objectionsOf(varsel, changeId);
  await varsel
    .api('officer')
    .post(`/v1/objections/${objection?.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
  varsel.clock.set('2026-03-23T22:59:59.999Z');
  expect(await activate(varsel, changeId)).toMatchObject([{ code: 'objection-windows-open' }]);
  varsel.clock.set('2026-03-23T23:00:00Z');
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('an attempt that is rejected proves the arrival like any other, before the bounce and after it', async () => {
  const token = tokenOf(varsel, ADDRESS);
  await report();
  varsel.clock.set('2026-03-20T09:00:00Z');
  const { status, body } = await objectThrough(varsel, token, 'n/a');
  expect({ status, body }).toMatchObject({
    status: 422,
    body: { code: 'reasons-required', deadline: '2026-03-23T23:00:00.000Z' },
  });
  expect(await part()).toMatchObject({ state: 'open', deadline: '2026-03-23T23:00:00.000Z' });

  await varsel.api('officer').post(`/v1/changes/${changeId}/controllers/kunde-1/resend`);
  await varsel.deliver();
  const again = mailsTo(varsel, ADDRESS, SUBJECTS.notice)[1];
  if (again === undefined) throw new Error('no second notice');
  await mailIn(varsel, aBounce(ADDRESS), { from: '', to: returnAddressesOf(again).bounce });
  expect(await part()).toMatchObject({ state: 'open', deadline: '2026-03-23T23:00:00.000Z' });
  expect(await effects()).toEqual(['reopened', 'revoked']);
});

test('an answer proves nothing while nobody has read it, or where no person wrote it', async () => {
  const id = await answer('Modtaget i sagssystemet.');
  await report();
  expect(await part()).toMatchObject(NOT_NOTIFIED);
  const explanation = 'Et automatisk svar fra deres sagssystem';
  const { body } = await classify(id, { decision: 'not-an-objection', explanation });
  expect(body.answer.decision).toMatchObject({ writtenByPerson: false });
  expect(await part()).toMatchObject(NOT_NOTIFIED);
});

test('an answer of a person that is no objection makes the window stand again', async () => {
  const id = await answer('Tak for beskeden, det er fint med os.');
  await report();
  const decision = { decision: 'not-an-objection', writtenByPerson: true, explanation: 'De takker for beskeden' };
  const { body } = await classify(id, decision);
  expect(body.answer.decision).toMatchObject({ writtenByPerson: true });
  expect(await part()).toMatchObject(STANDS);
  const { rows } = await varsel.database.pool.query('select answer_id from window_restorations');
  expect(rows).toEqual([{ answer_id: id }]);
});

test.each([
  ['an objection', { decision: 'objection' }],
  [
    'no objection of a person',
    { decision: 'not-an-objection', writtenByPerson: true, explanation: 'De takker for beskeden' },
  ],
])('an answer that is %s keeps a later bounce from closing the window', async (_name, decision) => {
  await classify(await answer('Vi gør indsigelse, fordi vi er uenige i overførslen.'), decision);
  await report();
  expect(await part()).toMatchObject(STANDS);
  expect(await effects()).toEqual(['revoked']);
});

test('a report on one member of an alias takes the notice back, and the operator is told of that member and what to do', async () => {
  await report({ member: HANS });
  expect(await part()).toMatchObject(NOT_NOTIFIED);
  const [mail, ...more] = await operatorMails(varsel);
  expect(more).toEqual([]);
  if (mail === undefined) throw new Error('the operator was not told');
  expect(mail.subject).toContain(HANS);
  expect(wordsOf(mail)).toContain(
    `failed for ${HANS}, to which ${ADDRESS} passes mail on: 5.1.1 550 5.1.1 no such user`,
  );
  expect(wordsOf(mail)).toContain('controller kunde-1');
  expect(wordsOf(mail)).toContain(`POST ${varsel.url}/v1/notices/${await noticeId()}/reached`);
  const { body } = await varsel.api('reader').get(`/v1/notices/${await noticeId()}`);
  expect(body.reports).toMatchObject([{ recipient: HANS, effect: 'reopened' }]);

  // A report on the address itself is told by the change alone.
  await report();
  expect(await operatorMails(varsel)).toHaveLength(1);
});

test('a report on one member of an alias is told also where the controller stays notified, with what has become of it', async () => {
  expect((await objectThrough(varsel, tokenOf(varsel, ADDRESS), REASONS)).status).toBe(201);
  await report({ member: HANS });
  expect(await effects()).toEqual(['revoked']);
  expect(await part()).toMatchObject(STANDS);
  const [mail, ...more] = await operatorMails(varsel);
  expect(more).toEqual([]);
  if (mail === undefined) throw new Error('the operator was not told');
  expect(wordsOf(mail)).toContain(
    `failed for ${HANS}, to which ${ADDRESS} passes mail on: 5.1.1 550 5.1.1 no such user`,
  );
  expect(wordsOf(mail)).toContain('The window of kunde-1');
  expect(wordsOf(mail)).toContain('is as it was before.');
  expect(wordsOf(mail)).not.toContain('cannot be activated');
});

test('an officer states with evidence that the controller was reached: the window stands, and no bounce closes it again', async () => {
  await report({ member: HANS });
  varsel.clock.set('2026-03-12T09:00:00Z');
  const { status, body } = await stateReached();
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      id: expect.any(String),
      noticeId: await noticeId(),
      controller: 'kunde-1',
      effect: 'restored',
      deadline: '2026-03-15T23:00:00.000Z',
    },
  });
  expect(await part()).toMatchObject({ state: 'open', notifiedAt: NOTIFIED_AT, deadline: '2026-03-15T23:00:00.000Z' });
  expect((await eventsOf(varsel, changeId)).slice(-2)).toEqual(['notice.bounced', 'notice.reached']);
  const { body: notice } = await varsel.api('reader').get(`/v1/notices/${await noticeId()}`);
  expect(notice.arrivals).toEqual([
    {
      id: body.id,
      evidence: EVIDENCE,
      recordedAt: '2026-03-12T09:00:00.000Z',
      recordedBy: expect.stringContaining('Test officer'),
    },
  ]);

  await report({ member: DORTHE });
  expect(await part()).toMatchObject({ state: 'open', deadline: '2026-03-15T23:00:00.000Z' });
  // Stated again, it is on record again, and the window does not move.
  varsel.clock.set('2026-03-14T09:00:00Z');
  expect((await stateReached()).body).toMatchObject({ effect: 'none', deadline: '2026-03-15T23:00:00.000Z' });
  varsel.clock.set('2026-03-15T23:00:00Z');
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('what an officer states before any bounce keeps the window where it is', async () => {
  expect((await stateReached()).body).toMatchObject({ effect: 'none', deadline: DEADLINE });
  await report();
  expect(await part()).toMatchObject(STANDS);
  expect(await effects()).toEqual(['revoked']);
});

test('it can be stated only of a notice that was accepted, of a controller that counts, and before the change has ended', async () => {
  await haveControllers(varsel, [aController(2), aController(3)]);
  varsel.mailbox.refuse('dpo@kunde-2.example', { code: 550, message: '5.1.1 No such user' });
  await varsel.deliver();
  const idOf = async (controller: string) => (await partOf(varsel, changeId, controller)).notices[0].id as string;
  const never = await stateReached(await idOf('kunde-2'));
  expect({ status: never.status, code: never.body.code }).toEqual({ status: 409, code: 'notice-never-accepted' });
  expect(await partOf(varsel, changeId, 'kunde-2')).toMatchObject(NOT_NOTIFIED);

  const left = await idOf('kunde-3');
  await leave(varsel, 'kunde-3');
  expect((await stateReached(left)).status).toBe(404);
  expect((await stateReached('01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b')).status).toBe(404);

  const id = await noticeId();
  const reached = `/v1/notices/${id}/reached`;
  expect((await varsel.api('reader').post(reached).send({ evidence: EVIDENCE })).status).toBe(403);
  for (const body of [{}, { evidence: '' }, { evidence: EVIDENCE, force: true }]) {
    expect((await varsel.api('officer').post(reached).send(body)).status).toBe(400);
  }
  await withdraw(varsel, changeId);
  expect((await stateReached(id)).body).toMatchObject({ status: 409, code: 'change-ended' });
  expect((await varsel.database.pool.query('select from arrival_statements')).rowCount).toBe(0);
});

test.each([
  ['before', ['delivered', 'failed']],
  ['after', ['failed', 'delivered']],
])('a delivery to another member that is reported %s the failure makes the window stand', async (_name, actions) => {
  for (const action of actions) await report({ action, member: action === 'failed' ? HANS : DORTHE });
  expect(await part()).toMatchObject(STANDS);
});

test.each([
  ['the same member', HANS],
  ['the alias itself', ADDRESS],
])('a delivery to %s proves nothing', async (_name, member) => {
  await report({ action: 'delivered', member, status: '2.0.0' });
  await report({ member: HANS });
  expect(await part()).toMatchObject(NOT_NOTIFIED);
  await report({ action: 'delivered', member, status: '2.1.5' });
  expect(await part()).toMatchObject(NOT_NOTIFIED);
  expect(await effects()).toEqual(['none', 'reopened', 'none']);
});

test('a delivery to another member that names the notice by its reference alone proves nothing, and is for a person', async () => {
  const { text = '' } = theMailTo(varsel, ADDRESS, SUBJECTS.notice);
  const reference = /VS-\w+-\w+/.exec(text)?.[0] ?? '';
  const raw = aBounce(ADDRESS, { action: 'delivered', status: '2.0.0' })
    .replace(`Final-Recipient: rfc822; ${ADDRESS}`, `Final-Recipient: rfc822; ${DORTHE}`)
    .replace(/^Subject: .*$/m, `Subject: Delivered: ${reference}`);
  await mailIn(varsel, raw, { from: '', to: UNTAGGED });
  await report({ member: HANS });
  expect(await part()).toMatchObject(NOT_NOTIFIED);
  const { body } = await varsel.api('officer').get(`/v1/changes/${changeId}/answers`);
  expect(body.items).toMatchObject([{ status: 'unread', subject: `Delivered: ${reference}` }]);
});

test('a failure that names the notice by its reference alone takes it back', async () => {
  const { text = '' } = theMailTo(varsel, ADDRESS, SUBJECTS.notice);
  const reference = /VS-\w+-\w+/.exec(text)?.[0] ?? '';
  const raw = aBounce(ADDRESS).replace(/^Subject: .*$/m, `Subject: Undeliverable: ${reference}`);
  await mailIn(varsel, raw, { from: '', to: UNTAGGED });
  expect(await part()).toMatchObject(NOT_NOTIFIED);
});

test('a bounce after activation is no incident where an objection had proved the arrival', async () => {
  const { body } = await objectThrough(varsel, tokenOf(varsel, ADDRESS), REASONS);
  await varsel
    .api('officer')
    .post(`/v1/objections/${body.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
  varsel.clock.set(DEADLINE);
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
  await report();
  expect(await effects()).toEqual(['revoked']);
  expect(await operatorMails(varsel)).toEqual([]);
});

test('a controller that was notified anew keeps its new window when the first arrival is proved', async () => {
  await report();
  varsel.clock.set('2026-03-20T09:00:00Z');
  await varsel.api('officer').post(`/v1/changes/${changeId}/controllers/kunde-1/resend`);
  await varsel.deliver();
  const anew = { state: 'open', notifiedAt: '2026-03-20T09:00:00.000Z', deadline: '2026-03-30T22:00:00.000Z' };
  expect(await part()).toMatchObject(anew);
  expect((await stateReached()).body).toMatchObject({ effect: 'none', deadline: anew.deadline });
  expect(await part()).toMatchObject(anew);
});

test('a controller that has left unnotified is told that its agreement has ended, through its link too', async () => {
  const token = tokenOf(varsel, ADDRESS);
  await report();
  await leave(varsel, 'kunde-1');
  const { status, body } = await objectThrough(varsel, token, REASONS);
  expect({ status, body }).toMatchObject({ status: 409, body: { code: 'agreement-ended', deadline: null } });
  expect(await objectionsOf(varsel, changeId)).toMatchObject([{ status: 'rejected', rejectedFor: 'agreement-ended' }]);
  expect((await varsel.database.pool.query('select from window_restorations')).rowCount).toBe(0);
});
