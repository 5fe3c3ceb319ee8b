import { z } from 'zod';
import { saveProduct } from '../commands/save-product.ts';
import { notFound } from '../domain/refused.ts';
import { findProduct, listProducts, type Product } from '../db/products.ts';
import { command, query } from '../http/operation.ts';
import { email, line, productId, prose } from './fields.ts';
import { page, pageOf, pageSchema, placeOf } from '../http/pagination.ts';

const timeZone = line(100).refine((zone) => {
  try {
    // Throws for an unknown zone.
    Intl.DateTimeFormat('en', { timeZone: zone });
    return zone.includes('/') || zone === 'UTC';
  } catch {
    return false;
  }
}, 'Expected an IANA time zone, like Europe/Copenhagen');

const described = {
  name: line(200),
  processor: z.strictObject({ name: line(200), registrationNumber: line(50), address: line(500) }),
  terms: z.strictObject({
    objectionWindowDays: z.number().int().min(1).max(365),
    timeZone,
    rollForward: z.boolean(),
  }),
  objectionAddress: z.strictObject({ email, postal: prose(500) }),
};

const withdrawalDelayHours = z.number().int().min(0).max(720).meta({
  description:
    'Hours from when every contact has been told that an objection is being withdrawn to when it is, so that one of them can stop it (D31). Applies at once, to withdrawals that are asked for from then on.',
});

const example = {
  name: 'TrueTalk',
  processor: { name: 'Telenor A/S', registrationNumber: '19433692', address: 'Frederikskaj 8, 2450 København SV' },
  terms: { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false },
  objectionAddress: { email: 'indsigelse@telenor.example', postal: 'Telenor A/S, Frederikskaj 8, 2450 København SV' },
  withdrawalDelayHours: 24,
};

const productBody = z
  .strictObject({ ...described, withdrawalDelayHours: withdrawalDelayHours.default(24) })
  .meta({ id: 'ProductTerms', examples: [example] });
const product = z
  .object({ id: productId, ...described, withdrawalDelayHours })
  .meta({ id: 'Product', examples: [{ id: 'truetalk', ...example }] });
const params = z.object({ product: productId });

const view = ({ id, name, processor, terms, objectionAddress, withdrawalDelayHours: hours }: Product) => ({
  id,
  name,
  processor,
  terms,
  objectionAddress,
  withdrawalDelayHours: hours,
});

export const list = query({
  summary: 'The products and their terms',
  tag: 'Products',
  role: 'reader',
  query: z.strictObject(page),
  responses: { 200: pageSchema(product) },
  refusals: [],
  read: async (db, { query: { limit, cursor } }) =>
    pageOf(await listProducts(db, placeOf(cursor, productId), limit + 1), limit, ({ id }) => id, view),
});

export const get = query({
  summary: 'A product and its terms',
  tag: 'Products',
  role: 'reader',
  params,
  responses: { 200: product },
  refusals: ['not-found'],
  read: async (db, { params: { product: id } }) => {
    const found = await findProduct(db, id);
    if (found === null) throw notFound(`product ${id}`);
    return view(found);
  },
});

export const put = command({
  summary: 'Create a product, or change its terms for changes announced later',
  tag: 'Products',
  role: 'admin',
  params,
  body: productBody,
  responses: { 200: product, 201: product },
  refusals: [],
  write: async (tx, { params: { product: id }, body, by }) => {
    const saved = await saveProduct(tx, { id, ...body }, by);
    return { status: saved.created ? 201 : 200, body: view(saved.product) };
  },
});
