import { findChange } from '../db/changes.ts';
import { findController } from '../db/controllers.ts';
import type { Queryable } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import { notFound } from '../domain/refused.ts';

/** Filters that name something. */
export interface NamedInFilter {
  readonly product?: string | undefined;
  readonly change?: string | undefined;
  readonly controller?: string | undefined;
}

/** Refuses with `not-found` where a filter names what does not exist: an empty list would say that nothing was found of it. */
export async function expectNamed(db: Queryable, { product, change, controller }: NamedInFilter): Promise<void> {
  if (product !== undefined && (await findProduct(db, product)) === null) throw notFound(`product ${product}`);
  if (change !== undefined && (await findChange(db, change)) === null) throw notFound(`change ${change}`);
  if (controller !== undefined && (await findController(db, controller)) === null)
    throw notFound(`controller ${controller}`);
}
