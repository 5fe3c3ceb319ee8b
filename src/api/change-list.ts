import { z } from 'zod';
import { progressOf } from '../db/change-counts.ts';
import { listChanges, type ChangeFilter } from '../db/change-list.ts';
import type { Place } from '../db/keyset.ts';
import type { Queryable } from '../db/postgres.ts';
import { CHANGE_KINDS, CHANGE_STATUSES, type Change } from '../domain/change.ts';
import { viewOfChange, type ChangeView } from '../domain/change-view.ts';
import { REGIMES } from '../domain/regime.ts';
import { flag } from '../http/flag.ts';
import { list as listing, type Placed } from '../http/list.ts';
import { readPlace, sorted, sortedPlace } from '../http/sorted-place.ts';
import { change } from './change-schemas.ts';
import { moment, productId, search } from './fields.ts';

/** How many changes are read at a time, to find those that something blocks or nothing. */
const JUDGED_AT_ONCE = 200;

export const list = listing({
  operationId: 'listChanges',
  summary: 'Changes, the latest first unless sorted otherwise',
  tag: 'Changes',
  scope: 'changes:read',
  filters: {
    product: productId.optional(),
    status: z.enum(CHANGE_STATUSES).optional(),
    kind: z.enum(CHANGE_KINDS).optional(),
    regime: z.enum(REGIMES).optional().meta({
      description:
        'Changes that controllers can object to, changes that need their written approval (some need both), or those of which they are only informed.',
    }),
    q: search.optional().meta({
      description: 'A part of the name or registration number of a company that the change is about.',
    }),
    dueBefore: moment.optional().meta({
      description:
        'Announced changes whose last deadline that runs now is before this: an instant, or a day, which means its beginning in Danish time.',
    }),
    blocked: flag.optional().meta({
      description: 'true: announced changes that something blocks. false: those that can be activated now.',
    }),
    sort: z
      .enum(['-announced', 'announced', 'planned', '-planned', 'deadline', '-deadline'])
      .default('-announced')
      .meta({
        description:
          'By announcement, planned day, or the last deadline that runs now; with a minus the latest first. A change without a deadline comes after those that have one.',
      }),
  },
  item: change,
  place: sorted,
  refusals: [],
  find: async (db, { query: { sort, blocked, ...filter }, after, limit, by }) => {
    const find = async (part: ChangeFilter, from: Place | null, upTo: number) =>
      viewsOf(db, await listChanges(db, part, { sort, after: from, limit: upTo }), by.at);
    if (blocked === undefined) return find(filter, readPlace(after), limit);
    if (filter.status !== undefined && filter.status !== 'announced') return [];
    const announced = { ...filter, status: 'announced' as const };
    return judged(blocked, { after: readPlace(after), limit, find: (from) => find(announced, from, JUDGED_AT_ONCE) });
  },
  columns: [
    'id',
    'product',
    'kind',
    'status',
    'companies',
    'regime.objection',
    'regime.approval',
    'scope',
    'subProcessor.name',
    'subProcessor.registrationNumber',
    'subProcessor.country',
    'announcedAt',
    'announcedBy',
    'plannedActivationOn',
    'lastDeadline',
    'controllers.total',
    'controllers.notified',
    'controllers.windowsOpen',
    'activations.controllers',
    'notices.accepted',
    'notices.pending',
    'notices.failed',
    'objections.total',
    'objections.pending',
    'answers.unread',
    'activation.allowed',
    'activatedAt',
    'activatedBy',
    'withdrawnAt',
    'withdrawnBy',
  ],
});

type PlacedChange = Placed<ChangeView>;

/** The changes as the API shows them, with what blocks each. */
async function viewsOf(
  db: Queryable,
  found: readonly { change: Change; place: Place }[],
  now: Temporal.Instant,
): Promise<PlacedChange[]> {
  const progress = await progressOf(
    db,
    found.map((each) => each.change.id),
    now,
  );
  return found.map(({ change: each, place }) => {
    const come = progress.get(each.id);
    if (come === undefined) throw new Error(`no progress of change ${each.id}`);
    return { place: sortedPlace(place), item: viewOfChange(each, come, now) };
  });
}

/** The first `limit` changes that something blocks, or nothing: by the rule of the activation itself (D20), in no second place. */
async function judged(
  isBlocked: boolean,
  { after, limit, find }: { after: Place | null; limit: number; find: (from: Place | null) => Promise<PlacedChange[]> },
): Promise<PlacedChange[]> {
  const kept: PlacedChange[] = [];
  for (let from = after; ;) {
    const found = await find(from);
    kept.push(...found.filter(({ item }) => item.activation.allowed !== isBlocked));
    const last = found.at(-1);
    if (kept.length >= limit || found.length < JUDGED_AT_ONCE || last === undefined) return kept.slice(0, limit);
    from = readPlace(last.place);
  }
}
