import { z } from 'zod';
import { createApiKey, revokeKey } from '../commands/api-keys.ts';
import { listApiKeys, type ApiKey } from '../db/api-keys.ts';
import { instantText } from '../domain/instant.ts';
import {
  KEY_ROLES,
  KEY_SCOPES,
  scopesOfKey,
  type Permissions,
  type KeyRole,
  type Scope,
} from '../domain/permission.ts';
import { hashApiKey, newApiKey } from '../security/api-keys.ts';
import { command } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instant, instantOut, line, productId, productIds, uuid } from './fields.ts';
import { list as listing, placed } from '../http/list.ts';
import { Problem } from '../http/problems.ts';

const described = {
  id: uuid,
  name: z.string(),
  role: z.enum(KEY_ROLES).nullable(),
  scopes: z.array(z.enum(KEY_SCOPES)).meta({ description: 'What it may do; with a role, what the role comes to.' }),
  products: z.array(productId).nullable().meta({ description: 'The products that it is for; `null` for all.' }),
  owner: z.object({ id: uuid, name: z.string() }).nullable().meta({
    description: 'The person whose key it is: it does nothing that the person may not do. `null`: a named system’s.',
  }),
  createdAt: instantOut,
  createdBy: z.string(),
  expiresAt: instantOut.nullable(),
  revokedAt: instantOut.nullable(),
  revokedBy: z.string().nullable(),
  lastUsedAt: instantOut.nullable(),
};

const example = {
  id: EXAMPLE_ID,
  name: 'Contract team',
  role: null,
  scopes: ['changes:read', 'changes:announce'],
  products: ['truetalk'],
  owner: null,
  createdAt: '2026-11-23T09:00:00.000Z',
  createdBy: `First key (key ${EXAMPLE_ID})`,
  expiresAt: null,
  revokedAt: null,
  revokedBy: null,
  lastUsedAt: null,
};

const apiKey = z.object(described).meta({ id: 'ApiKey', examples: [example] });
const newKey = z.object({ ...described, key: z.string().nullable() }).meta({
  id: 'NewApiKey',
  description: '`key` is shown this once; a repeat with the same idempotency key gets `null`.',
  examples: [{ ...example, key: 'varsel_…' }],
});

const view = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  role: key.role,
  scopes: scopesOfKey(key),
  products: key.products,
  owner: key.owner,
  createdAt: instantText(key.createdAt),
  createdBy: key.createdBy,
  expiresAt: key.expiresAt && instantText(key.expiresAt),
  revokedAt: key.revokedAt && instantText(key.revokedAt),
  revokedBy: key.revokedBy,
  lastUsedAt: key.lastUsedAt && instantText(key.lastUsedAt),
});

export const create = command({
  operationId: 'createKey',
  summary: 'Create an API key; it is shown this once',
  tag: 'Keys',
  scope: 'keys:manage',
  takesFreshFactors: true,
  body: z
    .strictObject({
      name: line(100),
      role: z.enum(KEY_ROLES).optional().meta({ description: 'All that the role has; or else `scopes`.' }),
      scopes: z.array(z.enum(KEY_SCOPES)).min(1, 'Expected at least one').optional(),
      products: productIds.nullable().default(null),
      owner: uuid.nullable().default(null).meta({
        description: 'The person who asks, whose own key it then is; `null`: a named system’s.',
      }),
      expiresAt: instant.nullable().default(null),
    })
    .refine(({ role, scopes }) => (role === undefined) !== (scopes === undefined), {
      path: ['role'],
      error: 'Expected either a role or scopes',
    })
    .meta({
      id: 'KeyToCreate',
      examples: [
        { name: 'Contract team', role: 'officer', expiresAt: '2027-11-23T00:00:00Z' },
        { name: 'Contract system', scopes: ['changes:read', 'changes:announce'], products: ['truetalk'] },
      ],
    }),
  responses: { 201: newKey },
  refusals: ['product-unknown'],
  write: async (tx, { body, by, may }) => {
    const allowed = permissionsIn(body);
    const more = scopesOfKey(allowed).filter((scope) => !scopesOfKey(may).includes(scope));
    if (more.length > 0) {
      throw new Problem('forbidden', `A key makes none that may do more than itself: ${more.join(', ')}.`);
    }
    if (body.expiresAt !== null && Temporal.Instant.compare(body.expiresAt, by.at) <= 0) {
      const message = `Expected an instant after now (${instantText(by.at)}), found ${instantText(body.expiresAt)}`;
      throw new Problem('invalid-request', message, { errors: [{ path: 'expiresAt', message }] });
    }
    if (body.owner !== null && !(may.kind === 'person' && may.id === body.owner)) {
      throw new Problem(
        'forbidden',
        'A key belongs to the person who makes it, signed in, or to a named system (null).',
      );
    }
    const key = newApiKey();
    const created = await createApiKey(
      tx,
      { name: body.name, ownerId: body.owner, expiresAt: body.expiresAt, ...allowed, hash: hashApiKey(key) },
      by,
    );
    return { status: 201, body: { ...view(created), key }, repeatedBody: { ...view(created), key: null } };
  },
});

/** Either a role or scopes: the schema makes sure that one of them is given. */
function permissionsIn({
  role,
  scopes,
  products,
}: {
  role?: KeyRole | undefined;
  scopes?: Scope[] | undefined;
  products: string[] | null;
}): Permissions {
  return role === undefined ? { role: null, scopes: scopes ?? [], products } : { role, scopes: null, products };
}

export const list = listing({
  operationId: 'listKeys',
  summary: 'The API keys, without their secrets',
  tag: 'Keys',
  scope: 'keys:manage',
  item: apiKey,
  place: uuid,
  refusals: [],
  find: async (db, { after, limit }) => placed(await listApiKeys(db, after, limit), ({ id }) => id, view),
  columns: [
    'id',
    'name',
    'role',
    'scopes',
    'products',
    'owner.id',
    'owner.name',
    'createdAt',
    'createdBy',
    'expiresAt',
    'revokedAt',
    'revokedBy',
    'lastUsedAt',
  ],
});

export const revoke = command({
  operationId: 'revokeKey',
  summary: 'Revoke an API key, at once and for good',
  tag: 'Keys',
  scope: 'keys:manage',
  takesFreshFactors: true,
  params: z.object({ id: uuid }),
  responses: { 200: apiKey },
  refusals: ['not-found', 'last-admin-key'],
  write: async (tx, { params: { id: wanted }, by }) => ({ status: 200, body: view(await revokeKey(tx, wanted, by)) }),
});
