import type { EventData, EventType } from '../domain/event.ts';
import { rows, type Transaction } from './postgres.ts';

/** Writes an event beside what it tells of, in the same transaction. Its id goes into its data. */
export async function insertEvent(
  tx: Transaction,
  event: {
    type: EventType;
    product: string;
    changeId: string;
    at: Temporal.Instant;
    data: Omit<EventData, 'eventId'>;
  },
): Promise<void> {
  await rows(
    tx,
    `insert into events (id, type, product_id, change_id, sequence, at, data)
     select id, $1, $2, $3, $4, $5, jsonb_build_object('eventId', id) || $6::jsonb from (select uuidv7() as id) as new`,
    [event.type, event.product, event.changeId, event.data.sequence, event.at, JSON.stringify(event.data)],
  );
}
