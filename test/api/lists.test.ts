import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import { CONTROLLERS, START, tellAStory } from './listed-story.ts';
import { parseCsv } from '../support/csv.ts';
import type { KeyRole } from '../../src/domain/permission.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

// oxlint-disable-next-line no-explicit-any
type Item = any;
type Query = Record<string, string>;

let varsel: TestVarsel;
let busy: string;
let changes: string[];
/** Each list without its parameters. */
let whole: Record<string, Item[]>;
beforeAll(async () => {
  varsel = await startVarsel(START, {});
  ({ busy, changes } = await tellAStory(varsel));
  whole = {};
  for (const address of ['/v1/changes', '/v1/objections', '/v1/answers', '/v1/controllers', '/v1/audit'])
    whole[address] = await walk(address, {}, 200);
  whole[`/v1/changes/${busy}/controllers`] = await walk(`/v1/changes/${busy}/controllers`, {}, 200);
});
afterAll(() => varsel.close());

const get = (address: string, query: Query = {}, role: KeyRole = 'admin') => varsel.api(role).get(address).query(query);

/** Every item of a list, in pages of this length. */
async function walk(address: string, query: Query, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page = await get(address, { ...query, limit: String(limit), ...(cursor !== null && { cursor }) });
    expect(page.status, JSON.stringify(page.body)).toBe(200);
    items.push(...page.body.items);
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  return items;
}

const idOf = ({ id, externalId }: Item): string => id ?? externalId;

/** What a filter of a list means, said with what the API shows of each item alone. */
interface ListModel {
  readonly address: () => string;
  readonly filters: Readonly<Record<string, { values: () => string[]; keeps: (item: Item, value: string) => boolean }>>;
  /** What the items are sorted by, for each sort. */
  readonly sorts: Readonly<Record<string, (item: Item) => string>>;
}

const oneOf = (field: string, values: () => string[]) => ({
  values,
  keeps: (item: Item, value: string) => item[field] === value,
});
const productOf = (change: string): string => whole['/v1/changes']?.find(({ id }) => id === change).product;
const ofChange = {
  product: {
    values: () => ['truetalk', 'mobile'],
    keeps: (item: Item, value: string) => productOf(item.changeId) === value,
  },
  change: oneOf('changeId', () => changes),
  controller: oneOf('controller', () => CONTROLLERS.map(({ externalId }) => externalId)),
};
/** The last deadline that runs: of a change with somebody who is not notified, too, of whom this story has one. */
const deadlineOf = ({ id, lastDeadline }: Item): string | null =>
  id === busy ? '2026-03-12T23:00:00.000Z' : lastDeadline;

const LISTS: readonly ListModel[] = [
  {
    address: () => '/v1/changes',
    filters: {
      product: oneOf('product', () => ['truetalk', 'mobile']),
      status: oneOf('status', () => ['announced', 'activated', 'withdrawn']),
      q: {
        values: () => ['sœur', 'angstrom', 'SOENNER', '5560000001', 'nordlys'],
        keeps: ({ id }, q) => (id === busy) === (q !== 'nordlys'),
      },
      dueBefore: {
        values: () => ['2026-03-12', '2026-03-13', '2026-03-24T23:00:00Z', '2026-03-25T00:00:00+01:00', '2026-12-01'],
        keeps: (item, value) => {
          const due = deadlineOf(item);
          const before = value.includes('T') ? Date.parse(value) : Date.parse(`${value}T00:00:00+01:00`);
          return item.status === 'announced' && due !== null && Date.parse(due) < before;
        },
      },
      blocked: {
        values: () => ['true', 'false'],
        keeps: ({ status, activation }, value) => status === 'announced' && activation.allowed === (value === 'false'),
      },
    },
    sorts: {
      announced: ({ id }) => id,
      planned: ({ plannedActivationOn }) => plannedActivationOn,
      deadline: (item) => deadlineOf(item) ?? '9',
    },
  },
  {
    address: () => '/v1/objections',
    filters: { ...ofChange, status: oneOf('status', () => ['pending', 'resolved', 'rejected']) },
    sorts: { recorded: ({ id }) => id, received: ({ receivedAt }) => receivedAt },
  },
  {
    address: () => '/v1/answers',
    filters: { ...ofChange, status: oneOf('status', () => ['unread', 'objection', 'not-an-objection']) },
    sorts: { received: ({ id }) => id },
  },
  {
    address: () => `/v1/changes/${busy}/controllers`,
    filters: {
      externalId: oneOf('externalId', () => ['kunde-1', 'kunde-2', 'kunde-5']),
      state: oneOf('state', () => ['awaiting-notice', 'open', 'closed']),
      failed: {
        values: () => ['true', 'false'],
        keeps: ({ state, notices }, value) =>
          (state === 'awaiting-notice' &&
            notices.some((each: Item) => each.status === 'failed') &&
            !notices.some((each: Item) => each.status === 'pending')) ===
          (value === 'true'),
      },
    },
    sorts: {},
  },
  {
    address: () => '/v1/audit',
    filters: {
      subject: oneOf('subject', () => [busy, 'kunde-4', 'truetalk', 'nothing']),
      action: oneOf('action', () => ['change.announced', 'agreement.ended', 'letter.recorded', 'objection.resolved']),
      actor: {
        values: () => ['officer', 'TEST ADMIN (key', 'nobody'],
        keeps: ({ actor }, value) => actor.toLowerCase().includes(value.toLowerCase()),
      },
      from: { values: () => ['2026-03-03', '2026-03-14T09:00:00Z'], keeps: ({ at }, value) => at >= asInstant(value) },
      to: { values: () => ['2026-03-03', '2026-03-14T09:00:00Z'], keeps: ({ at }, value) => at < asInstant(value) },
    },
    sorts: { at: ({ at }) => at },
  },
];
const asInstant = (value: string) => new Date(value.includes('T') ? value : `${value}T00:00:00+01:00`).toISOString();

