import type { Product } from '../db/products.ts';
import type { Announcement, ChangeContent } from '../domain/change.ts';

/** What a change would tell: the announcement, with what its product says of itself now. */
export function contentOf(
  { farDate: _farDate, holdMinutes: _holdMinutes, ...announced }: Announcement,
  product: Product,
): ChangeContent {
  const { name: productName, processor, objectionAddress, terms } = product;
  return { ...announced, productName, processor, objectionAddress, terms };
}
