import { z } from 'zod';
import { addContact, correctContact, removeContact } from '../commands/change-controller.ts';
import { effectsOf } from '../commands/save-controllers.ts';
import { findController } from '../db/controllers.ts';
import { notFound } from '../domain/refused.ts';
import { command, query } from '../http/operation.ts';
import { contact, contactDetails, controllerParams, controllerVersion } from './controllers.ts';
import { uuid } from './fields.ts';

const body = z.strictObject(contactDetails).meta({
  id: 'ContactDetails',
  examples: [{ email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da', mayApprove: true }],
});
const contactParams = controllerParams.extend({ contactId: uuid });

// The version of a contact is that of its controller, whose contacts are saved as one.
const shared = { tag: 'Controllers', version: controllerVersion } as const;

export const list = query({
  ...shared,
  operationId: 'listContacts',
  summary: 'The contacts of a controller, in their order',
  scope: 'controllers:read',
  params: controllerParams,
  responses: {
    200: z.object({ items: z.array(contact) }).meta({ examples: [{ items: contact.meta()?.examples ?? [] }] }),
  },
  refusals: ['not-found'],
  read: async (db, { params: { externalId } }) => {
    const found = await findController(db, externalId);
    if (found === null) throw notFound(`controller ${externalId}`);
    return { items: found.contacts };
  },
});

export const add = command({
  ...shared,
  operationId: 'addContact',
  summary: 'Add a contact; it is told of changes already announced (D35)',
  scope: 'controllers:write',
  params: controllerParams,
  body,
  responses: { 201: contact },
  refusals: ['not-found', 'erased'],
  write: async (tx, { params: { externalId }, body: given, by }) => ({
    status: 201,
    body: await addContact(tx, externalId, given, by),
  }),
});

export const correct = command({
  ...shared,
  operationId: 'correctContact',
  summary: 'Correct a contact; at another address it is told of changes already announced (D35)',
  scope: 'controllers:write',
  params: contactParams,
  body,
  responses: { 200: contact },
  refusals: ['not-found'],
  write: async (tx, { params: { externalId, contactId: id }, body: given, by }) => {
    const corrected = await correctContact(tx, externalId, { id, ...given }, by);
    return { status: 200, body: corrected.contact, effects: { ...effectsOf(corrected.saved), warnings: [] } };
  },
});

export const remove = command({
  ...shared,
  operationId: 'removeContact',
  summary: 'Remove a contact; it gets no notice that has not left yet (D35)',
  scope: 'controllers:write',
  params: contactParams,
  responses: { 204: z.null().meta({ description: 'The contact is removed.' }) },
  refusals: ['not-found', 'last-contact'],
  write: async (tx, { params: { externalId, contactId: id }, by }) => {
    await removeContact(tx, externalId, id, by);
    return { status: 204, body: null };
  },
});
