import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { aController } from '../support/examples.ts';
import { tokenIn } from '../support/mailbox.ts';
import { announce, haveControllers, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const LAST_MILLISECOND = '2026-03-12T22:59:59.999Z';
const DEADLINE = '2026-03-12T23:00:00.000Z';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aController(2)]);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

interface Opened {
  readonly changeId: string;
  readonly token: string;
  /** The token of the second controller. */
  readonly other: string;
}

/** A new change of which both controllers have been notified, with the tokens out of their mails. */
async function open(): Promise<Opened> {
  const subProcessor = varsel.newCompany();
  const changeId = await announce(varsel, { subProcessor, plannedActivationOn: '2026-04-15' });
  await varsel.deliver();
  const tokenOf = (number: number) => {
    const mails = varsel.mailbox.to(`dpo@kunde-${number}.example`);
    const notice = mails.find(({ text }) => text?.includes(subProcessor.name));
    if (notice === undefined) throw new Error('no notice');
    return tokenIn(notice);
  };
  return { changeId, token: tokenOf(1), other: tokenOf(2) };
}

const object = (token: string, body: object | string = { reasons: 'USA', name: 'Dorthe Persson' }) =>
  varsel.customer().post(`/objections/${token}`).set('content-type', 'application/json').send(body);
const attempts = async (changeId: string) =>
  (await varsel.api('reader').get(`/v1/changes/${changeId}/objections`)).body.items;

