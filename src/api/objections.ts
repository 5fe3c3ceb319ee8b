import { z } from 'zod';
import { fileObjection } from '../commands/file-objection.ts';
import { notFound } from '../domain/refused.ts';
import { acceptLateObjection, resolveObjection } from '../commands/resolve-objection.ts';
import { findController } from '../db/controllers.ts';
import { findObjection, listObjections, type ObjectionFilter, type ObjectionSort } from '../db/objections.ts';
import type { Queryable } from '../db/postgres.ts';
import { instantText } from '../domain/instant.ts';
import {
  CHOSEN_OUTCOMES,
  MAX_REASONS_LENGTH,
  OBJECTION_CHANNELS,
  OBJECTION_REFUSALS,
  OBJECTION_STATUSES,
  RECORDED_CHANNELS,
  RESOLUTION_OUTCOMES,
  viewOfObjection,
} from '../domain/objection.ts';
import { charactersIn, storable } from '../domain/text.ts';
import { WITHDRAWAL_STATUSES } from '../domain/withdrawal.ts';
import { command, query, type ApiResponse } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, externalId, instant, instantOut, line, productId, prose, uuid } from './fields.ts';
import { list as listing, placed } from '../http/list.ts';
import { expectNamed } from '../http/named-in-filter.ts';
import { problemBody, PROBLEMS } from '../http/problems.ts';
import { readPlace, sorted, sortedPlace } from '../http/sorted-place.ts';

