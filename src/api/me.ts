import { z } from 'zod';
import { instantText } from '../domain/instant.ts';
import { scopesOfCaller } from '../domain/caller.ts';
import { ROLES, SCOPES } from '../domain/permission.ts';
import { VERSION } from '../domain/version.ts';
import { query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instantOut, productId, uuid } from './fields.ts';

const described = {
  id: uuid,
  name: z.string(),
  role: z.enum(ROLES).nullable(),
  scopes: z.array(z.enum(SCOPES)),
  products: z.array(productId).nullable(),
  expiresAt: instantOut.nullable(),
};
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
  person: null,
};
const me = z
  .object({
    version: z.string(),
    key: z.object(described).nullable(),
    person: z
      .object({
        id: uuid,
        name: z.string(),
        roles: z.array(z.object({ role: z.enum(ROLES).nullable(), products: z.array(productId).nullable() })),
        scopes: z.array(z.enum(SCOPES)),
        expiresAt: instantOut.nullable(),
      })
      .nullable(),
  })
  .meta({
    id: 'Me',
    description:
      'Who asks, an API key or a person who is signed in, what they may do and for which products, and the version of the API that answers.',
    examples: [example],
  });

export const get = query({
  operationId: 'getMe',
  summary: 'Who asks, what they may do, and the version of the API',
  tag: 'Keys',
  scope: null,
  responses: { 200: me },
  refusals: [],
  read: async (_db, { may }) => {
    const { kind, id, name, role, products } = may;
    const own = { id, name, scopes: scopesOfCaller(may), expiresAt: may.expiresAt && instantText(may.expiresAt) };
    if (kind === 'key') return { version: VERSION, key: { ...own, role, products }, person: null };
    const roles = may.grants.map((grant) => ({ role: grant.role, products: grant.products }));
    return { version: VERSION, key: null, person: { ...own, roles } };
  },
});
