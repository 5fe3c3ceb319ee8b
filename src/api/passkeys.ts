import { z } from 'zod';
import { namePasskey, removePasskey } from '../commands/passkeys.ts';
import { passkeysOf, type Passkey } from '../db/passkeys.ts';
import { instantText } from '../domain/instant.ts';
import { command, query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instantOut, line, uuid } from './fields.ts';

const example = {
  id: EXAMPLE_ID,
  name: 'My phone',
  isSynced: true,
  registeredAt: '2026-11-25T09:00:00.000Z',
  lastUsedAt: null,
};
const passkey = z
  .object({
    id: uuid,
    name: z.string(),
    isSynced: z.boolean().meta({ description: 'Whether an account keeps it, and not one device alone.' }),
    registeredAt: instantOut,
    lastUsedAt: instantOut.nullable(),
  })
  .meta({ id: 'Passkey', examples: [example] });

const view = ({ id, name, isSynced, registeredAt, lastUsedAt }: Passkey) => ({
  id,
  name,
  isSynced,
  registeredAt: instantText(registeredAt),
  lastUsedAt: lastUsedAt && instantText(lastUsedAt),
});

/** What a person calls a passkey. */
export const passkeyName = line(100);

export const list = query({
  operationId: 'listMyPasskeys',
  summary: 'The passkeys of the person who asks; an API key has none',
  tag: 'Keys',
  scope: null,
  responses: { 200: z.object({ items: z.array(passkey) }).meta({ examples: [{ items: [example] }] }) },
  refusals: [],
  read: async (db, { may }) => ({ items: (await passkeysOf(db, may.id)).map(view) }),
});

export const rename = command({
  operationId: 'renameMyPasskey',
  summary: 'Name a passkey of the person who asks',
  tag: 'Keys',
  scope: null,
  params: z.object({ id: uuid }),
  body: z.strictObject({ name: passkeyName }).meta({ examples: [{ name: 'My phone' }] }),
  responses: { 200: passkey },
  refusals: ['not-found'],
  write: async (tx, { params: { id }, body: { name }, may }) => ({
    status: 200,
    body: view(await namePasskey(tx, { id, personId: may.id, name })),
  }),
});

export const remove = command({
  operationId: 'removeMyPasskey',
  summary: 'Remove a passkey of the person who asks, at once and for good; in the console one registers another',
  tag: 'Keys',
  scope: null,
  takesFreshFactors: true,
  params: z.object({ id: uuid }),
  responses: { 204: z.null().meta({ description: 'The passkey is removed.' }) },
  refusals: ['not-found', 'last-passkey'],
  write: async (tx, { params: { id }, by, may }) => {
    await removePasskey(tx, { id, personId: may.id }, by);
    return { status: 204, body: null };
  },
});
