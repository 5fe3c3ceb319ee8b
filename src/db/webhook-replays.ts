import type { Author } from '../domain/author.ts';
import { matchesEventType } from './webhook-deliveries.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A request to deliver past events to an endpoint again. */
export interface Replay {
  readonly id: string;
  readonly since: Temporal.Instant | null;
  readonly eventIds: readonly string[] | null;
  readonly createdAt: Temporal.Instant;
  readonly createdBy: string;
  readonly finishedAt: Temporal.Instant | null;
  /** Deliveries that it has queued so far. */
  readonly queued: number;
}

const COLUMNS = `r.id, r.since, r.event_ids as "eventIds", r.created_at as "createdAt", author_in_words(r.created_by) as "createdBy",
  r.finished_at as "finishedAt",
  (select count(*) from webhook_deliveries d where d.webhook_id = r.webhook_id and d.replay_id = r.id) as queued`;

/** Queues a replay; a job works through it. */
export async function insertReplay(
  tx: Transaction,
  webhookId: string,
  wanted: { since: Temporal.Instant | null; eventIds: readonly string[] | null },
  by: Author,
): Promise<Replay> {
  return oneRow(
    tx,
    `insert into webhook_replays as r (webhook_id, since, event_ids, created_at, created_by)
     values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
    [webhookId, wanted.since, wanted.eventIds, by.at, by.actor],
  );
}

/** The replays of an endpoint, newest first, from before the id `before`. */
export async function listReplays(
  db: Queryable,
  webhookId: string,
  { before, limit }: { before: string | null; limit: number },
): Promise<Replay[]> {
  return rows(
    db,
    `select ${COLUMNS} from webhook_replays r
     where r.webhook_id = $1 and ($2::uuid is null or r.id < $2) order by r.id desc limit $3`,
    [webhookId, before, limit],
  );
}

/**
 * Queues the next `limit` deliveries of an unfinished replay, in the order of the feed. Returns `false` when there is no
 * unfinished replay. A replay by time ends with the moment of the request: later events are delivered anyway. A replay of
 * listed events delivers all of them, whatever the endpoint's filter.
 */
export async function queueReplayStep(tx: Transaction, now: Temporal.Instant, limit: number): Promise<boolean> {
  const replay = await row<{ id: string }>(
    tx,
    `select id from webhook_replays where finished_at is null order by id limit 1 for update skip locked`,
  );
  if (replay === null) return false;
  await rows(
    tx,
    `with step as (
       select e.id, e.xact_id, e.position
       from webhook_replays r join webhooks w on w.id = r.webhook_id, events e
       where r.id = $1 and w.deleted_at is null and (e.xact_id, e.position) > (r.reached_xact_id, r.reached_position)
         and (e.id = any(r.event_ids) or e.at between r.since and r.created_at
           and (w.products is null or e.product_id = any(w.products))
           and ${matchesEventType('e.type')})
       order by e.xact_id, e.position limit $3
     ), queued as (
       insert into webhook_deliveries (webhook_id, event_id, replay_id, created_at, next_attempt_at)
       select r.webhook_id, step.id, r.id, $2, $2 from step, webhook_replays r where r.id = $1
     ), last as (select xact_id, position from step order by xact_id desc, position desc limit 1)
     update webhook_replays r
     set reached_xact_id = coalesce((select xact_id from last), r.reached_xact_id),
       reached_position = coalesce((select position from last), r.reached_position),
       finished_at = case when (select count(*) from step) < $3 then $2::timestamptz end
     where r.id = $1`,
    [replay.id, now, limit],
  );
  return true;
}
