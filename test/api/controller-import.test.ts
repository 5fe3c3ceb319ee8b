import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Controller } from '../../src/db/controllers.ts';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { importControllers } from '../../src/api/controller-import.ts';
import { anotherApp } from '../support/another-app.ts';
import { aController, anAnnouncement } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const ADDRESS = '/v1/controllers/import';
const NDJSON = 'application/x-ndjson';
const MEBIBYTE = 1024 * 1024;

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
});
afterAll(() => varsel.close());
beforeEach(() => {
  varsel.clock.set(START);
  // Controllers are never deleted, so those of earlier tests are told apart by their names.
  run += 1;
});

let run = 0;
const LOCKS_HELD = `select count(*) as held from pg_locks
  where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
/** How long to wait for something that takes no time but on a busy machine. */
const PATIENCE = { timeout: 20_000 };
/** How many requests with an idempotency key are running. */
const running = async () => (await oneRow<{ held: number }>(varsel.database.pool, LOCKS_HELD)).held;
/** The line of a controller, different for each number and test. */
const line = (number: number, overrides: object = {}) =>
  JSON.stringify({ ...aController(number), externalId: idOf(number), ...overrides });
const idOf = (number: number) => `run-${run}-${number}`;

const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  varsel.api().post(ADDRESS).set('content-type', NDJSON).set(headers).send(body);

/** The external ids of this test's controllers. */
const saved = async (): Promise<string[]> =>
  (
    await rows<{ external_id: string }>(
      varsel.database.pool,
      'select external_id from controllers where external_id like $1 order by id',
      [`run-${run}-%`],
    )
  ).map(({ external_id }) => external_id);
const show = async (number: number) => (await varsel.api('reader').get(`/v1/controllers/${idOf(number)}`)).body;

describe('an import', () => {
  test('creates, updates and leaves unchanged, and counts each', async () => {
    const first = await post([line(1), line(2), line(3)].join('\n'));
    expect(first).toMatchObject({ status: 200, body: { created: 3, updated: 0, unchanged: 0, rejected: [] } });
    expect(await show(1)).toMatchObject({ ...aController(1), externalId: idOf(1) });
    const second = await post([line(1), line(2, { name: 'Ny A/S' }), line(4)].join('\n'));
    expect(second.body).toEqual({ created: 1, updated: 1, unchanged: 1, rejected: [] });
    expect(await show(2)).toMatchObject({ name: 'Ny A/S' });
  });

  test('keeps the good lines and names the bad ones by their numbers, with all that is wrong', async () => {
    const body = [
      line(1),
      '{"externalId": "x"',
      line(2, { name: 7, contacts: [] }),
      '',
      '[]',
      'null',
      line(3, { phone: '1', __proto__: 'x' }),
      line(4, { externalId: 'a b' }),
      line(5, { products: ['truetalk', 'nowhere'] }),
      line(6, { contacts: [{ email: 'a@x.example,b@x.example', name: 'A', language: 'da' }] }),
      line(7),
    ].join('\n');
    const response = await post(body);
    expect(response.body).toEqual({
      created: 2,
      updated: 0,
      unchanged: 0,
      rejected: [
        { line: 2, errors: [{ path: '', message: expect.stringContaining('Not JSON') }] },
        {
          line: 3,
          errors: [
            { path: 'name', message: expect.any(String) },
            { path: 'contacts', message: 'Expected at least one contact' },
          ],
        },
        { line: 5, errors: [{ path: '', message: expect.any(String) }] },
        { line: 6, errors: [{ path: '', message: expect.any(String) }] },
        { line: 7, errors: [{ path: 'phone', message: 'Unknown field' }] },
        { line: 8, errors: [{ path: 'externalId', message: expect.any(String) }] },
        { line: 9, errors: [{ path: 'products', message: 'There is no product nowhere' }] },
        { line: 10, errors: [{ path: 'contacts.0.email', message: expect.any(String) }] },
      ],
    });
    expect(await saved()).toEqual([idOf(1), idOf(7)]);
  });

  test('takes no field called __proto__, and is not changed by one', async () => {
    const response = await post(line(1).replace('{', '{"__proto__":{"products":["truetalk"]},'));
    expect(response.body).toMatchObject({
      created: 0,
      rejected: [{ line: 1, errors: [{ path: '__proto__', message: 'Unknown field' }] }],
    });
  });

  test('takes lines that end as on Windows, a byte order mark, blank lines, and a last line without an end', async () => {
    const response = await post(`\ufeff${line(1)}\r\n\r\n   \r\n\n${line(2)}\r\nbad\r\n${line(3)}`);
    expect(response.body).toMatchObject({ created: 3, rejected: [{ line: 6 }] });
    expect(await saved()).toEqual([idOf(1), idOf(2), idOf(3)]);
  });

  test('of nothing, or of blank lines, does nothing', async () => {
    const nothing = { status: 200, body: { created: 0, updated: 0, unchanged: 0, rejected: [] } };
    expect(await post('')).toMatchObject(nothing);
    expect(await post('\n \n\r\n')).toMatchObject(nothing);
    expect(await varsel.api().post(ADDRESS)).toMatchObject(nothing);
  });

  test('names a line that is no UTF-8, and keeps those around it', async () => {
    const response = await post(
      Buffer.concat([
        Buffer.from(`${line(1)}\n`),
        Buffer.from(line(2, { name: 'Bl\u00e5b\u00e6r A/S' }), 'latin1'),
        Buffer.from(`\n${line(3, { name: 'Blåbær A/S' })}\n`),
      ]),
    );
    expect(response.body).toMatchObject({
      created: 2,
      rejected: [{ line: 2, errors: [{ path: '', message: 'Expected UTF-8' }] }],
    });
    expect(await show(3)).toMatchObject({ name: 'Blåbær A/S' });
  });

  test('names a line of more than 64 KiB, and keeps those around it', async () => {
    const long = line(2, { name: 'x'.repeat(70_000) });
    const response = await post([line(1), long, line(3)].join('\n'));
    expect(response.body).toMatchObject({
      created: 2,
      rejected: [
        {
          line: 2,
          errors: [{ path: '', message: `Expected a line of at most 65536 bytes, found ${Buffer.byteLength(long)}` }],
        },
      ],
    });
    // Counts bytes, not characters. A line of exactly so many bytes is read.
    const exact = (letters: string) =>
      line(4).replace(
        '{',
        `{${' '.repeat(65_536 - Buffer.byteLength(line(4)) - Buffer.byteLength(letters))}${letters}`,
      );
    expect((await post(exact(''))).body).toMatchObject({ created: 1, rejected: [] });
    expect((await post(`${exact('')} `)).body.rejected[0].errors[0].message).toContain('found 65537');
  });

  test('takes text that arrives in pieces of one byte', async () => {
    const body = Buffer.from(`${line(1, { name: 'Blåbær 🫐 A/S' })}\r\n${line(2)}`);
    const upload = request(new URL(ADDRESS, varsel.url), {
      method: 'POST',
      headers: { authorization: 'Bearer admin-key-of-the-tests', 'content-type': NDJSON },
    });
    upload.setNoDelay(true);
    for (const byte of body) upload.write(Buffer.of(byte));
    upload.end();
    const [response] = await once(upload, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
    expect(await show(1)).toMatchObject({ name: 'Blåbær 🫐 A/S' });
    expect(await saved()).toEqual([idOf(1), idOf(2)]);
  });

  test('counts the later line of a controller that comes twice', async () => {
    const response = await post([line(1), line(2), line(1, { name: 'Senere A/S' }), line(2)].join('\n'));
    expect(response.body).toEqual({ created: 2, updated: 1, unchanged: 1, rejected: [] });
    expect(await show(1)).toMatchObject({ name: 'Senere A/S' });
  });

  test('refuses what the database could not keep, line by line', async () => {
    const response = await post(
      ['\\u0000', '\\ud800', '\\udc00\\ud800'].map((escape, index) => line(index).replace('Kunde', escape)).join('\n'),
    );
    expect(response.body).toMatchObject({
      created: 0,
      rejected: [1, 2, 3].map((number) => ({ line: number, errors: [{ path: 'name' }] })),
    });
  });

  test('survives lines nested as deep as a line allows', async () => {
    const response = await post(`${'['.repeat(60_000)}\n${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}\n${line(1)}`);
    expect(response.body).toMatchObject({ created: 1, rejected: [{ line: 1 }, { line: 2 }] });
  });

  test('notifies those that join of a change that is announced', async () => {
    const { body: change } = await varsel.api('officer').post('/v1/changes').send(anAnnouncement()).expect(201);
    await post([line(1), line(2, { products: [] })].join('\n'));
    expect(
      await rows(
        varsel.database.pool,
        `select external_id from objection_windows where change_id = $1 and external_id like $2`,
        [change.id, `run-${run}-%`],
      ),
    ).toEqual([{ external_id: idOf(1) }]);
    await varsel
      .api('officer')
      .post(`/v1/changes/${change.id}/withdraw`)
      .send({ reason: { da: 'x' } })
      .expect(200);
  });

  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'text/csv'])(
    'is not taken as %s',
    async (type) => {
      const response = await varsel.api().post(ADDRESS).set('content-type', type).send(line(1));
      expect(response).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
      expect(await saved()).toEqual([]);
    },
  );

  test('is the only call that takes lines', async () => {
    for (const key of [{}, { 'idempotency-key': 'lines' }]) {
      const response = await varsel
        .api()
        .post('/v1/changes')
        .set('content-type', NDJSON)
        .set(key)
        .send(JSON.stringify(anAnnouncement()));
      expect(response).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
    }
  });

  test('is read by nobody without an admin key', async () => {
    const upload = (authorization: string) =>
      varsel.customer().post(ADDRESS).set('content-type', NDJSON).set('authorization', authorization).send(line(1));
    expect((await upload('Bearer wrong')).status).toBe(401);
    expect((await upload('Bearer officer-key-of-the-tests')).status).toBe(403);
    expect(await saved()).toEqual([]);
  });
});

describe('an upload that breaks off', () => {
  test('keeps what the server had read whole, and never half a line, and leaves its idempotency key free', async () => {
    const { hostname, port } = new URL(varsel.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined).resume();
    const lines = Array.from({ length: 701 }, (_, index) => line(index + 1));
    const body = lines.join('\n');
    const head = [
      `POST ${ADDRESS} HTTP/1.1`,
      'Host: varsel',
      'Authorization: Bearer admin-key-of-the-tests',
      `Content-Type: ${NDJSON}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Idempotency-Key: broken',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, -20)}`);
    await expect.poll(async () => (await saved()).length, PATIENCE).toBe(500);
    socket.end();
    await once(socket, 'close');
    await expect.poll(running, PATIENCE).toBe(0);

    const kept = await saved();
    expect(kept.length).toBeLessThan(701);
    expect(kept.toSorted()).toEqual(kept.map((_, index) => idOf(index + 1)).toSorted());
    expect(await post(body, { 'idempotency-key': 'broken' })).toMatchObject({
      status: 200,
      body: { created: 701 - kept.length, updated: 0, unchanged: kept.length, rejected: [] },
    });
  });

  test('keeps the lines that came whole also where they fill no step', async () => {
    async function* upload() {
      yield Buffer.from(`${line(1)}\n${line(2)}\n${line(3).slice(0, 40)}`);
      throw new Error('the connection was lost');
    }
    const importing = importControllers(upload(), {
      pool: varsel.database.pool,
      schema: z.custom<Controller>(),
      by: () => ({ at: varsel.clock.now(), actor: 'test' }),
    });
    await expect(importing).rejects.toThrow('the connection was lost');
    expect(await saved()).toEqual([idOf(1), idOf(2)]);
  });
});

