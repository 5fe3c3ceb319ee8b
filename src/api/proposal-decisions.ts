import { z } from 'zod';
import { approveProposal, cancelProposal, rejectProposal } from '../commands/decide-proposal.ts';
import { findProposal } from '../db/proposals.ts';
import { comeToRole } from '../domain/permission.ts';
import { roleGivenBy, viewOfProposal } from '../domain/proposal.ts';
import { notFound } from '../domain/refused.ts';
import { command, preparedCommand } from '../http/operation.ts';
import { Problem } from '../http/problems.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_HASH } from './examples.ts';
import { prose, uuid } from './fields.ts';
import { proposal, readAct } from './proposal-schemas.ts';
import { REFUSALS_OF_ACTS, settled } from './proposals.ts';

const params = z.object({ id: uuid });
const reason = z.strictObject({ reason: prose(5_000) });

export const approve = preparedCommand({
  operationId: 'approveProposal',
  summary: 'Approve a proposal, as another person than proposed it: what it says is done at once (D60, D61)',
  tag: 'Proposals',
  scope: 'proposals:approve',
  takesFreshFactors: true,
  params,
  body: z.strictObject({ hash: z.string().max(200) }).meta({
    id: 'ProposalApproval',
    description: 'The `hash` of the proposal that was read.',
    examples: [{ hash: EXAMPLE_HASH }],
  }),
  responses: { 200: proposal },
  refusals: [
    ...new Set([
      ...REFUSALS_OF_ACTS,
      'proposal-decided',
      'proposal-expired',
      'proposal-outdated',
      'second-person-needed',
    ] as const),
  ],
  prepare: async (dependencies: ApiDependencies, { params: { id }, body: { hash }, by: { actor }, may }) => {
    const found = await findProposal(dependencies.pool, id);
    if (found === null) throw notFound(`proposal ${id}`);
    const role = roleGivenBy(found);
    if (role !== null && !comeToRole(may.grants, role, found.product)) {
      throw new Problem('forbidden', `Nobody gives more than they have: this takes the role ${role}.`);
    }
    const judgedAt = await settled(dependencies, {
      kind: found.kind,
      ...(found.subject !== null && { change: found.subject }),
    });
    return async (tx) => {
      const by = { actor, at: dependencies.clock() };
      const approved = await approveProposal(tx, id, { hash, read: readAct, judgedAt }, by);
      return { status: 200, body: viewOfProposal(approved, by.at) };
    };
  },
});

export const reject = command({
  operationId: 'rejectProposal',
  summary: 'Reject a proposal: it is not done (D60)',
  tag: 'Proposals',
  scope: 'proposals:approve',
  params,
  body: reason.meta({ id: 'ProposalRejection', examples: [{ reason: 'Begrundelsen passer ikke til ændringen.' }] }),
  responses: { 200: proposal },
  refusals: ['not-found', 'proposal-decided', 'proposal-expired', 'second-person-needed'],
  write: async (tx, { params: { id }, body, by }) => ({
    status: 200,
    body: viewOfProposal(await rejectProposal(tx, id, body.reason, by), by.at),
  }),
});

export const cancel = command({
  operationId: 'cancelProposal',
  summary: 'Cancel a proposal, as who made it; or its announcement while that is held, as either of the two (D60)',
  tag: 'Proposals',
  scope: 'proposals:write',
  params,
  body: reason.meta({ id: 'ProposalCancellation', examples: [{ reason: 'Leverandøren har udskudt ændringen.' }] }),
  responses: { 200: proposal },
  refusals: [
    'not-found',
    'proposal-decided',
    'proposal-expired',
    'second-person-needed',
    'change-ended',
    'change-partly-activated',
  ],
  write: async (tx, { params: { id }, body, by }) => ({
    status: 200,
    body: viewOfProposal(await cancelProposal(tx, id, body.reason, by), by.at),
  }),
});
