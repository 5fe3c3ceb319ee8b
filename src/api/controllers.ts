import { z } from 'zod';
import { changeController, lockController, MOST_CONTACTS } from '../commands/change-controller.ts';
import { endAgreement } from '../commands/end-agreement.ts';
import { notFound } from '../domain/refused.ts';
import { saveControllers } from '../commands/save-controllers.ts';
import { findController, listControllers, type StoredController } from '../db/controllers.ts';
import { importControllers } from './controller-import.ts';
import { command, query, streamedCommand, type Version } from '../http/operation.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, externalId, language, line, productId, uuid } from './fields.ts';
import { page, pageOf, pageSchema, placeOf } from '../http/pagination.ts';

const unique = <Item>(items: readonly Item[], key: (item: Item) => string) =>
  new Set(items.map(key)).size === items.length;

export const contactDetails = { email, name: line(200), language };
/** A contact as it is shown. Its id stays while its address does, and when it is corrected under it. */
export const contact = z.object({ id: uuid, ...contactDetails }).meta({
  id: 'Contact',
  examples: [{ id: EXAMPLE_ID, email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da' }],
});

const described = {
  name: line(200),
  registrationNumber: line(50),
  products: z
    .array(productId)
    .max(100)
    .refine((products) => unique(products, (product) => product), 'Expected each product once'),
  contacts: z
    .array(z.strictObject(contactDetails))
    .min(1, 'Expected at least one contact')
    .max(MOST_CONTACTS)
    .refine((contacts) => unique(contacts, (each) => each.email.toLowerCase()), 'Expected each address once'),
};

const example = {
  name: 'Kunde A/S',
  registrationNumber: '10000001',
  products: ['truetalk'],
  contacts: [{ email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da' }],
};

const controllerBody = z.strictObject(described).meta({ id: 'ControllerDetails', examples: [example] });
const importedController = z.strictObject({ externalId, ...described });
const controller = z
  // The API creates no controller without contacts, but can show one.
  .object({ externalId, ...described, contacts: z.array(contact) })
  .meta({
    id: 'Controller',
    examples: [{ externalId: 'kunde-1001', ...example, contacts: contact.meta()?.examples ?? [] }],
  });

const importResult = z
  .object({
    created: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    rejected: z.array(
      z.object({ line: z.number().int(), errors: z.array(z.object({ path: z.string(), message: z.string() })) }),
    ),
  })
  .meta({
    id: 'ImportResult',
    examples: [
      {
        created: 24,
        updated: 0,
        unchanged: 0,
        rejected: [{ line: 7, errors: [{ path: 'contacts', message: 'Expected at least one contact' }] }],
      },
    ],
  });

export const controllerParams = z.object({ externalId });
const params = controllerParams;

const view = ({ id: _id, ...shown }: StoredController) => shown;

/** Of a controller, with its contacts and agreements. */
export const controllerVersion: Version<{ externalId: string }> = {
  lock: (tx, { externalId: wanted }) => lockController(tx, wanted),
  show: async (db, { externalId: wanted }) => {
    const found = await findController(db, wanted);
    return found && view(found);
  },
};

export const list = query({
  operationId: 'listControllers',
  summary: 'Controllers in the order of their external ids',
  tag: 'Controllers',
  scope: 'controllers:read',
  query: z.strictObject({ ...page, product: productId.optional() }),
  responses: { 200: pageSchema(controller) },
  refusals: [],
  read: async (db, { query: { product, limit, cursor } }) => {
    const after = placeOf(cursor, externalId);
    const found = await listControllers(db, { product: product ?? null, after, limit: limit + 1 });
    return pageOf(found, limit, (each) => each.externalId, view);
  },
});

export const get = query({
  operationId: 'getController',
  summary: 'A controller, its products and its contacts',
  tag: 'Controllers',
  scope: 'controllers:read',
  params,
  version: controllerVersion,
  responses: { 200: controller },
  refusals: ['not-found'],
  read: async (db, { params: { externalId: wanted } }) => {
    const found = await findController(db, wanted);
    if (found === null) throw notFound(`controller ${wanted}`);
    return view(found);
  },
});

export const put = command({
  operationId: 'putController',
  summary: 'Create a controller, or replace what is known of it; it is notified of changes already announced (D7)',
  tag: 'Controllers',
  scope: 'controllers:write',
  params,
  version: controllerVersion,
  body: controllerBody,
  responses: { 200: controller, 201: controller },
  refusals: ['product-unknown'],
  write: async (tx, { params: { externalId: wanted }, body, by }) => {
    const saved = await saveControllers(tx, [{ externalId: wanted, ...body }], by);
    const found = await findController(tx, wanted);
    if (found === null) throw notFound(`controller ${wanted}`);
    return { status: saved.get(wanted) === 'created' ? 201 : 200, body: view(found) };
  },
});

export const patch = command({
  operationId: 'changeController',
  summary: 'Change what is known of a controller: what is given is replaced, and what is left out stays',
  tag: 'Controllers',
  scope: 'controllers:write',
  params,
  version: controllerVersion,
  body: z
    .strictObject(described)
    .partial()
    .meta({ id: 'ControllerPatch', examples: [{ name: 'Kunde Holding A/S' }] }),
  responses: { 200: controller },
  refusals: ['not-found', 'product-unknown', 'last-contact'],
  write: async (tx, { params: { externalId: wanted }, body, by }) => {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    return { status: 200, body: view(await changeController(tx, wanted, () => given, by)) };
  },
});

export const leaveProduct = command({
  operationId: 'endAgreement',
  summary: 'The agreement for a product has ended: the controller stops counting (D7)',
  tag: 'Controllers',
  scope: 'controllers:write',
  params: controllerParams.extend({ product: productId }),
  version: controllerVersion,
  responses: { 204: z.null().meta({ description: 'The agreement has ended.' }) },
  refusals: ['not-found'],
  write: async (tx, { params: { externalId: wanted, product }, by }) => {
    await endAgreement(tx, wanted, product, by);
    return { status: 204, body: null };
  },
});

export const importAll = streamedCommand({
  operationId: 'importControllers',
  summary: 'Create or replace many controllers',
  tag: 'Controllers',
  scope: 'controllers:write',
  body: z.string().meta({ examples: [JSON.stringify({ externalId: 'kunde-1001', ...example })] }),
  responses: { 200: importResult },
  refusals: [],
  receive: ({ pool }: ApiDependencies, { body, by }) =>
    importControllers(body, { pool, schema: importedController, by }),
});
