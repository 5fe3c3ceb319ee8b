import { z } from 'zod';
import { revokeSecret, rotateSecret } from '../commands/manage-webhooks.ts';
import { command, preparedCommand } from '../http/operation.ts';
import type { ApiDependencies } from './dependencies.ts';
import { uuid } from './fields.ts';
import { existing, viewOfWebhook, webhook, webhookWithSecret, withSecret } from './webhook-view.ts';

const params = z.object({ id: uuid });

export const rotate = preparedCommand({
  operationId: 'rotateWebhookSecret',
  summary: 'A new secret, shown this once; the one before signs for 24 hours more, or is revoked',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  takesFreshFactors: true,
  params,
  body: z
    .strictObject({ revokePrevious: z.boolean().default(false) })
    .nullish()
    .meta({ id: 'SecretRotation', examples: [{ revokePrevious: false }] }),
  responses: { 200: webhookWithSecret },
  refusals: ['not-found'],
  prepare:
    async ({ webhooks }: ApiDependencies, { params: { id: wanted }, body, by }) =>
    async (tx) => {
      const rotated = await rotateSecret(tx, wanted, { revokePrevious: body?.revokePrevious ?? false }, by);
      return withSecret(200, await existing(tx, wanted), webhooks.secretOf(wanted, rotated.secretVersion));
    },
});

export const revokePrevious = command({
  operationId: 'revokePreviousWebhookSecret',
  summary: 'Revoke the secret before the present one, at once',
  tag: 'Webhooks',
  scope: 'webhooks:manage',
  params,
  responses: { 200: webhook },
  refusals: ['not-found'],
  write: async (tx, { params: { id: wanted }, by }) => ({
    status: 200,
    body: viewOfWebhook(await revokeSecret(tx, wanted, by)),
  }),
});
