import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  aControllerOfTwo,
  activate,
  announce,
  changeNow,
  DEADLINE,
  eventsOf,
  haveControllers,
  objectThrough,
  REASONS,
  SUBJECTS,
  subjectsTo,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

let varsel: TestVarsel;
let changeId: string;
let token: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aControllerOfTwo(1), aController(2)]);
  changeId = await announce(varsel);
  await varsel.deliver();
  token = tokenOf(varsel, 'dpo@kunde-1.example');
  varsel.clock.set(DEADLINE);
  await varsel.deliver();
  await varsel.remember();
});
afterEach(async () => {
  await expectDerived(varsel.database);
  await varsel.restore();
});
afterAll(() => varsel.close());

async function theAttempt() {
  const { body } = await varsel.api('reader').get(`/v1/changes/${changeId}/objections?status=rejected`);
  expect(body.items).toHaveLength(1);
  return body.items[0];
}

const acceptLate = (id: string, explanation?: string) =>
  varsel
    .api('officer')
    .post(`/v1/objections/${id}/accept-late`)
    .send(explanation === undefined ? {} : { explanation });

test('an objection in the first millisecond after the window is rejected with the deadline, and kept with its text', async () => {
  const { status, body } = await objectThrough(varsel, token, REASONS);
  expect({ status, code: body.code, deadline: body.deadline }).toEqual({
    status: 409,
    code: 'window-closed',
    deadline: DEADLINE,
  });
  expect(await theAttempt()).toMatchObject({
    controller: 'kunde-1',
    reasons: REASONS,
    receivedAt: DEADLINE,
    status: 'rejected',
    rejectedFor: 'window-closed',
  });
  expect((await changeNow(varsel, changeId)).activation).toMatchObject({ allowed: true, blockers: [] });
});

test('the page gives a late objection back with what was typed, the deadline, and no way to send it again', async () => {
  const { status, text } = await varsel
    .customer()
    .post(`/objections/${token}?lang=en`)
    .type('form')
    .send({ reasons: REASONS, name: 'Dorthe Persson' });
  expect(status).toBe(409);
  expect(text).toContain('The objection came after the deadline');
  expect(text).toContain('Thursday 12 March 2026 at 23:59 Danish time');
  expect(text).toContain(REASONS);
  expect(text.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
  expect(text.match(/<button[^>]*type="submit"/g)).toHaveLength(1);
});

test('an officer can accept it after all: it is pending, blocks, and every contact gets the receipt', async () => {
  await objectThrough(varsel, token, REASONS);
  const attempt = await theAttempt();
  varsel.clock.set('2026-03-13T09:00:00Z');
  const { status, body } = await acceptLate(attempt.id, 'Kundens mailsystem var nede.');
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { id: attempt.id, status: 'pending', rejectedFor: null, receivedAt: DEADLINE },
  });
  expect(await activate(varsel, changeId)).toEqual([
    { code: 'objections-pending', count: 1, objections: [attempt.id] },
  ]);
  await varsel.deliver();
  for (const address of ['dpo@kunde-1.example', 'ciso@kunde-1.example']) {
    expect(wordsOf(theMailTo(varsel, address, SUBJECTS.received))).toContain(REASONS);
  }
  expect(subjectsTo(varsel, 'dpo@kunde-2.example')).toHaveLength(1);
  const { rows } = await varsel.database.pool.query(
    'select decision, explanation, decided_by from objection_decisions where objection_id = $1',
    [attempt.id],
  );
  expect(rows).toEqual([
    {
      decision: 'accepted-late',
      explanation: 'Kundens mailsystem var nede.',
      decided_by: expect.stringMatching(/^key /),
    },
  ]);

  expect((await acceptLate(attempt.id)).body.code).toBe('objection-not-late');
  await varsel
    .api()
    .post(`/v1/objections/${attempt.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
  expect(await activate(varsel, changeId)).toEqual([]);
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'change.windows-closed',
    'objection.rejected',
    'objection.received',
    'objection.resolved',
    'change.activated',
    'entitlement.changed',
  ]);
});

test('after the activation it is rejected, and cannot be accepted any more', async () => {
  await objectThrough(varsel, token, REASONS);
  const attempt = await theAttempt();
  expect(await activate(varsel, changeId)).toEqual([]);
  const { status, body } = await acceptLate(attempt.id);
  expect({ status, code: body.code }).toEqual({ status: 409, code: 'change-ended' });
  const after = await objectThrough(varsel, token, REASONS);
  expect({ status: after.status, code: after.body.code }).toEqual({ status: 409, code: 'change-ended' });
  expect((await varsel.api().get(`/v1/changes/${changeId}/objections`)).body.items).toMatchObject([
    { status: 'rejected', rejectedFor: 'window-closed', reasons: REASONS },
    { status: 'rejected', rejectedFor: 'change-ended', reasons: REASONS },
  ]);
  const page = await varsel.customer().get(`/objections/${token}?lang=en`);
  expect(page.text).toContain('The change has taken effect');
});

test('a late attempt without reasons is rejected as late, and is no objection that could be accepted', async () => {
  const late = await objectThrough(varsel, token, 'n/a');
  expect(late.body.code).toBe('window-closed');
  const { status, body } = await acceptLate((await theAttempt()).id);
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'reasons-required' });
});
