import { z } from 'zod';
import { propose } from '../commands/propose.ts';
import { latestDeadline } from '../db/change-counts.ts';
import { inSnapshot } from '../db/postgres.ts';
import { findProposal, listProposals, standingOf } from '../db/proposals.ts';
import { settlingTime } from '../domain/activation.ts';
import type { Caller } from '../domain/caller.ts';
import { instantText } from '../domain/instant.ts';
import { PROPOSAL_KINDS, PROPOSAL_STATUSES, SCOPE_OF_PROPOSED, viewOfProposal } from '../domain/proposal.ts';
import { notFound } from '../domain/refused.ts';
import { list as listing, placed } from '../http/list.ts';
import { preparedCommand, query } from '../http/operation.ts';
import { allow } from '../http/authentication.ts';
import { keepToProducts, type Said } from '../http/product-access.ts';
import type { ProblemCode } from '../http/problems.ts';
import { previewProposal } from '../preview/preview-proposal.ts';
import { activate, announce } from './changes.ts';
import { expectNoMore, give } from './people.ts';
import { confirm, record } from './approvals.ts';
import type { ApiDependencies } from './dependencies.ts';
import { productId, uuid } from './fields.ts';
import { resolve } from './objections.ts';
import { put } from './products.ts';
import { proposal, proposalPreview, proposedAct, readAct } from './proposal-schemas.ts';

/** What the acts themselves are refused for, when they are proposed and again when they are approved. */
export const REFUSALS_OF_ACTS: readonly ProblemCode[] = [
  ...new Set([announce, activate, resolve, record, confirm, put, give].flatMap(({ refusals }) => refusals)),
];

/** How an activation waits, before it is judged, for objections of the last moment (D22). Returns as which moment it is judged. */
export async function settled(
  { pool, clock, sleep }: ApiDependencies,
  act: { readonly kind: string; readonly change?: string },
): Promise<Temporal.Instant> {
  const now = clock();
  const waitMs =
    act.kind === 'activation' && act.change !== undefined
      ? settlingTime(await latestDeadline(pool, act.change), now)
      : 0;
  if (waitMs === 0) return now;
  await sleep(waitMs);
  return clock();
}

/**
 * What a caller may not do alone, it does not propose: throws `forbidden` and `not-found` as the address does that does it alone (D57).
 */
async function expectToMay(
  { pool }: ApiDependencies,
  caller: Caller,
  act: z.output<typeof proposedAct>,
): Promise<void> {
  const may = allow(caller, SCOPE_OF_PROPOSED[act.kind]);
  const done = { query: {}, params: {}, body: null, ...doneAlone(act) };
  await keepToProducts(pool, may.products, done, false);
  if (act.kind === 'role') expectNoMore(may, act.role);
}

/** Where an act is done alone, and what it says there of products. */
function doneAlone(act: z.output<typeof proposedAct>): Pick<Said, 'method' | 'url'> & Partial<Said> {
  const method = 'POST';
  switch (act.kind) {
    case 'announcement':
      return { method, url: '/v1/changes', body: act.announcement };
    case 'activation':
      return { method, url: '/v1/changes/:id/activate', params: { id: act.change } };
    case 'invalid':
      return { method, url: '/v1/objections/:id/resolve', params: { id: act.objection } };
    case 'approval':
      return { method, url: '/v1/changes/:id/approvals', params: { id: act.change } };
    case 'terms':
      return { method: 'PUT', url: '/v1/products/:product', params: { product: act.product } };
    case 'role':
      return {
        method,
        url: '/v1/people/:id/roles',
        params: { id: act.person },
        body: { products: act.product === null ? null : [act.product] },
      };
  }
}

export const make = preparedCommand({
  operationId: 'makeProposal',
  summary:
    'Propose an act, for another person to approve; nothing of it is done (D60). Of the same that waits already: 200',
  tag: 'Proposals',
  scope: 'proposals:write',
  body: proposedAct,
  responses: { 200: proposal, 201: proposal },
  refusals: REFUSALS_OF_ACTS,
  prepare: async (dependencies: ApiDependencies, { body, by: { actor }, may }) => {
    await expectToMay(dependencies, may, body);
    const judgedAt = await settled(dependencies, body);
    return async (tx) => {
      const by = { actor, at: dependencies.clock() };
      const wire: unknown = JSON.parse(JSON.stringify(body));
      const { proposal: made, isNew } = await propose(tx, readAct(wire), { wire, judgedAt }, by);
      return {
        status: isNew ? 201 : 200,
        headers: { location: `/v1/proposals/${made.id}` },
        body: viewOfProposal(made, by.at),
      };
    };
  },
});

const params = z.object({ id: uuid });

export const get = query({
  operationId: 'getProposal',
  summary: 'A proposal: what was asked for, what it would do, and who decided what',
  tag: 'Proposals',
  scope: 'proposals:read',
  params,
  responses: { 200: proposal },
  refusals: ['not-found'],
  read: async (db, { params: { id }, by }) => {
    const found = await findProposal(db, id);
    if (found === null) throw notFound(`proposal ${id}`);
    return viewOfProposal(found, by.at);
  },
});

export const preview = query({
  operationId: 'previewProposal',
  summary:
    'What approving a proposal would do now, and in what that differs from what was proposed; nothing is written',
  tag: 'Proposals',
  scope: 'proposals:read',
  params,
  responses: { 200: proposalPreview },
  refusals: ['not-found'],
  read: async (pool, { params: { id }, by }) =>
    inSnapshot(pool, async (db) => {
      const found = await findProposal(db, id);
      if (found === null) throw notFound(`proposal ${id}`);
      const { refusals, ...shown } = await previewProposal(db, found, readAct(found.act), by.at);
      const { isProposer } = await standingOf(db, id, by);
      return {
        hash: found.hash,
        ...shown,
        isOwn: isProposer,
        refusals: refusals.map(({ because, detail, path = null }) => ({ code: because, message: detail, path })),
        lookedAt: instantText(by.at),
      };
    }),
});

export const list = listing({
  operationId: 'listProposals',
  summary: 'Proposals, the newest first',
  tag: 'Proposals',
  scope: 'proposals:read',
  filters: {
    status: z.enum(PROPOSAL_STATUSES).optional(),
    kind: z.enum(PROPOSAL_KINDS).optional(),
    product: productId.optional(),
    subject: z.string().max(100).optional().meta({
      description: 'The id of the change, objection, product or person that it is about, or of what came of it.',
    }),
  },
  item: proposal,
  place: uuid,
  refusals: [],
  find: async (db, { query: { status, kind, product, subject }, by, after, limit }) => {
    const filter = {
      now: by.at,
      status: status ?? null,
      kind: kind ?? null,
      product: product ?? null,
      subject: subject ?? null,
    };
    return placed(
      await listProposals(db, filter, after, limit),
      ({ id }) => id,
      (each) => viewOfProposal(each, by.at),
    );
  },
  columns: [
    'id',
    'kind',
    'product',
    'subject',
    'status',
    'controllers',
    'hash',
    'proposedAt',
    'proposedBy',
    'expiresAt',
    'decisions.decision',
    'decisions.at',
    'decisions.by',
    'decisions.reason',
    'decisions.made',
  ],
});