describe.each(LISTS)('a list %#', ({ address, filters, sorts }) => {
  test('with any filters, in any order and in pages of any length has what the single reads say', async () => {
    const sort = fc.constantFrom('', ...Object.keys(sorts).flatMap((name) => [name, `-${name}`]));
    // More filters than two leave nothing of so few.
    const chosen = fc
      .subarray(Object.entries(filters), { maxLength: 2 })
      .chain((some) =>
        fc.record(Object.fromEntries(some.map(([name, { values }]) => [name, fc.constantFrom(...values())]))),
      );
    let found = 0;
    await fc.assert(
      fc.asyncProperty(chosen, sort, fc.constantFrom(1, 2, 3, 200), async (given, by, limit) => {
        const query = { ...given, ...(by !== '' && { sort: by }) };
        const items = await walk(address(), query, limit);
        const kept = whole[address()]?.filter((item) =>
          Object.entries(given).every(([name, value]) => filters[name]?.keeps(item, value)),
        );
        expect(items.map(idOf).toSorted()).toEqual(kept?.map(idOf).toSorted());
        const keyOf = sorts[by.replace('-', '')];
        if (keyOf !== undefined) {
          const keys = items.map(keyOf);
          expect(keys).toEqual(by.startsWith('-') ? keys.toSorted().toReversed() : keys.toSorted());
        }
        found += items.length;
      }),
      { numRuns: 40, seed: 15 },
    );
    expect(found).toBeGreaterThan(20);
  });

  test('as CSV has every row, in the same order', async () => {
    const response = await get(address()).set('Accept', 'text/csv').buffer(true);
    expect(response.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="[a-z]+\.csv"$/),
      vary: expect.stringContaining('Accept'),
    });
    const [header = [], ...lines] = parseCsv(response.text.replace(/^\uFEFF/, ''), ';');
    const id = header.findIndex((column) => column === 'id' || column === 'externalId');
    expect(lines.map((line) => line[id])).toEqual(whole[address()]?.map(idOf));
    expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([header.length]));
  });
});

