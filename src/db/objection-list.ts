import type { ObjectionStatus } from '../domain/objection.ts';
import { rows, type Queryable } from './postgres.ts';
import { keyset, sortOf, type Order, type Place, type Sort } from './keyset.ts';
import { OBJECTIONS, toObjection, type ObjectionRow, type StoredObjection } from './objections.ts';

const ORDERS = {
  recorded: { id: 'o.id' },
  received: { id: 'o.id', key: { sql: 'o.received_at', type: 'timestamptz' } },
} as const satisfies Record<string, Order>;

/** What objections are sorted by. */
export type ObjectionSort = Sort<keyof typeof ORDERS>;

export interface ObjectionFilter {
  readonly status?: ObjectionStatus | undefined;
  readonly product?: string | undefined;
  readonly change?: string | undefined;
  /** External id. */
  readonly controller?: string | undefined;
}

/** Objections and rejected attempts with their places in an order, from after `after`. */
export async function listObjections(
  db: Queryable,
  { status, product, change, controller }: ObjectionFilter,
  { sort = 'recorded', after = null, limit }: { sort?: ObjectionSort; after?: Place | null; limit: number },
): Promise<{ objection: StoredObjection; place: Place }[]> {
  const { by, isDescending } = sortOf(sort);
  const { condition, orderBy, placeKey, parameters } = keyset(ORDERS[by], { isDescending, after, first: 6 });
  const found = await rows<ObjectionRow & { place_key: string | null }>(
    db,
    `${OBJECTIONS.replace('select', `select ${placeKey} as place_key,`)}
     where ($1::text is null or o.status = $1)
       and ($2::text is null or exists (select from changes where id = o.change_id and product_id = $2))
       and ($3::uuid is null or o.change_id = $3)
       and ($4::text is null or o.controller_id = (select id from controllers where external_id = $4))
       and ${condition}
     order by ${orderBy} limit $5`,
    [status ?? null, product ?? null, change ?? null, controller ?? null, limit, ...parameters],
  );
  return found.map((each) => ({ objection: toObjection(each), place: { key: each.place_key, id: each.id } }));
}
