import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { pagesOf } from '../support/pages.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';
import {
  activate,
  aControllerOfTwo,
  announce,
  DEADLINE,
  haveControllers,
  mailsTo,
  partOf,
  REASONS,
  SUBJECTS,
  theMailTo,
  wordsOf,
} from '../support/story.ts';

let varsel: TestVarsel;
let changeId: string;
let accepted: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aControllerOfTwo(1), aController(2), aController(3), aController(4)]);
  varsel.mailbox.refuse('dpo@kunde-4.example', { code: 450, message: '4.2.0 Busy' });
  changeId = await announce(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-03-12T08:00:00Z');
});
afterAll(() => varsel.close());

function record(controller: string, fields: object) {
  const from = { name: 'Dorthe Persson', email: `dpo@${controller}.example` };
  const received = { controller, channel: 'email', receivedAt: '2026-03-11T10:00:00Z', from, reasons: REASONS };
  return varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/objections`)
    .send({ ...received, ...fields });
}

test('an objection that came by e-mail counts from when it was received, and every contact gets a receipt', async () => {
  const { status, headers, body } = await record('kunde-1', {});
  expect(status).toBe(201);
  expect(headers['location']).toBe(`/v1/objections/${body.id}`);
  expect(body).toMatchObject({
    channel: 'email',
    status: 'pending',
    receivedAt: '2026-03-11T10:00:00.000Z',
    from: { name: 'Dorthe Persson', email: 'dpo@kunde-1.example' },
  });
  accepted = body.id;
  await varsel.deliver();
  for (const address of ['dpo@kunde-1.example', 'ciso@kunde-1.example']) {
    expect(wordsOf(theMailTo(varsel, address, SUBJECTS.received))).toContain(REASONS);
  }
  expect(wordsOf(theMailTo(varsel, 'ciso@kunde-1.example', SUBJECTS.received))).toContain(
    'Wednesday 11 March 2026 at 11:00 Danish time',
  );
});

test('one without reasons is rejected, kept, and its sender is told by mail what is missing and until when', async () => {
  const { status, body } = await record('kunde-2', { reasons: null, channel: 'letter' });
  expect({ status, code: body.code, deadline: body.deadline }).toEqual({
    status: 422,
    code: 'reasons-required',
    deadline: DEADLINE,
  });
  expect(body.objection).toMatchObject({ status: 'rejected', rejectedFor: 'reasons-required', channel: 'letter' });
  await varsel.deliver();
  const told = wordsOf(theMailTo(varsel, 'dpo@kunde-2.example', SUBJECTS.rejected));
  expect(told).toContain('grunde');
  expect(told).toContain('torsdag den 12. marts 2026 kl. 23.59 dansk tid');
});

test('what is recorded after the deadline counts when it came before, and is rejected when it came after', async () => {
  varsel.clock.set('2026-03-14T08:00:00Z');
  const inTime = await record('kunde-3', { receivedAt: '2026-03-12T23:59:59.999+01:00' });
  expect(inTime.status).toBe(201);
  expect(inTime.body.receivedAt).toBe('2026-03-12T22:59:59.999Z');
  await varsel
    .api()
    .post(`/v1/objections/${inTime.body.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });

  const late = await record('kunde-2', { receivedAt: '2026-03-13T00:00:00+01:00' });
  expect({ status: late.status, code: late.body.code, deadline: late.body.deadline }).toEqual({
    status: 409,
    code: 'window-closed',
    deadline: DEADLINE,
  });
  await varsel.deliver();
  const [, told] = mailsTo(varsel, 'dpo@kunde-2.example', SUBJECTS.rejected);
  if (told === undefined) throw new Error('nobody was told');
  expect(wordsOf(told)).toContain('torsdag den 12. marts 2026 kl. 23.59 dansk tid');
});

test('one of a controller that was not notified by then is pending all the same, and opens no window', async () => {
  const { status, body } = await record('kunde-4', {});
  expect({ status, pending: body.status }).toEqual({ status: 201, pending: 'pending' });
  expect(await partOf(varsel, changeId, 'kunde-4')).toMatchObject({ state: 'awaiting-notice', deadline: null });
  varsel.mailbox.refuse('dpo@kunde-4.example', null);
  varsel.clock.set('2026-03-14T12:00:00Z');
  await varsel.deliver();
  expect(await partOf(varsel, changeId, 'kunde-4')).toMatchObject({ state: 'open' });
  await varsel
    .api()
    .post(`/v1/objections/${body.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
});

test.each([
  ['before the announcement', '2026-03-02T08:59:59.999Z'],
  ['in the future', '2026-03-14T12:00:00.001Z'],
])('one received %s is refused as a mistake in the record, and nothing is kept', async (_name, receivedAt) => {
  const before = (await varsel.api().get(`/v1/changes/${changeId}/objections`)).body.items.length;
  const { status, body } = await record('kunde-1', { receivedAt });
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'received-at-out-of-range' });
  expect((await varsel.api().get(`/v1/changes/${changeId}/objections`)).body.items).toHaveLength(before);
});

test('the one that was accepted blocks until it is found invalid with an explanation, of which its sender is told', async () => {
  varsel.clock.set('2026-03-25T00:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([{ code: 'objections-pending', count: 1, objections: [accepted] }]);
  const resolve = (body: object) => varsel.api('officer').post(`/v1/objections/${accepted}/resolve`).send(body);
  expect((await resolve({ outcome: 'invalid' })).body.code).toBe('explanation-required');
  const explanation = 'Den handler om en anden ændring.';
  expect((await resolve({ outcome: 'invalid', explanation })).status).toBe(200);
  await varsel.deliver();
  expect(wordsOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.resolved))).toContain(explanation);
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('an objection is withdrawn by its controller through the link, and every contact is told', async () => {
  const anew = await announce(varsel, {
    subProcessor: {
      ...(await varsel.api().get(`/v1/changes/${changeId}`)).body.subProcessor,
      name: 'Vega A/S',
      registrationNumber: '77',
    },
    plannedActivationOn: '2026-04-05',
  });
  await varsel.deliver();
  const [, notice] = mailsTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice);
  const token = /objections\/([\w-]+)/.exec(notice?.text ?? '')?.[1] ?? '';
  const { body: objection } = await varsel.customer().post(`/objections/${token}`).send({ reasons: REASONS });
  const step = { link: `/objections/${token}`, id: objection.id, email: 'dpo@kunde-1.example' };
  await requestWithdrawal({ varsel, pages: pagesOf(varsel) }, { ...step, explanation: 'Vi er blevet enige.' });
  await varsel.deliver();
  varsel.clock.advance({ hours: 24 });
  await varsel.deliver();
  const { body } = await varsel.api('reader').get(`/v1/objections/${objection.id}`);
  expect(body.resolution).toMatchObject({ outcome: 'withdrawn', explanation: 'Vi er blevet enige.' });
  await varsel.deliver();
  expect(mailsTo(varsel, 'ciso@kunde-1.example', SUBJECTS.resolved)).toHaveLength(2);
  varsel.clock.set('2026-04-04T22:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, anew)).toEqual([]);
});
