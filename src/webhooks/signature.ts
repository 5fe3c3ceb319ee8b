import { Webhook } from 'standardwebhooks';

/** The whole request: the body, and the headers by which its receiver verifies it (Standard Webhooks 1.0.0). */
export interface SignedEvent {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The event to be signed. `data` is JSON text. */
export interface EventToSign {
  readonly id: string;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly data: string;
}

/**
 * Signs an event with every given secret, the newest first. `webhook-id` is the event's id and the same at every attempt;
 * `webhook-timestamp` is the time of the attempt.
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
