import { z } from 'zod';
import { findChange } from '../db/changes.ts';
import { eventsAfter, eventsOfChange, FEED_PLACE } from '../db/events.ts';
import { instantText } from '../domain/instant.ts';
import { CHANGE_EVENT_TYPES, EVENT_TYPES, matchesEventType } from '../domain/event.ts';
import { notFound } from '../domain/refused.ts';
import { EXAMPLE_ID, exampleChangeInEvent } from './examples.ts';
import { list as listing, placed } from '../http/list.ts';
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

/** A type, or the beginning of several. */
const pattern = z
  .string()
  .max(100)
  .refine(
    (typed) => CHANGE_EVENT_TYPES.some((type) => matchesEventType(typed, type)),
    'Expected a type of event of a change, or the beginning of some with a star, like objection.*',
  )
  .meta({ examples: ['objection.*'] });

export const listOfChange = listing({
  operationId: 'listChangeEvents',
  summary: 'What has happened to a change, the latest first (D63)',
  tag: 'Changes',
  scope: 'events:read',
  params: z.object({ id: uuid }),
  filters: { type: pattern.optional() },
  item: event,
  place: z.string().regex(/^\d{1,9}$/),
  refusals: ['not-found'],
  find: async (db, { params: { id: changeId }, query: { type = null }, after, limit }) => {
    if ((await findChange(db, changeId)) === null) throw notFound(`change ${changeId}`);
    return placed(
      await eventsOfChange(db, { changeId, type }, { before: after === null ? null : Number(after), limit }),
      ({ sequence }) => String(sequence),
      ({ at, sequence: _sequence, ...each }) => ({ ...each, timestamp: instantText(at) }),
    );
  },
  columns: ['id', 'type', 'timestamp', 'product'],
});
