import { appendToAuditLog, type AuditAction } from '../db/audit-log.ts';
import { unknownEvents } from '../db/events.ts';
import type { Transaction } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import { announceDeliveries, catchUp, skipWaiting } from '../db/webhook-deliveries.ts';
import { insertReplay, type Replay } from '../db/webhook-replays.ts';
import {
  disableWebhook,
  enableWebhook,
  findWebhook,
  insertWebhook,
  lockWebhook,
  markWebhookDeleted,
  revokePreviousSecret,
  rotateWebhookSecret,
  updateWebhook,
  type WebhookSettings,
  type WebhookWithBacklog,
} from '../db/webhooks.ts';
import { SECRETS_OVERLAP_HOURS, type Webhook } from '../domain/webhook.ts';
import type { Author } from '../domain/author.ts';
import { notFound, Refused } from '../domain/refused.ts';

/** Creates an endpoint; where it leads has been checked. It gets the events from now on. Refuses with `not-found` for the product. */
export async function createWebhook(tx: Transaction, settings: WebhookSettings, by: Author): Promise<Webhook> {
  await expectProduct(tx, settings.product);
  const created = await insertWebhook(tx, settings, by);
  await keep(tx, by, 'webhook.created', created.id, settings);
  return created;
}

/**
 * Changes what is given of an endpoint. Switched on again, what waited for it is delivered at once, and so is what was given
 * up since it began to fail; with `catchUp: false` that is skipped, on the record. Refuses with `not-found`.
 */
export async function changeWebhook(
  tx: Transaction,
  id: string,
  given: Partial<WebhookSettings> & { readonly catchUp?: boolean },
  by: Author,
): Promise<WebhookWithBacklog> {
  const webhook = await locked(tx, id);
  const { catchUp: wantsCatchUp = true, ...settings } = given;
  if (settings.product !== undefined) await expectProduct(tx, settings.product);
  await updateWebhook(tx, id, { ...webhook, ...settings });
  if (settings.enabled === false) await disableWebhook(tx, id, { at: by.at, because: 'by-admin' });
  if (settings.enabled === true && !webhook.enabled) {
    await enableWebhook(tx, id);
    if (wantsCatchUp) await catchUp(tx, id, { now: by.at, failedSince: webhook.failingSince });
    else await skipWaiting(tx, id, by.at);
  }
  await keep(tx, by, 'webhook.changed', id, given);
  return found(tx, id);
}

/** Deletes an endpoint: it gets nothing more. What was delivered stays on record (D28). Refuses with `not-found`. */
export async function deleteWebhook(tx: Transaction, id: string, by: Author): Promise<void> {
  await locked(tx, id);
  await markWebhookDeleted(tx, id, by);
  await skipWaiting(tx, id, by.at);
  await keep(tx, by, 'webhook.deleted', id, {});
}

/** Gives an endpoint a new secret. The one before signs, too, for 24 hours, or not at all. Refuses with `not-found`. */
export async function rotateSecret(
  tx: Transaction,
  id: string,
  { revokePrevious }: { readonly revokePrevious: boolean },
  by: Author,
): Promise<Webhook> {
  await locked(tx, id);
  const previousUntil = revokePrevious ? null : by.at.add({ hours: SECRETS_OVERLAP_HOURS });
  const rotated = await rotateWebhookSecret(tx, id, { at: by.at, previousUntil });
  await keep(tx, by, 'webhook.secret-rotated', id, { version: rotated.secretVersion, revokePrevious });
  return rotated;
}

/** Ends the secret before at once. Refuses with `not-found`. */
export async function revokeSecret(tx: Transaction, id: string, by: Author): Promise<WebhookWithBacklog> {
  await locked(tx, id);
  await revokePreviousSecret(tx, id);
  await keep(tx, by, 'webhook.secret-revoked', id, {});
  return found(tx, id);
}

/**
 * Has events delivered to an endpoint once more, under their own ids: those that it asks for since a time, or these. What
 * comes of it says nothing of the endpoint's health. Refuses with `not-found`, `webhook-disabled`, `events-unknown`.
 */
export async function replayEvents(
  tx: Transaction,
  id: string,
  wanted: { readonly since: Temporal.Instant | null; readonly eventIds: readonly string[] | null },
  by: Author,
): Promise<Replay> {
  const webhook = await locked(tx, id);
  if (!webhook.enabled) {
    throw new Refused('webhook-disabled', 'The webhook is disabled: nothing can be delivered to it now.');
  }
  const unknown = await unknownEvents(tx, wanted.eventIds ?? []);
  if (unknown.length > 0) {
    const errors = unknown.map((event) => ({ path: 'eventIds', message: `No event has the id ${event}` }));
    throw new Refused('events-unknown', `${unknown.length} of the ids are no event's: see errors.`, { errors });
  }
  const replay = await insertReplay(tx, id, wanted, by);
  await announceDeliveries(tx);
  await keep(tx, by, 'webhook.replayed', id, wanted);
  return replay;
}

async function locked(tx: Transaction, id: string) {
  const webhook = await lockWebhook(tx, id);
  if (webhook === null) throw notFound(`webhook ${id}`);
  return webhook;
}

/** The endpoint as it is now. Refuses with `not-found`. */
async function found(tx: Transaction, id: string): Promise<WebhookWithBacklog> {
  const webhook = await findWebhook(tx, id);
  if (webhook === null) throw notFound(`webhook ${id}`);
  return webhook;
}

async function expectProduct(tx: Transaction, product: string | null): Promise<void> {
  if (product !== null && (await findProduct(tx, product)) === null) throw notFound(`product ${product}`);
}

async function keep(tx: Transaction, by: Author, action: AuditAction, subject: string, details: object) {
  await appendToAuditLog(tx, by, [{ action, subject, details }]);
}
