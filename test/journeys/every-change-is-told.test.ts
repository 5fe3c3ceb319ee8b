import { isDeepStrictEqual } from 'node:util';
import type { Response } from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { pagesOf } from '../support/pages.ts';
import {
  activate,
  announce,
  changeNow,
  eventsOf,
  haveControllers,
  leave,
  linkOf,
  mailsTo,
  notifyByLetter,
  objectionsOf,
  objectThrough,
  partOf,
  REASONS,
  SUBJECTS,
  tokenOf,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';

const COMPANY = 'varsel@telenor.example';
const emailOf = (number: number) => `dpo@kunde-${number}.example`;

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: [COMPANY] });
  await haveControllers(
    varsel,
    [1, 2, 3].map((number) => aController(number)),
  );
});
afterAll(() => varsel.close());

/** What a change shows but for the progress of sending, which has no version (D37). */
function figuresOf({ status, controllers, objections, answers, lastDeadline, activation }: Response['body']) {
  return { status, controllers, objections, answers, lastDeadline, activation };
}

/**
 * Goes through what happens to a change, step by step. Each step tells exactly these events. Where it alters what the change
 * shows it raises the version, and the last event has told the change as it is now.
 */
function following(changeId: string) {
  return async (types: readonly string[], act: () => Promise<unknown>): Promise<Response['body']> => {
    const before = await changeNow(varsel, changeId);
    await act();
    const after = await changeNow(varsel, changeId);
    expect((await eventsOf(varsel, changeId)).slice(before.version)).toEqual(types);
    expect(after.version).toBe(before.version + types.length);
    const isSame = isDeepStrictEqual(figuresOf(before), figuresOf(after));
    if (types.length === 0) expect(isSame, JSON.stringify([figuresOf(before), figuresOf(after)])).toBe(true);
    const { rows } = await varsel.database.pool.query(
      'select data from events where change_id = $1 order by sequence desc limit 1',
      [changeId],
    );
    if (types.length > 0) expect(figuresOf(rows[0].data.change)).toEqual(figuresOf(after));
    return rows[0].data;
  };
}

const officer = () => varsel.api('officer');
async function done(request: PromiseLike<Response>): Promise<Response['body']> {
  const { status, body } = await request;
  expect([200, 201, 202, 204], JSON.stringify(body)).toContain(status);
  return body;
}

const addressesOf = (number: number) => {
  const [notice] = mailsTo(varsel, emailOf(number), SUBJECTS.notice).slice(-1);
  if (notice === undefined) throw new Error(`no notice to ${emailOf(number)}`);
  return returnAddressesOf(notice);
};
const answer = (number: number, text: string) =>
  mailIn(varsel, anAnswer(text), { from: emailOf(number), to: addressesOf(number).reply });
const bounce = (number: number) =>
  mailIn(varsel, aBounce(emailOf(number)), { from: '', to: addressesOf(number).bounce });

