import type { Change, ChangeStatus } from '../domain/change.ts';
import { searchedNumbers } from '../domain/registration-number.ts';
import { toChange, type ChangeRow } from './changes.ts';
import { keyset, LAST, sortOf, type Order, type Place, type Sort } from './keyset.ts';
import { rows, type Queryable } from './postgres.ts';
import { isFoundIn } from './search.ts';

/**
 * The latest deadline that runs for the change `c`, as blocker `objection-windows-open` tells it, from the same ledger; `null`
 * while no window has opened.
 */
const LATEST_DEADLINE = `(select max(at) from (
  select at from change_counts where change_id = c.id and counted = 'windows' group by at having sum(amount) > 0) as deadlines)`;

const SUB_PROCESSOR = {
  textKey: `search_key(c.sub_processor ->> 'name')`,
  registrationKey: 'c.registration_key',
};

const ORDERS = {
  announced: { id: 'c.id' },
  planned: { id: 'c.id', key: { sql: 'c.planned_activation_on', type: 'date' } },
  deadline: { id: 'c.id', key: { sql: `coalesce(${LATEST_DEADLINE}, '${LAST}')`, type: 'timestamptz' } },
} as const satisfies Record<string, Order>;

/** What changes are sorted by. */
export type ChangeSort = Sort<keyof typeof ORDERS>;

export interface ChangeFilter {
  readonly product?: string | undefined;
  readonly status?: ChangeStatus | undefined;
  /** A part of the sub-processor's name or registration number, however it is spelt. */
  readonly q?: string | undefined;
  /** Announced changes whose latest deadline is before this. */
  readonly dueBefore?: Temporal.Instant | undefined;
}

/** Changes with their places in an order, from after `after`. */
export async function listChanges(
  db: Queryable,
  { product, status, q, dueBefore }: ChangeFilter,
  { sort, after, limit }: { sort: ChangeSort; after: Place | null; limit: number },
): Promise<{ change: Change; place: Place }[]> {
  const { by, isDescending } = sortOf(sort);
  const order: Order = ORDERS[by];
  const { condition, orderBy, placeKey, parameters } = keyset(order, { isDescending, after, first: 7 });
  const found = await rows<ChangeRow & { place_key: string | null }>(
    db,
    `select c.*, ${placeKey} as place_key from changes c
     where ($1::text is null or c.product_id = $1) and ($2::text is null or c.status = $2)
       and ($3::text is null or ${isFoundIn(SUB_PROCESSOR, { q: '$3', numbers: '$6' })})
       and ($4::timestamptz is null or (c.status = 'announced' and ${LATEST_DEADLINE} < $4))
       and ${condition}
     order by ${orderBy} limit $5`,
    [product ?? null, status ?? null, q ?? null, dueBefore ?? null, limit, searchedNumbers(q), ...parameters],
  );
  return found.map((each) => ({ change: toChange(each), place: { key: each.place_key, id: each.id } }));
}
