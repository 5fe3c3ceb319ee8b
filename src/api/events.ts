import { z } from 'zod';
import { eventsAfter, FEED_PLACE } from '../db/events.ts';
import { instantText } from '../domain/instant.ts';
import { EVENT_TYPES } from '../domain/event.ts';
import { EXAMPLE_ID, exampleChangeInEvent } from './examples.ts';
import { query } from '../http/operation.ts';
import { instantOut, openEnum, productId, uuid } from './fields.ts';
import { expectNamed } from '../http/named-in-filter.ts';
import { cursorAt, page, PAGE_LENGTH, placeOf } from '../http/pagination.ts';

const event = z
  .object({
    id: uuid,
    type: openEnum(EVENT_TYPES),
    timestamp: instantOut,
    product: productId.nullable(),
    data: z.looseObject({ eventId: uuid }),
  })
  .meta({
    id: 'Event',
    description: 'As it is delivered to webhooks; the schema of `data` for each type is under `webhooks`.',
    examples: [
      {
        id: EXAMPLE_ID,
        type: 'change.announced',
        timestamp: '2026-11-24T10:12:00.000Z',
        product: 'truetalk',
        data: { eventId: EXAMPLE_ID, sequence: 1, change: exampleChangeInEvent },
      },
    ],
  });

const place = z.string().regex(FEED_PLACE);
/** Places in the feed are the same with every filter, and a reader may have kept one for years. */
const FEED = '';

export const list = query({
  operationId: 'listEvents',
  summary:
    'Every event in order. `nextCursor` is where to go on, also when there is nothing new yet: keep it and ask again',
  tag: 'Events',
  scope: 'events:read',
  query: z.strictObject({ limit: page.limit, after: page.cursor, product: productId.optional() }),
  responses: {
    200: z
      .object({ items: z.array(event), nextCursor: z.string().nullable() })
      .meta({ examples: [{ items: event.meta()?.examples ?? [], nextCursor: 'MTIzNC41Ng' }] }),
  },
  refusals: ['not-found'],
  read: async (db, { query: { after, product, limit = PAGE_LENGTH } }) => {
    await expectNamed(db, { product });
    const begin = placeOf(after, { scope: FEED, shape: place, parameter: 'after' });
    const found = await eventsAfter(db, { after: begin, product: product ?? null, limit });
    const last = found.at(-1);
    return {
      items: found.map(({ at, place: _place, ...rest }) => ({ ...rest, timestamp: instantText(at) })),
      nextCursor: last === undefined ? (after ?? null) : cursorAt(last.place, FEED),
    };
  },
});
