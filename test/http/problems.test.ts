import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oneRow } from '../../src/db/postgres.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
});
afterAll(() => varsel.close());

const postText = (body: string | Buffer, type = 'application/json') =>
  varsel.api().post('/v1/changes').set('content-type', type).send(body);

describe('a problem', () => {
  test('has the form of RFC 9457, with the page that explains it', async () => {
    const response = await varsel.api().get('/v1/products/nowhere');
    expect(response.status).toBe(404);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toEqual({
      type: '/problems/not-found',
      title: 'There is no such thing',
      status: 404,
      detail: 'There is no product nowhere.',
      instance: '/v1/products/nowhere',
      code: 'not-found',
      requestId: response.headers['x-request-id'],
    });
    expect((await varsel.customer().get(response.body.type)).status).toBe(200);
  });

  test('lists every fault of a body, each where it is', async () => {
    const { body } = await varsel
      .api()
      .post('/v1/changes')
      .send({
        ...anAnnouncement(),
        product: 7,
        reason: { en: '' },
        subProcessor: aSubProcessor(1, { country: 'XX' }),
        a: 1,
        b: 2,
      });
    expect(body).toMatchObject({ status: 400, code: 'invalid-request', detail: expect.stringContaining('see errors') });
    expect(body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual(
      ['product', 'reason.da', 'reason.en', 'subProcessor.country', 'a', 'b'].toSorted(),
    );
    expect(body.errors).toContainEqual({ path: 'a', message: 'Unknown field' });
  });

  test('is the response to a query parameter that an operation does not take, and nothing is done', async () => {
    const asked = [
      varsel.api().post('/v1/changes?dryRun=true').send(anAnnouncement()),
      varsel.api().get('/v1/changes?prodct=truetalk'),
      varsel.api().delete('/v1/controllers/kunde-1/products/truetalk?dryRun=true'),
      varsel.api().post('/v1/controllers/import?dryRum=true').type('application/x-ndjson').send('{}'),
    ];
    for (const { status, body } of await Promise.all(asked)) {
      expect([status, body.code, body.errors.length]).toEqual([400, 'invalid-request', 1]);
      expect(body.errors[0].path).toMatch(/^(dryRun|dryRum|prodct)$/);
    }
    const announced = await oneRow<{ count: number }>(varsel.database.pool, 'select count(*)::int from changes');
    expect(announced.count).toBe(0);
  });

  test('is the response at an unknown address, whatever the method', async () => {
    for (const path of ['/v1', '/v1/nowhere', '/v2/changes', '/v1/changes/', '/v1/keys/x/y', '/problems/nowhere']) {
      const response = await varsel.api().get(path);
      expect([path, response.status, response.body.code]).toEqual([path, 404, 'not-found']);
    }
    for (const asked of [
      varsel.api().patch('/v1/nowhere').send({}),
      varsel.api().options('/v2'),
      varsel.api().put('/x'),
    ])
      expect(await asked).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  test.each(['%E0%A4%A', '%', '%ZZ', 'x'.repeat(501), '%C3%28'])(
    'is the response at an address that cannot be read: %.20s',
    async (id) => {
      for (const path of [`/v1/changes/${id}`, `/v1/controllers/${id}`, `/v1/products/${id}/register`]) {
        const response = await fetch(`${varsel.url}${path}`, {
          headers: { authorization: 'Bearer admin-key-of-the-tests' },
        });
        expect(response.status).toBe(404);
        expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(await response.json()).toMatchObject({ code: 'not-found' });
      }
    },
  );

  test('names no token of a customer', async () => {
    const { body } = await varsel.customer().post('/objections/some-secret-token').send({ reasons: 'x' });
    expect(body).toMatchObject({ code: 'not-found', instance: '/objections/[token]' });
    expect(JSON.stringify(body)).not.toContain('some-secret-token');
  });
});

/** The text of a page, without tags and with its HTML escapes decoded. */
function readable(html: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return html.replaceAll(/<[^>]*>/g, '').replaceAll(/&([\w#]+);/g, (all, name: string) => characters[name] ?? all);
}

describe('the page of a problem', () => {
  test.each(Object.entries(PROBLEMS))('explains %s', async (code, { status, title, explanation }) => {
    const page = await varsel.customer().get(`/problems/${code}`);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const read = readable(page.text);
    for (const text of [code, String(status), title, explanation.replaceAll('`', '')]) expect(read).toContain(text);
    const shownAsCode = [...page.text.matchAll(/<code>(.*?)<\/code>/g)].map(([, shown = '']) => readable(shown));
    const inBackticks = [...explanation.matchAll(/`([^`]+)`/g)].map(([, written]) => written);
    expect(shownAsCode).toEqual([code, ...inBackticks]);
    expect(page.text).not.toContain('`');
  });

  test.each([
    ['unauthorized', '<p>Send <code>Authorization: Bearer &lt;API key&gt;</code>. The key'],
    ['webhook-disabled', 'with <code>PATCH {&quot;enabled&quot;: true}</code>: what'],
    ['too-many-requests', '<p>A customer’s link'],
  ])('shows code as code, escaped: %s', async (code, html) => {
    expect((await varsel.customer().get(`/problems/${code}`)).text).toContain(html);
  });

  test('has the layout and the stylesheet of all pages', async () => {
    const { text } = await varsel.customer().get('/problems/not-found');
    expect(text).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(text).toContain('<p class="sender"><strong>Varsel</strong> <span>API</span></p>');
    expect(text).toContain('<main id="content" tabindex="-1">');
    const [, stylesheet = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(text) ?? [];
    expect(stylesheet).toMatch(/^\/assets\/varsel\.css\?v=/);
    expect((await varsel.customer().get(stylesheet)).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  test.each(['nowhere', '__proto__', 'constructor', 'toString', '%00', '<script>'])(
    'is not there for %s',
    async (code) => {
      const response = await varsel.customer().get(`/problems/${encodeURIComponent(code)}`);
      expect(response).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );
});

describe('a body that cannot be read', () => {
  test.each([
    '{',
    '{"a":1,}',
    "{'a':1}",
    '{"a":1}{"b":2}',
    'undefined',
    'NaN',
    '\ufeff{}',
    '{"a":"\u0001"}',
    '{"a":1',
    '<xml/>',
    '{"__proto__":{"isAdmin":true}}',
    '{"product":"truetalk","__proto__":null}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"subProcessor":{"__proto__":{"name":"x"}}}',
  ])('is refused as malformed: %s', async (body) => {
    const response = await postText(body);
    expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  test.each(['null', '[]', '[[]]', '"text"', '7', 'true', '{}', '{"constructor":1}', '{"":{}}', '1e999', '-0', ''])(
    'is refused where an announcement is expected: %s',
    async (body) => {
      expect(await postText(body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );

  test.each([
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists', `${'['.repeat(900_000)}${']'.repeat(900_000)}`],
    ['objects where a text is expected', `{"reason":${'{"da":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
  ])('is refused for %s nested without end, with an idempotency key and without', async (_what, body) => {
    expect(await postText(body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(await postText(body).set('idempotency-key', 'deep')).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });

  test('is refused for 100,000 unknown fields, and each is named', async () => {
    const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 1]));
    const { status, body } = await varsel
      .api()
      .post('/v1/keys')
      .send({ name: 'x', role: 'reader', ...fields });
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(100_000);
  });

  test.each([
    'application/xml',
    'text/html',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'x',
  ])('is refused as %s', async (type) => {
    const response = await postText('product=truetalk', type);
    expect(response).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });

  test('is taken as JSON of a named charset', async () => {
    const announcement = JSON.stringify(anAnnouncement({ subProcessor: aSubProcessor(77) }));
    expect((await postText(announcement, 'application/json; charset=utf-8')).status).toBe(201);
  });
});

describe('a body of 10 MB', () => {
  const TEN_MB = 10_000_000;

  test.each([
    ['/v1/changes', 'POST'],
    ['/v1/products/truetalk', 'PUT'],
    ['/v1/changes/01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b/objections', 'POST'],
    ['/v1/changes/01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b/activate', 'POST'],
    ['/objections/x', 'POST'],
  ])('is refused with 413 on %s, and the service lives on', async (path, method) => {
    const request: RequestInit = {
      method,
      headers: { authorization: 'Bearer admin-key-of-the-tests', 'content-type': 'application/json' },
      body: JSON.stringify({ reasons: 'x'.repeat(TEN_MB) }),
    };
    const response = await fetch(new URL(path, varsel.url), request);
    expect(response.status).toBe(413);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      type: '/problems/body-too-large',
      status: 413,
      code: 'body-too-large',
      detail: expect.stringContaining('2 MiB'),
    });
    expect((await varsel.customer().get('/healthz')).status).toBe(200);
  });

  test('is refused also where its length is not told', async () => {
    const piece = new TextEncoder().encode('x'.repeat(100_000));
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += piece.length;
        if (sent > TEN_MB) controller.close();
        else controller.enqueue(piece);
      },
    });
    const status = await fetch(new URL('/v1/changes', varsel.url), {
      method: 'POST',
      headers: { authorization: 'Bearer admin-key-of-the-tests', 'content-type': 'application/json' },
      body,
      duplex: 'half',
    }).then(
      (response) => response.status,
      // The server may close the connection before the whole body is sent.
      () => 'hung up',
    );
    expect([413, 'hung up']).toContain(status);
    expect(sent).toBeLessThan(TEN_MB);
  });
});

describe('a fault of our own', () => {
  test('is 500, says nothing of what went wrong, and does nothing by half', async () => {
    const { pool, owner } = varsel.database;
    const announcement = anAnnouncement({ subProcessor: aSubProcessor(78) });
    await owner.query('alter table events add constraint secret_of_the_schema check (false) not valid');
    const response = await varsel.api().post('/v1/changes').send(announcement);
    await owner.query('alter table events drop constraint secret_of_the_schema');
    expect(response.status).toBe(500);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toEqual({
      type: '/problems/internal-error',
      title: 'Something went wrong here',
      status: 500,
      detail: 'Something went wrong here. Nothing was half done.',
      instance: '/v1/changes',
      code: 'internal-error',
      requestId: response.headers['x-request-id'],
    });
    expect(
      await oneRow(pool, `select count(*) from changes where sub_processor ->> 'name' = $1`, [
        announcement.subProcessor.name,
      ]),
    ).toEqual({ count: 0 });
    expect((await varsel.api().post('/v1/changes').send(announcement)).status).toBe(201);
  });
});
