/**
 * An order of a list: by a value of each row, and by the row's id where the values are the same, so that every row has a place of
 * its own. Without a key: by the id alone.
 */
export interface Order {
  readonly id: string;
  readonly key?: { readonly sql: string; readonly type: 'timestamptz' | 'date' };
}

/** A row's place in an order. `key` is PostgreSQL's text of it; `null` in an order without one. */
export interface Place {
  readonly key: string | null;
  readonly id: string;
}

/** An order as the API names it: `received`, or `-received` where it goes down. */
export type Sort<Name extends string> = Name | `-${Name}`;

/** The key of rows that have none. */
export const LAST = 'infinity';

/** The name and the direction of a sort. */
export function sortOf<Name extends string>(sort: Sort<Name>): { by: Name; isDescending: boolean } {
  return { by: sort.replace(/^-/, '') as Name, isDescending: sort.startsWith('-') };
}

/**
 * An order as SQL: the condition that a row comes after a place, what `order by` takes, and the key of a row's own place. The
 * condition's parameters are numbered from `first`.
 */
export function keyset(
  { id, key }: Order,
  { isDescending, after, first }: { isDescending: boolean; after: Place | null; first: number },
): { condition: string; orderBy: string; placeKey: string; parameters: string[] } {
  const [sign, direction] = isDescending ? ['<', 'desc'] : ['>', 'asc'];
  const orderBy = [...(key === undefined ? [] : [key.sql]), id].map((column) => `${column} ${direction}`).join(', ');
  const placeKey = key === undefined ? 'null' : `(${key.sql})::text`;
  if (after === null) return { condition: 'true', orderBy, placeKey, parameters: [] };
  const [condition, parameters] =
    key === undefined || after.key === null
      ? [`${id} ${sign} $${first}::uuid`, [after.id]]
      : [`(${key.sql}, ${id}) ${sign} ($${first}::${key.type}, $${first + 1}::uuid)`, [after.key, after.id]];
  return { condition, orderBy, placeKey, parameters };
}
