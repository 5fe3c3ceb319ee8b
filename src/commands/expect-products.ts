import type { Transaction } from '../db/postgres.ts';
import { knownProducts } from '../db/products.ts';
import { refusedAt } from '../domain/refused.ts';

/** Refuses with `product-unknown` where one of these is no product. */
export async function expectProducts(tx: Transaction, products: readonly string[]): Promise<void> {
  refuseUnknownProducts(products, await knownProducts(tx));
}

/** Refuses with `product-unknown` where one of these is not among the known. */
export function refuseUnknownProducts(products: readonly string[], known: readonly string[]): void {
  const unknown = products.filter((product) => !known.includes(product));
  if (unknown.length > 0) throw refusedAt('products', 'product-unknown', `There is no product ${unknown.join(', ')}.`);
}
