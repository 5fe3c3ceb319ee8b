import type { Claim } from '../concurrency/leases.ts';
import type { Author } from '../domain/author.ts';
import type { DisabledBecause, Webhook, WebhookHealth } from '../domain/webhook.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

const COLUMNS = `w.id, w.url, w.events, w.products, w.description, w.rate_limit as "rateLimit", w.enabled,
  w.disabled_at as "disabledAt", w.disabled_because as "disabledBecause", w.failing_since as "failingSince",
  w.created_at as "createdAt", author_in_words(w.created_by) as "createdBy", w.secret_version as "secretVersion", w.secret_rotated_at as "secretRotatedAt",
  w.previous_secret_until as "previousSecretUntil"`;
const HEALTH = `w.failures, w.failing_since as "failingSince", w.told_failing_at as "toldFailingAt",
  w.told_ending_at as "toldEndingAt"`;

/** The settings of an endpoint, which an admin chooses. */
export type WebhookSettings = Pick<Webhook, 'url' | 'events' | 'products' | 'description' | 'rateLimit' | 'enabled'>;

/** An endpoint with the number of deliveries that wait and that have failed. */
export type WebhookWithBacklog = Webhook & { readonly pending: number; readonly failed: number };

export async function insertWebhook(
  tx: Transaction,
  { url, events, products, description, rateLimit, enabled }: WebhookSettings,
  by: Author,
): Promise<Webhook> {
  return oneRow<Webhook>(
    tx,
    `insert into webhooks as w (url, events, products, description, rate_limit, enabled, disabled_at, disabled_because,
       created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, case when not $6 then $7::timestamptz end, case when not $6 then 'by-admin' end, $7, $8)
     returning ${COLUMNS}`,
    [url, events, products, description, rateLimit, enabled, by.at, by.actor],
  );
}

const BACKLOG = `(select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.status = 'pending') as pending,
  (select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.status = 'failed') as failed`;

/** The endpoint with its backlog, or `null` when there is none or it was deleted. */
export async function findWebhook(db: Queryable, id: string): Promise<WebhookWithBacklog | null> {
  return row(db, `select ${COLUMNS}, ${BACKLOG} from webhooks w where id = $1 and deleted_at is null`, [id]);
}

/** Endpoints in the order they were created, from after `after`. */
export async function listWebhooks(db: Queryable, after: string | null, limit: number): Promise<WebhookWithBacklog[]> {
  return rows(
    db,
    `select ${COLUMNS}, ${BACKLOG} from webhooks w
     where deleted_at is null and ($1::uuid is null or id > $1) order by id limit $2`,
    [after, limit],
  );
}

/**
 * The endpoint with its health, its row locked to the end of the transaction. `for no key update` lets events that are written
 * meanwhile refer to it.
 */
export async function lockWebhook(tx: Transaction, id: string): Promise<(Webhook & WebhookHealth) | null> {
  return row(
    tx,
    `select ${COLUMNS}, ${HEALTH} from webhooks w where id = $1 and deleted_at is null for no key update`,
    [id],
  );
}

/** Replaces an endpoint's settings, all but `enabled`. The caller holds its lock. */
export async function updateWebhook(
  tx: Transaction,
  id: string,
  { url, events, products, description, rateLimit }: Omit<WebhookSettings, 'enabled'>,
): Promise<void> {
  await rows(
    tx,
    'update webhooks set url = $2, events = $3, products = $4, description = $5, rate_limit = $6 where id = $1',
    [id, url, events, products, description, rateLimit],
  );
}

/** Disables an endpoint: from now on its deliveries wait. The caller holds its lock. */
export async function disableWebhook(
  tx: Transaction,
  id: string,
  { at, because }: { at: Temporal.Instant; because: DisabledBecause },
): Promise<void> {
  await rows(
    tx,
    'update webhooks set enabled = false, disabled_at = $2, disabled_because = $3 where id = $1 and enabled',
    [id, at, because],
  );
}

/** Enables an endpoint again, as healthy. The caller holds its lock. */
export async function enableWebhook(tx: Transaction, id: string): Promise<void> {
  await rows(
    tx,
    `update webhooks set enabled = true, disabled_at = null, disabled_because = null, paused_until = null, failures = 0,
       failing_since = null, told_failing_at = null, told_ending_at = null where id = $1`,
    [id],
  );
}

