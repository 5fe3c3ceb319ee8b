import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import {
  amending,
  announce,
  changeNow,
  eventsOf,
  haveControllers,
  leave,
  linkOf,
  messagesTo,
  objectionsOf,
  partOf,
  REASONS,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
let id: string;
beforeAll(async () => {
  varsel = await startVarsel('2028-01-30T09:00:00Z', {});
  await haveControllers(varsel, [aController(1)]);
  id = await requestApproval();
  await varsel.deliver();
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});

/** Asks for approval of another activity of Gintel. */
async function requestApproval(): Promise<string> {
  const processing = { da: 'Analyse af opkald', en: 'Analysis of calls' };
  const amendment = await amending(varsel, 'Gintel', { processing });
  return announce(varsel, { ...amendment, plannedActivationOn: '2028-04-03' });
}

const kindsTo = async (address: string) => (await messagesTo(varsel, id, address)).map(({ kind }) => kind);

test('a request has no deadline for objecting, and asks for an answer within thirty days, 29 February among them', async () => {
  expect(await changeNow(varsel, id)).toMatchObject({
    regime: { objection: false, approval: true },
    lastDeadline: null,
    controllers: { total: 1, notified: 1, windowsOpen: 0 },
  });
  // 30 January and 30 days: the last day to answer is 29 February.
  expect(await partOf(varsel, id, 'kunde-1')).toMatchObject({
    state: 'told',
    notifiedAt: '2028-01-30T09:00:00.000Z',
    deadline: null,
    approval: { state: 'none', answerBy: '2028-02-29T23:00:00.000Z' },
  });
  expect(await eventsOf(varsel, id)).toEqual(['change.announced', 'change.notified']);
});

test('who joins later is asked then, with its own time to answer, across the day of 23 hours', async () => {
  varsel.clock.set('2028-02-25T09:00:00Z');
  await haveControllers(varsel, [aController(2)]);
  await varsel.deliver();
  expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({
    approval: { state: 'none', answerBy: '2028-03-26T22:00:00.000Z' },
  });
});

test('who has not answered is reminded once, three days before, and asked no more', async () => {
  varsel.clock.set('2028-02-26T22:59:59.999Z');
  await varsel.deliver();
  expect(await kindsTo('dpo@kunde-1.example')).toEqual(['notice']);
  varsel.clock.set('2028-02-26T23:00:00Z');
  await varsel.deliver();
  await varsel.deliver();
  expect(await messagesTo(varsel, id, 'dpo@kunde-1.example')).toMatchObject([
    { kind: 'notice' },
    { kind: 'approval-reminder', status: 'accepted' },
  ]);
  expect(await kindsTo('dpo@kunde-2.example')).toEqual(['notice']);
});

test('what is sent as an objection through the link is a refusal, with reasons or without, and is acknowledged', async () => {
  const sent = await varsel
    .customer()
    .post(await linkOf(varsel, id, 'kunde-2'))
    .send({ reasons: '' });
  expect({ status: sent.status, code: sent.body.code }).toEqual({ status: 409, code: 'no-objection-window' });
  const again = await varsel
    .customer()
    .post(await linkOf(varsel, id, 'kunde-2'))
    .send({ reasons: REASONS });
  expect(again.status).toBe(409);
  await varsel.deliver();
  expect((await partOf(varsel, id, 'kunde-2')).approval.state).toBe('refused');
  expect(await kindsTo('dpo@kunde-2.example')).toEqual(['notice', 'refusal-received']);
  const events = await eventsOf(varsel, id);
  expect(events.filter((type) => type === 'refusal.received')).toHaveLength(1);
  expect(events.filter((type) => type === 'objection.rejected')).toHaveLength(2);
});

test('officers are told three days before the last time to answer of those who have said nothing, once', async () => {
  const near = async () => (await eventsOf(varsel, id)).filter((type) => type === 'answers.approaching').length;
  expect(await near()).toBe(1);
  varsel.clock.set('2028-02-28T09:00:00Z');
  await varsel.deliver();
  expect(await near()).toBe(1);
  const { rows } = await varsel.database.pool.query(`select data from events where type = 'answers.approaching'`);
  expect(rows[0].data.deadline).toMatchObject({ at: '2028-02-29T23:00:00.000Z', windowsOpen: 0, answersAwaited: 1 });
});

test('silence is shown as unanswered once the time is over, and is a no before and after', async () => {
  varsel.clock.set('2028-02-29T22:59:59.999Z');
  expect((await partOf(varsel, id, 'kunde-1')).approval.state).toBe('none');
  varsel.clock.set('2028-02-29T23:00:00Z');
  await varsel.deliver();
  expect((await partOf(varsel, id, 'kunde-1')).approval.state).toBe('unanswered');
  varsel.clock.set('2028-04-03T09:00:00Z');
  await varsel.deliver();
  const { status, body } = await varsel.api('officer').post(`/v1/changes/${id}/activate`);
  expect(status).toBe(409);
  expect(body.blockers).toEqual([{ code: 'approvals-missing', count: 2, controllers: ['kunde-1', 'kunde-2'] }]);
  expect(await kindsTo('dpo@kunde-1.example')).toEqual(['notice', 'approval-reminder']);
});

test('what who has left had sent as an objection is kept on record, and refuses nothing any more', async () => {
  await haveControllers(varsel, [aController(3)]);
  const receivedAt = varsel.clock.now().toString();
  varsel.clock.set('2028-04-04T09:00:00Z');
  await leave(varsel, 'kunde-3');
  const sent = await varsel
    .api('officer')
    .post(`/v1/changes/${id}/objections`)
    .send({ controller: 'kunde-3', channel: 'letter', receivedAt, from: { name: 'Dorthe' }, reasons: REASONS });
  expect([sent.status, sent.body.code]).toEqual([409, 'no-objection-window']);
  expect(await objectionsOf(varsel, id)).toContainEqual(
    expect.objectContaining({ controller: 'kunde-3', status: 'rejected', reasons: REASONS }),
  );
  expect((await changeNow(varsel, id)).approvals).toMatchObject({ refused: 1 });
});
