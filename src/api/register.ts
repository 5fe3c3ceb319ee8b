import { z } from 'zod';
import { loadRegister } from '../commands/load-register.ts';
import { notFound } from '../domain/refused.ts';
import { findProduct } from '../db/products.ts';
import { findController } from '../db/controllers.ts';
import { registerAsOf, registerOfController } from '../db/register.ts';
import { dayIn } from '../domain/instant.ts';
import type { RegisterEntry } from '../domain/register.ts';
import { command, query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { contactPerson, country, day, dayOut, externalId, line, locations, productId, text, uuid } from './fields.ts';

const described = {
  name: line(200),
  registrationNumber: line(50).nullable(),
  address: line(500),
  country,
  contactPerson: contactPerson.nullable(),
  parentId: uuid.nullable(),
  processing: text,
  personalData: text,
  locations,
};

const example = {
  name: 'Gintel AS',
  registrationNumber: '983 953 271',
  address: 'Otto Nielsens Veg 12, 7052 Trondheim, Norge',
  country: 'NO',
  contactPerson: null,
  parentId: null,
  processing: { da: 'Bistår med support og fejlretning', en: 'Assists with support and fault correction' },
  personalData: { da: 'Ingen på fast basis', en: 'None on a fixed basis' },
  locations: [{ country: 'NO', transferBasis: null }],
};

const exampleEntry = {
  id: EXAMPLE_ID,
  ...example,
  activeFrom: '2026-01-01',
  activeUntil: null,
  factsFrom: '2026-01-01',
  changeId: null,
  forSome: false,
};

export const entry = z
  .object({
    id: uuid,
    ...described,
    activeFrom: dayOut,
    activeUntil: dayOut.nullable(),
    factsFrom: dayOut,
    changeId: uuid.nullable(),
    forSome: z.boolean(),
  })
  .meta({
    id: 'Entry',
    description:
      'A sub-processor in the register. `activeUntil` is the first day without it. `changeId` names the change that made it as it is here, since `factsFrom`; it is null of the first register. `forSome`: it is so for some controllers only (D43).',
    examples: [exampleEntry],
  });

const register = z
  .object({ product: productId, asOf: dayOut, entries: z.array(entry) })
  .meta({ id: 'Register', examples: [{ product: 'truetalk', asOf: '2026-11-23', entries: [exampleEntry] }] });

const firstRegister = z
  .strictObject({
    entries: z
      .array(
        z.strictObject({ id: uuid.nullable().default(null), ...described, activeFrom: day.nullable().default(null) }),
      )
      .min(1, 'Expected at least one entry')
      .max(1000),
  })
  .meta({
    id: 'FirstRegister',
    description:
      'An entry may be given an `id` that others name as their `parentId`; `activeFrom` is today unless given.',
    examples: [{ entries: [{ id: EXAMPLE_ID, ...example }] }],
  });

const params = z.object({ product: productId });

const viewOfEntry = (found: RegisterEntry) => ({
  ...found,
  activeFrom: found.activeFrom.toString(),
  activeUntil: found.activeUntil?.toString() ?? null,
  factsFrom: found.factsFrom.toString(),
});

export const get = query({
  operationId: 'getRegister',
  summary: 'The register on a day: today, or `asOf`',
  tag: 'Register',
  scope: 'products:read',
  params,
  query: z.strictObject({ asOf: day.optional() }),
  responses: { 200: register },
  refusals: ['not-found'],
  read: async (db, { params: { product }, query: { asOf }, by }) => {
    const found = await findProduct(db, product);
    if (found === null) throw notFound(`product ${product}`);
    const on = asOf ?? dayIn(found.terms.timeZone, by.at);
    return { product, asOf: on.toString(), entries: (await registerAsOf(db, product, on)).map(viewOfEntry) };
  },
});

export const getOfController = query({
  operationId: 'getControllerRegister',
  summary: 'The register as it is for one controller on a day: today, or `asOf`',
  tag: 'Controllers',
  scope: 'products:read',
  params: z.object({ externalId, product: productId }),
  query: z.strictObject({ asOf: day.optional() }),
  responses: { 200: register },
  refusals: ['not-found'],
  isTagged: true,
  read: async (db, { params: { externalId: wanted, product }, query: { asOf }, by }) => {
    const [found, controller] = await Promise.all([findProduct(db, product), findController(db, wanted)]);
    if (found === null) throw notFound(`product ${product}`);
    if (controller === null) throw notFound(`controller ${wanted}`);
    const on = asOf ?? dayIn(found.terms.timeZone, by.at);
    const entries = await registerOfController(db, product, controller.id, on);
    return { product, asOf: on.toString(), entries: entries.map(viewOfEntry) };
  },
});

export const put = command({
  operationId: 'loadRegister',
  summary: 'Load the first register of a product, once',
  tag: 'Register',
  scope: 'products:write',
  params,
  body: firstRegister,
  responses: { 201: register },
  refusals: [
    'not-found',
    'register-exists',
    'parent-unknown',
    'already-in-register',
    'change-already-announced',
    'transfer-basis-missing',
    'transfer-basis-invalid',
  ],
  write: async (tx, { params: { product }, body, by }) => {
    const entries = await loadRegister(tx, product, body.entries, by);
    const found = await findProduct(tx, product);
    if (found === null) throw notFound(`product ${product}`);
    const asOf = dayIn(found.terms.timeZone, by.at).toString();
    return { status: 201, body: { product, asOf, entries: entries.map(viewOfEntry) } };
  },
});
