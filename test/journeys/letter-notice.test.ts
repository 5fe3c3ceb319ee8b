import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { activate, announce, changeNow, haveControllers, partOf, PLANNED_ON } from '../support/story.ts';

/** The deadline of a window that opens on 5 March, whose last day is the 15th. */
const DEADLINE_BY_LETTER = '2026-03-15T23:00:00.000Z';

let varsel: TestVarsel;
let changeId: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aController(1)]);
  varsel.mailbox.refuse('dpo@kunde-1.example', { code: 550, message: '5.1.1 No such user' });
  changeId = await announce(varsel);
  await varsel.deliver();
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});

const recordLetter = (arrivedOn: string, controller = 'kunde-1') =>
  varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/controllers/${controller}/notice-by-letter`)
    .send({ arrivedOn, reference: 'PostNord RR123456785DK' });

test('a controller that no mail reaches blocks activation', async () => {
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
    state: 'awaiting-notice',
    notices: [{ status: 'failed', attempts: 1 }],
  });
  varsel.clock.set('2026-03-07T10:00:00Z');
  expect(await activate(varsel, changeId)).toEqual([
    { code: 'controllers-not-notified', count: 1, controllers: ['kunde-1'] },
    { code: 'planned-date-not-reached', plannedActivationOn: PLANNED_ON },
  ]);
});

test.each([
  ['before the announcement', '2026-03-01'],
  ['in the future', '2026-03-08'],
])('a letter that arrived %s is refused with the days that would do', async (_name, arrivedOn) => {
  const { status, body } = await recordLetter(arrivedOn);
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'arrival-date-out-of-range' });
  expect(body.detail).toContain('2026-03-02');
  expect(body.detail).toContain('2026-03-07');
  expect(body.errors).toMatchObject([{ path: 'arrivedOn' }]);
  expect((await partOf(varsel, changeId, 'kunde-1')).state).toBe('awaiting-notice');
});

test('a letter to a controller that nobody knows is refused', async () => {
  expect((await recordLetter('2026-03-05', 'kunde-99')).status).toBe(404);
});

test('a letter opens the window by the day it arrived, not by the day it is recorded', async () => {
  const { status, body } = await recordLetter('2026-03-05');
  expect(status).toBe(201);
  expect(body).toMatchObject({
    state: 'open',
    // The first moment of that day in Copenhagen.
    notifiedAt: '2026-03-04T23:00:00.000Z',
    deadline: DEADLINE_BY_LETTER,
  });
  expect(await changeNow(varsel, changeId)).toMatchObject({
    controllers: { total: 1, notified: 1, windowsOpen: 1 },
    lastDeadline: DEADLINE_BY_LETTER,
  });
});

test('a second letter restarts nothing, and both are kept with who recorded them', async () => {
  expect((await recordLetter('2026-03-07')).body).toMatchObject({ deadline: DEADLINE_BY_LETTER });
  const { rows } = await varsel.database.pool.query(
    'select arrived_on::text, reference, recorded_by from letters order by id',
  );
  expect(rows).toEqual([
    { arrived_on: '2026-03-05', reference: 'PostNord RR123456785DK', recorded_by: expect.stringMatching(/^key /) },
    { arrived_on: '2026-03-07', reference: 'PostNord RR123456785DK', recorded_by: expect.stringMatching(/^key /) },
  ]);
});

test('an objection by letter is in time until the deadline, and the change is activated after it', async () => {
  varsel.clock.set(DEADLINE_BY_LETTER);
  await varsel.deliver();
  const { body } = await varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/objections`)
    .send({
      controller: 'kunde-1',
      reasons: 'Vi kender ikke leverandøren',
      channel: 'letter',
      receivedAt: '2026-03-15T22:59:59.999Z',
      from: { name: 'Dorthe Persson' },
    });
  expect(body.status).toBe('pending');
  expect(await activate(varsel, changeId)).toMatchObject([{ code: 'objections-pending' }]);
  await varsel
    .api()
    .post(`/v1/objections/${body.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
  expect(await activate(varsel, changeId)).toEqual([]);
});

test('the letter that is recorded on the evening of the day it arrived counts that day in Copenhagen', async () => {
  // 22:30 UTC on the 15th of June is half past midnight on the 16th in Copenhagen.
  varsel.clock.set('2026-06-15T22:30:00Z');
  changeId = await announce(varsel, {
    subProcessor: { ...(await changeNow(varsel, changeId)).subProcessor, name: 'Vega A/S', registrationNumber: '1' },
    plannedActivationOn: '2026-06-27',
  });
  expect((await recordLetter('2026-06-15')).body.code).toBe('arrival-date-out-of-range');
  expect((await recordLetter('2026-06-16')).body).toMatchObject({ deadline: '2026-06-26T22:00:00.000Z' });
});
