import { z } from 'zod';
import type { Queryable } from '../db/postgres.ts';
import { findWebhook, type WebhookWithBacklog } from '../db/webhooks.ts';
import { matchesEventType, EVENT_TYPES } from '../domain/event.ts';
import { instantText } from '../domain/instant.ts';
import { notFound } from '../domain/refused.ts';
import { DISABLED_BECAUSE } from '../domain/webhook.ts';
import type { ApiResponse } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instantOut, line, productIds, uuid } from './fields.ts';

const url = z
  .string()
  .max(2_000, 'Expected at most 2,000 characters')
  // A URL parser drops these characters, but the URL is stored and shown as it was given.
  .refine((value) => !/[\s\p{Cc}\p{Cs}]/u.test(value), 'Expected a URL without white space and control characters');
const pattern = z
  .string()
  .refine(
    (value) => EVENT_TYPES.some((type) => matchesEventType(value, type)),
    `Expected *, a prefix like change.* or a type: ${EVENT_TYPES.join(', ')}`,
  )
  .meta({ maxLength: 100, examples: ['change.*', ...EVENT_TYPES] });
export const settings = {
  url,
  events: z.array(pattern).min(1, 'Expected at least one').max(50),
  products: productIds.nullable(),
  description: line(200).nullable(),
  rateLimit: z.number().int().min(1).max(1000).nullable().meta({ description: 'Attempts per second at most.' }),
  enabled: z.boolean(),
};

export const exampleSettings = {
  url: 'https://example.com/varsel',
  events: ['change.*', 'objection.received'],
  products: ['truetalk'],
  description: 'Contract system',
  rateLimit: null,
  enabled: true,
};

const webhookFields = {
  id: uuid,
  ...settings,
  // Any text: an earlier version also shows a pattern that only a later one knows.
  events: z.array(z.string()),
  disabledAt: instantOut.nullable(),
  disabledBecause: z.enum(DISABLED_BECAUSE).nullable(),
  failingSince: instantOut.nullable(),
  createdAt: instantOut,
  createdBy: z.string(),
  secretRotatedAt: instantOut.nullable(),
  previousSecretValidUntil: instantOut.nullable(),
  deliveries: z.object({ pending: z.number().int(), failed: z.number().int() }),
};
const example = {
  id: EXAMPLE_ID,
  ...exampleSettings,
  disabledAt: null,
  disabledBecause: null,
  failingSince: null,
  createdAt: '2026-11-24T09:00:00.000Z',
  createdBy: `Contract team (key ${EXAMPLE_ID})`,
  secretRotatedAt: null,
  previousSecretValidUntil: null,
  deliveries: { pending: 0, failed: 0 },
};
export const webhook = z.object(webhookFields).meta({ id: 'Webhook', examples: [example] });
export const webhookWithSecret = z.object({ ...webhookFields, secret: z.string().nullable() }).meta({
  id: 'WebhookWithSecret',
  description: '`secret` is shown this once; a repeat with the same idempotency key gets `null`.',
  examples: [{ ...example, secret: 'whsec_…' }],
});

/** An instant as the API writes it, where there is one. */
export const textOf = (at: Temporal.Instant | null) => at && instantText(at);

/** A webhook as the API shows it: what `webhook` describes. */
export function viewOfWebhook({
  secretVersion: _version,
  previousSecretUntil,
  pending,
  failed,
  ...rest
}: WebhookWithBacklog) {
  return {
    ...rest,
    disabledAt: textOf(rest.disabledAt),
    failingSince: textOf(rest.failingSince),
    createdAt: instantText(rest.createdAt),
    secretRotatedAt: textOf(rest.secretRotatedAt),
    previousSecretValidUntil: textOf(previousSecretUntil),
    deliveries: { pending, failed },
  };
}

/** The response that shows a secret, this once: what `webhookWithSecret` describes. */
export function withSecret(status: number, found: WebhookWithBacklog, secret: string): ApiResponse {
  const shown = viewOfWebhook(found);
  return { status, body: { ...shown, secret }, repeatedBody: { ...shown, secret: null } };
}

/** The webhook with this id. Refuses with `not-found`. */
export async function existing(db: Queryable, wanted: string): Promise<WebhookWithBacklog> {
  const found = await findWebhook(db, wanted);
  if (found === null) throw notFound(`webhook ${wanted}`);
  return found;
}
