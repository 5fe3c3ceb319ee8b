import { z } from 'zod';
import { listTerms } from '../db/product-terms.ts';
import { APPROVAL_TERMS } from '../domain/terms.ts';
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

/** The terms of a product. */
export const terms = z.strictObject({
  objectionWindowDays: z.number().int(),
  timeZone,
  rollForward: z.boolean(),
  placesNeedApproval: z.boolean().default(APPROVAL_TERMS.placesNeedApproval),
  activitiesNeedApproval: z.boolean().default(APPROVAL_TERMS.activitiesNeedApproval),
  replacementsNeedApproval: z.boolean().default(APPROVAL_TERMS.replacementsNeedApproval),
  approvalAnswerDays: z.number().int().default(APPROVAL_TERMS.approvalAnswerDays),
  approvalEffectiveAfterHours: z.number().int().default(APPROVAL_TERMS.approvalEffectiveAfterHours),
  places: z
    .array(z.strictObject({ company: line(200), country }))
    .max(1_000)
    .default([]),
});
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
    'contractMinimum.objectionWindowDays',
    'contractMinimum.timeZone',
    'reason',
    'recordedAt',
    'recordedBy',
  ],
});
