import { z } from 'zod';
import { endAgreement } from '../commands/end-agreement.ts';
import { notFound } from '../domain/refused.ts';
import { saveControllers } from '../commands/save-controllers.ts';
import { findController, listControllers, type StoredController } from '../db/controllers.ts';
import { importControllers } from './controller-import.ts';
import { command, query, streamedCommand } from '../http/operation.ts';
import type { ApiDependencies } from './dependencies.ts';
import { email, externalId, language, line, productId, search } from './fields.ts';
import { list as listing, placed } from '../http/list.ts';

const unique = <Item>(items: readonly Item[], key: (item: Item) => string) =>
  new Set(items.map(key)).size === items.length;

const contact = z.strictObject({ email, name: line(200), language });

const described = {
  name: line(200),
  registrationNumber: line(50),
  products: z
    .array(productId)
    .max(100)
    .refine((products) => unique(products, (product) => product), 'Expected each product once'),
  contacts: z
    .array(contact)
    .min(1, 'Expected at least one contact')
    .max(100)
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
  .meta({ id: 'Controller', examples: [{ externalId: 'kunde-1001', ...example }] });

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

const params = z.object({ externalId });

const view = ({ id: _id, ...shown }: StoredController) => shown;

export const list = listing({
  operationId: 'listControllers',
  summary: 'Controllers in the order of their external ids',
  tag: 'Controllers',
  scope: 'controllers:read',
  filters: {
    product: productId.optional(),
    q: search.optional().meta({
      description:
        'A part of a name, an external id, a contact’s address or a registration number, typed in any way: capitals, accents, æ as ae, spaces in a number make no difference.',
    }),
  },
  item: controller,
  place: externalId,
  refusals: [],
  find: async (db, { query: { product = null, q = null }, after, limit }) =>
    placed(await listControllers(db, { product, q, after, limit }), (each) => each.externalId, view),
  columns: [
    'externalId',
    'name',
    'registrationNumber',
    'products',
    'contacts.email',
    'contacts.name',
    'contacts.language',
  ],
});

export const get = query({
  operationId: 'getController',
  summary: 'A controller, its products and its contacts',
  tag: 'Controllers',
  scope: 'controllers:read',
  params,
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

export const leaveProduct = command({
  operationId: 'endAgreement',
  summary: 'The agreement for a product has ended: the controller stops counting (D7)',
  tag: 'Controllers',
  scope: 'controllers:write',
  params: z.object({ externalId, product: productId }),
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
