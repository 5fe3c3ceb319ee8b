import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { counts } from '../commands/save-controllers.ts';
import { saveProduct } from '../commands/save-product.ts';
import { notFound } from '../domain/refused.ts';
import { findProduct, listProducts, lockProduct, type Product } from '../db/products.ts';
import { instantText } from '../domain/instant.ts';
import { endOfHold } from '../domain/hold.ts';
import { SECOND_PERSON_ACTS } from '../domain/proposal.ts';
import { RETENTION, RETENTION_RANGES } from '../domain/retention.ts';
import { looseningOf, nextAnnouncement, warningOf } from '../domain/terms.ts';
import { warning } from '../http/dry-run.ts';
import { command, query, type Version } from '../http/operation.ts';
import { dayOut, email, holdMinutes, instantOut, line, productId, prose } from './fields.ts';
import { contractMinimum, exampleTerms, givenTerms, terms } from './product-terms.ts';
import { list as listing, placed } from '../http/list.ts';

const described = {
  name: line(200),
  processor: z.strictObject({ name: line(200), registrationNumber: line(50), address: line(500) }),
  terms,
  contractMinimum,
  objectionAddress: z.strictObject({ email, postal: prose(500) }),
};

const withdrawalDelayHours = z.number().int().min(0).max(720).meta({
  description:
    'Hours from when every contact has been told that an objection is being withdrawn to when it is, so that one of them can stop it (D31). Applies at once, to withdrawals that are asked for from then on.',
});

const hold = holdMinutes.meta({
  description:
    'Minutes from an announcement to its first notice, 0 of a new product. Until then nobody is told of it, and it can be withdrawn without telling anybody (D33). Holds for changes announced later; an announcement may say otherwise.',
});

const officersAddress = email.nullable().meta({
  description:
    'Where the product’s officers get a mail, in Danish, about every objection, every answer and every deadline that is near, and once an hour about notices that failed. `null`, as of a new product: nobody is mailed. Applies at once.',
});

const rule = (name: keyof typeof RETENTION_RANGES, description: string) =>
  z.number().int().min(RETENTION_RANGES[name].from).max(RETENTION_RANGES[name].to).meta({ description });
const retention = z
  .strictObject({
    caseYears: rule('caseYears', 'Years from the end of a case to when what it has of persons is emptied.'),
    automaticMailDays: rule('automaticMailDays', 'Days from when an automatic or a dismissed mail was judged.'),
    technicalDays: rule('technicalDays', 'Days of responses of webhooks, mails to the company, and test notices.'),
    storedResponseDays: rule('storedResponseDays', 'Days that a response is kept for its idempotency key.'),
    endedKeyDays: rule('endedKeyDays', 'Days from when an API key was revoked or expired to when its name is emptied.'),
  })
  .meta({
    description:
      'How long what is of persons is kept (D51). What concerns several products, or none, is kept for the longest of theirs. Applies from the next night on, to what is on record too: see GET /v1/retention/preview.',
  });

const secondPerson = z
  .array(z.enum(SECOND_PERSON_ACTS))
  .overwrite((acts) => SECOND_PERSON_ACTS.filter((act) => acts.includes(act)))
  .meta({
    maxItems: SECOND_PERSON_ACTS.length,
    description:
      'What takes two people, none of a new product: it is proposed (POST /v1/proposals) and approved by another person (D61). In production at least `announcement` and `activation` are recommended. `terms`: nothing of the product is changed by one. `role`: a role that may do more than read, also one for all products. To take an act off takes two, always. An approval that an officer records takes two anyway (D42).',
  });

const example = {
  name: 'TrueTalk',
  processor: { name: 'Telenor A/S', registrationNumber: '19433692', address: 'Frederikskaj 8, 2450 København SV' },
  ...exampleTerms,
  objectionAddress: { email: 'indsigelse@telenor.example', postal: 'Telenor A/S, Frederikskaj 8, 2450 København SV' },
  withdrawalDelayHours: 24,
  holdMinutes: 0,
  officersAddress: 'jura@telenor.example',
  retention: RETENTION,
  secondPerson: [],
};

const shownActs = z.array(z.enum(SECOND_PERSON_ACTS));

export const productBody = z
  .strictObject({
    ...described,
    terms: givenTerms,
    contractMinimum: contractMinimum.optional(),
    withdrawalDelayHours: withdrawalDelayHours.optional(),
    holdMinutes: hold.optional(),
    officersAddress: officersAddress.optional(),
    retention: retention.partial().optional(),
    secondPerson: secondPerson.optional(),
    reason: prose(2_000).nullable().default(null),
  })
  .meta({
    id: 'ProductTerms',
    description:
      'Windows are of 7 to 365 days. `contractMinimum` is what the contract promises: terms of fewer days, or counted in another time zone, are refused; left out, the one that stands is kept, and so are `withdrawalDelayHours`, `holdMinutes`, `officersAddress`, `secondPerson` and each rule of `retention`. What the terms say of approval is kept, too, where it is left out; of a new product it is what B.1 and C.5 demand. Terms, or a minimum, other than those that stand need a `reason`, which is kept on record.',
    examples: [{ ...example, reason: 'Annex B of 1 March 2026' }],
  });
