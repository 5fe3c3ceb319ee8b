import { z } from 'zod';
import { progressOf } from '../db/change-counts.ts';
import { announcedChanges } from '../db/changes.ts';
import { controllersWithFailedNotices } from '../db/failed-notices.ts';
import type { Queryable } from '../db/postgres.ts';
import { activationsProposed, proposalsToDecide } from '../db/proposals.ts';
import {
  LISTED_IN_WORKLIST,
  pendingObjections,
  unattributedMails,
  unconfirmedApprovals,
  unconfirmedNominations,
  unreadAnswers,
  type Waiting,
  type WorkOfController,
} from '../db/worklist.ts';
import { allowedBy, type Caller } from '../domain/caller.ts';
import type { AnnouncedChange, ChangeProgress } from '../domain/change.ts';
import { DEADLINES_OF_CHANGE, deadlinesOf, upstreamDeadlineOf } from '../domain/deadlines-of-change.ts';
import { companiesOf } from '../domain/effect.ts';
import { instantText } from '../domain/instant.ts';
import type { Scope } from '../domain/permission.ts';
import { viewOfProposal } from '../domain/proposal.ts';
import { query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { dayOut, externalId, instantOut, productId, uuid } from './fields.ts';
import { proposal } from './proposal-schemas.ts';

const change = z.object({ id: uuid, product: productId, companies: z.string(), timeZone: z.string() });
const from = z.object({ name: z.string().nullable(), email: z.string().nullable() });
const ofController = {
  id: uuid,
  change,
  controller: z.object({ externalId, name: z.string() }),
  from,
  receivedAt: instantOut,
};
const count = z.number().int();
const number = z.number().int();

/** Work of one kind; `null` for who may not do it. */
const work = <Item extends z.ZodRawShape>(item: Item) => z.object({ count, items: z.array(z.object(item)) }).nullable();

const exampleChange = {
  id: EXAMPLE_ID,
  product: 'truetalk',
  companies: 'Nordlys Hosting ApS',
  timeZone: 'Europe/Copenhagen',
};

const worklist = z
  .object({
    answers: work({ ...ofController, subject: z.string() }),
    mails: work({ id: uuid, from, subject: z.string(), receivedAt: instantOut }),
    objections: work({ ...ofController, number, isBeingWithdrawn: z.boolean() }),
    approvals: work({ ...ofController, number, recordedBy: z.string() }),
    nominations: work({ ...ofController, role: z.string() }),
    proposals: z.object({ count, items: z.array(proposal) }).nullable(),
    unreached: work({ change, notNotified: count, untold: count }),
    deadlines: work({
      change,
      what: z.enum(DEADLINES_OF_CHANGE),
      at: instantOut,
      isClear: z.boolean(),
      isProposed: z.boolean(),
    }),
    upstream: work({
      change,
      objectBy: dayOut.nullable(),
      effectiveOn: dayOut.nullable(),
      isMissed: z.boolean(),
    }),
  })
  .meta({
    id: 'Worklist',
    description: `What waits for the caller (D64): of each kind of work how much, and the first ${LISTED_IN_WORKLIST} of it, the oldest first; null for what the caller may not do. \`mails\` are those that nobody could attribute; they are of no product, so they are for who has all. \`approvals\` are those that somebody else has recorded, \`proposals\` those that somebody else has made and that can be approved now. \`unreached\`: changes with controllers whose every notice has failed (\`notNotified\`), or none of whose contacts of now has been told (\`untold\`). \`deadlines\` of announced changes come within a week: the end of a \`hold\`, of the last time for \`objections\` or for \`answers\` to a request (both exclusive), and from its planned day on an \`activation\`, which \`isClear\` where nothing stands in its way, and \`isProposed\` while it waits for another person to approve it. \`upstream\`: the days that the processor's own sub-processor has set, from today on; \`isMissed\` where controllers can still object after \`objectBy\`.`,
    examples: [
      {
        answers: { count: 0, items: [] },
        mails: null,
        objections: {
          count: 1,
          items: [
            {
              id: EXAMPLE_ID,
              change: exampleChange,
              controller: { externalId: 'kunde-1001', name: 'Kunde A/S' },
              from: { name: 'Dorthe Persson', email: 'dpo@kunde.example' },
              receivedAt: '2026-11-25T08:15:00.000Z',
              number: 17,
              isBeingWithdrawn: false,
            },
          ],
        },
        approvals: { count: 0, items: [] },
        nominations: { count: 0, items: [] },
        proposals: { count: 0, items: [] },
        unreached: { count: 0, items: [] },
        deadlines: {
          count: 1,
          items: [
            {
              change: exampleChange,
              what: 'objections',
              at: '2026-12-03T23:00:00.000Z',
              isClear: false,
              isProposed: false,
            },
          ],
        },
        upstream: { count: 0, items: [] },
      },
    ],
  });

type Products = readonly string[] | null;

/** Reads a kind of work of the products for which the caller may do it. */
async function allowed<Found>(
  caller: Caller,
  scope: Scope,
  read: (products: Products) => Promise<Found>,
): Promise<Found | null> {
  const may = allowedBy(caller, scope);
  return may === null ? null : read(may.products);
}

const dated = <Item extends Pick<WorkOfController, 'receivedAt'>>({ count: all, items }: Waiting<Item>) => ({
  count: all,
  items: items.map((item) => ({ ...item, receivedAt: instantText(item.receivedAt) })),
});

const listed = <Item>(items: readonly Item[]) => ({ count: items.length, items: items.slice(0, LISTED_IN_WORKLIST) });

const named = (each: AnnouncedChange) => ({
  id: each.id,
  product: each.product,
  companies: companiesOf(each).join(', '),
  timeZone: each.terms.timeZone,
});

/** What waits of the announced changes themselves: few, whatever number of controllers they have. */
async function workOfChanges(db: Queryable, products: Products, now: Temporal.Instant) {
  const changes = (await announcedChanges(db, null)).filter((each) => products?.includes(each.product) ?? true);
  const ids = changes.map(({ id }) => id);
  const progress = await progressOf(db, ids, now);
  const proposed = await activationsProposed(db, ids, now);
  const known = changes.flatMap((each) => {
    const of = progress.get(each.id);
    return of === undefined ? [] : [{ change: each, progress: of }];
  });
  const byTime = known
    .flatMap((each) => deadlinesOf(each.change, each.progress, now).map((deadline) => ({ each, deadline })))
    .toSorted((one, other) => Temporal.Instant.compare(one.deadline.at, other.deadline.at));
  return {
    unreached: listed(await unreachedOf(db, known)),
    deadlines: listed(
      byTime.map(({ each, deadline: { what, at, isClear } }) => ({
        change: named(each.change),
        what,
        at: instantText(at),
        isClear,
        isProposed: what === 'activation' && proposed.has(each.change.id),
      })),
    ),
    upstream: listed(
      known.flatMap((each) => {
        const found = upstreamDeadlineOf(each.change, each.progress, now);
        if (found === null) return [];
        const [objectBy, effectiveOn] = [found.objectBy?.toString() ?? null, found.effectiveOn?.toString() ?? null];
        return [{ change: named(each.change), objectBy, effectiveOn, isMissed: found.isMissed }];
      }),
    ),
  };
}

async function unreachedOf(
  db: Queryable,
  known: readonly { readonly change: AnnouncedChange; readonly progress: ChangeProgress }[],
) {
  const unreached = [];
  for (const { change: each, progress } of known) {
    const untold = progress.untoldContacts.count;
    // The ledger knows, so that no window is looked at where nothing has failed.
    const notNotified = progress.notices.failed > 0 ? (await controllersWithFailedNotices(db, each.id, 1)).count : 0;
    if (notNotified + untold > 0) unreached.push({ change: named(each), notNotified, untold });
  }
  return unreached;
}

export const get = query({
  operationId: 'getWorklist',
  summary: 'What waits for the caller: the next thing to do, and nothing else (D64)',
  tag: 'Worklist',
  scope: null,
  responses: { 200: worklist },
  refusals: [],
  read: async (db, { may, by }) => {
    const ofChanges = await allowed(may, 'changes:read', (products) => workOfChanges(db, products, by.at));
    return {
      answers: await allowed(may, 'answers:classify', async (products) => dated(await unreadAnswers(db, products))),
      mails: await allowed(may, 'mails:decide', async (products) =>
        products === null ? dated(await unattributedMails(db)) : null,
      ),
      objections: await allowed(may, 'objections:resolve', async (products) =>
        dated(await pendingObjections(db, products)),
      ),
      approvals: await allowed(may, 'approvals:confirm', async (products) =>
        dated(await unconfirmedApprovals(db, products, by.actor)),
      ),
      nominations: await allowed(may, 'approvals:confirm', async (products) =>
        dated(await unconfirmedNominations(db, products)),
      ),
      proposals: await allowed(may, 'proposals:approve', async (products) => {
        const { count: all, items } = await proposalsToDecide(db, products, by);
        return { count: all, items: items.map((each) => viewOfProposal(each, by.at)) };
      }),
      unreached: ofChanges?.unreached ?? null,
      deadlines: ofChanges?.deadlines ?? null,
      upstream: ofChanges?.upstream ?? null,
    };
  },
});
