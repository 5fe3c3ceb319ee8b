import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { anotherApp } from '../support/another-app.ts';
import { aController } from '../support/examples.ts';
import { announce, haveControllers, linkOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
/** A customer's link. */
let link: string;
beforeAll(async () => {
  varsel = await startVarsel();
  await haveControllers(varsel, [aController(1)]);
  link = await linkOf(varsel, await announce(varsel), 'kunde-1');
});
afterAll(() => varsel.close());

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

describe('the id of a request', () => {
  test.each([
    '/v1/changes',
    '/nowhere',
    '/register/truetalk',
    '/register/nowhere',
    '/objections/x',
    '/%zz',
    '/healthz',
  ])('is answered wherever it was taken: %s', async (path) => {
    const taken = await varsel.api().get(path).set('x-request-id', 'trace/7f3a:1');
    expect(taken.headers['x-request-id']).toBe('trace/7f3a:1');
    expect((await varsel.api().get(path)).headers['x-request-id']).toMatch(UUID_7);
  });

  test('stands in each problem', async () => {
    const accept = { accept: 'application/json', 'x-request-id': 'mine' };
    for (const path of ['/v1/nowhere', '/v1/products/x', '/v1/changes?limit=x', '/objections/x', '/register/x', '/%zz'])
      expect((await varsel.api().get(path).set(accept)).body).toMatchObject({ requestId: 'mine' });
    const announced = await varsel.api('reader').post('/v1/changes').set(accept).send({});
    expect(announced).toMatchObject({ status: 403, body: { requestId: 'mine' } });
  });

  test.each(['', 'two words', 'æ', 'x'.repeat(129), 'a\tb'])(
    'is made where the given one is not sane: %j',
    async (id) => {
      const { headers } = await varsel.api().get('/v1/changes').set('x-request-id', Buffer.from(id).toString('latin1'));
      expect(headers['x-request-id']).toMatch(UUID_7);
    },
  );

  test('is made where the given one has a token of ours in it', async () => {
    const token = link.split('/').at(-1) ?? '';
    const { headers } = await varsel.api().get('/v1/changes').set('x-request-id', `id-${token}`);
    expect(headers['x-request-id']).toMatch(UUID_7);
  });

  test('is made where the given one has the key of the request in it', async () => {
    const key = 'a-key-pasted-into-the-wrong-field';
    const { headers } = await varsel
      .customer()
      .get('/v1/changes')
      .set({ authorization: `Bearer ${key}`, 'x-request-id': `id-${key}` });
    expect(headers['x-request-id']).toMatch(UUID_7);
  });

  test('stands in each line of the log about its request', async () => {
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    onTestFinished(() => void vi.restoreAllMocks());
    const app = await anotherApp(varsel, { logLevel: 'info' });
    onTestFinished(() => app.close());
    for (const url of ['/v1/changes', '/register/truetalk', link, '/nowhere'])
      await app.inject({ url, headers: { 'x-request-id': 'of-the-test' } });
    const ofRequests = lines.filter((line) => line.includes('"req":') || line.includes('"res":'));
    expect(ofRequests).toHaveLength(8);
    for (const line of ofRequests) expect(JSON.parse(line)).toMatchObject({ requestId: 'of-the-test' });
  });
});

describe('a body of another type', () => {
  const post = (path: string, type: string | undefined, body: string | Buffer, encoding?: string) =>
    fetch(`${varsel.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer admin-key-of-the-tests',
        accept: 'application/json',
        ...(type !== undefined && { 'content-type': type }),
        ...(encoding !== undefined && { 'content-encoding': encoding }),
      },
      body: typeof body === 'string' ? Buffer.from(body) : new Uint8Array(body),
    });

  test.each([
    ['/v1/changes', 'text/xml', 'Found the Content-Type text/xml; expected application/json, in UTF-8.'],
    ['/v1/changes', undefined, 'Found a body without a Content-Type; expected application/json, in UTF-8.'],
    ['/v1/controllers/import', 'application/json', /^Found the Content-Type application\/json; expected .*x-ndjson/],
  ])('is refused on %s as %s, with what was sent and what is taken', async (path, type, detail) => {
    const response = await post(path, type, '{}');
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({
      code: 'unsupported-media-type',
      detail: expect.stringMatching(detail),
    });
  });

  test.each(['gzip', 'br', 'GZIP', 'identity, gzip'])('is refused where it is compressed: %s', async (encoding) => {
    for (const [path, type] of [
      ['/v1/changes', 'application/json'],
      ['/v1/controllers/import', 'application/x-ndjson'],
      [link, 'application/json'],
    ] as const) {
      const response = await post(path, type, gzipSync('{"reasons":"USA"}'), encoding);
      expect([response.status, response.headers.get('accept-encoding')]).toEqual([415, 'identity']);
      expect(await response.json()).toMatchObject({ detail: expect.stringContaining(`Content-Encoding ${encoding};`) });
    }
  });

  test('is taken where it says that it is not compressed', async () => {
    expect((await post('/v1/changes', 'application/json', '{}', 'identity')).status).toBe(400);
  });
});

describe('a parameter that cannot be taken', () => {
  test.each([
    ['/v1/changes?limit=abc', 'limit', 'Expected a whole number from 1 to 200'],
    ['/v1/changes?limit=1.5', 'limit', 'Expected a whole number from 1 to 200'],
    ['/v1/changes?limit=0', 'limit', 'Expected a whole number from 1 to 200'],
    ['/v1/changes?prodct=truetalk', 'prodct', 'Unknown parameter'],
  ])('is named in words: %s', async (path, name, message) => {
    const { status, body } = await varsel.api().get(path);
    expect([status, body.detail]).toEqual([400, 'The query does not fit its schema: see errors.']);
    expect(body.errors).toEqual([{ path: name, message }]);
  });

  test('a day or an instant that is missing or ill-formed is named in words', async () => {
    for (const plannedActivationOn of [undefined, null, 7, '2026-02-30', 'tomorrow']) {
      const { body } = await varsel.api().post('/v1/changes').send({ plannedActivationOn });
      const [fault] = body.errors.filter(({ path }: { path: string }) => path === 'plannedActivationOn');
      expect(fault.message).toBe('Expected a day that exists, as YYYY-MM-DD');
    }
  });
});
