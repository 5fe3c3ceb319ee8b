import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { aBounce, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { announce, haveControllers, messagesTo, partOf, SUBJECTS, theMailTo, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const PERSON = 'dpo@kunde-1.example';
const SENT = '2026-03-02T09:00:00.000Z';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
let changeId: string;
let noticeId: string;
beforeAll(async () => {
  varsel = await startVarsel(SENT, {});
  await haveControllers(varsel, [aController(1)]);
  changeId = await announce(varsel);
  noticeId = (await partOf(varsel, changeId, 'kunde-1')).notices[0].id;
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

async function notice(id = noticeId) {
  const { status, body } = await varsel.api('reader').get(`/v1/notices/${id}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** The report of a mail system comes back. */
async function bounce(report = aBounce(PERSON)): Promise<void> {
  const { bounce: to } = returnAddressesOf(theMailTo(varsel, PERSON, SUBJECTS.notice));
  expect(await mailIn(varsel, report, { from: '', to })).toMatchObject({ code: 250 });
}

test('a notice that waits has no attempts yet', async () => {
  expect(await notice()).toEqual({
    id: noticeId,
    kind: 'notice',
    changeId,
    controller: 'kunde-1',
    email: PERSON,
    name: expect.any(String),
    language: 'da',
    status: 'pending',
    createdAt: SENT,
    acceptedAt: null,
    attempts: [],
    reports: [],
    arrivals: [],
    furtherAttempts: { count: 0, latest: [] },
  });
});

test('an accepted notice has the words that it was accepted with, and what it told', async () => {
  await varsel.deliver();
  expect(await notice()).toMatchObject({
    status: 'accepted',
    acceptedAt: SENT,
    attempts: [
      {
        startedAt: SENT,
        finishedAt: SENT,
        outcome: 'accepted',
        responseCode: 250,
        response: expect.stringMatching(/^250 \S/),
        tls: null,
        printedDeadline: '2026-03-12T23:00:00.000Z',
      },
    ],
    reports: [],
  });
});

test('every attempt is there, in the order in which they were made', async () => {
  varsel.mailbox.refuse(PERSON, { code: 450, message: '4.2.0 Busy' });
  await varsel.deliver();
  varsel.mailbox.refuse(PERSON, null);
  varsel.clock.advance({ hours: 1 });
  await varsel.deliver();
  expect((await notice()).attempts).toMatchObject([
    { outcome: 'retry', responseCode: 450, response: expect.stringContaining('4.2.0 Busy'), finishedAt: SENT },
    { outcome: 'accepted', responseCode: 250, finishedAt: '2026-03-02T10:00:00.000Z' },
  ]);
});

test('a report that came by mail is there with its effect, and an officer reads its mail', async () => {
  await varsel.deliver();
  varsel.clock.advance({ minutes: 5 });
  const delay = aBounce(PERSON, { action: 'delayed', status: '4.4.1' });
  await bounce(delay);
  await bounce();
  const found = await notice();
  expect(found).toMatchObject({
    status: 'failed',
    acceptedAt: null,
    attempts: [{ outcome: 'accepted' }],
    reports: [
      { action: 'delayed', status: '4.4.1', effect: 'none' },
      {
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 no such user',
        effect: 'reopened',
        recordedAt: '2026-03-02T09:05:00.000Z',
        recordedBy: expect.any(String),
        mailId: expect.any(String),
      },
    ],
  });
  const [first, second] = found.reports;
  for (const [report, sent] of [
    [first, delay],
    [second, aBounce(PERSON)],
  ]) {
    const address = `/v1/notices/${noticeId}/reports/${report.id}/mail`;
    const { status, body } = await varsel.api('officer').get(address);
    expect(status).toBe(200);
    expect(Buffer.from(body.base64, 'base64').toString('utf8')).toBe(sent.replaceAll('\n', '\r\n'));
    expect((await varsel.api('reader').get(address)).body.code).toBe('forbidden');
    const { body: mail } = await varsel.api('officer').get(`/v1/mails/${report.mailId}`);
    expect(mail).toMatchObject({
      takenAs: 'report',
      messageId: noticeId,
      text: expect.stringContaining('This is the mail system at host mx.kunde.example.'),
    });
    expect((await varsel.api('officer').get(`/v1/mails/${report.mailId}/raw`)).body).toEqual(body);
  }
});

test('a report of a mail provider is there, and has no mail', async () => {
  await varsel.deliver();
  const report = { action: 'failed', status: '5.1.1', diagnostic: 'No such user', evidence: { provider: 'x' } };
  const { body: recorded } = await varsel.api('officer').post(`/v1/notices/${noticeId}/bounce`).send(report);
  expect((await notice()).reports).toMatchObject([
    { id: recorded.id, effect: 'reopened', mailId: null, recordedBy: expect.stringContaining('Test officer') },
  ]);
  const mail = await varsel.api('officer').get(`/v1/notices/${noticeId}/reports/${recorded.id}/mail`);
  expect(mail).toMatchObject({ status: 404, body: { code: 'not-found' } });
});

test('the mail of a report is under its own notice only', async () => {
  await varsel.deliver();
  await bounce();
  const [report] = (await notice()).reports;
  for (const address of [
    `/v1/notices/${UNKNOWN_ID}/reports/${report.id}/mail`,
    `/v1/notices/${noticeId}/reports/${UNKNOWN_ID}/mail`,
    `/v1/notices/${noticeId}/reports/${report.mailId}/mail`,
  ]) {
    expect(await varsel.api('officer').get(address)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  }
});

test('a notice that waited when its change was withdrawn is cancelled', async () => {
  await withdraw(varsel, changeId);
  expect(await notice()).toMatchObject({ status: 'cancelled', attempts: [] });
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ notices: [{ status: 'cancelled' }] });
});

test('the other messages to a contact are found in the same way', async () => {
  await varsel.deliver();
  await withdraw(varsel, changeId);
  await varsel.deliver();
  const [, told] = await messagesTo(varsel, changeId, PERSON);
  expect(await notice(told?.id)).toMatchObject({ kind: 'change-withdrawn', status: 'accepted' });
});

test('there is no notice that does not exist, and none under what is no id', async () => {
  expect(await varsel.api('reader').get(`/v1/notices/${UNKNOWN_ID}`)).toMatchObject({ status: 404 });
  for (const id of ['1', "'", '%00', `${noticeId}0`]) {
    expect([400, 404]).toContain((await varsel.api('reader').get(`/v1/notices/${id}`)).status);
  }
});