describe('CSV', () => {
  const csv = async (address: string, query: Query, language: string) =>
    get(address, query).set('Accept', 'text/csv').set('Accept-Language', language).buffer(true);

  test('of customers says what they are called, and computes nothing', async () => {
    const { text } = await csv('/v1/controllers', { product: 'truetalk' }, 'en');
    expect(text.startsWith('\uFEFF')).toBe(true);
    const [header = [], ...lines] = parseCsv(text.slice(1), ',');
    expect(header.slice(0, 5)).toEqual(['externalId', 'name', 'registrationNumber', 'reference', 'products']);
    expect(lines.map((line) => line.slice(0, 5))).toEqual([
      ['kunde-1', 'Ørsted Å/S', 'DK 10 00 00 01', '', 'truetalk'],
      ['kunde-2', 'Bådeværftet 100%', '10.00.00.02', '', 'truetalk'],
      ['kunde-3', "O'Brien_Søn", '10000003', '', 'mobile | truetalk'],
    ]);
    const { text: all } = await csv('/v1/controllers', {}, 'da');
    expect(parseCsv(all.slice(1), ';')[4]?.[1]).toBe(`'=SUM(A1) Café, "Ægir"; Ltd`);
  });

  test('has each list, longer than a part of it is read at a time, and nothing of others', async () => {
    const ndjson = Array.from({ length: 1_201 }, (_, n) =>
      JSON.stringify({
        ...CONTROLLERS[0],
        externalId: `many-${n}`,
        name: `Mange ${n}`,
        registrationNumber: '77',
        products: [],
      }),
    ).join('\n');
    await varsel
      .api()
      .post('/v1/controllers/import')
      .set('Content-Type', 'application/x-ndjson')
      .send(ndjson)
      .expect(200);
    const { text } = await csv('/v1/controllers', { q: 'mange' }, 'da');
    const lines = parseCsv(text.slice(1), ';').slice(1);
    expect(new Set(lines.map(([id]) => id)).size).toBe(1_201);
    expect(lines).toHaveLength(1_201);
  });

  test('is whole: it takes no limit and no cursor, and is refused as the list is', async () => {
    const paged = await csv('/v1/controllers', { limit: '2' }, 'da');
    expect(paged).toMatchObject({ status: 400, body: { errors: [{ path: 'limit', message: expect.any(String) }] } });
    expect((await csv('/v1/changes', { product: 'nowhere' }, 'da')).body.code).toBe('not-found');
    expect((await get('/v1/audit', {}, 'reader').set('Accept', 'text/csv')).status).toBe(403);
  });

  test('is what a client gets that would rather have it than JSON, and no other', async () => {
    for (const [accept, type] of [
      ['*/*', 'json'],
      ['application/json, text/csv;q=0.9', 'json'],
      ['text/csv, application/json;q=0.9', 'csv'],
      ['text/html', 'json'],
    ])
      expect((await get('/v1/products').set('Accept', accept ?? '')).headers['content-type']).toContain(type);
    const head = await varsel.api().head('/v1/controllers').set('Accept', 'text/csv');
    expect([head.status, head.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  });
});

describe('A cursor', () => {
  test('is good for the list, the filters and the sort that it was given out with, and for no other', async () => {
    const first = (address: string, query: Query) => get(address, { ...query, limit: '1' });
    const asked: [string, Query][] = [
      ['/v1/changes', {}],
      ['/v1/changes', { sort: 'planned' }],
      ['/v1/changes', { product: 'truetalk' }],
      ['/v1/objections', {}],
      ['/v1/objections', { sort: 'received' }],
      ['/v1/answers', {}],
      [`/v1/changes/${busy}/objections`, {}],
      [`/v1/changes/${busy}/answers`, {}],
      ['/v1/controllers/kunde-1/changes', {}],
      ['/v1/controllers/kunde-3/changes', {}],
      ['/v1/audit', {}],
    ];
    const cursors = await Promise.all(
      asked.map(async ([address, query]) => (await first(address, query)).body.nextCursor),
    );
    expect(cursors).not.toContain(null);
    for (const [index, [address, query]] of asked.entries()) {
      for (const [other, cursor] of cursors.entries()) {
        const { status, body } = await get(address, { ...query, cursor });
        expect([address, other, status]).toEqual([address, other, index === other ? 200 : 400]);
        if (index !== other)
          expect(body.errors).toEqual([{ path: 'cursor', message: expect.stringContaining('this list') }]);
      }
    }
  });

  test('that somebody has made up of another is refused, and reaches no statement', async () => {
    const { body } = await get('/v1/objections', { sort: 'received', limit: '1' });
    const text = Buffer.from(body.nextCursor, 'base64url').toString();
    const id = text.slice(-36);
    const scope = text.slice(0, 8);
    for (const key of [
      '2026-99-99',
      '0000-01-01',
      '2026-03-02 25:00:00+00',
      '2026-03-02 09:00:00+99',
      'now',
      "'",
      '-infinity',
      '',
      '2026-03-02T09:00:00Z[x]',
    ]) {
      const cursor = Buffer.from(`${scope}${key}~${id}`).toString('base64url');
      expect([key, (await get('/v1/objections', { sort: 'received', cursor })).status]).toEqual([key, 400]);
    }
  });

  test('shows each item once that was there, while others come', async () => {
    const before = (await walk('/v1/objections', {}, 200)).map(idOf);
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let isLast = false, n = 0; !isLast; n += 1) {
      const { body }: { body: Item } = await get('/v1/objections', {
        sort: '-received',
        limit: '2',
        ...(cursor !== null && { cursor }),
      });
      seen.push(...body.items.map(idOf));
      ({ nextCursor: cursor } = body);
      isLast = cursor === null;
      if (n < 3)
        await varsel
          .api('officer')
          .post(`/v1/changes/${busy}/objections`)
          .send({
            controller: 'kunde-1',
            reasons: `Nr. ${n}`,
            channel: 'letter',
            receivedAt: '2026-03-02T10:00:00Z',
            from: {},
          })
          .expect(201);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(before));
  });
});

describe('A filter', () => {
  test('that names what does not exist is not found', async () => {
    const unknown: [string, string][] = [
      ['product', 'nowhere'],
      ['change', '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b'],
      ['controller', 'nobody'],
    ];
    const taking = ROUTES.api.flatMap(([method, address, operation]) => {
      const shape = (operation as { query?: { shape: object } }).query?.shape ?? {};
      return method === 'GET' && !address.includes(':')
        ? unknown.filter(([name]) => name in shape).map(([name, value]) => [address, name, value] as const)
        : [];
    });
    expect(taking.map(([address]) => address)).toEqual(
      expect.arrayContaining(['/v1/changes', '/v1/controllers', '/v1/objections', '/v1/answers', '/v1/events']),
    );
    for (const [address, name, value] of taking) {
      const { status, body } = await get(address, { [name]: value });
      expect([address, status, body.detail]).toEqual([address, 404, `There is no ${name} ${value}.`]);
    }
  });

  test.each([
    ['/v1/changes', 'dueBefore', 'tomorrow', /a day like 2026-03-01, or an instant/],
    ['/v1/changes', 'dueBefore', '2026-02-30', /a day like 2026-03-01/],
    ['/v1/audit', 'from', '2026-03-01T09:00', /Z or an offset/],
    ['/v1/audit', 'to', '', /a day like/],
    ['/v1/audit', 'action', 'key.stolen', /expected one of/i],
    ['/v1/changes', 'blocked', 'yes', /Expected true or false/],
    ['/v1/changes', 'sort', 'price', /expected one of/i],
    ['/v1/objections', 'limit', 'abc', /^Expected a whole number from 1 to 200$/],
    ['/v1/objections', 'status', 'open', /expected one of/i],
    ['/v1/controllers', 'q', '', /Expected text, found none/],
    ['/v1/controllers', 'q', 'x'.repeat(400), /at most 200 characters/],
    ['/v1/controllers', 'q', 'a\u0000b', /U\+0000|character/i],
  ])('of %s that is ill-formed is answered in words: %s=%s', async (address, name, value, words) => {
    const { status, body } = await get(address, { [name]: value });
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ path: name, message: expect.stringMatching(words) }],
    });
  });

  test.each([
    ['ørsted', ['kunde-1']],
    ['ORSTED', ['kunde-1']],
    ['oersted å', ['kunde-1']],
    ['baadevaerft', ['kunde-2']],
    ['badevaerft', ['kunde-2']],
    ['100%', ['kunde-2']],
    ['%', ['kunde-2']],
    ['\\', []],
    ['_', ['kunde-3']],
    ["o'b", ['kunde-3']],
    ['cafe', ['kunde-4']],
    ['"ægir"', ['kunde-4']],
    ['10000001', ['kunde-1']],
    ['DK-10 00 00 01', ['kunde-1']],
    ['dk10000002', ['kunde-2']],
    ['DK 00 00 02', ['kunde-2']],
    ['DPO@KUNDE-5.', ['kunde-5']],
    ['kunde-3', ['kunde-3']],
    ['😀', []],
    ['\u0301', []],
    ["'; drop table controllers; --", []],
  ])('q=%s finds %j', async (q, expected) => {
    const found = await walk('/v1/controllers', { q }, 200);
    expect(found.map(idOf)).toEqual(expected);
  });
});

