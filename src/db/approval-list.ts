import type { ApprovalDecision, ApprovalStatus } from '../domain/approval.ts';
import { APPROVALS, toApproval, type ApprovalRow, type StoredApproval } from './approvals.ts';
import { sortOf, type Order, type Place, type Sort } from './keyset.ts';
import type { Queryable } from './postgres.ts';
import { listSaid, type SaidFilter } from './said-list.ts';

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
  const equal = { column: 'p.decision', value: decision };
  const list = { select: APPROVALS, table: 'p', order: ORDERS[by], equal } as const;
  const found = await listSaid<ApprovalRow>(db, list, filter, { isDescending, after, limit });
  return found.map((each) => ({ approval: toApproval(each), place: { key: each.place_key, id: each.id } }));
}
