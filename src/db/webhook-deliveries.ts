import { rows, type Queryable, type Transaction } from './postgres.ts';

/** The channel of the NOTIFY that wakes the processes that deliver. */
export const DELIVERIES_CHANNEL = 'varsel_deliveries';

/** `matchesEventType` of domain/event.ts in SQL: whether one of the patterns of the endpoint `w` matches the type. */
export const matchesEventType = (type: string) => `exists (select from unnest(w.events) as pattern
  where pattern = ${type} or pattern ~ '(^|\\.)\\*$' and starts_with(${type}, left(pattern, -1)))`;

/** Wakes every process that delivers, once this transaction commits. */
export async function wakeDeliverers(tx: Transaction): Promise<void> {
  await tx.query(`select pg_notify('${DELIVERIES_CHANNEL}', '')`);
}

/** Writes a delivery of the event for every endpoint that asks for it. For a disabled endpoint it waits. */
export async function insertDeliveries(
  tx: Transaction,
  event: { id: string; type: string; product: string | null; at: Temporal.Instant; except?: string },
): Promise<void> {
  const inserted = await tx.query(
    `insert into webhook_deliveries (webhook_id, event_id, created_at, next_attempt_at)
     select w.id, $1, $4, $4 from webhooks w
     where w.deleted_at is null and (w.products is null or $3 = any(w.products)) and ${matchesEventType('$2::text')}
       and w.id is distinct from $5`,
    [event.id, event.type, event.product, event.at.toString(), event.except ?? null],
  );
  if (inserted.rowCount) await wakeDeliverers(tx);
}

/** A delivery that is due, and its event. */
export interface DueDelivery {
  readonly id: string;
  readonly isReplay: boolean;
  /** How many attempts there have been. */
  readonly attempts: number;
  readonly eventId: string;
  readonly type: string;
  readonly at: Temporal.Instant;
  /** The event's data, as JSON. */
  readonly data: string;
}

/** The deliveries that are due for an endpoint, without those under way: new events before replayed ones. */
export async function dueDeliveries(
  db: Queryable,
  webhookId: string,
  { now, underWay, limit }: { now: Temporal.Instant; underWay: readonly string[]; limit: number },
): Promise<DueDelivery[]> {
  return rows(
    db,
    `select d.id, d.replay_id is not null as "isReplay", d.attempts, e.id as "eventId", e.type, e.at, e.data::text as data
     from webhook_deliveries d join events e on e.id = d.event_id
     where d.webhook_id = $1 and d.status = 'pending' and d.next_attempt_at <= $2 and d.id <> all($3::uuid[])
     order by d.replay_id is not null, d.next_attempt_at, d.id limit $4`,
    [webhookId, now, underWay, limit],
  );
}

/** One attempt at an endpoint, as it is recorded. */
export interface RecordedAttempt {
  /** `null` for a test. */
  readonly deliveryId: string | null;
  readonly startedAt: Temporal.Instant;
  readonly durationMs: number;
  readonly address: string | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly response: string | null;
}

/** An attempt at a delivery, and how the delivery goes on. */
export interface DeliveryAttempt extends RecordedAttempt {
  readonly deliveryId: string;
  readonly finishedAt: Temporal.Instant;
  readonly delivered: boolean;
  /** `null` when there is no further attempt. */
  readonly nextAttemptAt: Temporal.Instant | null;
}

/** Records attempts (D28). */
export async function insertAttempts(
  tx: Transaction,
  webhookId: string,
  attempts: readonly RecordedAttempt[],
): Promise<void> {
  await rows(
    tx,
    `insert into webhook_attempts (webhook_id, delivery_id, started_at, duration_ms, address, status, error, response)
     select $1, "deliveryId", "startedAt", "durationMs", address, status, error, response
     from jsonb_to_recordset($2) as given("deliveryId" uuid, "startedAt" timestamptz, "durationMs" integer, address text,
       status integer, error text, response text)`,
    [webhookId, JSON.stringify(attempts)],
  );
}

