import { appendToAuditLog } from '../db/audit-log.ts';
import type { Transaction } from '../db/postgres.ts';
import { recordTerms } from '../db/product-terms.ts';
import { findProduct, lockProduct, upsertProduct, type Product } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { areEqual } from '../domain/canonical-json.ts';
import type { SecondPersonAct } from '../domain/proposal.ts';
import { notFound, refusedAt } from '../domain/refused.ts';
import { RETENTION, type RetentionRules } from '../domain/retention.ts';
import { WITHDRAWAL_DELAY_HOURS } from '../domain/withdrawal.ts';
import type { WindowTerms } from '../domain/objection-window.ts';
import { refuseUnapproved } from './expect-second-person.ts';
import { APPROVAL_TERMS, areSame, refuseTerms, type ApprovalTerms, type ContractMinimum } from '../domain/terms.ts';

/** A product as it is to be. */
export interface ProductToSave extends Omit<
  Product,
  | 'registerLoadedAt'
  | 'terms'
  | 'contractMinimum'
  | 'withdrawalDelayHours'
  | 'holdMinutes'
  | 'officersAddress'
  | 'retention'
  | 'secondPerson'
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
  /** The same; nothing of a new product (D61). */
  readonly secondPerson?: readonly SecondPersonAct[] | undefined;
}

/**
 * Creates a product or replaces its terms, which go on record with their reason (D9, D28). New terms apply to changes
 * announced later; each announced change keeps the terms that it was announced under (D6). Returns the product, and what it
 * was before: `null` where it is new. Refuses with the codes of `TermsRefusal`, and with `second-person-needed` (D61).
 */
export async function saveProduct(
  tx: Transaction,
  given: ProductToSave,
  by: Author,
  reason: string | null = null,
): Promise<{ product: Product; before: Product | null }> {
  const before = await lockProduct(tx, given.id);
  const product = asSaved(given, before);
  const refusal = refuseTerms(product, before, reason);
  if (refusal !== null) throw refusedAt(refusal.path, refusal.because, refusal.detail);
  if (before !== null && needsTwo(product, before)) refuseUnapproved(product.id, 'terms', by);
  const isSame = before !== null && areSame(product, before);
  await upsertProduct(tx, product, by.at);
  if (!isSame) await recordTerms(tx, product.id, { ...product, reason }, by);
  await appendToAuditLog(tx, by, [{ action: 'product.saved', subject: product.id, details: product }]);
  const saved = await findProduct(tx, product.id);
  if (saved === null) throw notFound(`product ${product.id}`);
  return { product: saved, before };
}

/** A product as it would be saved: what is given, and what stands of what is left out. */
export function asSaved(given: ProductToSave, before: Product | null): Omit<Product, 'registerLoadedAt'> {
  const kept = before?.contractMinimum ?? null;
  const wanted = {
    ...given,
    terms: { ...(before?.terms ?? APPROVAL_TERMS), ...withoutUndefined(given.terms) },
    contractMinimum: given.contractMinimum === undefined ? kept : given.contractMinimum,
    withdrawalDelayHours: given.withdrawalDelayHours ?? before?.withdrawalDelayHours ?? WITHDRAWAL_DELAY_HOURS,
    holdMinutes: given.holdMinutes ?? before?.holdMinutes ?? 0,
    officersAddress: given.officersAddress === undefined ? (before?.officersAddress ?? null) : given.officersAddress,
    retention: { ...(before?.retention ?? RETENTION), ...withoutUndefined(given.retention ?? {}) },
    secondPerson: given.secondPerson ?? before?.secondPerson ?? [],
  };
  // As they are on record, in the order of places too.
  return before !== null && areSame(wanted, before) ? { ...wanted, terms: before.terms } : wanted;
}

/** Whether two people save this: where terms take two, anything; and that an act takes two no more, always (D61). */
function needsTwo(
  wanted: Omit<Product, 'registerLoadedAt'>,
  { registerLoadedAt: _loaded, ...before }: Product,
): boolean {
  if (before.secondPerson.some((act) => !wanted.secondPerson.includes(act))) return true;
  return before.secondPerson.includes('terms') && !areEqual(wanted, before);
}

function withoutUndefined<Some extends object>(some: Some) {
  return Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Some]: Exclude<Some[Name], undefined>;
  };
}
