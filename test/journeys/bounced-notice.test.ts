import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { aBounce, operatorMails, returnAddressesOf, mailIn } from '../support/inbound.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  activate,
  aControllerOfTwo,
  announce,
  changeNow,
  DEADLINE,
  eventsOf,
  haveControllers,
  mailsTo,
  partOf,
  REASONS,
  SUBJECTS,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await varsel.remember();
});
afterEach(async () => {
  await expectDerived(varsel.database);
  await varsel.restore();
});
afterAll(() => varsel.close());

/** The contact's mail system reports on a notice that it accepted. */
async function report(address: string, options: Parameters<typeof aBounce>[1] = {}): Promise<number> {
  const [notice] = mailsTo(varsel, address, SUBJECTS.notice).slice(-1);
  if (notice === undefined) throw new Error(`no notice to ${address}`);
  const { code } = await mailIn(varsel, aBounce(address, options), {
    from: '',
    to: returnAddressesOf(notice).bounce,
  });
  return code;
}

const bouncesOf = async () =>
  (await varsel.database.pool.query('select action, effect from bounces order by id')).rows as {
    action: string;
    effect: string;
  }[];

test('a notice that bounces an hour after it was accepted blocks until its corrected contact has had a full new window', async () => {
  await haveControllers(varsel, [aController(1), aController(2)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  expect(await partOf(varsel, changeId, 'kunde-2')).toMatchObject({ state: 'open', deadline: DEADLINE });
  expect(await eventsOf(varsel, changeId)).toEqual(['change.announced', 'change.notified']);

  varsel.clock.set('2026-03-02T10:00:00Z');
  expect(await report('dpo@kunde-2.example')).toBe(250);
  const reopened = await partOf(varsel, changeId, 'kunde-2');
  expect(reopened).toMatchObject({
    state: 'awaiting-notice',
    notifiedAt: null,
    deadline: null,
    notices: [{ status: 'failed', acceptedAt: null }],
  });
  expect(reopened.notices[0].lastError).toContain('5.1.1');
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'open', deadline: DEADLINE });
  expect(await changeNow(varsel, changeId)).toMatchObject({
    controllers: { total: 2, notified: 1, windowsOpen: 1 },
    notices: { total: 2, accepted: 1, pending: 0, failed: 1, cancelled: 0 },
    lastDeadline: null,
    activation: { allowed: false, earliestAt: null },
  });
  const { rows } = await varsel.database.pool.query(`select data from events where type = 'notice.bounced'`);
  expect(rows[0].data.notice).toEqual({ id: reopened.notices[0].id, controller: 'kunde-2', effect: 'reopened' });

  // Long after the first deadline the controller still blocks, and gets no reminder, because it has no deadline.
  varsel.clock.set('2026-03-20T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([
    { code: 'controllers-not-notified', count: 1, controllers: ['kunde-2'] },
  ]);
  expect(mailsTo(varsel, 'dpo@kunde-2.example')).toHaveLength(1);

  await haveControllers(varsel, [
    aController(2, { contacts: [{ email: 'ny@kunde-2.example', name: 'Ny Kontakt', language: 'da' }] }),
  ]);
  const resend = await varsel.api('officer').post(`/v1/changes/${changeId}/controllers/kunde-2/resend`);
  expect(resend.status).toBe(202);
  await varsel.deliver();
  expect(await partOf(varsel, changeId, 'kunde-2')).toMatchObject({
    state: 'open',
    notifiedAt: '2026-03-20T09:00:00.000Z',
    deadline: '2026-03-30T22:00:00.000Z',
  });
  expect(wordsOf(theMailTo(varsel, 'ny@kunde-2.example'))).toContain('mandag den 30. marts 2026 kl. 23.59 dansk tid');

  // The new window gets a reminder like any other.
  varsel.clock.set('2026-03-28T09:00:00Z');
  await varsel.deliver();
  await varsel.deliver();
  expect(mailsTo(varsel, 'ny@kunde-2.example')).toHaveLength(2);
  expect(await activate(varsel, changeId)).toMatchObject([{ code: 'objection-windows-open' }]);

  varsel.clock.set('2026-03-30T22:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'notice.bounced',
    // The corrected contact has been notified: nobody is left.
    'controller.notified',
    'deadline.approaching',
    'change.windows-closed',
    'change.activated',
    'entitlement.changed',
  ]);
  expect(await operatorMails(varsel)).toEqual([]);
});

test('a bounce that comes twice, or again in other words, revokes its notice once', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  expect(await report('dpo@kunde-1.example')).toBe(250);
  expect(await report('dpo@kunde-1.example')).toBe(250);
  expect(await report('dpo@kunde-1.example', { status: '5.7.1' })).toBe(250);
  expect(await bouncesOf()).toEqual([
    { action: 'failed', effect: 'reopened' },
    { action: 'failed', effect: 'none' },
  ]);
  expect((await eventsOf(varsel, changeId)).filter((type) => type === 'notice.bounced')).toHaveLength(1);
});

