import { appendToAuditLog } from '../db/audit-log.ts';
import type { Transaction } from '../db/postgres.ts';
import { recordTerms } from '../db/product-terms.ts';
import { findProduct, lockProduct, upsertProduct, type Product } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { notFound, refusedAt } from '../domain/refused.ts';
import { WITHDRAWAL_DELAY_HOURS } from '../domain/withdrawal.ts';
import { areSame, refuseTerms, type ContractMinimum } from '../domain/terms.ts';

/** A product as it is to be. */
interface ProductToSave extends Omit<
  Product,
  'registerLoadedAt' | 'contractMinimum' | 'withdrawalDelayHours' | 'holdMinutes' | 'officersAddress'
> {
  /** Left out, what stands is kept: nobody forgets a promise by not repeating it. */
  readonly contractMinimum?: ContractMinimum | null | undefined;
  /** The same; 24 hours of a new product (D31). */
  readonly withdrawalDelayHours?: number | undefined;
  /** The same; none of a new product (D33). */
  readonly holdMinutes?: number | undefined;
  /** The same; none of a new product. */
  readonly officersAddress?: string | null | undefined;
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
  const product = {
    ...given,
    contractMinimum: given.contractMinimum === undefined ? kept : given.contractMinimum,
    withdrawalDelayHours: given.withdrawalDelayHours ?? before?.withdrawalDelayHours ?? WITHDRAWAL_DELAY_HOURS,
    holdMinutes: given.holdMinutes ?? before?.holdMinutes ?? 0,
    officersAddress: given.officersAddress === undefined ? (before?.officersAddress ?? null) : given.officersAddress,
  };
  const refusal = refuseTerms(product, before, reason);
  if (refusal !== null) throw refusedAt(refusal.path, refusal.because, refusal.detail);
  await upsertProduct(tx, product, by.at);
  if (before === null || !areSame(product, before)) await recordTerms(tx, product.id, { ...product, reason }, by);
  await appendToAuditLog(tx, by, [{ action: 'product.saved', subject: product.id, details: product }]);
  const saved = await findProduct(tx, product.id);
  if (saved === null) throw notFound(`product ${product.id}`);
  return { product: saved, before };
}
