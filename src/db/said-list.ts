import { keyset, type Order, type Place } from './keyset.ts';
import { rows, type Queryable } from './postgres.ts';

/** What a list of what controllers have said is filtered by: of objections, of approvals, or of answers. */
export interface SaidFilter<Status extends string> {
  readonly status?: Status | undefined;
  readonly product?: string | undefined;
  readonly change?: string | undefined;
  /** External id. */
  readonly controller?: string | undefined;
}

/** A list of what controllers have said, of the rows of an alias: `a` of answers, `o` of objections, `p` of approvals. */
interface SaidList {
  /** The columns and the tables, from the word `select` on. */
  readonly select: string;
  readonly table: 'a' | 'o' | 'p';
  readonly order: Order;
  /** A column that has this value besides; left out where the value is. */
  readonly equal?: { readonly column: string; readonly value: string | undefined };
}

/** Rows of such a list with the keys of their places in its order, from after `after`. */
export async function listSaid<Row extends { id: string }>(
  db: Queryable,
  { select, table, order, equal }: SaidList,
  { status, product, change, controller }: SaidFilter<string>,
  { isDescending, after, limit }: { isDescending: boolean; after: Place | null; limit: number },
): Promise<(Row & { place_key: string | null })[]> {
  const { condition, orderBy, placeKey, parameters } = keyset(order, { isDescending, after, first: 7 });
  return rows<Row & { place_key: string | null }>(
    db,
    `${select.replace('select', `select ${placeKey} as place_key,`)}
     where ($1::text is null or ${table}.status = $1)
       and ($2::text is null or exists (select from changes where id = ${table}.change_id and product_id = $2))
       and ($3::uuid is null or ${table}.change_id = $3)
       and ($4::text is null or ${table}.controller_id = (select id from controllers where external_id = $4))
       and ($6::text is null or ${equal?.column ?? `${table}.id::text`} = $6)
       and ${condition}
     order by ${orderBy} limit $5`,
    [status ?? null, product ?? null, change ?? null, controller ?? null, limit, equal?.value ?? null, ...parameters],
  );
}