export const objection = z
  .object({
    id: uuid,
    number: z.number().int(),
    changeId: uuid,
    controller: externalId,
    channel: z.enum(OBJECTION_CHANNELS),
    messageId: uuid.nullable(),
    from: z.object({ name: z.string().nullable(), email: z.string().nullable() }),
    reasons: z.string().nullable(),
    receivedAt: instantOut,
    recordedAt: instantOut,
    recordedBy: z.string(),
    acceptedLate: z
      .object({ explanation: z.string().nullable(), acceptedAt: instantOut, acceptedBy: z.string() })
      .nullable(),
    status: z.enum(OBJECTION_STATUSES),
    rejectedFor: z.enum(OBJECTION_REFUSALS).nullable(),
    resolution: z
      .object({
        outcome: z.enum(RESOLUTION_OUTCOMES),
        explanation: z.string().nullable(),
        mailId: uuid.nullable(),
        resolvedAt: instantOut,
        resolvedBy: z.string(),
      })
      .nullable(),
    withdrawal: z
      .object({
        status: z.enum(WITHDRAWAL_STATUSES),
        email: z.string(),
        explanation: z.string().nullable(),
        delayHours: z.number().int(),
        requestedAt: instantOut,
        takesEffectAt: instantOut.nullable(),
        endedAt: instantOut.nullable(),
        endedBy: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({
    id: 'Objection',
    description:
      'An objection, or an attempt that was rejected and is kept on record (D15, D16). `messageId` is the message whose link it came through; of very many attempts through one link, `/v1/notices/{messageId}` has the number. `withdrawal` is the latest that the controller asked for with a code (D31): while it is `waiting`, the objection is pending and blocks; `takesEffectAt` is known once every contact has been told. `mailId` is the mail that a decision rests on.',
    examples: [
      {
        id: EXAMPLE_ID,
        number: 17,
        changeId: EXAMPLE_ID,
        controller: 'kunde-1001',
        channel: 'link',
        messageId: EXAMPLE_ID,
        from: { name: 'Dorthe Persson', email: 'dpo@kunde.example' },
        reasons: 'Vi er uenige i overførslen til USA.',
        receivedAt: '2026-11-25T08:15:00.000Z',
        recordedAt: '2026-11-25T08:15:00.000Z',
        recordedBy: 'Dorthe Persson <dpo@kunde.example>',
        acceptedLate: null,
        status: 'pending',
        rejectedFor: null,
        resolution: null,
        withdrawal: null,
      },
    ],
  });

/** Reasons as they were received. Having none is not a fault of the request: the attempt is recorded and rejected (D15). */
export const reasons = z
  .string()
  .refine((text) => charactersIn(text) <= MAX_REASONS_LENGTH, {
    error: ({ input }) =>
      `Expected at most ${MAX_REASONS_LENGTH} characters, found ${typeof input === 'string' ? charactersIn(input) : 'none'}`,
  })
  .meta({ maxLength: MAX_REASONS_LENGTH })
  .transform(storable);

const received = z
  .strictObject({
    controller: externalId,
    reasons: reasons.nullable().default(null),
    channel: z.enum(RECORDED_CHANNELS),
    receivedAt: instant,
    from: z.strictObject({ name: line(200).nullable().default(null), email: email.nullable().default(null) }),
  })
  .meta({
    id: 'ReceivedObjection',
    examples: [
      {
        controller: 'kunde-1001',
        reasons: 'Vi er uenige i overførslen til USA.',
        channel: 'email',
        receivedAt: '2026-11-25T08:15:00Z',
        from: { name: 'Dorthe Persson', email: 'dpo@kunde.example' },
      },
    ],
  });

const params = z.object({ id: uuid });
const explanation = prose(5_000);

export const file = command({
  operationId: 'recordObjection',
  summary: 'Record an objection that came by e-mail or letter (D17)',
  tag: 'Objections',
  scope: 'objections:file',
  params,
  body: received,
  responses: { 201: objection },
  refusals: [
    'not-found',
    'received-at-out-of-range',
    'reasons-required',
    'window-closed',
    'agreement-ended',
    'change-ended',
  ],
  write: async (tx, { params: { id: changeId }, body: { controller, ...given }, by }): Promise<ApiResponse> => {
    const from = await findController(tx, controller);
    if (from === null) throw notFound(`controller ${controller}`);
    const filed = await fileObjection(tx, { ...given, changeId, controllerId: from.id }, by);
    if (filed.refusal === null) {
      return {
        status: 201,
        headers: { location: `/v1/objections/${filed.objection.id}` },
        body: viewOfObjection(filed.objection),
      };
    }
    // Returned, not thrown: the rejected attempt is committed with this response (D15, D16).
    const { status, explanation: detail } = PROBLEMS[filed.refusal];
    const deadline = filed.deadline && instantText(filed.deadline);
    const instance = `/v1/changes/${changeId}/objections`;
    return {
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        ...problemBody(filed.refusal, detail, instance, { deadline }),
        objection: viewOfObjection(filed.objection),
      },
    };
  },
});

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
  { sort, ...filter }: ObjectionFilter & { readonly sort: ObjectionSort },
  { after, limit }: { after: string | null; limit: number },
) {
  const found = await listObjections(db, filter, { sort, after: readPlace(after), limit });
  return placed(
    found,
    ({ place }) => sortedPlace(place),
    (each) => viewOfObjection(each.objection),
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
  params,
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

export const get = query({
  operationId: 'getObjection',
  summary: 'An objection',
  tag: 'Objections',
  scope: 'objections:read',
  params,
  responses: { 200: objection },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted } }) => {
    const found = await findObjection(db, wanted);
    if (found === null) throw notFound(`objection ${wanted}`);
    return viewOfObjection(found);
  },
});

export const resolve = command({
  operationId: 'resolveObjection',
  summary: 'Resolve a pending objection (D19)',
  tag: 'Objections',
  scope: 'objections:resolve',
  params,
  body: z
    .strictObject({
      outcome: z.enum(CHOSEN_OUTCOMES),
      explanation: explanation.nullable().default(null),
      mailId: uuid.nullable().default(null),
    })
    .meta({
      id: 'Resolution',
      description:
        'withdrawn, accommodated and invalid need their evidence: an explanation, or mailId, the mail on record that shows it (D19).',
      examples: [
        { outcome: 'withdrawn', mailId: EXAMPLE_ID },
        {
          outcome: 'accommodated',
          explanation: 'Behandlingen flyttes til Tyskland; bekræftet skriftligt 2. december.',
        },
      ],
    }),
  responses: { 200: objection },
  refusals: [
    'not-found',
    'objection-already-resolved',
    'objection-not-pending',
    'explanation-required',
    'mail-unknown',
    'agreement-running',
  ],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: viewOfObjection(await resolveObjection(tx, wanted, body, by)),
  }),
});

export const acceptLate = command({
  operationId: 'acceptLateObjection',
  summary: 'Accept an objection that was rejected for coming late (D16)',
  tag: 'Objections',
  scope: 'objections:resolve',
  params,
  body: z
    .strictObject({ explanation: explanation.nullable().default(null) })
    .meta({ id: 'LateAcceptance', examples: [{ explanation: 'Brevet var forsinket i posten.' }] }),
  responses: { 200: objection },
  refusals: ['not-found', 'change-ended', 'objection-not-late', 'reasons-required'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: viewOfObjection(await acceptLateObjection(tx, wanted, body.explanation, by)),
  }),
});
