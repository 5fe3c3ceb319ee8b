import type { Change, ChangeKind, ChangeStatus } from '../domain/change.ts';
import type { RegimeName } from '../domain/regime.ts';
import { searchedNumbers } from '../domain/registration-number.ts';
import { CHANGE_COLUMNS, toChange, type ChangeRow } from './change-row.ts';
import { keyset, LAST, sortOf, type Order, type Place, type Sort } from './keyset.ts';
import { rows, type Queryable } from './postgres.ts';
import { isFoundIn } from './search.ts';

/**
 * The latest deadline that runs for the change `c`, as blocker `objection-windows-open` tells it, from the same ledger; `null`
 * while no window has opened.
 */
const LATEST_DEADLINE = `(select max(at) from (
  select at from change_counts where change_id = c.id and counted = 'windows' group by at having sum(amount) > 0) as deadlines)`;

/** The companies that the change `c` is about. Those that are in the register have their numbers there. */
const COMPANIES = {
  textKey: 'search_key(c.companies)',
  registrationKey: `concat_ws(' ', c.registration_key, (select string_agg(e.registration_key, ' ')
    from jsonb_array_elements(c.effects) effect join register_entries e on e.id = (effect ->> 'entry')::uuid))`,
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
  readonly kind?: ChangeKind | undefined;
  /** Changes that need this of their controllers, whatever else they need. */
  readonly regime?: RegimeName | undefined;
  /** A part of the name or registration number of a company that it is about, however it is spelt. */
  readonly q?: string | undefined;
  /** Announced changes whose latest deadline is before this. */
  readonly dueBefore?: Temporal.Instant | undefined;
}

/** Changes with their places in an order, from after `after`. */
export async function listChanges(
  db: Queryable,
  { product, status, kind, regime, q, dueBefore }: ChangeFilter,
  { sort, after, limit }: { sort: ChangeSort; after: Place | null; limit: number },
): Promise<{ change: Change; place: Place }[]> {
  const { by, isDescending } = sortOf(sort);
  const order: Order = ORDERS[by];
  const { condition, orderBy, placeKey, parameters } = keyset(order, { isDescending, after, first: 9 });
  const found = await rows<ChangeRow & { place_key: string | null }>(
    db,
    `select ${CHANGE_COLUMNS}, ${placeKey} as place_key from changes c
     where ($1::text is null or c.product_id = $1) and ($2::text is null or c.status = $2)
       and ($3::text is null or ${isFoundIn(COMPANIES, { q: '$3', numbers: '$6' })})
       and ($4::timestamptz is null or (c.status = 'announced' and ${LATEST_DEADLINE} < $4))
       and ($7::text is null or c.kind = $7)
       and ($8::text is null or case $8 when 'objection' then c.objection when 'approval' then c.approval
         else not c.objection and not c.approval end)
       and ${condition}
     order by ${orderBy} limit $5`,
    [
      product ?? null,
      status ?? null,
      q ?? null,
      dueBefore ?? null,
      limit,
      searchedNumbers(q),
      kind ?? null,
      regime ?? null,
      ...parameters,
    ],
  );
  return found.map((each) => ({ change: toChange(each), place: { key: each.place_key, id: each.id } }));
}
