import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import {
  aControllerOfTwo,
  announceAnother,
  haveControllers,
  mailsTo,
  objectThrough,
  tokenOf,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let changeId: string;

/** Three controllers are told; the mail system of the third knows nobody, and the second objects. */
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aControllerOfTwo(2), aController(3)]);
  varsel.mailbox.refuse('dpo@kunde-3.example', { code: 550, message: '5.1.1 No such user here' });
  changeId = await announceAnother(varsel);
  varsel.clock.advance('PT90S');
  await varsel.deliver();
  varsel.clock.set('2026-03-03T09:00:00Z');
  await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-2.example'), 'Vi er uenige i overførslen til USA.');
});
afterAll(() => varsel.close());

const get = async (address: string) => {
  const { status, body } = await varsel.api('reader').get(address);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};

test('what was sent is counted minute by minute, with what failed, and the windows by their last day', async () => {
  expect(await get(`/v1/changes/${changeId}/progress`)).toEqual({
    notices: { total: 4, pending: 0 },
    stepSeconds: 60,
    points: [
      { at: '2026-03-02T09:00:00.000Z', sent: 0, accepted: 0, failed: 0 },
      { at: '2026-03-02T09:01:00.000Z', sent: 4, accepted: 3, failed: 1 },
      { at: '2026-03-02T09:02:00.000Z', sent: 4, accepted: 3, failed: 1 },
    ],
    windows: [{ lastDay: '2026-03-12', deadline: '2026-03-12T23:00:00.000Z', controllers: 2, isOver: false }],
  });
});

test('of a change that is held there is nothing to count', async () => {
  const held = await announceAnother(varsel, { holdMinutes: 60 });
  expect(await get(`/v1/changes/${held}/progress`)).toEqual({
    notices: { total: 0, pending: 0 },
    stepSeconds: null,
    points: [],
    windows: [],
  });
});

test('who has objected, who is silent, and whoever is looked for', async () => {
  const found = async (filter: string) =>
    (await get(`/v1/changes/${changeId}/controllers?${filter}`)).items.map(
      ({ externalId }: { externalId: string }) => externalId,
    );
  expect(await found('objected=true')).toEqual(['kunde-2']);
  expect(await found('objected=false')).toEqual(['kunde-1', 'kunde-3']);
  expect(await found('silent=true')).toEqual(['kunde-1']);
  expect(await found('silent=false')).toEqual(['kunde-2', 'kunde-3']);
  expect(await found('q=ciso%40kunde-2')).toEqual(['kunde-2']);
  expect(await found('q=KUNDE%203&silent=false')).toEqual(['kunde-3']);
});

test('every message to a controller, with what the mail server said and what was reported', async () => {
  const { items } = await get(`/v1/changes/${changeId}/controllers/kunde-2/messages`);
  expect(items.map(({ kind, email, status }: Record<string, string>) => [kind, email, status])).toEqual([
    ['notice', 'dpo@kunde-2.example', 'accepted'],
    ['notice', 'ciso@kunde-2.example', 'accepted'],
    ['objection-received', 'dpo@kunde-2.example', 'pending'],
    ['objection-received', 'ciso@kunde-2.example', 'pending'],
  ]);
  expect(items[0]).toMatchObject({
    controller: 'kunde-2',
    attempts: [{ outcome: 'accepted', responseCode: 250 }],
    reports: [],
    arrivals: [],
  });
  const first = await get(`/v1/changes/${changeId}/controllers/kunde-2/messages?limit=3`);
  const second = await get(`/v1/changes/${changeId}/controllers/kunde-2/messages?cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items]).toEqual(items);
  const { items: failed } = await get(`/v1/changes/${changeId}/controllers/kunde-3/messages`);
  expect(failed).toMatchObject([
    { status: 'failed', attempts: [{ outcome: 'failed', response: expect.stringContaining('No such user here') }] },
  ]);
  await varsel.api('reader').get(`/v1/changes/${changeId}/controllers/nobody/messages`).expect(404);
});

test('what has happened to a change comes the latest first, also of one kind alone', async () => {
  const { items } = await get(`/v1/changes/${changeId}/events`);
  const types = items.map(({ type }: { type: string }) => type);
  expect(types).toEqual(['objection.received', 'notice.failed', 'change.announced']);
  const one = await get(`/v1/changes/${changeId}/events?type=objection.*`);
  expect(one.items.map(({ type }: { type: string }) => type)).toEqual(['objection.received']);
  const { body } = await varsel.api('reader').get(`/v1/changes/${changeId}/events?type=webhook.*`).expect(400);
  expect(body.errors).toMatchObject([{ path: 'type' }]);
});

test('an end is seen before it is made: the mails that go out are those that were shown', async () => {
  const reason = { da: 'Aftalen blev ikke til noget', en: 'There is no contract' };
  const ended = await announceAnother(varsel);
  await varsel.deliver();
  const preview = (what: string) => varsel.api('officer').post(`/v1/changes/${ended}/${what}/preview`);
  const { body: shown } = await preview('withdraw').send({ reason }).expect(200);
  expect(shown.controllers).toBe(2);
  expect(shown.messages.map(({ kind, language }: Record<string, string>) => [kind, language])).toEqual([
    ['change-withdrawn', 'da'],
    ['change-withdrawn', 'en'],
  ]);
  expect(shown.messages[1].text).toContain('There is no contract');
  const { body: activation } = await preview('activate').expect(200);
  expect(activation).toMatchObject({ controllers: 3, messages: [{ kind: 'change-activated', language: 'da' }, {}] });

  await withdraw(varsel, ended, reason);
  await varsel.deliver();
  const subjects = mailsTo(varsel, 'ciso@kunde-2.example').map(({ subject }) => subject?.replace(/ \[.*/, ''));
  expect(subjects).toContain(shown.messages[1].subject.replace(/ \[.*/, ''));
  const { body } = await preview('withdraw').send({ reason }).expect(409);
  expect(body.code).toBe('change-ended');
});

test('while a change is held, its withdrawal tells nobody', async () => {
  const held = await announceAnother(varsel, { holdMinutes: 60 });
  const { body } = await varsel
    .api('officer')
    .post(`/v1/changes/${held}/withdraw/preview`)
    .send({ reason: { da: 'Fejl' } })
    .expect(200);
  expect(body).toEqual({ controllers: 0, messages: [] });
});
