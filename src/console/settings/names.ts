import { findChanges } from '../../db/changes.ts';
import { namesOfControllers } from '../../db/controllers.ts';
import type { Queryable } from '../../db/postgres.ts';
import { companiesOf } from '../../domain/effect.ts';
import { oneLine } from '../../domain/text.ts';

/** What changes and customers are called: what has no name any more, by its id. */
export interface Names {
  readonly change: (id: string) => string;
  readonly customer: (externalId: string) => string;
}

/** The names of these changes and customers, as they are now. */
export async function namesOf(db: Queryable, changes: readonly string[], customers: readonly string[]): Promise<Names> {
  const ofChanges = new Map((await findChanges(db, changes)).map((each) => [each.id, companiesOf(each).join(', ')]));
  const ofCustomers = await namesOfControllers(db, customers);
  return {
    change: (id) => oneLine(ofChanges.get(id) ?? id),
    customer: (externalId) => oneLine(ofCustomers.get(externalId) ?? externalId),
  };
}
