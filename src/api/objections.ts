import { z } from 'zod';
import { fileObjection } from '../commands/file-objection.ts';
import { notFound } from '../domain/refused.ts';
import { acceptLateObjection, resolveObjection } from '../commands/resolve-objection.ts';
import { findController } from '../db/controllers.ts';
import { findObjection } from '../db/objections.ts';
import { instantText } from '../domain/instant.ts';
import { CHOSEN_OUTCOMES, RECORDED_CHANNELS, recordOfObjection } from '../domain/objection.ts';
import { command, query, type ApiResponse } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, externalId, instant, line, prose, uuid } from './fields.ts';
import { problemBody, PROBLEMS } from '../http/problems.ts';
import { objection, reasons } from './objection-schemas.ts';

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
    'no-objection-window',
    'agreement-ended',
    'change-ended',
    'erased',
  ],
  write: async (tx, { params: { id: changeId }, body: { controller, ...given }, by }): Promise<ApiResponse> => {
    const from = await findController(tx, controller);
    if (from === null) throw notFound(`controller ${controller}`);
    const filed = await fileObjection(tx, { ...given, changeId, controllerId: from.id }, by);
    if (filed.refusal === null) {
      return {
        status: 201,
        headers: { location: `/v1/objections/${filed.objection.id}` },
        body: recordOfObjection(filed.objection),
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
        objection: recordOfObjection(filed.objection),
      },
    };
  },
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
    return recordOfObjection(found);
  },
});

export const resolve = command({
  operationId: 'resolveObjection',
  summary: 'Resolve a pending objection (D19)',
  tag: 'Objections',
  scope: 'objections:resolve',
  takesFreshFactors: true,
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
    'second-person-needed',
  ],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: recordOfObjection(await resolveObjection(tx, wanted, body, by)),
  }),
});

export const acceptLate = command({
  operationId: 'acceptLateObjection',
  summary: 'Accept an objection that was rejected for coming late (D16)',
  tag: 'Objections',
  scope: 'objections:resolve',
  takesFreshFactors: true,
  params,
  body: z
    .strictObject({ explanation: explanation.nullable().default(null) })
    .meta({ id: 'LateAcceptance', examples: [{ explanation: 'Brevet var forsinket i posten.' }] }),
  responses: { 200: objection },
  refusals: ['not-found', 'change-ended', 'objection-not-late', 'reasons-required'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: recordOfObjection(await acceptLateObjection(tx, wanted, body.explanation, by)),
  }),
});