const whole = {
  id: productId,
  ...described,
  withdrawalDelayHours,
  holdMinutes: hold,
  officersAddress,
  retention,
  secondPerson: shownActs,
};
const product = z.object(whole).meta({ id: 'Product', examples: [{ id: 'truetalk', ...example }] });

const announcement = z.object({
  lastDay: dayOut,
  deadline: instantOut,
  earliestPlannedActivation: dayOut,
  lastDayToAnswer: dayOut,
});
const exampleAnnouncement = {
  lastDay: '2026-03-12',
  deadline: '2026-03-12T23:00:00.000Z',
  earliestPlannedActivation: '2026-03-13',
  lastDayToAnswer: '2026-04-01',
};
const savedProduct = z
  .object({
    ...whole,
    nextAnnouncement: z.object({ before: announcement.nullable(), after: announcement }),
    warnings: z.array(warning),
  })
  .meta({
    id: 'SavedProduct',
    description:
      '`nextAnnouncement` is what the terms mean for a change announced now whose notice is accepted now, or when its hold ends: `before`, under the terms that stood, and `after`. Changes that are announced keep theirs. `warnings` say what needed approval under the terms that stood, and needs none under these.',
    examples: [
      {
        id: 'truetalk',
        ...example,
        nextAnnouncement: { before: exampleAnnouncement, after: exampleAnnouncement },
        warnings: [],
      },
    ],
  });

const params = z.object({ product: productId });

const view = ({ registerLoadedAt: _loaded, ...shown }: Product) => shown;

const version: Version<{ product: string }> = {
  lock: (tx, { product: id }) => lockProduct(tx, id),
  show: async (db, { product: id }) => {
    const found = await findProduct(db, id);
    return found && view(found);
  },
};

/** What these terms, and its hold, would mean for a change announced at `now`. */
function meaningOf(found: Product, now: Temporal.Instant) {
  const { lastDay, deadline, earliestPlannedActivation, lastDayToAnswer } = nextAnnouncement(
    found.terms,
    endOfHold(now, found.holdMinutes) ?? now,
  );
  return {
    lastDay: lastDay.toString(),
    deadline: instantText(deadline),
    earliestPlannedActivation: earliestPlannedActivation.toString(),
    lastDayToAnswer: lastDayToAnswer.toString(),
  };
}

export const list = listing({
  operationId: 'listProducts',
  summary: 'The products and their terms',
  tag: 'Products',
  scope: 'products:read',
  item: product,
  place: productId,
  refusals: [],
  find: async (db, { after, limit }) => placed(await listProducts(db, after, limit), ({ id }) => id, view),
  columns: [
    'id',
    'name',
    'processor.name',
    'processor.registrationNumber',
    'processor.address',
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
    'objectionAddress.email',
    'objectionAddress.postal',
    'withdrawalDelayHours',
    'retention.caseYears',
    'retention.automaticMailDays',
    'retention.technicalDays',
    'retention.storedResponseDays',
    'retention.endedKeyDays',
    'secondPerson',
  ],
});

export const get = query({
  operationId: 'getProduct',
  summary: 'A product and its terms',
  tag: 'Products',
  scope: 'products:read',
  params,
  version,
  responses: { 200: product },
  refusals: ['not-found'],
  read: async (db, { params: { product: id } }) => {
    const found = await findProduct(db, id);
    if (found === null) throw notFound(`product ${id}`);
    return view(found);
  },
});

export const put = command({
  operationId: 'putProduct',
  summary: 'Create a product, or change its terms for changes announced later',
  tag: 'Products',
  scope: 'products:write',
  params,
  version,
  body: productBody,
  responses: { 200: savedProduct, 201: savedProduct },
  refusals: ['terms-out-of-range', 'terms-below-contract', 'terms-reason-required', 'second-person-needed'],
  write: async (tx, { params: { product: id }, body: { reason, ...body }, by }) => {
    const { product: saved, before } = await saveProduct(tx, { id, ...body }, by, reason);
    const meaning = { before: before && meaningOf(before, by.at), after: meaningOf(saved, by.at) };
    const warnings = before === null ? [] : looseningOf(saved.terms, before.terms).map(warningOf);
    const how = before === null ? 'created' : isDeepStrictEqual(view(saved), view(before)) ? 'unchanged' : 'updated';
    return {
      status: before === null ? 201 : 200,
      body: { ...view(saved), nextAnnouncement: meaning, warnings },
      effects: { ...counts([how]), agreementsEnded: 0, mails: 0, warnings },
    };
  },
});
