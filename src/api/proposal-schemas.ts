import { z } from 'zod';
import type { ProposedAct } from '../commands/proposed-act.ts';
import { instantText } from '../domain/instant.ts';
import { ROLES } from '../domain/permission.ts';
import { PROPOSAL_KINDS, PROPOSAL_STATUSES, type ProposalKind } from '../domain/proposal.ts';
import { receivedFields, writer } from './approvals.ts';
import { announcement } from './change-schemas.ts';
import { EXAMPLE_HASH, EXAMPLE_ID, exampleAnnouncement } from './examples.ts';
import { instantOut, line, productId, prose, uuid } from './fields.ts';
import { productBody } from './products.ts';

const approval = z.strictObject({
  ...receivedFields,
  from: writer.extend({ name: line(200) }),
  statement: prose(20_000),
});

/** What can be proposed: each act as the address takes it that does it alone. */
export const proposedAct = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('announcement'), announcement }),
    z.strictObject({ kind: z.literal('activation'), change: uuid }),
    z.strictObject({
      kind: z.literal('invalid'),
      objection: uuid,
      explanation: prose(5_000).nullable().default(null),
      mailId: uuid.nullable().default(null),
    }),
    z.strictObject({ kind: z.literal('approval'), change: uuid, approval }),
    z.strictObject({ kind: z.literal('terms'), product: productId, terms: productBody }),
    z.strictObject({
      kind: z.literal('role'),
      person: uuid,
      role: z.enum(ROLES),
      product: productId.nullable().default(null),
    }),
  ])
  .meta({
    id: 'ProposedAct',
    description:
      '`announcement`: as `POST /v1/changes` takes it, without `expect`. `activation` of a change, or of its next wave. `invalid`: an objection is resolved so (D19). `approval`: one that came in writing; approving records and confirms it (D42). `terms`: as `PUT /v1/products/{product}` takes them. `role`: of a person, for a product, or for all (`null`).',
    examples: [
      { kind: 'announcement', announcement: exampleAnnouncement },
      { kind: 'activation', change: EXAMPLE_ID },
    ],
  });

/** An act on record, as it was asked for. */
export const readAct = (act: unknown): ProposedAct => proposedAct.parse(act);

const said = z.record(z.string(), z.unknown());
const decision = z.object({
  decision: z.enum(['approved', 'rejected', 'cancelled']),
  at: instantOut,
  by: z.string(),
  reason: z.string().nullable(),
  made: z.string().nullable().meta({
    description: 'Of an approval: the id of the change, wave, objection, approval, product or role that it made.',
  }),
  byOnePerson: z.boolean().meta({ description: 'Whether one person did both, which only a trial lets pass.' }),
});

const example = {
  id: EXAMPLE_ID,
  kind: 'activation' as ProposalKind,
  product: 'truetalk',
  subject: EXAMPLE_ID,
  act: { kind: 'activation', change: EXAMPLE_ID },
  outcome: { kind: 'addition', scope: 'all' },
  hash: EXAMPLE_HASH,
  controllers: 3,
  status: 'pending',
  proposedAt: '2026-12-15T08:00:00.000Z',
  proposedBy: `Eva Lund (person ${EXAMPLE_ID})`,
  expiresAt: '2026-12-22T08:00:00.000Z',
  decisions: [],
};

export const proposal = z
  .object({
    id: uuid,
    kind: z.enum(PROPOSAL_KINDS),
    product: productId.nullable(),
    subject: z.string().nullable(),
    act: said.meta({ description: 'What was asked for.' }),
    outcome: said.meta({ description: 'What it would have done when it was proposed.' }),
    hash: z.string().meta({ description: 'Of `act` and `outcome`: what is approved.' }),
    controllers: z.number().int().nullable(),
    status: z.enum(PROPOSAL_STATUSES),
    proposedAt: instantOut,
    proposedBy: z.string(),
    expiresAt: instantOut,
    decisions: z.array(decision),
  })
  .meta({
    id: 'Proposal',
    description:
      'An act that one person has written down and another has to approve (D60). `subject` is the id of the change, objection, product or person that it is about; null where approving it makes that.',
    examples: [example],
  });

export const proposalPreview = z
  .object({
    hash: z.string(),
    outcome: said,
    controllers: z.number().int().nullable(),
    differences: z.array(z.object({ path: z.string(), was: z.unknown(), is: z.unknown() })),
    refusals: z.array(z.object({ code: z.string(), message: z.string(), path: z.string().nullable() })),
    blockers: z.array(z.looseObject({ code: z.string() })),
    isOwn: z.boolean(),
    lookedAt: instantOut,
  })
  .meta({
    id: 'ProposalPreview',
    description:
      'What approving it would do now. With `differences` from what was proposed it cannot be approved any more. `refusals` are all reasons why its announcement would be refused, `blockers` what is in the way of its activation. `isOwn`: the caller has proposed it, or a key of theirs.',
    examples: [
      {
        hash: EXAMPLE_HASH,
        outcome: { kind: 'addition', scope: 'all' },
        controllers: 3,
        differences: [],
        refusals: [],
        blockers: [],
        isOwn: false,
        lookedAt: instantText(Temporal.Instant.from('2026-12-15T08:30:00Z')),
      },
    ],
  });
