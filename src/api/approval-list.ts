import { z } from 'zod';
import { listApprovals, type ApprovalSort } from '../db/approval-list.ts';
import type { Queryable } from '../db/postgres.ts';
import type { SaidFilter } from '../db/said-list.ts';
import {
  APPROVAL_DECISIONS,
  APPROVAL_STATUSES,
  viewOfApproval,
  type ApprovalDecision,
  type ApprovalStatus,
} from '../domain/approval.ts';
import { list as listing, placed } from '../http/list.ts';
import { expectNamed } from '../http/named-in-filter.ts';
import { readPlace, sorted, sortedPlace } from '../http/sorted-place.ts';
import { approval } from './approval-schemas.ts';
import { externalId, productId, uuid } from './fields.ts';

const filters = {
  decision: z.enum(APPROVAL_DECISIONS).optional(),
  status: z.enum(APPROVAL_STATUSES).optional(),
  controller: externalId.optional(),
  sort: z.enum(['recorded', '-recorded', 'received', '-received']).default('recorded').meta({
    description: 'By when they were recorded, or received; with a minus the latest first.',
  }),
};
const columns = [
  'id',
  'number',
  'changeId',
  'controller',
  'decision',
  'contentHash',
  'channel',
  'from.name',
  'from.role',
  'from.email',
  'statement',
  'authority',
  'receivedAt',
  'recordedAt',
  'recordedBy',
  'status',
  'confirmation.confirmedAt',
  'confirmation.confirmedBy',
  'takesEffectAt',
  'effectiveAt',
  'ended.endedAt',
  'ended.endedBy',
  'ended.explanation',
] as const;

type Filter = SaidFilter<ApprovalStatus> & {
  readonly decision?: ApprovalDecision | undefined;
  readonly sort: ApprovalSort;
};

async function find(
  db: Queryable,
  { sort, ...filter }: Filter,
  { after, limit }: { after: string | null; limit: number },
) {
  return placed(
    await listApprovals(db, filter, { sort, after: readPlace(after), limit }),
    ({ place }) => sortedPlace(place),
    (each) => viewOfApproval(each.approval),
  );
}

export const list = listing({
  operationId: 'listApprovals',
  summary: 'Approvals and refusals of every change',
  tag: 'Approvals',
  scope: 'approvals:read',
  filters: { ...filters, product: productId.optional(), change: uuid.optional() },
  item: approval,
  place: sorted,
  refusals: [],
  find: (db, { query: filter, ...part }) => find(db, filter, part),
  columns,
});

export const listOfChange = listing({
  operationId: 'listChangeApprovals',
  summary: 'What controllers have answered to the request of a change for their approval',
  tag: 'Approvals',
  scope: 'approvals:read',
  params: z.object({ id: uuid }),
  filters,
  item: approval,
  place: sorted,
  refusals: ['not-found'],
  find: async (db, { params: { id: change }, query: filter, ...part }) => {
    await expectNamed(db, { change });
    return find(db, { ...filter, change }, part);
  },
  columns,
});