describe('an objection as JSON through the link', () => {
  test('gets 201, the address of its receipt, and the objection', async () => {
    const { changeId, token } = await open();
    varsel.clock.set(LAST_MILLISECOND);
    const response = await object(token);
    expect(response.status).toBe(201);
    expect(response.headers.location).toBe(`/objections/${token}/${response.body.id}`);
    expect(response.body).toEqual({
      id: expect.any(String),
      number: expect.any(Number),
      changeId,
      controller: 'kunde-1',
      channel: 'link',
      messageId: varsel.links.messageIdOf(token),
      from: { name: 'Dorthe Persson', email: 'dpo@kunde-1.example' },
      reasons: 'USA',
      receivedAt: LAST_MILLISECOND,
      status: 'pending',
      rejectedFor: null,
      resolution: null,
      withdrawal: null,
    });
    expect(await attempts(changeId)).toMatchObject([response.body]);
    expect((await varsel.customer().get(response.headers.location ?? '')).status).toBe(200);
  });

  test.each(['USA', 'Vi er uenige i overførslen', 'x'.repeat(20_000), '🦀 a'])(
    'counts as it was typed: %.30s',
    async (reasons) => {
      const { token } = await open();
      expect(await object(token, { reasons, name: 'D' })).toMatchObject({ status: 201, body: { reasons } });
    },
  );

  test.each<[string, object]>([
    ['left out', {}],
    ['null', { reasons: null }],
    ['nothing', { reasons: '' }],
    ['invisible', { reasons: '\u200b\ufeff\u00ad\u2060\u00a0' }],
    ['a Danish placeholder', { reasons: 'Ingen.' }],
    ['an English placeholder', { reasons: 'n/a' }],
    ['punctuation', { reasons: '---' }],
  ])('without reasons is rejected with the deadline and kept on record: %s', async (_what, body) => {
    const { changeId, token } = await open();
    const response = await object(token, body);
    expect(response).toMatchObject({
      status: 422,
      body: { code: 'reasons-required', deadline: DEADLINE, instance: '/objections/[token]' },
    });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(await attempts(changeId)).toMatchObject([{ status: 'rejected', rejectedFor: 'reasons-required' }]);
  });

  test('is late at the deadline, which is named, and is kept with its full text', async () => {
    const { changeId, token } = await open();
    varsel.clock.set(DEADLINE);
    expect(await object(token)).toMatchObject({ status: 409, body: { code: 'window-closed', deadline: DEADLINE } });
    expect(await attempts(changeId)).toMatchObject([{ rejectedFor: 'window-closed', reasons: 'USA' }]);
  });

  test('is refused once the change has ended', async () => {
    const { changeId, token } = await open();
    await withdraw(varsel, changeId);
    expect(await object(token)).toMatchObject({ status: 409, body: { code: 'change-ended' } });
  });

  test.each([
    ['x'.repeat(1_000_000), 1_000_000],
    ['æ'.repeat(20_001), 20_001],
    ['🦀'.repeat(20_001), 20_001],
  ])('of more than 20,000 characters is told the limit and what was found: %.3s…', async (reasons, found) => {
    const { changeId, token } = await open();
    expect(await object(token, { reasons, name: 'D' })).toMatchObject({
      status: 400,
      body: {
        code: 'invalid-request',
        errors: [{ path: 'reasons', message: `Expected at most 20000 characters, found ${found}` }],
      },
    });
    expect(await attempts(changeId)).toEqual([]);
  });

  test('is not lost for U+0000 or half a surrogate pair', async () => {
    const { token } = await open();
    const body = JSON.stringify({ reasons: 'Nej\u0000 til \udfff USA', name: 'D\u0000\ud800' });
    expect(await object(token, body)).toMatchObject({ status: 201, body: { reasons: 'Nej\ufffd til \ufffd USA' } });
  });

  test.each([
    '{"reasons":',
    '[]',
    'null',
    '"USA"',
    '{"reasons":["USA"]}',
    '{"reasons":7}',
    '{"reasons":{"da":"USA"}}',
    '{"reasons":"USA","name":["D"]}',
    '{"reasons":"USA","force":true}',
    '{"reasons":"USA","receivedAt":"2026-03-01T00:00:00Z"}',
    '{"__proto__":{"reasons":"USA"}}',
    `{"reasons":"USA","name":"${'x'.repeat(201)}"}`,
    `{"reasons":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ])('is refused where it does not fit: %.60s', async (body) => {
    const { changeId, token } = await open();
    const response = await object(token, body);
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(await attempts(changeId)).toEqual([]);
  });

  test('is on record with who sent it and through what', async () => {
    const { token } = await open();
    const { body } = await object(token);
    expect(await rows(varsel.database.pool, 'select recorded_by from objections where id = $1', [body.id])).toEqual([
      { recorded_by: expect.stringMatching(/^link [0-9a-f-]{36}$/) },
    ]);
  });
});

describe('a token', () => {
  beforeEach(() => varsel.restart());

  /** Every request that a wrong token is tried with. */
  const tryAll = (token: string) =>
    Promise.all([
      object(token),
      varsel.customer().post(`/objections/${token}/${UNKNOWN_ID}/withdraw`).set('accept', 'application/json').send({}),
      varsel.customer().get(`/objections/${token}`).set('accept', 'application/json'),
      varsel.customer().get(`/objections/${token}/${UNKNOWN_ID}`).set('accept', 'application/json'),
    ]);

  test('that is tampered with, truncated, foreign, empty or made up is 404, the same for every kind of wrong', async () => {
    const { changeId, token } = await open();
    const flipped = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    const foreign = objectionLinks('another secret of the tests, of more than 32 bytes').tokenOf(changeId);
    const wrong = [
      ...[0, 10, 21, 22, 30, 42].map(flipped),
      ...[1, 20, 42].map((length) => token.slice(0, length)),
      `${token}A`,
      `${token}=`,
      token.toUpperCase(),
      token.toLowerCase(),
      foreign,
      UNKNOWN_ID,
      changeId,
      'null',
      '__proto__',
      'A'.repeat(43),
      'A'.repeat(400),
      '%00',
      encodeURIComponent("' or 1=1 --"),
      encodeURIComponent('<script>alert(1)</script>'),
      encodeURIComponent('../../v1/changes'),
      encodeURIComponent('🦀'),
    ];
    const seen = new Set<string>();
    for (const [index, each] of wrong.entries()) {
      // A restart resets the limit of 60 unknown links a minute.
      if (index % 12 === 0) await varsel.restart();
      for (const response of await tryAll(each)) {
        expect([each, response.status, response.body.code]).toEqual([each, 404, 'not-found']);
        seen.add(JSON.stringify({ ...response.body, instance: '', requestId: '' }));
      }
    }
    expect(seen.size).toBe(1);
    expect(await attempts(changeId)).toEqual([]);
  });

  test('is not guessed: who tries too many is told to wait, and a right one is taken still', async () => {
    const { token } = await open();
    const statuses = new Set<number>();
    for (let attempt = 0; attempt < 61; attempt += 1) statuses.add((await object(`guess-${attempt}`)).status);
    expect([...statuses]).toEqual([404, 429]);
    const refused = await object('one-more');
    expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await object(token)).status).toBe(201);
  });

  test('that is empty or cannot be read leads nowhere, also as JSON', async () => {
    for (const path of ['/objections', '/objections/', '/objections//x', '/objections/%E0%A4%A']) {
      const response = await fetch(`${varsel.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"reasons":"USA"}',
      });
      await response.body?.cancel();
      expect([path, response.status]).toEqual([path, 404]);
    }
  });

  test('shows and takes back objections of its own controller only', async () => {
    const { token, other } = await open();
    const { body: objection } = await object(token);
    const takeBack = (with_: string) =>
      varsel
        .customer()
        .post(`/objections/${with_}/${objection.id}/withdraw`)
        .set('accept', 'application/json')
        .send({});
    expect(await takeBack(other)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await varsel.customer().get(`/objections/${other}/${objection.id}`)).status).toBe(404);
    expect(await takeBack(token)).toMatchObject({ status: 202, body: { codeSentTo: 'dpo@kunde-1.example' } });
    expect(await rows(varsel.database.pool, 'select asked_by from mailed_codes')).toEqual([
      { asked_by: expect.stringMatching(/^link [0-9a-f-]{36}$/) },
    ]);
  });

  test('of one change is none for an objection to another', async () => {
    const [first, second] = [await open(), await open()];
    const { body: objection } = await object(first.token);
    const address = `/objections/${second.token}/${objection.id}`;
    expect((await varsel.customer().get(address)).status).toBe(404);
    expect((await varsel.customer().post(`${address}/withdraw`).send({})).status).toBe(404);
  });

  test('is no API key, and an API key is no token', async () => {
    const { token } = await open();
    expect((await varsel.customer().get('/v1/changes').set('authorization', `Bearer ${token}`)).status).toBe(401);
    expect((await object('admin-key-of-the-tests')).status).toBe(404);
  });
});
