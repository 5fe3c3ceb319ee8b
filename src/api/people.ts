import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { disablePerson } from '../commands/disable-person.ts';
import { inviteAgain, invitePerson, type LinkToMail } from '../commands/invite-person.ts';
import { endRole, giveRole } from '../commands/person-roles.ts';
import { findPersonOnRecord, listPeople, type PersonOnRecord } from '../db/people-on-record.ts';
import { instantText } from '../domain/instant.ts';
import { ROLES, scopesOf, type Permissions, type Role } from '../domain/permission.ts';
import { notFound } from '../domain/refused.ts';
import { flag } from '../http/flag.ts';
import { list as listing, placed } from '../http/list.ts';
import { command, query } from '../http/operation.ts';
import { Problem } from '../http/problems.ts';
import { hashSecret } from '../security/sessions.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, instantOut, line, productId, productIds, uuid } from './fields.ts';

const OTHER_ID = '01999a2e-6b20-7c11-9d52-3f4a5b6c7d8e';

const person = z
  .object({
    id: uuid,
    name: z.string(),
    email: z.string(),
    createdAt: instantOut,
    createdBy: z.string(),
    invitedUntil: instantOut.nullable(),
    signedInAt: instantOut.nullable(),
    disabledAt: instantOut.nullable(),
    disabledBy: z.string().nullable(),
    roles: z.array(
      z.object({
        id: uuid,
        role: z.enum(ROLES),
        product: productId.nullable(),
        source: z.enum(['given', 'provider']),
        givenAt: instantOut,
        givenBy: z.string(),
      }),
    ),
  })
  .meta({
    id: 'Person',
    description:
      'Somebody of the company who can sign in, with the roles of now (D57). `product` is `null` for all products. A role from the `provider` is what the identity provider says. `invitedUntil`: a link that was mailed is good until then. `signedInAt`: the last time, within the year that sessions are kept.',
    examples: [
      {
        id: EXAMPLE_ID,
        name: 'Dorthe Persson',
        email: 'dorthe@telenor.example',
        createdAt: '2026-11-25T09:00:00.000Z',
        createdBy: `Administrator (person ${OTHER_ID})`,
        invitedUntil: null,
        signedInAt: '2026-11-25T09:20:00.000Z',
        disabledAt: null,
        disabledBy: null,
        roles: [
          {
            id: OTHER_ID,
            role: 'officer',
            product: 'truetalk',
            source: 'given',
            givenAt: '2026-11-25T09:00:00.000Z',
            givenBy: `Administrator (person ${OTHER_ID})`,
          },
        ],
      },
    ],
  });

const view = (found: PersonOnRecord) => ({
  ...found,
  createdAt: instantText(found.createdAt),
  invitedUntil: found.invitedUntil && instantText(found.invitedUntil),
  signedInAt: found.signedInAt && instantText(found.signedInAt),
  disabledAt: found.disabledAt && instantText(found.disabledAt),
  roles: found.roles.map((role) => ({ ...role, givenAt: instantText(role.givenAt) })),
});

const aRole = {
  role: z.enum(ROLES),
  products: productIds.nullable().default(null).meta({ description: '`null`: all products.' }),
};

/** Nobody gives more than they have. Throws `forbidden`. */
export function expectNoMore(may: Permissions, role: Role): void {
  const own = scopesOf(may);
  const more = scopesOf({ role, scopes: null, products: null }).filter((scope) => !own.includes(scope));
  if (more.length > 0) throw new Problem('forbidden', `Nobody gives a role that may do more: ${more.join(', ')}.`);
}

/** A link whose secret is derived from its id, so that it is stored nowhere. */
function newLink({ mailMarks }: ApiDependencies): LinkToMail {
  const id = randomUUIDv7();
  return { id, hash: hashSecret(mailMarks.signInSecretOf(id)) };
}