/** Records attempts that delivered, and their deliveries, in one statement: the common case. */
export async function recordDelivered(
  db: Queryable,
  webhookId: string,
  attempts: readonly DeliveryAttempt[],
): Promise<void> {
  await rows(
    db,
    `with given as (
       select * from jsonb_to_recordset($2) as given("deliveryId" uuid, "startedAt" timestamptz, "finishedAt" timestamptz,
         "durationMs" integer, address text, status integer, response text)
     ), kept as (
       insert into webhook_attempts (webhook_id, delivery_id, started_at, duration_ms, address, status, response)
       select $1, "deliveryId", "startedAt", "durationMs", address, status, response from given
     )
     update webhook_deliveries d set attempts = d.attempts + 1, status = 'delivered', finished_at = given."finishedAt"
     from given where d.id = given."deliveryId" and d.status = 'pending'`,
    [webhookId, JSON.stringify(attempts)],
  );
}

/** Records the new status of deliveries after attempts. One that was delivered meanwhile stays so. */
export async function moveDeliveries(tx: Transaction, attempts: readonly DeliveryAttempt[]): Promise<void> {
  await rows(
    tx,
    `update webhook_deliveries d
     set attempts = d.attempts + 1,
       status = case when given.delivered then 'delivered' when given."nextAttemptAt" is null then 'failed' else 'pending' end,
       next_attempt_at = coalesce(given."nextAttemptAt", d.next_attempt_at),
       finished_at = case when given.delivered or given."nextAttemptAt" is null then given."finishedAt" end
     from jsonb_to_recordset($1) as given("deliveryId" uuid, delivered boolean, "finishedAt" timestamptz,
       "nextAttemptAt" timestamptz)
     where d.id = given."deliveryId" and d.status = 'pending'`,
    [JSON.stringify(attempts)],
  );
}

/**
 * Makes all waiting deliveries of an endpoint due now, and those that failed since `failedSince`, with a new retry schedule.
 * Replays are left as they are.
 */
export async function catchUp(
  tx: Transaction,
  webhookId: string,
  { now, failedSince }: { now: Temporal.Instant; failedSince: Temporal.Instant | null },
): Promise<void> {
  await rows(
    tx,
    `update webhook_deliveries set status = 'pending', attempts = 0, next_attempt_at = $2, finished_at = null
     where webhook_id = $1 and replay_id is null
       and (status = 'pending' or status = 'failed' and finished_at >= $3::timestamptz)`,
    [webhookId, now, failedSince],
  );
  await wakeDeliverers(tx);
}

/** Marks the waiting deliveries of an endpoint as skipped. They stay on record and can be replayed. */
export async function skipWaiting(tx: Transaction, webhookId: string, now: Temporal.Instant): Promise<void> {
  await rows(
    tx,
    `update webhook_deliveries set status = 'skipped', finished_at = $2 where webhook_id = $1 and status = 'pending'`,
    [webhookId, now],
  );
}

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'skipped'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** A delivery with its attempts, the first one first. */
export interface DeliveryOnRecord {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly replayId: string | null;
  readonly status: DeliveryStatus;
  readonly createdAt: Temporal.Instant;
  readonly nextAttemptAt: Temporal.Instant | null;
  readonly attempts: readonly (Omit<RecordedAttempt, 'deliveryId' | 'startedAt'> & { readonly startedAt: string })[];
}

/** The deliveries of an endpoint, newest first, from before the id `before`. */
export async function listDeliveries(
  db: Queryable,
  filter: {
    webhookId: string;
    status: DeliveryStatus | null;
    eventId: string | null;
    before: string | null;
    limit: number;
  },
): Promise<DeliveryOnRecord[]> {
  return rows(
    db,
    `select d.id, d.event_id as "eventId", e.type, d.replay_id as "replayId", d.status, d.created_at as "createdAt",
       case when d.status = 'pending' then d.next_attempt_at end as "nextAttemptAt",
       array(select jsonb_build_object('startedAt', a.started_at, 'durationMs', a.duration_ms, 'address', a.address,
           'status', a.status, 'error', a.error, 'response', a.response)
         from webhook_attempts a where a.delivery_id = d.id order by a.id) as attempts
     from webhook_deliveries d join events e on e.id = d.event_id
     where d.webhook_id = $1 and ($2::text is null or d.status = $2) and ($3::uuid is null or d.event_id = $3)
       and ($4::uuid is null or d.id < $4)
     order by d.id desc limit $5`,
    [filter.webhookId, filter.status, filter.eventId, filter.before, filter.limit],
  );
}
