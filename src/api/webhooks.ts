import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  replayEvents,
  revokeSecret,
  rotateSecret,
} from '../commands/manage-webhooks.ts';
import { recordTest } from '../commands/record-deliveries.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { DELIVERY_STATUSES, listDeliveries, type DeliveryOnRecord } from '../db/webhook-deliveries.ts';
import { listReplays, type Replay } from '../db/webhook-replays.ts';
import type { Queryable } from '../db/postgres.ts';
import { findWebhook, listWebhooks, type WebhookWithBacklog } from '../db/webhooks.ts';
import { instantText } from '../domain/instant.ts';
import { asksFor, EVENT_TYPES } from '../domain/event.ts';
import type { Webhook } from '../domain/webhook.ts';
import { signingSecrets } from '../security/webhook-secrets.ts';
import { signEvent } from '../webhooks/signature.ts';
import { checkTarget } from '../webhooks/target.ts';
import { command, errand, query, type WebhookDependencies } from '../http/endpoint.ts';
import { instant, instantOut, line, nothing, productId, uuid } from './fields.ts';
import { page, pageOf, pageSchema, placeOf } from '../http/pagination.ts';

const id = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const params = z.object({ id: uuid });

const url = z
  .string()
  .max(2_000, 'Expected at most 2,000 characters')
  // URLs are read without them, and are kept and shown as they were given.
  .refine((value) => !/[\s\p{Cc}\p{Cs}]/u.test(value), 'Expected a URL without white space and control characters');
const pattern = z
  .string()
  .refine(
    (value) => EVENT_TYPES.some((type) => asksFor(value, type)),
    `Expected *, a prefix like change.* or a type: ${EVENT_TYPES.join(', ')}`,
  );
const settings = {
  url,
  events: z.array(pattern).min(1, 'Expected at least one').max(50),
  product: productId.nullable(),
  description: line(200).nullable(),
  rateLimit: z.number().int().min(1).max(1000).nullable().meta({ description: 'Attempts per second at most.' }),
  enabled: z.boolean(),
};

const exampleSettings = {
  url: 'https://example.com/varsel',
  events: ['change.*', 'objection.received'],
  product: 'truetalk',
  description: 'Contract system',
  rateLimit: null,
  enabled: true,
};

const webhookFields = {
  id: uuid,
  ...settings,
  // As they were given: a pattern of a later version is shown by an earlier one, too.
  events: z.array(z.string()),
  disabledAt: instantOut.nullable(),
  disabledBecause: z.enum(['by-admin', 'failing', 'gone']).nullable(),
  failingSince: instantOut.nullable(),
  createdAt: instantOut,
  secretRotatedAt: instantOut.nullable(),
  previousSecretValidUntil: instantOut.nullable(),
  deliveries: z.object({ pending: z.number().int(), failed: z.number().int() }),
};
const example = {
  id,
  ...exampleSettings,
  disabledAt: null,
  disabledBecause: null,
  failingSince: null,
  createdAt: '2026-11-24T09:00:00.000Z',
  secretRotatedAt: null,
  previousSecretValidUntil: null,
  deliveries: { pending: 0, failed: 0 },
};
const webhook = z.object(webhookFields).meta({ id: 'Webhook', examples: [example] });
const webhookWithSecret = z.object({ ...webhookFields, secret: z.string().nullable() }).meta({
  id: 'WebhookWithSecret',
  description: '`secret` is shown this once; a repeat with the same idempotency key gets `null`.',
  examples: [{ ...example, secret: 'whsec_…' }],
});

const textOf = (at: Temporal.Instant | null) => at && instantText(at);