describe('Who did it', () => {
  test('stands at each act of a change, and of an objection', async () => {
    const [officer] = whole['/v1/changes']?.map(({ announcedBy }) => announcedBy) ?? [];
    expect(officer).toMatch(/^Test officer \(key [0-9a-f-]{36}\)$/);
    const acts = whole['/v1/changes']?.map(({ status, activatedBy, withdrawnBy }) => ({
      status,
      activatedBy,
      withdrawnBy,
    }));
    expect(new Set(acts?.map((each) => JSON.stringify(each)))).toEqual(
      new Set(
        [
          { status: 'announced', activatedBy: null, withdrawnBy: null },
          { status: 'activated', activatedBy: officer, withdrawnBy: null },
          { status: 'withdrawn', activatedBy: null, withdrawnBy: officer },
        ].map((each) => JSON.stringify(each)),
      ),
    );
    const objections = whole['/v1/objections'] ?? [];
    expect(objections.find(({ status }) => status === 'resolved').resolution.resolvedBy).toBe(officer);
    expect(objections.find(({ channel }) => channel === 'link').recordedBy).toContain('dpo@kunde-1.example');
    expect(objections.find(({ status }) => status === 'rejected').recordedBy).toBe(officer);
  });

  test('is not in an event, which other systems get', async () => {
    const { body } = await get('/v1/events', { limit: '200' });
    expect(body.items.length).toBeGreaterThan(5);
    expect(JSON.stringify(body.items)).not.toMatch(/Test officer|announcedBy|recordedBy/);
  });

  test('is in the audit for every act, whose details hold no secret and have a bound', async () => {
    const url = 'https://example.com/hooks/SECRET-PATH?token=SECRET';
    await varsel.database.owner.query(
      `insert into audit_log (at, actor, action, subject, details)
       values ($1, 'Test admin', 'webhook.created', 'w', $2), ($1, 'Test admin', 'product.saved', 'huge', $3)`,
      ['2026-03-14T09:00:00Z', JSON.stringify({ url }), JSON.stringify({ text: 'x'.repeat(10_001) })],
    );
    const [webhook] = await walk('/v1/audit', { subject: 'w' }, 200);
    expect(webhook).toMatchObject({ details: { url: 'https://example.com' }, detailsLeftOut: false });
    const [huge] = await walk('/v1/audit', { subject: 'huge' }, 200);
    expect(huge).toMatchObject({ details: null, detailsLeftOut: true });
    const actions = new Set(whole['/v1/audit']?.map(({ action }) => action));
    for (const action of [
      'change.announced',
      'change.activated',
      'change.withdrawn',
      'letter.recorded',
      'objection.recorded',
      'objection.resolved',
      'answer.classified',
      'controller.created',
      'agreement.ended',
      'key.created',
    ])
      expect(actions).toContain(action);
  });
});

