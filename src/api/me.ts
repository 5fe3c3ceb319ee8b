import { z } from 'zod';
import { instantText } from '../domain/instant.ts';
import { ROLES, SCOPES, scopesOf } from '../domain/permission.ts';
import { VERSION } from '../domain/version.ts';
import { query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instantOut, productId, uuid } from './fields.ts';

const example = {
  version: VERSION,
  key: {
    id: EXAMPLE_ID,
    name: 'Contract team',
    role: null,
    scopes: ['changes:read', 'changes:announce'],
    products: ['truetalk'],
    expiresAt: null,
  },
};
const me = z
  .object({
    version: z.string(),
    key: z.object({
      id: uuid,
      name: z.string(),
      role: z.enum(ROLES).nullable(),
      scopes: z.array(z.enum(SCOPES)),
      products: z.array(productId).nullable(),
      expiresAt: instantOut.nullable(),
    }),
  })
  .meta({
    id: 'Me',
    description: 'The key that asks, what it may do and for which products, and the version of the API that answers.',
    examples: [example],
  });

export const get = query({
  operationId: 'getMe',
  summary: 'The key that asks, what it may do, and the version of the API',
  tag: 'Keys',
  scope: null,
  responses: { 200: me },
  refusals: [],
  read: async (_db, { may }) => {
    const { id, name, role, products, expiresAt } = may;
    const key = { id, name, role, scopes: scopesOf(may), products, expiresAt: expiresAt && instantText(expiresAt) };
    return { version: VERSION, key };
  },
});
