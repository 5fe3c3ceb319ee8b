import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { replayEvents } from '../commands/manage-webhooks.ts';
import { recordTest } from '../commands/record-deliveries.ts';
import { newestCheckpoint } from '../db/seals.ts';
import { DELIVERY_STATUSES, listDeliveries, type DeliveryOnRecord } from '../db/webhook-deliveries.ts';
import { listReplays, type Replay } from '../db/webhook-replays.ts';
import { EVENT_TYPES } from '../domain/event.ts';
import { instantText } from '../domain/instant.ts';
import { command, preparedCommand } from '../http/operation.ts';
import { list as listing, placed } from '../http/list.ts';
import { signingSecrets } from '../security/webhook-secrets.ts';
import { signEvent } from '../webhooks/signature.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instant, instantOut, openEnum, uuid } from './fields.ts';
import { existing, textOf } from './webhook-view.ts';

const params = z.object({ id: uuid });

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

export const sendTest = preparedCommand({
  operationId: 'testWebhook',
  summary: 'Send webhook.test now, and tell what the receiver said',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  params,
  responses: {
    200: attempt
      .extend({ delivered: z.boolean() })
      .meta({ id: 'WebhookTest', examples: [{ ...exampleAttempt, delivered: true }] }),
  },
  refusals: ['not-found'],
  prepare: async ({ pool, clock, webhooks: { poster, secretOf } }: ApiDependencies, { params: { id: wanted } }) => {
    const tested = await existing(pool, wanted);
    const at = clock();
    const eventId = randomUUID();
    const newest = await newestCheckpoint(pool);
    const checkpoint = newest && { origin: newest.origin, size: newest.size, root: newest.root };
    const data = JSON.stringify({ eventId, checkpoint, webhook: { id: wanted } });
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
    type: openEnum(EVENT_TYPES),
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
        id: EXAMPLE_ID,
        eventId: EXAMPLE_ID,
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

export const list = listing({
  operationId: 'listWebhookDeliveries',
  summary: 'Deliveries with their attempts, the latest first',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  params,
  filters: { status: z.enum(DELIVERY_STATUSES).optional(), eventId: uuid.optional() },
  item: delivery,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { params: { id: wanted }, query: { status = null, eventId = null }, after, limit }) => {
    await existing(db, wanted);
    const found = await listDeliveries(db, { webhookId: wanted, status, eventId, before: after, limit });
    return placed(found, (each) => each.id, viewOfDelivery);
  },
  columns: [
    'id',
    'eventId',
    'type',
    'replayId',
    'status',
    'createdAt',
    'nextAttemptAt',
    'attempts.startedAt',
    'attempts.status',
    'attempts.error',
  ],
});

const replaySchema = z
  .object({
    id: uuid,
    since: instantOut.nullable(),
    eventIds: z.array(uuid).nullable(),
    createdAt: instantOut,
    createdBy: z.string(),
    finishedAt: instantOut.nullable(),
    queued: z.number().int(),
  })
  .meta({
    id: 'Replay',
    description: 'A job queues its deliveries: all of them are queued at `finishedAt`.',
    examples: [
      {
        id: EXAMPLE_ID,
        since: '2026-11-23T00:00:00.000Z',
        eventIds: null,
        createdAt: '2026-11-24T09:30:00.000Z',
        createdBy: `Contract team (key ${EXAMPLE_ID})`,
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
  operationId: 'replayEvents',
  summary: 'Deliver events again, under the same webhook-id: those since a time, or these',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
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
  responses: { 202: replaySchema },
  refusals: ['not-found', 'webhook-disabled', 'events-unknown', 'replay-from-the-future'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 202,
    body: viewOfReplay(await replayEvents(tx, wanted, body, by)),
  }),
});

export const replays = listing({
  operationId: 'listWebhookReplays',
  summary: 'The replays of a webhook, the latest first',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  params,
  item: replaySchema,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { params: { id: wanted }, after, limit }) => {
    await existing(db, wanted);
    return placed(await listReplays(db, wanted, { before: after, limit }), (each) => each.id, viewOfReplay);
  },
  columns: ['id', 'since', 'eventIds', 'createdAt', 'createdBy', 'finishedAt', 'queued'],
});
