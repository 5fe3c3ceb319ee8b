import { z } from 'zod';
import { ROLES } from '../db/api-keys.ts';
import { instantText } from '../domain/instant.ts';
import { query } from '../http/operation.ts';
import { API_VERSION } from '../http/api-version.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instantOut, uuid } from './fields.ts';

const me = z
  .object({
    version: z.string(),
    key: z.object({ id: uuid, name: z.string(), role: z.enum(ROLES), expiresAt: instantOut.nullable() }),
  })
  .meta({
    id: 'Me',
    description: 'The key that asks, what it may do, and the version of the API that answers.',
    examples: [
      { version: API_VERSION, key: { id: EXAMPLE_ID, name: 'Contract team', role: 'officer', expiresAt: null } },
    ],
  });

export const get = query({
  operationId: 'getMe',
  summary: 'The key that asks, and the version of the API',
  tag: 'Keys',
  role: 'reader',
  responses: { 200: me },
  refusals: [],
  read: async (_db, { key: { id, name, role, expiresAt } }) => ({
    version: API_VERSION,
    key: { id, name, role, expiresAt: expiresAt && instantText(expiresAt) },
  }),
});
