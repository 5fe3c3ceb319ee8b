import type { Author } from '../domain/author.ts';
import { rows, type Transaction } from './postgres.ts';

/** Records that these versions of a product's terms list a change (D46). Returns those that were not on record. */
export async function insertListedInTerms(
  tx: Transaction,
  changeId: string,
  versions: readonly string[],
  by: Author,
): Promise<string[]> {
  if (versions.length === 0) return [];
  const inserted = await rows<{ version: string }>(
    tx,
    `insert into listed_in_terms (change_id, terms_version, listed_at, listed_by)
     select $1, version, $3, $4 from unnest($2::text[]) as given(version)
     on conflict do nothing
     returning terms_version as version`,
    [changeId, versions, by.at, by.actor],
  );
  return inserted.map(({ version }) => version);
}
