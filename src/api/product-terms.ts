import { z } from 'zod';
import { listTerms } from '../db/product-terms.ts';
import { APPROVAL_TERMS } from '../domain/terms.ts';
import { nameKey } from '../domain/register.ts';
import { instantText } from '../domain/instant.ts';
import { list as listing, placed } from '../http/list.ts';
import { expectNamed } from '../http/named-in-filter.ts';
import { EXAMPLE_ID } from './examples.ts';
import { country, instantOut, line, productId, uuid } from './fields.ts';

const timeZone = line(100)
  .refine((zone) => {
    try {
      // Throws for an unknown zone.
      Intl.DateTimeFormat('en', { timeZone: zone });
      return zone.includes('/') || zone === 'UTC';
    } catch {
      return false;
    }
  }, 'Expected an IANA time zone, like Europe/Copenhagen')
  .meta({ examples: ['Europe/Copenhagen'] });

const places = z
  .array(z.strictObject({ company: line(200), country }))
  .max(1_000)
  .superRefine((given, context) => {
    const keys = given.map(({ company, country: where }) => `${where} ${nameKey(company)}`);
    keys.forEach((key, index) => {
      const first = keys.indexOf(key);
      if (first === index) return;
      const message = `Expected each place once: ${first} has ${given[first]?.company} in ${given[first]?.country} already`;
      context.addIssue({ code: 'custom', path: [index], message });
    });
  })
  .meta({
    description:
      'The places that the terms list, each for a company (C.5): `[{"company": "Gintel AS", "country": "NO"}]`.',
  });

const approval = {
  placesNeedApproval: z.boolean().meta({ description: 'Whether a place that is not listed needs approval (C.5).' }),
  activitiesNeedApproval: z.boolean().meta({
    description:
      'Whether another processing activity, or other personal data, of an approved company needs approval (B.1).',
  }),
  replacementsNeedApproval: z.boolean().meta({
    description: 'Whether another company for an approved activity needs approval (B.1, read literally).',
  }),
  approvalAnswerDays: z.number().int().meta({ description: 'Whole days to answer a request: 7 to 365.' }),
  approvalEffectiveAfterHours: z.number().int().meta({
    description: 'Hours from the first accepted receipt of an approval to when it takes effect: 0 to 720.',
  }),
  places,
};
const windows = { objectionWindowDays: z.number().int(), timeZone, rollForward: z.boolean() };

/** The terms of a product. */
export const terms = z.strictObject({ ...windows, ...approval });
/** The terms that a request gives. */
export const givenTerms = z.strictObject({ ...windows, ...z.object(approval).partial().shape });
/** What the contract of a product promises at least; `null` where Varsel has not been told. */
export const contractMinimum = z.strictObject({ objectionWindowDays: z.number().int(), timeZone }).nullable();

export const exampleTerms = {
  terms: {
    objectionWindowDays: 10,
    timeZone: 'Europe/Copenhagen',
    rollForward: false,
    ...APPROVAL_TERMS,
    places: [{ company: 'Telenor A/S', country: 'DK' }],
  },
  contractMinimum: { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen' },
};

const termsOnRecord = z
  .object({
    id: uuid,
    terms,
    contractMinimum,
    reason: z.string().nullable(),
    recordedAt: instantOut,
    recordedBy: z.string(),
  })
  .meta({
    id: 'TermsOnRecord',
    description: 'Terms that a product has had since `recordedAt`. The first have no reason.',
    examples: [
      {
        id: EXAMPLE_ID,
        ...exampleTerms,
        reason: null,
        recordedAt: '2026-03-01T09:30:00.000Z',
        recordedBy: `Contract team (key ${EXAMPLE_ID})`,
      },
    ],
  });

export const list = listing({
  operationId: 'listProductTerms',
  summary: 'The terms that a product has had: since when, why, and who changed them',
  tag: 'Products',
  scope: 'products:read',
  params: z.object({ product: productId }),
  item: termsOnRecord,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { params: { product: id }, after, limit }) => {
    await expectNamed(db, { product: id });
    return placed(
      await listTerms(db, id, after, limit),
      (each) => each.id,
      ({ recordedAt, ...shown }) => ({ ...shown, recordedAt: instantText(recordedAt) }),
    );
  },
  columns: [
    'id',
    'terms.objectionWindowDays',
    'terms.timeZone',
    'terms.rollForward',
    'terms.placesNeedApproval',
    'terms.activitiesNeedApproval',
    'terms.replacementsNeedApproval',
    'terms.approvalAnswerDays',
    'terms.approvalEffectiveAfterHours',
    'terms.places.company',
    'terms.places.country',
    'contractMinimum.objectionWindowDays',
    'contractMinimum.timeZone',
    'reason',
    'recordedAt',
    'recordedBy',
  ],
});
