import { insertWebhookEvent } from '../db/events.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { insertAttempts, moveDeliveries, type DeliveryAttempt } from '../db/webhook-deliveries.ts';
import { disableWebhook, lockWebhook, pauseWebhook, saveHealth } from '../db/webhooks.ts';
import { instantText } from '../domain/instant.ts';
import {
  afterAttempt,
  disabledFrom,
  stepDue,
  HEALTHY,
  type DisabledByFault,
  type Webhook,
  type WebhookHealth,
} from '../domain/webhook.ts';

/** An attempt at a delivery, with what the response says about the endpoint. */
export interface EndpointAttempt extends DeliveryAttempt {
  readonly isReplay: boolean;
  /** The receiver responded 410 Gone: it wants no more events. */
  readonly isGone: boolean;
  /** The earliest time at which the receiver wants the next request; `null` if it named none. */
  readonly notBefore: Temporal.Instant | null;
}

/**
 * Records attempts at one endpoint, and in the same transaction their consequences: the endpoint's health, its pause, and
 * the mails about it. After five days without a success, or a response of 410, it is disabled, with the event
 * `webhook.disabled`.
 */
export async function recordDeliveries(
  tx: Transaction,
  webhookId: string,
  attempts: readonly EndpointAttempt[],
  now: Temporal.Instant,
): Promise<void> {
  const webhook = await lockWebhook(tx, webhookId);
  await insertAttempts(tx, webhookId, attempts);
  await moveDeliveries(tx, attempts);
  // The endpoint was deleted meanwhile, so there are no consequences.
  if (webhook === null) return;
  for (const { notBefore } of attempts) if (notBefore !== null) await pauseWebhook(tx, webhookId, notBefore);
  let health: WebhookHealth = webhook;
  for (const { isReplay, delivered, startedAt } of attempts) {
    if (!isReplay) health = afterAttempt(health, delivered, startedAt);
  }
  if (health !== webhook && (health.failures > 0 || webhook.failures > 0)) await saveHealth(tx, webhookId, health);
  if (attempts.some(({ isGone }) => isGone)) await disable(tx, webhook, health, 'gone', now);
  else await followHealth(tx, webhook, health, now);
}

/**
 * Records a test delivery. A success clears the health of an enabled endpoint. A disabled endpoint keeps its health, which
 * has the time since when deliveries were given up: those become due again when the endpoint is enabled.
 */
export async function recordTest(
  tx: Transaction,
  webhookId: string,
  attempt: Parameters<typeof insertAttempts>[2][number],
  delivered: boolean,
): Promise<void> {
  const webhook = await lockWebhook(tx, webhookId);
  await insertAttempts(tx, webhookId, [attempt]);
  if (delivered && webhook?.enabled && webhook.failures > 0) await saveHealth(tx, webhookId, HEALTHY);
}

/** Queues the mail about a failing endpoint, or disables it, when due. Needed where no attempt is made at it meanwhile. */
export async function followWebhook(tx: Transaction, webhookId: string, now: Temporal.Instant): Promise<void> {
  const webhook = await lockWebhook(tx, webhookId);
  if (webhook?.enabled) await followHealth(tx, webhook, webhook, now);
}

async function followHealth(
  tx: Transaction,
  webhook: Webhook,
  health: WebhookHealth,
  now: Temporal.Instant,
): Promise<void> {
  if (!webhook.enabled) return;
  const due = stepDue(health, now);
  if (due === 'disable') return disable(tx, webhook, health, 'failing', now);
  if (due === null) return;
  const isFirst = due === 'report-failing';
  await saveHealth(tx, webhook.id, { ...health, ...(isFirst ? { toldFailingAt: now } : { toldEndingAt: now }) });
  const end = disabledFrom(health);
  await queueMail(tx, webhook, health, now, {
    kind: isFirst ? 'webhook-failing' : 'webhook-ending',
    subject: isFirst ? 'A webhook is failing' : 'A failing webhook is disabled in less than a day',
    text: `Without one success it is disabled at ${end ? instantText(end) : ''}. Its events are kept and tried again until then.`,
  });
}

async function disable(
  tx: Transaction,
  webhook: Webhook,
  health: WebhookHealth,
  because: DisabledByFault,
  now: Temporal.Instant,
): Promise<void> {
  if (!webhook.enabled) return;
  const { id, url, products } = webhook;
  await disableWebhook(tx, id, { at: now, because });
  const failingSince = health.failingSince && instantText(health.failingSince);
  await insertWebhookEvent(tx, {
    type: 'webhook.disabled',
    // What several products share is told to endpoints of all products.
    product: products?.length === 1 ? (products[0] ?? null) : null,
    at: now,
    // Only the origin of the URL: the event goes to all other endpoints, and the rest of the URL may contain a secret.
    data: { webhook: { id, url: new URL(url).origin, because, failingSince } },
  });
  const why =
    because === 'gone' ? 'Its receiver answered 410 Gone.' : 'It has failed for five days without one success.';
  await queueMail(tx, webhook, health, now, {
    kind: 'webhook-disabled',
    subject: 'A webhook has been disabled',
    text: `${why} Its events are kept. PATCH /v1/webhooks/${id} {"enabled": true} switches it on again and delivers them.`,
  });
}

async function queueMail(
  tx: Transaction,
  { id, url, description }: Webhook,
  { failures, failingSince }: WebhookHealth,
  at: Temporal.Instant,
  { kind, subject, text }: { kind: string; subject: string; text: string },
): Promise<void> {
  const { origin } = new URL(url);
  const lines = [
    `Webhook ${id}${description === null ? '' : ` (${description})`} to ${origin}`,
    ...(failingSince === null ? [] : [`Failing since ${instantText(failingSince)}, ${failures} times in a row.`]),
    text,
    `What its receiver answered: GET /v1/webhooks/${id}/deliveries`,
  ];
  await insertOperatorMail(tx, { kind, subject: `Varsel: ${subject}: ${origin}`, body: lines.join('\n\n'), at });
}
