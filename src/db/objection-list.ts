import type { ObjectionStatus } from '../domain/objection.ts';
import type { Queryable } from './postgres.ts';
import { listSaid, type SaidFilter } from './said-list.ts';
import { sortOf, type Order, type Place, type Sort } from './keyset.ts';
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
  const list = { select: OBJECTIONS, table: 'o', order: ORDERS[by] } as const;
  const found = await listSaid<ObjectionRow>(db, list, filter, { isDescending, after, limit });
  return found.map((each) => ({ objection: toObjection(each), place: { key: each.place_key, id: each.id } }));
}