export const invite = command({
  operationId: 'invitePerson',
  summary: 'Invite a person of the company, who gets a mail with a link to sign in with once, within 24 hours',
  tag: 'People',
  scope: 'people:manage',
  takesFreshFactors: true,
  body: z.strictObject({ name: line(100), email, ...aRole }).meta({
    id: 'PersonToInvite',
    examples: [{ name: 'Dorthe Persson', email: 'dorthe@telenor.example', role: 'officer', products: ['truetalk'] }],
  }),
  responses: { 201: person },
  refusals: ['product-unknown', 'person-exists', 'second-person-needed'],
  write: async (tx, { body, by, may }, dependencies: ApiDependencies) => {
    expectNoMore(may, body.role);
    return { status: 201, body: view(await invitePerson(tx, body, newLink(dependencies), by)) };
  },
});

export const again = command({
  operationId: 'invitePersonAgain',
  summary: 'Mail a person another link to sign in with; an earlier one is good no more',
  tag: 'People',
  scope: 'people:manage',
  takesFreshFactors: true,
  params: z.object({ id: uuid }),
  responses: { 200: person },
  refusals: ['not-found', 'person-disabled'],
  write: async (tx, { params: { id }, by }, dependencies: ApiDependencies) => ({
    status: 200,
    body: view(await inviteAgain(tx, id, newLink(dependencies), by)),
  }),
});

export const list = listing({
  operationId: 'listPeople',
  summary: 'The people of the company who can sign in, or could, in the order in which they were added',
  tag: 'People',
  scope: 'people:manage',
  filters: {
    product: productId.optional().meta({ description: 'Those with a role for this product, or for all.' }),
    disabled: flag.optional().meta({ description: 'true: those who cannot sign in any more. false: those who can.' }),
  },
  item: person,
  place: uuid,
  refusals: [],
  find: async (db, { query: { product, disabled }, by, after, limit }) => {
    const filter = { product: product ?? null, disabled: disabled ?? null, now: by.at };
    return placed(await listPeople(db, filter, after, limit), ({ id }) => id, view);
  },
  columns: [
    'id',
    'name',
    'email',
    'createdAt',
    'createdBy',
    'invitedUntil',
    'signedInAt',
    'disabledAt',
    'disabledBy',
    'roles.role',
    'roles.product',
  ],
});

export const get = query({
  operationId: 'getPerson',
  summary: 'A person of the company, with its roles',
  tag: 'People',
  scope: 'people:manage',
  params: z.object({ id: uuid }),
  responses: { 200: person },
  refusals: ['not-found'],
  read: async (db, { params: { id }, by }) => {
    const found = await findPersonOnRecord(db, id, by.at);
    if (found === null) throw notFound(`person ${id}`);
    return view(found);
  },
});

export const disable = command({
  operationId: 'disablePerson',
  summary: 'Keep a person from signing in, at once and for good; its sessions and its API keys end',
  tag: 'People',
  scope: 'people:manage',
  takesFreshFactors: true,
  params: z.object({ id: uuid }),
  responses: { 200: person },
  refusals: ['not-found', 'person-disabled', 'last-administrator'],
  write: async (tx, { params: { id }, by }) => ({ status: 200, body: view(await disablePerson(tx, id, by)) }),
});

export const give = command({
  operationId: 'givePersonRole',
  summary: 'Give a person a role, for some products or for all',
  tag: 'People',
  scope: 'people:manage',
  takesFreshFactors: true,
  params: z.object({ id: uuid }),
  body: z
    .strictObject(aRole)
    .meta({ id: 'RoleToGive', examples: [{ role: 'approver', products: ['truetalk'] }, { role: 'reader' }] }),
  responses: { 201: person },
  refusals: ['not-found', 'person-disabled', 'product-unknown', 'role-given', 'second-person-needed'],
  write: async (tx, { params: { id }, body, by, may }) => {
    expectNoMore(may, body.role);
    return { status: 201, body: view(await giveRole(tx, id, body, by)) };
  },
});

export const end = command({
  operationId: 'endPersonRole',
  summary: 'Take a role from a person, at once',
  tag: 'People',
  scope: 'people:manage',
  takesFreshFactors: true,
  params: z.object({ id: uuid, roleId: uuid }),
  responses: { 200: person },
  refusals: ['not-found', 'person-disabled', 'role-from-provider', 'last-administrator'],
  write: async (tx, { params: { id, roleId }, by }) => ({ status: 200, body: view(await endRole(tx, id, roleId, by)) }),
});
