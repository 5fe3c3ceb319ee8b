import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController } from '../support/examples.ts';
import { aBounce, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { announceAnother, haveControllers, linkOf, SUBJECTS, theMailTo, tokenOf, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
/** Every address that serves GET, of the API and of customers' links. */
let api: string[];
let links: string[];

beforeAll(async () => {
  varsel = await startVarsel(START, {});
  await haveControllers(varsel, [aController(1), aController(2)]);
  const id = await announceAnother(varsel);
  await varsel.deliver();
  const token = tokenOf(varsel, 'dpo@kunde-1.example');
  const object = (reasons: string) =>
    varsel.customer().post(`/objections/${token}`).set('content-type', 'application/json').send({ reasons });
  const { body: pending } = await object('USA').expect(201);
  await object('ingen').expect(422);
  const { bounce } = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
  await mailIn(varsel, aBounce('dpo@kunde-1.example', { action: 'delayed' }), { from: '', to: bounce });
  const { body: mails } = await varsel.api('officer').get(`/v1/changes/${id}/mails`);
  const [mail] = mails.items;
  const { body: notice } = await varsel.api('officer').get(`/v1/notices/${mail.messageId}`);
  // A change whose notices still wait, and one that has ended.
  const waiting = await announceAnother(varsel);
  const ended = await announceAnother(varsel);
  await withdraw(varsel, ended);
  api = [
    '/v1/products',
    '/v1/products/truetalk',
    '/v1/products/truetalk/register',
    '/v1/products/truetalk/register?asOf=2026-03-02',
    '/v1/controllers',
    '/v1/controllers?product=truetalk&limit=1',
    '/v1/controllers/kunde-1',
    '/v1/changes',
    '/v1/changes?status=announced',
    ...[id, waiting, ended].flatMap((change) => [
      `/v1/changes/${change}`,
      `/v1/changes/${change}/controllers`,
      `/v1/changes/${change}/objections`,
    ]),
    `/v1/objections/${pending.id}`,
    `/v1/changes/${id}/mails`,
    '/v1/mails',
    '/v1/mails?attributed=false',
    `/v1/mails/${mail.id}`,
    `/v1/mails/${mail.id}/raw`,
    `/v1/notices/${notice.id}`,
    `/v1/notices/${notice.id}/reports/${notice.reports[0].id}/mail`,
    '/v1/keys',
  ];
  links = [`/objections/${token}`];
  for (const change of [waiting, ended]) {
    for (const controller of ['kunde-1', 'kunde-2']) links.push(await linkOf(varsel, change, controller));
  }
  links = links.flatMap((each) => [each, `${each}?lang=en`]);
  links.push(`/objections/${token}/${pending.id}`, `/objections/${token}/${pending.id}/withdraw`);
  // The public register.
  links.push(...['', '.json', '.csv', '.atom', '?asOf=2026-03-02'].map((form) => `/register/truetalk${form}`));
});
afterAll(() => varsel.close());

/** Every row of every table with the transaction that wrote it, and the value of every sequence. */
async function everything(): Promise<Record<string, unknown>> {
  const { pool } = varsel.database;
  const tables = await rows<{ tablename: string }>(
    pool,
    `select tablename from pg_tables where schemaname = 'public' order by tablename`,
  );
  const contents = await Promise.all(
    tables.map(async ({ tablename }) => {
      // Reading writes only one thing: the key's last use.
      const row =
        tablename === 'api_keys' ? `to_jsonb(t) - 'last_used_at'` : `to_jsonb(t) || jsonb_build_object('', t.xmin)`;
      return [tablename, await rows(pool, `select (${row})::text as row from ${tablename} t order by 1`)] as const;
    }),
  );
  const sequences = await rows(pool, 'select sequencename, last_value from pg_sequences order by 1');
  return { ...Object.fromEntries(contents), sequences };
}

test('the tables that are compared hold something', async () => {
  const { changes, messages, objections, events, inbound_mails: mails } = await everything();
  for (const table of [changes, messages, objections, events, mails]) expect(table).not.toEqual([]);
});

test('GET and HEAD on every address of the API leave every row as it was', async () => {
  varsel.clock.advance({ minutes: 5 });
  const before = await everything();
  for (const address of api) {
    const get = await varsel.api('admin').get(address);
    expect([address, get.status]).toEqual([address, 200]);
    const head = await varsel.api('admin').head(address);
    expect([address, head.status, head.text]).toEqual([address, 200, undefined]);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  }
  expect(await everything()).toEqual(before);
});

test('GET and HEAD on every link of a customer leave every row as it was, however often and whoever opens it', async () => {
  varsel.clock.advance({ minutes: 5 });
  const before = await everything();
  for (const address of links) {
    for (const agent of ['Mozilla/5.0', 'SafeLinks scanner']) {
      const get = await varsel.customer().get(address).set('user-agent', agent);
      expect([address, get.status]).toEqual([address, 200]);
      expect((await varsel.customer().head(address).set('user-agent', agent)).status).toBe(200);
    }
  }
  expect(await everything()).toEqual(before);
});

test('GET and HEAD leave every row as it was where only a POST acts, and with a body and a token in the query', async () => {
  const before = await everything();
  const [change] = api.filter((address) => /^\/v1\/changes\/[^/]+$/.test(address));
  const [link] = links;
  for (const address of [
    `${change}/activate`,
    `${change}/withdraw`,
    `${change}/controllers/kunde-1/resend`,
    '/v1/controllers/import',
    `${link}?reasons=USA&name=Scanner`,
    `${link}?_method=POST&reasons=USA`,
    '/objections/unknown-token',
  ]) {
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`${varsel.url}${address}`, {
        method,
        headers: {
          authorization: 'Bearer admin-key-of-the-tests',
          'x-http-method-override': 'POST',
          'content-type': 'application/json',
        },
      });
      await response.body?.cancel();
      expect(response.status).toBeLessThan(500);
    }
  }
  expect(await everything()).toEqual(before);
});

test('GET and HEAD on the pages of the service leave every row as it was', async () => {
  const before = await everything();
  for (const address of ['/healthz', '/readyz', '/metrics', '/docs', '/docs/json', '/problems/not-found', '/nowhere']) {
    await varsel.customer().get(address);
    await varsel.customer().head(address);
  }
  expect(await everything()).toEqual(before);
});
