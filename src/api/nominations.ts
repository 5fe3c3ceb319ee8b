import { z } from 'zod';
import { confirmNomination, rejectNomination } from '../commands/nominate-approver.ts';
import { effectsOf } from '../commands/save-controllers.ts';
import { findChange } from '../db/changes.ts';
import { findNomination, listNominations, nominationsOf, type Nomination } from '../db/nominations.ts';
import { NOMINATION_STATUSES } from '../domain/approval.ts';
import { instantText } from '../domain/instant.ts';
import { notFound } from '../domain/refused.ts';
import { list as listing, placed } from '../http/list.ts';
import { command, query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, externalId, instantOut, line, productId, prose, uuid } from './fields.ts';

const nomination = z
  .object({
    id: uuid,
    changeId: uuid,
    controller: externalId,
    email,
    name: line(200),
    role: line(200),
    nominatedAt: instantOut,
    nominatedBy: z.string(),
    confirmedAt: instantOut.nullable(),
    confirmedBy: z.string().nullable(),
    rejectedAt: instantOut.nullable(),
    rejectedBy: z.string().nullable(),
    explanation: z.string().nullable(),
    status: z.enum(NOMINATION_STATUSES),
  })
  .meta({
    id: 'Nomination',
    description:
      'Who may approve for a controller, as one of its contacts has named it (D42). Nobody may by it until it is `confirmed`; of one that is `rejected` the explanation says why.',
    examples: [
      {
        id: EXAMPLE_ID,
        changeId: EXAMPLE_ID,
        controller: 'kunde-1001',
        email: 'direktion@kunde.example',
        name: 'Anna Holm',
        role: 'Direktør',
        nominatedAt: '2026-11-25T08:15:00.000Z',
        nominatedBy: 'Dorthe Persson (dpo@kunde.example, through the link)',
        confirmedAt: null,
        confirmedBy: null,
        rejectedAt: null,
        rejectedBy: null,
        explanation: null,
        status: 'waiting',
      },
    ],
  });

function viewOf({ nominatedAt, confirmedAt, rejectedAt, ...said }: Nomination) {
  return {
    id: said.id,
    changeId: said.changeId,
    controller: said.controller,
    email: said.email,
    name: said.name,
    role: said.role,
    nominatedAt: instantText(nominatedAt),
    nominatedBy: said.nominatedBy,
    confirmedAt: confirmedAt && instantText(confirmedAt),
    confirmedBy: said.confirmedBy,
    rejectedAt: rejectedAt && instantText(rejectedAt),
    rejectedBy: said.rejectedBy,
    explanation: said.explanation,
    status: said.status,
  };
}

const params = z.object({ id: uuid });

const columns = [
  'id',
  'changeId',
  'controller',
  'email',
  'name',
  'role',
  'nominatedAt',
  'nominatedBy',
  'confirmedAt',
  'confirmedBy',
  'rejectedAt',
  'rejectedBy',
  'explanation',
  'status',
] as const;

export const list = listing({
  operationId: 'listNominations',
  summary: 'Who may approve, as contacts have named it; those that wait for an officer with status=waiting',
  tag: 'Controllers',
  scope: 'approvals:read',
  filters: {
    status: z.enum(NOMINATION_STATUSES).optional(),
    product: productId.optional(),
    change: uuid.optional(),
    controller: externalId.optional(),
  },
  item: nomination,
  place: uuid,
  refusals: [],
  find: async (db, { query: filter, ...part }) =>
    placed(await listNominations(db, filter, part), ({ id }) => id, viewOf),
  columns,
});

export const get = query({
  operationId: 'getNomination',
  summary: 'Whom a contact has named as somebody who may approve',
  tag: 'Controllers',
  scope: 'approvals:read',
  params,
  responses: { 200: nomination },
  refusals: ['not-found'],
  read: async (db, { params: { id } }) => {
    const found = await findNomination(db, id);
    if (found === null) throw notFound(`nomination ${id}`);
    return viewOf(found);
  },
});

export const listOfChange = query({
  operationId: 'listNominationsOfChange',
  summary: 'Who may approve a change, as contacts have named it, the oldest first',
  tag: 'Controllers',
  scope: 'approvals:read',
  params,
  responses: { 200: z.object({ items: z.array(nomination) }).meta({ examples: [{ items: [] }] }) },
  refusals: ['not-found'],
  read: async (db, { params: { id } }) => {
    if ((await findChange(db, id)) === null) throw notFound(`change ${id}`);
    return { items: (await nominationsOf(db, id)).map(viewOf) };
  },
});

export const confirm = command({
  operationId: 'confirmNomination',
  summary: 'Confirm that who was named may approve: a contact from now on, told of what is announced (D35, D42)',
  tag: 'Controllers',
  scope: 'approvals:confirm',
  params,
  responses: { 200: nomination },
  refusals: ['not-found', 'nomination-already-decided', 'erased'],
  write: async (tx, { params: { id }, by }) => {
    const { nomination: confirmed, saved } = await confirmNomination(tx, id, by);
    return { status: 200, body: viewOf(confirmed), effects: { ...effectsOf(saved), warnings: [] } };
  },
});

export const reject = command({
  operationId: 'rejectNomination',
  summary: 'Say that who was named may not approve, and why; nobody is mailed (D42)',
  tag: 'Controllers',
  scope: 'approvals:confirm',
  params,
  body: z.strictObject({ explanation: prose(5_000) }).meta({
    id: 'RejectedNomination',
    examples: [{ explanation: 'Står ikke i CVR. Kunden er spurgt den 2. december.' }],
  }),
  responses: { 200: nomination },
  refusals: ['not-found', 'nomination-already-decided'],
  write: async (tx, { params: { id }, body, by }) => ({
    status: 200,
    body: viewOf(await rejectNomination(tx, id, body.explanation, by)),
  }),
});
