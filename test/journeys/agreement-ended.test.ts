import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { reply, startAskingMailbox } from '../sending/asking-mailbox.ts';
import { startSender } from '../sending/sender.ts';
import {
  activate,
  announce,
  changeNow,
  DEADLINE,
  haveControllers,
  mailsTo,
  subjectsTo,
  messagesTo,
  objectThrough,
  partOf,
  REASONS,
  SUBJECTS,
  theMailTo,
  tokenOf,
} from '../support/story.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aController(1), aController(2)]);
  await varsel.remember();
});
afterEach(async () => {
  await expectDerived(varsel.database);
  await varsel.restore();
});
afterAll(() => varsel.close());

async function endAgreement(externalId: string): Promise<void> {
  const { status } = await varsel.api().delete(`/v1/controllers/${externalId}/products/truetalk`);
  expect(status).toBe(204);
}

test('a controller whose agreement ends stops counting, and its waiting notice is not sent', async () => {
  varsel.mailbox.refuse('dpo@kunde-2.example', { code: 450, message: '4.2.0 Busy' });
  const changeId = await announce(varsel);
  await varsel.deliver();
  await endAgreement('kunde-2');
  expect(await changeNow(varsel, changeId)).toMatchObject({
    controllers: { total: 1, notified: 1, windowsOpen: 1 },
    notices: { total: 1, accepted: 1, pending: 0, failed: 0, cancelled: 1 },
    lastDeadline: DEADLINE,
  });
  expect(await partOf(varsel, changeId, 'kunde-2')).toBeUndefined();

  varsel.mailbox.refuse('dpo@kunde-2.example', null);
  varsel.clock.set(DEADLINE);
  await varsel.deliver();
  expect(subjectsTo(varsel, 'dpo@kunde-2.example')).toEqual([]);
  expect(await activate(varsel, changeId)).toEqual([]);
  const { rows } = await varsel.database.pool.query(
    `select action, subject, actor, details from audit_log where action = 'agreement.ended'`,
  );
  expect(rows).toEqual([
    { action: 'agreement.ended', subject: 'kunde-2', actor: expect.any(String), details: { product: 'truetalk' } },
  ]);
});

test('its window is gone from the counts, and it cannot object any more', async () => {
  const changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-03-04T09:00:00Z');
  await endAgreement('kunde-2');
  expect((await changeNow(varsel, changeId)).controllers).toEqual({ total: 1, notified: 1, windowsOpen: 1 });
  const token = tokenOf(varsel, 'dpo@kunde-2.example');
  varsel.clock.set('2026-03-05T09:00:00Z');
  const { status, body } = await objectThrough(varsel, token, REASONS);
  expect({ status, code: body.code }).toEqual({ status: 409, code: 'window-closed' });
  const page = await varsel.customer().get(`/objections/${token}?lang=en`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Your agreement has ended');
  expect(page.text.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
  expect(await activate(varsel, changeId)).toMatchObject([
    { code: 'objection-windows-open', count: 1 },
    { code: 'planned-date-not-reached' },
  ]);
});

test('its pending objection still blocks until an officer resolves it as agreement-ended', async () => {
  const changeId = await announce(varsel);
  await varsel.deliver();
  const objection = (await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-2.example'), REASONS)).body;
  await endAgreement('kunde-2');
  varsel.clock.set(DEADLINE);
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([
    { code: 'objections-pending', count: 1, objections: [objection.id] },
  ]);
  const { status, body } = await varsel
    .api('officer')
    .post(`/v1/objections/${objection.id}/resolve`)
    .send({ outcome: 'agreement-ended' });
  expect({ status, outcome: body.resolution?.outcome }).toEqual({ status: 200, outcome: 'agreement-ended' });
  expect(await activate(varsel, changeId)).toEqual([]);
  await varsel.deliver();
  theMailTo(varsel, 'dpo@kunde-2.example', SUBJECTS.resolved);
});

test('a controller that comes back is notified anew and gets a full new window', async () => {
  const changeId = await announce(varsel);
  await varsel.deliver();
  await endAgreement('kunde-2');
  varsel.clock.set('2026-03-09T15:00:00Z');
  await haveControllers(varsel, [aController(2)]);
  await varsel.deliver();
  expect(mailsTo(varsel, 'dpo@kunde-2.example', SUBJECTS.notice)).toHaveLength(2);
  expect(await partOf(varsel, changeId, 'kunde-2')).toMatchObject({
    notifiedAt: '2026-03-09T15:00:00.000Z',
    deadline: '2026-03-19T23:00:00.000Z',
  });
});

test.each([
  ['is refused for a while', () => reply(451, '4.3.0 Try again later')],
  ['meets a mail server that shuts down', () => reply(421, '4.3.2 Shutting down')],
])('a notice in flight that %s as the agreement ends is not sent again', async (_name, answer) => {
  const changeId = await announce(varsel);
  let hasEnded = false;
  const mailbox = await startAskingMailbox(async (to) => {
    if (to !== 'dpo@kunde-2.example') return;
    if (!hasEnded) await endAgreement('kunde-2');
    hasEnded = true;
    throw answer();
  });
  const sender = startSender({ database: varsel.database, clock: varsel.clock, smtpUrl: mailbox.smtpUrl });
  onTestFinished(async () => {
    await sender.close();
    await mailbox.close();
  });
  await sender.run();
  varsel.clock.advance({ days: 1 });
  await varsel.deliver();
  expect(subjectsTo(varsel, 'dpo@kunde-2.example')).toEqual([]);
  expect(await messagesTo(varsel, changeId, 'dpo@kunde-2.example')).toMatchObject([{ status: 'cancelled' }]);
  expect((await changeNow(varsel, changeId)).notices).toMatchObject({ accepted: 1, pending: 0, failed: 0 });
});

test('an agreement that ends while a change is announced leaves no window behind, whichever comes first', async () => {
  await haveControllers(
    varsel,
    Array.from({ length: 12 }, (_, index) => aController(100 + index)),
  );
  for (let round = 0; round < 12; round += 1) {
    const leaving = `kunde-${100 + round}`;
    const [changeId] = await Promise.all([
      announce(varsel, { subProcessor: aSubProcessor(100 + round) }),
      // Once by the call that ends an agreement, once by saving the controller without the product.
      round % 2 === 0 ? endAgreement(leaving) : haveControllers(varsel, [aController(100 + round, { products: [] })]),
    ]);
    expect(await partOf(varsel, changeId, leaving), `round ${round}`).toBeUndefined();
  }
});

test('an objection that came by letter before the agreement ended is accepted when it is recorded after', async () => {
  const changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-03-05T09:00:00Z');
  await endAgreement('kunde-2');
  const record = (receivedAt: string) =>
    varsel
      .api('officer')
      .post(`/v1/changes/${changeId}/objections`)
      .send({ controller: 'kunde-2', reasons: REASONS, channel: 'letter', receivedAt, from: { name: 'Dorthe' } });
  expect((await record('2026-03-04T09:00:00Z')).status).toBe(201);
  varsel.clock.set('2026-03-06T09:00:00Z');
  expect((await record('2026-03-05T09:00:00Z')).body.code).toBe('window-closed');
});
