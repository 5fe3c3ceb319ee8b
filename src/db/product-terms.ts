import type { Author } from '../domain/author.ts';
import type { TermsUnderContract } from '../domain/terms.ts';
import { rows, type Queryable, type Transaction } from './postgres.ts';
import { termsIn } from './products.ts';

/** The terms that a product has had since a moment, and why they came. */
export interface TermsOnRecord extends TermsUnderContract {
  readonly id: string;
  /** `null` for the product's first. */
  readonly reason: string | null;
  readonly recordedAt: Temporal.Instant;
  readonly recordedBy: string;
}

/** Puts the terms of a product on record (D28). */
export async function recordTerms(
  tx: Transaction,
  product: string,
  { terms, contractMinimum, reason }: TermsUnderContract & Pick<TermsOnRecord, 'reason'>,
  by: Author,
): Promise<void> {
  await rows(
    tx,
    `insert into product_terms (product_id, objection_window_days, time_zone, roll_forward, contract_window_days,
       contract_time_zone, reason, recorded_at, recorded_by, places_need_approval, activities_need_approval,
       replacements_need_approval, approval_answer_days, approval_effective_after_hours, places)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      product,
      terms.objectionWindowDays,
      terms.timeZone,
      terms.rollForward,
      contractMinimum?.objectionWindowDays ?? null,
      contractMinimum?.timeZone ?? null,
      reason,
      by.at,
      by.actor,
      terms.placesNeedApproval,
      terms.activitiesNeedApproval,
      terms.replacementsNeedApproval,
      terms.approvalAnswerDays,
      terms.approvalEffectiveAfterHours,
      JSON.stringify(terms.places),
    ],
  );
}

/** The terms that a product has had, the first one first, from after `after`. */
export async function listTerms(
  db: Queryable,
  product: string,
  after: string | null,
  limit: number,
): Promise<TermsOnRecord[]> {
  const found = await rows<Parameters<typeof termsIn>[0] & Omit<TermsOnRecord, keyof TermsUnderContract>>(
    db,
    `select *, recorded_at as "recordedAt", author_in_words(recorded_by) as "recordedBy" from product_terms
     where product_id = $1 and ($2::uuid is null or id > $2) order by id limit $3`,
    [product, after, limit],
  );
  return found.map((each) => {
    const { id, reason, recordedAt, recordedBy } = each;
    return { id, ...termsIn(each), reason, recordedAt, recordedBy };
  });
}
