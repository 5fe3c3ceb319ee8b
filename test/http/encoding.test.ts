import { afterAll, beforeAll, expect, test } from 'vitest';
import { anAnnouncement } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
});
afterAll(() => varsel.close());

const post = async (body: Buffer | string, type: string) => {
  const response = await fetch(`${varsel.url}/v1/changes`, {
    method: 'POST',
    headers: { authorization: 'Bearer officer-key-of-the-tests', 'content-type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as { code: string; detail: string } };
};

test('JSON in another encoding than UTF-8 is refused, and nothing of it is announced as something nobody wrote', async () => {
  const json = JSON.stringify(anAnnouncement()).replace('Havnegade', 'Blåbærgade');
  const refused = await post(Buffer.from(json, 'latin1'), 'application/json');
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  expect(refused.body.detail).toContain('UTF-8');
  expect((await varsel.api().get('/v1/changes').expect(200)).body.items).toEqual([]);
  expect((await post(json, 'application/json')).status).toBe(201);
});

test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])(
  '%s is refused as a type',
  async (type) => {
    expect(await post('{}', type)).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  },
);
