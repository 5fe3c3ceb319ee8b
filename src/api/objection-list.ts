import { z } from 'zod';
import { listObjections, type ObjectionSort } from '../db/objection-list.ts';
import type { SaidFilter } from '../db/said-list.ts';
import type { Queryable } from '../db/postgres.ts';
import { OBJECTION_STATUSES, recordOfObjection, type ObjectionStatus } from '../domain/objection.ts';
import { externalId, productId, uuid } from './fields.ts';
import { list as listing, placed } from '../http/list.ts';
import { expectNamed } from '../http/named-in-filter.ts';
import { readPlace, sorted, sortedPlace } from '../http/sorted-place.ts';
import { objection } from './objection-schemas.ts';

const filters = {
  status: z.enum(OBJECTION_STATUSES).optional(),
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
  'channel',
  'from.name',
  'from.email',
  'reasons',
  'receivedAt',
  'recordedAt',
  'recordedBy',
  'status',
  'rejectedFor',
  'acceptedLate.acceptedAt',
  'acceptedLate.acceptedBy',
  'resolution.outcome',
  'resolution.explanation',
  'resolution.resolvedAt',
  'resolution.resolvedBy',
  'withdrawal.status',
  'withdrawal.takesEffectAt',
] as const;

async function find(
  db: Queryable,
  { sort, ...filter }: SaidFilter<ObjectionStatus> & { readonly sort: ObjectionSort },
  { after, limit }: { after: string | null; limit: number },
) {
  const found = await listObjections(db, filter, { sort, after: readPlace(after), limit });
  return placed(
    found,
    ({ place }) => sortedPlace(place),
    (each) => recordOfObjection(each.objection),
  );
}

export const list = listing({
  operationId: 'listObjections',
  summary: 'Objections of every change, rejected attempts among them',
  tag: 'Objections',
  scope: 'objections:read',
  filters: { ...filters, product: productId.optional(), change: uuid.optional() },
  item: objection,
  place: sorted,
  refusals: [],
  find: (db, { query: filter, ...part }) => find(db, filter, part),
  columns,
});

export const listOfChange = listing({
  operationId: 'listChangeObjections',
  summary: 'The objections to a change, rejected attempts among them',
  tag: 'Objections',
  scope: 'objections:read',
  params: z.object({ id: uuid }),
  filters,
  item: objection,
  place: sorted,
  refusals: ['not-found'],
  find: async (db, { params: { id: change }, query: filter, ...part }) => {
    await expectNamed(db, { change });
    return find(db, { ...filter, change }, part);
  },
  columns,
});
