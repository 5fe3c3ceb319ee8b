import { findChanges } from '../../db/changes.ts';
import { companiesOf } from '../../domain/effect.ts';
import { oneLine } from '../../domain/text.ts';
import { namesOfCustomers } from '../customer-names.ts';
import type { ConsoleDependencies } from '../dependencies.ts';

/** What changes and customers are called: what has no name any more, by its id. */
export interface Names {
  readonly change: (id: string) => string;
  readonly customer: (externalId: string) => string;
}

/** The names of these changes and customers, as they are now. */
export async function namesOf(
  { api }: Pick<ConsoleDependencies, 'api'>,
  { changes, customers }: { readonly changes: readonly string[]; readonly customers: readonly string[] },
): Promise<Names> {
  const found = await findChanges(api.pool, [...new Set(changes)]);
  const ofChanges = new Map(found.map((change) => [change.id, companiesOf(change).join(', ')]));
  return {
    change: (id) => oneLine(ofChanges.get(id) ?? id),
    customer: await namesOfCustomers(api.pool, customers),
  };
}