test.each(['delayed', 'relayed', 'delivered', 'expanded'])(
  'a report of %s is on record and changes nothing',
  async (action) => {
    await haveControllers(varsel, [aController(1)]);
    const changeId = await announce(varsel);
    await varsel.deliver();
    expect(await report('dpo@kunde-1.example', { action, status: '4.4.1' })).toBe(250);
    expect(await bouncesOf()).toEqual([{ action, effect: 'none' }]);
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'open', deadline: DEADLINE });
    expect(await eventsOf(varsel, changeId)).toEqual(['change.announced', 'change.notified']);
  },
);

test('a bounce for a controller that was reached through another contact leaves its window alone, and a second one does not', async () => {
  await haveControllers(varsel, [aControllerOfTwo(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  expect(await report('dpo@kunde-1.example')).toBe(250);
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
    state: 'open',
    deadline: DEADLINE,
    notices: [{ status: 'failed' }, { status: 'accepted' }],
  });
  expect(await report('ciso@kunde-1.example')).toBe(250);
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'awaiting-notice', deadline: null });
  expect(await bouncesOf()).toEqual([
    { action: 'failed', effect: 'revoked' },
    { action: 'failed', effect: 'reopened' },
  ]);
});

test('a letter stands when every notice to its controller has bounced', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  const letter = await varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/controllers/kunde-1/notice-by-letter`)
    .send({ arrivedOn: '2026-03-02', reference: 'RR123456789DK' });
  expect(letter.status).toBe(201);
  expect(await report('dpo@kunde-1.example')).toBe(250);
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'open', deadline: DEADLINE });
  expect(await bouncesOf()).toEqual([{ action: 'failed', effect: 'revoked' }]);
});

/** An officer records an objection of kunde-1 that came by letter, which proves no notification. */
async function recordLetterOf(changeId: string): Promise<void> {
  const { status, body } = await varsel.api('officer').post(`/v1/changes/${changeId}/objections`).send({
    controller: 'kunde-1',
    reasons: REASONS,
    channel: 'letter',
    receivedAt: '2026-03-02T09:00:00Z',
    from: {},
  });
  expect(status, JSON.stringify(body)).toBe(201);
}

test('an objection that is pending stays when its controller’s notice bounces, and the page says that the window is not open', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  const token = tokenOf(varsel, 'dpo@kunde-1.example');
  await recordLetterOf(changeId);
  expect(await report('dpo@kunde-1.example')).toBe(250);
  varsel.clock.set('2026-04-01T09:00:00Z');
  expect(await activate(varsel, changeId)).toMatchObject([
    { code: 'controllers-not-notified' },
    { code: 'objections-pending', count: 1 },
  ]);
  const page = await varsel.customer().get(`/objections/${token}`);
  expect(page.status).toBe(200);
  expect(page.text).not.toContain('12. marts');
  expect(page.text).toContain('Fristen er ikke begyndt');
});

test('a bounce after activation is an incident: on record, told by mail, and the change stays activated', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-03-13T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
  expect(await report('dpo@kunde-1.example')).toBe(250);
  expect(await report('dpo@kunde-1.example', { status: '5.7.1' })).toBe(250);
  expect(await bouncesOf()).toEqual([
    { action: 'failed', effect: 'incident' },
    { action: 'failed', effect: 'none' },
  ]);
  expect(await changeNow(varsel, changeId)).toMatchObject({ status: 'activated' });
  const [mail, ...more] = await operatorMails(varsel);
  expect(more).toEqual([]);
  expect(mail?.text).toContain('kunde-1');
  expect(mail?.text).toContain(changeId);
});

test('a bounce of a change that is withdrawn is on record and takes nothing back', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  await varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/withdraw`)
    .send({ reason: { da: 'Aftalen blev ikke til noget' } });
  expect(await report('dpo@kunde-1.example')).toBe(250);
  expect(await bouncesOf()).toEqual([{ action: 'failed', effect: 'revoked' }]);
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'change.withdrawn',
    'notice.bounced',
  ]);
  expect(await operatorMails(varsel)).toEqual([]);
});

test('a controller that has objected is told of the withdrawal, which ends its objection, though its notice has bounced', async () => {
  await haveControllers(varsel, [aController(1), aController(2)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  await recordLetterOf(changeId);
  expect(await report('dpo@kunde-1.example')).toBe(250);
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'awaiting-notice' });
  expect(await report('dpo@kunde-2.example')).toBe(250);
  await varsel.deliver();
  const before = mailsTo(varsel, 'dpo@kunde-1.example').length;
  const withdrawn = await varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/withdraw`)
    .send({ reason: { da: 'Aftalen blev ikke til noget' } });
  expect(withdrawn.status).toBe(200);
  await varsel.deliver();
  const told = mailsTo(varsel, 'dpo@kunde-1.example').slice(before);
  expect(told.map(({ subject }) => subject)).toEqual([expect.stringContaining('trukket tilbage')]);
  // The other controller has got no mail.
  expect(mailsTo(varsel, 'dpo@kunde-2.example')).toHaveLength(1);
});
