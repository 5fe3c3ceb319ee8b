import type { ApprovalDecision, ApprovalStatus } from '../domain/approval.ts';
import { APPROVALS, toApproval, type ApprovalRow, type StoredApproval } from './approvals.ts';
import { keyset, sortOf, type Order, type Place, type Sort } from './keyset.ts';
import { rows, type Queryable } from './postgres.ts';
import { saidIn, type SaidFilter } from './said-filter.ts';

const ORDERS = {
  recorded: { id: 'p.id' },
  received: { id: 'p.id', key: { sql: 'p.received_at', type: 'timestamptz' } },
} as const satisfies Record<string, Order>;

/** What approvals are sorted by. */
export type ApprovalSort = Sort<keyof typeof ORDERS>;

/** Approvals and refusals with their places in an order, from after `after`. */
export async function listApprovals(
  db: Queryable,
  { decision, ...filter }: SaidFilter<ApprovalStatus> & { readonly decision?: ApprovalDecision | undefined },
  { sort, after, limit }: { sort: ApprovalSort; after: Place | null; limit: number },
): Promise<{ approval: StoredApproval; place: Place }[]> {
  const { by, isDescending } = sortOf(sort);
  const { condition, orderBy, placeKey, parameters } = keyset(ORDERS[by], { isDescending, after, first: 7 });
  const said = saidIn('p', filter);
  const found = await rows<ApprovalRow & { place_key: string | null }>(
    db,
    `${APPROVALS.replace('select', `select ${placeKey} as place_key,`)}
     where ${said.condition} and ($6::text is null or p.decision = $6)
       and ${condition}
     order by ${orderBy} limit $5`,
    [...said.parameters, limit, decision ?? null, ...parameters],
  );
  return found.map((each) => ({ approval: toApproval(each), place: { key: each.place_key, id: each.id } }));
}
