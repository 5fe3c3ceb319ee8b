import { z } from 'zod';
import { findEntitlement } from '../db/entitlement.ts';
import { entitlementOf, ENTITLEMENT_REASONS } from '../domain/entitlement.ts';
import { notFound } from '../domain/refused.ts';
import { query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { country, externalId, line, openEnum, productId, uuid } from './fields.ts';

const entitlement = z
  .object({
    allowed: z.boolean(),
    because: openEnum(ENTITLEMENT_REASONS),
    entry: uuid.nullable(),
    change: uuid.nullable(),
  })
  .meta({
    id: 'Entitlement',
    description:
      '`because`: `in-register` alone is allowed. `place-not-listed`: the company is, but not in this country. `not-approved-by-this-controller`: it is so for others, by a `change` that is not activated for this one. `ended`: no longer, by `change`. `ambiguous`: several entries have this number, so name one by its id.',
    examples: [{ allowed: true, because: 'in-register', entry: EXAMPLE_ID, change: null }],
  });

export const get = query({
  operationId: 'getEntitlement',
  summary: 'Whether a company may be used for a controller’s data right now, in a country where one is given',
  tag: 'Register',
  scope: 'products:read',
  params: z.object({ product: productId }),
  query: z
    .strictObject({
      controller: externalId,
      company: line(200).meta({
        description: 'The id of an entry, or a registration number or name in any spelling.',
        examples: ['Gintel AS'],
      }),
      country: country.optional().meta({ description: 'Left out, the answer says nothing of places.' }),
    })
    .meta({ examples: [{ controller: 'kunde-1001', company: 'Gintel AS', country: 'NO' }] }),
  responses: { 200: entitlement },
  refusals: ['not-found'],
  isTagged: true,
  read: async (db, { params: { product }, query: { controller, company, country: place }, by }) => {
    const found = await findEntitlement(db, { product, controller, company, now: by.at });
    if (found === null) throw notFound(`product ${product} or controller ${controller}`);
    return entitlementOf(found, place ?? null);
  },
});
