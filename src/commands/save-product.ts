import { appendToAuditLog } from '../db/audit-log.ts';
import type { Transaction } from '../db/postgres.ts';
import { recordTerms } from '../db/product-terms.ts';
import { findProduct, lockProduct, upsertProduct, type Product } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { notFound, refusedAt } from '../domain/refused.ts';
import { RETENTION, type RetentionRules } from '../domain/retention.ts';
import { WITHDRAWAL_DELAY_HOURS } from '../domain/withdrawal.ts';
import type { WindowTerms } from '../domain/objection-window.ts';
import { APPROVAL_TERMS, areSame, refuseTerms, type ApprovalTerms, type ContractMinimum } from '../domain/terms.ts';

/** A product as it is to be. */
interface ProductToSave extends Omit<
  Product,
  | 'registerLoadedAt'
  | 'terms'
  | 'contractMinimum'
  | 'withdrawalDelayHours'
  | 'holdMinutes'
  | 'officersAddress'
  | 'retention'
> {
  /** Of what is left out of approval, what stands is kept: nobody loosens a promise by not repeating it (D46). */
  readonly terms: WindowTerms & { readonly [Term in keyof ApprovalTerms]?: ApprovalTerms[Term] | undefined };
  /** The same; nobody forgets one. */
  readonly contractMinimum?: ContractMinimum | null | undefined;
  /** The same; 24 hours of a new product (D31). */
  readonly withdrawalDelayHours?: number | undefined;
  /** The same; none of a new product (D33). */
  readonly holdMinutes?: number | undefined;
  /** The same; none of a new product. */
  readonly officersAddress?: string | null | undefined;
  /** The same, of each rule; `RETENTION` of a new product (D51). */
  readonly retention?: { readonly [Rule in keyof RetentionRules]?: RetentionRules[Rule] | undefined } | undefined;
}

/**
 * Creates a product or replaces its terms, which go on record with their reason (D9, D28). New terms apply to changes
 * announced later; each announced change keeps the terms that it was announced under (D6). Returns the product, and what it
 * was before: `null` where it is new. Refuses with the codes of `TermsRefusal`.
 */
export async function saveProduct(
  tx: Transaction,
  given: ProductToSave,
  by: Author,
  reason: string | null = null,
): Promise<{ product: Product; before: Product | null }> {
  const before = await lockProduct(tx, given.id);
  const kept = before?.contractMinimum ?? null;
  const wanted = {
    ...given,
    terms: { ...(before?.terms ?? APPROVAL_TERMS), ...withoutUndefined(given.terms) },
    contractMinimum: given.contractMinimum === undefined ? kept : given.contractMinimum,
    withdrawalDelayHours: given.withdrawalDelayHours ?? before?.withdrawalDelayHours ?? WITHDRAWAL_DELAY_HOURS,
    holdMinutes: given.holdMinutes ?? before?.holdMinutes ?? 0,
    officersAddress: given.officersAddress === undefined ? (before?.officersAddress ?? null) : given.officersAddress,
    retention: { ...(before?.retention ?? RETENTION), ...withoutUndefined(given.retention ?? {}) },
  };
  const refusal = refuseTerms(wanted, before, reason);
  if (refusal !== null) throw refusedAt(refusal.path, refusal.because, refusal.detail);
  const isSame = before !== null && areSame(wanted, before);
  // As they are on record, in the order of places too.
  const product = isSame ? { ...wanted, terms: before.terms } : wanted;
  await upsertProduct(tx, product, by.at);
  if (!isSame) await recordTerms(tx, product.id, { ...product, reason }, by);
  await appendToAuditLog(tx, by, [{ action: 'product.saved', subject: product.id, details: product }]);
  const saved = await findProduct(tx, product.id);
  if (saved === null) throw notFound(`product ${product.id}`);
  return { product: saved, before };
}

function withoutUndefined<Some extends object>(some: Some) {
  return Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Some]: Exclude<Some[Name], undefined>;
  };
}