/** Marks an endpoint as deleted. Its row and its deliveries stay on record (D28). The caller holds its lock. */
export async function markWebhookDeleted(tx: Transaction, id: string, by: Author): Promise<void> {
  await rows(tx, 'update webhooks set deleted_at = $2, deleted_by = $3 where id = $1', [id, by.at, by.actor]);
}

/** Gives an endpoint its next secret. The previous one signs as well until `previousUntil`. The caller holds its lock. */
export async function rotateWebhookSecret(
  tx: Transaction,
  id: string,
  { at, previousUntil }: { at: Temporal.Instant; previousUntil: Temporal.Instant | null },
): Promise<Webhook> {
  return oneRow<Webhook>(
    tx,
    `update webhooks w set secret_version = secret_version + 1, secret_rotated_at = $2, previous_secret_until = $3
     where id = $1 returning ${COLUMNS}`,
    [id, at, previousUntil],
  );
}

/** Ends the previous secret at once. The caller holds its lock. */
export async function revokePreviousSecret(tx: Transaction, id: string): Promise<void> {
  await rows(tx, 'update webhooks set previous_secret_until = null where id = $1', [id]);
}

/** An endpoint that this process delivers to, alone, for as long as its lease holds. */
export type ClaimedWebhook = Webhook & Claim;

/**
 * Claims an endpoint that has a delivery due, the one that was served longest ago first. The lease of a process that died
 * ends by itself.
 */
export async function claimWebhook(
  db: Queryable,
  claim: { now: Temporal.Instant; leaseId: string; leasedUntil: Temporal.Instant },
): Promise<ClaimedWebhook | null> {
  return row(
    db,
    `update webhooks w set lease_id = $2, leased_until = $3, served_at = $1
     where id = (select w.id from webhooks w
       where w.enabled and w.deleted_at is null and (w.leased_until is null or w.leased_until <= $1)
         and (w.paused_until is null or w.paused_until <= $1)
         and exists (select from webhook_deliveries d
           where d.webhook_id = w.id and d.status = 'pending' and d.next_attempt_at <= $1)
       order by w.served_at nulls first, w.id limit 1 for no key update skip locked)
     returning ${COLUMNS}, w.lease_id as "leaseId"`,
    [claim.now, claim.leaseId, claim.leasedUntil],
  );
}

/** Prolongs leases and returns the endpoints as they are now, without those leased elsewhere, disabled or deleted. */
export async function renewWebhooks(
  db: Queryable,
  claims: readonly Claim[],
  leasedUntil: Temporal.Instant,
): Promise<ClaimedWebhook[]> {
  return rows(
    db,
    `update webhooks w set leased_until = $3
     where id = any($1) and lease_id = any($2) and enabled and deleted_at is null
     returning ${COLUMNS}, w.lease_id as "leaseId"`,
    [claims.map(({ id }) => id), claims.map(({ leaseId }) => leaseId), leasedUntil],
  );
}

/** Releases the endpoint. */
export async function releaseWebhook(db: Queryable, { id, leaseId }: Claim): Promise<void> {
  await rows(db, 'update webhooks set lease_id = null, leased_until = null where id = $1 and lease_id = $2', [
    id,
    leaseId,
  ]);
}

/** Pauses an endpoint until `until`, or longer where it is paused longer. The caller holds its lock. */
export async function pauseWebhook(tx: Transaction, id: string, until: Temporal.Instant): Promise<void> {
  await rows(tx, 'update webhooks set paused_until = greatest(paused_until, $2) where id = $1', [id, until]);
}

/** Stores an endpoint's health. The caller holds its lock. */
export async function saveHealth(tx: Transaction, id: string, health: WebhookHealth): Promise<void> {
  await rows(
    tx,
    `update webhooks set failures = $2, failing_since = $3, told_failing_at = $4, told_ending_at = $5 where id = $1`,
    [id, health.failures, health.failingSince, health.toldFailingAt, health.toldEndingAt],
  );
}

/** The ids of endpoints that fail and are still tried. */
export async function failingWebhooks(db: Queryable): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    'select id from webhooks where failing_since is not null and enabled and deleted_at is null',
  );
  return found.map(({ id }) => id);
}

/** How many endpoints fail or are disabled, and how many deliveries wait, for metrics. */
export async function countWebhooks(db: Queryable): Promise<{ failing: number; disabled: number; pending: number }> {
  return oneRow(
    db,
    `select count(*) filter (where enabled and failing_since is not null) as failing,
       count(*) filter (where not enabled) as disabled,
       (select count(*) from webhook_deliveries where status = 'pending') as pending
     from webhooks where deleted_at is null`,
  );
}
