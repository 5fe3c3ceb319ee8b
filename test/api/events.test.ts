import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordEvents } from '../../src/commands/record-events.ts';
import { alignEventFeed } from '../../src/db/events.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { apart, isContactPerson } from '../../src/domain/persons.ts';
import { announceAnother, haveControllers, haveProduct } from '../support/story.ts';
import { aController, aProduct } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1)]);
});
afterAll(() => varsel.close());

interface Item {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly product: string | null;
  readonly data: {
    readonly eventId: string;
    readonly sequence: number;
    readonly checkpoint: object | null;
    readonly change: { readonly id: string };
  };
}
const pageAfter = async (after: string | null, query = ''): Promise<{ items: Item[]; nextCursor: string | null }> => {
  const given = after === null ? '' : `&after=${encodeURIComponent(after)}`;
  const { body, status } = await varsel.api('reader').get(`/v1/events?limit=200${given}${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};

describe('the feed', () => {
  test('has every event as it is delivered, and a cursor to go on with also where nothing is new', async () => {
    expect(await pageAfter(null)).toEqual({ items: [], nextCursor: null });
    const id = await announceAnother(varsel);
    await varsel.deliver();
    const { items, nextCursor } = await pageAfter(null);
    expect(items.map(({ type }) => type)).toEqual(['change.announced', 'change.notified']);
    const { body } = await varsel.api('reader').get(`/v1/changes/${id}`);
    const {
      announcedBy: _by,
      activatedBy: _activated,
      withdrawnBy: _withdrawn,
      wordingConfirmedBy: _confirmed,
      ...change
    } = body;
    const { facts: told } = apart(change, isContactPerson);
    expect(items[1]).toEqual({
      id: items[1]?.data.eventId,
      type: 'change.notified',
      timestamp: '2026-03-02T09:00:00.000Z',
      product: 'truetalk',
      data: { eventId: items[1]?.id, sequence: 2, checkpoint: items[1]?.data.checkpoint, change: told },
    });
    expect(await pageAfter(nextCursor)).toEqual({ items: [], nextCursor });
    await announceAnother(varsel);
    expect((await pageAfter(nextCursor)).items.map(({ type }) => type)).toEqual(['change.announced']);
  });

  test('comes in pages that join without a gap or a repeat', async () => {
    const whole = (await pageAfter(null)).items.map(({ id }) => id);
    const found: string[] = [];
    let after = '';
    for (;;) {
      const { body } = await varsel.api('reader').get(`/v1/events?limit=1${after && `&after=${after}`}`);
      if (body.items.length === 0) break;
      found.push(...body.items.map(({ id }: Item) => id));
      after = body.nextCursor;
    }
    expect(found).toEqual(whole);
  });

  test('is filtered by product', async () => {
    expect((await pageAfter(null, '&product=truetalk')).items.length).toBeGreaterThan(0);
    await haveProduct(varsel, aProduct({ id: 'other' }));
    expect((await pageAfter(null, '&product=other')).items).toEqual([]);
    expect((await varsel.api('reader').get('/v1/events?product=nowhere')).status).toBe(404);
  });

  test.each(['x', 'MTI', 'MS4y=', Buffer.from('1.x').toString('base64url'), Buffer.from('-1.2').toString('base64url')])(
    'refuses the made-up cursor %j',
    async (after) => {
      const { body, status } = await varsel.api('reader').get(`/v1/events?after=${encodeURIComponent(after)}`);
      expect({ status, code: body.code, path: body.errors[0].path }).toEqual({
        status: 400,
        code: 'invalid-request',
        path: 'after',
      });
    },
  );
});

describe('a reader that follows the cursor', () => {
  /** The events that a reader gets who never waits for a writer. */
  function follow(from: string | null) {
    const seen: Item[] = [];
    let stopped = false;
    const reading = (async () => {
      let after = from;
      for (;;) {
        const isLast = stopped;
        const { items, nextCursor } = await pageAfter(after);
        seen.push(...items);
        after = nextCursor;
        if (isLast && items.length === 0) return seen;
        await sleep(1);
      }
    })();
    return {
      stop: () => {
        stopped = true;
        return reading;
      },
    };
  }

  test('sees every event of 50 writers once, however their transactions overlap, and each change in its order', async () => {
    const changes = await Promise.all(Array.from({ length: 10 }, () => announceAnother(varsel)));
    const { nextCursor } = await lastPage();
    const reader = follow(nextCursor);
    const random = mulberry32(20261124);
    let committed = 0;
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const change = changes[index % changes.length] ?? '';
        const [before, held] = [random() * 60, random() * 60];
        await inTransaction(varsel.database.pool, async (tx) => {
          // The transaction gets its number before it waits for the change, so numbers and locks are in different orders.
          await tx.query('select pg_current_xact_id()');
          await sleep(before);
          await recordEvents(tx, change, varsel.clock.now(), [
            { type: 'change.announced' },
            { type: 'change.announced' },
          ]);
          await sleep(held);
        });
        committed += 2;
      }),
    );
    expect(committed).toBe(100);
    const seen = await reader.stop();
    const { rows: written } = await varsel.database.pool.query<{ id: string }>(
      'select id from events where change_id = any($1) and sequence > 1',
      [changes],
    );
    expect(written).toHaveLength(100);
    expect(seen.map(({ id }) => id).sort()).toEqual(written.map(({ id }) => id).sort());
    for (const change of changes) {
      const sequences = seen.filter(({ data }) => data.change.id === change).map(({ data }) => data.sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      expect(sequences).toHaveLength(10);
    }
  });

  test('is not shown what would have it miss a transaction that still runs', async () => {
    const [slow, fast] = [await announceAnother(varsel), await announceAnother(varsel)];
    const { nextCursor } = await lastPage();
    const at = varsel.clock.now();
    const record = (change: string, meanwhile = () => Promise.resolve()) =>
      inTransaction(varsel.database.pool, async (tx) => {
        await recordEvents(tx, change, at, [{ type: 'change.announced' }]);
        await meanwhile();
      });
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slowly = record(slow, () => {
      begun.resolve();
      return held.promise;
    });
    await begun.promise;
    await record(fast);
    expect((await pageAfter(nextCursor)).items).toEqual([]);
    held.resolve();
    await slowly;
    const { items } = await pageAfter(nextCursor);
    expect(items.map(({ data }) => data.change.id)).toEqual([slow, fast]);
  });

  test('goes on after the database was restored where transactions are counted from the beginning again', async () => {
    const { pool, owner } = varsel.database;
    const change = await announceAnother(varsel);
    const { nextCursor } = await lastPage();
    // As after a restore: events of transactions whose numbers this database has not reached yet.
    await rows(owner, 'alter table events disable trigger guard_event_place');
    await rows(
      owner,
      `insert into events (xact_id, type, product_id, change_id, sequence, at, data)
       values ('99000000', 'change.announced', 'truetalk', $1, 1000, $2, '{"eventId": "01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b", "change": {}}')`,
      [change, varsel.clock.now()],
    );
    expect((await pageAfter(nextCursor)).items).toEqual([]);
    await rows(owner, 'alter table events enable trigger guard_event_place');
    await alignEventFeed(owner);
    const restored = await pageAfter(nextCursor);
    expect(restored.items.map(({ data }) => data.eventId)).toEqual(['01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b']);
    const later = await announceAnother(varsel);
    const after = await pageAfter(restored.nextCursor);
    expect(after.items.map(({ data }) => data.change.id)).toEqual([later]);
    const { offset } = await oneRow<{ offset: number }>(pool, 'select xact_offset as offset from event_feed');
    await alignEventFeed(owner);
    expect(await oneRow(pool, 'select xact_offset as offset from event_feed')).toEqual({ offset });
  });
});

/** The place after the last event. */
async function lastPage() {
  let page = await pageAfter(null);
  while (page.items.length === 200) page = await pageAfter(page.nextCursor);
  return page;
}

/** A small random generator with a seed, so that a run can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
