import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { startFaultySmtpServer } from '../support/faulty-smtp-server.ts';
import { tokenIn } from '../support/mailbox.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { reply, startAskingMailbox } from '../sending/asking-mailbox.ts';
import { startSender } from '../sending/sender.ts';
import {
  aControllerOfTwo,
  activate,
  announce,
  changeNow,
  eventsOf,
  haveControllers,
  leave,
  mailsTo,
  subjectsTo,
  messagesTo,
  objectThrough,
  partOf,
  REASONS,
  SUBJECTS,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

const WHY = { da: 'Aftalen med leverandøren blev ikke til noget', en: 'The contract came to nothing' };

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

async function withdraw(changeId: string): Promise<void> {
  const { status, body } = await varsel.api('officer').post(`/v1/changes/${changeId}/withdraw`).send({ reason: WHY });
  expect(status, JSON.stringify(body)).toBe(200);
}

/** A sender whose mail server runs this while a message is in flight. */
async function senderThat(meanwhile: Parameters<typeof startAskingMailbox>[0]) {
  const mailbox = await startAskingMailbox(meanwhile);
  const sender = startSender({ database: varsel.database, clock: varsel.clock, smtpUrl: mailbox.smtpUrl });
  onTestFinished(async () => {
    await sender.close();
    await mailbox.close();
  });
  return { sender, mailbox };
}

async function senderToFaultyServer() {
  const server = await startFaultySmtpServer();
  const sender = startSender({ database: varsel.database, clock: varsel.clock, smtpUrl: server.url });
  onTestFinished(async () => {
    await sender.close();
    await server.stop();
  });
  return { sender, server };
}

test('a withdrawal ends a pending objection, sends no notice that waits, and tells every controller that was notified', async () => {
  await haveControllers(varsel, [aControllerOfTwo(1), aController(2), aController(3)]);
  varsel.mailbox.refuse('dpo@kunde-3.example', { code: 450, message: '4.2.0 Busy' });
  const changeId = await announce(varsel);
  await varsel.deliver();
  const token = tokenOf(varsel, 'dpo@kunde-1.example');
  const objection = (await objectThrough(varsel, token, REASONS)).body;
  await varsel.deliver();

  await withdraw(changeId);
  expect(await changeNow(varsel, changeId)).toMatchObject({
    status: 'withdrawn',
    withdrawnAt: '2026-03-02T09:00:00.000Z',
    withdrawalReason: WHY,
    objections: { total: 1, pending: 0 },
    notices: { total: 3, accepted: 3, pending: 0, failed: 0, cancelled: 1 },
  });
  const { body: resolved } = await varsel.api('reader').get(`/v1/objections/${objection.id}`);
  expect(resolved).toMatchObject({
    status: 'resolved',
    resolution: { outcome: 'change-withdrawn', explanation: null, resolvedBy: 'system' },
  });

  varsel.mailbox.refuse('dpo@kunde-3.example', null);
  varsel.clock.advance({ hours: 1 });
  await varsel.deliver();
  for (const address of ['dpo@kunde-1.example', 'ciso@kunde-1.example', 'dpo@kunde-2.example']) {
    expect(wordsOf(theMailTo(varsel, address, SUBJECTS.withdrawn))).toContain(
      address.startsWith('ciso') ? WHY.en : WHY.da,
    );
  }
  // This controller was never notified, so it gets no withdrawal.
  expect(subjectsTo(varsel, 'dpo@kunde-3.example')).toEqual([]);
  expect(await partOf(varsel, changeId, 'kunde-3')).toMatchObject({ notices: [{ status: 'cancelled' }] });
  // Cancelled as soon as the change was withdrawn, and still once the sending has written it.
  expect((await changeNow(varsel, changeId)).notices).toMatchObject({ total: 3, pending: 0, cancelled: 1 });
});

test('a withdrawn change is final: windows are closed, the link says so, and nothing more can be done to it', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  await withdraw(changeId);
  expect((await partOf(varsel, changeId, 'kunde-1')).state).toBe('closed');

  const token = tokenOf(varsel, 'dpo@kunde-1.example');
  const page = await varsel.customer().get(`/objections/${token}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('trukket tilbage');
  expect(page.text).toContain(WHY.da);
  expect(page.text.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
  // The link of the withdrawal message leads to the same page.
  await varsel.deliver();
  const told = theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.withdrawn);
  const viaWithdrawal = await varsel.customer().get(`/objections/${tokenIn(told)}`);
  expect(viaWithdrawal.status).toBe(200);
  expect(viaWithdrawal.text).toContain('trukket tilbage');

  const late = await objectThrough(varsel, token, REASONS);
  expect({ status: late.status, code: late.body.code }).toEqual({ status: 409, code: 'change-ended' });
  const refusals = [
    await varsel.api().post(`/v1/changes/${changeId}/withdraw`).send({ reason: WHY }),
    await varsel.api().post(`/v1/changes/${changeId}/controllers/kunde-1/resend`),
    await varsel
      .api()
      .post(`/v1/changes/${changeId}/controllers/kunde-1/notice-by-letter`)
      .send({ arrivedOn: '2026-03-02', reference: 'PostNord 1' }),
  ];
  expect(refusals.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
    '409 change-ended',
    '409 change-ended',
    '409 change-ended',
  ]);
  varsel.clock.set('2026-04-20T00:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([{ code: 'not-announced', status: 'withdrawn' }]);
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'change.withdrawn',
    'objection.rejected',
  ]);
});

test('what was withdrawn can be announced anew with a reference to it, new notices and full new windows', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-03-10T09:00:00Z');
  await withdraw(changeId);
  const anew = await announce(varsel, { supersedes: changeId, plannedActivationOn: '2026-03-21' });
  await varsel.deliver();
  expect(await changeNow(varsel, anew)).toMatchObject({
    supersedes: changeId,
    lastDeadline: '2026-03-20T23:00:00.000Z',
  });
  expect(mailsTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice)).toHaveLength(2);
});

test('a controller that left while its notice was in flight is told of the withdrawal, and one whose notice bounced is not', async () => {
  await haveControllers(varsel, [aController(1), aController(2)]);
  const changeId = await announce(varsel);
  let hasLeft = false;
  const { sender } = await senderThat(async () => {
    if (hasLeft) return;
    hasLeft = true;
    await leave(varsel, 'kunde-1');
  });
  await sender.run();
  // Its window was over when the notice was accepted, so no window says that it was notified.
  const [notice] = await messagesTo(varsel, changeId, 'dpo@kunde-1.example');
  expect(notice).toMatchObject({ kind: 'notice', status: 'accepted' });
  const { rows } = await varsel.database.pool.query(
    `select notified_at from objection_windows where change_id = $1 and external_id = 'kunde-1'`,
    [changeId],
  );
  expect(rows).toEqual([{ notified_at: null }]);

  const [other] = await messagesTo(varsel, changeId, 'dpo@kunde-2.example');
  const bounce = { action: 'failed', status: '5.1.1', evidence: { provider: 'x' } };
  expect((await varsel.api('officer').post(`/v1/notices/${other?.id}/bounce`).send(bounce)).status).toBe(200);

  await withdraw(changeId);
  const kindsTo = async (address: string) => (await messagesTo(varsel, changeId, address)).map(({ kind }) => kind);
  expect(await kindsTo('dpo@kunde-1.example')).toEqual(['notice', 'change-withdrawn']);
  expect(await kindsTo('dpo@kunde-2.example')).toEqual(['notice']);
});

test('a notice that is in flight while its change is withdrawn is followed by the withdrawal', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  let isWithdrawn = false;
  const { sender, mailbox } = await senderThat(async () => {
    if (isWithdrawn) return;
    isWithdrawn = true;
    await withdraw(changeId);
  });
  await sender.run();
  const messages = await messagesTo(varsel, changeId, 'dpo@kunde-1.example');
  expect(messages).toMatchObject([
    { kind: 'notice', status: 'accepted' },
    { kind: 'change-withdrawn', status: 'accepted' },
  ]);
  expect(mailbox.taken.map(({ messageId }) => messageId)).toEqual(messages.map(({ id }) => id));
  // The notice opened no window, because the change had ended.
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'closed', notifiedAt: null });
});

test('a notice whose reply is lost while its change is withdrawn is followed by the withdrawal and not sent again', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  const { sender, server } = await senderToFaultyServer();
  server.script = {
    get afterDot() {
      server.script = {};
      void withdraw(changeId).then(() => server.dropConnections());
      return 'silence' as const;
    },
  };
  await sender.run();
  expect(await messagesTo(varsel, changeId, 'dpo@kunde-1.example')).toMatchObject([
    { kind: 'notice', status: 'cancelled' },
    { kind: 'change-withdrawn', status: 'accepted' },
  ]);
  varsel.clock.advance({ hours: 1 });
  await sender.run();
  const [notice, withdrawal] = await messagesTo(varsel, changeId, 'dpo@kunde-1.example');
  expect(server.arrivals.map((id) => id.slice(1, 37))).toEqual([notice?.id, withdrawal?.id]);
});

test('a controller whose notice may have arrived before the withdrawal is told of it too', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  const { sender, server } = await senderToFaultyServer();
  server.script = { afterDot: 'close' };
  await sender.run();
  expect(server.arrivals).toHaveLength(1);
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'awaiting-notice' });

  await withdraw(changeId);
  await varsel.deliver();
  theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.withdrawn);
});

test('a notice that is refused for a while as its change is withdrawn is not sent again', async () => {
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);
  const { sender, mailbox } = await senderThat(async () => {
    await withdraw(changeId);
    throw reply(451, '4.3.0 Try again later');
  });
  await sender.run();
  varsel.clock.advance({ days: 2 });
  await sender.run();
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ notices: [{ status: 'cancelled' }] });
  expect(mailbox.taken).toEqual([]);
});