describe('an import with an idempotency key', () => {
  let key: Record<string, string>;
  beforeEach(() => {
    key = { 'idempotency-key': `import-${run}` };
  });

  test('is done once: the same body gets the first response again, byte for byte', async () => {
    const body = [line(1), 'bad', line(2)].join('\n');
    const first = await post(body, key);
    expect(first).toMatchObject({ status: 200, body: { created: 2, rejected: [{ line: 2 }] } });
    await post(line(1, { name: 'Ny A/S' })).expect(200);
    const second = await post(body, key);
    expect(second.status).toBe(200);
    expect(second.text).toBe(first.text);
    expect(await show(1)).toMatchObject({ name: 'Ny A/S' });
  });

  test('refuses another body under the same key', async () => {
    await post(line(1), key).expect(200);
    expect(await post(line(2), key)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    // One byte more is another body.
    expect(await post(`${line(1)}\n`, key)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(await saved()).toEqual([idOf(1)]);
  });

  test('holds no connection that others need while it lasts', async () => {
    const app = await anotherApp(varsel, { poolSize: 2 });
    try {
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const uploads = [1, 2, 3].map((number) => {
        const upload = request(new URL(ADDRESS, url), {
          method: 'POST',
          headers: {
            authorization: 'Bearer admin-key-of-the-tests',
            'content-type': NDJSON,
            'idempotency-key': `import-${run}-${number}`,
          },
        });
        upload.write(`${line(number)}\n`);
        return upload;
      });
      await expect.poll(running, PATIENCE).toBe(3);
      for (const upload of uploads) {
        upload.end();
        const [response] = await once(upload, 'response');
        expect(response.statusCode).toBe(200);
        response.resume();
      }
      expect((await saved()).toSorted()).toEqual([idOf(1), idOf(2), idOf(3)]);
    } finally {
      await app.close();
    }
  });

  test('refuses a second one while the first is running', async () => {
    const upload = request(new URL(ADDRESS, varsel.url), {
      method: 'POST',
      headers: { authorization: 'Bearer admin-key-of-the-tests', 'content-type': NDJSON, ...key },
    });
    upload.write(`${line(1)}\n`);
    await expect.poll(running, PATIENCE).toBe(1);
    expect(await post(line(1), key)).toMatchObject({ status: 409, body: { code: 'request-in-progress' } });
    upload.end(line(2));
    const [response] = await once(upload, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
    const again = await post(`${line(1)}\n${line(2)}`, key);
    expect(again).toMatchObject({ headers: { 'idempotency-replayed': 'true' }, body: { created: 2 } });
  });
});

test(
  '20,000 controllers are imported, and no more is read of them than can be saved',
  { timeout: 300_000 },
  async () => {
    const COUNT = 20_000;
    const upload = request(new URL(ADDRESS, varsel.url), {
      method: 'POST',
      headers: { authorization: 'Bearer admin-key-of-the-tests', 'content-type': NDJSON },
    });
    const responding = once(upload, 'response');
    const lines = Array.from({ length: COUNT / 100 }, (_, hundred) =>
      Array.from({ length: 100 }, (_each, index) => `${line(100 * hundred + index + 1)}\n`).join(''),
    );
    // Blank lines, which are passed over.
    const blank = `${' '.repeat(64_000)}\n`;
    const isTaken = async (piece: string) => {
      if (!upload.write(piece)) await Promise.race([once(upload, 'drain'), sleep(1_000)]);
      return !upload.writableNeedDrain;
    };

    // While nothing can be saved, the upload comes to a halt: what is on its way then fills the buffers of two sockets.
    const holder = await varsel.database.owner.connect();
    await holder.query('begin');
    await holder.query('lock table controllers');
    let hasHalted = false;
    for (let bytes = 0; !hasHalted && bytes < 64 * MEBIBYTE;) {
      const piece = lines.shift() ?? blank;
      bytes += Buffer.byteLength(piece);
      hasHalted = !(await isTaken(piece));
    }
    await holder.query('rollback');
    holder.release();
    expect(hasHalted).toBe(true);

    for (const piece of lines) if (!upload.write(piece)) await once(upload, 'drain');
    upload.end();
    const [response] = await responding;
    const text = (await response.toArray()).join('');
    expect(JSON.parse(text)).toEqual({ created: COUNT, updated: 0, unchanged: 0, rejected: [] });
  },
);
