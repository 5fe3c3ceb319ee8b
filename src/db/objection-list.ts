import type { ObjectionStatus } from '../domain/objection.ts';
import { rows, type Queryable } from './postgres.ts';
import { saidIn, type SaidFilter } from './said-filter.ts';
import { keyset, sortOf, type Order, type Place, type Sort } from './keyset.ts';
import { OBJECTIONS, toObjection, type ObjectionRow, type StoredObjection } from './objections.ts';

const ORDERS = {
  recorded: { id: 'o.id' },
  received: { id: 'o.id', key: { sql: 'o.received_at', type: 'timestamptz' } },
} as const satisfies Record<string, Order>;

/** What objections are sorted by. */
export type ObjectionSort = Sort<keyof typeof ORDERS>;

/** Objections and rejected attempts with their places in an order, from after `after`. */
export async function listObjections(
  db: Queryable,
  filter: SaidFilter<ObjectionStatus>,
  { sort = 'recorded', after = null, limit }: { sort?: ObjectionSort; after?: Place | null; limit: number },
): Promise<{ objection: StoredObjection; place: Place }[]> {
  const { by, isDescending } = sortOf(sort);
  const { condition, orderBy, placeKey, parameters } = keyset(ORDERS[by], { isDescending, after, first: 6 });
  const said = saidIn('o', filter);
  const found = await rows<ObjectionRow & { place_key: string | null }>(
    db,
    `${OBJECTIONS.replace('select', `select ${placeKey} as place_key,`)}
     where ${said.condition}
       and ${condition}
     order by ${orderBy} limit $5`,
    [...said.parameters, limit, ...parameters],
  );
  return found.map((each) => ({ objection: toObjection(each), place: { key: each.place_key, id: each.id } }));
}