function view({ secretVersion: _version, previousSecretUntil, pending, failed, ...rest }: WebhookWithBacklog) {
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

/** The answer that shows a secret: this once. */
function withSecret(status: number, found: WebhookWithBacklog, secret: string) {
  const shown = view(found);
  return { status, body: { ...shown, secret }, repeatedBody: { ...shown, secret: null } };
}

async function existing(db: Queryable, wanted: string): Promise<WebhookWithBacklog> {
  const found = await findWebhook(db, wanted);
  if (found === null) throw notFound(`webhook ${wanted}`);
  return found;
}

/** Refuses with why nothing can be sent there. */
async function expectGoodTarget({ targets }: WebhookDependencies, text: string): Promise<void> {
  const target = await checkTarget(text, targets);
  if (target.allowed) return;
  throw new Refused(target.because, target.detail, { errors: [{ path: 'url', message: target.detail }] });
}

const TARGET_REFUSALS = ['webhook-url-invalid', 'webhook-target-unresolvable', 'webhook-target-forbidden'] as const;

export const create = errand({
  summary: 'Create a webhook; its secret is shown this once',
  tag: 'Webhooks',
  role: 'admin',
  body: z
    .strictObject({
      ...settings,
      product: settings.product.default(null),
      description: settings.description.default(null),
      rateLimit: settings.rateLimit.default(null),
      enabled: settings.enabled.default(true),
    })
    .meta({ id: 'WebhookToCreate', examples: [exampleSettings] }),
  answers: { 201: webhookWithSecret },
  refusals: ['not-found', ...TARGET_REFUSALS],
  prepare: async ({ webhooks }, { body, by }) => {
    await expectGoodTarget(webhooks, body.url);
    return async (tx) => {
      const created: Webhook = await createWebhook(tx, body, by);
      const { secretVersion } = created;
      const answer = withSecret(
        201,
        { ...created, pending: 0, failed: 0 },
        webhooks.secretOf(created.id, secretVersion),
      );
      return { ...answer, headers: { location: `/v1/webhooks/${created.id}` } };
    };
  },
});

export const list = query({
  summary: 'The webhooks',
  tag: 'Webhooks',
  role: 'admin',
  query: z.strictObject(page),
  answers: { 200: pageSchema(webhook) },
  refusals: [],
  read: async (db, { query: { limit, cursor } }) =>
    pageOf(await listWebhooks(db, placeOf(cursor, uuid), limit + 1), limit, (each) => each.id, view),
});

export const get = query({
  summary: 'A webhook, and what waits for it',
  tag: 'Webhooks',
  role: 'admin',
  params,
  answers: { 200: webhook },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted } }) => view(await existing(db, wanted)),
});

export const patch = errand({
  summary: 'Change a webhook; enabled again, it gets what waited for it, unless catchUp is false',
  tag: 'Webhooks',
  role: 'admin',
  params,
  body: z
    .strictObject({
      url: url.optional(),
      events: settings.events.optional(),
      product: settings.product.optional(),
      description: settings.description.optional(),
      rateLimit: settings.rateLimit.optional(),
      enabled: z.boolean().optional(),
      catchUp: z.boolean().optional(),
    })
    .refine(({ catchUp, enabled }) => catchUp === undefined || enabled === true, {
      path: ['catchUp'],
      error: 'Expected together with "enabled": true',
    })
    .meta({ id: 'WebhookChanges', examples: [{ enabled: true, catchUp: true }] }),
  answers: { 200: webhook },
  refusals: ['not-found', ...TARGET_REFUSALS],
  prepare: async ({ webhooks }, { params: { id: wanted }, body, by }) => {
    if (body.url !== undefined) await expectGoodTarget(webhooks, body.url);
    return async (tx) => ({ status: 200, body: view(await changeWebhook(tx, wanted, given(body), by)) });
  },
});

/** Without the fields that were not given: `undefined` among them would overwrite what is there. */
function given<Fields extends object>(body: Fields): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as never;
}

export const remove = command({
  summary: 'Delete a webhook; its deliveries stay on record',
  tag: 'Webhooks',
  role: 'admin',
  params,
  answers: { 204: z.null().meta({ description: 'Deleted' }) },
  refusals: ['not-found'],
  write: async (tx, { params: { id: wanted }, by }) => {
    await deleteWebhook(tx, wanted, by);
    return { status: 204, body: null };
  },
});

export const rotate = errand({
  summary: 'A new secret, shown this once; the one before signs for 24 hours more, or is revoked',
  tag: 'Webhooks',
  role: 'admin',
  params,
  body: z
    .strictObject({ revokePrevious: z.boolean().default(false) })
    .nullish()
    .meta({ id: 'SecretRotation', examples: [{ revokePrevious: false }] }),
  answers: { 200: webhookWithSecret },
  refusals: ['not-found'],
  prepare:
    async ({ webhooks }, { params: { id: wanted }, body, by }) =>
    async (tx) => {
      const rotated = await rotateSecret(tx, wanted, { revokePrevious: body?.revokePrevious ?? false }, by);
      return withSecret(200, await existing(tx, wanted), webhooks.secretOf(wanted, rotated.secretVersion));
    },
});

export const revokePrevious = command({
  summary: 'Revoke the secret before the present one, at once',
  tag: 'Webhooks',
  role: 'admin',
  params,
  answers: { 200: webhook },
  refusals: ['not-found'],
  write: async (tx, { params: { id: wanted }, by }) => ({
    status: 200,
    body: view(await revokeSecret(tx, wanted, by)),
  }),
});

