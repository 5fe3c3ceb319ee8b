import { appendToAuditLog, type AuditAction } from '../db/audit-log.ts';
import { unknownEvents } from '../db/events.ts';
import type { Transaction } from '../db/postgres.ts';
import { catchUp, skipWaiting, wakeDeliverers } from '../db/webhook-deliveries.ts';
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
import { instantText } from '../domain/instant.ts';
import { notFound, refusedAt, Refused } from '../domain/refused.ts';
import { expectProducts } from './expect-products.ts';

/** Creates an endpoint that gets the events from now on. The caller has checked its URL. Refuses with `product-unknown`. */
export async function createWebhook(tx: Transaction, settings: WebhookSettings, by: Author): Promise<Webhook> {
  if (settings.products !== null) await expectProducts(tx, settings.products);
  const created = await insertWebhook(tx, settings, by);
  await audit(tx, by, 'webhook.created', created.id, settings);
  return created;
}

/**
 * Changes the settings that are given. An endpoint that is enabled again gets at once its waiting deliveries, and those that
 * were given up since it began to fail; with `catchUp: false` both are skipped, on the record. Refuses with `not-found` and
 * `product-unknown`.
 */
export async function changeWebhook(
  tx: Transaction,
  id: string,
  given: Partial<WebhookSettings> & { readonly catchUp?: boolean },
  by: Author,
): Promise<WebhookWithBacklog> {
  const webhook = await lockKnown(tx, id);
  const { catchUp: wantsCatchUp = true, ...settings } = given;
  if (settings.products) await expectProducts(tx, settings.products);
  await updateWebhook(tx, id, { ...webhook, ...settings });
  if (settings.enabled === false) await disableWebhook(tx, id, { at: by.at, because: 'by-admin' });
  if (settings.enabled === true && !webhook.enabled) {
    await enableWebhook(tx, id);
    if (wantsCatchUp) await catchUp(tx, id, { now: by.at, failedSince: webhook.failingSince });
    else await skipWaiting(tx, id, by.at);
  }
  await audit(tx, by, 'webhook.changed', id, given);
  return findKnown(tx, id);
}

/** Deletes an endpoint, which gets no more events. Past deliveries stay on record (D28). Refuses with `not-found`. */
export async function deleteWebhook(tx: Transaction, id: string, by: Author): Promise<void> {
  await lockKnown(tx, id);
  await markWebhookDeleted(tx, id, by);
  await skipWaiting(tx, id, by.at);
  await audit(tx, by, 'webhook.deleted', id, {});
}

/**
 * Gives an endpoint a new secret. The previous one also signs for 24 hours, unless `revokePrevious`. Refuses with
 * `not-found`.
 */
export async function rotateSecret(
  tx: Transaction,
  id: string,
  { revokePrevious }: { readonly revokePrevious: boolean },
  by: Author,
): Promise<Webhook> {
  await lockKnown(tx, id);
  const previousUntil = revokePrevious ? null : by.at.add({ hours: SECRETS_OVERLAP_HOURS });
  const rotated = await rotateWebhookSecret(tx, id, { at: by.at, previousUntil });
  await audit(tx, by, 'webhook.secret-rotated', id, { version: rotated.secretVersion, revokePrevious });
  return rotated;
}

/** Ends the previous secret at once. Refuses with `not-found`. */
export async function revokeSecret(tx: Transaction, id: string, by: Author): Promise<WebhookWithBacklog> {
  await lockKnown(tx, id);
  await revokePreviousSecret(tx, id);
  await audit(tx, by, 'webhook.secret-revoked', id, {});
  return findKnown(tx, id);
}

/**
 * Delivers events to an endpoint again, under their own ids: the events since a time that match its patterns, or those with
 * the given ids, of its products. The outcome of a replay does not count for the endpoint's health. Refuses with `not-found`,
 * `webhook-disabled`, `events-unknown`, `replay-from-the-future`.
 */
export async function replayEvents(
  tx: Transaction,
  id: string,
  wanted: { readonly since: Temporal.Instant | null; readonly eventIds: readonly string[] | null },
  by: Author,
): Promise<Replay> {
  const webhook = await lockKnown(tx, id);
  if (!webhook.enabled) {
    throw new Refused('webhook-disabled', 'The webhook is disabled: nothing can be delivered to it now.');
  }
  if (wanted.since !== null && Temporal.Instant.compare(wanted.since, by.at) > 0) {
    const detail = `Expected now or earlier, found ${instantText(wanted.since)}; it is ${instantText(by.at)}.`;
    throw refusedAt('since', 'replay-from-the-future', detail);
  }
  const unknown = await unknownEvents(tx, wanted.eventIds ?? [], webhook.products);
  if (unknown.length > 0) {
    const errors = unknown.map((event) => ({ path: 'eventIds', message: `No event has the id ${event}` }));
    throw new Refused('events-unknown', `${unknown.length} of the ids are no event's: see errors.`, { errors });
  }
  const replay = await insertReplay(tx, id, wanted, by);
  await wakeDeliverers(tx);
  await audit(tx, by, 'webhook.replayed', id, wanted);
  return replay;
}

async function lockKnown(tx: Transaction, id: string): Promise<Webhook> {
  const webhook = await lockWebhook(tx, id);
  if (webhook === null) throw notFound(`webhook ${id}`);
  return webhook;
}

async function findKnown(tx: Transaction, id: string): Promise<WebhookWithBacklog> {
  const webhook = await findWebhook(tx, id);
  if (webhook === null) throw notFound(`webhook ${id}`);
  return webhook;
}

async function audit(tx: Transaction, by: Author, action: AuditAction, subject: string, details: object) {
  await appendToAuditLog(tx, by, [{ action, subject, details }]);
}
