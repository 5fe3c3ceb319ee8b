import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
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
  objectThrough,
  partOf,
  PLANNED_ON,
  REASONS,
  subjectsTo,
  SUBJECTS,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

const NO_SUCH_USER = { code: 550, message: '5.1.1 No such user here' };

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await varsel.remember();
});
afterEach(async () => {
  await expectDerived(varsel.database);
  await varsel.restore();
});
afterAll(() => varsel.close());

const resend = (changeId: string, controller: string) =>
  varsel.api('officer').post(`/v1/changes/${changeId}/controllers/${controller}/resend`);

test('a controller whose only address fails for good blocks, visibly, until its corrected contact is notified', async () => {
  await haveControllers(varsel, [aController(1), aController(2)]);
  varsel.mailbox.refuse('dpo@kunde-2.example', NO_SUCH_USER);
  const changeId = await announce(varsel);
  await varsel.deliver();
  const part = await partOf(varsel, changeId, 'kunde-2');
  expect(part).toMatchObject({
    state: 'awaiting-notice',
    notices: [{ email: 'dpo@kunde-2.example', status: 'failed', attempts: 1, acceptedAt: null }],
  });
  expect(part.notices[0].lastError).toContain('5.1.1 No such user here');
  expect(await changeNow(varsel, changeId)).toMatchObject({
    notices: { total: 2, accepted: 1, pending: 0, failed: 1, cancelled: 0 },
    lastDeadline: null,
  });
  expect(await eventsOf(varsel, changeId)).toEqual(['change.announced', 'notice.failed']);
  const { rows } = await varsel.database.pool.query(`select data from events where type = 'notice.failed'`);
  expect(rows[0].data.notice).toEqual({ id: part.notices[0].id, controller: 'kunde-2' });

  // The blocker does not expire: it stays as long as the controller is not notified.
  varsel.clock.set('2026-04-20T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([
    { code: 'controllers-not-notified', count: 1, controllers: ['kunde-2'] },
  ]);

  const corrected = { email: 'databeskyttelse@kunde-2.example', name: 'Dorthe Persson', language: 'en' as const };
  await haveControllers(varsel, [aController(2, { contacts: [corrected] })]);
  const { status, body } = await resend(changeId, 'kunde-2');
  expect(status).toBe(202);
  expect(body.notices.map((notice: { status: string }) => notice.status)).toEqual(['failed', 'cancelled', 'pending']);
  await varsel.deliver();
  expect(subjectsTo(varsel, 'dpo@kunde-2.example')).toEqual([]);
  expect(wordsOf(theMailTo(varsel, 'databeskyttelse@kunde-2.example'))).toContain(
    'Thursday 30 April 2026 at 23:59 Danish time',
  );
  // The controller has a full window of its own, from the notice that reached it.
  expect(await partOf(varsel, changeId, 'kunde-2')).toMatchObject({
    state: 'open',
    notifiedAt: '2026-04-20T09:00:00.000Z',
    deadline: '2026-04-30T22:00:00.000Z',
  });
  varsel.clock.set('2026-04-30T22:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'notice.failed',
    'change.notified',
    'change.windows-closed',
    'change.activated',
    'entitlement.changed',
  ]);
});

test('one contact’s acceptance is enough, though another contact’s address fails for good', async () => {
  await haveControllers(varsel, [aControllerOfTwo(1)]);
  varsel.mailbox.refuse('dpo@kunde-1.example', NO_SUCH_USER);
  const changeId = await announce(varsel);
  await varsel.deliver();
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
    state: 'open',
    deadline: DEADLINE,
    notices: [{ status: 'failed' }, { status: 'accepted' }],
  });
  expect((await eventsOf(varsel, changeId)).sort()).toEqual(['change.announced', 'change.notified', 'notice.failed']);
  varsel.clock.set(DEADLINE);
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('an open window is neither restarted nor moved by a notice sent again, and the notice tells its deadline', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-03-09T15:00:00Z');
  expect((await resend(changeId, 'kunde-1')).status).toBe(202);
  await varsel.deliver();
  const [, again] = mailsTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice);
  if (again === undefined) throw new Error('the notice was not sent again');
  expect(wordsOf(again)).toContain('torsdag den 12. marts 2026 kl. 23.59 dansk tid');
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
    notifiedAt: '2026-03-02T09:00:00.000Z',
    deadline: DEADLINE,
  });
  const { rows } = await varsel.database.pool.query(`select subject from audit_log where action = 'notice.resent'`);
  expect(rows).toEqual([{ subject: 'kunde-1' }]);
});

test('a notice sent again once the window has closed says that it has, and opens none (D8, D35)', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set(DEADLINE);
  expect((await resend(changeId, 'kunde-1')).status).toBe(202);
  await varsel.deliver();
  expect(subjectsTo(varsel, 'dpo@kunde-1.example')).toEqual([
    expect.stringMatching(SUBJECTS.notice),
    expect.stringContaining('fristen for indsigelse var 12. marts 2026'),
  ]);
  expect((await partOf(varsel, changeId, 'kunde-1')).deadline).toBe(DEADLINE);
});

test('a second contact that is reached days after the first shares its window, and may object in it', async () => {
  await haveControllers(varsel, [aControllerOfTwo(1)]);
  varsel.mailbox.refuse('ciso@kunde-1.example', { code: 452, message: '4.2.2 Mailbox full' });
  const changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-03-03T09:00:00Z');
  varsel.mailbox.refuse('ciso@kunde-1.example', null);
  await varsel.deliver();
  expect(wordsOf(theMailTo(varsel, 'ciso@kunde-1.example'))).toContain('Thursday 12 March 2026 at 23:59 Danish time');
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
    notifiedAt: '2026-03-02T09:00:00.000Z',
    deadline: DEADLINE,
  });
  expect((await objectThrough(varsel, tokenOf(varsel, 'ciso@kunde-1.example'), REASONS)).status).toBe(201);
  expect(await activate(varsel, changeId)).toMatchObject([
    { code: 'objection-windows-open', lastDeadline: DEADLINE },
    { code: 'objections-pending' },
    { code: 'planned-date-not-reached', plannedActivationOn: PLANNED_ON },
  ]);
});

test('sending again takes the notice that still waits out of the queue, so that nobody gets two', async () => {
  await haveControllers(varsel, [aController(1)]);
  varsel.mailbox.refuse('dpo@kunde-1.example', { code: 450, message: '4.2.0 Busy' });
  const changeId = await announce(varsel);
  await varsel.deliver();
  expect((await resend(changeId, 'kunde-1')).status).toBe(202);
  varsel.mailbox.refuse('dpo@kunde-1.example', null);
  varsel.clock.set('2026-03-04T09:00:00Z');
  await varsel.deliver();
  expect(subjectsTo(varsel, 'dpo@kunde-1.example')).toHaveLength(1);
  expect((await partOf(varsel, changeId, 'kunde-1')).notices).toMatchObject([
    { status: 'cancelled' },
    { status: 'accepted' },
  ]);
});

test('only an officer may send again or record a letter, and only to a controller that counts', async () => {
  await haveControllers(varsel, [aController(1), aController(2, { products: [] })]);
  const changeId = await announce(varsel);
  const asReader = await varsel.api('reader').post(`/v1/changes/${changeId}/controllers/kunde-1/resend`);
  expect(asReader.status).toBe(403);
  expect((await resend(changeId, 'kunde-2')).status).toBe(404);
});