const attempt = z.object({
  startedAt: instantOut,
  durationMs: z.number().int(),
  address: z.string().nullable(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  response: z.string().nullable().meta({ description: 'The first 1 KiB of the answer.' }),
});
const exampleAttempt = {
  startedAt: '2026-11-24T09:30:00.000Z',
  durationMs: 38,
  address: '203.0.113.7',
  status: 200,
  error: null,
  response: 'ok',
};

export const test = errand({
  summary: 'Send webhook.test now, and tell what the receiver said',
  tag: 'Webhooks',
  role: 'admin',
  params,
  body: nothing,
  answers: {
    200: attempt
      .extend({ delivered: z.boolean() })
      .meta({ id: 'WebhookTest', examples: [{ ...exampleAttempt, delivered: true }] }),
  },
  refusals: ['not-found'],
  prepare: async ({ pool, clock, webhooks: { poster, secretOf } }, { params: { id: wanted } }) => {
    const tested = await existing(pool, wanted);
    const at = clock();
    const eventId = randomUUID();
    const data = JSON.stringify({ eventId, webhook: { id: wanted } });
    const event = signEvent({ id: eventId, type: 'webhook.test', at, data }, signingSecrets(secretOf, tested, at), at);
    const { notBefore: _notBefore, delivered, ...made } = await poster.post(tested.url, event, at);
    return async (tx) => {
      await recordTest(tx, wanted, { ...made, deliveryId: null, startedAt: at }, delivered);
      return { status: 200, body: { startedAt: instantText(at), ...made, delivered } };
    };
  },
});

const delivery = z
  .object({
    id: uuid,
    eventId: uuid,
    type: z.enum(EVENT_TYPES),
    replayId: uuid.nullable(),
    status: z.enum(DELIVERY_STATUSES),
    createdAt: instantOut,
    nextAttemptAt: instantOut.nullable(),
    attempts: z.array(attempt),
  })
  .meta({
    id: 'Delivery',
    examples: [
      {
        id,
        eventId: id,
        type: 'change.announced',
        replayId: null,
        status: 'delivered',
        createdAt: '2026-11-24T09:30:00.000Z',
        nextAttemptAt: null,
        attempts: [exampleAttempt],
      },
    ],
  });

const viewOfDelivery = ({ attempts, createdAt, nextAttemptAt, ...rest }: DeliveryOnRecord) => ({
  ...rest,
  createdAt: instantText(createdAt),
  nextAttemptAt: textOf(nextAttemptAt),
  attempts: attempts.map((each) => ({ ...each, startedAt: instantText(Temporal.Instant.from(each.startedAt)) })),
});

export const deliveries = query({
  summary: 'Deliveries with their attempts, the latest first',
  tag: 'Webhooks',
  role: 'admin',
  params,
  query: z.strictObject({ ...page, status: z.enum(DELIVERY_STATUSES).optional(), eventId: uuid.optional() }),
  answers: { 200: pageSchema(delivery) },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted }, query: { status, eventId, limit, cursor } }) => {
    await existing(db, wanted);
    const found = await listDeliveries(db, {
      webhookId: wanted,
      status: status ?? null,
      eventId: eventId ?? null,
      before: placeOf(cursor, uuid),
      limit: limit + 1,
    });
    return pageOf(found, limit, (each) => each.id, viewOfDelivery);
  },
});

const replaySchema = z
  .object({
    id: uuid,
    since: instantOut.nullable(),
    eventIds: z.array(uuid).nullable(),
    createdAt: instantOut,
    finishedAt: instantOut.nullable(),
    queued: z.number().int(),
  })
  .meta({
    id: 'Replay',
    description: 'A job queues its deliveries: all of them are queued at `finishedAt`.',
    examples: [
      {
        id,
        since: '2026-11-23T00:00:00.000Z',
        eventIds: null,
        createdAt: '2026-11-24T09:30:00.000Z',
        finishedAt: null,
        queued: 0,
      },
    ],
  });

const viewOfReplay = (replay: Replay) => ({
  ...replay,
  since: textOf(replay.since),
  createdAt: instantText(replay.createdAt),
  finishedAt: textOf(replay.finishedAt),
});

export const replay = command({
  summary: 'Deliver events again, under the same webhook-id: those since a time, or these',
  tag: 'Webhooks',
  role: 'admin',
  params,
  body: z
    .strictObject({
      since: instant.nullable().default(null),
      eventIds: z
        .array(uuid)
        .min(1, 'Expected at least one')
        .max(1000, 'Expected at most 1,000')
        .nullable()
        .default(null),
    })
    .refine(({ since, eventIds }) => (since === null) !== (eventIds === null), 'Expected either since or eventIds')
    .meta({ id: 'EventsToReplay', examples: [{ since: '2026-11-23T00:00:00Z' }] }),
  answers: { 202: replaySchema },
  refusals: ['not-found', 'webhook-disabled', 'events-unknown'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 202,
    body: viewOfReplay(await replayEvents(tx, wanted, body, by)),
  }),
});

export const replays = query({
  summary: 'The replays of a webhook, the latest first',
  tag: 'Webhooks',
  role: 'admin',
  params,
  query: z.strictObject(page),
  answers: { 200: pageSchema(replaySchema) },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted }, query: { limit, cursor } }) => {
    await existing(db, wanted);
    const found = await listReplays(db, wanted, { before: placeOf(cursor, uuid), limit: limit + 1 });
    return pageOf(found, limit, (each) => each.id, viewOfReplay);
  },
});
