import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { anotherApp } from '../support/another-app.ts';
import { aController, anAnnouncement, aProduct } from '../support/examples.ts';
import { announceAnother, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { workbook } from '../support/workbook.ts';

const START = '2026-03-02T09:00:00Z';
const ADDRESS = '/v1/controllers/import';
const NDJSON = 'application/x-ndjson';

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
/** How many advisory locks are held: a running request with an idempotency key has one. */
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
    expect(second.body).toMatchObject({ dryRun: false, created: 1, updated: 1, unchanged: 1, rejected: [], mails: 0 });
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
    expect(response.body).toMatchObject({ created: 2, updated: 0, unchanged: 0 });
    const externalId = idOf(2);
    expect(response.body.rejected).toEqual([
      {
        line: 2,
        externalId: null,
        errors: [{ path: '', message: expect.stringContaining('Not JSON'), found: '{"externalId": "x"' }],
      },
      {
        line: 3,
        externalId,
        errors: [
          { path: 'name', message: expect.any(String), found: '7' },
          { path: 'contacts', message: 'Expected at least one contact', found: '[]' },
        ],
      },
      { line: 5, externalId: null, errors: [{ path: '', message: expect.any(String), found: '[]' }] },
      { line: 6, externalId: null, errors: [{ path: '', message: expect.any(String), found: 'null' }] },
      { line: 7, externalId: idOf(3), errors: [{ path: 'phone', message: 'Unknown field', found: '1' }] },
      { line: 8, externalId: 'a b', errors: [{ path: 'externalId', message: expect.any(String), found: 'a b' }] },
      {
        line: 9,
        externalId: idOf(5),
        errors: [{ path: 'products', message: 'There is no product nowhere', found: 'nowhere' }],
      },
      {
        line: 10,
        externalId: idOf(6),
        errors: [{ path: 'contacts.0.email', message: expect.any(String), found: 'a@x.example,b@x.example' }],
      },
    ]);
    expect(await saved()).toEqual([idOf(1), idOf(7)]);
  });

  test('takes no field called __proto__, and is not changed by one', async () => {
    const response = await post(line(1).replace('{', '{"__proto__":{"products":["truetalk"]},'));
    expect(response).toMatchObject({
      status: 422,
      body: {
        code: 'lines-rejected',
        rejected: [{ line: 1, errors: [{ path: '__proto__', message: 'Unknown field' }] }],
      },
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

  test('counts the later line of a controller that comes twice, and judges both before anybody is told', async () => {
    const change = await announceAnother(varsel);
    const mistyped = [{ email: 'dpo@gmial.example', name: 'Åse', language: 'da' }];
    const response = await post([line(1, { contacts: mistyped }), line(2), line(1, { name: 'Senere A/S' })].join('\n'));
    expect(response.body).toMatchObject({ created: 2, updated: 0, unchanged: 0, rejected: [], mails: 2 });
    expect(response.body.warnings).toContainEqual({
      line: 1,
      externalId: idOf(1),
      code: 'line-superseded',
      message: 'Line 3 has the same externalId, and counts instead',
    });
    expect(await show(1)).toMatchObject({ name: 'Senere A/S' });
    const told = await rows<{ email: string }>(
      varsel.database.pool,
      'select email from messages where change_id = $1 order by email',
      [change],
    );
    expect(told.map(({ email }) => email)).toEqual(expect.not.arrayContaining(['dpo@gmial.example']));
    await varsel
      .api('officer')
      .post(`/v1/changes/${change}/withdraw`)
      .send({ reason: { da: 'x' } })
      .expect(200);
  });

  test('saves no line of a controller whose later line is bad: what was to be corrected is told to nobody', async () => {
    const response = await post([line(1), line(2), line(1, { contacts: [] })].join('\n'));
    expect(response.body).toMatchObject({ created: 1, rejected: [{ line: 3, externalId: idOf(1) }] });
    expect(await saved()).toEqual([idOf(2)]);
  });

  test('refuses what the database could not keep, line by line', async () => {
    const response = await post(
      ['\\u0000', '\\ud800', '\\udc00\\ud800'].map((escape, index) => line(index).replace('Kunde', escape)).join('\n'),
    );
    expect(response).toMatchObject({
      status: 422,
      body: { rejected: [1, 2, 3].map((number) => ({ line: number, errors: [{ path: 'name' }] })) },
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

  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
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
  test('saves nothing, leaves its idempotency key free, and nothing on the disk', async () => {
    const before = await spooled();
    const { hostname, port } = new URL(varsel.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined).resume();
    const body = Array.from({ length: 701 }, (_, index) => line(index + 1)).join('\n');
    const head = [
      `POST ${ADDRESS} HTTP/1.1`,
      'Host: varsel',
      'Authorization: Bearer admin-key-of-the-tests',
      `Content-Type: ${NDJSON}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Idempotency-Key: broken',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body.slice(0, -20)}`);
    await once(socket, 'close');

    expect(await saved()).toEqual([]);
    expect(await post(body, { 'idempotency-key': 'broken' })).toMatchObject({ status: 200, body: { created: 701 } });
    expect(await spooled()).toEqual(before);
  });

  /** The files of imports that have a name. */
  async function spooled(): Promise<string[]> {
    return (await readdir(tmpdir())).filter((name) => name.startsWith('varsel-import-'));
  }
});

test('An import of more bytes than are allowed is refused, and saves nothing', async () => {
  const app = await anotherApp(varsel, { maxImportBytes: 1_000 });
  try {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(new URL(ADDRESS, url), {
      method: 'POST',
      headers: { authorization: 'Bearer admin-key-of-the-tests', 'content-type': NDJSON },
      body: Array.from({ length: 20 }, (_, index) => line(index)).join('\n'),
    });
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 413,
      body: { code: 'body-too-large', detail: expect.stringContaining('at most 1000 bytes') },
    });
    expect(await saved()).toEqual([]);
  } finally {
    await app.close();
  }
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

  test('refuses a second one while the first is running', async () => {
    const holder = await varsel.database.owner.connect();
    try {
      // Nothing can be saved meanwhile.
      await holder.query('begin');
      await holder.query('lock table controllers');
      const first = post(line(1), key).then((response) => response);
      await expect.poll(running, PATIENCE).toBeGreaterThan(0);
      expect(await post(line(1), key)).toMatchObject({ status: 409, body: { code: 'request-in-progress' } });
      await holder.query('rollback');
      expect(await first).toMatchObject({ status: 200, body: { created: 1 } });
    } finally {
      holder.release();
    }
  });

  test('holds no connection that others need', async () => {
    const app = await anotherApp(varsel, { poolSize: 2 });
    try {
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const headers = { authorization: 'Bearer admin-key-of-the-tests', 'content-type': NDJSON };
      const uploads = [1, 2, 3, 4].map((number) =>
        fetch(new URL(ADDRESS, url), {
          method: 'POST',
          headers: { ...headers, 'idempotency-key': `import-${run}-${number}` },
          body: line(number),
        }),
      );
      for (const response of await Promise.all(uploads)) expect(response.status).toBe(200);
    } finally {
      await app.close();
    }
  });

  test('is another request with another query', async () => {
    await post(line(1), key).expect(200);
    const { body } = await varsel.api().post(`${ADDRESS}?endMissing=truetalk&dryRun=true`).type(NDJSON).send(line(1));
    const ending = varsel.api().post(`${ADDRESS}?endMissing=truetalk&hash=${body.hash}`).type(NDJSON).set(key);
    expect(await ending.send(line(1))).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });
});

describe('a dry run of an import', () => {
  const tried = (body: string, query = '', headers: Record<string, string> = {}) =>
    varsel.api().post(`${ADDRESS}?dryRun=true${query}`).type(NDJSON).set(headers).send(body);
  /** How many rows there are of what an import writes. */
  const written = () =>
    oneRow(
      varsel.database.pool,
      `select (select count(*) from controllers) as controllers, (select count(*) from messages) as messages,
         (select count(*) from agreements where ended_at is null) as agreements,
         (select count(*) from audit_log) as audit, (select count(*) from idempotency_keys) as keys`,
    );

  test('says what the import does, and does none of it', async () => {
    const change = await announceAnother(varsel);
    await post([line(1), line(2), line(3)].join('\n')).expect(200);
    const body = [line(1), line(2, { name: 'Ny A/S' }), line(3, { products: [] }), line(4), 'bad'].join('\n');
    const before = await written();
    const { body: said } = await tried(body, '', { 'idempotency-key': `tried-${run}` }).expect(200);
    expect(await written()).toEqual(before);
    expect(said).toMatchObject({ dryRun: true, created: 1, updated: 2, unchanged: 1, agreementsEnded: 1, mails: 1 });
    expect(said.sample[1]).toMatchObject({ externalId: idOf(2), name: 'Ny A/S' });
    // The key that came with the dry run is free.
    const { body: done } = await post(body, { 'idempotency-key': `tried-${run}` }).expect(200);
    expect(done).toEqual({ ...said, dryRun: false });
    await varsel
      .api('officer')
      .post(`/v1/changes/${change}/withdraw`)
      .send({ reason: { da: 'x' } })
      .expect(200);
  });

  test('counts of more than one batch, and warns of what is nearly the same in the file and beyond it', async () => {
    await post(line(9_001, { externalId: `run-${run}-k-1`, registrationNumber: '99000007' })).expect(200);
    const lines = [
      ...Array.from({ length: 1_001 }, (_, index) => line(index, { registrationNumber: `${index} i alt` })),
      line(2_000, { externalId: `run-${run}-K-1`, registrationNumber: 'DK-99 00 00 07' }),
      line(2_001, { registrationNumber: 'FR 77' }),
      line(2_002, { registrationNumber: 'fr-77' }),
    ];
    const said = await tried(lines.join('\n')).expect(200);
    expect(said.body).toMatchObject({ created: 1_004, rejected: [] });
    expect(said.body.warnings).toEqual([
      {
        line: 1_002,
        externalId: `run-${run}-K-1`,
        code: 'registration-number-shared',
        message: expect.stringContaining(`run-${run}-k-1`),
      },
      {
        line: 1_002,
        externalId: `run-${run}-K-1`,
        code: 'external-id-similar',
        message: expect.stringContaining(`run-${run}-k-1`),
      },
      {
        line: 1_003,
        externalId: idOf(2_001),
        code: 'registration-number-shared',
        message: expect.stringContaining(idOf(2_002)),
      },
      {
        line: 1_004,
        externalId: idOf(2_002),
        code: 'registration-number-shared',
        message: expect.stringContaining(idOf(2_001)),
      },
    ]);
    const done = await post(lines.join('\n')).expect(200);
    expect(done.body).toEqual({ ...said.body, dryRun: false });
  });

  describe('ends the agreements that the file lacks', () => {
    const ending = (body: string, hash: string) =>
      varsel.api().post(`${ADDRESS}?endMissing=ending-${run}&hash=${hash}`).type(NDJSON).send(body);
    const ours = (number: number) => line(number, { products: [`ending-${run}`] });
    beforeEach(async () => {
      await haveProduct(varsel, aProduct({ id: `ending-${run}` }));
      await post([1, 2, 3].map(ours).join('\n')).expect(200);
    });

    test('once the import names what the dry run said, and on record', async () => {
      const { body: said } = await tried(ours(1), `&endMissing=ending-${run}`).expect(200);
      expect(said).toMatchObject({
        unchanged: 1,
        agreementsEnded: 2,
        missing: { product: `ending-${run}`, controllers: 2, externalIds: [idOf(2), idOf(3)] },
      });
      expect(await show(2)).toMatchObject({ products: [`ending-${run}`] });
      const { body: done } = await ending(ours(1), said.hash).expect(200);
      expect(done).toEqual({ ...said, dryRun: false });
      expect(await show(2)).toMatchObject({ products: [] });
      const ended = `select subject from audit_log where action = 'agreement.ended' and details ->> 'product' = $1 order by subject`;
      expect(await rows(varsel.database.pool, ended, [`ending-${run}`])).toEqual([
        { subject: idOf(2) },
        { subject: idOf(3) },
      ]);
    });

    test('not where nobody has looked, the file is another, or what it does has changed', async () => {
      const { body: said } = await tried(ours(1), `&endMissing=ending-${run}`).expect(200);
      const unseen = await varsel.api().post(`${ADDRESS}?endMissing=ending-${run}`).type(NDJSON).send(ours(1));
      expect(unseen).toMatchObject({ status: 400, body: { errors: [{ path: 'hash' }] } });
      expect(await ending(`${ours(1)}\n`, said.hash)).toMatchObject({ status: 409, body: { code: 'import-outdated' } });
      await post(ours(4)).expect(200);
      expect(await ending(ours(1), said.hash)).toMatchObject({ status: 409, body: { code: 'import-outdated' } });
      expect(await show(2)).toMatchObject({ products: [`ending-${run}`] });
    });

    test('not of a product that there is not, where a typing error would say that nobody is missing', async () => {
      expect(await tried(ours(1), '&endMissing=truetlak')).toMatchObject({
        status: 422,
        body: { code: 'product-unknown', errors: [{ path: 'endMissing' }] },
      });
    });

    test('not with rejected lines, and not by a file without controllers', async () => {
      const bad = `${ours(1)}\nbad`;
      const { body: said } = await tried(bad, `&endMissing=ending-${run}`).expect(200);
      expect(said).toMatchObject({ agreementsEnded: 0, missing: { controllers: 2 } });
      expect(said.warnings).toContainEqual(expect.objectContaining({ code: 'nothing-ended' }));
      expect(await ending(bad, said.hash)).toMatchObject({
        status: 422,
        body: { code: 'lines-rejected', rejected: [{ line: 2 }] },
      });
      expect(await tried('', `&endMissing=ending-${run}`)).toMatchObject({ status: 422, body: { rejected: [] } });
      expect(await show(2)).toMatchObject({ products: [`ending-${run}`] });
    });
  });
});

test('An Excel workbook is imported as the CSV with the same rows is, and its differences are told', async () => {
  const header = ['Kundenr', 'Navn', 'CVR', 'Produkter', 'E-mail', 'Kontakt', 'Sprog'];
  const first = [header, [idOf(1), 'Kunde A/S', 10000003, 'truetalk', 'dpo@a.example', 'Åse', 'da']];
  const send = (sheet: typeof first, query: object) =>
    varsel
      .api()
      .post(ADDRESS)
      .query({ columns: 'externalId:Kundenr', ...query })
      .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
      .send(workbook(sheet));
  const tried = await send(first, { dryRun: true });
  expect(tried).toMatchObject({ status: 200, body: { dryRun: true, created: 1, rejected: [] } });
  expect(await saved()).toEqual([]);
  const done = await send(first, { hash: tried.body.hash });
  expect(done).toMatchObject({ status: 200, body: { created: 1, rejected: [] } });
  expect(await show(1)).toMatchObject({ name: 'Kunde A/S', registrationNumber: '10000003', products: ['truetalk'] });
  const contact = { email: 'dpo@a.example', name: 'Åse', language: 'da', mayApprove: false };
  expect(done.body.differences).toEqual([
    {
      line: 2,
      externalId: idOf(1),
      how: 'created',
      name: 'Kunde A/S',
      differences: [
        { field: 'name', from: null, to: 'Kunde A/S' },
        { field: 'registrationNumber', from: null, to: '10000003' },
        { field: 'product', from: null, to: 'truetalk' },
        { field: 'contact', from: null, to: contact },
      ],
    },
  ]);
  const later = [header, [idOf(1), 'Kunden A/S', 10000003, 'truetalk', 'DPO@a.example', 'Åse Ørum', 'da']];
  const again = await send(later, { dryRun: true });
  expect(again.body).toMatchObject({ updated: 1, differences: [{ line: 2, how: 'updated' }] });
  expect(again.body.differences[0].differences).toEqual([
    { field: 'name', from: 'Kunde A/S', to: 'Kunden A/S' },
    { field: 'contact', from: contact, to: { ...contact, email: 'DPO@a.example', name: 'Åse Ørum' } },
  ]);
  expect((await send(first, {})).body).toMatchObject({ unchanged: 1, differences: [] });
});

test.each([
  ['application/vnd.oasis.opendocument.spreadsheet', Buffer.from('PK\u0003\u0004')],
  ['application/vnd.ms-excel', Buffer.from('Kundenr;Navn')],
  ['text/csv', Buffer.from('PK\u0003\u0004rest')],
  ['text/csv', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
])('A spreadsheet as %s is answered with how to save it as CSV', async (type, body) => {
  const response = await varsel.api().post(ADDRESS).set('content-type', type).send(body);
  expect(response).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  expect(response.body.detail).toContain('or as CSV');
});

test('An import does not ignore what it cannot do: a condition, and a column or a field that is mapped twice', async () => {
  const conditional = await post(line(1), { 'if-match': '"x"' });
  expect(conditional).toMatchObject({ status: 400, body: { errors: [{ path: 'if-match' }] } });
  for (const columns of ['name:Firma,name:Navn', 'name:Firma,contact:firma']) {
    const sent = varsel.api().post(ADDRESS).query({ columns }).type('text/csv').send('Firma;Navn\nA;B');
    expect(await sent).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'columns', message: 'Expected each field and each column once' }] },
    });
  }
  expect(await saved()).toEqual([]);
});
