import { namesOfControllers } from '../db/controllers.ts';
import type { Queryable } from '../db/postgres.ts';
import { oneLine } from '../domain/text.ts';

/** What each of these customers is called, by its number; one that is not on record any more is called by its number. */
export async function namesOfCustomers(
  db: Queryable,
  externalIds: readonly string[],
): Promise<(externalId: string) => string> {
  const names = externalIds.length === 0 ? new Map<string, string>() : await namesOfControllers(db, externalIds);
  return (externalId) => oneLine(names.get(externalId) ?? externalId);
}
