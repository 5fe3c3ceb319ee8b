import { z } from 'zod';
import { changeController, lockController, MAX_CONTACTS } from '../commands/change-controller.ts';
import { emptyController } from '../commands/empty-controller.ts';
import { endAgreement } from '../commands/end-agreement.ts';
import { notFound } from '../domain/refused.ts';
import { effectsOf, saveControllers } from '../commands/save-controllers.ts';
import { findController, findNearDuplicates, listControllers, type StoredController } from '../db/controllers.ts';
import type { ApiKey } from '../db/api-keys.ts';
import type { Queryable } from '../db/postgres.ts';
import { NO_DUPLICATES, warningsOf } from '../domain/near-duplicate.ts';
import { foreignVersions } from '../domain/terms-version.ts';
import { warning } from '../http/dry-run.ts';
import { flag } from '../http/flag.ts';
import { ERASED_RESPONSE } from '../http/idempotency.ts';
import { command, query, type Version } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, externalId, language, line, productId, search, termsVersion, uuid } from './fields.ts';
import { list as listing, placed } from '../http/list.ts';

const unique = <Item>(items: readonly Item[], key: (item: Item) => string) =>
  new Set(items.map(key)).size === items.length;

export const contactDetails = {
  email,
  name: line(200),
  language,
  mayApprove: z.boolean('Expected ja or nej').optional().meta({
    description:
      'Whether it may approve for its controller (D42). Left out, what stands of its address is kept: nobody may at first.',
  }),
};
/** A contact as it is shown. Its id stays while its address does, and when it is corrected under it. */
export const contact = z.object({ id: uuid, ...contactDetails, mayApprove: z.boolean() }).meta({
  id: 'Contact',
  examples: [{ id: EXAMPLE_ID, email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da', mayApprove: true }],
});

const metadataKey = z
  .string()
  .max(50)
  .refine(
    (key) => /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(key),
    'Expected a key of letters, digits, spaces, dots, hyphens and underscores, at most 50',
  );

const metadata = z
  .record(metadataKey, line(500))
  .refine((fields) => Object.keys(fields).length <= 20, 'Expected at most 20 keys');

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
    .max(MAX_CONTACTS)
    .refine((contacts) => unique(contacts, (each) => each.email.toLowerCase()), 'Expected each address once'),
  reference: line(200)
    .nullish()
    .meta({ description: 'What the customer is referred to by. Left out, what stands is kept.' }),
  metadata: metadata.optional().meta({
    description: 'What the company keeps of it: an EAN, an account manager. Left out, what stands is kept.',
  }),
  termsVersions: z.record(productId, termsVersion.nullable()).optional().meta({
    description:
      'The version of the terms that the agreement for each product is on; of a product left out, what stands is kept, and null is none. Who joins on a version that lists an announced change (`listedInTerms`) is not asked about it; who is moved from it to another one is asked after all (D46).',
  }),
};

export const exampleController = {
  name: 'Kunde A/S',
  registrationNumber: '10000001',
  products: ['truetalk'],
  contacts: [{ email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da', mayApprove: true }],
  reference: 'PO 4711',
  metadata: { EAN: '5790000000001' },
  termsVersions: { truetalk: '2026-03' },
};

const controllerBody = z.strictObject(described).meta({ id: 'ControllerDetails', examples: [exampleController] });
/** A controller as a file has it. */
export const importedController = z.strictObject({ externalId, ...described }).superRefine((given, context) => {
  for (const { path, message } of foreignVersions(given)) {
    context.addIssue({ code: 'custom', path: path.split('.'), message });
  }
});
const controller = z
  // The API creates no controller without contacts, but can show one.
  .object({
    externalId,
    ...described,
    contacts: z.array(contact),
    reference: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    termsVersions: z.record(z.string(), z.string()),
    warnings: z.array(warning),
  })
  .meta({
    id: 'Controller',
    examples: [
      { externalId: 'kunde-1001', ...exampleController, contacts: contact.meta()?.examples ?? [], warnings: [] },
    ],
  });

export const controllerParams = z.object({ externalId });
const params = controllerParams;

const duplicates = flag.prefault('false').meta({
  description: 'true: those that another customer shares the registration number with, or nearly the external id.',
});

/** Controllers as the API shows them to a key for these products, each with what looks wrong with it. */
async function viewsOf(db: Queryable, controllers: readonly StoredController[], products: ApiKey['products']) {
  const wanted = controllers.map((each) => each.externalId);
  const similar = await findNearDuplicates(db, wanted, products);
  return controllers.map(({ id: _id, ...shown }) => ({
    ...shown,
    warnings: warningsOf(shown, similar.get(shown.externalId) ?? NO_DUPLICATES),
  }));
}

async function viewOf(db: Queryable, found: StoredController, products: ApiKey['products']) {
  const [view] = await viewsOf(db, [found], products);
  if (view === undefined) throw new Error(`no view of controller ${found.externalId}`);
  return view;
}

async function viewOfExisting(db: Queryable, wanted: string, products: ApiKey['products']) {
  const found = await findController(db, wanted);
  if (found === null) throw notFound(`controller ${wanted}`);
  return viewOf(db, found, products);
}

/** Of a controller, with its contacts and agreements. */
export const controllerVersion: Version<{ externalId: string }> = {
  lock: (tx, { externalId: wanted }) => lockController(tx, wanted),
  show: async (db, { externalId: wanted }) => {
    const found = await findController(db, wanted);
    return found && (await viewOf(db, found, null));
  },
};

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
    duplicates,
  },
  item: controller,
  place: externalId,
  refusals: [],
  find: async (
    db,
    { query: { product = null, q = null, duplicates: areDuplicates }, may: { products }, after, limit },
  ) => {
    const filter = { product, q, areDuplicates, products, after, limit };
    const found = await viewsOf(db, await listControllers(db, filter), products);
    return placed(
      found,
      (each) => each.externalId,
      (each) => each,
    );
  },
  columns: [
    'externalId',
    'name',
    'registrationNumber',
    'reference',
    'products',
    'contacts.email',
    'contacts.name',
    'contacts.language',
    'contacts.mayApprove',
    'warnings.code',
  ],
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
  read: (db, { params: { externalId: wanted }, may }) => viewOfExisting(db, wanted, may.products),
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
  write: async (tx, { params: { externalId: wanted }, body, by, may }) => {
    const saved = await saveControllers(tx, [{ externalId: wanted, ...body }], by);
    const view = await viewOfExisting(tx, wanted, may.products);
    return {
      status: saved.savedAs.get(wanted) === 'created' ? 201 : 200,
      body: view,
      effects: { ...effectsOf(saved), warnings: view.warnings },
    };
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
  write: async (tx, { params: { externalId: wanted }, body, by, may }) => {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const { controller: changed } = await changeController(tx, wanted, () => given, by);
    return { status: 200, body: await viewOf(tx, changed, may.products) };
  },
});

export const empty = command({
  operationId: 'emptyController',
  summary:
    'Empty a controller that has left: its name and its persons go, its external id and what happened stay (D52)',
  tag: 'Controllers',
  scope: 'persons:manage',
  takesFreshFactors: true,
  params,
  version: controllerVersion,
  responses: { 204: z.null().meta({ description: 'The controller is emptied.' }) },
  refusals: ['not-found', 'controller-kept'],
  write: async (tx, { params: { externalId: wanted }, by }) => {
    await emptyController(tx, wanted, ERASED_RESPONSE, by);
    return { status: 204, body: null };
  },
});

export const leaveProduct = command({
  operationId: 'endAgreement',
  summary: 'The agreement for a product has ended: the controller stops counting (D7)',
  tag: 'Controllers',
  scope: 'controllers:write',
  takesFreshFactors: true,
  params: controllerParams.extend({ product: productId }),
  version: controllerVersion,
  responses: { 204: z.null().meta({ description: 'The agreement has ended.' }) },
  refusals: ['not-found'],
  write: async (tx, { params: { externalId: wanted, product }, by }) => {
    await endAgreement(tx, wanted, product, by);
    return { status: 204, body: null };
  },
});