test('whatever alters the blockers or counts of a change raises its version, and an event tells it', async () => {
  const changeId = await announce(varsel);
  const step = following(changeId);
  const newestAnswer = async () =>
    (await done(officer().get(`/v1/changes/${changeId}/answers?status=unread`))).items.at(-1).id;
  const classify = (id: string, decision: string, insteadOf: string | null = null) =>
    done(officer().post(`/v1/answers/${id}/classify`).send({ decision, insteadOf, explanation: 'Læst igen.' }));
  const pending = async () => (await objectionsOf(varsel, changeId)).find(({ status }) => status === 'pending')?.id;
  const resolve = async () =>
    done(
      officer()
        .post(`/v1/objections/${await pending()}/resolve`)
        .send({ outcome: 'invalid', explanation: 'Fejl' }),
    );
  await step(['change.notified'], () => varsel.deliver());

  // Answers.
  await step(['answer.received'], () => answer(1, 'Vi gør indsigelse, fordi data flyttes.'));
  const first = await newestAnswer();
  const { answer: told } = await step(['answer.classified'], () => classify(first, 'not-an-objection'));
  expect(told).toEqual({
    id: first,
    controller: 'kunde-1',
    receivedAt: '2026-03-02T09:00:00.000Z',
    status: 'not-an-objection',
    objectionId: null,
    approvalId: null,
  });
  await step(['objection.received', 'answer.classified'], () => classify(first, 'objection', 'not-an-objection'));
  await step(['objection.resolved', 'answer.classified'], () => classify(first, 'not-an-objection', 'objection'));

  // Mails that no answer follows from at once.
  const automatic = `From: ${emailOf(1)}\nSubject: Autosvar\nAuto-Submitted: auto-replied\n\nJeg er på ferie.\n`;
  await step([], () => mailIn(varsel, automatic, { from: emailOf(1), to: addressesOf(1).reply }));
  const mailOf = async (url: string) => (await done(officer().get(url))).items.at(-1).id;
  const reply = await mailOf(`/v1/changes/${changeId}/mails?takenAs=automatic`);
  await step(['answer.received'], () => done(officer().post(`/v1/mails/${reply}/answer`).send({})));
  await step(['answer.classified'], async () => classify(await newestAnswer(), 'not-an-objection'));
  const nameless = 'From: x@kunde.example\nSubject: Underdatabehandler\n\nVi gør indsigelse.\n';
  await step([], () => mailIn(varsel, nameless, { from: 'x@kunde.example', to: COMPANY }));
  const found = await mailOf('/v1/mails?attributed=false');
  await step(['answer.received'], async () => {
    await done(officer().post(`/v1/mails/${found}/attribute`).send({ changeId, controller: 'kunde-2' }));
    await varsel.readMails();
  });
  await step(['answer.classified'], async () => classify(await newestAnswer(), 'not-an-objection'));

  // Who counts.
  await step(['controller.joined'], () => haveControllers(varsel, [aController(4)]));
  const { controllers: late } = await step(['controller.notified'], () => varsel.deliver());
  expect(late).toEqual({ count: 1, externalIds: ['kunde-4'] });
  const lines = [5, 6, 7].map((number) => JSON.stringify(aController(number))).join('\n');
  const { controllers: joined } = await step(['controller.joined'], () =>
    done(varsel.api().post('/v1/controllers/import').set('content-type', 'application/x-ndjson').send(lines)),
  );
  expect(joined).toEqual({ count: 3, externalIds: ['kunde-5', 'kunde-6', 'kunde-7'] });
  await step(['controller.notified'], () => notifyByLetter(varsel, changeId, ['kunde-5'], '2026-03-02'));
  await step([], () => notifyByLetter(varsel, changeId, ['kunde-5'], '2026-03-02'));
  await step(['controller.left'], () => leave(varsel, 'kunde-7'));
  await step(['controller.notified'], () => varsel.deliver());

  // Notices that come back.
  const { notice } = await step(['notice.bounced'], () => bounce(2));
  expect(notice).toMatchObject({ controller: 'kunde-2', effect: 'reopened' });
  const evidence = { evidence: 'Talte med dem i telefonen' };
  await step(['notice.reached'], () => done(officer().post(`/v1/notices/${notice.id}/reached`).send(evidence)));
  await step(['notice.bounced'], () => bounce(3));
  await step([], () => done(officer().post(`/v1/changes/${changeId}/controllers/kunde-3/resend`).send({})));
  await step(['controller.notified'], () => varsel.deliver());

  // Objections.
  const link = await linkOf(varsel, changeId, 'kunde-1');
  await step(['objection.received'], () => objectThrough(varsel, tokenOf(varsel, emailOf(1)), REASONS));
  await step(['objection.rejected'], () => objectThrough(varsel, tokenOf(varsel, emailOf(1)), 'nej'));
  const pages = pagesOf(varsel);
  const id = (await pending()) ?? '';
  await step([], () => requestWithdrawal({ varsel, pages }, { link, id, email: emailOf(1) }));
  await varsel.deliver();
  varsel.clock.set('2026-03-04T09:00:00Z');
  await step(['objection.resolved'], () => varsel.deliver());
  await step(['objection.received'], () => objectThrough(varsel, tokenOf(varsel, emailOf(4)), REASONS));
  await step(['objection.resolved'], resolve);

  // Time.
  varsel.clock.set('2026-03-10T09:00:00Z');
  const { deadline } = await step(['deadline.approaching'], () => varsel.deliver());
  expect(deadline).toEqual({
    at: '2026-03-12T23:00:00.000Z',
    windowsOpen: 6,
    objectionsPending: 0,
    answersUnread: 0,
    answersAwaited: 0,
  });
  varsel.clock.set('2026-03-13T09:00:00Z');
  await step(['change.windows-closed'], () => varsel.deliver());
  await step(['objection.rejected'], () => objectThrough(varsel, tokenOf(varsel, emailOf(4)), 'Vi er uenige i det'));
  const lateOne = (await objectionsOf(varsel, changeId)).at(-1)?.id;
  await step(['objection.received'], () => done(officer().post(`/v1/objections/${lateOne}/accept-late`).send({})));
  await step(['objection.resolved'], resolve);

  // Counts that a hand has altered, where they hide no blocker: the job compares all of them once an hour.
  varsel.clock.advance({ hours: 1 });
  await varsel.database.owner.query('delete from change_counts where change_id = $1', [changeId]);
  await step(['change.corrected'], () => varsel.deliver());

  // After the end.
  await step(['change.activated', 'entitlement.changed'], () => activate(varsel, changeId));
  await step([], () => varsel.deliver());
  const incident = await step(['notice.bounced'], () => bounce(6));
  expect(incident.notice).toMatchObject({ controller: 'kunde-6', effect: 'incident' });
  await step(['answer.received'], () => answer(1, 'Hvornår er det i kraft?'));
  await step(['answer.classified'], async () => classify(await newestAnswer(), 'not-an-objection'));
  expect(await partOf(varsel, changeId, 'kunde-7')).toBeUndefined();
});

test('and so does what alters a change that is withdrawn', async () => {
  await haveControllers(varsel, [aController(8)]);
  const changeId = await announce(varsel, { subProcessor: varsel.newCompany(), plannedActivationOn: '2026-05-01' });
  const step = following(changeId);
  const token = (await linkOf(varsel, changeId, 'kunde-8')).replace(/.*\//, '');
  await step(['objection.received'], () => objectThrough(varsel, token, REASONS));
  await varsel.deliver();
  const types = ['change.withdrawn', 'objection.resolved'];
  await step(types, () => withdraw(varsel, changeId));
  await step([], () => varsel.deliver());
  await step(['notice.bounced'], () => bounce(8));
});