describe('The changes of a controller', () => {
  test('are every one that concerned it, with when it was told, by what, and what came of it', async () => {
    const [latest, first, ...others] = await walk('/v1/controllers/kunde-2/changes', {}, 1);
    expect(first).toMatchObject({ change: { status: 'withdrawn' }, state: 'closed' });
    expect(others).toHaveLength(1);
    expect(others[0]).toMatchObject({
      change: { id: busy, product: 'truetalk', status: 'announced', subProcessor: 'Sœur Ångström & Sønner' },
      state: 'awaiting-notice',
      notifiedAt: null,
      notices: [
        { email: 'dpo@kunde-2.example', status: 'failed', response: expect.stringContaining('5.1.1 No such user') },
      ],
    });
    expect(latest).toMatchObject({
      state: 'open',
      notices: [{ status: 'accepted', response: expect.stringMatching(/^250/) }],
    });
  });

  test('say of who was told by letter who recorded it, and of who has left when', async () => {
    const mobile = await walk('/v1/controllers/kunde-3/changes', { product: 'mobile', status: 'activated' }, 200);
    expect(mobile).toMatchObject([
      { state: 'closed', letters: [{ arrivedOn: '2026-03-02', recordedBy: expect.stringMatching(/^Test officer/) }] },
    ]);
    const left = await walk('/v1/controllers/kunde-4/changes', {}, 200);
    expect(left.find((each) => each.change.id === busy)).toMatchObject({
      leftAt: '2026-03-14T09:00:00.000Z',
      objections: [expect.any(String)],
      answers: [expect.any(String)],
    });
    expect((await get('/v1/controllers/nobody/changes')).status).toBe(404);
  });
});
