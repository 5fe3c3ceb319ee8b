import { z } from 'zod';
import { findProduct } from '../db/products.ts';
import { versionsAsOf } from '../db/register.ts';
import { dayIn } from '../domain/instant.ts';
import { notFound } from '../domain/refused.ts';
import type { RegisterVersion } from '../domain/register.ts';
import { basisCode, isInEea } from '../domain/transfer-basis.ts';
import { list as listing, placed } from '../http/list.ts';
import { EXAMPLE_ID } from './examples.ts';
import { country, day, location, productId, uuid } from './fields.ts';

const PLACE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}~[A-Z]{2}$/;

const transfer = z
  .object({
    entry: uuid,
    name: z.string(),
    registrationNumber: z.string().nullable(),
    parentId: uuid.nullable(),
    ...location.shape,
    restsOn: z.string().nullable(),
    forSome: z.boolean(),
  })
  .meta({
    id: 'Transfer',
    description:
      'A place outside the EEA where an entry of the register processes. `restsOn` is its basis in one word: `DPF`, `SCC`, `BCR`, or the number of an adequacy decision. `forSome`: it is so for some controllers only (D43).',
    examples: [
      {
        entry: EXAMPLE_ID,
        name: 'Userflow Inc.',
        registrationNumber: null,
        parentId: null,
        country: 'US',
        transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Userflow Inc.' },
        restsOn: 'DPF',
        forSome: false,
      },
    ],
  });

export const list = listing({
  operationId: 'listTransfers',
  summary: 'Which entries of the register transfer to which third country, and on what basis',
  tag: 'Register',
  scope: 'products:read',
  params: z.object({ product: productId }),
  filters: {
    country: country.optional(),
    basis: z
      .string()
      .regex(
        /^(DPF|SCC|BCR|\d{4}\/\d+)$/,
        'Expected DPF, SCC, BCR, or the number of an adequacy decision, as 2021/1772',
      )
      .optional()
      .meta({
        maxLength: 20,
        description: 'What they rest on: DPF, SCC, BCR, or the number of an adequacy decision.',
        examples: ['DPF'],
      }),
    asOf: day.optional().meta({ description: 'The register of that day; of today unless given.' }),
  },
  item: transfer,
  place: z.string().regex(PLACE),
  refusals: ['not-found'],
  find: async (db, { params: { product }, query, after, limit, by }) => {
    const found = await findProduct(db, product);
    if (found === null) throw notFound(`product ${product}`);
    const register = await versionsAsOf(db, product, query.asOf ?? dayIn(found.terms.timeZone, by.at));
    const transfers = register
      .flatMap(transfersOf)
      .filter(({ item }) => query.country === undefined || item.country === query.country)
      .filter(({ item }) => query.basis === undefined || item.restsOn === query.basis);
    // A register is read whole: it has no more entries than a contract lists.
    return transfers
      .filter(({ place }) => after === null || place > after)
      .toSorted((a, b) => (a.place < b.place ? -1 : 1))
      .slice(0, limit);
  },
  columns: [
    'entry',
    'name',
    'registrationNumber',
    'country',
    'restsOn',
    'transferBasis.article',
    'transferBasis.certifiedAs',
    'forSome',
  ],
});

const transfersOf = ({ versionId, id, name, registrationNumber, parentId, locations, forSome }: RegisterVersion) =>
  placed(
    locations.filter(({ country: where }) => !isInEea(where)),
    (place) => `${versionId}~${place.country}`,
    (place) => ({
      entry: id,
      name,
      registrationNumber,
      parentId,
      ...place,
      restsOn: basisCode(place),
      forSome,
    }),
  );
