import { appendToAuditLog } from '../db/audit-log.ts';
import type { Transaction } from '../db/postgres.ts';
import { findProduct, upsertProduct, type Product } from '../db/products.ts';
import { notFound } from '../domain/refused.ts';
import type { Author } from '../domain/author.ts';

/**
 * Creates a product or replaces its terms. New terms apply to changes announced later; each announced change keeps the terms
 * that it was announced under (D6).
 */
export async function saveProduct(
  tx: Transaction,
  product: Omit<Product, 'registerLoadedAt'>,
  by: Author,
): Promise<{ product: Product; created: boolean }> {
  const created = await upsertProduct(tx, product, by.at);
  await appendToAuditLog(tx, by, [{ action: 'product.saved', subject: product.id, details: product }]);
  const saved = await findProduct(tx, product.id);
  if (saved === null) throw notFound(`product ${product.id}`);
  return { product: saved, created };
}
