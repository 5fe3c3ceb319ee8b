import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import {
  aControllerOfTwo,
  announceAnother,
  haveControllers,
  notifyByLetter,
  partOf,
  SUBJECTS,
  mailsTo,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const NO_SUCH_USER = { code: 550, message: '5.1.1 No such user here' };

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
});
afterAll(() => varsel.close());

const resendFailed = (id: string) => varsel.api('officer').post(`/v1/changes/${id}/resend-failed`);

test('whoever is not notified because its notices failed is notified again, and nobody else', async () => {
  await haveControllers(varsel, [
    aController(1),
    aControllerOfTwo(2),
    aController(3),
    aController(4),
    aControllerOfTwo(5),
  ]);
  const refused = [2, 3, 4].map((number) => `dpo@kunde-${number}.example`);
  for (const address of [...refused, 'ciso@kunde-2.example', 'dpo@kunde-5.example'])
    varsel.mailbox.refuse(address, NO_SUCH_USER);
  const id = await announceAnother(varsel);
  await varsel.deliver();
  // A letter notifies, too; and so does the other contact of the fifth.
  await notifyByLetter(varsel, id, ['kunde-4'], '2026-03-02');
  const failed = await varsel.api('reader').get(`/v1/changes/${id}/controllers?failed=true`).expect(200);
  expect(failed.body.items.map(({ externalId }: { externalId: string }) => externalId)).toEqual(['kunde-2', 'kunde-3']);

  const first = await resendFailed(id).set('Idempotency-Key', 'again').expect(202);
  expect(first.body).toEqual({ controllers: 2, notices: 3, left: 0 });
  expect((await resendFailed(id).set('Idempotency-Key', 'again')).body).toEqual(first.body);
  expect((await resendFailed(id).expect(202)).body).toEqual({ controllers: 0, notices: 0, left: 0 });

  varsel.mailbox.refuse('ciso@kunde-2.example', null);
  await varsel.deliver();
  expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({ state: 'open' });
  expect(await partOf(varsel, id, 'kunde-3')).toMatchObject({
    state: 'awaiting-notice',
    notices: [{ status: 'failed' }, { status: 'failed', response: expect.stringContaining('5.1.1 No such user here') }],
  });
  expect((await resendFailed(id).expect(202)).body).toEqual({ controllers: 1, notices: 1, left: 0 });
  varsel.mailbox.refuse('dpo@kunde-3.example', null);
  await varsel.deliver();
  expect((await resendFailed(id).expect(202)).body).toEqual({ controllers: 0, notices: 0, left: 0 });
  for (const number of [1, 3]) expect(mailsTo(varsel, `dpo@kunde-${number}.example`, SUBJECTS.notice)).toHaveLength(1);
  expect(mailsTo(varsel, 'ciso@kunde-5.example', SUBJECTS.notice)).toHaveLength(1);

  const { body: acts } = await varsel.api().get('/v1/audit?action=notice.resent&sort=at').expect(200);
  expect(acts.items.map(({ subject }: { subject: string }) => subject).toSorted()).toEqual([
    'kunde-2',
    'kunde-3',
    'kunde-3',
  ]);
});

test('of a change that has ended, or is none, nothing is sent', async () => {
  const id = await announceAnother(varsel);
  await withdraw(varsel, id);
  expect((await resendFailed(id)).body.code).toBe('change-ended');
  expect((await resendFailed('01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b')).status).toBe(404);
});

test('who has no contact left is not counted as somebody who can be notified', async () => {
  varsel.mailbox.refuse('dpo@kunde-4.example', null);
  varsel.mailbox.refuse('dpo@kunde-1.example', NO_SUCH_USER);
  const id = await announceAnother(varsel);
  await varsel.deliver();
  await varsel.database.owner.query(
    `delete from contacts where controller_id = (select id from controllers where external_id = 'kunde-1')`,
  );
  const { body } = await resendFailed(id).expect(202);
  expect(body).toEqual({ controllers: 0, notices: 0, left: 0 });
});
