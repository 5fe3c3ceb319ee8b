import type { EndpointAttempt } from '../commands/record-deliveries.ts';
import type { DueDelivery } from '../db/webhook-deliveries.ts';
import type { Webhook } from '../domain/webhook.ts';
import { signingSecrets } from '../security/webhook-secrets.ts';
import { SLOW_DOWN } from '../webhooks/attempt.ts';
import { nextDeliveryAt } from '../webhooks/retry-schedule.ts';
import { signEvent } from '../webhooks/signature.ts';
import type { Delivering } from './delivering.ts';

/** How long an endpoint is left alone that asks us to slow down and does not say for how long. */
const SLOW_DOWN_SECONDS = 5;
const GONE = 410;

/** Signs and posts one delivery. Every fault of the receiver is a result; rejects where the event cannot be signed. */
export async function postDelivery(
  { clock, poster, secretOf }: Pick<Delivering, 'clock' | 'poster' | 'secretOf'>,
  webhook: Webhook,
  delivery: DueDelivery,
): Promise<EndpointAttempt> {
  const startedAt = clock();
  const secrets = signingSecrets(secretOf, webhook, startedAt);
  const event = signEvent({ ...delivery, id: delivery.eventId }, secrets, startedAt);
  const { notBefore: asked, ...result } = await poster.post(webhook.url, event, startedAt);
  const finishedAt = clock();
  const wantsLess = SLOW_DOWN.includes(result.status);
  return {
    ...result,
    deliveryId: delivery.id,
    isReplay: delivery.isReplay,
    isGone: result.status === GONE,
    startedAt,
    finishedAt,
    notBefore: wantsLess ? (asked ?? finishedAt.add({ seconds: SLOW_DOWN_SECONDS })) : null,
    nextAttemptAt: result.delivered ? null : nextDeliveryAt(delivery.attempts + 1, finishedAt, asked),
  };
}
