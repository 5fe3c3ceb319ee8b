import { z } from 'zod';
import { changeWebhook, createWebhook, deleteWebhook } from '../commands/manage-webhooks.ts';
import { listWebhooks } from '../db/webhooks.ts';
import { Refused } from '../domain/refused.ts';
import type { Webhook } from '../domain/webhook.ts';
import { command, preparedCommand, query } from '../http/operation.ts';
import { list as listing, placed } from '../http/list.ts';
import { checkTarget } from '../webhooks/target.ts';
import type { ApiDependencies, WebhookDependencies } from './dependencies.ts';
import { uuid } from './fields.ts';
import {
  existing,
  exampleSettings,
  settings,
  viewOfWebhook,
  webhook,
  webhookWithSecret,
  withSecret,
} from './webhook-view.ts';

const params = z.object({ id: uuid });

/** Refuses a URL that nothing can be sent to, with the reason. */
async function expectGoodTarget({ targets }: WebhookDependencies, text: string): Promise<void> {
  const target = await checkTarget(text, targets);
  if (target.allowed) return;
  throw new Refused(target.because, target.detail, { errors: [{ path: 'url', message: target.detail }] });
}

const TARGET_REFUSALS = ['webhook-url-invalid', 'webhook-target-unresolvable', 'webhook-target-forbidden'] as const;

export const create = preparedCommand({
  operationId: 'createWebhook',
  summary: 'Create a webhook; its secret is shown this once',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  body: z
    .strictObject({
      ...settings,
      products: settings.products.default(null),
      description: settings.description.default(null),
      rateLimit: settings.rateLimit.default(null),
      enabled: settings.enabled.default(true),
    })
    .meta({ id: 'WebhookToCreate', examples: [exampleSettings] }),
  responses: { 201: webhookWithSecret },
  refusals: ['product-unknown', ...TARGET_REFUSALS],
  prepare: async ({ webhooks }: ApiDependencies, { body, by }) => {
    await expectGoodTarget(webhooks, body.url);
    return async (tx) => {
      const created: Webhook = await createWebhook(tx, body, by);
      const { secretVersion } = created;
      const response = withSecret(
        201,
        { ...created, pending: 0, failed: 0 },
        webhooks.secretOf(created.id, secretVersion),
      );
      return { ...response, headers: { location: `/v1/webhooks/${created.id}` } };
    };
  },
});

export const list = listing({
  operationId: 'listWebhooks',
  summary: 'The webhooks',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  item: webhook,
  place: uuid,
  refusals: [],
  find: async (db, { after, limit }) => placed(await listWebhooks(db, after, limit), ({ id }) => id, viewOfWebhook),
  columns: [
    'id',
    'url',
    'events',
    'products',
    'description',
    'rateLimit',
    'enabled',
    'disabledAt',
    'disabledBecause',
    'failingSince',
    'createdAt',
    'createdBy',
    'secretRotatedAt',
    'previousSecretValidUntil',
    'deliveries.pending',
    'deliveries.failed',
  ],
});

export const get = query({
  operationId: 'getWebhook',
  summary: 'A webhook, and what waits for it',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  params,
  responses: { 200: webhook },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted } }) => viewOfWebhook(await existing(db, wanted)),
});

export const patch = preparedCommand({
  operationId: 'updateWebhook',
  summary: 'Change a webhook; enabled again, it gets what waited for it, unless catchUp is false',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  params,
  body: z
    .strictObject({
      url: settings.url.optional(),
      events: settings.events.optional(),
      products: settings.products.optional(),
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
  responses: { 200: webhook },
  refusals: ['not-found', 'product-unknown', ...TARGET_REFUSALS],
  prepare: async ({ webhooks }: ApiDependencies, { params: { id: wanted }, body, by }) => {
    if (body.url !== undefined) await expectGoodTarget(webhooks, body.url);
    return async (tx) => ({ status: 200, body: viewOfWebhook(await changeWebhook(tx, wanted, given(body), by)) });
  },
});

/** The fields that were given. An `undefined` among the others would overwrite what is stored. */
function given<Fields extends object>(body: Fields): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as never;
}

export const remove = command({
  operationId: 'deleteWebhook',
  summary: 'Delete a webhook; its deliveries stay on record',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  takesFreshFactors: true,
  params,
  responses: { 204: z.null().meta({ description: 'Deleted' }) },
  refusals: ['not-found'],
  write: async (tx, { params: { id: wanted }, by }) => {
    await deleteWebhook(tx, wanted, by);
    return { status: 204, body: null };
  },
});
