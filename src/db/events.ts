import type { ChangeEventData, ChangeEventType, EventType, WebhookEventData } from '../domain/event.ts';
import { insertDeliveries } from './webhook-deliveries.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The place of this transaction in the feed: see `events` in sql/001_schema.sql. */
const OWN_PLACE = `((pg_current_xact_id()::text::bigint + xact_offset)::text)::xid8`;
/** All transactions below this one have ended, so no event will be written there any more. */
const SETTLED = `(((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + xact_offset)::text)::xid8)`;

/** What an event has in its data by itself: its id, and the newest checkpoint (D49). */
type MadeHere = 'eventId' | 'checkpoint';

/**
 * Writes an event, with its id in its data, and a delivery for every endpoint that asks for it, in the transaction of the act
 * that it reports. The caller holds the change's lock, so the change's previous event has been committed.
 */
export async function insertChangeEvent(
  tx: Transaction,
  event: {
    type: ChangeEventType;
    product: string;
    changeId: string;
    at: Temporal.Instant;
    data: Omit<ChangeEventData, MadeHere>;
  },
): Promise<void> {
  const { type, product, changeId, at, data } = event;
  const { id } = await oneRow<{ id: string }>(
    tx,
    `insert into events (id, xact_id, type, product_id, change_id, sequence, at, data)
     select id, greatest(${OWN_PLACE}, (select xact_id from events where change_id = $3 and sequence = $4 - 1)),
       $1, $2, $3, $4, $5, jsonb_build_object('eventId', id, 'checkpoint', newest_checkpoint()) || $6::jsonb
     from event_feed, (select uuidv7() as id) as new
     returning id`,
    [type, product, changeId, data.sequence, at, JSON.stringify(data)],
  );
  await insertDeliveries(tx, { id, type, product, at });
}

/** Writes an event about an endpoint, and a delivery for every other endpoint that asks for it. */
export async function insertWebhookEvent(
  tx: Transaction,
  event: {
    type: Exclude<EventType, ChangeEventType>;
    product: string | null;
    at: Temporal.Instant;
    data: Omit<WebhookEventData, MadeHere>;
  },
): Promise<void> {
  const { type, product, at, data } = event;
  const { id } = await oneRow<{ id: string }>(
    tx,
    `insert into events (id, xact_id, type, product_id, at, data)
     select id, ${OWN_PLACE}, $1, $2, $3, jsonb_build_object('eventId', id, 'checkpoint', newest_checkpoint()) || $4::jsonb
     from event_feed, (select uuidv7() as id) as new
     returning id`,
    [type, product, at, JSON.stringify(data)],
  );
  await insertDeliveries(tx, { id, type, product, at, except: data.webhook.id });
}

/** An event of the feed. A reader goes on after its `place`. */
export interface FeedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly at: Temporal.Instant;
  readonly product: string | null;
  readonly data: ChangeEventData | WebhookEventData;
  readonly place: string;
}

/** The form of `FeedEvent.place`. */
export const FEED_PLACE = /^\d{1,19}\.\d{1,18}$/;

/**
 * Events in the order of the feed, from after the place `after`, or from the beginning. A reader that goes on after the last
 * place it got misses none: events of transactions that are still running come after everything served before. The events of
 * one change come in the order of their sequence.
 */
export async function eventsAfter(
  db: Queryable,
  { after, product, limit }: { after: string | null; product: string | null; limit: number },
): Promise<FeedEvent[]> {
  const [xact, position] = (after ?? '0.0').split('.');
  return rows<FeedEvent>(
    db,
    `select e.id, e.type, e.at, e.product_id as product, e.data, e.xact_id::text || '.' || e.position as place
     from events e, event_feed
     where (e.xact_id, e.position) > ($1::xid8, $2::bigint) and e.xact_id < ${SETTLED}
       and ($3::text is null or e.product_id = $3)
     order by e.xact_id, e.position limit $4`,
    [xact ?? '0', position ?? '0', product, limit],
  );
}

/**
 * The events of a change, the latest first, from before the one of sequence `before`; of one type, or of those that begin like it
 * (`objection.*`).
 */
export async function eventsOfChange(
  db: Queryable,
  { changeId, type }: { changeId: string; type: string | null },
  { before, limit }: { before: number | null; limit: number },
): Promise<(Omit<FeedEvent, 'place'> & { readonly sequence: number })[]> {
  return rows(
    db,
    `select id, type, at, product_id as product, data, sequence from events
     where change_id = $1 and ($2::int is null or sequence < $2)
       and ($3::text is null or type = $3 or (right($3, 2) = '.*' and starts_with(type, left($3, -1))))
     order by sequence desc limit $4`,
    [changeId, before, type, limit],
  );
}

/** Which of these ids belong to no event of these products; `null` for all products. */
export async function unknownEvents(
  db: Queryable,
  ids: readonly string[],
  products: readonly string[] | null,
): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `select id from unnest($1::uuid[]) as given(id) where not exists (select from events e
       where e.id = given.id and ($2::text[] is null or e.product_id = any($2)))`,
    [ids, products],
  );
  return found.map(({ id }) => id);
}

/** By how much the offset of the feed is too low; zero or less where it is not. */
const GAP = `select (select max(xact_id) from events)::text::bigint - xact_offset
    - pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1 as gap from event_feed`;

/** Whether the database was restored from a dump, and `alignEventFeed` has not run since. */
export async function isEventFeedBehind(db: Queryable): Promise<boolean> {
  return (await row(db, `select from (${GAP}) as behind where gap > 0`)) !== null;
}

/**
 * Raises the offset of the feed in a database that was restored from a dump: its transaction ids begin below those of its
 * events, and readers would wait for years until they catch up. Run before anything writes events.
 */
export async function alignEventFeed(db: Queryable): Promise<void> {
  await rows(db, `update event_feed set xact_offset = xact_offset + gap from (${GAP}) as behind where gap > 0`);
}
