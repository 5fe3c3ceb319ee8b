import { Webhook } from 'standardwebhooks';

/** What is sent, whole: the body and the headers that let its receiver trust it (Standard Webhooks 1.0.0). */
export interface SignedEvent {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The event to be signed. `data` is JSON already. */
export interface EventToSign {
  readonly id: string;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly data: string;
}

/**
 * Signs an event with every secret that is valid now, the newest first: `webhook-id` is the event's and the same at every
 * attempt, `webhook-timestamp` the attempt's own.
 */
export function signEvent(
  { id, type, at, data }: EventToSign,
  secrets: readonly string[],
  now: Temporal.Instant,
): SignedEvent {
  const timestamp = at.toString({ fractionalSecondDigits: 3 });
  const body = `{"type":${JSON.stringify(type)},"timestamp":"${timestamp}","data":${data}}`;
  const date = new Date(now.epochMilliseconds);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.epochMilliseconds / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, date, body)).join(' '),
    },
  };
}
